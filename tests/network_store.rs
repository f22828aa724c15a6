//! The store on a broken network, measured: what it says is true, it says so in time, and nothing stays on the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::provision::{Certainty, Provisioned, Provisioner};
use host_provisioner::store::{self, SessionFilter, Settings, Store, StoreError, Target};

use crate::support::postgres::TestPg;
use crate::support::proxy::{Cut, Fault, How, Proxy, Then, commit};
use crate::support::requests::{PROVISION, change, opens, provisioner, request};
use crate::support::site::{ROWS, SECOND};

/// What a loaded machine adds to the end of a wait.
const SLACK: Duration = Duration::from_millis(700);

const DEADLINE: Duration = Duration::from_secs(2);

/// A database, and a store that reaches it through a proxy.
struct Place {
    db: TestPg,
    proxy: Proxy,
    store: Arc<dyn Store>,
}

/// A store that reaches a database through a proxy.
pub(crate) async fn through(db: &TestPg, timeout: Duration) -> (Proxy, Arc<dyn Store>) {
    let proxy = Proxy::before(&db.url());
    let target = Target::parse(proxy.url()).unwrap();
    let store = store::connect(Settings { target, timeout, read_only: false }, None).await.unwrap();
    (proxy, store)
}

impl Place {
    async fn new() -> Self {
        Self::patient(DEADLINE).await
    }

    async fn patient(timeout: Duration) -> Self {
        let db = TestPg::with_old_rows(ROWS).await;
        let (proxy, store) = through(&db, timeout).await;
        Self { db, proxy, store }
    }

    /// A store that reaches the server straight.
    async fn straight(&self) -> Provisioner {
        provisioner(&store::connect(self.db.settings(), None).await.unwrap())
    }

    async fn rotate(&self) -> Result<Provisioned, StoreError> {
        change(&provisioner(&self.store), &request(1, PROVISION), &Expected::Anything).await
    }

    /// Rotates, and gives how long it took.
    async fn timed(&self) -> (Result<Provisioned, StoreError>, Duration) {
        let start = Instant::now();
        (self.rotate().await, start.elapsed())
    }

    async fn opens(&self, guid: &HostGuid) -> bool {
        opens(&self.straight().await, 1, guid).await
    }
}

fn cut(at: fn(&str) -> bool, forwarded: bool, how: How, then: Then) -> Fault {
    Fault::Cut(Cut { at, forwarded, how, then })
}

/// Every statement of a rotation, in their order.
const STATEMENTS: [fn(&str) -> bool; 8] = [
    |text| text.starts_with("BEGIN"),
    |text| text.contains("pg_advisory_xact_lock"),
    |text| text.contains(r#"FROM "Sessions" AS s"#),
    |text| text.contains(r#"FROM "HostSessions" AS h"#),
    |text| text.contains(r#"FROM "HostSessionEvents" AS e"#),
    |text| text.starts_with(r#"UPDATE "HostSessions""#),
    |text| text.starts_with(r#"INSERT INTO "HostSessionEvents""#),
    commit,
];

#[tokio::test]
async fn wherever_the_connection_is_lost_a_rotation_is_done_or_not_and_told_so() {
    let place = Place::patient(Duration::from_secs(10)).await;
    for (turn, at) in STATEMENTS.into_iter().enumerate() {
        for (how, forwarded) in [(How::Close, false), (How::Reset, true)] {
            let before = place.db.dump().await;
            place.proxy.set(cut(at, forwarded, how, Then::Same));
            let end = place.rotate().await;
            place.proxy.heal();
            let committed = turn == STATEMENTS.len() - 1 && forwarded;
            match end {
                Ok(done) => {
                    assert_eq!((committed, done.certainty), (true, Certainty::Committed), "{turn} {how:?}");
                    assert!(place.opens(&done.guid.unwrap()).await, "{turn} {how:?}");
                }
                Err(StoreError::Unavailable { .. }) => {
                    assert!(!committed, "{turn} {how:?}");
                    assert_eq!(place.db.dump().await, before, "{turn} {how:?}");
                }
                Err(other) => panic!("{turn} {how:?}: {other:?}"),
            }
        }
    }
    // Three attempts before the COMMIT, one after it.
    assert_eq!(place.proxy.cuts(), (STATEMENTS.len() - 1) * 2 * 3 + 2);
}

#[tokio::test]
async fn a_connection_that_is_lost_once_before_the_commit_is_replaced_within_the_deadline() {
    let place = Place::patient(Duration::from_secs(10)).await;
    place.proxy.set(cut(STATEMENTS[6], true, How::Reset, Then::Same));
    let heal = async {
        while place.proxy.cuts() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        place.proxy.heal();
    };
    let (done, ()) = tokio::join!(place.rotate(), heal);
    assert!(place.opens(&done.unwrap().guid.unwrap()).await);
    assert_eq!(place.db.number(r#"SELECT count(*) FROM "HostSessionEvents""#).await, 1);
}

/// Rotates on a network that falls silent at a statement; then another operator does so straight at the server.
async fn silent(db: &TestPg, id: i64, at: fn(&str) -> bool, forwarded: bool) {
    let (proxy, store) = through(db, DEADLINE).await;
    proxy.set(cut(at, forwarded, How::Silence, Then::Same));
    let (asked, start) = (request(id, PROVISION), Instant::now());
    let end = change(&provisioner(&store), &asked, &Expected::Anything).await;
    assert!(start.elapsed() < DEADLINE + SECOND + SLACK, "it took {:?}", start.elapsed());
    let other = provisioner(&store::connect(db.settings(), None).await.unwrap());
    match end {
        Ok(done) => assert!(at("COMMIT") && forwarded && opens(&other, id, &done.guid.unwrap()).await),
        Err(StoreError::TooSlow { .. }) => assert!(!(at("COMMIT") && forwarded)),
        Err(other) => panic!("{other:?}"),
    }
    assert_eq!(proxy.cuts(), 1);
    // The server was never told that the connection is gone.
    let freed = tokio::time::timeout(DEADLINE + SECOND, change(&other, &asked, &Expected::Anything));
    freed.await.expect("another operator has the session").unwrap();
}

#[tokio::test]
async fn wherever_the_network_falls_silent_a_rotation_ends_in_time_and_the_server_lets_the_session_go() {
    let db = TestPg::with_old_rows(ROWS).await;
    for forwarded in [false, true] {
        join_all((1..).zip(STATEMENTS).map(|(id, at)| silent(&db, id, at, forwarded))).await;
    }
}

/// Loses a COMMIT on a network that is dark afterwards; gives what was said, and how long it took.
async fn unknown(place: &Place, forwarded: bool, how: How) -> Provisioned {
    place.proxy.set(cut(commit, forwarded, how, Then::Dark));
    let (end, took) = place.timed().await;
    let unknown = end.unwrap();
    assert_eq!(unknown.certainty, Certainty::Unknown);
    assert!(took < DEADLINE + SECOND + SLACK, "it took {took:?}");
    unknown
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_as_soon_as_the_server_answers() {
    for how in [How::Silence, How::Reset, How::Close] {
        for forwarded in [false, true] {
            let place = Place::new().await;
            let told = unknown(&place, forwarded, how).await;
            let start = Instant::now();
            assert!(place.store.settle(told.applied.plan.session, told.event).await.is_err());
            assert!(start.elapsed() < DEADLINE + SLACK);
            place.proxy.heal();
            let start = Instant::now();
            let settled = place.store.settle(told.applied.plan.session, told.event).await.unwrap();
            assert!(start.elapsed() < DEADLINE, "{how:?}");
            assert_eq!(settled, forwarded, "{how:?}");
            assert_eq!(place.opens(&told.guid.unwrap()).await, forwarded, "{how:?}");
        }
    }
}

#[tokio::test]
async fn an_outcome_is_settled_within_the_deadline_when_the_server_comes_back() {
    for forwarded in [false, true] {
        let place = Place::patient(Duration::from_secs(20)).await;
        place.proxy.set(cut(commit, forwarded, How::Reset, Then::Down));
        let back = async {
            while place.proxy.cuts() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            // Reset at once and over and over, as by a server that starts again.
            tokio::time::sleep(Duration::from_millis(700)).await;
            place.proxy.heal();
        };
        let ((end, took), ()) = tokio::join!(place.timed(), back);
        assert!(took < Duration::from_secs(10), "it took {took:?}");
        assert_eq!(end.is_ok(), forwarded);
    }
}

#[tokio::test]
async fn an_idle_connection_that_was_lost_is_replaced_for_a_read_and_for_a_change() {
    let place = Place::new().await;
    for how in [How::Reset, How::Close] {
        for turn in 0..2 {
            place.proxy.set(cut(|_| true, false, how, Then::Same));
            assert!(place.store.count_sessions(&SessionFilter::default()).await.is_err(), "every connection is cut");
            place.proxy.heal();
            place.store.count_sessions(&SessionFilter::default()).await.unwrap();
            // Cut behind the back of the store.
            place.db.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'host-provisioner' AND datname = current_database()").await;
            if turn == 0 {
                place.store.count_sessions(&SessionFilter::default()).await.unwrap();
            } else {
                place.rotate().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn after_a_read_that_hung_no_other_idle_connection_is_tried() {
    let place = Place::new().await;
    let all = SessionFilter::default();
    let count = || place.store.count_sessions(&all);
    let several = || async { tokio::try_join!(count(), count(), count()) };
    several().await.unwrap();
    let before = place.proxy.accepted();
    assert!(before >= 2, "several are idle");
    place.proxy.set(Fault::Dark);
    let start = Instant::now();
    assert!(matches!(place.store.count_sessions(&SessionFilter::default()).await, Err(StoreError::TooSlow { .. })));
    assert!(start.elapsed() < DEADLINE + SLACK);
    place.proxy.heal();
    place.store.count_sessions(&SessionFilter::default()).await.unwrap();
    assert_eq!(place.proxy.accepted(), before + 1);
}

#[tokio::test]
async fn connecting_is_part_of_the_deadline_of_a_single_command() {
    let db = TestPg::with_old_rows(ROWS).await;
    let proxy = Proxy::before(&db.url());
    let settings = Settings { target: Target::parse(proxy.url()).unwrap(), timeout: DEADLINE * 2, read_only: false };
    proxy.set(Fault::Latency(Duration::from_millis(60)));
    let start = Instant::now();
    let store = store::connect_once(settings).await.unwrap();
    let connected = start.elapsed();
    assert!(connected > SLACK, "it took {connected:?}, so that it would not be missed");
    proxy.set(Fault::Dark);
    assert!(matches!(store.count_sessions(&SessionFilter::default()).await, Err(StoreError::TooSlow { .. })));
    assert!(matches!(store.snapshot(request(1, PROVISION).session).await, Err(StoreError::TooSlow { .. })));
    assert!(start.elapsed() < DEADLINE * 2 + SLACK, "it took {:?}", start.elapsed());
}
