//! What the database itself refuses, from any program. Each guard is shown to be the one that refuses: without it
//! the same statement goes through.

use crate::support::database::TestDb;

/// Session 1: record 1 is current, 2 and 3 are flagged duplicates, 4 is retired. Session 2: record 5 is current.
/// Session 3 has none.
const ROWS: &str = r#"
INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt") VALUES
    (1, 'g', 'one', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000'),
    (2, 'g', 'two', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000'),
    (3, 'g', 'three', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000');
INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "LastUsedAt", "IsActive") VALUES
    (1, 1, 'hash 1', '2026-01-01 00:00:00.0000000', '2026-02-01 00:00:00.0000000', 1),
    (2, 1, 'hash 2', '2026-01-01 00:00:00.0000000', NULL, 1),
    (3, 1, 'hash 3', '2026-01-01 00:00:00.0000000', NULL, 1),
    (4, 1, 'hash 4', '2026-01-01 00:00:00.0000000', NULL, 0),
    (5, 2, 'hash 5', '2026-01-01 00:00:00.0000000', NULL, 1);
"#;

async fn world() -> TestDb {
    let db = TestDb::with_old_rows(ROWS).await;
    db.sql(
        "INSERT INTO \"HostSessionEvents\" VALUES \
         (1, 1, '0192f3a1-7c44-7000-8000-000000000001', 'rotated', '2026-01-01T00:00:00.000000Z', '{}', \
          '0000000000000000000000000000000000000000000000000000000000000000', \
          '1111111111111111111111111111111111111111111111111111111111111111')",
    )
    .await;
    db
}

/// An INSERT into `HostSessions`, with `OR …` where it is given.
fn insert(or: &str, columns: &str, values: &str) -> String {
    format!(
        "INSERT {or} INTO \"HostSessions\" (\"CreatedAt\", {columns}) VALUES ('2026-03-01 00:00:00.0000000', {values})"
    )
}

/// Asserts that a statement is refused with these words and changes nothing.
async fn refuses(db: &TestDb, statement: &str, words: &str) {
    let before = db.dump().await;
    let error = db.try_sql(statement).await.expect_err(statement);
    assert!(error.contains(words), "{error}: {statement}");
    assert_eq!(db.dump().await, before, "{statement}");
}

/// Asserts that the guards refuse a statement, and that it goes through once they are dropped.
async fn guarded_by(guards: &[&str], statement: &str, words: &str) {
    let db = world().await;
    refuses(&db, statement, words).await;
    for guard in guards {
        let kind = if guard.starts_with("TR_") { "TRIGGER" } else { "INDEX" };
        db.sql(&format!("DROP {kind} \"{guard}\"")).await;
    }
    db.sql(statement).await;
}

const FLAG: &str = "LegacyDuplicate cannot be set";
const CURRENT: &str = "has an active host record already";
const REPLACED: &str = "records are never replaced";
const LIMITS: &str = "a text is too long, or a boolean is neither 0 nor 1";
const APPEND_ONLY: &str = "the history is append-only";

#[tokio::test]
async fn a_new_record_cannot_be_flagged() {
    let statement = insert("", r#""SessionId", "HostGuidHash", "LegacyDuplicate""#, "1, 'new', 1");
    guarded_by(&["TR_HostSessions_FlagInsert"], &statement, FLAG).await;
}

#[tokio::test]
async fn a_record_cannot_become_flagged() {
    let statement = r#"UPDATE "HostSessions" SET "LegacyDuplicate" = 1 WHERE "HostSessionId" = 1"#;
    guarded_by(&["TR_HostSessions_FlagUpdate"], statement, FLAG).await;
}

#[tokio::test]
async fn the_flag_goes_when_a_duplicate_becomes_inactive() {
    let retire = r#"UPDATE "HostSessions" SET "IsActive" = 0 WHERE "HostSessionId" = 2"#;
    let flag = r#"SELECT "LegacyDuplicate" FROM "HostSessions" WHERE "HostSessionId" = 2"#;
    let db = world().await;
    assert_eq!(db.number(flag).await, 1);
    db.sql(retire).await;
    assert_eq!(db.number(flag).await, 0);
    let db = world().await;
    db.sql(r#"DROP TRIGGER "TR_HostSessions_FlagCleared""#).await;
    db.sql(retire).await;
    assert_eq!(db.number(flag).await, 1);
}

#[tokio::test]
async fn a_retired_duplicate_cannot_come_back_beside_the_current_record() {
    let back = r#"UPDATE "HostSessions" SET "IsActive" = 1 WHERE "HostSessionId" = 2"#;
    for without in ["", r#"DROP TRIGGER "TR_HostSessions_OneCurrentUpdate""#] {
        let db = world().await;
        db.sql(without).await;
        db.sql(r#"UPDATE "HostSessions" SET "IsActive" = 0 WHERE "HostSessionId" = 2"#).await;
        refuses(&db, back, "").await;
    }
    let db = world().await;
    db.sql(r#"DROP TRIGGER "TR_HostSessions_FlagCleared""#).await;
    db.sql(r#"UPDATE "HostSessions" SET "IsActive" = 0 WHERE "HostSessionId" = 2"#).await;
    db.sql(back).await;
}

#[tokio::test]
async fn a_second_current_record_cannot_be_inserted_in_any_way() {
    let db = world().await;
    for or in ["", "OR REPLACE", "OR IGNORE", "OR ABORT", "OR FAIL", "OR ROLLBACK"] {
        refuses(&db, &insert(or, r#""SessionId", "HostGuidHash""#, "1, 'new'"), CURRENT).await;
    }
    let upsert = insert("", r#""SessionId", "HostGuidHash""#, "1, 'new'") + " ON CONFLICT DO NOTHING";
    refuses(&db, &upsert, CURRENT).await;
}

#[tokio::test]
async fn insert_or_replace_cannot_delete_the_current_record() {
    let statement = insert("OR REPLACE", r#""SessionId", "HostGuidHash""#, "2, 'new'");
    guarded_by(&["TR_HostSessions_OneCurrentInsert"], &statement, CURRENT).await;
}

#[tokio::test]
async fn the_index_alone_refuses_a_second_current_record() {
    let statement = insert("", r#""SessionId", "HostGuidHash""#, "2, 'new'");
    let db = world().await;
    db.sql(r#"DROP TRIGGER "TR_HostSessions_OneCurrentInsert""#).await;
    refuses(&db, &statement, "UNIQUE").await;
    db.sql(r#"DROP INDEX "UX_HostSessions_OneCurrent""#).await;
    db.sql(&statement).await;
}

#[tokio::test]
async fn an_update_cannot_make_a_second_current_record() {
    let db = world().await;
    for or in ["", "OR REPLACE", "OR IGNORE"] {
        for change in [
            r#""IsActive" = 1 WHERE "HostSessionId" = 4"#,
            r#""LegacyDuplicate" = 0 WHERE "HostSessionId" = 2"#,
            r#""SessionId" = 1 WHERE "HostSessionId" = 5"#,
            r#""SessionId" = 2, "LegacyDuplicate" = 0 WHERE "HostSessionId" = 3"#,
        ] {
            refuses(&db, &format!("UPDATE {or} \"HostSessions\" SET {change}"), CURRENT).await;
        }
    }
}

#[tokio::test]
async fn update_or_replace_cannot_delete_the_current_record() {
    for change in [r#""IsActive" = 1 WHERE "HostSessionId" = 4"#, r#""SessionId" = 1 WHERE "HostSessionId" = 5"#] {
        let statement = format!("UPDATE OR REPLACE \"HostSessions\" SET {change}");
        guarded_by(&["TR_HostSessions_OneCurrentUpdate"], &statement, CURRENT).await;
    }
}

#[tokio::test]
async fn no_record_is_replaced_by_one_with_its_id_or_its_hash() {
    for values in ["4, 2, 'new', 0", "NULL, 1, 'hash 4', 0"] {
        let statement = insert("OR REPLACE", r#""HostSessionId", "SessionId", "HostGuidHash", "IsActive""#, values);
        guarded_by(&["TR_HostSessions_NoReplaceInsert"], &statement, REPLACED).await;
    }
    for change in [
        r#""HostSessionId" = 4"#,
        "rowid = 4",
        "_rowid_ = 4",
        r#""SessionId" = 1, "HostGuidHash" = 'hash 4', "IsActive" = 0"#,
    ] {
        let statement = format!("UPDATE OR REPLACE \"HostSessions\" SET {change} WHERE \"HostSessionId\" = 5");
        guarded_by(&["TR_HostSessions_NoReplaceUpdate"], &statement, REPLACED).await;
    }
}

#[tokio::test]
async fn one_hash_stands_once_in_a_session_even_without_the_triggers() {
    let statement = insert("", r#""SessionId", "HostGuidHash", "IsActive""#, "1, 'hash 4', 0");
    let guards = ["TR_HostSessions_NoReplaceInsert", "IX_HostSessions_SessionGuidHash"];
    guarded_by(&guards, &statement, REPLACED).await;
    let db = world().await;
    db.sql(r#"DROP TRIGGER "TR_HostSessions_NoReplaceInsert""#).await;
    refuses(&db, &statement, "UNIQUE").await;
}

#[tokio::test]
async fn null_is_no_way_around_the_guards() {
    let db = world().await;
    for column in ["IsActive", "LegacyDuplicate"] {
        let columns = format!(r#""SessionId", "HostGuidHash", "{column}""#);
        refuses(&db, &insert("OR REPLACE", &columns, "1, 'new', NULL"), LIMITS).await;
        let update = format!(r#"UPDATE OR REPLACE "HostSessions" SET "{column}" = NULL WHERE "HostSessionId" = 4"#);
        refuses(&db, &update, LIMITS).await;
    }
}

#[tokio::test]
async fn the_limits_of_a_host_record_hold_on_insert_and_update() {
    for (column, value) in [
        ("HostGuidHash", format!("'{}'", "é".repeat(129))),
        ("HostGuidHash", "''".to_owned()),
        ("HostGuidHash", "x'6162'".to_owned()),
        ("CreatedBy", format!("'{}'", "é".repeat(129))),
        ("RevokedBy", format!("'{}'", "é".repeat(129))),
        ("IsActive", "2".to_owned()),
        ("IsActive", "'yes'".to_owned()),
        ("LegacyDuplicate", "-1".to_owned()),
    ] {
        let flag = |guard| (column == "LegacyDuplicate").then_some(guard);
        let update = format!(r#"UPDATE "HostSessions" SET "{column}" = {value} WHERE "HostSessionId" = 5"#);
        let mut guards = vec!["TR_HostSessions_LimitsUpdate"];
        guards.extend(flag("TR_HostSessions_FlagUpdate"));
        // Where two guards refuse, either may speak.
        guarded_by(&guards, &update, "").await;
        let insert = if column == "HostGuidHash" {
            insert("", r#""SessionId", "HostGuidHash""#, &format!("3, {value}"))
        } else {
            insert("", &format!(r#""SessionId", "HostGuidHash", "{column}""#), &format!("3, 'new', {value}"))
        };
        let mut guards = vec!["TR_HostSessions_LimitsInsert"];
        guards.extend(flag("TR_HostSessions_FlagInsert"));
        guarded_by(&guards, &insert, "").await;
    }
    let db = world().await;
    let full = "é".repeat(128);
    db.sql(&format!(
        r#"UPDATE "HostSessions" SET "HostGuidHash" = '{full}', "CreatedBy" = '{full}', "RevokedBy" = '{full}'
        WHERE "HostSessionId" = 4"#
    ))
    .await;
}

#[tokio::test]
async fn the_limits_of_a_session_hold_on_insert_and_update() {
    for (column, most) in [("Title", 200), ("Description", 1000), ("Status", 50)] {
        let (full, over) = ("知".repeat(most), "知".repeat(most + 1));
        let update = |text: &str| format!(r#"UPDATE "Sessions" SET "{column}" = '{text}' WHERE "SessionId" = 1"#);
        let insert = |text: &str| {
            format!(
                r#"INSERT INTO "Sessions" ("GroupId", "CreatedAt", "ModifiedAt", "{column}") VALUES ('g', '2026-01-01', '2026-01-01', '{text}')"#
            )
        };
        guarded_by(&["TR_Sessions_LimitsUpdate"], &update(&over), "Sessions: a text is too long").await;
        guarded_by(&["TR_Sessions_LimitsInsert"], &insert(&over), "Sessions: a text is too long").await;
        let db = world().await;
        db.sql(&update(&full)).await;
        db.sql(&insert(&full)).await;
    }
}

#[tokio::test]
async fn the_history_is_not_updated() {
    for change in [
        r#"UPDATE "HostSessionEvents" SET "Body" = 'forged'"#,
        r#"UPDATE OR REPLACE "HostSessionEvents" SET "Seq" = 2 WHERE "SessionId" = 1"#,
    ] {
        guarded_by(&["TR_HostSessionEvents_NoUpdate"], change, APPEND_ONLY).await;
    }
}

#[tokio::test]
async fn the_history_is_not_deleted() {
    for change in [r#"DELETE FROM "HostSessionEvents""#, r#"DELETE FROM "HostSessionEvents" WHERE "SessionId" = 1"#] {
        guarded_by(&["TR_HostSessionEvents_NoDelete"], change, APPEND_ONLY).await;
    }
}

/// An event; the database checks lengths, not meaning.
fn event(or: &str, session: i64, seq: i64, id: &str) -> String {
    let hash = "2".repeat(64);
    format!(
        "INSERT {or} INTO \"HostSessionEvents\" VALUES \
         ({session}, {seq}, '{id}', 'rotated', '2026-01-02T00:00:00.000000Z', '{{}}', '{hash}', '{hash}')"
    )
}

#[tokio::test]
async fn the_history_is_not_replaced_by_key_or_event_id() {
    let (taken, free) = ("0192f3a1-7c44-7000-8000-000000000001", "0192f3a1-7c44-7000-8000-000000000002");
    let guard = ["TR_HostSessionEvents_NoReplace"];
    guarded_by(&guard, &event("OR REPLACE", 1, 1, free), APPEND_ONLY).await;
    guarded_by(&guard, &event("OR REPLACE", 2, 1, taken), APPEND_ONLY).await;
    guarded_by(
        &guard,
        &(event("", 1, 1, free) + r#" ON CONFLICT DO UPDATE SET "Body" = 'forged' WHERE 0"#),
        APPEND_ONLY,
    )
    .await;
}

#[tokio::test]
async fn an_event_id_stands_once_even_without_the_trigger() {
    let taken = event("", 2, 1, "0192f3a1-7c44-7000-8000-000000000001");
    let db = world().await;
    db.sql(r#"DROP TRIGGER "TR_HostSessionEvents_NoReplace""#).await;
    refuses(&db, &taken, "UNIQUE").await;
    db.sql(r#"DROP INDEX "UX_HostSessionEvents_EventId""#).await;
    db.sql(&taken).await;
}

#[tokio::test]
async fn the_history_outlives_its_session() {
    let db = world().await;
    let before = db.dump_table("HostSessionEvents").await;
    db.sql(r#"DELETE FROM "Sessions" WHERE "SessionId" = 1"#).await;
    assert_eq!(db.number(r#"SELECT count(*) FROM "HostSessions" WHERE "SessionId" = 1"#).await, 0);
    assert_eq!(db.dump_table("HostSessionEvents").await, before);
}

#[tokio::test]
async fn what_the_web_application_does_every_day_goes_through() {
    let db = world().await;
    for statement in [
        r#"UPDATE "HostSessions" SET "LastUsedAt" = '2026-03-01 00:00:00.1234567' WHERE "HostSessionId" IN (1, 2)"#,
        r#"UPDATE "HostSessions" SET "IsActive" = 0, "RevokedAt" = '2026-03-01 00:00:00.1234567' WHERE "HostSessionId" = 5"#,
        r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt") VALUES (2, 'new', '2026-03-01 00:00:00.1234567')"#,
        r#"UPDATE "Sessions" SET "Title" = 'renamed', "ParticipantCount" = 3 WHERE "SessionId" = 1"#,
        r#"DELETE FROM "HostSessions" WHERE "HostSessionId" = 3"#,
    ] {
        db.sql(statement).await;
    }
}
