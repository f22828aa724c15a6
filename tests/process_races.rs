//! Crowds of processes on one file, while others read it and a console is used: one at a time, and nothing is lost.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use crate::support::desk::cursor_row;
use crate::support::program::{Ran, TestEnv, end_of};
use crate::support::pty::Console;

const CROWD: usize = 32;

/// Long enough for the last of a crowd on a loaded machine.
const PATIENCE: &str = "--timeout 240s";

/// A database with as many sessions as the crowd has members; session 1 has a host record.
fn world() -> (TestEnv, Value) {
    let env = TestEnv::empty();
    let rows = (1..=CROWD).fold(String::new(), |mut rows, id| {
        let columns = r#""SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt""#;
        let at = "2025-11-19 08:28:00";
        writeln!(rows, r#"INSERT INTO "Sessions" ({columns}) VALUES ({id}, 'G', 'Session {id}', '{at}', '{at}');"#)
            .unwrap();
        rows
    });
    env.sql(&rows);
    let first = env.run("create --session-id 1 --json").json();
    (env, first)
}

/// Starts all command lines at once and waits for them. Meanwhile the sessions are listed over and over, another program
/// holds on to what it read before, and a console is used.
fn at_once(env: &TestEnv, lines: impl Iterator<Item = String>) -> Vec<Ran> {
    let mut console = env.console();
    console.sees(&[&format!("{CROWD} sessions"), "If rotated now"]);
    let mut reader = env.wait(env.db.open());
    let begin = sqlx::raw_sql(r#"BEGIN; SELECT count(*) FROM "HostSessionEvents""#);
    env.wait(async { begin.execute(&mut reader).await }).unwrap();
    let children: Vec<_> =
        lines.map(|line| env.command(format!("{line} {PATIENCE} --json").split(' ')).spawn().unwrap()).collect();
    let over = AtomicBool::new(false);
    let ended = thread::scope(|scope| {
        let lister = scope.spawn(|| until(&over, || list(env)));
        let operator = scope.spawn(|| until(&over, || move_the_cursor(&mut console)));
        let ended = children.into_iter().map(end_of).collect();
        over.store(true, Ordering::Relaxed);
        lister.join().unwrap();
        operator.join().unwrap();
        ended
    });
    let held = sqlx::query_scalar::<_, i64>(r#"SELECT count(*) FROM "HostSessionEvents""#);
    assert_eq!(env.wait(async { held.fetch_one(&mut reader).await }).unwrap(), 1, "what was read first is held");
    env.wait(sqlx::Connection::close(reader)).unwrap();
    shows_the_newest(env, console);
    ended
}

/// Does something at least once, and again until the crowd is gone.
fn until(over: &AtomicBool, mut act: impl FnMut()) {
    act();
    while !over.load(Ordering::Relaxed) {
        act();
    }
}

/// At no moment is a session seen without its record, or with two.
fn list(env: &TestEnv) {
    let listed = env.run(&format!("list --json {PATIENCE}")).json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), CROWD);
    assert!(listed[0]["record"].is_object() && listed[0]["duplicates"] == 0, "{}", listed[0]);
}

/// The console answers keys.
fn move_the_cursor(console: &mut Console) {
    for (key, session) in [("j", 2), ("k", 1)] {
        console.send(key);
        console.wait_for(key, |screen| cursor_row(screen).is_some_and(|row| row.1 == session));
    }
}

/// Reading again brings the record of session 1 as it is now, and the console ends as it should.
fn shows_the_newest(env: &TestEnv, mut console: Console) {
    let newest = env.run("show --session-id 1 --json").json();
    let (record, fingerprint) =
        (&newest["record"]["host_session_id"], newest["record"]["fingerprint"].as_str().unwrap());
    console.send("\x12");
    console.sees(&[&format!("#{record} {fingerprint}"), &format!("Fingerprint {fingerprint}")]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

/// Whether the GUID of a receipt opens its session.
fn opens(env: &TestEnv, receipt: &Value) -> bool {
    let line = format!("verify --session-id {} {PATIENCE}", receipt["session_id"]);
    let ran = env.feed(&line, receipt["host_guid"].as_str().unwrap());
    assert!([0, 9].contains(&ran.code), "{}", ran.transcript());
    ran.code == 0
}

/// The entries of session 1, the newest first.
fn history(env: &TestEnv) -> Vec<Value> {
    let entries = env.run("history --session-id 1 --limit 1000 --json").json();
    entries.as_array().unwrap().clone()
}

fn assert_sound(env: &TestEnv, entries: usize) {
    let report = env.run("audit verify --json").json();
    assert_eq!((&report["damage"], &report["entries"]), (&Value::Array(vec![]), &Value::from(entries)));
    let crowded = r#"SELECT "SessionId" FROM "HostSessions" WHERE "IsActive" GROUP BY "SessionId" HAVING count(*) > 1"#;
    assert_eq!(env.texts(crowded), [] as [&str; 0]);
}

#[test]
fn of_a_crowd_that_saw_the_same_record_one_rotates_it_and_the_others_are_told_of_a_conflict() {
    let (env, seen) = world();
    let line = format!("create --session-id 1 --expect {}", seen["fingerprint"].as_str().unwrap());
    let (won, lost): (Vec<Ran>, Vec<Ran>) =
        at_once(&env, (0..CROWD).map(|_| line.clone())).into_iter().partition(|ran| ran.code == 0);
    let told: Vec<String> = lost.iter().map(Ran::transcript).collect();
    assert_eq!((won.len(), lost.len()), (1, CROWD - 1), "{told:#?}");
    for ran in lost {
        assert_eq!(ran.stdout, "");
        assert_eq!(ran.error(6)["kind"], "conflict");
    }
    let winner = won.into_iter().next().unwrap().json();
    assert!(opens(&env, &winner) && !opens(&env, &seen));
    let entries = history(&env);
    assert_eq!((entries.len(), &entries[0]["event"]), (2, &winner["event_id"]));
    assert_sound(&env, 2);
}

#[test]
fn of_a_crowd_that_expects_nothing_all_rotate_and_the_guid_of_the_last_entry_is_the_one_that_works() {
    let (env, first) = world();
    let ended = at_once(&env, (0..CROWD).map(|_| "create --session-id 1".to_owned()));
    let receipts: Vec<Value> = ended.into_iter().map(Ran::json).collect();
    let entries = history(&env);
    assert_eq!(entries.len(), CROWD + 1);
    let written: BTreeSet<&str> = entries[..CROWD].iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    let told: BTreeSet<&str> = receipts.iter().map(|receipt| receipt["event_id"].as_str().unwrap()).collect();
    assert_eq!(written, told);
    for receipt in receipts.iter().chain([&first]) {
        assert_eq!(opens(&env, receipt), receipt["event_id"] == entries[0]["event"], "{receipt}");
    }
    assert_eq!(env.texts(r#"SELECT count(*) FROM "HostSessions" WHERE "IsActive""#), ["1"]);
    assert_sound(&env, CROWD + 1);
}

#[test]
fn a_crowd_on_as_many_sessions_all_get_a_guid_that_works() {
    let (env, first) = world();
    let ended = at_once(&env, (1..=CROWD).map(|id| format!("create --session-id {id}")));
    let receipts: Vec<Value> = ended.into_iter().map(Ran::json).collect();
    assert!(receipts.iter().all(|receipt| opens(&env, receipt)) && !opens(&env, &first));
    assert_eq!(env.texts(r#"SELECT count(*) FROM "HostSessions" WHERE "IsActive""#), [CROWD.to_string()]);
    assert_sound(&env, CROWD + 1);
}
