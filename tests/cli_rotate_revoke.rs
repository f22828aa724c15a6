//! `rotate` and `revoke`.

use crate::support::program::TestEnv;

#[test]
fn rotate_updates_the_record_that_is_named() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    env.check_session(
        "rotate",
        &[
            "rotate --host-session-id 1 --created-by 'R. Sato' --rotation-reason 'Suspected compromise'",
            "rotate --host-session-id 1 --created-by 'R. Sato' --dry-run",
            "rotate --host-session-id 1 --created-by 'R. Sato' --json",
        ],
    );
}

#[test]
fn rotate_refuses_a_record_that_is_not_current_and_names_the_one_that_is() {
    let env = TestEnv::with_old_records();
    let before = env.dump();
    env.check_session(
        "rotate_refused",
        &[
            "rotate --host-session-id 13 --created-by 'R. Sato'",
            "rotate --host-session-id 14 --json",
            "rotate --host-session-id 99",
            "rotate --host-session-id 99 --json",
        ],
    );
    assert_eq!(env.dump(), before);
}

#[test]
fn revoke_retires_all_active_records_and_does_nothing_the_second_time() {
    let env = TestEnv::with_old_records();
    env.check_session(
        "revoke",
        &[
            "revoke --session-id 2 --created-by 'R. Sato' --rotation-reason 'Suspected compromise' --json",
            "revoke --session-id 2 --created-by 'R. Sato' --json",
            "revoke --session-id 2 --created-by 'R. Sato'",
            "create --session-id 1 --created-by 'M. Keller'",
            "revoke --session-id 1 --created-by 'R. Sato'",
            "revoke --session-id 77",
        ],
    );
    assert_eq!(env.texts(r#"SELECT count(*) FROM "HostSessions" WHERE "IsActive""#), ["0"]);
}

#[test]
fn a_revocation_of_something_else_than_was_seen_is_a_conflict() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let error = env.run("revoke --session-id 1 --expect none --json").error(6);
    assert_eq!(error["kind"], "conflict");
}

#[test]
fn a_revocation_needs_no_reader_for_its_result() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    let mut command = env.command(["revoke", "--session-id", "1"]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_eq!(command.stdout(full).status().unwrap().code(), Some(0));
    assert_eq!(env.feed("verify --session-id 1", &guid).code, 9);
}
