//! What the server may be asked again: another transaction in the way, no room yet, not started yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use host_provisioner::domain::expected::Expected;
use host_provisioner::provision::{ProvisionEvent, Provisioned};
use host_provisioner::store::{self, SessionFilter, Settings, Store, StoreError, Target};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, raw_sql};
use tokio_util::sync::CancellationToken;

use crate::support::cluster::Cluster;
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;
use crate::support::requests::{PROVISION, provisioner, request};
use crate::support::site::{ROWS, SECOND, SLACK};

/// Rotates session 1; tells also how often it was planned, which is once for each attempt.
async fn rotate(store: &Arc<dyn Store>) -> (Result<Provisioned, StoreError>, u32) {
    let planned = AtomicU32::new(0);
    let tell = |event: ProvisionEvent| {
        planned.fetch_add(u32::from(matches!(event, ProvisionEvent::Found(..))), Ordering::Relaxed);
    };
    let asked = request(1, PROVISION);
    let end = provisioner(store).change(&asked, &Expected::Anything, &tell, &CancellationToken::new()).await;
    (end, planned.into_inner())
}

async fn world() -> (TestPg, Arc<dyn Store>) {
    let db = TestPg::with_old_rows(ROWS).await;
    let store = store::connect(db.settings(), None).await.unwrap();
    (db, store)
}

/// Makes the first so many changes of a record fail with this code.
async fn fail_first(db: &TestPg, times: u32, code: &str) {
    db.sql(&format!(
        r#"CREATE SEQUENCE canvas.tries;
           CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF nextval('canvas.tries') <= {times} THEN RAISE EXCEPTION 'drill' USING ERRCODE = '{code}'; END IF;
               RETURN NEW; END $$;
           CREATE TRIGGER failing BEFORE UPDATE ON "HostSessions" FOR EACH ROW EXECUTE FUNCTION failing()"#
    ))
    .await;
}

#[tokio::test]
async fn deadlocks_serialization_failures_and_lock_time_outs_are_tried_three_times() {
    for code in ["40001", "40P01", "55P03"] {
        let (db, store) = world().await;
        fail_first(&db, 2, code).await;
        let (end, attempts) = rotate(&store).await;
        assert!(end.is_ok() && attempts == 3, "{code}: {end:?} after {attempts}");
        let (db, store) = world().await;
        fail_first(&db, 3, code).await;
        let before = db.dump().await;
        let (end, attempts) = rotate(&store).await;
        assert!(matches!(end, Err(StoreError::Unavailable { .. })) && attempts == 3, "{code}: {end:?}");
        assert_eq!(db.dump().await, before, "{code}");
    }
}

#[tokio::test]
async fn an_error_that_another_attempt_would_not_mend_is_told_at_once() {
    let (db, store) = world().await;
    fail_first(&db, 1, "22012").await;
    let (end, attempts) = rotate(&store).await;
    assert!(matches!(end, Err(StoreError::Failed { .. })) && attempts == 1, "{end:?}");
}

#[tokio::test]
async fn the_victim_of_a_deadlock_tries_again_and_rotates() {
    let (db, store) = world().await;
    let mut other: PgConnection = db.open().await;
    // The server looks for a deadlock a second after somebody began to wait: only we do so.
    let hold =
        r#"SET deadlock_timeout = '60s'; BEGIN; UPDATE "HostSessions" SET "LastUsedAt" = now() WHERE "SessionId" = 1"#;
    raw_sql(hold).execute(&mut other).await.unwrap();
    let cross = async {
        let waits =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while db.number(waits).await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended('canvas.HostSessions', 1)); COMMIT";
        raw_sql(lock).execute(&mut other).await.unwrap();
    };
    let ((end, attempts), ()) = tokio::join!(rotate(&store), cross);
    end.unwrap();
    assert_eq!(attempts, 2);
    assert_eq!(db.number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await.min(1), 1);
    assert_eq!(db.number(r#"SELECT count(*) FROM "HostSessionEvents""#).await, 1);
}

/// A user of the server who may have one connection, dropped with all that it owns.
struct OneConnection<'a> {
    db: &'a TestPg,
    name: String,
}

impl<'a> OneConnection<'a> {
    async fn on(db: &'a TestPg) -> Self {
        let name = db.url().parse::<PgConnectOptions>().unwrap().get_database().unwrap().replace("test_", "role_");
        db.sql(&format!(
            "CREATE ROLE {name} LOGIN PASSWORD 'secret' CONNECTION LIMIT 1; GRANT USAGE ON SCHEMA canvas TO {name};
             GRANT SELECT ON ALL TABLES IN SCHEMA canvas TO {name}"
        ))
        .await;
        Self { db, name }
    }

    fn options(&self) -> PgConnectOptions {
        self.db.url().parse::<PgConnectOptions>().unwrap().username(&self.name).password("secret")
    }

    async fn drop(self) {
        self.db.sql(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name)).await;
    }
}

#[tokio::test]
async fn a_server_without_room_is_asked_again_until_there_is() {
    let db = TestPg::with_old_rows(ROWS).await;
    let role = OneConnection::on(&db).await;
    let other = role.options().connect().await.unwrap();
    let target = Target::parse(role.options().to_url_lossy().as_str()).unwrap();
    let settings = Settings { target, timeout: Duration::from_secs(30), read_only: true };
    let leave = async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        other.close().await.unwrap();
    };
    let start = Instant::now();
    let (store, ()) = tokio::join!(store::connect(settings, None), leave);
    let store = store.unwrap();
    assert!(start.elapsed() > Duration::from_millis(800));
    store.count_sessions(&SessionFilter::default()).await.unwrap();
    store.close().await;
    role.drop().await;
}

#[test]
fn a_server_that_never_has_room_is_told_so_at_the_deadline() {
    let env = TestEnv::nowhere();
    let db = env.wait(TestPg::with_old_rows(ROWS));
    let role = env.wait(OneConnection::on(&db));
    let other = env.wait(role.options().connect()).unwrap();
    let mut command = env.bare(["list", "--json", "--timeout", "2s"]);
    command.env("HOST_PROVISIONER_DATABASE_URL", role.options().to_url_lossy().as_str());
    let start = Instant::now();
    let ran = crate::support::program::end_of(command.spawn().unwrap());
    assert!(start.elapsed() < Duration::from_secs(2) + SECOND + SLACK && start.elapsed() > Duration::from_secs(1));
    let error = ran.error(7);
    assert!(error["message"].as_str().unwrap().contains("no room for another connection"), "{error}");
    env.wait(other.close()).unwrap();
    env.wait(role.drop());
}

/// A standby that takes no reads says for ever that it is starting.
#[test]
fn a_server_that_is_starting_is_asked_again_until_it_has_or_the_deadline_is_over() {
    let env = TestEnv::nowhere();
    let cluster = Cluster::start(&[], &[]);
    let settings =
        |url: &str| Settings { target: Target::parse(url).unwrap(), timeout: Duration::from_mins(1), read_only: false };
    env.wait(store::migrate(&settings(&cluster.url("postgres")), &CancellationToken::new())).unwrap();
    cluster.stop("fast").unwrap();
    cluster.start_closed();
    let run = |timeout: &str| {
        let mut command = env.bare(["list", "--json", "--timeout", timeout]);
        command.env("HOST_PROVISIONER_DATABASE_URL", cluster.url("postgres"));
        command.spawn().unwrap()
    };
    let error = crate::support::program::end_of(run("2s")).error(7);
    assert!(error["message"].as_str().unwrap().contains("the server is starting or stopping"), "{error}");
    let patient = run("60s");
    cluster.promote();
    assert_eq!(crate::support::program::end_of(patient).ok(), "[]\n");
}
