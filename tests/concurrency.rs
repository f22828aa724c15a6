//! Many at once: of those who saw the same record one wins, on different sessions all do, and readers go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::order::Order;
use host_provisioner::domain::session::SessionId;
use host_provisioner::provision::{Provisioned, Provisioner};
use host_provisioner::store::{Page, SessionFilter, SessionQuery, StoreError};
use tokio::task::JoinSet;

use crate::support::database::TestDb;
use crate::support::requests::{
    FORCE_NEW, PROVISION, change, opens, provision, provisioner, request, request_by, session,
};
use crate::support::world::{OLD_TOOL, world};

const MANY: i64 = 16;

/// One over a shared store, or one over a store of its own for each, as separate programs would be.
async fn provisioners(db: &TestDb, shared: bool) -> Vec<Arc<Provisioner>> {
    let first = db.store().await;
    let mut all = Vec::new();
    for _ in 0..MANY {
        let store = if shared { Arc::clone(&first) } else { db.store().await };
        all.push(Arc::new(provisioner(&store)));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_rotations_that_saw_the_same_record_exactly_one_succeeds() {
    for shared in [true, false] {
        let db = world().await;
        let all = provisioners(&db, shared).await;
        let asked = request(OLD_TOOL.duplicates, PROVISION);
        let seen = all[0].preview(&asked, &Expected::Anything).await.unwrap().expected;
        let mut tasks = JoinSet::new();
        for (number, provisioner) in all.iter().cloned().enumerate() {
            let seen = seen.clone();
            let asked = request_by(OLD_TOOL.duplicates, PROVISION, &format!("Operator {number}"));
            tasks.spawn(async move { change(&provisioner, &asked, &seen).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        let winner: Provisioned = won.into_iter().next().unwrap().unwrap();
        let by = winner.applied.record.unwrap().created_by;
        for error in lost.into_iter().map(Result::unwrap_err) {
            assert!(matches!(&error, StoreError::Conflict(conflict) if conflict.by == by), "{error:?}");
        }
        assert!(opens(&all[0], OLD_TOOL.duplicates, &winner.guid.unwrap()).await);
        assert_eq!(all[0].verify_audit().await.unwrap().damage, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_first_provisions_that_saw_no_record_exactly_one_succeeds() {
    let db = world().await;
    let mut tasks = JoinSet::new();
    for provisioner in provisioners(&db, false).await {
        tasks.spawn(
            async move { change(&provisioner, &request(OLD_TOOL.no_record, PROVISION), &Expected::NoRecord).await },
        );
    }
    let ends = tasks.join_all().await;
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1);
    assert!(ends.iter().all(|end| matches!(end, Ok(_) | Err(StoreError::Conflict(_)))));
}

/// Without an expectation each is carried out after the other, and the last GUID is the one that works.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_rotations_that_expect_nothing_only_the_last_guid_works() {
    let db = world().await;
    let id = OLD_TOOL.one_record;
    let mut tasks = JoinSet::new();
    for (number, provisioner) in provisioners(&db, true).await.into_iter().enumerate() {
        let action = if number % 2 == 0 { PROVISION } else { FORCE_NEW };
        tasks.spawn(async move {
            change(&provisioner, &request(id, action), &Expected::Anything).await.unwrap().guid.unwrap()
        });
    }
    let guids = tasks.join_all().await;
    let provisioner = provisioner(&db.store().await);
    let mut working = 0;
    for guid in &guids {
        working += usize::from(opens(&provisioner, id, guid).await);
    }
    assert_eq!(working, 1);
    let report = provisioner.verify_audit().await.unwrap();
    assert_eq!((report.entries, report.damage), (u64::try_from(guids.len()).unwrap(), vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_rotations_of_different_sessions_all_succeed() {
    for shared in [true, false] {
        let row = |id| {
            format!(
                "INSERT INTO \"Sessions\" (\"SessionId\", \"GroupId\", \"CreatedAt\", \"ModifiedAt\") \
                 VALUES ({id}, 'g', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
                 INSERT INTO \"HostSessions\" (\"SessionId\", \"HostGuidHash\", \"CreatedAt\") \
                 VALUES ({id}, 'hash', '2026-01-01 00:00:00');"
            )
        };
        let rows: String = (1..=MANY).map(row).collect();
        let db = TestDb::with_old_rows(&rows).await;
        let all = provisioners(&db, shared).await;
        let mut tasks = JoinSet::new();
        for (id, provisioner) in (1..=MANY).zip(all.iter().cloned()) {
            tasks.spawn(async move {
                let seen = provisioner.preview(&request(id, PROVISION), &Expected::Anything).await.unwrap().expected;
                change(&provisioner, &request(id, PROVISION), &seen).await.map(|done| (id, done.guid.unwrap()))
            });
        }
        for end in tasks.join_all().await {
            let (id, guid) = end.unwrap();
            assert!(opens(&all[0], id, &guid).await);
        }
    }
}

#[tokio::test]
async fn readers_go_on_while_another_program_writes() {
    let db = world().await;
    let provisioner = provisioner(&db.store().await);
    let guid = provision(&provisioner, OLD_TOOL.one_record).await;
    let mut writer = db.open().await;
    sqlx::raw_sql("BEGIN IMMEDIATE; UPDATE \"HostSessions\" SET \"CreatedBy\" = 'in progress'")
        .execute(&mut writer)
        .await
        .unwrap();
    let start = Instant::now();
    assert!(opens(&provisioner, OLD_TOOL.one_record, &guid).await);
    let all = SessionQuery { filter: SessionFilter::default(), order: Order::default(), page: Page::First, limit: 10 };
    assert_eq!(provisioner.store().sessions(&all).await.unwrap().len(), 4);
    let read: SessionId = session(OLD_TOOL.one_record);
    assert_eq!(provisioner.store().snapshot(read).await.unwrap().records[0].created_by.as_deref(), Some("M. Keller"));
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    sqlx::raw_sql("ROLLBACK").execute(&mut writer).await.unwrap();
}
