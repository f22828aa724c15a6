//! `migrate`, and databases that are not as they should be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::program::{OLD_RECORDS, SESSIONS, TestEnv};

/// Commands that need a database, one of each kind.
const COMMANDS: [&str; 6] = [
    "list --json",
    "show --session-id 1 --json",
    "history --json",
    "create --session-id 1 --json",
    "audit verify --json",
    "session add --title x --json",
];

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn migrate_makes_a_missing_file_for_its_owner_alone() {
    let env = TestEnv::nowhere();
    env.check_session(
        "migrate",
        &["migrate --check", "migrate", "migrate", "migrate --check --json", "migrate --json"],
    );
    assert_eq!(mode(&env.db.path), 0o600);
}

#[test]
fn a_check_changes_nothing() {
    let env = TestEnv::nowhere();
    let check = env.run("migrate --check --json");
    assert_eq!(check.code, 1);
    assert_eq!(
        check.stdout,
        "{\"pending\":[\"0001 existing tables\",\"0002 single guid rule\",\"0003 browsing\",\"0004 overview\"]}\n"
    );
    assert!(!env.db.path.exists());
}

#[test]
fn migrating_rows_of_the_old_tool_leaves_them_and_flags_the_duplicates() {
    let env = TestEnv::nowhere();
    let rows = format!("{}{SESSIONS}{OLD_RECORDS}", crate::support::database::WEB_TABLES);
    env.sql(&rows);
    assert_eq!(env.run("list --json").error(2)["kind"], "unmigrated");
    env.run("migrate").ok();
    let flagged = r#"SELECT "HostSessionId" FROM "HostSessions" WHERE "LegacyDuplicate" ORDER BY 1"#;
    assert_eq!(env.texts(flagged), ["12", "13"]);
}

#[test]
fn a_missing_or_unmigrated_database_names_migrate() {
    let env = TestEnv::nowhere();
    for line in COMMANDS {
        let error = env.run(line).error(2);
        assert_eq!(error["kind"], "database_missing");
        assert!(error["hint"].as_str().unwrap().contains("host-provisioner migrate"), "{error}");
    }
    assert!(!env.db.path.exists());
    fs::write(&env.db.path, "").unwrap();
    for line in COMMANDS {
        assert_eq!(env.run(line).error(2)["kind"], "unmigrated");
    }
}

#[test]
fn a_missing_folder_is_not_made() {
    let env = TestEnv::nowhere();
    let url = format!("sqlite:{}/none/x.db", env.db.folder.path().display());
    for line in ["migrate --json", "migrate --check --json"] {
        let error = env.run_with(line.split(' ').chain(["--database-url", &url])).error(2);
        assert_eq!(error["kind"], "folder_missing");
    }
    assert!(!env.db.folder.path().join("none").exists());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_stays_as_it_is() {
    let env = TestEnv::nowhere();
    let text = "Dear diary,\nthis is no database.\n".repeat(100);
    fs::write(&env.db.path, &text).unwrap();
    for line in COMMANDS.iter().chain(&["migrate --json", "migrate --check --json"]) {
        assert_eq!(env.run(line).error(2)["kind"], "not_a_database", "{line}");
    }
    assert_eq!(fs::read_to_string(&env.db.path).unwrap(), text);
    assert_eq!(fs::read_dir(env.db.folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_is_no_database() {
    let env = TestEnv::nowhere();
    fs::create_dir(&env.db.path).unwrap();
    for line in COMMANDS.iter().chain(&["migrate --json"]) {
        assert_eq!(env.run(line).error(2)["kind"], "not_a_database", "{line}");
    }
}

#[test]
fn a_database_of_somebody_else_is_not_migrated() {
    let env = TestEnv::nowhere();
    env.sql("CREATE TABLE invoices (id INTEGER)");
    let error = env.run("migrate --json").error(2);
    assert!(error["message"].as_str().unwrap().contains("invoices"), "{error}");
    assert_eq!(env.texts("SELECT name FROM sqlite_schema"), ["invoices"]);
}

#[test]
fn a_newer_schema_is_refused() {
    let env = TestEnv::with_sessions();
    env.sql("INSERT INTO _sqlx_migrations VALUES (9999, 'from the future', '2030-01-01', 1, x'00', 1)");
    for line in COMMANDS.iter().chain(&["migrate --json", "migrate --check --json"]) {
        assert_eq!(env.run(line).error(2)["kind"], "newer_schema", "{line}");
    }
}

#[test]
fn a_read_only_run_writes_nothing() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let before = env.dump();
    for line in [
        "create --session-id 1",
        "rotate --host-session-id 1",
        "revoke --session-id 1",
        "session add --title x",
        "migrate",
    ] {
        assert_eq!(env.run(&format!("{line} --read-only --json")).error(4)["kind"], "read_only", "{line}");
    }
    for line in
        ["list", "show --session-id 1", "history", "audit verify", "create --session-id 1 --dry-run", "migrate --check"]
    {
        env.run(&format!("{line} --read-only")).ok();
    }
    assert_eq!(env.dump(), before);
}

#[test]
fn a_database_that_another_program_locks_is_unavailable_within_the_deadline() {
    let env = TestEnv::with_sessions();
    let mut other = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await }).unwrap();
    let start = std::time::Instant::now();
    for line in ["create --session-id 1", "revoke --session-id 1", "session add --title x"] {
        let error = env.run(&format!("{line} --timeout 300ms --json")).error(7);
        assert!(matches!(error["kind"].as_str(), Some("unavailable" | "timeout")), "{error}");
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(8));
    // Reading goes on.
    env.run("list").ok();
}

#[test]
fn the_default_database_is_made_on_first_use_for_its_owner_alone() {
    let env = TestEnv::nowhere();
    let file = env.home(".local/share/host-provisioner/host-provisioner.db");
    let read_only = env.bare(["list", "--read-only", "--json"]).output().unwrap();
    assert_eq!(read_only.status.code(), Some(2));
    assert!(!file.exists());
    let listed = env.bare(["list", "--json"]).output().unwrap();
    assert_eq!(
        (listed.status.code(), listed.stdout.as_slice(), listed.stderr.as_slice()),
        (Some(0), &b"[]\n"[..], &b""[..])
    );
    assert_eq!((mode(file.parent().unwrap()), mode(&file)), (0o700, 0o600));
}

#[test]
fn the_default_database_stands_where_xdg_says() {
    let env = TestEnv::nowhere();
    let data = env.home("data");
    let output = env.bare(["session", "add", "--title", "x"]).env("XDG_DATA_HOME", &data).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(data.join("host-provisioner/host-provisioner.db").exists());
}

#[test]
fn migrate_makes_the_default_database_and_a_check_does_not() {
    let env = TestEnv::nowhere();
    let folder = env.home(".local/share/host-provisioner");
    assert_eq!(env.bare(["migrate", "--check"]).output().unwrap().status.code(), Some(1));
    assert!(!folder.exists());
    assert_eq!(env.bare(["migrate"]).output().unwrap().status.code(), Some(0));
    assert_eq!(mode(&folder), 0o700);
}
