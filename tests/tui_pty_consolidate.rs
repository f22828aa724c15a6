//! From several active records to one, in a real terminal: one session, an ambiguous one, all that are marked.

use crate::support::desk::{Desk, quiet};
use crate::support::pty::Console;

/// Sessions of the demo world with several active records; people are in the second.
const CROWDED: [i64; 3] = [3, 10, 19];

/// The first of them, with nobody in it.
const IDLE_CROWD: i64 = 3;

/// The one that is made ambiguous here.
const AMBIGUOUS: i64 = 19;

/// A desk where the records of the last one are both in use.
fn desk() -> Desk {
    let desk = Desk::demo();
    desk.sql(&format!(
        r#"UPDATE "HostSessions" SET "LastUsedAt" = '2026-09-01 10:00:00' WHERE "SessionId" = {AMBIGUOUS} AND "IsActive""#
    ));
    desk
}

fn active(desk: &Desk, session: i64) -> Vec<String> {
    desk.texts(&format!(
        r#"SELECT CAST("HostSessionId" AS TEXT) FROM "HostSessions" WHERE "IsActive" AND "SessionId" = {session} ORDER BY "HostSessionId""#
    ))
}

/// How many sessions have more than one active record.
fn left(desk: &Desk) -> usize {
    CROWDED.into_iter().filter(|session| active(desk, *session).len() > 1).count()
}

fn plan_for(console: &mut Console, session: i64) {
    console.send(&format!("/id:{session}\r"));
    console.sees(&["1 found"]);
    console.sees(&["active records: duplicates"]);
    console.send("C");
    console.sees(&["one active record stays", &format!("Session {session}")]);
    console.send("\r");
    console.sees(&["Confirm consolidation", "Read 0 s ago"]);
    quiet();
}

/// Marks all sessions with duplicates and confirms their consolidation.
fn begin_all(console: &mut Console) {
    console.send("/record:duplicate\r");
    console.sees(&["3 found"]);
    console.send("*");
    console.sees(&["Marked 3; 3 marked in all."]);
    console.send("C");
    console.sees(&["3 marked sessions", "blank: none"]);
    console.send("clean-up\r");
    console.sees(&["2 sessions, one after the other", "1 ambiguous: 19", "Type the number of sessions to confirm"]);
    quiet();
    console.send("2\r");
}

#[test]
fn y_leaves_an_idle_session_the_record_that_the_rule_keeps_and_the_log_tells_the_story() {
    let desk = desk();
    let all = active(&desk, IDLE_CROWD);
    let mut console = desk.console();
    plan_for(&mut console, IDLE_CROWD);
    console.sees(&["it was used last", "y: do it", "host-provisioner consolidate --session-id 3 --keep"]);
    console.send("y");
    console.sees(&["PROVISIONER-CONSOLIDATE", "Session 3 has one active record"]);
    let [kept] = &active(&desk, IDLE_CROWD)[..] else { panic!("one record stays") };
    assert!(all.contains(kept));
    assert!(desk.log().contains(&format!("PROVISIONER-CONSOLIDATE: Host Session {kept} kept for Session 3")));
    desk.cli(&["audit", "verify"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn of_an_ambiguous_session_the_record_stays_that_a_person_chose() {
    let desk = desk();
    let last = active(&desk, AMBIGUOUS).pop().unwrap();
    let mut console = desk.console();
    plan_for(&mut console, AMBIGUOUS);
    console.send("y");
    console.sees(&["choose the one that stays first"]);
    console.send("\x1b[A");
    console.sees(&["you chose it"]);
    quiet();
    console.send("y");
    console.sees(&["Session 19 has one active record"]);
    assert_eq!(active(&desk, AMBIGUOUS), [last]);
    desk.cli(&["audit", "verify"]);
}

#[test]
fn all_that_are_marked_are_consolidated_and_the_report_tells_what_is_left() {
    let desk = desk();
    let mut console = desk.console();
    begin_all(&mut console);
    console.sees(&["2 sessions consolidated", "1 session ambiguous", "record:duplicate shows what is left"]);
    assert_eq!((left(&desk), active(&desk, AMBIGUOUS).len()), (1, 2));
    let history = desk.cli(&["history", "--json", "--session-id", "10"]);
    assert!(history.contains(r#""action":"consolidated""#) && history.contains("clean-up"), "{history}");
    desk.cli(&["audit", "verify"]);
    console.send("\x1b");
    console.sees_no_more("what was done");
    console.sees(&["1 found"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn esc_stops_after_the_session_that_is_under_way() {
    let desk = desk();
    let lock = desk.lock();
    let mut console = desk.console();
    begin_all(&mut console);
    console.sees(&["Consolidating 1 of 2: session 3"]);
    console.send("\x1b");
    console.sees(&["Stopping after session 3"]);
    lock.release();
    console.sees(&["1 session consolidated", "1 session not done, and unchanged: stopped by a key"]);
    assert_eq!((left(&desk), active(&desk, IDLE_CROWD).len()), (2, 1));
    desk.cli(&["audit", "verify"]);
}

#[test]
fn ctrl_c_rolls_the_session_back_that_is_under_way() {
    let desk = desk();
    let before = desk.dump();
    let lock = desk.lock();
    let mut console = desk.console();
    begin_all(&mut console);
    console.sees(&["Consolidating 1 of 2: session 3"]);
    console.send("\x03");
    console.sees(&["0 sessions consolidated", "2 sessions not done, and unchanged"]);
    lock.release();
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_read_only_console_says_why_it_consolidates_nothing() {
    let desk = desk();
    let mut console = desk.console_with((80, 24), &["--read-only"], &[]);
    console.sees(&["24 sessions"]);
    console.send("C");
    console.sees(&["Nothing can be changed"]);
}
