//! The console in a real terminal: the way from the list to a new GUID.

use crate::support::desk::{Desk, IDLE, LIVE, MASK, guid_on, quiet};
use crate::support::pty::Console;

/// Gives the lines of the log panel without their time.
fn log_lines(console: &Console) -> Vec<String> {
    let text = console.text();
    let lines = text.lines().filter_map(|line| line.find("PROVISIONER").map(|at| &line[at..]));
    lines.map(|line| line.trim_end_matches(['│', '┃', ' ']).to_owned()).collect()
}

#[test]
fn a_rotation_tells_its_story_in_the_customers_words() {
    let desk = Desk::demo();
    let record = desk.current_record(IDLE);
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    console.sees(&["PROVISIONER-UPDATE", MASK]);
    let by =
        desk.texts(&format!(r#"SELECT "CreatedBy" FROM "HostSessions" WHERE "HostSessionId" = {record}"#)).concat();
    let expected = [
        format!("PROVISIONER: Checking for existing Host Session with Session ID {IDLE}"),
        format!("PROVISIONER: Found existing Host Session {record} - updating GUID"),
        format!("PROVISIONER: Updating existing Host Session {record} for Session {IDLE}"),
        format!("PROVISIONER-UPDATE: Host GUID rotated for Session {IDLE} by {by}"),
    ];
    assert_eq!(log_lines(&console), expected);
    assert_eq!(guid_on(&console.text()), None);
}

#[test]
fn the_guid_that_is_shown_opens_the_session_and_the_one_before_does_not() {
    let desk = Desk::demo();
    let old = desk.rotated_guid(IDLE);
    assert_eq!(desk.verdict(IDLE, &old), "accepted");
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    let new = console.reveal();
    assert_eq!(desk.verdict(IDLE, &new), "accepted");
    assert_eq!(desk.verdict(IDLE, &old), "rejected");
}

#[test]
fn a_session_without_a_record_gets_its_first_one() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(4);
    console.rotate_idle("first host");
    console.sees(&["PROVISIONER-CREATE: Host GUID created for Session 4 by"]);
    let guid = console.reveal();
    assert_eq!(desk.verdict(4, &guid), "accepted");
}

#[test]
fn the_guid_is_gone_from_the_screen_after_leaving() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    let guid = console.reveal();
    console.send("\x1b");
    console.sees_no_more("New Host GUID");
    assert!(!console.text().contains(&guid));
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn leaving_a_guid_that_nobody_saw_asks_first() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    console.send("q");
    console.sees(&["Have you handed it over?", MASK]);
    console.send("y");
    console.sees_no_more("New Host GUID");
}

#[test]
fn the_history_shows_the_rotation_with_its_reason() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    console.send("v\x1b");
    console.sees_no_more("New Host GUID");
    console.send("H");
    console.sees(&["History of session 23", "2 entries, chain intact", "leaked in a chat"]);
}

#[test]
fn a_live_session_wants_its_id_and_enter() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.go_to(LIVE);
    console.plan_rotation("leaked in a chat");
    console.sees(&["Type its id to confirm"]);
    console.send("y\r");
    console.sees(&["Type 24 to confirm"]);
    assert_eq!(desk.dump(), before, "neither y nor Enter alone does anything");
    console.send("24");
    console.sees(&["confirm: [24_]"]);
    assert_eq!(desk.dump(), before, "the id alone does nothing");
    console.send("\r");
    console.sees(&["New Host GUID for session 24"]);
    let guid = console.reveal();
    assert_eq!(desk.verdict(LIVE, &guid), "accepted");
}

#[test]
fn enter_alone_confirms_nothing_for_an_idle_session() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.plan_rotation("leaked in a chat");
    console.send("\r");
    console.sees(&["Enter alone confirms nothing"]);
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_revocation_leaves_no_guid_that_works() {
    let desk = Desk::demo();
    let old = desk.rotated_guid(IDLE);
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send("X");
    console.sees(&["Revoke the Host GUID"]);
    console.send("session cancelled\r");
    console.sees(&["Confirm revocation", "y: do it"]);
    quiet();
    console.send("y");
    console
        .sees(&["Session 23 has no active Host GUID any more", "PROVISIONER-REVOKE: Host GUID revoked for Session 23"]);
    assert_eq!(desk.verdict(IDLE, &old), "rejected");
}

#[test]
fn force_new_retires_the_record_and_makes_another() {
    let desk = Desk::demo();
    let old = desk.current_record(IDLE);
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send("R");
    console.sees(&["Rotate the Host GUID"]);
    console.send("lost GUID\t\t\t ");
    console.sees(&["[x] force a new record"]);
    console.send("\r");
    console.sees(&["Confirm rotation", "y: do it"]);
    quiet();
    console.send("y");
    console.sees(&[&format!("PROVISIONER: Force-new requested - retiring Host Session {old} for Session {IDLE}")]);
    let guid = console.reveal();
    let new = desk.current_record(IDLE);
    assert_ne!(new, old);
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
}

#[test]
fn escape_at_each_step_changes_nothing() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    for session in [IDLE, LIVE] {
        console.go_to(session);
        console.plan_rotation("leaked in a chat");
        console.send("\x1b");
        console.sees(&["Rotate the Host GUID", "leaked in a chat"]);
        console.send("\x1b");
        console.sees_no_more("Rotate the Host GUID");
        console.send("\x1b");
        console.sees(&["24 sessions"]);
    }
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(desk.dump(), before);
}
