//! What only a look inside can bring about: a full disk, and a commit whose answer is lost.

use std::time::Duration;

use sqlx::Sqlite;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::domain::actor::{Actor, Origin};
use crate::domain::expected::Expected;
use crate::domain::expiry::Expiry;
use crate::domain::host_record::{HostRecordId, StoredHash};
use crate::domain::plan::Outcome;
use crate::domain::reason::RotationReason;
use crate::domain::request::{Action, Request};
use crate::domain::session::SessionId;
use crate::domain::snapshot::Snapshot;
use crate::domain::time::{SystemClock, Timestamp};
use crate::store::backend::statement;
use crate::store::{Credential, Settings, demo, snapshot};

/// A small world, and connections to it.
async fn connections(folder: &tempfile::TempDir) -> Connections<Sqlite> {
    let path = folder.path().join("test.db");
    demo::build(&path, 10, &SystemClock).await.unwrap();
    Connections::new(Settings { timeout: Duration::from_millis(1500), ..demo::settings(&path) })
}

fn first() -> SessionId {
    SessionId::new(2).unwrap()
}

/// Rotates the session to a hash.
async fn rotate(connections: &Connections<Sqlite>, hash: &str) -> Result<Applied, StoreError> {
    change(connections, Action::Provision(Expiry::Never), hash).await
}

async fn change(connections: &Connections<Sqlite>, action: Action, hash: &str) -> Result<Applied, StoreError> {
    let request = Request {
        session: first(),
        action,
        by: Actor::parse("R. Sato").unwrap(),
        reason: Some(RotationReason::parse("scheduled rotation").unwrap()),
        origin: Origin { os_user: "r.sato".to_owned(), client: "test".to_owned() },
    };
    let hash = StoredHash::new(hash.to_owned());
    let change = Change {
        request: &request,
        expected: &Expected::Anything,
        credential: Some(Credential { hash: &hash, opens: &|stored| *stored == hash }),
        event: EventId::generate(),
        planned: &|_| (),
        cancel: &CancellationToken::new(),
    };
    run(connections, &change, &StoreClock::new(None), &Deadline::after(connections.settings().timeout)).await
}

async fn seen(connections: &Connections<Sqlite>) -> Snapshot {
    let mut lease = connections.open(&Deadline::after(Duration::from_secs(5))).await.unwrap();
    snapshot::read::<Sqlite>(&mut lease.connection, first()).await.unwrap()
}

/// Runs statements on the one connection that the next change will use.
async fn on_the_connection(connections: &Connections<Sqlite>, text: &'static str) {
    let mut lease = connections.lend(&Deadline::after(Duration::from_secs(5))).await.unwrap();
    sqlx::raw_sql(text).execute(&mut lease.connection).await.unwrap();
    connections.take_back(lease);
}

#[test]
fn the_pause_grows_with_the_attempts_and_differs_from_one_event_to_the_next() {
    let (event, rival) = ("0192f3a1-7c44-7000-8000-3f2b1c0d9e8f", "0192f3a1-7c44-7000-8000-3f2b1c0d9e80");
    let millis = |attempt, event: &str| pause(attempt, event.parse().unwrap()).as_millis();
    assert_eq!([millis(1, event), millis(2, event)], [33, 53]);
    assert_eq!([millis(1, rival), millis(2, rival)], [39, 59]);
}

#[test]
fn only_a_lost_connection_is_worth_another_attempt_while_there_is_time() {
    let lost = || StoreError::Unavailable { what: "the connection was closed".to_owned() };
    let (little, none) = (Duration::from_millis(1), Duration::ZERO);
    assert_eq!((patience(&lost(), little), patience(&lost(), none)), (Some(little), None));
    assert_eq!(patience(&StoreError::Overtaken, little), None);
}

#[tokio::test]
async fn a_log_in_is_settled_by_its_own_record_and_instant() {
    let folder = tempfile::tempdir().unwrap();
    let connections = connections(&folder).await;
    on_the_connection(
        &connections,
        r#"UPDATE "HostSessions" SET "LastUsedAt" = '2026-11-01 08:00:00' WHERE "SessionId" = 2 AND "IsActive""#,
    )
    .await;
    let record = seen(&connections).await.active().next().unwrap().id;
    let other = HostRecordId::new(record.get() + 1).unwrap();
    for (id, at, is_done) in [
        (record, "2026-11-01T08:00:00.000000Z", true),
        (record, "2026-11-01T07:59:59.000000Z", true),
        (record, "2026-11-01T08:00:01.000000Z", false),
        (other, "2026-11-01T08:00:00.000000Z", false),
    ] {
        let trace = Trace::Touched(first(), id, Timestamp::parse_fixed_width(at).unwrap());
        let found = trace.settle(&connections, &Deadline::after(Duration::from_secs(5))).await;
        assert_eq!(found.unwrap(), is_done, "{id} {at}");
    }
}

#[tokio::test]
async fn a_change_that_writes_nothing_sends_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    let connections = connections(&folder).await;
    change(&connections, Action::Revoke, "").await.unwrap();
    refuse_commits(&connections).await;
    let nothing = change(&connections, Action::Revoke, "").await.unwrap();
    assert_eq!(nothing.plan.outcome, Outcome::Unchanged);
}

/// A statement after which nothing else has room.
macro_rules! greedy {
    ($statement:expr) => {
        concat!(
            "CREATE TABLE room (taken BLOB); CREATE TRIGGER greedy AFTER ",
            $statement,
            " BEGIN INSERT INTO room VALUES (zeroblob(65536)); END"
        )
    };
}

/// The database may not grow, and each statement in turn needs more room than it has.
#[tokio::test]
async fn a_full_disk_at_any_statement_changes_nothing_and_the_next_change_works() {
    const FORCE_NEW: Action = Action::ForceNew(Expiry::Never);
    const PROVISION: Action = Action::Provision(Expiry::Never);
    for (number, (greedy, action)) in [
        (greedy!(r#"UPDATE OF "IsActive" ON "HostSessions" WHEN NOT NEW."IsActive""#), FORCE_NEW),
        (greedy!(r#"UPDATE OF "IsActive" ON "HostSessions" WHEN NOT NEW."IsActive""#), Action::Revoke),
        (greedy!(r#"INSERT ON "HostSessions""#), FORCE_NEW),
        (greedy!(r#"UPDATE OF "HostGuidHash" ON "HostSessions""#), PROVISION),
        (greedy!(r#"INSERT ON "HostSessionEvents""#), PROVISION),
        (greedy!(r#"INSERT ON "HostSessionEvents""#), FORCE_NEW),
        (greedy!(r#"INSERT ON "HostSessionEvents""#), Action::Revoke),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = tempfile::tempdir().unwrap();
        let connections = connections(&folder).await;
        on_the_connection(&connections, greedy).await;
        let before = seen(&connections).await;
        // As many pages as there are.
        on_the_connection(&connections, "PRAGMA max_page_count = 1").await;
        let error = change(&connections, action, "no room").await.unwrap_err();
        assert!(matches!(error, StoreError::Full), "{number}: {error:?}");
        assert_eq!(seen(&connections).await, before, "{number}");
        // The connection that met the full disk is gone, and its limit with it.
        let applied = change(&connections, action, "after all").await.unwrap();
        assert_eq!(seen(&connections).await.head.seq, before.head.seq + 1);
        assert_eq!(applied.record.is_none(), matches!(action, Action::Revoke), "{number}");
    }
}

/// Lets every COMMIT of the connection that the next change will use fail.
async fn refuse_commits(connections: &Connections<Sqlite>) {
    let mut lease = connections.lend(&Deadline::after(Duration::from_secs(5))).await.unwrap();
    // A commit hook is what the engine asks last of all.
    let mut handle = lease.connection.lock_handle().await.unwrap();
    handle.set_commit_hook(|| false);
    drop(handle);
    connections.take_back(lease);
}

/// A connection that is closed in the moment of COMMIT: the look-up settles what became of it.
#[tokio::test]
async fn a_commit_that_fails_is_looked_up_and_told_as_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let connections = connections(&folder).await;
    let before = seen(&connections).await;
    refuse_commits(&connections).await;
    let error = rotate(&connections, "never").await.unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
    assert_eq!(seen(&connections).await, before);
    rotate(&connections, "after all").await.unwrap();
}

/// Without a write-ahead log a reader holds up a COMMIT, but not what comes before it.
#[tokio::test]
async fn a_commit_that_a_reader_holds_up_is_told_as_locked_and_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let connections = connections(&folder).await;
    on_the_connection(&connections, "PRAGMA journal_mode = DELETE").await;
    on_the_connection(&connections, "PRAGMA busy_timeout = 0").await;
    let before = seen(&connections).await;
    let mut reader = connections.open(&Deadline::after(Duration::from_secs(5))).await.unwrap();
    statement::<Sqlite>(Sqlite::BEGIN_READ).run(&mut reader.connection).await.unwrap();
    snapshot::read::<Sqlite>(&mut reader.connection, first()).await.unwrap();
    let error = rotate(&connections, "held up").await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    reader.roll_back().await;
    assert_eq!(seen(&connections).await, before);
}

/// Connections whose next COMMIT takes so long, although it succeeds.
async fn slow_to_commit(folder: &tempfile::TempDir, slow: Duration) -> Connections<Sqlite> {
    let settings = connections(folder).await.settings().clone();
    let connections = Connections::<Sqlite>::new(Settings { timeout: Duration::from_millis(300), ..settings });
    let mut lease = connections.open(&Deadline::after(Duration::from_secs(5))).await.unwrap();
    let mut handle = lease.connection.lock_handle().await.unwrap();
    handle.set_commit_hook(move || {
        std::thread::sleep(slow);
        true
    });
    drop(handle);
    connections.take_back(lease);
    connections
}

#[tokio::test]
async fn a_commit_that_ends_after_the_deadline_is_looked_up_and_told_as_done() {
    let folder = tempfile::tempdir().unwrap();
    let connections = slow_to_commit(&folder, Duration::from_millis(600)).await;
    let applied = rotate(&connections, "late").await.unwrap();
    assert_eq!(seen(&connections).await.records, [applied.record.unwrap()]);
}

#[tokio::test]
async fn a_commit_that_nobody_can_tell_of_yet_is_unknown_until_it_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let connections = slow_to_commit(&folder, Duration::from_millis(2500)).await;
    let error = rotate(&connections, "later").await.unwrap_err();
    let StoreError::OutcomeUnknown(applied) = error else { panic!("{error:?}") };
    let patient = Deadline::after(Duration::from_secs(10));
    let trace = Trace::Event(first(), applied.event.unwrap());
    assert!(trace.settle(&connections, &patient).await.unwrap());
    assert_eq!(seen(&connections).await.records, [applied.record.unwrap()]);
}
