//! What each role of a shared database may do, command by command, and what nobody but the owner may.

use sqlx::AssertSqlSafe;

use crate::store_contract::OLD_ROWS;
use crate::support::postgres::{TestPg, sql_on};
use crate::support::program::TestEnv;
use crate::support::roles::{FILE, NOBODY, Roles, run_on};

/// The roles of people, as the columns of [`COMMANDS`] have them.
const PEOPLE: [&str; 3] = ["viewer", "auditor", "operator"];

const OK: &str = "";
const READS: &str = "this database user may not write all that a change writes";
const SESSIONS: &str = "not allowed: permission denied for table Sessions";
const SCHEMA: &str = "not allowed: permission denied for schema canvas";

/// Each command, and with which words it is refused to whom. Session 7 has three active records.
const COMMANDS: [(&str, [&str; 3]); 16] = [
    ("list", [OK, OK, OK]),
    ("show --session-id 7", [OK, OK, OK]),
    ("history", [OK, OK, OK]),
    ("history --session-id 7", [OK, OK, OK]),
    ("audit verify", [OK, OK, OK]),
    ("create --session-id 7 --dry-run", [OK, OK, OK]),
    ("duplicates", [OK, OK, OK]),
    ("consolidate --session-id 7 --keep 17 --dry-run", [OK, OK, OK]),
    ("migrate --check", [OK, OK, OK]),
    ("consolidate --session-id 7 --keep 17", [READS, READS, OK]),
    ("create --session-id 7", [READS, READS, OK]),
    ("create --session-id 7 --force-new", [READS, READS, OK]),
    ("rotate --host-session-id 11", [READS, READS, OK]),
    ("revoke --session-id 7", [READS, READS, OK]),
    ("session add --title x", [READS, READS, SESSIONS]),
    ("migrate", [SCHEMA, SCHEMA, SCHEMA]),
];

/// Runs a command that must be refused with these words, having made and changed nothing.
fn refused(env: &TestEnv, url: &str, line: &str, words: &str) {
    let ran = run_on(env, url, line, "");
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""), "{line}: {}", ran.stderr);
    assert!(ran.stderr.contains(words), "{line}: {}", ran.stderr);
    // The GUID is made after this line.
    assert!(!ran.stderr.contains("Checking"), "{line}: {}", ran.stderr);
}

#[test]
fn each_role_may_do_what_its_people_need_and_is_refused_the_rest_before_a_guid_is_made() {
    let env = TestEnv::nowhere();
    let roles = env.wait(async { Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await });
    for (place, role) in PEOPLE.into_iter().enumerate() {
        let url = env.wait(roles.login(role));
        for (line, told) in COMMANDS {
            if told[place] == OK {
                let ran = run_on(&env, &url, line, "");
                assert_eq!(ran.code, 0, "{role}: {line}: {}", ran.stderr);
            } else {
                let before = env.wait(roles.db.dump());
                refused(&env, &url, line, told[place]);
                assert_eq!(env.wait(roles.db.dump()), before, "{role}: {line}");
            }
        }
    }
}

#[test]
fn what_an_operator_rotated_every_reader_can_verify() {
    let env = TestEnv::nowhere();
    let roles = env.wait(async { Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await });
    let guid = run_on(&env, &env.wait(roles.login("operator")), "create --session-id 7 --created-by A.Sato", "").ok();
    for role in ["viewer", "auditor"] {
        let url = env.wait(roles.login(role));
        assert_eq!(run_on(&env, &url, "verify --session-id 7", &guid).ok(), "accepted\n");
        assert!(run_on(&env, &url, "history --session-id 7", "").ok().contains("A.Sato"));
        run_on(&env, &url, "audit verify", "").ok();
    }
}

#[test]
fn the_application_and_a_login_without_a_role_are_refused_every_command() {
    let env = TestEnv::nowhere();
    let roles = env.wait(async { Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await });
    for (role, words) in [
        ("application", "not allowed: permission denied for table _sqlx_migrations"),
        (NOBODY, "not allowed: this database user may not use the schema canvas"),
    ] {
        let url = env.wait(roles.login(role));
        for (line, _) in COMMANDS {
            refused(&env, &url, line, words);
        }
    }
}

/// What nobody but the owner may, whatever role: the statement, and the words of the refusal.
const OWNERS: [(&str, &str); 22] = [
    (r#"UPDATE "HostSessionEvents" SET "Body" = '{}'"#, "permission denied for table HostSessionEvents"),
    (r#"UPDATE "HostSessionEvents" SET "Seq" = 2"#, "permission denied for table HostSessionEvents"),
    (r#"DELETE FROM "HostSessionEvents""#, "permission denied for table HostSessionEvents"),
    (r#"TRUNCATE "HostSessionEvents""#, "permission denied for table HostSessionEvents"),
    (
        r#"UPDATE "HostSessions" SET "SessionId" = 2 WHERE "HostSessionId" = 11"#,
        "permission denied for table HostSessions",
    ),
    (r#"UPDATE "HostSessions" SET "HostSessionId" = 99"#, "permission denied for table HostSessions"),
    (r#"UPDATE "Sessions" SET "SessionId" = 99 WHERE "SessionId" = 1"#, "permission denied for table Sessions"),
    (
        r#"INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt") VALUES (99, 2, 'x', now())"#,
        "permission denied for table HostSessions",
    ),
    (r#"DELETE FROM "HostSessions""#, "permission denied for table HostSessions"),
    (r#"DELETE FROM "Sessions""#, "permission denied for table Sessions"),
    (r#"TRUNCATE "HostSessions""#, "permission denied for table HostSessions"),
    (r#"TRUNCATE "Sessions" CASCADE"#, "permission denied for table"),
    (r#"ALTER TABLE "HostSessions" DISABLE TRIGGER "TR_HostSessions_Flag""#, "must be owner of table HostSessions"),
    (r#"ALTER TABLE "HostSessionEvents" DISABLE TRIGGER ALL"#, "must be owner of table HostSessionEvents"),
    (
        r#"DROP TRIGGER "TR_HostSessionEvents_NoUpdate" ON "HostSessionEvents""#,
        "must be owner of relation HostSessionEvents",
    ),
    (r#"DROP INDEX "UX_HostSessions_OneCurrent""#, "must be owner of index UX_HostSessions_OneCurrent"),
    (r#"DROP FUNCTION "TF_HostSessions_Flag"() CASCADE"#, "must be owner of function"),
    ("SET session_replication_role = replica", "permission denied to set parameter"),
    (
        r#"CREATE TRIGGER mine BEFORE INSERT ON "HostSessions" FOR EACH ROW EXECUTE FUNCTION "TF_HostSessions_Flag"()"#,
        "permission denied for table HostSessions",
    ),
    ("CREATE TABLE mine (id int)", "permission denied for schema canvas"),
    ("DELETE FROM _sqlx_migrations", "permission denied for table _sqlx_migrations"),
    ("UPDATE _sqlx_migrations SET checksum = ''", "permission denied for table _sqlx_migrations"),
];

const APPEND: &str = "INSERT INTO \"HostSessionEvents\" VALUES \
    (1, 9, '0192f3a1-7c44-7000-8000-000000000001', 'rotated', '2026-01-01T00:00:00.000000Z', '{}', \
     repeat('0', 64), repeat('1', 64))";
const USE: &str = r#"UPDATE "HostSessions" SET "LastUsedAt" = now() WHERE "HostSessionId" = 11"#;
const ADD: &str =
    r#"INSERT INTO "Sessions" ("GroupId", "CreatedAt", "ModifiedAt") VALUES (gen_random_uuid(), now(), now())"#;
const SET_FLAG: &str = r#"UPDATE "HostSessions" SET "LegacyDuplicate" = true WHERE "HostSessionId" = 11"#;
const CLEAR_FLAG: &str = r#"UPDATE "HostSessions" SET "LegacyDuplicate" = false WHERE "LegacyDuplicate""#;
const FLAGGED: &str = r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "LegacyDuplicate") VALUES (1, 'x', now(), true)"#;

/// What only some roles may not.
const SOME: [(&str, &[&str], &str); 7] = [
    (APPEND, &["viewer", "auditor", "application"], "permission denied for table HostSessionEvents"),
    (USE, &["viewer", "auditor"], "permission denied for table HostSessions"),
    (ADD, &["viewer", "auditor", "operator"], "permission denied for table Sessions"),
    (SET_FLAG, &["viewer", "auditor", "application"], "permission denied for table HostSessions"),
    (SET_FLAG, &["operator"], "LegacyDuplicate cannot be set"),
    (CLEAR_FLAG, &["application"], "permission denied for table HostSessions"),
    (FLAGGED, &["operator"], "LegacyDuplicate cannot be set"),
];

#[tokio::test]
async fn past_the_program_too_no_role_may_do_what_is_the_owners() {
    let roles = Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await;
    roles.db.sql(&APPEND.replace("(1, 9,", "(1, 1,")).await;
    let before = roles.db.dump().await;
    let all = ["viewer", "auditor", "operator", "application"];
    for role in all {
        let url = roles.login(role).await;
        let some = SOME.iter().filter(|(_, whom, _)| whom.contains(&role)).map(|(text, _, words)| (text, words));
        for (text, words) in OWNERS.iter().map(|(text, words)| (text, words)).chain(some) {
            let told = sql_on(&url, text).await.expect_err(text);
            assert!(told.contains(words), "{role}: {text}: {told}");
        }
    }
    assert_eq!(roles.db.dump().await, before);
    // The owner's own hands are held by the guards alone, and by nothing where there is none.
    roles.db.sql(r#"DELETE FROM "HostSessions" WHERE "HostSessionId" = 11"#).await;
}

#[tokio::test]
async fn the_web_application_goes_on_with_its_own_rows() {
    let roles = Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await;
    let url = roles.login("application").await;
    for text in [
        ADD,
        USE,
        r#"UPDATE "Sessions" SET "Status" = 'Active', "ParticipantCount" = 3, "ModifiedAt" = now() WHERE "SessionId" = 5"#,
        r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive")
            VALUES (5, 'hash 50', now(), NULL, NULL, 'API User', NULL, NULL, true) RETURNING "HostSessionId""#,
        r#"UPDATE "HostSessions" SET "IsActive" = false, "RevokedAt" = now(), "RevokedBy" = 'API User' WHERE "SessionId" = 7"#,
    ] {
        sql_on(&url, text).await.unwrap_or_else(|error| panic!("{error}: {text}"));
    }
    assert_eq!(roles.db.number(r#"SELECT count(*) FROM "HostSessions" WHERE "LegacyDuplicate""#).await, 0);
    let second = r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "IsActive") VALUES (5, 'hash 51', now(), true)"#;
    assert!(sql_on(&url, second).await.unwrap_err().contains("UX_HostSessions_OneCurrent"));
    assert!(sql_on(&url, r#"SELECT FROM "HostSessionEvents""#).await.unwrap_err().contains("permission denied"));
}

/// Everything that anybody was granted in `canvas`.
async fn grants(db: &TestPg) -> Vec<String> {
    db.texts(
        "SELECT format('%s %s', oid::regclass, x) FROM pg_class, unnest(relacl) AS x WHERE relnamespace = 'canvas'::regnamespace \
         UNION ALL SELECT format('%s.%s %s', attrelid::regclass, attname, x) FROM pg_attribute, unnest(attacl) AS x \
           WHERE attrelid::regclass::text ~ 'ess|mig' \
         UNION ALL SELECT format('%s %s', nspname, x) FROM pg_namespace, unnest(nspacl) AS x WHERE nspname = 'canvas' ORDER BY 1",
    )
    .await
}

#[tokio::test]
async fn a_second_run_of_the_file_takes_back_what_was_granted_beside_it() {
    let roles = Roles::over(TestPg::empty().await).await;
    let first = grants(&roles.db).await;
    assert!(first.len() > 40, "{first:#?}");
    roles
        .db
        .sql(&roles.named(
            r#"GRANT UPDATE ON "HostSessionEvents" TO host_provisioner_viewer; GRANT UPDATE ("SessionId") ON "HostSessions" TO host_provisioner_operator;
               GRANT DELETE ON "Sessions" TO PUBLIC; GRANT CREATE ON SCHEMA canvas TO host_provisioner_auditor;"#,
        ))
        .await;
    assert_ne!(grants(&roles.db).await, first);
    roles.run_file().await;
    assert_eq!(grants(&roles.db).await, first);
}

#[tokio::test]
async fn roles_that_another_database_is_making_at_the_moment_are_taken_as_they_come() {
    // The roles go with the first one, so the second one, where they have grants, must go before it.
    let first = TestPg::empty().await;
    let second = TestPg::empty().await;
    let mut making = first.open().await;
    let half = format!("BEGIN; CREATE ROLE {}_auditor NOLOGIN", first.name);
    sqlx::raw_sql(AssertSqlSafe(half)).execute(&mut making).await.unwrap();
    let (url, text) = (second.url(), FILE.replace("host_provisioner_", &format!("{}_", first.name)));
    let running = tokio::spawn(async move { sql_on(&url, &text).await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while second.number(waits).await == 0 {
        assert!(!running.is_finished(), "it waits for the other database");
    }
    sqlx::raw_sql("COMMIT").execute(&mut making).await.unwrap();
    running.await.unwrap().unwrap();
    assert!(grants(&second).await.iter().any(|grant| grant.contains("_auditor=r/")));
}

#[test]
fn the_file_names_four_roles_and_no_other() {
    let named =
        FILE.split("host_provisioner_").skip(1).map(|rest| rest.split(|c: char| !c.is_alphabetic()).next().unwrap());
    let named: std::collections::BTreeSet<&str> = named.collect();
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["application", "auditor", "operator", "viewer"]);
}
