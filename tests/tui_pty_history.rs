//! Detail and history in a real terminal.

use crate::support::desk::{Desk, IDLE};

#[test]
fn the_history_of_all_is_searched_and_an_entry_is_shown_whole() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send("H");
    console.sees(&["History of session 23", "the class takes place after all", "1 entry, chain intact"]);
    console.send("\t");
    console.sees(&["History of all sessions", "first host of the series", "تغيير المضيف"]);
    console.send("/");
    console.sees(&["/ "]);
    console.send("SUSPECTED by:team\r");
    console.sees(&["1 of 2 found, that is all"]);
    console.sees_no_more("first host of the series");
    console.send("n\r");
    console.sees(&["Entry 1 of session 7", "2 of 2 found", "suspected compromise: link in a chat", "m.keller"]);
    console.send("N");
    console.sees(&["Entry 1 of session 15", "1 of 2 found"]);
    console.send("\x1b");
    console.sees(&["1 of 2 found, that is all"]);
    console.send("\x1b");
    console.sees(&["first host of the series"]);
    console.send("q");
    console.sees_no_more("History of");
    console.sees(&["H:history"]);
}

#[test]
fn a_reason_that_means_harm_is_shown_and_not_obeyed() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send("H\t/31m\r");
    console.sees(&["1 of 1 found", "\\u{1b}[31mred\\u{1b}[0m reason"]);
    console.send("\r");
    console.sees(&["Entry 1 of session 13", "\\u{1b}[31mred\\u{1b}[0m reason"]);
}

#[test]
fn the_detail_tells_what_show_tells_and_leads_to_history_and_rotation_of_its_session() {
    let desk = Desk::demo();
    let mut console = desk.console_of(80, 24);
    console.go_to(19);
    console.send("\r");
    console.sees(&["Session 19", "DROP TABLE", "Group", "Modified", "lines 1 to 19 of"]);
    console.send("G");
    console.sees(&["History   none: from before this program", "its host is signed out at once"]);
    console.send("H");
    console.sees(&["History of session 19", "Nothing was done to this session"]);
    console.send("\x1b");
    console.sees(&["History   none: from before this program"]);
    console.send("R");
    console.sees(&["Rotate the Host GUID", "Session 19"]);
}

#[test]
fn verifying_from_the_console_finds_what_was_changed_past_it_and_leads_there() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.send("H");
    console.sees(&["1 entry, chain intact"]);
    console.send("\t");
    console.sees(&["History of all sessions", "not verified"]);
    console.send("V");
    console.sees(&["Verified all histories: intact, 12 entries", "ago: intact"]);
    desk.sql(r#"UPDATE "HostSessions" SET "CreatedBy" = 'N. O''Body' WHERE "SessionId" = 23 AND "IsActive""#);
    console.send("V");
    console.sees(&["1 thing is not as the history left them", "session 23", "CreatedBy was changed outside"]);
    console.send("\r");
    console.sees(&["History of session 23", "1 DAMAGED"]);
    console.send("\x1b");
    console.sees(&["1 thing is not as the history left them"]);
    console.send("qq");
    console.sees_no_more("History of");
    console.sees(&["AUDIT: verified all histories: intact", "AUDIT: verified all histories: 1 thing is not as"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}
