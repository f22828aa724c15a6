//! Every command on a broken network: it ends within its deadline and a second, and what it says is true.

use std::time::Duration;

use crate::support::postgres::TestPg;
use crate::support::program::Ran;
use crate::support::proxy::{Cut, Fault, How, Then, commit};
use crate::support::site::{ROWS, Running, Site};

const DEADLINE: Duration = Duration::from_secs(3);

/// Commands that read, and those that write but for the COMMIT of a migration.
const READERS: [&str; 7] = [
    "list",
    "show --session-id 1",
    "history",
    "verify --session-id 1",
    "audit verify",
    "create --session-id 2 --dry-run",
    "migrate",
];
const WRITERS: [&str; 4] =
    ["create --session-id 2", "rotate --host-session-id 13", "revoke --session-id 4", "session add --title Morning"];

/// What each command does after it has connected, and before it sends COMMIT.
fn middle(text: &str) -> bool {
    let parts = [
        "\"HostSessions\" AS h",
        "\"HostSessionEvents\" AS e",
        "max(",
        "INSERT INTO \"Sessions\"",
        "canvas.migrations",
    ];
    parts.iter().any(|part| text.contains(part))
}

fn cut(at: fn(&str) -> bool, forwarded: bool, how: How, then: Then) -> Fault {
    Fault::Cut(Cut { at, forwarded, how, then })
}

/// Starts all of them at once.
fn start(site: &Site, lines: &[&'static str], guid: &str) -> Vec<(&'static str, Running)> {
    let start = |line: &&'static str| {
        let stdin = if line.starts_with("verify") { guid } else { "" };
        (*line, site.start(&format!("{line} --json --timeout {}s", DEADLINE.as_secs()), stdin))
    };
    lines.iter().map(start).collect()
}

/// Runs every command on a network that lets none of them through.
fn nothing_gets_through(fault: Fault) {
    let site = Site::new();
    let guid = site.guid(1);
    let before = site.dump();
    let site = site.broken(fault);
    for (line, running) in start(&site, &[&READERS[..], &WRITERS].concat(), &guid) {
        let ran = running.ends_within(DEADLINE);
        assert_eq!(ran.stdout, "", "{line}");
        let error = ran.error(7);
        assert!(["unavailable", "timeout"].contains(&error["kind"].as_str().unwrap()), "{line}: {error}");
        let told = error["message"].as_str().unwrap().ends_with("; nothing was changed");
        assert_eq!(told, WRITERS.contains(&line), "{line}: {error}");
    }
    assert_eq!(site.dump(), before);
}

#[test]
fn a_sound_network_lets_every_command_through_on_one_connection_each() {
    let site = Site::new();
    let guid = site.guid(1);
    for line in [&READERS[..], &WRITERS].concat() {
        let before = site.proxy.accepted();
        let stdin = if line.starts_with("verify") { &guid } else { "" };
        site.start(&format!("{line} --json --timeout 60s"), stdin).ends_within(Duration::from_mins(1)).json();
        assert_eq!(site.proxy.accepted(), before + 1, "{line}");
    }
}

#[test]
fn a_slow_network_lets_every_command_through_within_a_longer_deadline() {
    let site = Site::new();
    let guid = site.guid(1);
    for fault in [Fault::Latency(Duration::from_millis(20)), Fault::Trickle(100, Duration::from_millis(2))] {
        site.proxy.set(fault);
        for line in [&READERS[..], &WRITERS].concat() {
            let stdin = if line.starts_with("verify") { &guid } else { "" };
            let ran = site.start(&format!("{line} --timeout 60s"), stdin).ends_within(Duration::from_mins(1));
            assert_eq!(ran.code, 0, "{line}: {}", ran.transcript());
        }
    }
}

#[test]
fn a_network_that_swallows_everything_ends_every_command() {
    nothing_gets_through(Fault::Dark);
}

#[test]
fn a_network_that_is_too_slow_ends_every_command() {
    nothing_gets_through(Fault::Latency(Duration::from_millis(300)));
}

#[test]
fn a_network_that_trickles_ends_every_command() {
    nothing_gets_through(Fault::Trickle(4, Duration::from_millis(50)));
}

#[test]
fn a_network_that_swallows_everything_in_the_middle_ends_every_command() {
    nothing_gets_through(cut(middle, false, How::Silence, Then::Same));
}

#[test]
fn an_answer_that_is_swallowed_in_the_middle_ends_every_command() {
    nothing_gets_through(cut(middle, true, How::Silence, Then::Same));
}

#[test]
fn a_reset_in_the_middle_ends_every_command() {
    nothing_gets_through(cut(middle, true, How::Reset, Then::Same));
}

#[test]
fn a_connection_closed_in_the_middle_ends_every_command() {
    nothing_gets_through(cut(middle, false, How::Close, Then::Same));
}

/// Runs the commands that write, on a network that loses each COMMIT or the answer to it, and then works.
fn a_lost_commit_is_looked_up(forwarded: bool, how: How) {
    let site = Site::new();
    let before = site.dump();
    site.proxy.set(cut(commit, forwarded, how, Then::Same));
    let ended = start(&site, &WRITERS, "").into_iter().map(|(line, running)| (line, running.ends_within(DEADLINE)));
    for (line, ran) in ended.collect::<Vec<_>>() {
        if !forwarded {
            assert_eq!(ran.stdout, "", "{line}");
            ran.error(7);
            continue;
        }
        let told = ran.json();
        if let Some(guid) = told["host_guid"].as_str() {
            assert!(site.opens(told["session_id"].as_i64().unwrap(), guid), "{line}");
        }
    }
    assert_eq!(site.proxy.cuts(), WRITERS.len());
    if !forwarded {
        assert_eq!(site.dump(), before);
        return;
    }
    let revoked = r#"SELECT "IsActive"::text FROM "HostSessions" WHERE "SessionId" = 4"#;
    assert_eq!(site.wait(site.db.texts(revoked)), ["false"]);
    let added = r#"SELECT "Title" FROM "Sessions" WHERE "SessionId" > 8"#;
    assert_eq!(site.wait(site.db.texts(added)), ["Morning"]);
    site.straight("audit verify", "").ok();
}

#[test]
fn a_commit_whose_answer_is_swallowed_is_looked_up_and_told_as_done() {
    a_lost_commit_is_looked_up(true, How::Silence);
}

#[test]
fn a_commit_whose_connection_is_reset_afterwards_is_looked_up_and_told_as_done() {
    a_lost_commit_is_looked_up(true, How::Reset);
}

#[test]
fn a_commit_whose_connection_is_closed_afterwards_is_looked_up_and_told_as_done() {
    a_lost_commit_is_looked_up(true, How::Close);
}

#[test]
fn a_commit_that_is_swallowed_is_looked_up_and_told_as_not_done() {
    a_lost_commit_is_looked_up(false, How::Silence);
}

#[test]
fn a_commit_that_meets_a_reset_is_looked_up_and_told_as_not_done() {
    a_lost_commit_is_looked_up(false, How::Reset);
}

/// Runs the commands that write, on a network that is dark from the first COMMIT on, and settles what they said.
fn nobody_can_tell(forwarded: bool, how: How) {
    for line in WRITERS {
        let site = Site::new();
        site.proxy.set(cut(commit, forwarded, how, Then::Dark));
        let running = start(&site, &[line], "").pop().unwrap().1;
        let ran = running.ends_within(DEADLINE);
        let guid = serde_json::from_str::<serde_json::Value>(&ran.stdout).ok().map(|told| {
            assert_eq!(told["outcome"], "unknown", "{line}");
            told
        });
        let error = ran.error(10);
        assert_eq!(error["kind"], "outcome_unknown", "{line}");
        assert!(error["hint"].as_str().unwrap().contains("host-provisioner "), "{line}: {error}");
        match guid {
            Some(told) if told["host_guid"].is_string() => {
                let session = told["session_id"].as_i64().unwrap();
                assert_eq!(site.opens(session, told["host_guid"].as_str().unwrap()), forwarded, "{line}");
            }
            Some(told) => {
                let history = site.straight("history --session-id 4 --json", "").ok();
                assert_eq!(history.contains(told["event_id"].as_str().unwrap()), forwarded, "{line}");
            }
            None => {
                let found = site.straight("show --session-id 9", "").code;
                assert!(error["message"].as_str().unwrap().ends_with("whether session 9 was added"), "{error}");
                assert_eq!(found, if forwarded { 0 } else { 5 });
            }
        }
    }
}

#[test]
fn a_commit_that_got_through_and_that_nobody_can_tell_of_is_told_as_unknown() {
    nobody_can_tell(true, How::Silence);
}

#[test]
fn a_commit_that_got_lost_and_that_nobody_can_tell_of_is_told_as_unknown() {
    nobody_can_tell(false, How::Reset);
}

/// Migrates the web application's tables on a network that loses the COMMIT, or the answer to it.
fn migrated(forwarded: bool, how: How, then: Then) -> (Ran, bool) {
    let site = Site::of(TestPg::of_web_application(ROWS));
    let before = site.dump();
    site.proxy.set(cut(commit, forwarded, how, then));
    let deadline = Duration::from_secs(8);
    let ran = site.start("migrate --json --timeout 8s", "").ends_within(deadline);
    assert_eq!(site.proxy.cuts(), 1);
    assert_eq!(site.dump() != before, forwarded);
    (ran, site.straight("migrate --check", "").code == 0)
}

#[test]
fn a_migration_whose_commit_is_lost_is_looked_up_and_told_as_it_is() {
    for how in [How::Silence, How::Reset, How::Close] {
        let (ran, done) = migrated(true, how, Then::Same);
        assert!(done && ran.json()["applied"].as_array().unwrap().len() > 1, "{how:?}");
    }
    for how in [How::Reset, How::Close] {
        let (ran, done) = migrated(false, how, Then::Same);
        ran.error(7);
        assert!(!done, "{how:?}");
    }
}

#[test]
fn a_migration_that_nobody_can_tell_of_is_told_as_unknown() {
    for forwarded in [false, true] {
        let (ran, done) = migrated(forwarded, How::Reset, Then::Dark);
        let error = ran.error(10);
        assert!(error["hint"].as_str().unwrap().contains("migrate --check"), "{error}");
        assert_eq!(done, forwarded);
    }
}
