//! What `migrate` refuses, and that it leaves it as it was.

use std::path::PathBuf;

use host_provisioner::store::{self, StoreError, Target};
use tokio_util::sync::CancellationToken;

use crate::support::database::TestDb;
use crate::support::fixtures::web_database;

/// Asserts that `migrate` refuses in the expected way and changes no byte of the file.
async fn refused(db: &TestDb, expected: fn(&StoreError) -> bool) {
    let before = std::fs::read(&db.path).unwrap_or_default();
    let error = db.migrate().await.unwrap_err();
    assert!(expected(&error), "{error:?}");
    assert!(std::fs::read(&db.path).unwrap_or_default() == before);
}

#[tokio::test]
async fn somebody_elses_database_is_refused() {
    let db = TestDb::nowhere();
    db.sql("CREATE TABLE contacts (name TEXT); INSERT INTO contacts VALUES ('Ada')").await;
    refused(&db, |error| matches!(error, StoreError::NotOurs { why, .. } if why.contains("contacts"))).await;
}

#[tokio::test]
async fn one_of_the_two_tables_is_not_enough() {
    let db = TestDb::nowhere();
    db.sql("CREATE TABLE \"Sessions\" (id INTEGER)").await;
    refused(&db, |error| matches!(error, StoreError::NotOurs { .. })).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_every_door() {
    let db = TestDb::empty().await;
    db.sql("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99, 'later', 1, x'00', 0)").await;
    let newer = |error: &StoreError| matches!(error, StoreError::Newer { found: 99, known: 4 });
    refused(&db, newer).await;
    assert!(newer(&store::pending_migrations(&db.settings()).await.unwrap_err()));
    assert!(newer(&store::connect(db.settings(), None).await.err().unwrap()));
}

#[tokio::test]
async fn a_migration_that_was_another_one_when_it_ran_is_refused() {
    let db = TestDb::empty().await;
    db.sql("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2").await;
    let before = db.dump().await;
    let error = db.migrate().await.unwrap_err();
    assert!(matches!(&error, StoreError::Failed { what } if what.contains("migration 2")), "{error:?}");
    assert_eq!(db.dump().await, before);
    assert!(store::connect(db.settings(), None).await.is_err());
}

#[tokio::test]
async fn a_text_file_is_refused() {
    let db = TestDb::nowhere();
    std::fs::write(&db.path, "SQLite is fun, but this is a letter").unwrap();
    refused(&db, |error| matches!(error, StoreError::NotOurs { .. })).await;
}

#[tokio::test]
async fn a_folder_is_refused() {
    let db = TestDb::nowhere();
    std::fs::create_dir(&db.path).unwrap();
    refused(&db, |error| matches!(error, StoreError::NotOurs { .. })).await;
    assert!(std::fs::read_dir(&db.path).unwrap().next().is_none());
}

#[tokio::test]
async fn a_missing_folder_is_not_made() {
    let mut db = TestDb::nowhere();
    db.path = db.folder.path().join("missing").join("test.db");
    refused(&db, |error| matches!(error, StoreError::NoFolder { .. })).await;
    assert!(!db.path.parent().unwrap().exists());
}

#[tokio::test]
async fn a_read_only_connection_does_not_migrate() {
    let db = web_database().await;
    let settings = store::Settings { read_only: true, ..db.settings() };
    assert!(matches!(store::migrate(&settings, &CancellationToken::new()).await, Err(StoreError::ReadOnly(_))));
}

#[tokio::test]
async fn a_migration_that_fails_half_way_leaves_nothing_behind() {
    let db = web_database().await;
    db.sql("CREATE TABLE \"HostSessionEvents\" (something_else TEXT)").await;
    let before = db.dump().await;
    assert!(db.migrate().await.is_err());
    assert_eq!(db.dump().await, before);
    let columns = db.texts("SELECT name FROM pragma_table_info('HostSessions') WHERE name = 'LegacyDuplicate'").await;
    assert!(columns.is_empty());
}

/// The features that came after 3.40, which other programs on the same file may not know.
#[tokio::test]
async fn the_schema_uses_nothing_newer_than_sqlite_3_40() {
    let db = TestDb::empty().await;
    let schema = db.texts("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").await.join("\n").to_lowercase();
    for newer in [
        "jsonb",
        "contentless_delete",
        "octet_length",
        "timediff",
        "concat(",
        "concat_ws",
        "string_agg",
        "unixepoch(",
        "subsec",
        "unistr",
        "if(",
        "generated always",
        "tokendata",
        "percentile",
        "->",
    ] {
        assert!(!schema.contains(newer), "{newer}");
    }
}

/// The `sqlite3` program of the system (3.40 on Debian 12) stands for every other program on the same file.
/// `make test` installs it, or says that it is missing.
#[tokio::test]
async fn another_sqlite3_program_writes_beside_us_and_meets_our_guards() {
    let db = TestDb::empty().await;
    let run = |text: &str| {
        let output = std::process::Command::new("sqlite3").arg(&db.path).arg(text).output();
        output.expect("the program sqlite3 is missing: `make test` installs it")
    };
    let made = run(
        "INSERT INTO Sessions (GroupId, CreatedAt, ModifiedAt) VALUES ('g', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
         INSERT INTO HostSessions (SessionId, HostGuidHash, CreatedAt) VALUES (1, 'a', '2026-01-01 00:00:00');",
    );
    assert!(made.status.success(), "{made:?}");
    let second =
        run("INSERT OR REPLACE INTO HostSessions (SessionId, HostGuidHash, CreatedAt) VALUES (1, 'b', '2026-01-01')");
    assert!(String::from_utf8_lossy(&second.stderr).contains("has an active host record already"));
    assert_eq!(db.number("SELECT count(*) FROM \"HostSessions\"").await, 1);
    assert!(String::from_utf8_lossy(&run("PRAGMA integrity_check").stdout).starts_with("ok"));
}

#[tokio::test]
async fn a_url_and_a_path_name_the_same_place() {
    let db = TestDb::empty().await;
    let target = Target::parse(&format!("sqlite:{}", db.path.display())).unwrap();
    assert_eq!(target, Target::Sqlite(PathBuf::from(&db.path)));
}
