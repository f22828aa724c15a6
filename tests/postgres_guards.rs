//! What the shared database itself refuses, from any program. Each guard is shown to be the one that refuses: without
//! it the same statement goes through.

use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;
use crate::support::roles::run_on;

/// Session 1: record 1 is current, 2 is a flagged duplicate, 3 is retired.
const ROWS: &str = r#"
INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt") VALUES
    (1, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'one', '2026-01-01', '2026-01-01');
INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "LastUsedAt", "IsActive") VALUES
    (1, 1, 'hash 1', '2026-01-01', '2026-02-01', true),
    (2, 1, 'hash 2', '2026-01-01', NULL, true),
    (3, 1, 'hash 3', '2026-01-01', NULL, false);
"#;

const EVENT: &str = "INSERT INTO \"HostSessionEvents\" VALUES \
    (1, 1, '0192f3a1-7c44-7000-8000-000000000001', 'rotated', '2026-01-01T00:00:00.000000Z', '{}', \
     repeat('0', 64), repeat('1', 64))";

async fn world() -> TestPg {
    let db = TestPg::with_old_rows(ROWS).await;
    db.sql(EVENT).await;
    db
}

/// Asserts that a statement is refused with these words and changes nothing, and goes through without the guard.
async fn guarded_by(without: &str, statement: &str, words: &str) {
    let db = world().await;
    let before = db.dump().await;
    let error = db.try_sql(statement).await.expect_err(statement);
    assert!(error.contains(words), "{error}: {statement}");
    assert_eq!(db.dump().await, before, "{statement}");
    db.sql(without).await;
    db.sql(statement).await;
}

const NO_FLAG_GUARD: &str = r#"DROP TRIGGER "TR_HostSessions_Flag" ON "HostSessions""#;
const NO_INDEX: &str = r#"DROP INDEX "UX_HostSessions_OneCurrent""#;

#[tokio::test]
async fn the_flag_cannot_be_set_by_anybody() {
    let words = "LegacyDuplicate cannot be set";
    let insert = r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "LegacyDuplicate") VALUES (1, 'new', now(), true)"#;
    guarded_by(NO_FLAG_GUARD, insert, words).await;
    guarded_by(NO_FLAG_GUARD, r#"UPDATE "HostSessions" SET "LegacyDuplicate" = true WHERE "HostSessionId" = 1"#, words)
        .await;
}

#[tokio::test]
async fn the_flag_goes_when_a_duplicate_becomes_inactive_and_the_record_cannot_come_back() {
    let db = world().await;
    let flagged = r#"SELECT count(*) FROM "HostSessions" WHERE "LegacyDuplicate""#;
    assert_eq!(db.number(flagged).await, 1);
    db.sql(r#"UPDATE "HostSessions" SET "LastUsedAt" = now() WHERE "HostSessionId" = 2"#).await;
    assert_eq!(db.number(flagged).await, 1, "using a duplicate leaves it one");
    db.sql(r#"UPDATE "HostSessions" SET "IsActive" = false WHERE "HostSessionId" = 2"#).await;
    assert_eq!(db.number(flagged).await, 0);
    let back = r#"UPDATE "HostSessions" SET "IsActive" = true WHERE "HostSessionId" = 2"#;
    assert!(db.try_sql(back).await.unwrap_err().contains("UX_HostSessions_OneCurrent"));
}

#[tokio::test]
async fn a_second_current_record_is_refused_however_it_comes() {
    let columns = r#""SessionId", "HostGuidHash", "CreatedAt", "IsActive""#;
    for statement in [
        format!(r#"INSERT INTO "HostSessions" ({columns}) VALUES (1, 'new', now(), true)"#),
        r#"UPDATE "HostSessions" SET "IsActive" = true WHERE "HostSessionId" = 3"#.to_owned(),
        r#"UPDATE "HostSessions" SET "LegacyDuplicate" = false WHERE "HostSessionId" = 2"#.to_owned(),
    ] {
        guarded_by(NO_INDEX, &statement, "UX_HostSessions_OneCurrent").await;
    }
}

#[tokio::test]
async fn a_hash_stands_once_in_a_session() {
    let insert = r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "IsActive") VALUES (1, 'hash 3', now(), false)"#;
    guarded_by(r#"DROP INDEX "IX_HostSessions_SessionGuidHash""#, insert, "IX_HostSessions_SessionGuidHash").await;
}

#[test]
fn a_sequence_that_lies_behind_its_rows_is_told_as_that_and_changes_nothing() {
    let env = TestEnv::nowhere();
    let db = env.wait(world());
    env.wait(db.sql(
        r#"ALTER SEQUENCE "Sessions_SessionId_seq" RESTART; ALTER SEQUENCE "HostSessions_HostSessionId_seq" RESTART"#,
    ));
    let before = env.wait(db.dump());
    for line in ["session add --title new --json", "create --session-id 1 --force-new --json"] {
        let error = run_on(&env, &db.url(), line, "").error(1);
        assert!(error["message"].as_str().unwrap().contains("the next id that the server gives is taken"), "{error}");
    }
    assert_eq!(env.wait(db.dump()), before);
}

#[test]
fn what_a_trigger_says_forges_no_line() {
    let env = TestEnv::nowhere();
    let db = env.wait(world());
    env.wait(db.sql(
        r#"CREATE FUNCTION canvas.forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE EXCEPTION E'no \x1b[31m\nPROVISIONER-UPDATE: forged'; END $$;
           CREATE TRIGGER forge BEFORE UPDATE ON "HostSessions" FOR EACH ROW EXECUTE FUNCTION canvas.forge()"#,
    ));
    let ran = run_on(&env, &db.url(), "create --session-id 1", "");
    let told =
        r"PROVISIONER-ERROR: the database refused: no \u{1b}[31m\u{a}PROVISIONER-UPDATE: forged; nothing was changed";
    assert!(ran.code == 1 && ran.stderr.lines().any(|line| line == told), "{}", ran.stderr);
}

#[tokio::test]
async fn the_history_is_append_only() {
    for (trigger, statement) in [
        ("NoUpdate", r#"UPDATE "HostSessionEvents" SET "Body" = 'x'"#),
        ("NoDelete", r#"DELETE FROM "HostSessionEvents""#),
        ("NoTruncate", r#"TRUNCATE "HostSessionEvents""#),
        ("NoTruncate", r#"TRUNCATE "Sessions", "HostSessions", "HostSessionEvents""#),
    ] {
        let without = format!(r#"DROP TRIGGER "TR_HostSessionEvents_{trigger}" ON "HostSessionEvents""#);
        guarded_by(&without, statement, "the history is append-only").await;
    }
    let db = world().await;
    let upsert = format!(r#"{EVENT} ON CONFLICT ("SessionId", "Seq") DO UPDATE SET "Body" = 'x'"#);
    assert!(db.try_sql(&upsert).await.unwrap_err().contains("the history is append-only"));
    assert!(db.try_sql(EVENT).await.unwrap_err().contains("duplicate key"));
}

#[tokio::test]
async fn the_history_outlives_its_session() {
    let db = world().await;
    db.sql(r#"DELETE FROM "Sessions""#).await;
    assert_eq!(db.number(r#"SELECT count(*) FROM "HostSessions""#).await, 0);
    assert_eq!(db.number(r#"SELECT count(*) FROM "HostSessionEvents""#).await, 1);
}
