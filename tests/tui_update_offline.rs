//! How old the picture is, what is locked by that, and what happens while the database is out of reach.

use crossterm::event::KeyCode;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::Look;
use host_provisioner::tui::screen::Screen;
use proptest::prelude::*;

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::support::drawn::assert_screens;

/// A console that has read everything, and whose questions are not answered from now on.
fn at_rest() -> Console {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console
}

fn lose(console: &mut Console) -> Vec<Effect> {
    console.look(Look::Lost("the database did not answer within 10s".to_owned()))
}

/// A console whose database went out of reach just now.
fn offline() -> Console {
    let mut console = at_rest();
    lose(&mut console);
    console
}

/// Milliseconds until the next look, if one was asked for.
fn pause(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| if let Effect::Watch(pause) = effect { Some(*pause) } else { None })
}

fn reads_the_list(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::Sessions(_))))
}

#[test]
fn the_header_tells_the_age_of_what_is_shown_in_steps_and_then_in_seconds() {
    let mut console = at_rest();
    for (seconds, told) in [(0, "● live 2 s"), (2, "● live 2 s"), (3, "● live 5 s"), (6, "● live 10 s")] {
        console.pass(seconds * 1000);
        assert!(console.shows(told), "{told}: {}", console.screen()[0]);
        console.look(Look::Unchanged(console.now));
        assert!(console.shows("● live 2 s"));
    }
    for (seconds, told) in [(11, "! stale 11 s"), (1, "! stale 12 s"), (36, "! stale 48 s")] {
        console.pass(seconds * 1000);
        assert!(console.shows(told), "{told}: {}", console.screen()[0]);
    }
    assert_eq!(console.model.tick(), 1000, "seconds are counted");
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_younger_than_new() {
    let mut console = at_rest();
    console.pass(-3_600_000);
    assert!(console.shows("● live 2 s"));
}

#[test]
fn what_was_read_is_as_old_as_the_question_for_it() {
    let mut console = Console::unread(showcase(), (120, 35));
    console.pass(9_000);
    assert!(console.shows("… loading 9.0 s"));
    console.answer();
    assert!(console.shows("● live 10 s"));
}

#[test]
fn an_unchanged_database_makes_rows_no_younger_that_could_not_be_read_again() {
    let mut console = at_rest();
    console.ctrl('r');
    console.refuse("there is no such table");
    console.pass(20_000);
    console.look(Look::Unchanged(console.now));
    assert!(console.shows("✗ not read, 20 s old"), "{}", console.screen()[0]);
    console.pass(20_000);
    console.keys("R");
    assert!(console.notice().contains("40 s old"), "{}", console.notice());
}

#[test]
fn a_database_out_of_reach_is_told_with_the_time_and_the_next_try() {
    for (name, width) in [("long", 120), ("middle", 80), ("short", 60)] {
        let mut console = Console::sized(showcase(), (width, 24));
        console.prompt = false;
        lose(&mut console);
        console.pass(1000);
        lose(&mut console);
        console.pass(1000);
        lose(&mut console);
        let header = console.screen()[0].clone();
        assert!(header.contains("✗ offline"), "{name}: {header}");
        assert!(width < 80 || header.ends_with("✗ offline since 12:00Z (retry 3 in 4 s)"), "{name}: {header}");
        console.pass(5000);
        assert!(width < 80 || console.shows("(retry 3 …)"), "{name}");
    }
}

#[test]
fn looks_come_later_and_later_but_never_much_later_than_a_quarter_of_a_minute() {
    let mut console = at_rest();
    let mut pauses = Vec::new();
    for _ in 0..8 {
        pauses.push(pause(&lose(&mut console)).expect("it is tried again"));
        console.pass(20_000);
    }
    for (pause, least) in pauses.iter().zip([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]) {
        assert!((least..=least * 5 / 4).contains(pause), "{pauses:?}");
    }
}

#[test]
fn two_consoles_that_lost_the_same_server_do_not_come_back_at_the_same_moment() {
    let after = |micros: i64| {
        let mut console = at_rest();
        console.now =
            host_provisioner::domain::time::Timestamp::new(console.now.utc() + chrono::TimeDelta::microseconds(micros));
        pause(&lose(&mut console)).unwrap()
    };
    assert_ne!(after(100), after(900));
}

#[test]
fn losing_the_database_keeps_rows_cursor_filter_and_what_was_being_done() {
    let mut console = Console::on(showcase());
    console.keys("/review");
    console.enter();
    console.go_to(2);
    console.prompt = false;
    let (rows, cursor) = (console.ids(), console.cursor());
    lose(&mut console);
    assert_eq!((console.ids(), console.cursor(), console.model.list.filter.as_str()), (rows, cursor, "review"));
    assert!(console.shows("The database is out of reach: the database did not answer within 10s"), "in the log");
    console.pass(1000);
    lose(&mut console);
    let told = console.screen().iter().filter(|line| line.contains("out of reach: the database")).count();
    assert_eq!(told, 1, "once is enough");
}

#[test]
fn back_online_the_list_is_read_by_itself_and_the_cursor_stays() {
    let mut console = Console::on(showcase());
    console.go_to(3);
    console.prompt = false;
    lose(&mut console);
    console.data.remove(1);
    console.pass(35_000);
    let effects = console.look(Look::Changed);
    assert!(reads_the_list(&effects), "{effects:?}");
    assert!(console.shows("offline"), "not before it is read");
    console.answer();
    assert_eq!((console.cursor(), console.ids()[0]), (Some(3), 2));
    assert!(console.shows("● live 2 s") && console.shows("The database answers again after 35 s."));
    console.prompt = true;
    console.keys("R");
    assert_eq!(console.form().session.get(), 3, "nothing is locked any more");
}

#[test]
fn a_key_tries_again_at_once_and_the_next_look_is_soon_after_that() {
    for key in ['r', 'R', 'X'] {
        let mut console = offline();
        let effects = if key == 'r' { console.ctrl('r') } else { console.keys(&key.to_string()) };
        assert!(reads_the_list(&effects), "{key}: {effects:?}");
        assert!(console.is_on_the_list());
        let (ticket, query) =
            console.waiting.iter().find(|(_, query)| matches!(query, Query::Sessions(_))).cloned().unwrap();
        console.waiting.retain(|(waits, _)| *waits != ticket);
        let answer = console.data.answer(&query, console.now);
        let effects = console.loaded(ticket, answer);
        assert_eq!(pause(&effects), Some(1000), "{effects:?}");
    }
}

#[test]
fn rotating_and_revoking_are_locked_while_offline_and_say_why() {
    for key in ["R", "X"] {
        let mut console = offline();
        console.keys(key);
        assert!(console.is_on_the_list());
        assert!(console.notice().starts_with("The database is out of reach since 12:00:00Z"), "{}", console.notice());
        assert!(!reads_the_list(&console.keys(key)), "once is enough while it is being tried");
        console.refuse("there is no database");
        assert!(
            console.notice().starts_with("The database is out of reach since"),
            "it is still said: {}",
            console.notice()
        );
    }
}

#[test]
fn rotating_is_locked_by_a_picture_of_over_thirty_seconds_and_says_why() {
    let mut console = at_rest();
    console.pass(30_000);
    console.keys("R");
    assert_eq!(console.form().session.get(), 1, "thirty seconds are not too old");
    console.esc();
    console.pass(1000);
    let effects = console.keys("R");
    assert!(console.is_on_the_list() && reads_the_list(&effects));
    assert!(console.notice().starts_with("What is shown is 31 s old"), "{}", console.notice());
    console.answer();
    console.keys("R");
    assert_eq!(console.form().session.get(), 1);
}

#[test]
fn the_detail_is_locked_as_the_list_is() {
    let mut console = offline();
    console.enter();
    console.keys("R");
    assert!(console.notice().starts_with("The database is out of reach"), "{}", console.notice());
    assert!(matches!(console.model.screen, Screen::Detail(_)), "the reader stays where they are");
}

#[test]
fn a_form_that_is_filled_in_asks_for_no_plan_while_offline_and_loses_nothing() {
    let mut console = at_rest();
    console.keys("R");
    console.press(KeyCode::Down);
    lose(&mut console);
    let effects = console.enter();
    assert!(reads_the_list(&effects) && !effects.iter().any(|e| matches!(e, Effect::Load(_, Query::Plan(_)))));
    assert_eq!(console.form().reason.value(), "suspected compromise");
    assert!(console.notice().starts_with("The database is out of reach"));
    console.answer();
    console.enter();
    console.confirm();
}

#[test]
fn a_plan_is_read_freshly_so_an_old_list_does_not_lock_it() {
    let mut console = Console::on(showcase());
    console.keys("jjjR");
    console.press(KeyCode::Down);
    console.pass(120_000);
    console.enter();
    console.pass(400);
    console.keys("y");
    assert_eq!(console.started.len(), 1, "{}", console.notice());
}

#[test]
fn a_plan_is_not_confirmed_while_offline_and_can_be_when_the_database_is_back() {
    let mut console = Console::on(showcase());
    console.reach_plan(4);
    console.prompt = false;
    lose(&mut console);
    console.keys("y");
    assert!(console.started.is_empty() && console.confirm().preview.is_some());
    assert!(console.notice().starts_with("The database is out of reach"), "{}", console.notice());
    console.answer();
    console.keys("y");
    assert_eq!(console.started.len(), 1);
}

#[test]
fn an_id_that_was_typed_is_kept_while_offline() {
    let mut console = Console::on(showcase());
    console.reach_plan(2);
    console.keys("2");
    console.prompt = false;
    lose(&mut console);
    console.enter();
    assert_eq!((console.confirm().typed.as_str(), console.started.len()), ("2", 0));
    console.answer();
    console.enter();
    assert_eq!(console.started.len(), 1);
}

#[test]
fn being_offline_looks_the_same_way_at_every_size() {
    assert_screens("tui_offline", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        lose(console);
        console.pass(600);
        console.keys("R");
        console.refuse("the database is locked or cannot be reached: opening it");
    });
}

#[test]
fn a_picture_that_is_too_old_says_so_at_every_size() {
    assert_screens("tui_stale", &showcase(), |console| {
        console.answer();
        console.pass(48_000);
        console.prompt = false;
        console.keys("R");
    });
}

proptest! {
    #[test]
    fn whatever_is_lost_and_found_a_change_needs_a_database_that_answers(
        happening in prop::collection::vec((0..4_u8, 0..40_000_i64), 1..40)
    ) {
        let mut console = Console::on(showcase());
        for (what, wait) in happening {
            match what {
                0 => drop(lose(&mut console)),
                1 => drop(console.look(Look::Changed)),
                2 => drop(console.look(Look::Unchanged(console.now))),
                _ => console.prompt = !console.prompt,
            }
            console.pass(wait);
            if console.prompt {
                console.answer();
            } else {
                console.refuse("it is dark");
            }
            let age = console.model.connection.confirmed.map_or(0, |at| console.now.seconds_since(at));
            let locked = console.model.connection.trouble.is_some() || age > 30;
            console.keys("R");
            prop_assert_eq!(console.is_on_the_list(), locked);
            console.esc();
        }
    }
}
