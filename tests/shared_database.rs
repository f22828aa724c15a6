//! `docs/shared-database.md`, run: its commands as they stand, on a server of the test's own.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::bash as shell;
use crate::support::cluster::Cluster;
use crate::support::postgres::{ENTITY_FRAMEWORK, sql_on};
use crate::support::program::{Ran, TestEnv};
use crate::support::roles::{FILE, run_on};

const DOCUMENT: &str = include_str!("../docs/shared-database.md");

/// People log in with a password; the administrator is let in.
const PG_HBA: [&str; 2] = ["host all postgres 127.0.0.1/32 trust", "host all all 127.0.0.1/32 scram-sha-256"];

/// The blocks of one language, one after the other.
fn blocks(language: &str) -> String {
    let fence = format!("```{language}\n");
    DOCUMENT.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// Runs a script beside this server.
fn bash(env: &TestEnv, server: &Cluster, script: &str) -> Ran {
    let port = server.port().to_string();
    shell::bash(env, &[("PGHOST", "127.0.0.1"), ("PGPORT", &port), ("PGSSLMODE", "disable")], script)
}

/// The password of a login, which the commands wrote into `~/.pgpass`.
fn password(env: &TestEnv, login: &str) -> String {
    let file = std::fs::read_to_string(env.home(".pgpass")).unwrap();
    let line = file.lines().find(|line| line.split(':').nth(3) == Some(login)).unwrap();
    line.rsplit(':').next().unwrap().to_owned()
}

fn url_of(env: &TestEnv, server: &Cluster, login: &str, database: &str) -> String {
    format!("postgres://{login}:{}@127.0.0.1:{}/{database}", password(env, login), server.port())
}

#[test]
fn the_commands_lead_from_nothing_to_the_first_rotation_by_somebody_who_is_not_the_owner() {
    let (env, server) = (TestEnv::nowhere(), Cluster::start(&["log_statement = all"], &PG_HBA));
    let told = bash(&env, &server, &blocks("sh")).ok();
    assert!(told.contains("applied 0001 existing tables\n"), "{told}");
    assert!(told.contains("\naccepted\n") && told.contains("First rotation"), "{told}");
    let anna = url_of(&env, &server, "anna", "canvas");
    let history = run_on(&env, &anna, "history --json", "").json();
    assert_eq!((&history[0]["by"], &history[0]["action"]), (&"Anna".into(), &"created".into()));
    for line in ["session add --title x", "migrate"] {
        assert_eq!(run_on(&env, &anna, line, "").code, 4, "{line}");
    }
    let log = server.log();
    assert!(log.contains("GRANT host_provisioner_operator TO anna"));
    for login in ["canvas_owner", "anna", "webapp"] {
        assert!(!log.contains(&password(&env, login)), "the server's log has the password of {login}");
    }
    for file in [".pgpass", "anna.url"] {
        assert_eq!(std::fs::metadata(env.home(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    an_application_that_was_there_before_goes_on(&env, &server);
}

/// What the document says of tables that the web application made, in a second database on the same server.
fn an_application_that_was_there_before_goes_on(env: &TestEnv, server: &Cluster) {
    let sql = |url: &str, text: &str| env.wait(sql_on(url, text));
    sql(&server.url("postgres"), "CREATE DATABASE elder OWNER webapp").unwrap();
    let application = url_of(env, server, "webapp", "elder");
    sql(&application, &format!("SET search_path = public; {ENTITY_FRAMEWORK}")).unwrap();
    // While it owns the table, nothing holds it back.
    let lift = r#"ALTER TABLE "HostSessions" DISABLE TRIGGER USER"#;
    sql(&application, lift).unwrap();
    sql(&server.url("elder"), &blocks("sql")).unwrap();
    let owner = url_of(env, server, "canvas_owner", "elder");
    run_on(env, &owner, "migrate", "").ok();
    sql(&owner, FILE).unwrap();
    sql(&application, r#"UPDATE "HostSessions" SET "LastUsedAt" = now() WHERE "HostSessionId" = 1"#).unwrap();
    assert!(sql(&application, lift).unwrap_err().contains("must be owner"));
    run_on(env, &url_of(env, server, "anna", "elder"), "create --session-id 1", "").ok();
}
