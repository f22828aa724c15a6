//! The list acts on identity: the cursor is a session, not a place.

use host_provisioner::store::ReadOnly;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::model::Panel;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{Canned, failure, idle, many, of, showcase};
use crate::support::console::Console;
use crate::world::{record, session_id};

#[test]
fn a_refresh_keeps_the_scrolled_place_sane() {
    let mut console = Console::sized(many(90), (80, 24));
    console.keys("G");
    for number in 20..=90 {
        console.data.remove(number);
    }
    console.ctrl('r');
    assert!(console.model.list.top < console.model.list.rows.len());
    assert!(console.shows("Class 19"));
}

#[test]
fn an_empty_list_has_nothing_to_act_on() {
    let mut console = Console::on(Canned::default());
    for key in ["R", "X", "j", "k", "g", "G"] {
        console.keys(key);
        assert!(console.is_on_the_list(), "{key}");
    }
    console.enter();
    assert!(console.is_on_the_list());
}

#[test]
fn a_read_only_console_says_why_it_rotates_nothing() {
    for key in ["R", "X"] {
        let mut console = Console::on(showcase());
        console.model.about.read_only = Some(ReadOnly::Asked);
        console.keys(key);
        assert!(console.is_on_the_list());
        assert!(console.notice().contains("read-only"), "{}", console.notice());
        assert!(console.shows("[read-only]"));
    }
}

#[test]
fn an_answer_to_an_older_question_changes_nothing() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.ctrl('r');
    let old = console.waiting.clone();
    console.ctrl('r');
    let ids = console.ids();
    console.data.remove(1);
    for (ticket, query) in old {
        let answer = console.data.answer(&query, console.now);
        console.loaded(ticket, answer);
        console.loaded(ticket, Err(failure("too late")));
    }
    assert_eq!(console.ids(), ids);
    assert_eq!(console.notice(), "");
    assert!(console.model.list.loading.is_some());
}

#[test]
fn a_new_question_stops_the_old_one() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.ctrl('r');
    let old = console.model.list.loading.clone().unwrap().ticket;
    assert!(console.ctrl('r').contains(&Effect::CancelLoad(old)));
}

#[test]
fn esc_and_ctrl_c_stop_a_question() {
    for key in ['[', 'c'] {
        let mut console = Console::on(showcase());
        console.prompt = false;
        console.ctrl('r');
        let asked = console.model.list.loading.clone().unwrap().ticket;
        let effects = if key == 'c' { console.ctrl('c') } else { console.esc() };
        assert_eq!(effects, [Effect::CancelLoad(asked)]);
        assert!(console.model.list.loading.is_none());
        assert_eq!(console.ids().len(), 8);
    }
}

#[test]
fn the_detail_follows_the_cursor() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    let effects = console.keys("j");
    assert!(matches!(effects[..], [Effect::Load(_, Query::Detail(id))] if id == session_id(2)), "{effects:?}");
    console.answer();
    assert_eq!(console.keys("R"), []);
    assert_eq!(console.form().session, session_id(2));
}

#[test]
fn a_detail_that_is_known_is_not_asked_for_again_by_looking_at_it() {
    let mut console = Console::on(showcase());
    assert_eq!(console.enter(), []);
    assert!(matches!(console.model.screen, Screen::Detail(_)));
}

#[test]
fn tab_goes_round_the_panels_that_are_shown() {
    let mut console = Console::on(showcase());
    let seen: Vec<Panel> = (0..3)
        .map(|_| {
            console.press(crossterm::event::KeyCode::Tab);
            console.model.focus
        })
        .collect();
    assert_eq!(seen, [Panel::Detail, Panel::Log, Panel::Sessions]);
    console.resize(80, 24);
    console.press(crossterm::event::KeyCode::Tab);
    assert_eq!(console.model.focus, Panel::Log, "a narrow screen has no detail panel");
}

#[test]
fn a_panel_that_is_not_shown_does_not_swallow_the_keys() {
    let mut console = Console::sized(showcase(), (60, 16));
    console.keys("3j");
    assert_eq!(console.cursor(), Some(2));
    console.resize(120, 35);
    console.keys("3Lj");
    assert_eq!(console.cursor(), Some(3));
}

#[test]
fn one_row_is_enough() {
    let mut console = Console::on(Canned::new(vec![idle(9, "Only")], vec![of(9, record(1))]));
    console.keys("jjGgk");
    assert_eq!(console.cursor(), Some(9));
}
