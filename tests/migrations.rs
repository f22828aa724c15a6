//! Bringing a database up to date: what is added, and that nothing else changes.

use std::os::unix::fs::PermissionsExt as _;

use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::time::{Clock as _, SystemClock};
use host_provisioner::store::{self, SessionFilter, StoreError};

use crate::support::database::TestDb;
use crate::support::fixtures::{entity_framework_database, web_database};
use crate::support::requests::session;

/// The name and the whitespace-free text of everything in the schema.
async fn schema(db: &TestDb) -> Vec<String> {
    let made = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema \
                WHERE name NOT LIKE 'sqlite%' AND tbl_name NOT LIKE '\\_\\_EF%' ESCAPE '\\' ORDER BY name";
    let squeezed = |text: String| text.replace("IF NOT EXISTS", "").split_whitespace().collect::<String>();
    db.texts(made).await.into_iter().map(squeezed).collect()
}

/// The columns that the web application knows, of every row of its tables.
async fn existing_columns(db: &TestDb) -> String {
    let mut all = String::new();
    for table in ["Sessions", "HostSessions"] {
        let columns = format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'LegacyDuplicate'");
        all.push_str(&db.dump_columns(table, &db.texts(&columns).await).await);
    }
    all
}

#[tokio::test]
async fn no_existing_column_of_any_row_changes() {
    for db in [web_database().await, entity_framework_database().await] {
        let before = existing_columns(&db).await;
        assert_eq!(before.lines().count(), 301 + 345);
        db.migrate().await.unwrap();
        assert_eq!(existing_columns(&db).await, before);
    }
}

#[tokio::test]
async fn the_tables_of_entity_framework_itself_stay() {
    let db = entity_framework_database().await;
    let before = db.dump_table("__EFMigrationsHistory").await;
    db.migrate().await.unwrap();
    assert_eq!(db.dump_table("__EFMigrationsHistory").await, before);
}

#[tokio::test]
async fn of_each_session_with_duplicates_exactly_the_best_record_stays_unflagged() {
    for db in [web_database().await, entity_framework_database().await] {
        db.migrate().await.unwrap();
        let now = SystemClock.now();
        let store = db.store().await;
        let mut sessions_with_duplicates = 0;
        for id in db.texts("SELECT \"SessionId\" FROM \"Sessions\"").await {
            let seen = store.snapshot(session(id.parse().unwrap())).await.unwrap();
            let best: Option<&HostRecord> = seen.active().max_by(|a, b| a.rank(b, now));
            let unflagged: Vec<_> = seen.active().filter(|record| !record.legacy_duplicate).collect();
            assert_eq!(unflagged, best.into_iter().collect::<Vec<_>>(), "session {id}");
            assert!(seen.records.iter().all(|record| record.is_active || !record.legacy_duplicate));
            sessions_with_duplicates += usize::from(seen.active().count() > 1);
        }
        assert_eq!(sessions_with_duplicates, 48);
    }
}

/// Writes one session's active records and gives the id of the one that the migration keeps.
async fn kept(records: &[(&str, &str, &str)]) -> Vec<String> {
    let session = "INSERT INTO \"Sessions\" (\"SessionId\", \"GroupId\", \"CreatedAt\", \"ModifiedAt\") \
                   VALUES (1, 'g', '2026-01-01', '2026-01-01');";
    let row = |(place, (expires, used, created)): (usize, &(&str, &str, &str))| {
        format!(
            "INSERT INTO \"HostSessions\" (\"SessionId\", \"HostGuidHash\", \"ExpiresAt\", \"LastUsedAt\", \"CreatedAt\") \
             VALUES (1, 'hash {place}', {expires}, {used}, {created});"
        )
    };
    let rows = session.to_owned() + &records.iter().enumerate().map(row).collect::<String>();
    let db = TestDb::with_old_rows(&rows).await;
    db.texts("SELECT \"HostSessionId\" FROM \"HostSessions\" WHERE NOT \"LegacyDuplicate\"").await
}

#[tokio::test]
async fn a_record_that_has_not_expired_is_better_than_one_used_later() {
    let old = ("'2026-01-01 00:00:00.0000000'", "'2026-06-01 00:00:00.0000000'", "'2026-01-01 00:00:00.0000000'");
    let lasting = ("NULL", "NULL", "'2025-01-01 00:00:00.0000000'");
    assert_eq!(kept(&[lasting, old]).await, ["1"]);
}

#[tokio::test]
async fn a_record_that_was_never_used_is_worse_than_one_that_was() {
    let used = ("NULL", "'2025-02-01 00:00:00.0000000'", "'2025-01-01 00:00:00.0000000'");
    let unused = ("NULL", "NULL", "'2026-01-01 00:00:00.0000000'");
    assert_eq!(kept(&[used, unused]).await, ["1"]);
}

#[tokio::test]
async fn times_of_different_programs_compare_as_instants() {
    let entity_framework = ("NULL", "'2026-02-01 10:00:00.9000000'", "'2025-01-01 00:00:00'");
    let ours_later = ("NULL", "'2026-02-01T10:00:01+00:00'", "'2025-01-01 00:00:00'");
    assert_eq!(kept(&[ours_later, entity_framework]).await, ["1"]);
    let offset_earlier = ("NULL", "'2026-02-01T11:00:00+02:00'", "'2025-01-01 00:00:00'");
    assert_eq!(kept(&[entity_framework, offset_earlier]).await, ["1"]);
}

#[tokio::test]
async fn microseconds_decide_and_then_the_id() {
    let earlier = ("NULL", "'2026-02-01 10:00:00.0001234'", "'2025-01-01 00:00:00'");
    let later = ("NULL", "'2026-02-01 10:00:00.0001240'", "'2025-01-01 00:00:00'");
    assert_eq!(kept(&[later, earlier]).await, ["1"]);
    assert_eq!(kept(&[earlier, earlier]).await, ["2"]);
}

#[tokio::test]
async fn a_new_database_and_a_migrated_one_have_the_same_schema() {
    let fresh = schema(&TestDb::empty().await).await;
    assert!(fresh.len() > 15);
    for db in [web_database().await, entity_framework_database().await] {
        db.migrate().await.unwrap();
        assert_eq!(schema(&db).await, fresh);
    }
}

#[tokio::test]
async fn migrating_twice_does_nothing_the_second_time() {
    let db = web_database().await;
    let first = db.migrate().await.unwrap();
    assert_eq!(first.applied, ["0001 existing tables", "0002 single guid rule", "0003 browsing", "0004 overview"]);
    let before = (db.dump().await, schema(&db).await);
    let second = db.migrate().await.unwrap();
    assert!(!second.created && second.applied.is_empty(), "{second:?}");
    assert_eq!((db.dump().await, schema(&db).await), before);
}

#[tokio::test]
async fn a_new_file_is_readable_by_its_owner_alone() {
    let db = TestDb::nowhere();
    assert!(db.migrate().await.unwrap().created);
    assert_eq!(std::fs::metadata(&db.path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn listing_what_is_to_do_changes_no_byte() {
    let db = web_database().await;
    let before = std::fs::read(&db.path).unwrap();
    assert_eq!(store::pending_migrations(&db.settings()).await.unwrap().len(), 4);
    assert!(std::fs::read(&db.path).unwrap() == before);
    db.migrate().await.unwrap();
    let before = std::fs::read(&db.path).unwrap();
    assert!(store::pending_migrations(&db.settings()).await.unwrap().is_empty());
    assert!(std::fs::read(&db.path).unwrap() == before);
}

#[tokio::test]
async fn listing_what_is_to_do_for_a_missing_file_makes_none() {
    let db = TestDb::nowhere();
    assert_eq!(store::pending_migrations(&db.settings()).await.unwrap().len(), 4);
    assert!(std::fs::read_dir(db.folder.path()).unwrap().next().is_none());
}

#[tokio::test]
async fn a_database_that_is_not_migrated_is_not_opened() {
    let db = web_database().await;
    let opened = store::connect(db.settings(), None).await;
    assert!(matches!(opened.err(), Some(StoreError::Unmigrated { count: 4 })));
}

#[test]
fn of_many_first_uses_at_once_one_makes_the_database_and_all_can_use_it() {
    let db = TestDb::nowhere();
    let start = std::sync::Barrier::new(8);
    let first_use = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        start.wait();
        let report = runtime.block_on(db.migrate()).unwrap();
        runtime.block_on(async { db.store().await.count_sessions(&SessionFilter::default()).await.unwrap() });
        report
    };
    let reports: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(first_use)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(reports.iter().filter(|report| report.created).count(), 1, "{reports:?}");
    assert_eq!(reports.iter().filter(|report| !report.applied.is_empty()).count(), 1, "{reports:?}");
}
