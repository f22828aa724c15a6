//! The demo world: what it shows, and that it is sound.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use host_provisioner::domain::hash::HashScheme;
use host_provisioner::domain::host_record::RecordState;
use host_provisioner::domain::order::Order;
use host_provisioner::domain::sanitize::is_hostile;
use host_provisioner::domain::time::Timestamp;
use host_provisioner::store::{
    HistoryPage, HistoryQuery, Page, SessionFilter, SessionQuery, SessionRow, Store, StoreError,
};

use crate::support::database::TestDb;
use crate::support::requests::{SetClock, provisioner, session};

const NOW: &str = "2026-11-22T12:00:00.250000Z";

/// A demo world of so many sessions, at a fixed instant.
async fn demo(sessions: u32) -> (TestDb, Arc<dyn Store>) {
    let (db, clock) = (TestDb::nowhere(), SetClock::at(NOW));
    host_provisioner::demo::world(&db.path, sessions, Arc::<SetClock>::clone(&clock)).await.unwrap();
    let store = db.store_at(clock).await;
    (db, store)
}

async fn page(store: &Arc<dyn Store>, limit: u32) -> Vec<SessionRow> {
    let query = SessionQuery { filter: SessionFilter::default(), order: Order::default(), page: Page::First, limit };
    store.sessions(&query).await.unwrap()
}

#[tokio::test]
async fn a_history_of_several_people_verifies() {
    let (_db, store) = demo(60).await;
    let report = provisioner(&store).verify_audit().await.unwrap();
    assert_eq!((report.damage, report.entries), (vec![], 12));
    let entries = store.history(&HistoryQuery { session: None, page: HistoryPage::Newest, limit: 100 }).await.unwrap();
    let bodies: Vec<_> = entries.iter().map(|entry| entry.parse_body().unwrap()).collect();
    let people: BTreeSet<&str> = bodies.iter().map(|body| body.by.as_str()).collect();
    let actions: BTreeSet<&str> = bodies.iter().map(|body| body.action.word()).collect();
    assert!(people.len() >= 3, "{people:?}");
    assert_eq!(actions.into_iter().collect::<Vec<_>>(), ["created", "force_created", "revoked", "rotated"]);
    assert!(bodies.is_sorted_by(|newer, older| newer.at > older.at));
    assert!(bodies.iter().all(|body| body.at.as_str() < NOW));
}

#[tokio::test]
async fn the_first_page_shows_every_kind_of_session_and_record() {
    let (_db, store) = demo(60).await;
    let rows = page(&store, 20).await;
    let now = store.clock().now();
    let statuses: BTreeSet<_> = rows.iter().map(|row| row.session.status.as_deref().unwrap()).collect();
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), ["Active", "Completed", "Created", "Expired"]);
    let states: Vec<RecordState> = rows.iter().flat_map(|row| &row.active).map(|record| record.state(now)).collect();
    for state in [RecordState::Active, RecordState::Expired, RecordState::Duplicate] {
        assert!(states.contains(&state), "{state:?}");
    }
    assert!(rows.iter().any(|row| row.active.is_empty()));
    assert!(rows.iter().any(|row| row.active.len() == 5));
    let first = &rows[0].session;
    assert_eq!((first.title.as_deref(), first.participant_count), (Some("Review of the word ISLAM"), Some(14)));
    assert!(rows[0].active[0].last_used_at.is_some());
    let titles: Vec<&str> = rows.iter().filter_map(|row| row.session.title.as_deref()).collect();
    assert!(titles.iter().filter(|title| title.contains(is_hostile)).count() >= 4);
    assert!(titles.iter().any(|title| title.chars().count() == 200));
    assert!(rows.iter().any(|row| row.session.title.is_none()));
}

#[tokio::test]
async fn no_instant_of_the_past_lies_ahead() {
    let (_db, store) = demo(500).await;
    let now = store.clock().now();
    let past = |at: Option<Timestamp>| at.is_none_or(|at| at <= now);
    for row in page(&store, 500).await {
        let id = row.session.id;
        assert!(row.session.created_at <= now && past(row.session.started_at) && past(row.session.ended_at), "{id}");
        for record in store.snapshot(id).await.unwrap().records {
            assert!(record.created_at <= now && past(record.last_used_at) && past(record.revoked_at), "{id}");
            assert_eq!(record.is_active, record.revoked_at.is_none(), "{id}");
        }
    }
}

#[tokio::test]
async fn what_the_old_tool_left_has_its_form_of_hash() {
    let (_db, store) = demo(60).await;
    let untouched = store.snapshot(session(10)).await.unwrap();
    assert_eq!(untouched.records.len(), 5);
    assert!(untouched.records.iter().all(|record| HashScheme::of(&record.hash) == Some(HashScheme::Legacy)));
}

#[tokio::test]
async fn the_same_number_gives_the_same_world_but_for_the_hashes() {
    let (one, two) = (demo(250).await.0, demo(250).await.0);
    assert_eq!(one.dump_table("Sessions").await, two.dump_table("Sessions").await);
    let records = r#"SELECT "SessionId" || "CreatedAt" || "IsActive" || "LegacyDuplicate" || quote("CreatedBy") FROM "HostSessions""#;
    assert_eq!(one.texts(records).await, two.texts(records).await);
    assert_ne!(one.dump_table("HostSessions").await, two.dump_table("HostSessions").await);
}

#[tokio::test]
async fn any_number_of_sessions_can_be_asked_for() {
    for sessions in [0, 1, 7, 99, 100, 101] {
        let (_db, store) = demo(sessions).await;
        assert_eq!(store.count_sessions(&SessionFilter::default()).await.unwrap(), u64::from(sessions));
        assert_eq!(provisioner(&store).verify_audit().await.unwrap().damage, []);
    }
}

#[tokio::test]
async fn the_file_is_its_owners_alone_and_another_one_is_never_overwritten() {
    let (db, store) = demo(3).await;
    assert_eq!(std::fs::metadata(&db.path).unwrap().permissions().mode() & 0o777, 0o600);
    let clock = SetClock::at(NOW);
    let again = host_provisioner::demo::world(&db.path, 5, clock).await;
    assert!(matches!(again, Err(StoreError::NotOurs { .. })), "{again:?}");
    assert_eq!(store.count_sessions(&SessionFilter::default()).await.unwrap(), 3);
}
