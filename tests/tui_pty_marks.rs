//! Marks in a real terminal, on a real database.

use crate::support::desk::{Desk, IDLE, cursor_row, quiet};

#[test]
fn a_mark_stays_through_filter_and_refresh_and_is_what_r_rotates() {
    let desk = Desk::demo();
    let before = (desk.current_record(1), desk.current_record(IDLE));
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send(" ");
    console.sees(&["marked 1 (0 outside the filter): R acts on session 23"]);
    console.send("\x1b");
    console.sees_no_more("outside the filter");
    desk.rotated_guid(2);
    console.send("g");
    console.wait_for("the cursor on the first session", |screen| cursor_row(screen).is_some_and(|row| row.1 == 1));
    console.send("/review\r");
    console.sees(&["marked 1 (1 outside the filter): R acts on session 23"]);
    let histories = desk.cli(&["history", "--json", "--session-id", "23"]);
    console.send("R");
    console.sees(&["Rotate the Host GUID", "Session 23"]);
    console.send("leaked in a chat\r");
    console.sees(&["Confirm rotation", "Session 23", "y: do it"]);
    quiet();
    console.send("y");
    console.sees(&["New Host GUID for session 23"]);
    assert_ne!(desk.cli(&["history", "--json", "--session-id", "23"]), histories);
    assert_eq!((desk.current_record(1), desk.current_record(IDLE)), before, "both in place");
}

#[test]
fn all_that_match_are_marked_with_their_number_and_are_not_acted_on_yet() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.send("*");
    console.sees(&["Marked 24; 24 marked in all.", "marked 24: C acts on these"]);
    console.send("R");
    console.sees(&["Only C acts on several: u unmarks all 24."]);
    console.send("u");
    console.sees(&["Unmarked 24 sessions."]);
    console.sees_no_more("C acts on these");
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(desk.dump(), before);
}
