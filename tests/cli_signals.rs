//! HUP, INT and TERM: a change that waits is rolled back; one that is done prints and ends well.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::program::TestEnv;

const SIGNALS: [(Signal, i32); 3] = [(Signal::HUP, 129), (Signal::INT, 130), (Signal::TERM, 143)];

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[test]
fn a_change_that_waits_for_the_database_is_rolled_back() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let before = env.dump();
    let mut other = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await }).unwrap();
    for (signal, code) in SIGNALS {
        let mut child = env.command(["create", "--session-id", "1"]).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        stderr.read_line(&mut told).unwrap();
        send(&child, signal);
        stderr.read_to_string(&mut told).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert_eq!(output.stdout, b"");
        assert!(told.contains("PROVISIONER-ERROR: cancelled; nothing was changed"), "{told}");
    }
    env.wait(async { sqlx::raw_sql("ROLLBACK").execute(&mut other).await }).unwrap();
    env.wait(sqlx::Connection::close(other)).unwrap();
    assert_eq!(env.dump(), before);
}

/// Sends a signal to a command that waits for its input.
fn waits_for_input(line: &str) {
    let env = TestEnv::with_sessions();
    for (signal, code) in SIGNALS {
        let mut command = env.command(line.split(' '));
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        // Held open to the end: waiting for the child would close it, and an end of input is an answer too.
        let _stdin = child.stdin.take();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        // Once it names the database, it listens.
        while !read_line(&mut stderr).starts_with("database: ") {}
        // By now it is most likely reading.
        std::thread::sleep(std::time::Duration::from_millis(200));
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
}

#[test]
fn a_verification_that_waits_for_its_guid_ends_with_the_signal() {
    waits_for_input("verify --session-id 1 -v");
}

#[test]
fn a_consolidation_that_waits_for_its_plan_ends_with_the_signal() {
    waits_for_input("consolidate --apply - -v");
    waits_for_input("consolidate --apply - --dry-run -v");
}

#[test]
fn a_demo_that_is_given_up_leaves_no_file() {
    let env = TestEnv::empty();
    for (signal, code) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("kept.db");
        let mut command = env.command(["demo", "--no-tui", "--sessions", "1000000", "--keep"]);
        let mut child = command.arg(&kept).env("TMPDIR", folder.path()).spawn().unwrap();
        while std::fs::metadata(&kept).map_or(0, |file| file.len()) == 0 {
            assert!(child.try_wait().unwrap().is_none(), "the world was ready before it could be given up");
            std::thread::yield_now();
        }
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, Vec::<std::ffi::OsString>::new());
    }
}

/// Makes sessions with long titles, from 100 up to this id.
fn many_sessions(env: &TestEnv, last: u32) {
    env.sql(&format!(
        r#"WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < {last})
           INSERT INTO "Sessions" SELECT i, 'G', printf('%0200d', i), NULL, 'Created', 0, 0, NULL, NULL, NULL, '2025-01-01 00:00:00', '2025-01-01 00:00:00' FROM n"#
    ));
}

#[test]
fn a_migration_that_waits_for_the_database_is_rolled_back() {
    let env = TestEnv::with_sessions();
    let before = env.dump();
    let mut other = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await }).unwrap();
    for (signal, code) in SIGNALS {
        let mut child = env.command(["migrate", "-v"]).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        while !read_line(&mut stderr).starts_with("database: ") {}
        std::thread::sleep(std::time::Duration::from_millis(200));
        send(&child, signal);
        let mut told = String::new();
        stderr.read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{told}");
        assert!(told.contains("error: cancelled; nothing was migrated"), "{told}");
    }
    env.wait(async { sqlx::raw_sql("ROLLBACK").execute(&mut other).await }).unwrap();
    env.wait(sqlx::Connection::close(other)).unwrap();
    assert_eq!(env.dump(), before);
}

#[test]
fn a_migration_that_is_committed_says_so_though_a_signal_ends_what_comes_after_it() {
    let env = TestEnv::with_sessions();
    many_sessions(&env, 100_000);
    let noted = || env.texts(r#"SELECT count(*) FROM "SessionTitleChanges""#)[0].parse::<u32>().unwrap();
    let all = noted();
    let child = env.command(["migrate"]).spawn().unwrap();
    while noted() == all {}
    send(&child, Signal::INT);
    let ran = crate::support::program::end_of(child);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "up to date\n"), "{}", ran.transcript());
    assert_ne!(noted(), 0, "it was not ended");
    env.run("migrate").ok();
    assert_eq!(noted(), 0);
}

#[test]
fn a_list_that_nobody_reads_ends_with_the_signal() {
    let env = TestEnv::with_sessions();
    many_sessions(&env, 2_000);
    // More than a pipe holds.
    let mut child = env.command(["list", "--json", "--limit", "2000"]).spawn().unwrap();
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    send(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

fn read_line(from: &mut impl std::io::BufRead) -> String {
    let mut line = String::new();
    assert_ne!(from.read_line(&mut line).unwrap(), 0, "stderr ended early");
    line
}
