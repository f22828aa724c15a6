//! Consoles and commands where nothing can be written: for a viewer, on a standby, on a server that is set so; and a
//! privilege that goes while the console runs.

use std::time::Duration;

use host_provisioner::domain::session::SessionId;
use host_provisioner::store::{self, ReadOnly, Settings, StoreError, Target};
use serde_json::json;

use crate::store_contract::OLD_ROWS;
use crate::support::cluster::Cluster;
use crate::support::desk::Desk;
use crate::support::postgres::{TestPg, WEB_TABLES, sql_on};
use crate::support::program::TestEnv;
use crate::support::pty::{Console, eventually};
use crate::support::roles::{Roles, run_on};

/// A session that has a record and nobody in it.
const QUIET: i64 = 3;

/// Opens the console on a server's database, and waits for the twelve sessions of [`OLD_ROWS`].
fn console(desk: &Desk, url: &str) -> Console {
    let console = desk.program((140, 35), &[], &[("HOST_PROVISIONER_DATABASE_URL", url)]);
    console.sees(&["12 sessions"]);
    console
}

/// Opens a console that must be read-only and say why, and runs commands that must end with the same sentence.
fn takes_no_writes(url: &str, why: &str, hint: &str) {
    let (desk, env) = (Desk::empty(), TestEnv::nowhere());
    let mut console = console(&desk, url);
    console.sees(&["[read-only]"]);
    for key in ["R", "X"] {
        console.send(key);
        console.sees(&[&format!("Nothing can be changed: {why};")]);
        console.send("j");
        console.sees_no_more("Nothing can be changed");
    }
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    for line in ["create --session-id 3", "rotate --host-session-id 13", "revoke --session-id 3"] {
        let ran = run_on(&env, url, line, "");
        let told = format!("PROVISIONER-ERROR: {why}; nothing was changed\nhint: {hint}\n");
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), (4, "", told), "{line}");
    }
    let error = run_on(&env, url, "session add --title x --json", "").error(4);
    assert_eq!(
        (&error["message"], &error["kind"]),
        (&json!(format!("{why}; nothing was changed")), &json!("read_only"))
    );
    for line in
        ["list", "show --session-id 3", "history", "audit verify", "create --session-id 3 --dry-run", "migrate --check"]
    {
        assert_eq!(run_on(&env, url, line, "").code, 0, "{line}");
    }
}

const PRIVILEGE: (&str, &str) = (
    "this database user may not write all that a change writes",
    "the owner of the database grants the operator's role (assets/roles.postgres.sql)",
);
const SET: (&str, &str) =
    ("this server is set to read-only", "default_transaction_read_only is on for this server, database or user");
const STANDBY: (&str, &str) = ("this server is a standby, which takes no writes", "connect to the primary server");

/// Says that `migrate` is refused with the same words.
fn nor_migrations(url: &str, why: &str) {
    let error = run_on(&TestEnv::nowhere(), url, "migrate --json", "").error(4);
    assert_eq!((error["message"].as_str(), error["kind"].as_str()), (Some(why), Some("read_only")));
}

fn world(env: &TestEnv) -> Roles {
    env.wait(async { Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await })
}

#[test]
fn a_viewers_console_is_read_only_and_says_why() {
    let env = TestEnv::nowhere();
    let roles = world(&env);
    let (url, before) = (env.wait(roles.login("viewer")), env.wait(roles.db.dump()));
    takes_no_writes(&url, PRIVILEGE.0, PRIVILEGE.1);
    assert_eq!(env.wait(roles.db.dump()), before);
}

#[test]
fn a_user_and_a_database_that_are_set_to_read_only_are_told_apart_from_a_viewer() {
    let env = TestEnv::nowhere();
    for whose in ["ROLE", "DATABASE"] {
        let roles = world(&env);
        let url = env.wait(roles.login("operator"));
        let name = if whose == "ROLE" { roles.login_name("operator") } else { roles.db.name.clone() };
        env.wait(roles.db.sql(&format!("ALTER {whose} {name} SET default_transaction_read_only = on")));
        takes_no_writes(&url, SET.0, SET.1);
        nor_migrations(&url, SET.0);
    }
}

#[test]
fn a_standby_is_named_as_what_it_is_while_its_primary_takes_changes() {
    let env = TestEnv::nowhere();
    let primary = Cluster::start(&[], &[]);
    let url = primary.url("postgres");
    env.wait(sql_on(&url, &format!("{WEB_TABLES}{OLD_ROWS}"))).unwrap();
    run_on(&env, &url, "migrate", "").ok();
    let standby = primary.standby();
    takes_no_writes(&standby.url("postgres"), STANDBY.0, STANDBY.1);
    nor_migrations(&standby.url("postgres"), STANDBY.0);
    let guid = run_on(&env, &url, "create --session-id 3", "").ok();
    let followed = || run_on(&env, &standby.url("postgres"), "verify --session-id 3", &guid).code == 0;
    eventually("the standby has the new GUID", followed);
}

/// After a failover a name may lead to a server that has not heard of the change yet.
#[test]
fn a_standby_that_lags_behind_settles_nothing() {
    let env = TestEnv::nowhere();
    let primary = Cluster::start(&[], &[]);
    let url = primary.url("postgres");
    env.wait(sql_on(&url, &format!("{WEB_TABLES}{OLD_ROWS}"))).unwrap();
    run_on(&env, &url, "migrate", "").ok();
    let server = primary.standby();
    let standby = server.url("postgres");
    eventually("the standby is migrated", || run_on(&env, &standby, "list", "").code == 0);
    env.wait(sql_on(&standby, "SELECT pg_wal_replay_pause()")).unwrap();
    let made = run_on(&env, &url, "create --session-id 3 --json", "").json();
    let event = made["event_id"].as_str().unwrap().parse().unwrap();
    let settle = async |url: &str| {
        let settings =
            Settings { target: Target::parse(url).unwrap(), timeout: Duration::from_secs(10), read_only: false };
        store::connect(settings, None).await.unwrap().settle(SessionId::new(3).unwrap(), event).await
    };
    assert!(env.wait(settle(&url)).unwrap());
    let end = env.wait(settle(&standby));
    assert!(matches!(end, Err(StoreError::ReadOnly(ReadOnly::Standby))), "{end:?}");
}

#[test]
fn a_privilege_that_is_lost_while_the_console_runs_is_a_clear_refusal_and_changes_nothing() {
    let (env, desk) = (TestEnv::nowhere(), Desk::empty());
    let roles = world(&env);
    let url = env.wait(roles.login("operator"));
    let before = env.wait(roles.db.dump());
    let mut console = console(&desk, &url);
    console.go_to(QUIET);
    console.plan_rotation("leaked in a chat");
    let operators = |verb: &str| {
        let text = roles.named(&format!("{verb} host_provisioner_operator"));
        env.wait(roles.db.sql(&text));
    };
    operators(r#"REVOKE UPDATE ("HostGuidHash") ON "HostSessions" FROM"#);
    console.send("y");
    console.sees(&["PROVISIONER-ERROR: not allowed: permission denied for table HostSessions; nothing was changed"]);
    assert!(!console.text().contains("New Host GUID"));
    assert_eq!(env.wait(roles.db.dump()), before);
    operators(r#"GRANT UPDATE ("HostGuidHash") ON "HostSessions" TO"#);
    console.rotate_idle("leaked in a chat");
    let guid = console.reveal();
    assert_eq!(run_on(&env, &url, "verify --session-id 3", &guid).ok(), "accepted\n");
}
