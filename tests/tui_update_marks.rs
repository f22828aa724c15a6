//! Marks: which sessions have one, how they get it, and what a key that acts is aimed at then.

use crossterm::event::KeyCode;
use host_provisioner::domain::session::SessionId;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{many, showcase};
use crate::support::console::Console;
use crate::world::session_id;

fn marked(console: &Console) -> Vec<i64> {
    console.model.marks.ids.after(None).map(SessionId::get).collect()
}

#[test]
fn space_marks_the_session_under_the_cursor_and_takes_its_mark_away() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys(" ");
    assert_eq!((marked(&console), console.cursor()), (vec![4], Some(4)), "the cursor stays");
    assert!(console.shows("▸✓    4"), "{:#?}", console.screen());
    console.keys(" ");
    assert_eq!(marked(&console), [0; 0]);
    assert!(!console.shows("✓"));
}

#[test]
fn marks_stay_on_their_sessions_across_filters_and_refreshes() {
    let mut console = Console::on(showcase());
    for number in [2, 215] {
        console.go_to(number);
        console.keys(" ");
    }
    console.data.remove(1);
    console.ctrl('r');
    console.keys("/review");
    console.enter();
    assert_eq!(marked(&console), [2, 215]);
    assert!(console.shows("✓    2"));
    console.esc();
    console.go_to(215);
    assert!(console.shows("▸✓  215"));
}

#[test]
fn a_range_goes_from_where_it_was_begun_to_the_cursor_in_either_direction() {
    for (from, to) in [(3, 6), (6, 3)] {
        let mut console = Console::on(many(9));
        console.go_to(from);
        console.keys("v");
        while console.cursor() != Some(to) {
            console.keys(if from < to { "j" } else { "k" });
        }
        assert_eq!(marked(&console), [0; 0], "not yet");
        assert!(console.shows("·    4") && console.shows("range from"), "{:#?}", console.screen());
        console.keys("v");
        assert_eq!(marked(&console), [3, 4, 5, 6]);
        assert!(console.notice().contains("Marked 4"), "{}", console.notice());
    }
}

#[test]
fn a_range_reaches_beyond_the_rows_that_are_in_memory() {
    let mut console = Console::on(many(1000));
    console.go_to(20);
    console.keys("vGkkv");
    assert_eq!(marked(&console), (20..=998).collect::<Vec<_>>());
}

#[test]
fn esc_drops_a_range_before_it_takes_the_filter_away() {
    let mut console = Console::on(many(9));
    console.keys("/class");
    console.enter();
    console.keys("vjj");
    console.esc();
    assert!(console.model.filter_line_is_shown());
    console.keys("v");
    assert_eq!(marked(&console), [0; 0], "another range begins");
}

#[test]
fn a_star_marks_all_that_match_and_tells_their_exact_number() {
    let mut console = Console::on(many(12_345));
    console.keys("/class 1");
    console.enter();
    console.keys("*");
    let expected: Vec<i64> = (1..=12_345).filter(|number| number.to_string().contains('1')).collect();
    assert_eq!(marked(&console), expected);
    assert!(console.notice().starts_with("Marked 5,785; 5,785 marked in all."), "{}", console.notice());
    console.esc();
    console.keys("*");
    assert!(console.notice().starts_with("Marked 12,345, 5,785 of them were before"), "{}", console.notice());
}

#[test]
fn marking_all_is_stopped_by_esc_and_ctrl_c_and_then_marks_nothing() {
    for key in ["esc", "ctrl-c"] {
        let mut console = Console::on(many(12_345));
        console.keys(" ");
        console.prompt = false;
        console.keys("*");
        let (ticket, query) = console.waiting[0].clone();
        let answer = console.data.answer(&query, console.now);
        console.waiting.clear();
        console.loaded(ticket, answer);
        console.pass(2_000);
        assert!(console.shows("Marking: 5,000 so far, 2 s"), "{:#?}", console.screen());
        let asked = console.waiting[0].0;
        let effects = if key == "esc" { console.esc() } else { console.ctrl('c') };
        assert_eq!(effects, [Effect::CancelLoad(asked)], "{key}");
        assert_eq!(marked(&console), [1], "{key}");
        assert_eq!(console.model.tick(), host_provisioner::tui::model::REST);
    }
}

#[test]
fn marking_all_that_fails_marks_nothing_and_says_so() {
    let mut console = Console::on(many(9));
    console.prompt = false;
    console.keys("*");
    console.refuse("the database did not answer within 10s");
    assert_eq!(marked(&console), [0; 0]);
    assert!(console.notice().contains("Nothing was marked") && console.notice().contains("10s"));
}

#[test]
fn u_takes_all_marks_away_and_says_how_many() {
    let mut console = Console::on(many(9));
    console.keys("*u");
    assert_eq!(marked(&console), [0; 0]);
    assert_eq!(console.notice(), "Unmarked 9 sessions.");
    console.keys("u");
    assert_eq!(console.notice(), "Nothing is marked.");
}

#[test]
fn one_marked_session_is_the_one_that_is_acted_on_wherever_the_cursor_is() {
    for key in ["R", "X"] {
        let mut console = Console::on(showcase());
        console.go_to(4);
        console.keys(" g");
        assert!(console.shows("marked 1: R acts on session 4"), "{:#?}", console.screen());
        console.keys(key);
        assert_eq!(console.form().session, session_id(4));
    }
}

#[test]
fn a_marked_session_that_the_list_does_not_show_is_read_for_the_form() {
    let mut console = Console::on(many(1000));
    console.go_to(7);
    console.keys(" G");
    console.prompt = false;
    console.keys("Rleaked");
    assert_eq!((console.form().session, console.form().reason.value()), (session_id(7), "leaked"));
    console.answer();
    assert!(console.shows("Class 7"), "{:#?}", console.screen());
    console.prompt = true;
    console.enter();
    assert_eq!(console.confirm().changed, None);
}

#[test]
fn several_marked_sessions_are_not_acted_on_yet_and_that_is_said() {
    for key in ["R", "X"] {
        let mut console = Console::on(showcase());
        console.keys(" j ");
        assert!(console.shows("marked 2: C acts on these"), "{:#?}", console.screen());
        assert_eq!(console.keys(key), []);
        assert!(console.is_on_the_list());
        assert!(console.notice().contains("Only C acts on several"), "{}", console.notice());
        console.keys("u");
        console.keys(key);
        assert_eq!(console.form().session, session_id(2), "the cursor counts again");
    }
}

#[test]
fn nothing_is_acted_on_while_a_range_is_begun() {
    let mut console = Console::on(showcase());
    console.keys("vjR");
    assert!(console.is_on_the_list());
    assert!(console.notice().contains("range"), "{}", console.notice());
}

#[test]
fn the_detail_acts_on_its_own_session_whatever_is_marked() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys(" ");
    console.go_to(7);
    console.enter();
    console.keys("R");
    assert_eq!(console.form().session, session_id(7));
}

#[test]
fn marks_are_not_set_where_the_list_is_not_seen() {
    let mut console = Console::on(showcase());
    console.keys("3z v*u");
    assert_eq!(marked(&console), [0; 0]);
    console.keys(" ");
    assert!(console.notice().contains("not shown"), "{}", console.notice());
}

#[test]
fn a_row_that_vanished_gives_its_mark_to_no_neighbour() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.data.remove(4);
    console.ctrl('r');
    console.keys(" ");
    assert_eq!(marked(&console), [0; 0]);
}

#[test]
fn letters_that_mark_are_text_in_the_filter_line() {
    let mut console = Console::on(showcase());
    console.keys("/v *u");
    assert_eq!(console.model.list.input.value(), "v *u");
    assert!(matches!(console.model.screen, Screen::Filter));
    console.press(KeyCode::Esc);
    assert_eq!(marked(&console), [0; 0]);
}

#[test]
fn marking_all_asks_for_ids_alone() {
    let mut console = Console::on(showcase());
    let effects = console.keys("*");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::Ids(_)))), "{effects:?}");
}

#[test]
fn the_border_says_how_many_marks_are_outside_the_filter() {
    let mut console = Console::on(showcase());
    console.go_to(2);
    console.keys(" jj ");
    assert!(console.shows("marked 2: C acts on these"), "{:#?}", console.screen());
    console.prompt = false;
    console.keys("/review");
    assert!(console.shows("marked 2 (? outside the filter): C acts on these"), "{:#?}", console.screen());
    console.enter();
    console.answer();
    assert!(console.shows("marked 2 (1 outside the filter): C acts on these"), "{:#?}", console.screen());
    console.prompt = true;
    console.keys("g ");
    assert!(console.shows("marked 3 (1 outside the filter)"), "what is marked here is shown");
    console.esc();
    assert!(console.shows("marked 3: C acts on these"));
}

#[test]
fn a_marked_session_that_vanished_is_said_and_no_longer_acted_on() {
    let mut console = Console::on(many(1000));
    console.go_to(7);
    console.keys(" ");
    console.keys("jj");
    console.data.remove(7);
    console.ctrl('r');
    assert_eq!(console.notice(), "Session 7, which is marked, is gone.");
    assert!(console.shows("marked 1 (1 gone): u unmarks it"), "{:#?}", console.screen());
    for key in ["R", "X"] {
        console.keys(key);
        assert!(console.is_on_the_list());
        assert!(console.notice().starts_with("Session 7, which is marked, is gone"), "{}", console.notice());
    }
    console.ctrl('r');
    assert_eq!(console.notice(), "", "it is said once");
    console.keys("uR");
    assert_eq!(console.form().session, session_id(9));
}

#[test]
fn many_marks_that_vanished_are_counted_and_some_are_named() {
    let mut console = Console::on(many(1000));
    console.keys("*");
    for number in 901..=1000 {
        console.data.remove(number);
    }
    console.ctrl('r');
    assert_eq!(console.notice(), "100 marked sessions are gone: 901, 902, 903, 904, 905 and others.");
    assert!(console.shows("marked 1,000 (100 gone)"), "{:#?}", console.screen());
}

#[test]
fn marks_that_are_all_in_view_are_looked_up_nowhere() {
    let mut console = Console::on(showcase());
    console.keys(" jj ");
    console.prompt = false;
    console.ctrl('r');
    let (ticket, query) = console.waiting.remove(0);
    let answer = console.data.answer(&query, console.now);
    console.loaded(ticket, answer);
    assert!(!console.waiting.iter().any(|(_, query)| matches!(query, Query::Marked(..))));
}

#[test]
fn a_mark_that_is_set_while_others_are_looked_up_is_counted_right() {
    let mut console = Console::on(many(1000));
    console.go_to(2);
    console.keys(" /class 1");
    console.enter();
    console.prompt = false;
    console.ctrl('r');
    let (ticket, query) = console.waiting.remove(0);
    let answer = console.data.answer(&query, console.now);
    console.loaded(ticket, answer);
    console.keys(" ");
    console.answer();
    assert!(console.shows("marked 2 (1 outside the filter)"), "{:#?}", console.screen());
}

#[test]
fn a_form_for_a_marked_session_says_when_it_is_gone_after_all() {
    let mut console = Console::on(many(1000));
    console.go_to(7);
    console.keys(" G");
    console.data.remove(7);
    console.keys("R");
    assert!(console.shows("session 7 is gone"), "{:#?}", console.screen());
}
