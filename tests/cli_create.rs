//! `create`: what it says and does, and what it refuses.

use crate::support::program::TestEnv;

const KELLER: &str = "create --session-id 1 --created-by 'M. Keller'";

#[test]
fn create_prints_the_guid_alone_and_tells_its_story_on_stderr() {
    let env = TestEnv::with_sessions();
    env.check_session(
        "create",
        &[KELLER, "create --session-id 1 --created-by 'R. Sato' --rotation-reason 'Suspected compromise'"],
    );
}

#[test]
fn create_as_json_has_the_fields_of_the_contract_and_an_empty_stderr() {
    let env = TestEnv::with_sessions();
    let lines = [
        format!("{KELLER} --json"),
        format!("{KELLER} --json --expires 2099-12-31"),
        format!("{KELLER} --json --force-new"),
    ];
    env.check_session("create_json", &lines.each_ref().map(String::as_str));
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let env = TestEnv::with_old_records();
    let before = env.dump();
    env.check_session(
        "create_dry_run",
        &[
            "create --session-id 1 --created-by 'M. Keller' --dry-run",
            "create --session-id 2 --created-by 'M. Keller' --rotation-reason 'lost laptop' --dry-run",
            "create --session-id 2 --created-by 'M. Keller' --dry-run --json",
            "create --session-id 2 --created-by 'M. Keller' --force-new --expires 2099-12-31 --dry-run",
            "create --session-id 1 --created-by 'M. Keller' --dry-run --output csv",
            "create --session-id 9 --created-by 'M. Keller' --dry-run",
        ],
    );
    assert_eq!(env.dump(), before);
}

#[test]
fn legacy_duplicates_are_retired_by_name_and_the_old_hash_form_is_warned_about() {
    let env = TestEnv::with_old_records();
    env.check_session("create_over_duplicates", &["create --session-id 2 --created-by 'M. Keller'", "list"]);
}

#[test]
fn force_new_retires_each_record_by_name() {
    let env = TestEnv::with_old_records();
    env.check_session("create_force_new", &["create --session-id 2 --created-by 'M. Keller' --force-new"]);
}

#[test]
fn the_guid_is_the_only_line_of_stdout() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    assert_eq!(guid.len(), 36);
    assert_eq!(guid.as_bytes()[14], b'4');
    assert_eq!(guid, guid.to_lowercase());
}

#[test]
fn quiet_leaves_stderr_empty() {
    let env = TestEnv::with_sessions();
    let ran = env.run("create --session-id 1 -q");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn who_did_it_is_the_operating_systems_user_when_no_name_is_given() {
    let env = TestEnv::with_sessions();
    let user = whoami::username().unwrap();
    let mut command = env.command(["create", "--session-id", "1", "--json"]);
    let output = command.env("USER", "somebody-else").env("LOGNAME", "somebody-else").output().unwrap();
    let created: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(created["created_by"], user.as_str());
    let body: serde_json::Value =
        serde_json::from_str(&env.texts(r#"SELECT "Body" FROM "HostSessionEvents""#)[0]).unwrap();
    assert_eq!(body["os_user"], user.as_str());
    let version = format!(" host-provisioner/{}", env!("CARGO_PKG_VERSION"));
    assert!(body["client"].as_str().unwrap().ends_with(&version), "{body}");
}

#[test]
fn a_reason_comes_from_a_file_or_from_stdin_and_stands_in_the_history() {
    let env = TestEnv::with_sessions();
    let file = env.file("reason", "Suspected\ncompromise\n".as_bytes());
    env.run_with(["create", "--session-id", "1", "--rotation-reason-file", &file]).ok();
    env.feed("create --session-id 1 --rotation-reason-file -", "\u{feff}laptop lost\n").ok();
    let history = env.run("history --json").json();
    let reasons: Vec<&str> =
        history.as_array().unwrap().iter().map(|entry| entry["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["laptop lost", "Suspected compromise"]);
}

#[test]
fn an_expiry_is_echoed_as_the_instant_that_it_is() {
    let env = TestEnv::with_sessions();
    let day = env.run("create --session-id 1 --expires 2099-12-31 --json").json();
    assert_eq!(day["expires_at"], "2099-12-31T23:59:59Z");
    let offset = env.run("create --session-id 1 --expires 2099-12-31T18:00:00+01:00 --json").json();
    assert_eq!(offset["expires_at"], "2099-12-31T17:00:00Z");
    assert_eq!(env.run("create --session-id 1 --json").json()["expires_at"], serde_json::Value::Null);
    let told = env.run("create --session-id 1 --expires 2099-12-31");
    assert!(told.stderr.contains("\nexpires 2099-12-31T23:59:59Z\n"), "{}", told.stderr);
}

#[test]
fn an_expectation_that_holds_lets_the_change_through() {
    let env = TestEnv::with_sessions();
    let created = env.run("create --session-id 1 --expect none --json").json();
    let fingerprint = created["fingerprint"].as_str().unwrap().to_uppercase();
    let again = env.run(&format!("create --session-id 1 --expect {fingerprint} --json")).json();
    assert_eq!(again["previous_fingerprint"], created["fingerprint"]);
}

#[test]
fn a_change_since_it_was_seen_is_a_conflict_that_names_who_and_when() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let before = env.dump();
    env.check_session(
        "create_conflict",
        &["create --session-id 1 --expect none", "create --session-id 1 --expect 000000000000 --json"],
    );
    assert_eq!(env.dump(), before);
}

#[test]
fn a_session_that_is_not_there_is_not_found_and_nothing_is_written() {
    let env = TestEnv::with_sessions();
    let before = env.dump();
    env.check_session(
        "create_not_found",
        &["create --session-id 77", "create --session-id 77 --json", "create --session-id 77 -q"],
    );
    assert_eq!(env.dump(), before);
}

#[test]
fn a_confirmation_is_taken_and_has_no_effect_without_a_profile() {
    let env = TestEnv::with_sessions();
    env.run("create --session-id 1 --confirm 1@prod").ok();
    assert_eq!(env.run("create --session-id 1 --confirm prod").code, 2);
}

#[test]
fn csv_of_a_create_has_one_row() {
    let env = TestEnv::with_sessions();
    env.check_session("create_csv", &["create --session-id 1 --created-by '=1+1' --output csv"]);
}
