//! The contract about one session.

use host_provisioner::domain::audit::{Finding, verify};
use host_provisioner::domain::chain::ChainHead;
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::plan::Outcome;
use host_provisioner::domain::request::Action;
use host_provisioner::domain::session::NewSession;
use host_provisioner::store::{Applied, ReadOnly, Store, StoreError};

use super::Database;
use crate::support::requests::{PROVISION, SetClock, apply_as, at, record, request, session};

/// The present of these tests.
pub(super) const NOW: &str = "2026-11-22T12:00:00.250000Z";

/// Applies a change as `provision` does, but with a hash whose GUID nobody needs.
pub(super) async fn apply(store: &dyn Store, id: i64, action: Action, hash: &str) -> Result<Applied, StoreError> {
    apply_as(EventId::generate(), store, &request(id, action), hash).await
}

pub(crate) async fn a_snapshot_reads_the_session_all_its_records_and_the_head_of_its_chain(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let seen = store.snapshot(session(7)).await.unwrap();
    let read = seen.session.unwrap();
    assert_eq!((read.id, read.title.as_deref(), read.status.as_deref()), (session(7), Some("الرحمة"), Some("Active")));
    assert_eq!((read.participant_count, read.max_participants, read.ended_at), (Some(3), Some(100), None));
    let ids: Vec<i64> = seen.records.iter().map(|record| record.id.get()).collect();
    assert_eq!(ids, [17, 18, 19, 20]);
    let flags: Vec<(bool, bool)> =
        seen.records.iter().map(|record| (record.is_active, record.legacy_duplicate)).collect();
    assert_eq!(flags, [(true, true), (true, false), (true, true), (false, false)]);
    assert_eq!((seen.head, seen.last_change), (ChainHead::default(), None));
    apply(&*store, 7, PROVISION, "new hash").await.unwrap();
    let seen = store.snapshot(session(7)).await.unwrap();
    assert_eq!(seen.head.seq, 1);
    let last = seen.last_change.unwrap();
    assert_eq!((last.by.as_str(), last.at), ("M. Keller", at(NOW)));
}

pub(crate) async fn a_snapshot_of_no_session_is_empty(db: &dyn Database) {
    let seen = db.store(SetClock::at(NOW)).await.snapshot(session(11)).await.unwrap();
    assert_eq!((seen.session, seen.records.len(), seen.last_change), (None, 0, None));
}

pub(crate) async fn times_of_entity_framework_are_read_as_utc(db: &dyn Database) {
    let seen = db.store(SetClock::at(NOW)).await.snapshot(session(1)).await.unwrap();
    let read = seen.session.unwrap();
    assert_eq!(read.created_at, at("2026-09-04T08:28:00.988623Z"));
    assert_eq!(read.started_at, Some(at("2026-09-04T08:58:00.707867Z")));
    assert_eq!(seen.records[0].last_used_at, Some(at("2026-09-05T10:00:00.123456Z")));
}

pub(crate) async fn a_stored_text_comes_back_as_it_is(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    for (id, title) in [(5, Some("100% [draft] *?_ \"it's\" \\")), (6, None), (12, Some("new\nline"))] {
        assert_eq!(store.snapshot(session(id)).await.unwrap().session.unwrap().title.as_deref(), title);
    }
    let read = store.snapshot(session(1)).await.unwrap().session.unwrap();
    assert_eq!(read.group_id, "de562439-e9c1-4823-a960-89bca71f3d1a");
    assert_eq!(read.description.as_deref(), Some("First"));
}

pub(crate) async fn a_record_names_its_session(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    assert_eq!(store.session_of(record(12)).await.unwrap(), Some(session(2)));
    assert_eq!(store.session_of(record(22)).await.unwrap(), Some(session(5_000_000_000)));
    assert_eq!(store.session_of(record(9999)).await.unwrap(), None);
}

pub(crate) async fn an_added_session_is_read_back_with_the_instant_of_the_clock(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let group = "0b1c2d3e-0000-4000-8000-00000000000f";
    let added = store.add_session(&NewSession::new("'; DROP -- 知", "Active").unwrap(), group).await.unwrap();
    assert!(added.id > session(5_000_000_000), "{:?}", added.id);
    assert_eq!((added.title.as_deref(), added.status.as_deref()), (Some("'; DROP -- 知"), Some("Active")));
    assert_eq!((added.group_id.as_str(), added.created_at), (group, at("2026-11-22T12:00:00.000000Z")));
    assert_eq!(store.snapshot(added.id).await.unwrap().session, Some(added));
}

pub(crate) async fn applying_a_change_writes_it_and_names_the_event(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let applied = apply(&*store, 10, PROVISION, "new hash").await.unwrap();
    assert_eq!((applied.plan.outcome, applied.at), (Outcome::Created, at(NOW)));
    let written = applied.record.unwrap();
    let seen = store.snapshot(session(10)).await.unwrap();
    assert_eq!(seen.records, std::slice::from_ref(&written));
    assert_eq!((written.hash.as_str(), written.created_by.as_deref()), ("new hash", Some("M. Keller")));
    assert_eq!(written.created_at, at("2026-11-22T12:00:00.000000Z"));
    let revoked = apply(&*store, 10, Action::Revoke, "").await.unwrap();
    assert_eq!((revoked.plan.outcome, revoked.record), (Outcome::Revoked, None));
    let seen = store.snapshot(session(10)).await.unwrap();
    assert_eq!(seen.records[0].revoked_by.as_deref(), Some("M. Keller"));
    assert_eq!(seen.head.seq, 2);
}

pub(crate) async fn a_record_that_stays_is_as_it_was_and_the_others_are_retired(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let mut expected = store.snapshot(session(7)).await.unwrap().records;
    // 17 is a duplicate, 18 was current.
    let applied = apply(&*store, 7, Action::Consolidate(record(17)), "").await.unwrap();
    for retired in &mut expected[1..3] {
        retired.is_active = false;
        retired.legacy_duplicate = false;
        retired.revoked_at = Some(at("2026-11-22T12:00:00.000000Z"));
        retired.revoked_by = Some("M. Keller".to_owned());
    }
    expected[0].legacy_duplicate = false;
    assert_eq!((applied.plan.outcome, applied.record.as_ref()), (Outcome::Consolidated, Some(&expected[0])));
    assert_eq!(store.snapshot(session(7)).await.unwrap().records, expected);
    let again = apply(&*store, 7, Action::Consolidate(record(17)), "").await.unwrap();
    assert_eq!((again.plan.outcome, again.event), (Outcome::Unchanged, None));
    let mut damage = Vec::new();
    store.walk_audit(i64::MIN..=i64::MAX, &mut |trail| damage.push(verify(&trail))).await.unwrap();
    assert!(damage.contains(&Finding::Intact) && !damage.iter().any(|it| matches!(it, Finding::Damaged(_))));
}

pub(crate) async fn settling_tells_whether_an_attempt_was_committed(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let event = apply(&*store, 1, PROVISION, "new hash").await.unwrap().event.unwrap();
    assert!(store.settle(session(1), event).await.unwrap());
    assert!(!store.settle(session(2), event).await.unwrap());
    assert!(!store.settle(session(1), EventId::generate()).await.unwrap());
}

pub(crate) async fn a_log_in_is_noted_on_its_record_and_nowhere_else(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let mut expected = store.snapshot(session(7)).await.unwrap();
    let noted = store.touch(&expected.records[1]).await.unwrap();
    assert_eq!(noted, at("2026-11-22T12:00:00.000000Z"));
    expected.records[1].last_used_at = Some(noted);
    assert_eq!(store.snapshot(session(7)).await.unwrap(), expected);
}

pub(crate) async fn a_log_in_is_not_noted_on_a_record_that_was_rotated_or_retired_meanwhile(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    for (id, action) in [(1, PROVISION), (8, Action::Revoke)] {
        let read = store.snapshot(session(id)).await.unwrap().records;
        apply(&*store, id, action, "new hash").await.unwrap();
        let after = store.snapshot(session(id)).await.unwrap();
        assert!(matches!(store.touch(&read[0]).await, Err(StoreError::Overtaken)), "session {id}");
        assert_eq!(store.snapshot(session(id)).await.unwrap(), after);
    }
}

pub(crate) async fn a_read_only_store_reads_and_writes_nothing(db: &dyn Database) {
    let store = db.read_only().await;
    assert_eq!(store.read_only(), Some(ReadOnly::Asked));
    assert!(store.snapshot(session(1)).await.unwrap().session.is_some());
    assert!(matches!(apply(&*store, 1, PROVISION, "new hash").await, Err(StoreError::ReadOnly(ReadOnly::Asked))));
    let new = NewSession::new("title", "Created").unwrap();
    let group = "0b1c2d3e-0000-4000-8000-00000000000f";
    assert!(matches!(store.add_session(&new, group).await, Err(StoreError::ReadOnly(ReadOnly::Asked))));
    let seen = store.snapshot(session(1)).await.unwrap();
    assert!(matches!(store.touch(&seen.records[0]).await, Err(StoreError::ReadOnly(ReadOnly::Asked))));
    assert_eq!(store.snapshot(session(1)).await.unwrap(), seen);
    assert_eq!(seen.head.seq, 0);
}

pub(crate) async fn a_store_names_its_engine_and_keeps_its_clock(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    assert_eq!(store.name(), db.name());
    assert_eq!(store.clock().now(), at(NOW));
    assert_eq!(store.read_only(), None);
}

pub(crate) async fn a_marker_changes_with_every_commit_of_anybody_and_rests_with_the_database(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let mut seen = store.change_marker().await.unwrap();
    let mut changed = async || {
        let now = store.change_marker().await.unwrap();
        std::mem::replace(&mut seen, now.clone()) != now
    };
    // A server may do some housekeeping of its own now and then, but not all the time.
    let mut rests = 0;
    for _ in 0..20 {
        rests += usize::from(!changed().await);
    }
    assert!(rests >= 10, "{rests}");
    for hash in ["first", "second"] {
        apply(&*store, 1, PROVISION, hash).await.unwrap();
        assert!(changed().await, "our own change");
    }
    for people in [3, 4] {
        db.sql(&format!("UPDATE \"Sessions\" SET \"ParticipantCount\" = {people} WHERE \"SessionId\" = 1")).await;
        assert!(changed().await, "a change of another program");
    }
}

pub(crate) async fn a_closed_store_leaves_no_connection_and_opens_another(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    apply(&*store, 1, PROVISION, "new hash").await.unwrap();
    store.change_marker().await.unwrap();
    store.close().await;
    // Whatever an engine keeps beside its database while it is open has been folded into it.
    assert_eq!(db.left_beside().await, Vec::<String>::new());
    assert_eq!(store.snapshot(session(1)).await.unwrap().head.seq, 1);
}
