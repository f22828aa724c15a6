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
    let env = two_rotated();
    let record = env.texts(r#"SELECT "HostSessionId" FROM "HostSessions" WHERE "SessionId" = 1"#)[0].clone();
    env.sql(r#"UPDATE "HostSessions" SET "HostGuidHash" = CAST(x'ff' AS TEXT) WHERE "SessionId" = 1"#);
    let ran = env.run("audit verify --json");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let what = format!("HostGuidHash of host record #{record} of session 1 cannot be read");
    let id: i64 = record.parse().unwrap();
    let damage = json!([{"session_id": 1, "seq": null, "host_session_id": id, "what": what}]);
    assert_eq!((&report["damage"], &report["entries"]), (&damage, &json!(2)));
    assert_eq!(ran.error(9)["kind"], "audit_damaged");
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

/// Bytes that are no UTF-8, among them a lone surrogate; bytes that are no text; and no number where one belongs.
#[test]
fn a_text_that_is_none_keeps_no_session_from_being_listed_rotated_or_revoked() {
    for value in ["CAST(x'c328' AS TEXT)", "CAST(x'61eda08062' AS TEXT)", "x'ff00fe'", "x''"] {
        let env = two_rotated();
        for column in ["GroupId", "Title", "Description", "Status", "ParticipantCount", "MaxParticipants"] {
            env.sql(&format!(r#"UPDATE "Sessions" SET "{column}" = {value} WHERE "SessionId" = 2"#));
        }
        env.sql(&format!(r#"UPDATE "HostSessions" SET "CreatedBy" = {value} WHERE "SessionId" = 2"#));
        let listed = env.run("list --json").json();
        let of_two = [&listed[1]["title"], &listed[1]["status"], &listed[1]["record"]["created_by"]];
        assert_eq!(of_two, [&json!("\u{fffd}"); 3], "{value}");
        assert_eq!(
            (&listed[1]["participant_count"], &listed[0]["title"]),
            (&json!(null), &json!("Review of the word mercy"))
        );
        for line in ["list", "list --output csv", "show --session-id 2"] {
            assert!(env.run(line).ok().contains('\u{fffd}'), "{line}");
        }
        assert!(env.run("audit verify").stdout.contains("CreatedBy was changed outside of the history"), "{value}");
        env.run("create --session-id 2").ok();
        env.run("audit verify").ok();
        env.run("revoke --session-id 2").ok();
    }
}

#[test]
fn a_separator_in_a_cell_of_an_entry_moves_nothing_to_another_cell_or_entry() {
    // A whole entry behind the separator of entries: of one row it would make two.
    let second = r#"(SELECT "Body" || char(30) || 2 || char(31) || "EventId" || char(31) || "Action" || char(31) || "At"
        || char(31) || "EntryHash" || char(31) || "EntryHash" || char(31) || "Body")"#;
    // Two cells in one.
    let moved = r#""Body" = '', "Action" = "Action" || char(31) || "At""#;
    for change in [&format!(r#""Body" = {second}"#), moved, r#""Body" = "Body" || char(31)"#] {
        let env = two_rotated();
        env.sql(r#"DROP TRIGGER "TR_HostSessionEvents_NoUpdate""#);
        env.sql(&format!(r#"UPDATE "HostSessionEvents" SET {change} WHERE "SessionId" = 2"#));
        let report: serde_json::Value = serde_json::from_str(&env.run("audit verify --json").stdout).unwrap();
        let told = &report["damage"][0];
        assert_eq!(
            (&report["entries"], &told["session_id"], &told["seq"]),
            (&json!(2), &json!(2), &json!(1)),
            "{report}"
        );
        assert_eq!(told["what"], "EntryHash does not fit the entry", "{change}");
    }
}

#[test]
fn a_time_that_is_no_time_keeps_no_session_from_being_listed_rotated_or_revoked() {
    for time in ["tea time", "", "2026-11-31", "1763856000", "2026-13-01 00:00:00"] {
        let env = two_rotated();
        for column in ["StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt"] {
            env.sql(&format!(r#"UPDATE "Sessions" SET "{column}" = '{time}' WHERE "SessionId" = 2"#));
        }
        for column in ["CreatedAt", "ExpiresAt", "LastUsedAt"] {
            env.sql(&format!(r#"UPDATE "HostSessions" SET "{column}" = '{time}' WHERE "SessionId" = 2"#));
        }
        assert!(env.run("list").ok().contains("unreadable"), "{time}");
        assert!(env.run("show --session-id 2").ok().contains("unreadable"), "{time}");
        let damage = env.run("audit verify");
        assert!(damage.stdout.contains("CreatedAt was changed outside of the history"), "{time} {}", damage.stdout);
        env.run("create --session-id 2").ok();
        env.run("audit verify").ok();
        env.run("revoke --session-id 2").ok();
    }
}

#[test]
fn an_end_that_is_no_time_has_passed() {
    let env = two_rotated();
    let guid = env.run("create --session-id 2").ok();
    assert_eq!(env.feed("verify --session-id 2", &guid).code, 0);
    env.sql(r#"UPDATE "HostSessions" SET "ExpiresAt" = 'some day' WHERE "SessionId" = 2"#);
    assert_eq!(env.feed("verify --session-id 2", &guid).code, 9);
}

#[test]
fn a_date_without_a_time_is_its_first_instant() {
    let env = two_rotated();
    env.sql(r#"UPDATE "Sessions" SET "StartedAt" = '2026-11-20' WHERE "SessionId" = 2"#);
    let shown: serde_json::Value = serde_json::from_str(&env.run("show --session-id 2 --json").ok()).unwrap();
    assert_eq!(shown["started_at"], "2026-11-20T00:00:00Z");
}

#[test]
fn a_damaged_history_keeps_no_guid_from_being_rotated_and_stays_told() {
    let env = two_rotated();
    env.sql(r#"DROP TRIGGER "TR_HostSessionEvents_NoUpdate""#);
    let hash = "z".repeat(64);
    env.sql(&format!(r#"UPDATE "HostSessionEvents" SET "EntryHash" = '{hash}' WHERE "SessionId" = 2"#));
    let guid = env.run("create --session-id 2").ok();
    assert_eq!(env.feed("verify --session-id 2", &guid).code, 0);
    let report: serde_json::Value = serde_json::from_str(&env.run("audit verify --json").stdout).unwrap();
    let told: Vec<&serde_json::Value> = report["damage"].as_array().unwrap().iter().map(|one| &one["seq"]).collect();
    assert_eq!(told, [&json!(1)], "{report}");
}

#[test]
fn nothing_comes_before_an_entry_that_is_not_there() {
    let env = two_rotated();
    let before = "0192f3a1-7c44-7000-8000-3f2b1c0d9e8f";
    assert_eq!(env.run(&format!("history --session-id 1 --before {before} --json")).ok().trim(), "[]");
}
