//! A paste is data: whatever it holds, it changes nothing.

use crate::support::desk::{Desk, IDLE, quiet};
use crate::support::pty::Console;

/// What a paste might hold by accident: keys that rotate, a reason, an id.
const PASTES: [&str; 4] =
    ["R\ry\r1\r", "R leaked again\ry\r1\r", "R leaked again\r1\ry\ry\r", "X leaked again\ry\r1\ry"];

/// Types, and sees that the console still answers.
fn still_answers(console: &mut Console) {
    for _ in 0..4 {
        console.send("\x1b");
        // Two escapes in one read would be another key.
        quiet();
    }
    console.send("r");
    console.sees(&["R (a capital letter) rotates"]);
}

fn paste_changes_nothing(session: Option<i64>, wrapped: bool) {
    let desk = Desk::demo();
    for paste in PASTES {
        let before = desk.dump();
        let mut console = desk.console();
        if let Some(session) = session {
            console.go_to(session);
        }
        if wrapped {
            console.send(&format!("\x1b[200~{paste}\x1b[201~"));
            console.sees(&["A paste does nothing here"]);
        } else {
            console.send(paste);
            console.wait_for("the form or the plan that the first key opens", |screen| {
                ["the Host GUID ", "Confirm "].iter().any(|title| screen.contents().contains(title))
            });
        }
        quiet();
        assert_eq!(desk.dump(), before, "{paste:?}");
        still_answers(&mut console);
        assert_eq!(desk.dump(), before, "{paste:?}");
        console.send("q");
        assert_eq!(console.exit_code(), 0);
    }
}

#[test]
fn a_bracketed_paste_in_front_of_an_idle_session_changes_nothing() {
    paste_changes_nothing(Some(IDLE), true);
}

#[test]
fn a_bracketed_paste_in_front_of_a_live_session_changes_nothing() {
    paste_changes_nothing(None, true);
}

#[test]
fn a_plain_paste_in_front_of_an_idle_session_changes_nothing() {
    paste_changes_nothing(Some(IDLE), false);
}

/// Session 1, on which the cursor stands at first, is live: the pasted `1` is its id.
#[test]
fn a_plain_paste_in_front_of_a_live_session_changes_nothing() {
    paste_changes_nothing(None, false);
}

#[test]
fn a_plain_paste_before_a_plan_confirms_nothing() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.send("R");
    console.sees(&["Rotate the Host GUID"]);
    console.send("leaked again\r1\r1\r1\ry\r");
    console.sees(&["Confirm rotation", "Type its id"]);
    quiet();
    assert_eq!(desk.dump(), before);
    console.send("1");
    console.sees(&["confirm: [1_]"]);
}

#[test]
fn a_bracketed_paste_goes_into_a_text_field_as_one_line() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send("R");
    console.sees(&["Rotate the Host GUID"]);
    console.send("\x1b[200~leaked\r\ny\r1\r\x1b[201~");
    console.sees(&["leaked  y 1"]);
    assert!(console.text().contains("Rotate the Host GUID"), "no Enter came out of it");
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_bracketed_paste_before_a_plan_types_nothing() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.plan_rotation("leaked in a chat");
    console.send("\x1b[200~1\r\x1b[201~");
    console.sees(&["A paste does nothing here", "confirm: [_]"]);
    assert_eq!(desk.dump(), before);
}

/// The plan comes while the keys still pour in: only the quiet after it keeps them from confirming it.
fn keys_without_a_pause_confirm_nothing(session: i64, keys: &str) {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    if session == IDLE {
        console.go_to(session);
    }
    console.send(&format!("R leaked again\r{}", keys.repeat(6000 / keys.len())));
    console.sees(&["Confirm rotation", "Read "]);
    quiet();
    assert_eq!(desk.dump(), before);
    assert!(console.text().contains("Confirm rotation"));
}

#[test]
fn a_key_that_is_held_down_confirms_no_idle_session() {
    keys_without_a_pause_confirm_nothing(IDLE, "y");
}

#[test]
fn an_id_that_is_pasted_over_and_over_confirms_no_live_session() {
    keys_without_a_pause_confirm_nothing(1, "1\r");
}
