//! `verify` and `audit verify`.

use crate::support::program::TestEnv;

#[test]
fn the_guid_that_was_printed_is_accepted_in_any_form() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    for text in
        [guid.clone(), format!("{guid}\n"), guid.to_uppercase(), format!("  {{{guid}}} \r\n"), guid.replace('-', "")]
    {
        let ran = env.feed("verify --session-id 1", &text);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "accepted\n", ""));
    }
}

#[test]
fn any_other_guid_is_rejected() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    env.guid(2);
    let other = "6ba39809-bc5a-498e-956a-fcbb3f39e017";
    let text = [
        env.feed("verify --session-id 1", other),
        env.feed("verify --session-id 1 --json", other),
        env.feed("verify --session-id 2", &guid),
        env.feed("verify --session-id 3 --output csv", &guid),
        env.feed("verify --session-id 77", &guid),
    ];
    env.check("verify_rejected", &text.map(|ran| ran.transcript()).join("\n"));
}

#[test]
fn what_is_no_guid_is_refused_and_not_repeated() {
    let env = TestEnv::with_sessions();
    for text in ["", "hunter2hunter2", "00000000-0000-0000-0000-000000000000", "6ba39809-bc5a-498e-956a-fcbb3f39e0171"]
    {
        let ran = env.feed("verify --session-id 1", text);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{text}");
        assert!(text.is_empty() || !ran.stderr.contains(text));
    }
    assert!(env.feed("verify --session-id 1", "").stderr.starts_with("error: the GUID: none was given\nhint: "));
    let guid = env.guid(1);
    assert_eq!(
        env.feed("verify --session-id 1", &format!("\u{feff}{guid}\r\n")).code,
        0,
        "a byte order mark is no digit"
    );
    let mut command = env.command(["verify", "--session-id", "1"]);
    assert_eq!(command.stdin(std::fs::File::open("/dev/urandom").unwrap()).status().unwrap().code(), Some(2));
}

#[test]
fn a_guid_in_the_arguments_is_refused_and_not_repeated() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    for line in [
        format!("verify --session-id 1 {guid}"),
        format!("verify --session-id {guid}"),
        format!("create --session-id 1 --expect {guid}"),
    ] {
        let ran = env.run(&line);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(!ran.stderr.contains(&guid), "{}", ran.stderr);
    }
}

#[test]
fn records_that_cannot_be_checked_are_named_with_what_is_missing() {
    let env = TestEnv::with_old_records();
    let ran = env.feed("verify --session-id 2", "6ba39809-bc5a-498e-956a-fcbb3f39e017");
    assert_eq!(ran.code, 9);
    assert!(ran.stderr.contains("#11, #12 (--hash-key-file, --legacy-secret-file, --hash-accept)"), "{}", ran.stderr);
}

#[test]
fn an_intact_history_is_counted() {
    let env = TestEnv::with_old_records();
    env.guid(1);
    env.guid(1);
    env.guid(3);
    env.sql(r#"DELETE FROM "Sessions" WHERE "SessionId" = 3"#);
    env.check_session("audit_intact", &["audit verify", "audit verify --json"]);
}

#[test]
fn damage_is_named_by_session_and_record() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    env.guid(3);
    env.sql(r#"UPDATE "HostSessions" SET "CreatedBy" = 'Mallory' WHERE "SessionId" = 1; DELETE FROM "HostSessions" WHERE "SessionId" = 3"#);
    env.check_session("audit_damaged", &["audit verify", "audit verify --json", "audit verify --output csv"]);
}
