//! The contract about filters and orders: what the engines find is what the domain says of each row.

use std::sync::Arc;

use host_provisioner::domain::order::{Order, SortKey};
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::{Clock as _, Timestamp};
use host_provisioner::store::{Page, SessionFilter, SessionQuery, SessionRow, Store};

use super::Database;
use crate::support::requests::{SetClock, session};

/// Two months after the records were made; one record expires within the week, another has expired.
const NOW: &str = "2026-11-26T12:00:00.000000Z";

/// Terms of every kind. The records were made at 2026-09-04 08:28, 83 days and some hours before.
const TERMS: [&str; 30] = [
    "review",
    "RE",
    "e",
    "\"light 知\"",
    "7",
    "\"7\"",
    "*",
    "ς",
    "ß",
    "id:3",
    "id:2-7,9",
    "id:13-100",
    "status:active",
    "status:created",
    "status:=created",
    "status:=\"\"",
    "status:act",
    "record:none",
    "record:active",
    "record:expired",
    "record:expiring",
    "record:duplicate",
    "by:sato",
    "by:\"host m\"",
    "by:=\"Host Manager\"",
    "by:=\"\"",
    "age:>83d",
    "age:<82d",
    "age:>=7183292s",
    "age:<=7183292s",
];

/// The store with all its rows.
async fn world(db: &dyn Database) -> (Arc<dyn Store>, Vec<SessionRow>, Timestamp) {
    // One record without a maker, one with an odd case, and one session with another row's title.
    db.sql(r#"UPDATE "HostSessions" SET "CreatedBy" = NULL WHERE "HostSessionId" = 21"#).await;
    db.sql(r#"UPDATE "HostSessions" SET "CreatedBy" = 'host manager' WHERE "HostSessionId" = 22"#).await;
    db.sql(r#"UPDATE "Sessions" SET "Title" = 'INTRODUCTION to light' WHERE "SessionId" = 12"#).await;
    let clock = SetClock::at(NOW);
    let now = clock.now();
    let store = db.store(clock).await;
    let rows = read(&*store, &SessionFilter::default(), Order::default(), Page::First, 100).await;
    assert_eq!(rows.len(), 12);
    (store, rows, now)
}

async fn read(store: &dyn Store, filter: &SessionFilter, order: Order, page: Page, limit: u32) -> Vec<SessionRow> {
    store.sessions(&SessionQuery { filter: filter.clone(), order, page, limit }).await.unwrap()
}

fn ids(rows: &[SessionRow]) -> Vec<i64> {
    rows.iter().map(|row| row.session.id.get()).collect()
}

/// What the domain says of the rows.
fn expected(rows: &[SessionRow], filter: &SessionFilter, order: Order, now: Timestamp) -> Vec<SessionRow> {
    let mut fitting: Vec<SessionRow> =
        rows.iter().filter(|row| filter.fits(&row.session, &row.active, now)).cloned().collect();
    let place = |row: &SessionRow| order.place(&row.session, &row.active);
    fitting.sort_by(|one, other| order.compare(&place(one), &place(other)));
    fitting
}

pub(crate) async fn every_term_and_its_opposite_find_what_the_domain_says(db: &dyn Database) {
    let (store, rows, now) = world(db).await;
    for text in TERMS.iter().flat_map(|term| [(*term).to_owned(), format!("-{term}")]) {
        let filter = SessionFilter::parse(&text).unwrap();
        let found = read(&*store, &filter, Order::default(), Page::First, 100).await;
        assert_eq!(ids(&found), ids(&expected(&rows, &filter, Order::default(), now)), "{text}");
    }
}

pub(crate) async fn two_terms_hold_together(db: &dyn Database) {
    let (store, rows, now) = world(db).await;
    for (place, one) in TERMS.iter().enumerate() {
        for other in &TERMS[place + 1..] {
            let filter = SessionFilter::parse(&format!("{one} -{other}")).unwrap();
            let found = store
                .session_ids(&SessionQuery {
                    filter: filter.clone(),
                    order: Order::default(),
                    page: Page::First,
                    limit: 100,
                })
                .await
                .unwrap();
            let found: Vec<i64> = found.into_iter().map(SessionId::get).collect();
            assert_eq!(found, ids(&expected(&rows, &filter, Order::default(), now)), "{filter}");
        }
    }
}

pub(crate) async fn the_age_of_a_record_counts_to_the_second(db: &dyn Database) {
    let (store, rows, now) = world(db).await;
    let made = rows.iter().find(|row| row.session.id == session(3)).unwrap().active[0].created_at;
    let age = now.seconds_since(made);
    for (text, is_found) in [
        (format!("age:>{age}s"), false),
        (format!("age:>={age}s"), true),
        (format!("age:<{age}s"), false),
        (format!("age:<={age}s"), true),
    ] {
        let found = read(&*store, &SessionFilter::parse(&text).unwrap(), Order::default(), Page::First, 100).await;
        assert_eq!(ids(&found).contains(&3), is_found, "{text}");
    }
}

fn orders() -> impl Iterator<Item = Order> {
    SortKey::ALL.into_iter().flat_map(|key| [false, true].map(|descending| Order { key, descending }))
}

pub(crate) async fn every_order_is_the_domains_in_either_direction(db: &dyn Database) {
    let (store, rows, now) = world(db).await;
    for order in orders() {
        for text in ["", "e", "-record:none", "status:active", "-status:=Created"] {
            let filter = SessionFilter::parse(text).unwrap();
            let found = read(&*store, &filter, order, Page::First, 100).await;
            assert_eq!(ids(&found), ids(&expected(&rows, &filter, order, now)), "{order:?} {text}");
        }
    }
}

pub(crate) async fn pages_of_every_order_go_on_and_back_without_gap_or_repetition(db: &dyn Database) {
    let (store, rows, now) = world(db).await;
    let filter = SessionFilter::parse("-7").unwrap();
    for order in orders() {
        let all = ids(&expected(&rows, &filter, order, now));
        let place = |row: &SessionRow| order.place(&row.session, &row.active);
        let (mut seen, mut page) = (Vec::new(), Page::First);
        while seen.len() <= all.len() {
            let next = read(&*store, &filter, order, page, 2).await;
            let Some(last) = next.last() else { break };
            page = Page::After(place(last));
            seen.extend(ids(&next));
        }
        assert_eq!(seen, all, "{order:?}");
        let (mut seen, mut page) = (Vec::new(), Page::Last);
        while seen.len() <= all.len() {
            let before = read(&*store, &filter, order, page, 2).await;
            let Some(first) = before.first() else { break };
            page = Page::Before(place(first));
            seen.splice(..0, ids(&before));
        }
        assert_eq!(seen, all, "{order:?} back");
    }
}

pub(crate) async fn a_page_from_a_session_begins_where_it_stands_in_any_order(db: &dyn Database) {
    let (store, rows, now) = world(db).await;
    for order in orders() {
        let all = ids(&expected(&rows, &SessionFilter::default(), order, now));
        for (place, id) in all.iter().enumerate() {
            let found = read(&*store, &SessionFilter::default(), order, Page::From(session(*id)), 3).await;
            assert_eq!(ids(&found), all[place..all.len().min(place + 3)], "{order:?} from {id}");
        }
        let from_nowhere = read(&*store, &SessionFilter::default(), order, Page::From(session(11)), 2).await;
        let first = if order.key == SortKey::Id {
            if order.descending { [10, 9] } else { [12, 5_000_000_000] }
        } else {
            [all[0], all[1]]
        };
        assert_eq!(ids(&from_nowhere), first, "{order:?}");
    }
}

/// Another program may have made sessions with ids that are none: they are in no page, whatever its order, and hide none.
pub(crate) async fn an_id_that_is_none_hides_no_session(db: &dyn Database) {
    db.sql(
        r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Status", "ParticipantCount", "CreatedAt", "ModifiedAt")
            SELECT id, 'de562439-e9c1-4823-a960-89bca71f3d1a', title, status, people, '2026-01-01 00:00:00', '2026-01-01 00:00:00'
            FROM (SELECT 0 AS id, NULL AS title, NULL AS status, NULL AS people UNION ALL SELECT -7, 'A', 'Active', 3) AS made;
        INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "IsActive")
            VALUES (-7, 'a hash', '2026-01-01 00:00:00', 'A', '1');"#,
    )
    .await;
    every_order_is_the_domains_in_either_direction(db).await;
    pages_of_every_order_go_on_and_back_without_gap_or_repetition(db).await;
}
