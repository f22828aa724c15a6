//! `doctor` on a file: what it says of a database that can be worked with, and of each that cannot.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::program::{Ran, TestEnv};

fn set_mode(path: &std::path::Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Gives file and folder to their owner alone.
fn tidy(env: &TestEnv) {
    set_mode(&env.db.path, 0o600);
    set_mode(env.db.folder.path(), 0o700);
}

/// The report of a run that ended with `code`.
pub(crate) fn report(ran: &Ran, code: i32) -> Value {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("stdout is one JSON document");
    assert_eq!((&report["schema_version"], &report["ok"]), (&Value::from(1), &Value::from(code == 0)));
    report
}

/// One step of a report.
pub(crate) fn step<'a>(report: &'a Value, name: &str) -> &'a Value {
    let steps = report["steps"].as_array().unwrap();
    steps.iter().find(|step| step["step"] == name).unwrap_or_else(|| panic!("no step {name} in {report}"))
}

/// The name of the step that failed; every step before it was taken, none after it.
pub(crate) fn failed(report: &Value) -> &str {
    let steps = report["steps"].as_array().unwrap();
    let place = steps.iter().position(|step| step["state"] == "failed").expect("a step failed");
    assert!(steps[..place].iter().all(|step| matches!(step["state"].as_str(), Some("ok" | "warning"))), "{report}");
    assert!(steps[place + 1..].iter().all(|step| step["state"] == "not_tried"), "{report}");
    assert!(steps[place]["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{report}");
    steps[place]["step"].as_str().unwrap()
}

#[test]
fn a_database_that_can_be_worked_with_passes() {
    let env = TestEnv::with_sessions();
    tidy(&env);
    env.guid(1);
    env.check_session("doctor_ok", &["doctor", "doctor --read-only --output csv"]);
    let report = report(&env.run("doctor --json"), 0);
    assert_eq!(report["database"], "sqlite test.db");
    let keys: Vec<&String> = report["steps"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["step", "state", "detail", "hint"]);
}

#[test]
fn looking_changes_nothing() {
    let env = TestEnv::with_old_records();
    let before = env.dump();
    env.run("doctor").ok();
    assert_eq!(env.dump(), before);
    let nowhere = TestEnv::nowhere();
    assert_eq!(nowhere.run("doctor").code, 2);
    assert_eq!(nowhere.bare(["doctor"]).output().unwrap().status.code(), Some(2));
    assert!(!nowhere.db.path.exists() && !nowhere.home(".local/share/host-provisioner").exists());
}

#[test]
fn a_missing_and_an_unmigrated_file_fail_and_name_migrate() {
    let env = TestEnv::nowhere();
    let missing = env.run("doctor --output csv").transcript();
    env.sql(crate::support::database::WEB_TABLES);
    tidy(&env);
    let unmigrated = env.run("doctor").transcript();
    env.check("doctor_not_ready", &format!("{missing}\n{unmigrated}"));
    assert_eq!(env.run("doctor --json").error(2)["kind"], "unmigrated");
}

#[test]
fn a_file_that_everybody_may_open_is_a_warning() {
    let env = TestEnv::empty();
    for (file, folder, state) in
        [(0o644, 0o700, "warning"), (0o640, 0o750, "ok"), (0o600, 0o777, "warning"), (0o600, 0o1777, "ok")]
    {
        set_mode(&env.db.path, file);
        set_mode(env.db.folder.path(), folder);
        let report = report(&env.run("doctor --json"), 0);
        assert_eq!(step(&report, "file")["state"], state, "{file:o} {folder:o}");
    }
}

#[test]
fn what_the_old_tool_left_is_a_warning() {
    let env = TestEnv::with_old_records();
    tidy(&env);
    env.check_session("doctor_old_records", &["doctor"]);
    let secret = env.file("secret", b"x");
    let report = report(&env.run(&format!("doctor --json --hash-write legacy --legacy-secret-file {secret}")), 0);
    assert_eq!((&step(&report, "schemes")["state"], &step(&report, "hash_key")["state"]), (&"ok".into(), &"ok".into()));
    assert_eq!(step(&report, "duplicates")["detail"], "2 left by the old tool, of 3 active records");
}

#[test]
fn the_phase_of_the_roll_out_follows_what_is_done() {
    let env = TestEnv::with_old_records();
    let phase = || step(&report(&env.run("doctor --json"), 0), "rollout")["detail"].as_str().unwrap().to_owned();
    assert_eq!(phase(), "phase 2: nothing was rotated here yet; no import");
    env.run("session add --title other").ok();
    let newest = env.texts(r#"SELECT max("SessionId") FROM "Sessions""#);
    env.run(&format!("create --session-id {}", newest[0])).ok();
    assert_eq!(phase(), "phase 3: in use, 2 duplicates left; no import");
    for session in env.texts(r#"SELECT DISTINCT "SessionId" FROM "HostSessions" WHERE "LegacyDuplicate""#) {
        env.run(&format!("create --session-id {session}")).ok();
    }
    assert_eq!(phase(), "phase 4 is done: in use, no duplicate left; no import");
}

#[test]
fn a_rule_that_no_index_holds_fails() {
    const INDEX: &str = r#"DROP INDEX "UX_HostSessions_OneCurrent""#;
    let weaker = [
        "",
        r#"CREATE INDEX "UX_HostSessions_OneCurrent" ON "HostSessions" ("SessionId") WHERE "IsActive" AND NOT "LegacyDuplicate""#,
        r#"CREATE UNIQUE INDEX "UX_HostSessions_OneCurrent" ON "HostSessions" ("SessionId") WHERE "IsActive" AND "LegacyDuplicate""#,
    ];
    for other in weaker {
        let env = TestEnv::empty();
        env.sql(&format!("{INDEX}; {other}"));
        let ran = env.run("doctor --json");
        assert_eq!(failed(&report(&ran, 2)), "index", "{other}");
        let error = ran.error(2);
        assert_eq!(error["kind"], "unguarded");
        // What it says to do does it.
        let (_, statements) = error["hint"].as_str().unwrap().split_once(": ").unwrap();
        env.sql(statements);
        env.run("doctor").ok();
    }
}

#[test]
fn a_locked_file_fails_at_the_deadline() {
    let env = TestEnv::empty();
    let mut other = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await }).unwrap();
    let report = report(&env.run("doctor --json --timeout 200ms"), 7);
    assert_eq!(failed(&report), "writable");
    let report = self::report(&env.run("doctor --json --timeout 200ms --read-only"), 0);
    assert_eq!(step(&report, "writable")["detail"], "not asked: --read-only");
}

#[test]
fn all_records_are_counted_however_many_there_are() {
    let env = TestEnv::empty();
    // More than one slice, with holes between the ids.
    env.sql(
        r#"INSERT INTO "Sessions" ("GroupId", "Title", "Status", "ParticipantCount", "CreatedAt", "ModifiedAt")
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20500)
            SELECT 'g', 't', 'Created', 0, '2025-01-01', '2025-01-01' FROM n;
        INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "IsActive")
            SELECT "SessionId" * 1000, "SessionId", 'sha256:' || "SessionId", '2025-01-01', "SessionId" % 41 > 0
            FROM "Sessions""#,
    );
    let report = report(&env.run("doctor --json"), 0);
    assert_eq!(step(&report, "schemes")["detail"], "20000 sha256");
    assert_eq!(step(&report, "duplicates")["state"], "ok");
}

#[test]
fn a_file_that_is_no_database_fails_as_everywhere() {
    let env = TestEnv::nowhere();
    std::fs::write(&env.db.path, "hello, I am a text").unwrap();
    let ran = env.run("doctor --json");
    assert_eq!(failed(&report(&ran, 2)), "file");
    assert_eq!(ran.error(2)["kind"], "not_a_database");
}
