//! A commit that nobody can tell about: exit code 10, with the GUID and the way to find out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::support::program::{Ran, TestEnv};

async fn impatient(env: &TestEnv) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(&env.db.path).busy_timeout(Duration::ZERO);
    options.connect().await.unwrap()
}

/// Takes the write lock as soon as it is free, and holds it until told to stop.
fn take_write_lock(mut connection: SqliteConnection, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            while !stop.load(Ordering::Relaxed) {
                let _ = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await;
                tokio::time::sleep(Duration::from_micros(100)).await;
            }
            connection.close().await.unwrap();
        });
    })
}

/// Without a write-ahead log a reader holds up a COMMIT, but not what comes before it. When the commit is given up, a
/// third program takes the lock, so nobody can look whether it got through.
fn lose_a_commit(env: &TestEnv, line: &str) -> Ran {
    env.sql("PRAGMA journal_mode = DELETE");
    let mut reader = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN; SELECT * FROM Sessions").execute(&mut reader).await }).unwrap();
    let child = env.command(line.split(' ').chain(["--timeout", "1s"])).spawn().unwrap();
    thread::sleep(Duration::from_millis(500));
    let stop = Arc::new(AtomicBool::new(false));
    let taker = take_write_lock(env.wait(impatient(env)), Arc::clone(&stop));
    let ran = crate::support::program::end_of(child);
    stop.store(true, Ordering::Relaxed);
    taker.join().unwrap();
    env.wait(async { sqlx::raw_sql("ROLLBACK").execute(&mut reader).await }).unwrap();
    env.wait(reader.close()).unwrap();
    ran
}

/// The third program may come too late; then the outcome is known, and the test tries again.
fn unknown(line: &str) -> (TestEnv, Ran) {
    unknown_in(TestEnv::with_sessions, line)
}

fn unknown_in(world: fn() -> TestEnv, line: &str) -> (TestEnv, Ran) {
    for _ in 0..5 {
        let env = world();
        let ran = lose_a_commit(&env, line);
        if ran.code == 10 {
            return (env, ran);
        }
        assert!([1, 7].contains(&ran.code), "{}", ran.transcript());
    }
    panic!("the outcome was known each time");
}

#[test]
fn an_unknown_outcome_is_told_with_its_guid_and_can_be_settled() {
    let (env, ran) = unknown("create --session-id 1 --created-by Keller");
    env.check("unknown", &ran.transcript());
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let verified = env.feed("verify --session-id 1", told["host_guid"].as_str().unwrap());
    let committed = env.texts(r#"SELECT "EventId" FROM "HostSessionEvents""#) == [told["event_id"].as_str().unwrap()];
    assert_eq!(verified.code == 0, committed);
}

#[test]
fn an_unknown_outcome_is_one_object_on_stderr_under_json() {
    let (_env, ran) = unknown("create --session-id 1 --json");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((told["outcome"].as_str(), ran.error(10)["kind"].as_str()), (Some("unknown"), Some("outcome_unknown")));
}

#[test]
fn an_unknown_revocation_speaks_of_no_new_guid() {
    let (_env, ran) = unknown_in(TestEnv::with_old_records, "revoke --session-id 2 --json");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let error = ran.error(10);
    let (message, hint) = (error["message"].as_str().unwrap(), error["hint"].as_str().unwrap());
    assert!(message.ends_with("either the old Host GUID still works, or none does"), "{message}");
    assert!(hint.contains(told["event_id"].as_str().unwrap()) && !hint.contains("verify"), "{hint}");
}
