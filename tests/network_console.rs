//! The console on a broken network: no key waits for it, what happened is said, and an unknown outcome is settled.

use std::time::{Duration, Instant};

use crate::support::desk::{Desk, cursor_row};
use crate::support::proxy::{Cut, Fault, How, Then, commit};
use crate::support::pty::Console;
use crate::support::site::Site;

/// Longer than any key may take, so that one that waits for the network is found out.
const DEADLINE: Duration = Duration::from_secs(8);

/// Far less than the deadline, and long even for a loaded machine.
const AT_ONCE: Duration = Duration::from_secs(4);

/// Opens the console on the first session.
fn open(desk: &Desk, site: &Site) -> Console {
    let timeout = format!("{}s", DEADLINE.as_secs());
    let url = [("HOST_PROVISIONER_DATABASE_URL", site.proxy.url())];
    let console = desk.program((120, 35), &["--timeout", &timeout], &url);
    console.sees(&["8 sessions"]);
    console.wait_for("a session under the cursor", |screen| cursor_row(screen).is_some());
    console
}

/// Types, and sees what comes of it, well before the deadline of the network.
fn answers(console: &mut Console, keys: &str, texts: &[&str]) {
    let start = Instant::now();
    console.send(keys);
    console.sees(texts);
    assert!(start.elapsed() < AT_ONCE, "{keys:?} took {:?}", start.elapsed());
}

/// Presses keys of several kinds; each is answered.
fn keys_are_answered(console: &mut Console) {
    answers(console, "?", &["Keys"]);
    let start = Instant::now();
    console.send("\x1b");
    console.sees_no_more("Keys");
    let before = cursor_row(&console.screen());
    console.send(if before.is_some_and(|row| row.1 == 1) { "j" } else { "k" });
    console.wait_for("the cursor elsewhere", |screen| cursor_row(screen).is_some_and(|row| Some(row) != before));
    assert!(start.elapsed() < AT_ONCE, "it took {:?}", start.elapsed());
}

fn cut(at: fn(&str) -> bool, forwarded: bool, then: Then) -> Fault {
    Fault::Cut(Cut { at, forwarded, how: How::Silence, then })
}

#[test]
fn a_list_that_hangs_freezes_no_key_and_comes_back_with_the_network() {
    let (site, desk) = (Site::new(), Desk::empty());
    let mut console = open(&desk, &site);
    site.proxy.set(Fault::Dark);
    console.send("\x12");
    keys_are_answered(&mut console);
    console.sees(&["could not be read", "did not answer within 8s", "✗ offline since", "Review of topic 3"]);
    site.proxy.heal();
    console.sees(&["● live"]);
    answers(&mut console, "G", &["Review of topic 8"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_plan_that_hangs_can_be_left_at_once() {
    let (site, desk) = (Site::new(), Desk::empty());
    let mut console = open(&desk, &site);
    console.send("R");
    console.sees(&["Rotate the Host GUID"]);
    site.proxy.set(Fault::Dark);
    console.send("leaked in a chat\r");
    console.sees(&["Confirm rotation"]);
    answers(&mut console, "\x1b", &["Rotate the Host GUID"]);
    console.send("\x1b");
    console.sees_no_more("Rotate the Host GUID");
    keys_are_answered(&mut console);
    console.sees(&["✗ offline since"]);
    console.send("R");
    console.sees(&["The database is out of reach since"]);
    site.proxy.heal();
    console.sees(&["● live"]);
    console.plan_rotation("leaked in a chat");
}

/// Confirms a rotation of the session under the cursor.
fn confirm(console: &mut Console) {
    console.plan_rotation("leaked in a chat");
    console.send("y");
    console.sees(&["Working on session 1"]);
}

fn update(text: &str) -> bool {
    text.starts_with(r#"UPDATE "HostSessions""#)
}

#[test]
fn a_rotation_that_hangs_freezes_no_key_and_is_cancelled_at_once() {
    let (site, desk) = (Site::new(), Desk::empty());
    let before = site.dump();
    let mut console = open(&desk, &site);
    site.proxy.set(cut(update, true, Then::Same));
    confirm(&mut console);
    keys_are_answered(&mut console);
    answers(&mut console, "\x03", &["PROVISIONER-ERROR: cancelled; nothing was changed"]);
    assert_eq!(site.dump(), before);
}

#[test]
fn a_rotation_that_hangs_is_told_at_the_deadline_and_works_with_the_network() {
    let (site, desk) = (Site::new(), Desk::empty());
    let before = site.dump();
    let mut console = open(&desk, &site);
    site.proxy.set(cut(update, false, Then::Dark));
    let start = Instant::now();
    confirm(&mut console);
    console.sees(&["did not answer within 8s; nothing was changed"]);
    assert!(start.elapsed() < DEADLINE + AT_ONCE, "it took {:?}", start.elapsed());
    assert_eq!(site.dump(), before);
    console.sees(&["✗ offline since"]);
    site.proxy.heal();
    console.sees(&["● live"]);
    console.send("g");
    console.rotate_idle("leaked in a chat");
    let guid = console.reveal();
    assert!(site.opens(1, &guid));
}

/// Loses a COMMIT on a network that is dark afterwards; the answer comes when it is back.
fn unknown(forwarded: bool, settled: &str) {
    let (site, desk) = (Site::new(), Desk::empty());
    let mut console = open(&desk, &site);
    // The plan reads in a transaction of its own, whose end is not the one that is meant.
    console.plan_rotation("leaked in a chat");
    site.proxy.set(cut(commit, forwarded, Then::Dark));
    console.send("y");
    console.sees(&["Working on session 1"]);
    keys_are_answered(&mut console);
    console.sees(&["New Host GUID for session 1", "NOT KNOWN yet whether it was committed"]);
    let guid = console.reveal();
    site.proxy.heal();
    console.sees(&[settled]);
    assert_eq!(site.opens(1, &guid), forwarded);
    console.send("\x1b");
    console.sees_no_more("New Host GUID");
    console.sees(&["● live"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_rotation_whose_commit_got_through_unheard_is_settled_on_the_screen() {
    unknown(true, "✓ committed: the new GUID works, the old one does not");
}

#[test]
fn a_rotation_whose_commit_got_lost_is_settled_on_the_screen() {
    unknown(false, "✗ NOT committed: this GUID is worthless, the old one works");
}

#[test]
fn a_server_that_goes_away_and_comes_back_costs_neither_cursor_nor_filter() {
    let (site, desk) = (Site::new(), Desk::empty());
    let mut console = open(&desk, &site);
    console.go_to(5);
    site.proxy.set(Fault::Down);
    console.send("\x12");
    console.sees(&["✗ offline since", "(retry 2 in", "The database is out of reach"]);
    site.wait(site.db.sql(r#"UPDATE "Sessions" SET "Title" = 'Renamed meanwhile' WHERE "SessionId" = 5"#));
    site.proxy.heal();
    console.sees(&["● live", "Renamed meanwhile", "/ 5", "The database answers again after"]);
    assert_eq!(cursor_row(&console.screen()).map(|row| row.1), Some(5));
    console.plan_rotation("leaked in a chat");
}

#[test]
fn a_key_tries_again_before_its_time() {
    let (site, desk) = (Site::new(), Desk::empty());
    let mut console = open(&desk, &site);
    site.proxy.set(Fault::Down);
    console.send("\x12");
    console.sees(&["(retry 5 in"]);
    site.proxy.heal();
    answers(&mut console, "\x12", &["● live"]);
}

#[test]
fn a_console_that_cannot_connect_can_be_interrupted_at_once() {
    let (site, desk) = (Site::new(), Desk::empty());
    site.proxy.set(Fault::Dark);
    let url = [("HOST_PROVISIONER_DATABASE_URL", site.proxy.url())];
    let mut console = desk.program((120, 35), &["--timeout", "60s"], &url);
    crate::support::pty::eventually("it connects", || site.proxy.accepted() > 0);
    let start = Instant::now();
    console.signal(rustix::process::Signal::INT);
    assert_eq!(console.exit_code(), 130);
    assert!(start.elapsed() < AT_ONCE, "it took {:?}", start.elapsed());
}
