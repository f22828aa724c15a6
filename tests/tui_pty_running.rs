//! While a change waits for another program's lock: the list stays usable, and nothing is lost by quitting.

use std::time::Duration;

use crate::support::desk::{Desk, IDLE, cursor_row};
use crate::support::pty::Console;

/// Confirms a rotation that cannot go on.
fn waiting(desk: &Desk) -> Console {
    let mut console = desk.console();
    console.go_to(IDLE);
    console.plan_rotation("leaked in a chat");
    console.send("y");
    console.sees(&["Working on session 23"]);
    console
}

#[test]
fn quitting_waits_for_the_change_and_its_guid() {
    let desk = Desk::demo();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.send("q");
    console.sees(&["A change is under way"]);
    console.send("y");
    console.sees(&["The console closes as soon as the change is done"]);
    lock.release();
    console.sees(&["New Host GUID for session 23"]);
    let guid = console.reveal();
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
    console.send("\x1b");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn staying_keeps_both_the_console_and_the_change() {
    let desk = Desk::demo();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.send("q");
    console.sees(&["A change is under way"]);
    console.send("n");
    console.sees_no_more("A change is under way");
    lock.release();
    console.sees(&["New Host GUID for session 23"]);
    console.send("v\x1b");
    console.sees_no_more("New Host GUID");
    console.sees(&["1 found"]);
}

#[test]
fn cancelling_changes_nothing_and_keeps_the_console() {
    let desk = Desk::demo();
    let before = desk.dump();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.send("\x03");
    console.sees(&["PROVISIONER-ERROR"]);
    lock.release();
    assert_eq!(desk.dump(), before);
    console.rotate_idle("leaked in a chat");
    let guid = console.reveal();
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
}

#[test]
fn cancelling_from_the_question_changes_nothing() {
    let desk = Desk::demo();
    let before = desk.dump();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.send("q");
    console.sees(&["A change is under way"]);
    console.send("c");
    console.sees(&["PROVISIONER-ERROR"]);
    lock.release();
    assert_eq!(desk.dump(), before);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_window_that_is_closed_rolls_the_change_back_and_ends_the_console_quietly() {
    let desk = Desk::demo();
    let before = desk.dump();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.close_window();
    let spent = console.gone_within(Duration::from_secs(3));
    assert!(spent < 500, "it span for {spent} ms");
    lock.release();
    assert_eq!(desk.dump(), before);
}

#[test]
fn the_list_stays_usable_meanwhile() {
    let desk = Desk::demo();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.send("\x1b");
    console.sees(&["İstanbul"]);
    console.send("gjj");
    console.wait_for("the cursor on the third session", |screen| cursor_row(screen).is_some_and(|row| row.1 == 3));
    console.send("/topic 7");
    console.sees(&["1 found", "Review of topic 7"]);
    console.send("\x1b");
    console.sees(&["24 sessions"]);
    console.send("R");
    console.sees(&["One change at a time"]);
    console.send("k");
    console.sees(&["Working on session 23"]);
    lock.release();
    console.sees(&["New Host GUID for session 23"]);
}

#[test]
fn a_guid_never_opens_under_the_fingers() {
    let desk = Desk::demo();
    let lock = desk.lock();
    let mut console = waiting(&desk);
    console.send("H");
    console.sees(&["History of session 23"]);
    lock.release();
    console.sees(&["2 entries"]);
    assert!(console.text().contains("History of session 23"));
    console.send("k");
    console.sees(&["The new Host GUID is ready"]);
    console.send("\x1b");
    console.sees(&["New Host GUID for session 23"]);
}
