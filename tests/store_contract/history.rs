//! The contract about the history.

use std::sync::Arc;

use host_provisioner::domain::audit::Trail;
use host_provisioner::domain::chain::StoredEntry;
use host_provisioner::domain::session::SessionId;
use host_provisioner::store::{HistoryPage, HistoryQuery, Store};

use super::Database;
use super::one_session::{NOW, apply};
use crate::support::requests::{PROVISION, SetClock, session};

/// Changes sessions 1 and 7 in turn, six times.
async fn with_history(db: &dyn Database) -> Arc<dyn Store> {
    let store = db.store(SetClock::at(NOW)).await;
    for turn in 0..6 {
        let id = if turn % 2 == 0 { 1 } else { 7 };
        apply(&*store, id, PROVISION, &format!("hash of turn {turn}")).await.unwrap();
    }
    store
}

async fn entries(store: &dyn Store, of: Option<SessionId>, page: HistoryPage, limit: u32) -> Vec<StoredEntry> {
    store.history(&HistoryQuery { session: of, page, limit }).await.unwrap()
}

fn places(entries: &[StoredEntry]) -> Vec<(i64, i64)> {
    entries.iter().map(|entry| (entry.session, entry.seq)).collect()
}

const NEWEST_FIRST: [(i64, i64); 6] = [(7, 3), (1, 3), (7, 2), (1, 2), (7, 1), (1, 1)];

pub(crate) async fn the_history_comes_newest_first(db: &dyn Database) {
    let store = with_history(db).await;
    let all = entries(&*store, None, HistoryPage::Newest, 100).await;
    assert_eq!(places(&all), NEWEST_FIRST);
    assert_eq!((all[0].action.as_str(), all[0].at.as_str()), ("rotated", NOW));
    assert_eq!(all[0].parse_body().unwrap().event, all[0].event_id);
}

pub(crate) async fn the_history_of_one_session_leaves_the_others_out(db: &dyn Database) {
    let store = with_history(db).await;
    assert_eq!(places(&entries(&*store, Some(session(1)), HistoryPage::Newest, 100).await), [(1, 3), (1, 2), (1, 1)]);
    assert_eq!(places(&entries(&*store, Some(session(2)), HistoryPage::Newest, 100).await), []);
}

pub(crate) async fn the_history_pages_without_gap_or_repetition(db: &dyn Database) {
    let store = with_history(db).await;
    for (of, expected) in [(None, NEWEST_FIRST.to_vec()), (Some(session(7)), vec![(7, 3), (7, 2), (7, 1)])] {
        let (mut seen, mut from) = (Vec::new(), HistoryPage::Newest);
        loop {
            let page = entries(&*store, of, from, 2).await;
            let Some(last) = page.last() else { break };
            from = HistoryPage::Before(last.event_id.clone());
            seen.extend(places(&page));
            assert!(seen.len() <= expected.len(), "{seen:?}");
        }
        assert_eq!(seen, expected);
    }
}

/// What a walk shows of one session.
struct Shown {
    session: i64,
    exists: bool,
    entries: Vec<(i64, i64)>,
    records: usize,
}

async fn walked(store: &dyn Store) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut visit = |Trail { session, exists, entries, records, .. }: Trail<&str>| {
        let entries = entries.iter().map(|entry| (entry.session, entry.seq)).collect();
        shown.push(Shown { session, exists, entries, records: records.len() });
    };
    store.walk_audit(i64::MIN..=i64::MAX, &mut visit).await.unwrap();
    shown
}

pub(crate) async fn a_walk_shows_every_session_with_entries_or_records_once_in_order(db: &dyn Database) {
    let store = with_history(db).await;
    let trails = walked(&*store).await;
    let shown: Vec<(i64, usize, usize)> =
        trails.iter().map(|trail| (trail.session, trail.entries.len(), trail.records)).collect();
    assert_eq!(shown, [(1, 3, 1), (2, 0, 1), (3, 0, 1), (4, 0, 1), (7, 3, 4), (8, 0, 1), (5_000_000_000, 0, 1)]);
    assert!(trails.iter().all(|trail| trail.exists));
    assert_eq!(trails[4].entries, [(7, 1), (7, 2), (7, 3)]);
}

pub(crate) async fn a_walk_shows_the_chain_of_a_deleted_session(db: &dyn Database) {
    let store = with_history(db).await;
    db.sql("DELETE FROM \"Sessions\" WHERE \"SessionId\" = 7").await;
    let trails = walked(&*store).await;
    let deleted = trails.iter().find(|trail| trail.session == 7).unwrap();
    assert_eq!((deleted.exists, deleted.entries.len(), deleted.records), (false, 3, 0));
}

/// More sessions than one batch holds.
pub(crate) async fn a_walk_of_many_sessions_loses_none(db: &dyn Database) {
    db.sql(
        "INSERT INTO \"Sessions\" (\"SessionId\", \"GroupId\", \"CreatedAt\", \"ModifiedAt\") \
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5099) \
         SELECT i, 'de562439-e9c1-4823-a960-89bca71f3d1a', '2026-09-04 08:28:00', '2026-09-04 08:28:00' FROM n",
    )
    .await;
    db.sql(
        "INSERT INTO \"HostSessions\" (\"SessionId\", \"HostGuidHash\", \"CreatedAt\", \"CreatedBy\") \
         SELECT \"SessionId\", 'hash', \"CreatedAt\", NULL FROM \"Sessions\" \
         WHERE \"SessionId\" BETWEEN 100 AND 5099",
    )
    .await;
    let shown: Vec<i64> = walked(&*with_history(db).await).await.iter().map(|trail| trail.session).collect();
    assert_eq!(shown.len(), 5000 + 7);
    assert!(shown.is_sorted_by(|a, b| a < b));
}

/// A history of more entries than a batch reads, and histories in the middle of which one ends.
pub(crate) async fn a_walk_shows_long_histories_whole(db: &dyn Database) {
    let store = with_history(db).await;
    db.sql(
        "INSERT INTO \"HostSessionEvents\" \
         (\"SessionId\", \"Seq\", \"EventId\", \"Action\", \"At\", \"Body\", \"PrevHash\", \"EntryHash\") \
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7499) \
         SELECT CASE WHEN i < 4500 THEN 200 ELSE 201 + (i - 4500) / 3 END, CASE WHEN i < 4500 THEN 1 + i ELSE 1 + i % 3 END, \
         '0192f3a1-7c44-7000-8000-' || CAST(100000000000 + i AS TEXT), 'rotated', '2026-11-22T12:00:00.000000Z', '{}', \
         '0000000000000000000000000000000000000000000000000000000000000000', \
         '0000000000000000000000000000000000000000000000000000000000000000' FROM n",
    )
    .await;
    let trails = walked(&*store).await;
    let long: Vec<_> = trails.iter().filter(|trail| (200..5000).contains(&trail.session)).collect();
    assert!(long.iter().map(|trail| trail.session).eq(200..=1200));
    for trail in long {
        let last = if trail.session == 200 { 4500 } else { 3 };
        let numbers = trail.entries.iter().map(|(_, seq)| *seq);
        assert!(numbers.eq(1..=last), "session {}", trail.session);
        assert!(!trail.exists);
    }
}

/// Longer than any that this program writes, and a history that is longer than one text of entries.
pub(crate) async fn a_walk_shows_entries_of_any_length(db: &dyn Database) {
    let store = with_history(db).await;
    let long = "x".repeat(20_000);
    for (rows, of, body) in [(3, 200, long.as_str()), (33_000, 201, "{}")] {
        db.sql(&format!(
            "INSERT INTO \"HostSessionEvents\" \
             (\"SessionId\", \"Seq\", \"EventId\", \"Action\", \"At\", \"Body\", \"PrevHash\", \"EntryHash\") \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             SELECT {of}, i, '0192f3a1-7c44-7000-8{of}-' || CAST(100000000000 + i AS TEXT), 'rotated', \
             '2026-11-22T12:00:00.000000Z', '{body}', '{zeros}', '{zeros}' FROM n",
            zeros = "0".repeat(64)
        ))
        .await;
    }
    let mut shown = Vec::new();
    let mut visit = |trail: Trail<&str>| {
        let bytes: usize = trail.entries.iter().map(|entry| entry.body.len()).sum();
        shown.push((trail.session, trail.entries.len(), bytes));
    };
    store.walk_audit(200..=201, &mut visit).await.unwrap();
    assert_eq!(shown, [(200, 3, 60_000), (201, 33_000, 66_000)]);
}

pub(crate) async fn a_walk_within_some_ids_shows_no_session_beyond(db: &dyn Database) {
    let store = with_history(db).await;
    for (within, expected) in [(7..=7, vec![(7, 3)]), (2..=7, vec![(2, 0), (3, 0), (4, 0), (7, 3)]), (9..=20, vec![])] {
        let mut shown = Vec::new();
        let mut visit = |trail: Trail<&str>| shown.push((trail.session, trail.entries.len()));
        store.walk_audit(within.clone(), &mut visit).await.unwrap();
        assert_eq!(shown, expected, "{within:?}");
    }
}

pub(crate) async fn the_entries_of_all_histories_are_counted(db: &dyn Database) {
    assert_eq!(db.store(SetClock::at(NOW)).await.count_entries().await.unwrap(), 0);
    assert_eq!(with_history(db).await.count_entries().await.unwrap(), 6);
}
