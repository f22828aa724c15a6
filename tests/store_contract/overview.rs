//! The contract about the counts of an overview.

use std::sync::Arc;
use std::time::Duration;

use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::order::Order;
use host_provisioner::domain::overview::{Bar, Chart, MaxAge, Overview};
use host_provisioner::domain::request::Action;
use host_provisioner::store::{Page, SessionFilter, SessionQuery, Store};

use super::Database;
use super::one_session::NOW;
use crate::support::requests::{FORCE_NEW, PROVISION, SetClock, apply_as, at, request_by};

/// A name that JSON and filters write in other letters.
const ODD: &str = "Ö. \"Sato\" \\ 知識";

const DAY: i64 = 86_400;

fn policy(hours: u64) -> MaxAge {
    MaxAge::new(Duration::from_hours(hours))
}

async fn counted(store: &dyn Store) -> Overview {
    store.overview(policy(90 * 24)).await.unwrap()
}

async fn found(store: &dyn Store, filter: &SessionFilter) -> u64 {
    let (filter, order) = (filter.clone(), Order::default());
    store.session_ids(&SessionQuery { filter, order, page: Page::First, limit: 1000 }).await.unwrap().len() as u64
}

async fn change(store: &dyn Store, id: i64, action: Action, by: &str) {
    let hash = format!("hash {id} {}", store.clock().now());
    apply_as(EventId::generate(), store, &request_by(id, action, by), &hash).await.unwrap();
}

/// The old rows, and changes on several days: 31 days ago, 30 and a second, 30, one and a half, and now.
async fn with_rotations(db: &dyn Database) -> Arc<dyn Store> {
    let clock = SetClock::at(NOW);
    let store = db.store(clock.clone()).await;
    clock.advance(-31 * DAY);
    change(&*store, 1, PROVISION, "Too Early").await;
    clock.advance(DAY - 1);
    change(&*store, 10, PROVISION, ODD).await;
    clock.advance(2);
    change(&*store, 3, PROVISION, ODD).await;
    clock.advance(28 * DAY + DAY / 2);
    change(&*store, 2, PROVISION, "R. Sato").await;
    change(&*store, 3, PROVISION, "R. Sato").await;
    change(&*store, 2, Action::Revoke, "Security Team").await;
    clock.advance(DAY + DAY / 2 - 1);
    assert_eq!(store.clock().now(), at(NOW));
    change(&*store, 7, FORCE_NEW, ODD).await;
    change(&*store, 9, PROVISION, ODD).await;
    change(&*store, 9, PROVISION, ODD).await;
    store
}

fn numbers(bars: &[Bar]) -> Vec<(u64, u64)> {
    bars.iter().map(|bar| (bar.count, bar.sessions)).collect()
}

/// The bars of the days that are not empty, by how many days ago they end.
fn days(overview: &Overview) -> Vec<(usize, u64, u64)> {
    let days = overview.days.iter().rev().enumerate();
    days.map(|(ago, day)| (ago, day.rotations, day.sessions)).filter(|day| day.1 + day.2 > 0).collect()
}

pub(crate) async fn a_bar_tells_how_many_sessions_its_filter_finds(db: &dyn Database) {
    let store = with_rotations(db).await;
    // Made by nobody, in a text that is no time, and due to expire within the week.
    db.sql(
        r#"UPDATE "HostSessions" SET "CreatedBy" = NULL, "ExpiresAt" = '2026-11-25 00:00:00' WHERE "SessionId" = 8"#,
    )
    .await;
    let mut seen = 0;
    for hours in [1, 24, 79 * 24, 90 * 24, 100 * 24] {
        let overview = store.overview(policy(hours)).await.unwrap();
        assert_eq!(overview.at, at(NOW));
        assert_eq!(overview.sessions, found(&*store, &SessionFilter::default()).await);
        for bar in Chart::ALL.into_iter().flat_map(|chart| overview.bars(chart)) {
            assert_eq!(bar.sessions, found(&*store, &bar.filter).await, "{bar:?} against {hours} h");
            seen += usize::from(bar.sessions > 0);
        }
    }
    assert!(seen > 40, "{seen}");
}

pub(crate) async fn the_records_of_all_sessions_are_told_apart(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let overview = counted(&*store).await;
    // As the old rows say: 4 expires on the first of December, 7 has two duplicates.
    let states = (overview.working, overview.expiring, overview.expired, overview.none, overview.duplicates);
    assert_eq!((overview.sessions, states), (12, (5, 0, 1, 6, 1)));
    assert_eq!((overview.ages, overview.over()), ([0, 0, 6, 0, 0, 0], 0));
    let overview = store.overview(policy(24)).await.unwrap();
    assert_eq!((overview.ages, overview.over()), ([0, 0, 0, 0, 0, 6], 6));
    let later = db.store(SetClock::at("2026-11-24T00:00:00.000000Z")).await;
    let overview = counted(&*later).await;
    assert_eq!((overview.working, overview.expiring, overview.expired), (5, 1, 1));
    assert_eq!((overview.rotations(), overview.people), (0, vec![]), "nothing is told of what was before the history");
}

pub(crate) async fn a_session_with_duplicates_alone_has_neither_a_record_nor_none(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    db.sql(r#"UPDATE "HostSessions" SET "IsActive" = '0' WHERE "HostSessionId" = 18"#).await;
    let overview = counted(&*store).await;
    let states = (overview.working, overview.expired, overview.none, overview.duplicates);
    assert_eq!((overview.sessions, states), (12, (4, 1, 6, 1)));
}

pub(crate) async fn rotations_are_counted_by_day_and_by_whom(db: &dyn Database) {
    let store = with_rotations(db).await;
    let overview = counted(&*store).await;
    // A revocation is no rotation. Session 3 was rotated again, 9 twice; 2 has no record any more.
    assert_eq!(days(&overview), [(0, 3, 2), (1, 2, 1), (29, 1, 0)]);
    let people: Vec<(&str, u64, u64)> = overview
        .people
        .iter()
        .map(|person| (person.name.as_str(), person.made.rotations, person.made.sessions))
        .collect();
    assert_eq!(people, [(ODD, 4, 2), ("R. Sato", 2, 1)]);
    assert_eq!((overview.rotations(), overview.by_others()), (6, 0));
    assert_eq!(numbers(&overview.bars(Chart::People)), [(4, 2), (2, 1)]);
}

pub(crate) async fn an_entry_that_cannot_be_read_is_a_rotation_by_nobody(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    change(&*store, 1, PROVISION, "R. Sato").await;
    let bodies = ["no JSON at all", "{}", r#"{"by":7}"#, r#"{"by":null}"#, r#"{"by":"half"#, r#"["by"]"#, ""];
    for (seq, body) in (1..).zip(bodies) {
        let hash = "0".repeat(64);
        db.sql(&format!(
            r#"INSERT INTO "HostSessionEvents" VALUES
               (8, {seq}, '{}', 'rotated', '2026-11-22T11:00:00.000000Z', '{body}', '{hash}', '{hash}')"#,
            EventId::generate()
        ))
        .await;
    }
    let overview = counted(&*store).await;
    assert_eq!((overview.rotations(), overview.by_others()), (8, 7));
    assert_eq!(overview.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["R. Sato"]);
}

pub(crate) async fn the_busiest_people_are_named_and_the_others_counted(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    for place in 0..12 {
        for _ in 0..=place / 6 {
            change(&*store, 1, PROVISION, &format!("Person {place:02}")).await;
        }
    }
    let overview = counted(&*store).await;
    let names: Vec<&str> = overview.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!((names.len(), names[0], names[5], names[6], names[9]), {
        (10, "Person 06", "Person 11", "Person 00", "Person 03")
    });
    assert_eq!((overview.rotations(), overview.by_others()), (18, 2));
}

pub(crate) async fn what_a_deleted_session_left_behind_counts_for_nothing(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let before = counted(&*store).await;
    let (off, on) = if db.name().starts_with("sqlite") {
        ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
    } else {
        ("SET session_replication_role = replica", "SET session_replication_role = origin")
    };
    let delete = r#"DELETE FROM "Sessions" WHERE "SessionId" IN (3, 7)"#;
    db.sql(&format!("{off}; {delete}; {on};")).await;
    let overview = counted(&*store).await;
    assert_eq!((before.working, before.expired, before.duplicates), (5, 1, 1));
    let states = (overview.working, overview.expired, overview.none, overview.duplicates);
    assert_eq!((overview.sessions, states), (10, (4, 0, 6, 0)));
    for bar in Chart::ALL.into_iter().flat_map(|chart| overview.bars(chart)) {
        assert_eq!(bar.sessions, found(&*store, &bar.filter).await, "{bar:?}");
    }
}
