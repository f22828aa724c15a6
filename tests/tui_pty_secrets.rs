//! A GUID is on the screen while it is shown, and nowhere else ever; a stored hash is nowhere but in its column.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::desk::{Desk, IDLE, MASK, hidden_by};
use crate::support::pty::{Console, count, eventually};

/// Gives what betrays a GUID. The screen is drawn cell by cell where it changes, and a hyphen of the mask stays: so
/// its long groups, not the whole.
fn traces_of(guid: &str) -> Vec<String> {
    let groups: Vec<&str> = guid.split('-').filter(|group| group.len() > 4).collect();
    let in_both_cases = groups.iter().flat_map(|group| [group.to_lowercase(), group.to_uppercase()]);
    // The first two thirds of base64 do not depend on what follows.
    in_both_cases
        .chain([STANDARD.encode(guid)[..24].to_owned(), STANDARD.encode(guid.to_uppercase())[..24].to_owned()])
        .collect()
}

fn found(traces: &[String], bytes: &[u8]) -> Vec<String> {
    traces.iter().filter(|trace| count(bytes, trace) > 0).cloned().collect()
}

/// Gives what betrays a stored hash: the beginning of its digest.
fn hashes(desk: &Desk) -> Vec<String> {
    let stored = desk.texts(r#"SELECT "HostGuidHash" FROM "HostSessions""#);
    stored.iter().map(|hash| hash.rsplit(':').next().unwrap()[..16].to_owned()).collect()
}

/// Gives the text of all tables but for the one column.
fn tables_without_hashes(desk: &Desk) -> String {
    let hashes = desk.texts(r#"SELECT "HostGuidHash" FROM "HostSessions""#);
    hashes.iter().fold(desk.dump(), |dump, hash| dump.replacen(&format!("'{hash}'"), "", 1))
}

/// Leaves the GUID, looks at detail and history, and quits.
fn look_around_and_quit(console: &mut Console) {
    console.send("\x1b");
    console.sees_no_more("New Host GUID");
    console.send("H");
    console.sees(&["History of session 23", "chain intact"]);
    console.send("\x1b");
    console.sees_no_more("History of session 23");
    console.send("?");
    console.sees(&["these keys"]);
    console.send("\x1b");
    console.sees_no_more("these keys");
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_guid_is_nowhere_but_on_the_screen_while_it_is_shown() {
    let desk = Desk::demo();
    let mut known = hashes(&desk);
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    let shown_from = console.raw().len();
    let guid = hidden_by(&mut console, |console| console.resize(118, 35));
    let shown_to = console.raw().len();
    look_around_and_quit(&mut console);

    let (raw, traces) = (console.raw(), traces_of(&guid));
    known.extend(hashes(&desk));
    assert!(!found(&traces, &raw[shown_from..shown_to]).is_empty(), "the search finds what is there");
    for (place, bytes) in [("before", &raw[..shown_from]), ("after", &raw[shown_to..])] {
        assert_eq!(found(&traces, bytes), [""; 0], "{place} it was shown");
    }
    assert_eq!(found(&known, &raw), [""; 0], "a stored hash is on the screen");
    let log = desk.log();
    assert!(log.contains("PROVISIONER-UPDATE"), "the log tells the story");
    assert_eq!(found(&traces, log.as_bytes()), [""; 0]);
    assert_eq!(found(&known, log.as_bytes()), [""; 0]);
    let tables = tables_without_hashes(&desk);
    assert_eq!(found(&traces, tables.as_bytes()), [""; 0]);
    assert_eq!(found(&known, tables.as_bytes()), [""; 0]);
    for file in std::fs::read_dir(desk.db.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert_eq!(found(&traces, &bytes), [""; 0], "not even in a page that is free");
    }
}

#[test]
fn a_copy_sends_the_guid_to_the_clipboard_once_and_nowhere_else() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    console.send("c");
    console.sees(&["Sent to the terminal's clipboard (OSC 52)", MASK]);
    look_around_and_quit(&mut console);

    let raw = console.raw();
    let text = String::from_utf8_lossy(&raw).into_owned();
    let parts: Vec<&str> = text.split("\x1b]52;").collect();
    assert_eq!(parts.len(), 2, "one copy");
    let (copy, _) = parts[1].split_once('\x07').unwrap();
    let copied = STANDARD.decode(copy.strip_prefix("c;").unwrap()).unwrap();
    let guid = String::from_utf8(copied).unwrap();
    assert_eq!(guid.len(), 36, "the GUID alone");
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
    let rest = text.replacen(copy, "", 1);
    let traces = traces_of(&guid);
    assert_eq!(found(&traces, rest.as_bytes()), [""; 0]);
    assert_eq!(found(&traces, desk.log().as_bytes()), [""; 0]);
}

#[test]
fn a_guid_is_hidden_after_ten_seconds() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    console.reveal();
    let shown = Instant::now();
    console.sees(&["hidden in 5 s"]);
    console.sees(&[MASK]);
    assert!((7..15).contains(&shown.elapsed().as_secs()), "{:?}", shown.elapsed());
}

#[test]
fn a_guid_is_hidden_when_the_terminal_loses_the_focus() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    hidden_by(&mut console, |console| console.send("\x1b[O"));
}

#[test]
fn a_guid_is_hidden_when_the_program_is_suspended() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    hidden_by(&mut console, |console| {
        console.send("\x1a");
        eventually("the process is stopped", || console.state() == Some('T'));
        console.signal_group(rustix::process::Signal::CONT);
    });
}

#[test]
fn a_guid_that_nobody_saw_is_logged_as_undelivered() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    console.signal(rustix::process::Signal::TERM);
    assert_eq!(console.exit_code(), 143);
    let log = desk.log();
    assert!(log.lines().any(|line| line.contains("PROVISIONER-ERROR") && line.contains("23")), "{log}");
}
