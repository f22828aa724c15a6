//! Databases in bad places: each is told in a sentence of its own, and whatever is there stays byte for byte.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::confined::{bound_by_permissions, within};
use crate::support::program::{Ran, TestEnv};

const LINES: [&str; 3] = ["list", "create --session-id 1 --created-by Keller", "migrate"];

/// Every file of a folder with its bytes, and every folder.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
            all.insert(path, None);
        } else {
            let bytes = fs::read(&path).unwrap();
            all.insert(path, Some(bytes));
        }
    }
    all
}

/// Runs each command line there, as somebody whom permissions bind, and gives what was said.
fn told(env: &TestEnv, lines: &[&str]) -> String {
    let run = |line: &&str| {
        let ran = Ran::from(bound_by_permissions(env.command(line.split(' '))));
        format!("$ host-provisioner {line}\n{}\n", ran.transcript())
    };
    lines.iter().map(run).collect()
}

/// Compares what the commands say there with a snapshot, and what is there with what was.
fn unharmed(name: &str, env: &TestEnv) {
    let before = contents(env.db.folder.path());
    env.check(name, &told(env, &LINES));
    assert!(contents(env.db.folder.path()) == before, "{name}");
}

#[test]
fn a_missing_folder() {
    let mut env = TestEnv::nowhere();
    env.db.path = env.db.folder.path().join("none").join("test.db");
    unharmed("place_missing_folder", &env);
}

#[test]
fn a_folder() {
    let env = TestEnv::nowhere();
    fs::create_dir(&env.db.path).unwrap();
    unharmed("place_folder", &env);
}

#[test]
fn places_where_no_file_can_be_made() {
    let mut env = TestEnv::nowhere();
    let folder = env.db.folder.path().to_owned();
    std::os::unix::fs::symlink(folder.join("none/test.db"), folder.join("link")).unwrap();
    std::os::unix::fs::symlink("loop", folder.join("loop")).unwrap();
    let long = "n".repeat(300);
    let said: String = ["link", "loop", "test.db/", &long]
        .map(|name| {
            env.db.path = folder.join(name);
            told(&env, &["migrate"])
        })
        .concat();
    env.check("place_where_none_can_be", &said.replace(&long, "[long]"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing but the two links");
}

#[test]
fn a_text_file() {
    let env = TestEnv::nowhere();
    fs::write(&env.db.path, "Dear diary,\nthis is no database.\n").unwrap();
    unharmed("place_text_file", &env);
}

#[test]
fn a_database_of_somebody_else() {
    let env = TestEnv::nowhere();
    env.sql("CREATE TABLE invoices (id INTEGER); INSERT INTO invoices VALUES (1)");
    unharmed("place_somebody_else", &env);
}

/// Other programs keep account of their migrations in the same way.
#[test]
fn a_database_of_somebody_else_with_migrations_of_its_own() {
    let env = TestEnv::nowhere();
    env.sql(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT, installed_on TIMESTAMP, \
         success BOOLEAN, checksum BLOB, execution_time BIGINT); \
         INSERT INTO _sqlx_migrations VALUES (20240101, 'invoices', '2024-01-01', 1, x'00', 1); \
         CREATE TABLE invoices (id INTEGER)",
    );
    unharmed("place_somebody_else_migrated", &env);
}

#[test]
fn a_newer_schema() {
    let env = TestEnv::with_sessions();
    env.sql("INSERT INTO _sqlx_migrations VALUES (9999, 'from the future', '2030-01-01', 1, x'00', 1)");
    unharmed("place_newer_schema", &env);
}

/// A database with a host record, and what is said of it while its file, or else its folder, has this mode.
fn with_mode(name: &str, mode: u32, of_file: bool) {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let (path, usual) = if of_file { (&*env.db.path, 0o600) } else { (env.db.folder.path(), 0o700) };
    let before = env.dump();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let said = told(&env, &LINES);
    fs::set_permissions(path, Permissions::from_mode(usual)).unwrap();
    env.check(name, &said);
    assert_eq!(env.dump(), before);
}

#[test]
fn a_file_that_may_not_be_written() {
    with_mode("place_read_only_file", 0o400, true);
}

/// `SQLite` makes the files beside a database with the database's own mode, and who may only read leaves them there.
#[test]
fn what_reading_a_file_of_that_mode_left_beside_it() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let mode = |mode: u32| fs::set_permissions(&env.db.path, Permissions::from_mode(mode)).unwrap();
    let before = env.dump();
    mode(0o400);
    told(&env, &["list"]);
    mode(0o600);
    env.check("place_left_beside", &told(&env, &["create --session-id 1 --created-by Keller"]));
    assert_eq!(env.dump(), before);
}

#[test]
fn doctor_finds_a_file_that_may_not_be_written() {
    let env = TestEnv::with_sessions();
    fs::set_permissions(&env.db.path, Permissions::from_mode(0o400)).unwrap();
    let ran = told(&env, &["doctor"]);
    assert!(ran.contains("this user may not write the database file") && ran.contains("--- exit 4"), "{ran}");
    assert!(told(&env, &["doctor --read-only"]).contains("--- exit 0"));
}

#[test]
fn a_file_that_may_not_be_read() {
    with_mode("place_unreadable_file", 0o000, true);
}

#[test]
fn a_folder_that_may_not_be_written() {
    with_mode("place_read_only_folder", 0o500, false);
}

#[test]
fn a_file_that_is_locked_past_the_deadline() {
    let env = TestEnv::with_sessions();
    let before = env.dump();
    let mut other = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await }).unwrap();
    // Which of the two is noticed first is a matter of moments.
    let sentences = [
        "the database is locked or cannot be reached: locked by another program",
        "the database did not answer within 300ms",
    ];
    for line in [LINES[1], "session add --title Second", "revoke --session-id 1", "migrate"] {
        let error = env.run(&format!("{line} --timeout 300ms --json")).error(7);
        let message = error["message"].as_str().unwrap();
        assert!(sentences.iter().any(|sentence| message.starts_with(sentence)), "{line}: {message}");
        assert!(error["hint"].as_str().unwrap().starts_with("try again"), "{error}");
    }
    env.run("list").ok();
    env.wait(sqlx::Connection::close(other)).unwrap();
    assert_eq!(env.dump(), before);
}

/// What the program says of its default database there, and in the end of another one.
fn told_at_home(env: &TestEnv, wrap: impl Fn(Command) -> Command) -> String {
    let create = LINES[1].split(' ');
    let elsewhere = TestEnv::with_sessions();
    let mut other = env.bare(create.clone());
    other.env("HOST_PROVISIONER_DATABASE_URL", elsewhere.url());
    let runs = [env.bare(["list"]), env.bare(create), env.bare(["migrate"]), other];
    runs.map(|command| Ran::from(wrap(command)).transcript()).join("\n")
}

#[test]
fn a_home_that_may_not_be_written() {
    let env = TestEnv::nowhere();
    fs::set_permissions(env.home(""), Permissions::from_mode(0o500)).unwrap();
    env.check("place_read_only_home", &told_at_home(&env, bound_by_permissions));
    assert!(contents(&env.home("")).is_empty());
}

/// Without `HOME` the user database tells; a user whom it does not know has no home at all.
#[test]
fn a_home_that_nobody_knows() {
    let env = TestEnv::nowhere();
    let homeless = |mut command: Command| {
        command.env_remove("HOME");
        within(&["unshare", "--user", "--map-user=4242", "--map-group=4242"], &command)
    };
    env.check("place_no_home", &told_at_home(&env, homeless));
    assert!(contents(&env.home("")).is_empty());
}

#[test]
fn without_a_home_the_folders_of_xdg_serve() {
    let env = TestEnv::nowhere();
    let mut command = env.bare(["session", "add", "--title", "x"]);
    command.env_remove("HOME").env("XDG_DATA_HOME", env.home("data")).env("XDG_STATE_HOME", env.home("state"));
    let ran = Ran::from(command);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), ("1\n", "", 0));
    assert!(env.home("data/host-provisioner/host-provisioner.db").exists());
    assert!(env.home("state/host-provisioner/log").exists());
}
