//! `verify --touch`: a GUID that is accepted is noted as used, on the record that it opens and on no other.

use crate::support::fixtures::{APPLICATION_SECRET, known_guids, web_database};
use crate::support::program::TestEnv;

const USED: &str = r#"SELECT "HostSessionId" || ' ' || coalesce("LastUsedAt", '-') FROM "HostSessions" ORDER BY 1"#;

/// The rows of the old tool, and the end of a command line that accepts what it wrote.
fn old_world() -> (TestEnv, String) {
    let env = TestEnv::around(|runtime| runtime.block_on(web_database()));
    env.run("migrate").ok();
    let secret = env.file("secret", APPLICATION_SECRET.as_bytes());
    (env, format!("--hash-accept sha256,legacy --legacy-secret-file {secret}"))
}

/// A known GUID that opens its record for ever.
fn open_one(env: &TestEnv) -> (i64, i64, String) {
    let open = r#"SELECT "HostSessionId" FROM "HostSessions" WHERE "IsActive" AND "ExpiresAt" IS NULL"#;
    let open = env.texts(open);
    let fits = |id: i64| open.contains(&id.to_string());
    let found = known_guids().into_iter().find(|(_, id, _, active)| *active && fits(*id)).unwrap();
    (found.0, found.1, found.2.reveal().to_string())
}

#[test]
fn an_accepted_guid_is_noted_on_its_record_alone_and_the_history_stays_whole() {
    let (env, accept) = old_world();
    let (session, id, guid) = open_one(&env);
    let before = env.texts(USED);
    env.feed(&format!("verify --session-id {session} {accept}"), &guid).ok();
    assert_eq!(env.texts(USED), before, "without --touch nothing is noted");
    env.feed(&format!("verify --session-id {session} --touch {accept}"), &guid).ok();
    let changed: Vec<String> = env.texts(USED).into_iter().filter(|row| !before.contains(row)).collect();
    assert_eq!(changed.len(), 1);
    assert!(changed[0].starts_with(&format!("{id} ")), "{changed:?}");
    env.run("audit verify").ok();
}

#[test]
fn a_rotated_record_is_noted_too_and_the_history_stays_whole() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    env.feed("verify --session-id 1 --touch", &guid).ok();
    assert!(!env.texts(USED)[0].ends_with('-'));
    env.run("audit verify").ok();
}

#[test]
fn a_rejected_guid_is_noted_nowhere() {
    let (env, accept) = old_world();
    let before = env.dump();
    let ran = env.feed(&format!("verify --session-id 3 --touch {accept}"), "6ba39809-bc5a-498e-956a-fcbb3f39e017");
    assert_eq!(ran.code, 9);
    assert_eq!(env.dump(), before);
}

#[test]
fn a_read_only_run_refuses_to_note_and_without_it_verifies() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    let before = env.dump();
    assert_eq!(env.feed("verify --session-id 1 --touch --read-only --json", &guid).error(4)["kind"], "read_only");
    env.feed("verify --session-id 1 --read-only", &guid).ok();
    assert_eq!(env.dump(), before);
}

#[test]
fn every_known_active_guid_is_accepted_until_its_session_is_rotated() {
    let (env, accept) = old_world();
    let now = r#"SELECT "HostSessionId" FROM "HostSessions" WHERE "IsActive"
        AND ("ExpiresAt" IS NULL OR julianday("ExpiresAt") > julianday('now'))"#;
    let valid = env.texts(now);
    let mut accepted = Vec::new();
    for (session, id, guid, _) in known_guids() {
        let line = format!("verify --session-id {session} {accept}");
        let ran = env.feed(&line, &guid.reveal());
        assert_eq!(ran.code == 0, valid.contains(&id.to_string()), "record #{id}: {}", ran.stderr);
        if ran.code == 0 {
            accepted.push((session, line, guid));
        }
    }
    assert!(accepted.len() > 5, "{}", accepted.len());
    for (session, line, old) in accepted {
        let new = env.guid(session);
        assert_eq!(env.feed(&line, &old.reveal()).code, 9, "session {session}");
        env.feed(&line, &new).ok();
    }
}
