//! A server that crashes during rotations: no acknowledged one is lost, none is half done, and what was said is true.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::provision::{Certainty, Provisioner};
use host_provisioner::store::{self, HistoryPage, HistoryQuery, Settings, Store, Target};
use sqlx::{ConnectOptions as _, Connection as _, raw_sql};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::support::cluster::Cluster;
use crate::support::requests::{PROVISION, change, opens, provisioner, request, session};
use crate::support::site::ROWS;

/// How often the server is killed at least, unless [`MORE`] says otherwise.
const KILLS: u64 = 4;

/// Rotations that must have ended before the test does.
const ROTATIONS: usize = 200;

/// Set to a number of kills, it makes the test as long.
const MORE: &str = "HOST_PROVISIONER_TEST_SERVER_KILLS";

/// Sessions that are rotated at once, each over and over.
const AT_ONCE: i64 = 8;

/// A kill comes at most so many milliseconds after the rotations have begun.
const SPREAD: u64 = 300;

/// What became of the rotations of one session.
struct Told {
    id: i64,
    /// The GUID of the latest one that was committed.
    newest: Option<HostGuid>,
    committed: usize,
    refused: usize,
    /// Lost COMMITs that could not be looked up before the deadline.
    unknown: usize,
}

impl Told {
    /// Rotates until the server is back, and notes what is said; an unknown outcome is settled.
    async fn rotate(&mut self, provisioner: &Provisioner, is_back: &AtomicBool) {
        while !is_back.load(Ordering::SeqCst) {
            let Ok(done) = change(provisioner, &request(self.id, PROVISION), &Expected::Anything).await else {
                self.refused += 1;
                // Nothing listens for a moment.
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            let committed = match done.certainty {
                Certainty::Committed => true,
                Certainty::Unknown => {
                    self.unknown += 1;
                    settled(provisioner, self.id, done.event).await
                }
            };
            if committed {
                self.committed += 1;
                self.newest = done.guid;
            }
        }
    }

    /// Compares what was said with what the database holds.
    async fn is_true(&self, provisioner: &Provisioner) {
        let query = HistoryQuery { session: Some(session(self.id)), page: HistoryPage::Newest, limit: 10_000 };
        let entries = provisioner.store().history(&query).await.unwrap().len();
        assert_eq!(entries, self.committed, "session {}", self.id);
        if let Some(newest) = &self.newest {
            assert!(opens(provisioner, self.id, newest).await, "session {}", self.id);
        }
    }
}

async fn settled(provisioner: &Provisioner, id: i64, event: host_provisioner::domain::event_id::EventId) -> bool {
    loop {
        if let Ok(committed) = provisioner.settle(session(id), event).await {
            return committed;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Crashes the server and starts it again.
async fn crash(cluster: &Arc<Cluster>, after: Duration, is_back: &AtomicBool) {
    sleep(after).await;
    let cluster = Arc::clone(cluster);
    let crashed = tokio::task::spawn_blocking(move || {
        cluster.stop("immediate").unwrap();
        cluster.start_again();
    });
    crashed.await.unwrap();
    is_back.store(true, Ordering::SeqCst);
}

async fn world(cluster: &Cluster) -> Arc<dyn Store> {
    let url = cluster.url("postgres");
    let settings =
        Settings { target: Target::parse(&url).unwrap(), timeout: Duration::from_secs(20), read_only: false };
    store::migrate(&settings, &CancellationToken::new()).await.unwrap();
    let mut connection = url.parse::<sqlx::postgres::PgConnectOptions>().unwrap().connect().await.unwrap();
    let rows = sqlx::AssertSqlSafe(format!("SET search_path = canvas; {ROWS}"));
    raw_sql(rows).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    store::connect(settings, None).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_during_rotations_loses_none_that_was_acknowledged_and_leaves_none_half_done() {
    let kills = std::env::var(MORE).map_or(KILLS, |kills| kills.parse().expect("a number of kills"));
    let cluster = Arc::new(Cluster::start(&["fsync = on"], &[]));
    let store = world(&cluster).await;
    let provisioner = provisioner(&store);
    let mut all: Vec<Told> =
        (1..=AT_ONCE).map(|id| Told { id, newest: None, committed: 0, refused: 0, unknown: 0 }).collect();
    let sum = |all: &[Told], of: fn(&Told) -> usize| all.iter().map(of).sum::<usize>();
    let mut kill = 0;
    while kill < kills || sum(&all, |told| told.committed + told.refused) < ROTATIONS {
        let (after, is_back) =
            (Duration::from_millis(RandomState::new().hash_one(kill) % SPREAD), AtomicBool::new(false));
        let rotations = join_all(all.iter_mut().map(|told| told.rotate(&provisioner, &is_back)));
        tokio::join!(rotations, crash(&cluster, after, &is_back));
        for told in &all {
            told.is_true(&provisioner).await;
        }
        let report = provisioner.verify_audit().await.unwrap();
        assert!(report.damage.is_empty(), "{:?}", report.damage);
        kill += 1;
    }
    let (committed, refused) = (sum(&all, |told| told.committed), sum(&all, |told| told.refused));
    println!(
        "{kill} kills: {committed} committed, {refused} not done, {} unknown at first",
        sum(&all, |told| told.unknown)
    );
    assert!(committed > 0 && refused > 0);
}
