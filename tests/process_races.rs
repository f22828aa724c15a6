//! Crowds of processes on one database, while others read it and a console is used: one at a time, and nothing is lost.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use crate::support::desk::cursor_row;
use crate::support::outside::Outside;
use crate::support::program::{Ran, TestEnv, end_of};
use crate::support::pty::Console;

/// A database and a crowd that is about to meet on it.
struct Scene<D> {
    env: TestEnv<D>,
    crowd: usize,
    /// What made the record of session 1.
    first: Value,
}

/// Long enough for the last of a crowd on a loaded machine.
const PATIENCE: &str = "--timeout 240s";

/// A database with as many sessions as the crowd has members; session 1 has a host record.
fn world<D: Outside>(crowd: usize) -> Scene<D> {
    let env = TestEnv::around(|runtime| runtime.block_on(D::empty()));
    let rows = (1..=crowd).fold(String::new(), |mut rows, id| {
        let columns = r#""SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt""#;
        let (group, at) = ("de562439-e9c1-4823-a960-89bca71f3d1a", "2025-11-19 08:28:00");
        writeln!(
            rows,
            r#"INSERT INTO "Sessions" ({columns}) VALUES ({id}, '{group}', 'Session {id}', '{at}', '{at}');"#
        )
        .unwrap();
        rows
    });
    env.sql(&rows);
    let first = env.run("create --session-id 1 --json").json();
    Scene { env, crowd, first }
}

/// Starts all command lines at once and waits for them. Meanwhile the sessions are listed over and over, another program
/// holds on to what it read before, and a console is used.
fn at_once<D: Outside>(Scene { env, crowd, .. }: &Scene<D>, lines: impl Iterator<Item = String>) -> Vec<Ran> {
    let mut console = env.console();
    console.sees(&[&format!("{crowd} sessions"), "If rotated now"]);
    let reader = env.wait(env.db.begin_to_read());
    let children: Vec<_> =
        lines.map(|line| env.command(format!("{line} {PATIENCE} --json").split(' ')).spawn().unwrap()).collect();
    let over = AtomicBool::new(false);
    let ended = thread::scope(|scope| {
        let lister = scope.spawn(|| until(&over, || list(env, *crowd)));
        let operator = scope.spawn(|| until(&over, || move_the_cursor(&mut console)));
        let ended = children.into_iter().map(end_of).collect();
        over.store(true, Ordering::Relaxed);
        lister.join().unwrap();
        operator.join().unwrap();
        ended
    });
    assert_eq!(env.wait(D::count_entries(reader)), 1, "what was read first is held");
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
fn list<D: Outside>(env: &TestEnv<D>, crowd: usize) {
    let listed = env.run(&format!("list --json {PATIENCE}")).json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), crowd);
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
fn shows_the_newest<D: Outside>(env: &TestEnv<D>, mut console: Console) {
    let newest = env.run("show --session-id 1 --json").json();
    let (record, fingerprint) =
        (&newest["record"]["host_session_id"], newest["record"]["fingerprint"].as_str().unwrap());
    console.send("\x12");
    console.sees(&[&format!("#{record} {fingerprint}"), &format!("Fingerprint {fingerprint}")]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

/// Whether the GUID of a receipt opens its session.
fn opens<D: Outside>(env: &TestEnv<D>, receipt: &Value) -> bool {
    let line = format!("verify --session-id {} {PATIENCE}", receipt["session_id"]);
    let ran = env.feed(&line, receipt["host_guid"].as_str().unwrap());
    assert!([0, 9].contains(&ran.code), "{}", ran.transcript());
    ran.code == 0
}

/// The entries of session 1, the newest first.
fn history<D: Outside>(env: &TestEnv<D>) -> Vec<Value> {
    let entries = env.run("history --session-id 1 --limit 1000 --json").json();
    entries.as_array().unwrap().clone()
}

fn assert_sound<D: Outside>(env: &TestEnv<D>, entries: usize) {
    let report = env.run("audit verify --json").json();
    assert_eq!((&report["damage"], &report["entries"]), (&Value::Array(vec![]), &Value::from(entries)));
    let crowded = r#"SELECT CAST("SessionId" AS text) FROM "HostSessions" WHERE "IsActive" GROUP BY "SessionId" HAVING count(*) > 1"#;
    assert_eq!(env.texts(crowded), [] as [&str; 0]);
}

const ACTIVE: &str = r#"SELECT CAST(count(*) AS text) FROM "HostSessions" WHERE "IsActive""#;

fn one_wins<D: Outside>(scene: &Scene<D>) {
    let Scene { env, crowd, first: seen } = scene;
    let line = format!("create --session-id 1 --expect {}", seen["fingerprint"].as_str().unwrap());
    let (won, lost): (Vec<Ran>, Vec<Ran>) =
        at_once(scene, (0..*crowd).map(|_| line.clone())).into_iter().partition(|ran| ran.code == 0);
    let told: Vec<String> = lost.iter().map(Ran::transcript).collect();
    assert_eq!((won.len(), lost.len()), (1, crowd - 1), "{told:#?}");
    for ran in lost {
        assert_eq!(ran.stdout, "");
        assert_eq!(ran.error(6)["kind"], "conflict");
    }
    let winner = won.into_iter().next().unwrap().json();
    assert!(opens(env, &winner) && !opens(env, seen));
    let entries = history(env);
    assert_eq!((entries.len(), &entries[0]["event"]), (2, &winner["event_id"]));
    assert_sound(env, 2);
}

fn the_last_wins<D: Outside>(scene: &Scene<D>) {
    let Scene { env, crowd, first } = scene;
    let ended = at_once(scene, (0..*crowd).map(|_| "create --session-id 1".to_owned()));
    let receipts: Vec<Value> = ended.into_iter().map(Ran::json).collect();
    let entries = history(env);
    assert_eq!(entries.len(), crowd + 1);
    let written: BTreeSet<&str> = entries[..*crowd].iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    let told: BTreeSet<&str> = receipts.iter().map(|receipt| receipt["event_id"].as_str().unwrap()).collect();
    assert_eq!(written, told);
    for receipt in receipts.iter().chain([first]) {
        assert_eq!(opens(env, receipt), receipt["event_id"] == entries[0]["event"], "{receipt}");
    }
    assert_eq!(env.texts(ACTIVE), ["1"]);
    assert_sound(env, crowd + 1);
}

fn all_win<D: Outside>(scene: &Scene<D>) {
    let Scene { env, crowd, first } = scene;
    let ended = at_once(scene, (1..=*crowd).map(|id| format!("create --session-id {id}")));
    let receipts: Vec<Value> = ended.into_iter().map(Ran::json).collect();
    assert!(receipts.iter().all(|receipt| opens(env, receipt)) && !opens(env, first));
    assert_eq!(env.texts(ACTIVE), [crowd.to_string()]);
    assert_sound(env, crowd + 1);
}

macro_rules! races {
    ($engine:ident, $database:ty, $crowd:literal) => {
        mod $engine {
            #[test]
            fn of_a_crowd_that_saw_the_same_record_one_rotates_it_and_the_others_are_told_of_a_conflict() {
                super::one_wins(&super::world::<$database>($crowd));
            }

            #[test]
            fn of_a_crowd_that_expects_nothing_all_rotate_and_the_guid_of_the_last_entry_is_the_one_that_works() {
                super::the_last_wins(&super::world::<$database>($crowd));
            }

            #[test]
            fn a_crowd_on_as_many_sessions_all_get_a_guid_that_works() {
                super::all_win(&super::world::<$database>($crowd));
            }
        }
    };
}

races!(sqlite, crate::support::database::TestDb, 32);
races!(postgres, crate::support::postgres::TestPg, 64);
