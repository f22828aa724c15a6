//! `doctor` on a server: every step from the name to the rows, and what ends each.

use std::net::TcpListener;
use std::process::Child;
use std::time::{Duration, Instant};

use host_provisioner::store;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use crate::cli_doctor::{failed, report, step};
use crate::support::cluster::{Cluster, as_owner};
use crate::support::postgres::TestPg;
use crate::support::program::{Ran, TestEnv, end_of};

/// Runs the program on a database that this URL names.
fn on(env: &TestEnv, url: &str, line: &str) -> Ran {
    let mut command = env.bare(line.split_whitespace());
    end_of(command.env("HOST_PROVISIONER_DATABASE_URL", url).spawn().unwrap())
}

/// A database on the shared server, and a home to look at it from.
fn shared(database: impl Future<Output = TestPg>) -> (TestEnv, TestPg) {
    let env = TestEnv::nowhere();
    let db = env.wait(database);
    (env, db)
}

#[test]
fn a_database_that_can_be_worked_with_passes_every_step() {
    let (env, db) = shared(TestPg::empty());
    let url = db.url();
    on(&env, &url, "session add --title first").ok();
    on(&env, &url, "create --session-id 1").ok();
    // Whether the shared server offers TLS is its own affair.
    let plain = url.replace("sslmode=prefer", "sslmode=disable");
    assert_ne!(plain, url);
    env.check("doctor_postgres", &on(&env, &plain, "doctor --output csv").transcript());
    report(&on(&env, &url, "doctor --json"), 0);
}

#[test]
fn what_the_old_tool_left_is_told_by_count() {
    let (env, db) = shared(TestPg::of_entity_framework());
    let unmigrated = on(&env, &db.url(), "doctor --json");
    assert_eq!(failed(&report(&unmigrated, 2)), "schema");
    assert_eq!(unmigrated.error(2)["kind"], "unmigrated");
    env.wait(db.migrate()).unwrap();
    let report = report(&on(&env, &db.url(), "doctor --json"), 0);
    let flagged = env.wait(db.number(r#"SELECT count(*) FROM "HostSessions" WHERE "LegacyDuplicate""#));
    let active = env.wait(db.number(r#"SELECT count(*) FROM "HostSessions" WHERE "IsActive""#));
    let told = step(&report, "duplicates");
    assert_eq!(told["state"], "warning");
    assert_eq!(told["detail"], format!("{flagged} left by the old tool, of {active} active records"));
    assert_eq!(step(&report, "schemes")["detail"], format!("{active} legacy"));
    assert_eq!(step(&report, "hash_key")["state"], "warning");
}

#[test]
fn no_address_no_server_and_no_database_are_told_apart() {
    let (env, db) = shared(TestPg::nowhere());
    let ran = on(&env, "postgres://u@nowhere.invalid/canvas", "doctor --json");
    assert_eq!(failed(&report(&ran, 7)), "resolve");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = on(&env, &format!("postgres://u@127.0.0.1:{free}/canvas"), "doctor --json");
    assert_eq!(failed(&report(&ran, 7)), "connect");
    let ran = on(&env, "postgres://u@%2Fnowhere/canvas", "doctor --json");
    assert_eq!(failed(&report(&ran, 7)), "connect");
    let elsewhere = db.url().replace("/test_", "/no_");
    let ran = on(&env, &elsewhere, "doctor --json");
    assert_eq!(failed(&report(&ran, 2)), "log_in");
    assert_eq!(ran.error(2)["kind"], "database_missing");
    let empty = on(&env, &db.url(), "doctor --json");
    assert_eq!(failed(&report(&empty, 2)), "schema");
}

#[test]
fn a_port_that_says_nothing_fails_at_the_deadline() {
    let env = TestEnv::nowhere();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://u@127.0.0.1:{}/canvas", silent.local_addr().unwrap().port());
    let start = Instant::now();
    let ran = on(&env, &url, "doctor --json --timeout 500ms");
    assert_eq!(failed(&report(&ran, 7)), "tls");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn an_index_that_holds_nothing_fails_and_is_made_good_by_what_is_said() {
    let (env, db) = shared(TestPg::of_entity_framework());
    env.wait(async {
        db.migrate().await.unwrap();
        db.sql(r#"DROP INDEX "UX_HostSessions_OneCurrent""#).await;
    });
    assert_eq!(failed(&report(&on(&env, &db.url(), "doctor --json"), 2)), "index");
    // Over the duplicates an index that is made beside other work is left behind, and enforces nothing.
    let careless = r#"CREATE UNIQUE INDEX CONCURRENTLY "UX_HostSessions_OneCurrent" ON "HostSessions" ("SessionId") WHERE "IsActive""#;
    env.wait(db.try_sql(careless)).unwrap_err();
    let ran = on(&env, &db.url(), "doctor --json");
    assert_eq!(failed(&report(&ran, 2)), "index");
    let error = ran.error(2);
    let (_, statements) = error["hint"].as_str().unwrap().split_once(": ").unwrap();
    env.wait(db.sql(statements));
    report(&on(&env, &db.url(), "doctor --json"), 0);
}

#[test]
fn titles_without_an_index_are_a_warning_that_is_made_good_by_what_is_said() {
    let (env, db) = shared(TestPg::empty());
    env.wait(db.sql(r#"DROP INDEX "IX_Sessions_TitlePieces""#));
    let warned = report(&on(&env, &db.url(), "doctor --json"), 0);
    let found = step(&warned, "index");
    assert_eq!(found["state"], "warning", "{found}");
    let (_, statements) = found["hint"].as_str().unwrap().split_once(": ").unwrap();
    env.wait(db.sql(statements));
    let mended = report(&on(&env, &db.url(), "doctor --json"), 0);
    assert_eq!(step(&mended, "index")["state"], "ok");
}

#[test]
fn counting_ends_at_the_deadline_with_what_is_counted() {
    let (env, mut db) = shared(TestPg::empty());
    db.timeout = Duration::from_secs(1);
    env.wait(async {
        let mut examination = store::examine(db.settings());
        for step in examination.steps() {
            examination.take(*step).await.unwrap();
        }
        let mut other = db.open().await;
        sqlx::raw_sql(r#"BEGIN; LOCK TABLE "HostSessions" IN ACCESS EXCLUSIVE MODE"#)
            .execute(&mut other)
            .await
            .unwrap();
        let start = Instant::now();
        let census = examination.count().await.unwrap();
        assert!(census.cut_short);
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        examination.close().await;
    });
}

#[test]
fn a_server_that_refuses_or_takes_no_writes_is_told_with_its_reason() {
    let env = TestEnv::nowhere();
    let cluster = Cluster::start(&[], &["host all stranger 127.0.0.1/32 scram-sha-256"]);
    on(&env, &cluster.url("postgres"), "migrate").ok();
    let sql = "CREATE ROLE stranger LOGIN PASSWORD 'right'; CREATE ROLE nobody LOGIN; CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA canvas TO guest; \
               CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA canvas TO reader; \
               GRANT SELECT ON ALL TABLES IN SCHEMA canvas TO reader";
    env.wait(async {
        let mut owner = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut owner).await.unwrap();
        owner.close().await.unwrap();
    });
    let of = |user: &str| cluster.url("postgres").replace("postgres@", &format!("{user}@"));

    let mut transcripts = Vec::new();
    let mut look = |title: &str, url: &str, code: i32, step: &str| {
        assert_eq!(failed(&report(&on(&env, url, "doctor --json"), code)), step, "{title}");
        let ran = on(&env, url, "doctor --output csv");
        transcripts.push(format!("{title}\n{}", ran.transcript()));
    };
    look("no such database", &cluster.url("nowhere"), 2, "log_in");
    look("a wrong password", &of("stranger:wr0ng"), 4, "log_in");
    look("no privileges", &of("nobody"), 4, "privileges");
    look("the schema alone", &of("guest"), 4, "privileges");
    look("a reader", &of("reader"), 4, "writable");
    look("a standby", &cluster.standby().url("postgres"), 4, "writable");
    let told = transcripts.join("\n");
    assert!(!told.contains("wr0ng"));
    env.check("doctor_refused", &told);
    // Who only wants to read is content with both.
    report(&on(&env, &of("reader"), "doctor --json --read-only"), 0);
}

/// A pooler in front of a server, ended with the test.
struct Pooler(Child, u16);

impl Pooler {
    fn before(cluster: &Cluster, mode: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[databases]\npostgres = user=postgres host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
            cluster.port()
        );
        let file = cluster.write("pooler.ini", &settings);
        let child = as_owner("/usr/sbin/pgbouncer").arg("--quiet").arg(file).spawn().expect("pgbouncer is installed");
        let pooler = Self(child, port);
        let reached = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        assert!((0..200).any(|_| reached() || {
            std::thread::sleep(Duration::from_millis(25));
            false
        }));
        pooler
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.1)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_pooler_in_transaction_mode_is_recognised_and_one_in_session_mode_serves() {
    let (env, cluster) = (TestEnv::nowhere(), Cluster::start(&[], &[]));
    on(&env, &cluster.url("postgres"), "migrate").ok();
    let transaction = Pooler::before(&cluster, "transaction");
    let ran = on(&env, &transaction.url(), "doctor --json");
    assert_eq!(failed(&report(&ran, 2)), "pooling");
    assert_eq!(ran.error(2)["kind"], "pooled");
    // The other commands meet what their predecessors prepared, unless the pooler is new enough to sort that out.
    let mut lists = (0..3).map(|_| on(&env, &transaction.url(), "list --json"));
    assert!(lists.all(|ran| ran.code == 0 || ran.error(2)["kind"] == "pooled"));
    let session = Pooler::before(&cluster, "session");
    report(&on(&env, &session.url(), "doctor --json"), 0);
    let unknown = report(&on(&env, &format!("{}_of_another_name", session.url()), "doctor --json"), 7);
    assert_eq!(failed(&unknown), "log_in");
    // In the pooler's own words, which differ between its versions.
    let told = step(&unknown, "log_in")["detail"].as_str().unwrap();
    assert!(told.contains("bouncer config error") || told.contains("no such database"), "{told}");
}
