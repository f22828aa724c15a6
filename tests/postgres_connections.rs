//! What the server sees of the store's connections: none outlives an error, and none waits longer than was left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::overview::MaxAge;
use host_provisioner::domain::session::NewSession;
use host_provisioner::provision::Provisioned;
use host_provisioner::store::{self, SessionFilter, Settings, Store, StoreError};
use sqlx::raw_sql;
use tokio_util::sync::CancellationToken;

use crate::network_store::through;
use crate::support::between::{Between, Lie};
use crate::support::postgres::TestPg;
use crate::support::proxy::Fault;
use crate::support::requests::{PROVISION, change, provisioner, request};
use crate::support::site::ROWS;

/// What a loaded machine adds to the end of a wait.
const SLACK: Duration = Duration::from_millis(700);

const OURS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'host-provisioner'";

async fn world() -> TestPg {
    TestPg::with_old_rows(ROWS).await
}

async fn store_of(db: &TestPg, timeout: Duration) -> Arc<dyn Store> {
    store::connect(Settings { timeout, ..db.settings() }, None).await.unwrap()
}

async fn rotate(store: &Arc<dyn Store>, id: i64) -> Result<Provisioned, StoreError> {
    change(&provisioner(store), &request(id, PROVISION), &Expected::Anything).await
}

/// Our connections, as the server has them.
async fn ours(db: &TestPg) -> Vec<String> {
    db.texts(&format!("SELECT pid::text {OURS} ORDER BY backend_start")).await
}

/// Waits until the server has so few of our connections, or of those in such a state.
async fn until_none(db: &TestPg, which: &str, patience: Duration) {
    let end = Instant::now() + patience;
    loop {
        let found = db.texts(&format!("SELECT pid || ' ' || state || ' ' || query {OURS} AND {which}")).await;
        if found.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "still there: {found:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Makes every change of a record run this first.
async fn before_each_update(db: &TestPg, statements: &str) {
    db.sql(&format!(
        r#"CREATE FUNCTION first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statements} RETURN NEW; END $$;
           CREATE TRIGGER first BEFORE UPDATE ON "HostSessions" FOR EACH ROW EXECUTE FUNCTION first()"#
    ))
    .await;
}

/// Makes a change fail; afterwards no transaction is open, its connection is gone, unless the rule alone declined, and
/// the next change works.
async fn nothing_is_left_of(
    db: &TestPg,
    store: &Arc<dyn Store>,
    failing: impl Future<Output = StoreError>,
) -> StoreError {
    rotate(store, 1).await.unwrap();
    let [lent] = &ours(db).await[..] else { panic!("one connection is idle") };
    let before = db.dump().await;
    let error = failing.await;
    let declined = matches!(error, StoreError::Refused(_) | StoreError::Conflict(_));
    let gone = if declined { "false" } else { &format!("pid = {lent}") };
    until_none(db, &format!("({gone} OR state <> 'idle')"), Duration::from_secs(5)).await;
    assert_eq!(db.dump().await, before);
    error
}

#[tokio::test]
async fn a_connection_that_saw_an_error_is_gone_with_its_transaction() {
    let db = world().await;
    let store = store_of(&db, Duration::from_secs(10)).await;
    let missing = async { rotate(&store, 77).await.unwrap_err() };
    assert!(matches!(nothing_is_left_of(&db, &store, missing).await, StoreError::Refused(_)));

    let conflict =
        async { change(&provisioner(&store), &request(2, PROVISION), &Expected::NoRecord).await.unwrap_err() };
    assert!(matches!(nothing_is_left_of(&db, &store, conflict).await, StoreError::Conflict(_)));

    let lying: Arc<dyn Store> = Arc::new(Between { real: Arc::clone(&store), lie: Lie::NothingOpens });
    let unread = async { rotate(&lying, 2).await.unwrap_err() };
    assert!(matches!(nothing_is_left_of(&db, &store, unread).await, StoreError::ReadBack { .. }));

    before_each_update(&db, r#"IF NEW."SessionId" = 2 THEN RAISE EXCEPTION 'not this one'; END IF;"#).await;
    let refused = async { rotate(&store, 2).await.unwrap_err() };
    assert!(matches!(nothing_is_left_of(&db, &store, refused).await, StoreError::Failed { .. }));

    db.sql(r#"CREATE TRIGGER second BEFORE INSERT ON "Sessions" FOR EACH ROW EXECUTE FUNCTION first(); ALTER TABLE "Sessions" ADD CONSTRAINT no_evening CHECK ("Title" <> 'Evening')"#).await;
    let new = NewSession::new("Evening", "Created").unwrap();
    let unadded = async { store.add_session(&new, "7DEA4261-9767-4218-8E12-E65B1364F5D8").await.unwrap_err() };
    assert!(matches!(nothing_is_left_of(&db, &store, unadded).await, StoreError::Failed { .. }));
}

#[tokio::test]
async fn a_cancelled_change_leaves_no_connection_and_no_lock() {
    let db = world().await;
    let store = store_of(&db, Duration::from_secs(30)).await;
    let mut other = db.open().await;
    raw_sql(r#"BEGIN; SELECT 1 FROM "HostSessions" WHERE "SessionId" = 2 FOR UPDATE"#)
        .execute(&mut other)
        .await
        .unwrap();
    let cancelled = async {
        let cancel = CancellationToken::new();
        let (provisioner, asked) = (provisioner(&store), request(2, PROVISION));
        let waiting = provisioner.change(&asked, &Expected::Anything, &|_| (), &cancel);
        let stop = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            cancel.cancel();
        };
        tokio::join!(waiting, stop).0.unwrap_err()
    };
    let start = Instant::now();
    rotate(&store, 1).await.unwrap();
    assert!(matches!(cancelled.await, StoreError::Cancelled));
    assert!(start.elapsed() < Duration::from_secs(5), "nothing is waited for");
    raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    until_none(&db, "true", Duration::from_secs(5)).await;
    rotate(&store, 2).await.unwrap();
}

#[tokio::test]
async fn a_question_that_somebody_gave_up_is_stopped_on_the_server() {
    let db = world().await;
    let store = store_of(&db, Duration::from_secs(30)).await;
    let mut other = db.open().await;
    raw_sql(r#"BEGIN; LOCK TABLE "HostSessionEvents""#).execute(&mut other).await.unwrap();
    let waits = format!("SELECT pid::text {OURS} AND wait_event_type = 'Lock'");
    {
        let counting = store.overview(MaxAge::new(Duration::from_hours(2160)));
        let seen = async {
            while db.texts(&waits).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            counted = counting => panic!("the table is locked: {counted:?}"),
            () = seen => {}
        }
    }
    until_none(&db, "state <> 'idle'", Duration::from_secs(5)).await;
    raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(store.overview(MaxAge::new(Duration::from_hours(2160))).await.unwrap().rotations(), 0);
}

#[tokio::test]
async fn the_servers_own_time_outs_are_what_was_left_and_end_with_the_transaction() {
    let db = world().await;
    db.sql(
        r#"CREATE TABLE canvas.noted (at serial, lock int, statement int, idle int);
           CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               INSERT INTO canvas.noted (lock, statement, idle) SELECT s[1], s[2], s[3] FROM (SELECT array_agg(setting::int ORDER BY
                   array_position(ARRAY['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'], name::text))
                   FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout')) AS found (s);
               RETURN NEW; END $$;
           CREATE TRIGGER noting BEFORE UPDATE ON "HostSessions" FOR EACH ROW EXECUTE FUNCTION note();
           CREATE TRIGGER noting BEFORE INSERT ON "Sessions" FOR EACH ROW EXECUTE FUNCTION note()"#,
    )
    .await;
    let timeout = Duration::from_secs(20);
    let (proxy, store) = through(&db, timeout).await;
    // BEGIN alone takes four times as long: there and back, prepared and executed.
    let latency = Duration::from_millis(100);
    proxy.set(Fault::Latency(latency));
    let start = Instant::now();
    rotate(&store, 1).await.unwrap();
    let took = start.elapsed();
    proxy.heal();
    let new = NewSession::new("Morning", "Created").unwrap();
    store.add_session(&new, "7DEA4261-9767-4218-8E12-E65B1364F5D8").await.unwrap();
    assert_eq!(ours(&db).await.len(), 1, "both were on one connection");
    let noted = db.texts("SELECT concat_ws(' ', lock, statement, idle) FROM canvas.noted ORDER BY at").await;
    let noted: Vec<Vec<u64>> =
        noted.iter().map(|row| row.split(' ').map(|number| number.parse().unwrap()).collect()).collect();
    let left = Duration::from_millis(noted[0][0]);
    assert_eq!(noted[0], [noted[0][0]; 3]);
    assert!(left + latency * 4 <= timeout && left + took >= timeout, "{left:?} of {timeout:?} after {took:?}");
    // The new session was inserted before its lock was asked for: these are the connection's own.
    assert_eq!(noted[1], [0, 20_000, 20_000]);
}

/// Rotates with a deadline that passes; nothing of it goes on, here or on the server.
async fn ends_at_the_deadline(db: &TestPg) {
    let timeout = Duration::from_secs(1);
    let store = store_of(db, timeout).await;
    let start = Instant::now();
    let error = rotate(&store, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::TooSlow { .. } | StoreError::Unavailable { .. }), "{error:?}");
    assert!(start.elapsed() < timeout + SLACK, "{:?}", start.elapsed());
    until_none(db, "true", SLACK).await;
}

#[tokio::test]
async fn a_statement_of_a_change_is_cancelled_on_the_server_at_the_deadline() {
    let db = world().await;
    before_each_update(&db, "PERFORM pg_sleep(60);").await;
    ends_at_the_deadline(&db).await;
}

#[tokio::test]
async fn a_change_that_waits_for_a_lock_ends_at_the_deadline_and_stops_waiting_on_the_server() {
    let db = world().await;
    let mut other = db.open().await;
    // What connecting reads stays open to it.
    raw_sql(r#"BEGIN; LOCK TABLE "HostSessions""#).execute(&mut other).await.unwrap();
    ends_at_the_deadline(&db).await;
}

#[tokio::test]
async fn a_read_that_was_dropped_works_on_the_server_no_longer_than_a_deadline() {
    let db = world().await;
    let timeout = Duration::from_secs(2);
    let store = store_of(&db, timeout).await;
    let mut other = db.open().await;
    raw_sql(r#"BEGIN; LOCK TABLE "Sessions""#).execute(&mut other).await.unwrap();
    let start = Instant::now();
    let works = format!("SELECT count(*) {OURS} AND state = 'active'");
    let all = SessionFilter::default();
    tokio::select! {
        counted = store.count_sessions(&all) => panic!("nothing is counted behind a lock: {counted:?}"),
        () = async { while db.number(&works).await == 0 {} } => {}
    }
    until_none(&db, "true", (timeout + SLACK).saturating_sub(start.elapsed())).await;
}

#[tokio::test]
async fn every_read_ends_at_the_deadline_behind_a_lock() {
    let db = world().await;
    let timeout = Duration::from_secs(1);
    let store = store_of(&db, timeout).await;
    let mut other = db.open().await;
    raw_sql(r#"BEGIN; LOCK TABLE "Sessions", "HostSessions", "HostSessionEvents""#).execute(&mut other).await.unwrap();
    let all = store::HistoryQuery { session: None, page: store::HistoryPage::Newest, limit: 9 };
    let of_one = request(1, PROVISION).session;
    let start = Instant::now();
    let ends = tokio::join!(
        async { store.snapshot(of_one).await.err() },
        async { store.session_of(crate::support::requests::record(11)).await.err() },
        async { store.history(&all).await.err() },
        async { store.walk_audit(i64::MIN..=i64::MAX, &mut |_| ()).await.err() },
        async { store.settle(of_one, EventId::generate()).await.err() },
    );
    assert!(start.elapsed() < timeout + SLACK, "{:?}", start.elapsed());
    for end in [ends.0, ends.1, ends.2, ends.3, ends.4] {
        assert!(matches!(end, Some(StoreError::TooSlow { .. } | StoreError::Unavailable { .. })), "{end:?}");
    }
    until_none(&db, "true", timeout + SLACK).await;
}

#[tokio::test]
async fn the_connections_of_many_reads_are_few_and_are_lent_again() {
    let db = world().await;
    let store = store_of(&db, Duration::from_secs(30)).await;
    for _ in 0..3 {
        let reads = (0..12).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.count_sessions(&SessionFilter::default()).await.unwrap() })
        });
        for read in reads.collect::<Vec<_>>() {
            read.await.unwrap();
        }
        let kept = ours(&db).await.len();
        assert!(kept <= 4, "{kept} are kept");
    }
    let kept = ours(&db).await;
    store.count_sessions(&SessionFilter::default()).await.unwrap();
    assert_eq!(ours(&db).await, kept, "one of them was lent");
}
