//! How the way from several active records to one looks, in four sizes.

use crossterm::event::KeyCode;
use host_provisioner::tui::message::JobEvent;

use crate::support::canned::{crowds, failure};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;

/// Asks for all sessions with duplicates.
fn ask_for_all(console: &mut Console) {
    console.answer();
    console.keys("/record:duplicate");
    console.enter();
    console.keys("*");
    console.reach_consolidation();
}

fn go_to(console: &mut Console, session: i64) {
    console.answer();
    console.go_to(session);
}

#[test]
fn the_form_needs_no_reason() {
    assert_screens("tui_consolidate_form", &crowds(), |console| {
        go_to(console, 1);
        console.keys("C");
    });
}

#[test]
fn the_plan_of_an_idle_session_shows_what_speaks_for_each_record() {
    assert_screens("tui_consolidate_idle", &crowds(), |console| {
        go_to(console, 1);
        console.reach_consolidation();
        console.pass(2_000);
    });
}

#[test]
fn the_plan_of_a_live_session_asks_for_its_id() {
    assert_screens("tui_consolidate_live", &crowds(), |console| {
        go_to(console, 2);
        console.reach_consolidation();
        console.press(KeyCode::Down);
        console.pass(400);
        console.keys("2");
    });
}

#[test]
fn the_plan_of_an_ambiguous_session_asks_for_a_choice() {
    assert_screens("tui_consolidate_ambiguous", &crowds(), |console| {
        go_to(console, 3);
        console.reach_consolidation();
    });
}

#[test]
fn the_plan_of_several_sessions_sums_them_up() {
    assert_screens("tui_consolidate_several", &crowds(), |console| {
        ask_for_all(console);
        console.keys("3");
    });
}

#[test]
fn a_session_that_changed_is_told() {
    assert_screens("tui_consolidate_changed", &crowds(), |console| {
        go_to(console, 1);
        console.reach_consolidation();
        console.data.rotated_elsewhere(1, -1);
        console.keys("y");
        if let Some(started) = console.cleaning.pop() {
            console.end_clean_up(&started);
        }
    });
}

/// Confirms what was asked for, if the terminal takes keys.
fn begin(console: &mut Console) -> Option<crate::support::console::CleaningUp> {
    ask_for_all(console);
    console.keys("3");
    console.enter();
    console.cleaning.pop()
}

#[test]
fn while_it_runs_the_strip_tells_how_far_it_is() {
    assert_screens("tui_consolidate_running", &crowds(), |console| {
        let started = begin(console).unwrap();
        console.clean_up(&started, 1);
        console.pass(3_000);
    });
}

#[test]
fn the_report_tells_what_was_done_and_what_is_left() {
    assert_screens("tui_consolidate_report", &crowds(), |console| {
        let started = begin(console).unwrap();
        console.data.rotated_elsewhere(1, -1);
        let ends = console.clean_up(&started, 2);
        console.job(started.job, JobEvent::CleanedUp(ends, Some(failure("the disk is full"))));
    });
}

#[test]
fn the_detail_shows_all_active_records() {
    assert_screens("tui_consolidate_detail", &crowds(), |console| {
        go_to(console, 2);
        console.enter();
    });
}
