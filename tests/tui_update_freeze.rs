//! A frozen list: what others do moves no row under the eyes of the operator, and nothing is done by old rows alone.

use crossterm::event::KeyCode;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::Look;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{many, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::hours;

fn reads_rows(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::Sessions(_))))
}

/// A console that holds its rows, with the cursor on session 3.
fn frozen() -> Console {
    let mut console = Console::on(showcase());
    console.go_to(3);
    console.keys("f");
    console
}

#[test]
fn a_frozen_list_stays_as_it_is_and_the_header_says_so() {
    let mut console = frozen();
    assert_eq!(console.notice(), "The rows stay as they are: f or Ctrl-r lets them follow the database again.");
    let before = console.ids();
    console.data.remove(1);
    let effects = console.look(Look::Changed);
    assert!(!reads_rows(&effects), "{effects:?}");
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::Detail(_)))),
        "the detail tells what is"
    );
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Watch(_))), "and it is watched on: {effects:?}");
    console.pass(60_000);
    console.look(Look::Unchanged(console.now));
    assert_eq!((console.ids(), console.cursor()), (before, Some(3)));
    assert!(console.shows("! frozen since 12:00:00Z (f follows again)"));
}

#[test]
fn the_same_key_or_reading_again_lets_it_follow_with_the_cursor_on_its_session() {
    for release in ["f", "ctrl-r"] {
        let mut console = frozen();
        console.data.remove(1);
        console.look(Look::Changed);
        if release == "f" {
            console.keys("f");
            assert_eq!(console.notice(), "The list follows the database again.");
        } else {
            console.ctrl('r');
        }
        assert_eq!((console.ids()[0], console.cursor()), (2, Some(3)), "{release}");
        assert!(console.shows("live 2 s") && !console.shows("frozen"), "{release}");
        console.data.remove(2);
        console.look(Look::Changed);
        assert_eq!(console.ids()[0], 3, "{release}");
    }
}

#[test]
fn a_change_that_is_being_read_when_it_is_frozen_moves_nothing() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.data.remove(1);
    console.look(Look::Changed);
    let effects = console.keys("f");
    assert!(matches!(effects[0], Effect::CancelLoad(_)), "{effects:?}");
    console.answer();
    assert_eq!(console.ids()[0], 1);
}

#[test]
fn the_plan_of_a_rotation_is_of_the_session_under_the_cursor_as_it_is_now() {
    let mut console = frozen();
    console.go_to(2);
    console.data.remove(1);
    console.data.rotated_elsewhere(2, 0);
    console.look(Look::Changed);
    console.pass(60_000);
    console.look(Look::Unchanged(console.now));
    console.keys("R");
    console.press(KeyCode::Down);
    console.enter();
    let preview = console.confirm().preview.clone().expect("rows that a person holds are no reason to refuse");
    assert_eq!((preview.session.id.get(), preview.read_at), (2, console.now));
    assert!(console.shows("The session changed since the list was read"));
}

#[test]
fn a_session_that_is_gone_keeps_its_row_and_is_refused_by_the_plan() {
    let mut console = frozen();
    console.data.remove(3);
    console.look(Look::Changed);
    assert_eq!(console.cursor(), Some(3));
    console.keys("R");
    console.press(KeyCode::Down);
    console.enter();
    assert!(console.shows("there is no session 3"));
}

#[test]
fn what_the_operator_does_shows_in_its_place() {
    let mut console = Console::on(many(30));
    console.keys("s");
    console.go_to(9);
    console.keys("f");
    let before = console.ids();
    console.data.remove(12);
    console.keys("R");
    console.press(KeyCode::Down);
    console.enter();
    console.pass(400);
    console.keys("y");
    let started = console.started.last().cloned().unwrap();
    console.end(&started);
    console.answer();
    console.keys("c");
    assert_eq!(console.ids(), before, "a row that is gone stays, too");
    let row = console.model.list.rows.iter().find(|row| row.session.id.get() == 9).unwrap();
    assert!(row.active[0].created_at >= hours(0), "the new record shows");
}

#[test]
fn a_database_out_of_reach_is_told_and_locks_all_the_same() {
    let mut console = frozen();
    console.look(Look::Lost("the connection was lost".to_owned()));
    assert!(console.shows("offline"));
    console.keys("R");
    assert!(matches!(console.model.screen, Screen::Sessions));
    console.pass(1_000);
    let effects = console.look(Look::Changed);
    assert!(!reads_rows(&effects), "{effects:?}");
    assert!(console.shows("frozen since") && console.model.connection.trouble.is_none());
}

#[test]
fn a_database_that_is_silent_locks_the_frozen_list_too() {
    let mut console = frozen();
    console.pass(31_000);
    console.keys("R");
    assert!(matches!(console.model.screen, Screen::Sessions), "nothing was heard of it for too long");
}

#[test]
fn another_filter_reads_and_is_frozen_as_well() {
    let mut console = frozen();
    console.keys("/review");
    console.enter();
    assert_eq!(console.ids(), [1, 2]);
    console.data.remove(1);
    console.look(Look::Changed);
    assert_eq!(console.ids(), [1, 2]);
    assert!(console.shows("frozen since"));
}

#[test]
fn a_frozen_list_says_so_at_every_size() {
    assert_screens("tui_frozen", &showcase(), |console| {
        console.answer();
        console.keys("jf");
        console.data.remove(1);
        console.look(Look::Changed);
    });
}

#[test]
fn rows_that_were_held_are_not_live_before_they_were_read_again() {
    for release in ["f", "ctrl-r"] {
        let mut console = frozen();
        console.look(Look::Changed);
        console.pass(60_000);
        console.look(Look::Unchanged(console.now));
        console.prompt = false;
        if release == "f" {
            console.keys("f");
        } else {
            console.ctrl('r');
        }
        console.pass(500);
        console.esc();
        console.look(Look::Unchanged(console.now));
        assert!(!console.shows("live") && console.shows("stale 60 s"), "{release}");
    }
}

#[test]
fn it_is_frozen_as_of_when_its_rows_were_those_of_the_database() {
    let mut console = Console::on(showcase());
    console.pass(8_000);
    console.keys("f");
    assert!(console.shows("frozen since 12:00:00Z"));
    console.keys("/review");
    console.enter();
    assert!(console.shows("frozen since 12:00:08Z"), "other rows are of another time");
}

#[test]
fn what_could_not_be_read_is_tried_again_though_the_list_is_frozen() {
    let mut console = frozen();
    console.prompt = false;
    console.keys("/review");
    console.enter();
    console.refuse("the connection was lost");
    let effects = console.look(Look::Changed);
    assert!(reads_rows(&effects), "{effects:?}");
}
