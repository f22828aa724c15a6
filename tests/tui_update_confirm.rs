//! The one way to a change: a plan that was read, and a deliberate key.

use crossterm::event::KeyCode;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::request::Action;
use host_provisioner::tui::effect::Query;

use crate::support::canned::showcase;
use crate::support::console::Console;

fn console() -> Console {
    Console::on(showcase())
}

#[test]
fn y_confirms_an_idle_session_with_exactly_the_plan_that_was_shown() {
    let mut console = console();
    console.reach_plan(4);
    let preview = console.confirm().preview.clone().unwrap();
    let asked = console.confirm().request.clone();
    console.keys("y");
    let started = console.started.pop().unwrap();
    assert_eq!((started.request, started.expected), (asked, preview.expected.clone()));
    assert!(matches!(preview.expected, Expected::Record { duplicates: Some(_), .. }));
    assert!(console.is_on_the_list());
    assert!(console.model.job.is_some());
}

#[test]
fn no_key_confirms_a_plan_that_could_not_be_read() {
    let mut console = console();
    console.go_to(4);
    console.keys("R");
    console.press(KeyCode::Down);
    console.prompt = false;
    console.enter();
    console.refuse("the database did not answer within 10s");
    console.pass(1_000);
    console.keys("y");
    console.enter();
    assert!(console.started.is_empty());
    assert!(console.shows("the database did not answer within 10s"));
    console.prompt = true;
    console.ctrl('r');
    console.pass(400);
    console.keys("y");
    assert_eq!(console.started.len(), 1);
}

#[test]
fn a_plan_that_is_over_30_seconds_old_is_read_again_instead_of_confirmed() {
    for (seconds, confirmed) in [(30_000, 1), (30_001, 0), (31_000, 0)] {
        let mut console = console();
        console.reach_plan(4);
        console.pass(seconds - 400);
        console.prompt = false;
        console.keys("y");
        assert_eq!(console.started.len(), confirmed, "after {seconds} ms");
        if confirmed == 0 {
            assert!(matches!(console.waiting[..], [(_, Query::Plan(_))]));
            assert!(console.notice().contains("read again"));
            console.answer();
            console.keys("y");
            assert!(console.started.is_empty(), "the new plan has its own quiet");
            console.pass(400);
            console.keys("y");
            assert_eq!(console.started.len(), 1);
        }
    }
}

#[test]
fn reading_the_plan_again_starts_from_nothing() {
    let mut console = console();
    console.reach_plan(2);
    console.keys("2");
    console.ctrl('r');
    console.pass(400);
    console.enter();
    assert!(console.started.is_empty(), "the digits belonged to the old plan");
}

#[test]
fn there_is_nothing_to_confirm_where_nothing_would_change() {
    let mut console = console();
    console.go_to(1);
    console.keys("X");
    console.press(KeyCode::Down);
    console.enter();
    console.pass(400);
    console.keys("y");
    console.enter();
    assert!(console.started.is_empty());
    assert!(console.shows("There is nothing to do."));
}

#[test]
fn a_revocation_takes_the_same_path() {
    let mut console = console();
    console.go_to(4);
    console.keys("X");
    console.press(KeyCode::Down);
    console.enter();
    console.pass(400);
    console.keys("y");
    assert_eq!(console.started[0].request.action, Action::Revoke);
}

#[test]
fn a_record_that_changed_since_the_list_was_read_is_told_with_its_author() {
    let mut console = console();
    console.data.rotated_elsewhere(4, -1);
    console.reach_plan(4);
    let changed = console.confirm().changed.clone().unwrap();
    assert!(changed.contains("R. Sato") && changed.contains("1 h ago (2026-11-22 11:00:00Z)"), "{changed}");
}

#[test]
fn an_unchanged_record_raises_no_alarm() {
    for session in [1, 3, 4, 7, 215] {
        let mut console = console();
        console.reach_plan(session);
        assert_eq!(console.confirm().changed, None, "{session}");
    }
}

#[test]
fn a_conflict_opens_the_plan_again_with_its_author_and_needs_a_new_confirmation() {
    let mut console = console();
    let started = console.reach_change(4);
    console.data.rotated_elsewhere(4, -1);
    console.end(&started);
    let changed = console.confirm().changed.clone().unwrap();
    assert!(changed.contains("Nothing was done"), "{changed}");
    assert!(changed.contains("R. Sato") && changed.contains("2026-11-22T11:00:00Z"), "{changed}");
    console.keys("y");
    assert_eq!(console.started.len(), 1, "nothing goes on by itself");
    console.pass(400);
    console.keys("y");
    assert_eq!(console.started.len(), 2);
    assert_ne!(console.started[0].expected, console.started[1].expected);
    assert_ne!(console.started[0].job, console.started[1].job);
}

#[test]
fn esc_goes_back_to_the_form_as_it_was_and_then_to_the_list() {
    let mut console = console();
    console.go_to(4);
    console.keys("Rleaked key");
    console.enter();
    console.esc();
    assert_eq!(console.form().reason.value(), "leaked key");
    console.esc();
    assert!(console.is_on_the_list());
    assert!(console.started.is_empty());
}
