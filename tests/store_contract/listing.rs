//! The contract about pages of sessions.

use host_provisioner::domain::estimate::{Count, Estimate};
use host_provisioner::domain::order::Order;
use host_provisioner::store::{Page, SessionFilter, SessionQuery, SessionRow, Store};

use super::Database;
use super::one_session::NOW;
use crate::support::requests::{SetClock, session};

const ALL: [i64; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 5_000_000_000];

async fn rows(store: &dyn Store, filter: &SessionFilter, page: Page, limit: u32) -> Vec<SessionRow> {
    store.sessions(&SessionQuery { filter: filter.clone(), order: Order::default(), page, limit }).await.unwrap()
}

async fn ids(store: &dyn Store, filter: &SessionFilter, page: Page, limit: u32) -> Vec<i64> {
    rows(store, filter, page, limit).await.iter().map(|row| row.session.id.get()).collect()
}

/// The sessions that a search text finds.
async fn found(db: &dyn Database, text: &str) -> Vec<i64> {
    ids(&*db.store(SetClock::at(NOW)).await, &SessionFilter::words(text), Page::First, 100).await
}

fn filter(text: &str) -> SessionFilter {
    SessionFilter::parse(text).unwrap()
}

async fn matching(db: &dyn Database, text: &str, now: &str) -> Vec<i64> {
    ids(&*db.store(SetClock::at(now)).await, &filter(text), Page::First, 100).await
}

pub(crate) async fn pages_go_forward_by_key_without_gap_or_repetition(db: &dyn Database) {
    let (store, filter) = (db.store(SetClock::at(NOW)).await, SessionFilter::default());
    let mut seen = ids(&*store, &filter, Page::First, 5).await;
    loop {
        let next = ids(&*store, &filter, Page::After(session(seen[seen.len() - 1]).into()), 5).await;
        if next.is_empty() {
            break;
        }
        seen.extend(next);
        assert!(seen.len() <= ALL.len(), "{seen:?}");
    }
    assert_eq!(seen, ALL);
}

pub(crate) async fn pages_go_back_by_key_without_gap_or_repetition(db: &dyn Database) {
    let (store, filter) = (db.store(SetClock::at(NOW)).await, SessionFilter::default());
    let mut seen = ids(&*store, &filter, Page::Last, 5).await;
    loop {
        let mut before = ids(&*store, &filter, Page::Before(session(seen[0]).into()), 5).await;
        if before.is_empty() {
            break;
        }
        before.extend(seen);
        seen = before;
        assert!(seen.len() <= ALL.len(), "{seen:?}");
    }
    assert_eq!(seen, ALL);
}

pub(crate) async fn a_page_from_a_session_begins_with_it_or_the_next(db: &dyn Database) {
    let (store, filter) = (db.store(SetClock::at(NOW)).await, SessionFilter::default());
    assert_eq!(ids(&*store, &filter, Page::From(session(10)), 2).await, [10, 12]);
    assert_eq!(ids(&*store, &filter, Page::From(session(11)), 2).await, [12, 5_000_000_000]);
    assert_eq!(ids(&*store, &filter, Page::After(session(10).into()), 2).await, [12, 5_000_000_000]);
    assert_eq!(ids(&*store, &filter, Page::From(session(i64::MAX)), 2).await, [0; 0]);
    assert_eq!(ids(&*store, &filter, Page::First, 0).await, [0; 0]);
}

pub(crate) async fn a_page_of_ids_has_the_sessions_of_the_same_page(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let record = filter("record:active");
    for filter in [SessionFilter::default(), filter("e"), record] {
        for page in [
            Page::First,
            Page::Last,
            Page::After(session(3).into()),
            Page::Before(session(9).into()),
            Page::From(session(4)),
        ] {
            let query = SessionQuery { filter: filter.clone(), order: Order::default(), page: page.clone(), limit: 4 };
            let found: Vec<i64> = store.session_ids(&query).await.unwrap().iter().map(|id| id.get()).collect();
            assert_eq!(found, ids(&*store, &filter, page, 4).await, "{query:?}");
        }
    }
}

pub(crate) async fn of_some_sessions_those_are_told_that_are_there_and_match(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let some = [12, 3, 11, 1, i64::MAX, 5_000_000_000].map(session);
    let none = filter("record:none");
    for filter in [SessionFilter::default(), none] {
        let all = ids(&*store, &filter, Page::First, 100).await;
        let expected: Vec<_> = all.into_iter().map(session).filter(|id| some.contains(id)).collect();
        assert_eq!(store.sessions_among(&some, &filter).await.unwrap(), expected, "{filter:?}");
        assert_eq!(store.sessions_among(&[], &filter).await.unwrap(), []);
    }
}

pub(crate) async fn a_row_has_the_active_records_in_the_order_of_ids(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    // Session 7 has three active records: they are no reason to show fewer sessions.
    let rows = rows(&*store, &SessionFilter::default(), Page::From(session(6)), 3).await;
    let active: Vec<Vec<i64>> =
        rows.iter().map(|row| row.active.iter().map(|record| record.id.get()).collect()).collect();
    assert_eq!(active, [vec![], vec![17, 18, 19], vec![21]]);
}

pub(crate) async fn where_few_titles_changed_there_is_nothing_to_look_after(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    assert!(!store.tend().await.unwrap(), "a write that nobody asked for");
    assert_eq!(found(db, "review").await, [1, 8, 5_000_000_000]);
}

pub(crate) async fn every_word_must_be_in_the_title(db: &dyn Database) {
    assert_eq!(found(db, "review").await, [1, 8, 5_000_000_000]);
    assert_eq!(found(db, "  light   review ").await, [8]);
    assert_eq!(found(db, "iew ight").await, [8]);
    assert_eq!(found(db, "light nothing").await, [0; 0]);
    assert_eq!(found(db, " ").await, ALL);
}

pub(crate) async fn letters_match_whatever_their_case_in_every_script(db: &dyn Database) {
    for (text, id) in [
        ("NAÏVETÉ", 1),
        ("naïveté", 1),
        ("ΕΙΣΑΓΩΓΉ", 3),
        ("εισαγωγή", 3),
        ("ΣΟΦΊΑΣ", 3),
        ("σοφίασ", 3),
        ("ВВЕДЕНИЕ", 4),
        ("знаНИЕ", 4),
        ("الرحمة", 7),
        ("知識", 8),
    ] {
        assert_eq!(found(db, text).await, [id], "{text}");
    }
}

pub(crate) async fn wildcards_and_quotes_are_letters_like_others(db: &dyn Database) {
    for text in ["100%", "[DRAFT]", "*", "?", "*?_", "_", "it's", "\"it", "\\", "[", "]"] {
        assert_eq!(found(db, text).await, [5], "{text}");
    }
    for text in ["1%0", "[a-z]", "R*w", "r?view", "l_ght", "' OR 1=1 --", "%"] {
        let expected: &[i64] = if text == "%" { &[5] } else { &[] };
        assert_eq!(found(db, text).await, expected, "{text}");
    }
}

pub(crate) async fn a_number_matches_the_id_exactly(db: &dyn Database) {
    assert_eq!(found(db, "2").await, [2, 10]);
    assert_eq!(found(db, "7").await, [7, 10]);
    assert_eq!(found(db, "5000000000").await, [5_000_000_000]);
    assert_eq!(found(db, "8 review").await, [8]);
    assert_eq!(found(db, "99999999999999999999").await, [0; 0]);
}

pub(crate) async fn a_status_matches_exactly(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    for (status, expected) in [("Active", vec![1, 7, 8, 5_000_000_000]), ("created", vec![9]), ("Act", vec![])] {
        let filter = filter(&format!("status:={status}"));
        assert_eq!(ids(&*store, &filter, Page::First, 100).await, expected, "{status}");
    }
}

pub(crate) async fn record_filters_tell_none_active_expired_and_duplicate(db: &dyn Database) {
    assert_eq!(matching(db, "record:none", NOW).await, [2, 5, 6, 9, 10, 12]);
    assert_eq!(matching(db, "record:active", NOW).await, [1, 4, 7, 8, 5_000_000_000]);
    assert_eq!(matching(db, "record:expired", NOW).await, [3]);
    assert_eq!(matching(db, "record:duplicate", NOW).await, [7]);
}

pub(crate) async fn expiry_is_judged_by_the_stores_clock(db: &dyn Database) {
    assert_eq!(matching(db, "record:expired", "2026-09-30T23:59:59.000000Z").await, [0; 0]);
    assert_eq!(matching(db, "record:expired", "2026-10-01T00:00:00.000000Z").await, [3]);
    assert_eq!(matching(db, "record:expired", "2026-12-01T00:00:00.000000Z").await, [3, 4]);
    assert_eq!(matching(db, "record:active", "2026-12-02T00:00:00.000000Z").await, [1, 7, 8, 5_000_000_000]);
}

pub(crate) async fn filters_hold_together_and_page(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let filter = filter("REVIEW status:active record:active");
    assert_eq!(ids(&*store, &filter, Page::First, 2).await, [1, 8]);
    assert_eq!(ids(&*store, &filter, Page::After(session(8).into()), 2).await, [5_000_000_000]);
    assert_eq!(ids(&*store, &filter, Page::Before(session(8).into()), 2).await, [1]);
    assert_eq!(ids(&*store, &filter, Page::Last, 2).await, [8, 5_000_000_000]);
}

pub(crate) async fn few_sessions_are_counted_and_so_are_those_that_match(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    for text in ["", "review", "record:none", "record:expired", "-status:active id:1-9", "zebra"] {
        let filter = filter(text);
        let count = ids(&*store, &filter, Page::First, 100).await.len() as u64;
        let expected = Estimate { all: Count::Exact(12), found: Count::Exact(count) };
        assert_eq!(store.estimate_sessions(&filter).await.unwrap(), expected, "{text}");
        assert_eq!(store.count_sessions(&filter).await.unwrap(), count, "{text}");
    }
}

/// 30,000 sessions more, in two runs of ids far from each other; each has a record, one in three hundred an expired one.
async fn many(db: &dyn Database) {
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)";
    let id = "CASE WHEN i <= 15000 THEN 1000 + i ELSE 4000000000 + i END";
    db.sql(&format!(
        r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Status", "CreatedAt", "ModifiedAt")
         {numbers} SELECT {id}, '7DEA4261-9767-4218-8E12-E65B1364F5D8',
         CASE WHEN i % 5 = 0 THEN 'Evening class' ELSE 'Morning class' END, 'Created',
         '2026-01-01 08:00:00', '2026-01-01 08:00:00' FROM n"#
    ))
    .await;
    for (expires, which) in [("NULL", "i % 300 <> 0"), ("'2026-02-01 08:00:00'", "i % 300 = 0")] {
        db.sql(&format!(
            r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "ExpiresAt", "IsActive")
             {numbers} SELECT {id}, 'hash ' || CAST(i AS text), '2026-01-01 08:00:00', 'Ada', {expires}, true
             FROM n WHERE {which}"#
        ))
        .await;
    }
}

pub(crate) async fn beyond_the_bound_an_estimate_is_near_and_what_an_index_finds_is_counted(db: &dyn Database) {
    many(db).await;
    let store = db.store(SetClock::at(NOW)).await;
    let all = 30_012_u64;
    let near = |told: Count, number: u64| {
        let Count::About(about) = told else { panic!("{told:?} is no estimate") };
        assert!(about.abs_diff(number) * 10 <= number, "{about} is not near {number}");
    };
    // No index is used for a status with a title of two letters.
    for (text, number) in [("", all), ("status:created ev", 6_000), ("record:active -ev", 23_900)] {
        let Estimate { all: told, found } = store.estimate_sessions(&filter(text)).await.unwrap();
        near(told, all);
        near(found, number);
    }
    let Estimate { all: told, found } = store.estimate_sessions(&filter("record:expired")).await.unwrap();
    near(told, all);
    assert_eq!(found, Count::Exact(101));
    let rare = store.estimate_sessions(&filter("na")).await.unwrap();
    assert_eq!(rare.found, Count::Unknown, "one session is no part of those that are looked at");
    for (text, number) in [("", all), ("evening", 6_000), ("evening -record:expired", 5_900)] {
        assert_eq!(store.count_sessions(&filter(text)).await.unwrap(), number, "{text}");
    }
}
