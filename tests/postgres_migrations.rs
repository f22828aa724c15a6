//! Bringing a shared database up to date: what is added, that nothing else changes, and who else may be at it.

use std::collections::BTreeSet;

use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::time::{Clock as _, SystemClock};
use host_provisioner::store::{self, Settings, StoreError, Target};
use tokio_util::sync::CancellationToken;

use crate::support::database::TestDb;
use crate::support::fixtures::web_database;
use crate::support::postgres::TestPg;
use crate::support::requests::session;

const KEPT: &str =
    r#"SELECT CAST("HostSessionId" AS text) FROM "HostSessions" WHERE "IsActive" AND NOT "LegacyDuplicate" ORDER BY 1"#;

/// Everything that `canvas` holds, in the server's own words.
async fn schema(db: &TestPg) -> Vec<String> {
    db.texts(
        "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) \
           FROM information_schema.columns WHERE table_schema = 'canvas' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'canvas' \
         UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
         UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint \
           WHERE connamespace = 'canvas'::regnamespace \
         UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'canvas'::regnamespace ORDER BY 1",
    )
    .await
}

#[tokio::test]
async fn no_existing_column_of_any_row_changes() {
    let db = TestPg::of_entity_framework().await;
    let before = db.dump().await;
    assert_eq!(before.lines().count(), 300 + 345);
    db.migrate().await.unwrap();
    let after = db.dump_without(&["LegacyDuplicate"]).await;
    let after: Vec<&str> = after.lines().filter(|line| !line.starts_with("_sqlx_migrations")).collect();
    assert_eq!(after, before.lines().collect::<Vec<_>>());
    assert_eq!(db.texts("SELECT \"MigrationId\" FROM public.\"__EFMigrationsHistory\"").await.len(), 1);
}

#[tokio::test]
async fn of_each_session_with_duplicates_exactly_the_best_record_stays_unflagged() {
    let db = TestPg::of_entity_framework().await;
    db.migrate().await.unwrap();
    let (store, now) = (store::connect(db.settings(), None).await.unwrap(), SystemClock.now());
    let mut with_duplicates = 0;
    for id in db.texts("SELECT \"SessionId\"::text FROM \"Sessions\"").await {
        let seen = store.snapshot(session(id.parse().unwrap())).await.unwrap();
        let best: Option<&HostRecord> = seen.active().max_by(|a, b| a.rank(b, now));
        let unflagged: Vec<_> = seen.active().filter(|record| !record.legacy_duplicate).collect();
        assert_eq!(unflagged, best.into_iter().collect::<Vec<_>>(), "session {id}");
        with_duplicates += usize::from(seen.active().count() > 1);
    }
    assert_eq!(with_duplicates, 48);
}

#[tokio::test]
async fn both_engines_keep_the_same_record_of_each_session() {
    let (server, file) = (TestPg::of_entity_framework().await, web_database().await);
    server.migrate().await.unwrap();
    file.migrate().await.unwrap();
    let kept: BTreeSet<String> = server.texts(KEPT).await.into_iter().collect();
    assert!(kept.len() > 200);
    assert_eq!(kept, file.texts(KEPT).await.into_iter().collect());
}

/// But for the pieces of titles, which are an index on a server and tables in a file.
#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let (server, file) = (TestPg::empty().await, TestDb::empty().await);
    let on_server = server
        .texts("SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'canvas'")
        .await;
    let in_file = file
        .texts(
            "SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'SessionTitle%'",
        )
        .await;
    assert!(in_file.len() > 30);
    assert_eq!(on_server.into_iter().collect::<BTreeSet<_>>(), in_file.into_iter().collect());
}

#[tokio::test]
async fn the_index_is_valid_and_the_applications_own_insert_meets_it() {
    let db = TestPg::of_entity_framework().await;
    let insert = |session: &str| {
        format!(
            "INSERT INTO canvas.\"HostSessions\" (\"SessionId\", \"HostGuidHash\", \"CreatedAt\", \"IsActive\") \
             VALUES ({session}, md5(random()::text), now(), true)"
        )
    };
    let some_active = "SELECT min(\"SessionId\") FROM \"HostSessions\" WHERE \"IsActive\"";
    let taken = db.number(some_active).await.to_string();
    db.sql(&insert(&taken)).await;
    db.migrate().await.unwrap();
    let valid = "SELECT count(*) FROM pg_index WHERE indisvalid AND indisunique AND indisready \
                 AND indexrelid = '\"UX_HostSessions_OneCurrent\"'::regclass";
    assert_eq!(db.number(valid).await, 1);
    let refused = db.try_sql(&insert(&taken)).await.unwrap_err();
    assert!(refused.contains("UX_HostSessions_OneCurrent"), "{refused}");
    let free = "SELECT min(\"SessionId\") FROM \"Sessions\" AS s WHERE NOT EXISTS \
                (SELECT FROM \"HostSessions\" AS h WHERE h.\"SessionId\" = s.\"SessionId\" AND h.\"IsActive\")";
    let free = db.number(free).await.to_string();
    db.sql(&insert(&free)).await;
}

#[tokio::test]
async fn a_check_changes_nothing_and_lists_what_is_to_do() {
    for db in [TestPg::nowhere().await, TestPg::of_entity_framework().await] {
        let before = (db.dump().await, schema_names(&db).await);
        let pending = store::pending_migrations(&db.settings()).await.unwrap();
        assert_eq!(pending, ["0001 existing tables", "0002 single guid rule", "0003 browsing", "0004 overview"]);
        assert_eq!((db.dump().await, schema_names(&db).await), before);
        assert_eq!(db.migrate().await.unwrap().applied, pending);
        assert!(store::pending_migrations(&db.settings()).await.unwrap().is_empty());
    }
}

async fn schema_names(db: &TestPg) -> Vec<String> {
    db.texts("SELECT nspname::text FROM pg_namespace ORDER BY 1").await
}

#[tokio::test]
async fn a_new_database_and_a_migrated_one_have_the_same_schema_and_a_second_run_does_nothing() {
    let fresh = TestPg::empty().await;
    let expected = schema(&fresh).await;
    assert!(expected.len() > 40, "{expected:#?}");
    let db = TestPg::of_entity_framework().await;
    db.migrate().await.unwrap();
    assert_eq!(schema(&db).await, expected);
    let before = db.dump().await;
    let second = db.migrate().await.unwrap();
    assert!(!second.created && second.applied.is_empty(), "{second:?}");
    assert_eq!((db.dump().await, schema(&db).await), (before, expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_migrations_at_once_one_does_it_and_all_end_well() {
    for db in [TestPg::nowhere().await, TestPg::of_entity_framework().await] {
        let settings = Settings { timeout: std::time::Duration::from_mins(1), ..db.settings() };
        let running: Vec<_> = (0..8)
            .map(|_| {
                let settings = settings.clone();
                tokio::spawn(async move { store::migrate(&settings, &CancellationToken::new()).await.unwrap() })
            })
            .collect();
        let mut did = 0;
        for report in running {
            did += usize::from(!report.await.unwrap().applied.is_empty());
        }
        assert_eq!(did, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_while_the_application_inserts_flags_all_that_came_before_the_index() {
    let db = TestPg::of_entity_framework().await;
    let mut application = db.open().await;
    let inserting = tokio::spawn(async move {
        let (mut done, mut refused) = (0, 0);
        // One record after the other into the same few sessions, until the index has refused some.
        while refused < 20 {
            let insert = "INSERT INTO canvas.\"HostSessions\" (\"SessionId\", \"HostGuidHash\", \"CreatedAt\", \"IsActive\") \
                          SELECT 1 + (random() * 20)::int, md5(random()::text), now(), true";
            match sqlx::query(insert).execute(&mut application).await {
                Ok(_) => done += 1,
                Err(error) => {
                    assert!(error.to_string().contains("UX_HostSessions_OneCurrent"), "{error}");
                    refused += 1;
                }
            }
        }
        done
    });
    while db.number("SELECT count(*) FROM \"HostSessions\"").await < 400 {}
    db.migrate().await.unwrap();
    assert!(inserting.await.unwrap() >= 55);
    let crowded = "SELECT count(*) FROM (SELECT 1 FROM \"HostSessions\" WHERE \"IsActive\" AND NOT \"LegacyDuplicate\" \
                   GROUP BY \"SessionId\" HAVING count(*) > 1) AS c";
    assert_eq!(db.number(crowded).await, 0);
}

#[tokio::test]
async fn a_schema_that_is_not_ours_or_newer_is_refused_and_stays() {
    let db = TestPg::nowhere().await;
    db.sql("CREATE SCHEMA canvas; CREATE TABLE canvas.paintings (name text)").await;
    let error = db.migrate().await.unwrap_err();
    assert!(matches!(&error, StoreError::NotOurs { why, .. } if why.contains("paintings")), "{error:?}");
    // To a server another case is another name: these are not the web application's.
    let db = TestPg::nowhere().await;
    db.sql(
        "CREATE SCHEMA canvas; CREATE TABLE canvas.sessions (id bigint); CREATE TABLE canvas.hostsessions (id bigint)",
    )
    .await;
    let error = db.migrate().await.unwrap_err();
    assert!(matches!(&error, StoreError::NotOurs { why, .. } if why.contains("hostsessions, sessions")), "{error:?}");
    let db = TestPg::empty().await;
    db.sql("INSERT INTO _sqlx_migrations VALUES (99, 'later', now(), true, '\\x00', 0)").await;
    let before = db.dump().await;
    let newer = |error: &StoreError| matches!(error, StoreError::Newer { found: 99, known: 4 });
    assert!(newer(&db.migrate().await.unwrap_err()));
    assert!(newer(&store::pending_migrations(&db.settings()).await.unwrap_err()));
    assert!(newer(&store::connect(db.settings(), None).await.err().unwrap()));
    assert_eq!(db.dump().await, before);
}

#[tokio::test]
async fn a_migration_that_fails_half_way_leaves_nothing_behind() {
    let db = TestPg::of_entity_framework().await;
    db.sql("CREATE TABLE canvas.\"HostSessionEvents\" (something_else text)").await;
    let before = (db.dump().await, schema(&db).await);
    assert!(db.migrate().await.is_err());
    assert_eq!((db.dump().await, schema(&db).await), before);
}

#[tokio::test]
async fn what_is_not_migrated_or_not_there_is_not_opened() {
    let db = TestPg::of_entity_framework().await;
    let opened = store::connect(db.settings(), None).await;
    assert!(matches!(opened.err(), Some(StoreError::Unmigrated { count: 4 })));
    let elsewhere = Target::parse(&db.url().replace("/test_", "/none_")).unwrap();
    let opened = store::connect(Settings { target: elsewhere, ..db.settings() }, None).await;
    assert!(matches!(opened.err(), Some(StoreError::NoDatabase)));
}
