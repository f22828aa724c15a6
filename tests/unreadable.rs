//! Cells that another program made unreadable: each is named with its row, and hides nothing else.

use serde_json::json;

use crate::support::program::TestEnv;

/// Two sessions that this program rotated.
fn two_rotated() -> TestEnv {
    let env = TestEnv::with_sessions();
    for session in [1, 2] {
        env.run(&format!("create --session-id {session}")).ok();
    }
    env
}

#[test]
fn audit_verify_names_a_record_that_cannot_be_read_and_verifies_the_others() {
    for (column, value) in [
        ("CreatedAt", "'yesterday'"),
        ("ExpiresAt", "''"),
        ("LastUsedAt", "'2026-11-31'"),
        ("HostGuidHash", "CAST(x'ff' AS TEXT)"),
        ("CreatedBy", "CAST(x'c328' AS TEXT)"),
    ] {
        let env = two_rotated();
        let record = env.texts(r#"SELECT "HostSessionId" FROM "HostSessions" WHERE "SessionId" = 1"#)[0].clone();
        env.sql(&format!(r#"UPDATE "HostSessions" SET "{column}" = {value} WHERE "SessionId" = 1"#));
        let ran = env.run("audit verify --json");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let what = format!("{column} of host record #{record} of session 1 cannot be read");
        let id: i64 = record.parse().unwrap();
        let damage = json!([{"session_id": 1, "seq": null, "host_session_id": id, "what": what}]);
        assert_eq!((&report["damage"], &report["entries"]), (&damage, &json!(2)), "{column}");
        assert_eq!(ran.error(9)["kind"], "audit_damaged");
    }
}

#[test]
fn audit_verify_names_an_entry_that_cannot_be_read() {
    for column in ["EventId", "Action", "At", "Body", "PrevHash", "EntryHash"] {
        let env = two_rotated();
        env.sql(r#"DROP TRIGGER "TR_HostSessionEvents_NoUpdate""#);
        let flipped = format!(r#"CAST(x'ff' || substr("{column}", 2) AS TEXT)"#);
        env.sql(&format!(r#"UPDATE "HostSessionEvents" SET "{column}" = {flipped} WHERE "SessionId" = 2"#));
        let ran = env.run("audit verify --json");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let (damage, what) = (&report["damage"][0], format!("{column} of entry 1 of session 2 cannot be read"));
        assert_eq!((&damage["seq"], &damage["what"]), (&json!(1), &json!(what)), "{column}");
        assert_eq!(ran.error(9)["kind"], "audit_damaged");
    }
}

#[test]
fn a_list_and_a_change_name_the_row_that_cannot_be_read() {
    let env = two_rotated();
    env.sql(r#"UPDATE "Sessions" SET "StartedAt" = 'tea time' WHERE "SessionId" = 2"#);
    for line in ["list --json", "create --session-id 2 --json"] {
        let error = env.run(line).error(1);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("StartedAt of session 2"), "{message}");
    }
    env.run("create --session-id 1").ok();
}
