//! What each change writes, through the use cases: the rows, the history, and nothing else.

use std::sync::Arc;

use host_provisioner::domain::chain::AuditBody;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::plan::Outcome;
use host_provisioner::domain::request::Action;
use host_provisioner::domain::snapshot::Snapshot;
use host_provisioner::provision::Provisioner;
use host_provisioner::store::{HistoryPage, HistoryQuery, StoreError};

use crate::support::database::TestDb;
use crate::support::requests::{
    FORCE_NEW, PROVISION, SetClock, at, change, opens, provision, provisioner, record, request, request_by, session,
};
use crate::support::world::{OLD_TOOL, world};

/// A database as the old tool left it, and the use cases over it.
async fn ready() -> (TestDb, Provisioner, Arc<SetClock>) {
    let db = world().await;
    let clock = SetClock::at("2026-11-22T12:00:00.250000Z");
    let provisioner = provisioner(&db.store_at(Arc::<SetClock>::clone(&clock)).await);
    (db, provisioner, clock)
}

async fn seen(provisioner: &Provisioner, id: i64) -> Snapshot {
    provisioner.store().snapshot(session(id)).await.unwrap()
}

async fn only_active(provisioner: &Provisioner, id: i64) -> HostRecord {
    let active: Vec<HostRecord> = seen(provisioner, id).await.active().cloned().collect();
    assert_eq!(active.len(), 1, "{active:?}");
    active[0].clone()
}

async fn last_entry(provisioner: &Provisioner) -> AuditBody {
    let newest = HistoryQuery { session: None, page: HistoryPage::Newest, limit: 1 };
    provisioner.store().history(&newest).await.unwrap()[0].parse_body().unwrap()
}

#[tokio::test]
async fn a_rotation_updates_the_record_in_place() {
    let (_db, provisioner, _) = ready().await;
    let before = only_active(&provisioner, OLD_TOOL.one_record).await;
    let action = Action::Provision(Expiry::parse("2026-12-31").unwrap());
    let done = change(&provisioner, &request(OLD_TOOL.one_record, action), &Expected::Anything).await.unwrap();
    let after = only_active(&provisioner, OLD_TOOL.one_record).await;
    assert_eq!((done.applied.plan.outcome, after.id), (Outcome::Rotated, before.id));
    assert_ne!(after.hash, before.hash);
    assert_eq!(after.created_at, at("2026-11-22T12:00:00.000000Z"));
    assert_eq!(after.created_by.as_deref(), Some("M. Keller"));
    assert_eq!(after.expires_at, Some(at("2026-12-31T23:59:59.000000Z")));
    assert!(before.last_used_at.is_some() && after.last_used_at.is_none());
    assert_eq!((after.revoked_at, after.revoked_by.as_deref()), (None, None));
    assert!(opens(&provisioner, OLD_TOOL.one_record, &done.guid.unwrap()).await);
}

#[tokio::test]
async fn a_change_touches_no_other_session() {
    let (db, provisioner, _) = ready().await;
    let others = format!(
        "SELECT quote(\"HostGuidHash\") || \"IsActive\" || \"CreatedAt\" FROM \"HostSessions\" WHERE \"SessionId\" <> {}",
        OLD_TOOL.duplicates
    );
    let before = (db.texts(&others).await, db.dump_table("Sessions").await);
    for action in [PROVISION, FORCE_NEW, Action::Revoke] {
        change(&provisioner, &request(OLD_TOOL.duplicates, action), &Expected::Anything).await.unwrap();
    }
    assert_eq!((db.texts(&others).await, db.dump_table("Sessions").await), before);
}

#[tokio::test]
async fn the_history_says_who_did_what_when_and_why() {
    let (_db, provisioner, _) = ready().await;
    let before = only_active(&provisioner, OLD_TOOL.one_record).await.hash.fingerprint().full();
    change(&provisioner, &request(OLD_TOOL.one_record, PROVISION), &Expected::Anything).await.unwrap();
    let after = only_active(&provisioner, OLD_TOOL.one_record).await;
    let entry = last_entry(&provisioner).await;
    assert_eq!((entry.session, entry.seq, entry.host_session), (OLD_TOOL.one_record, 1, Some(after.id.get())));
    assert_eq!((entry.by.as_str(), entry.os_user.as_str()), ("M. Keller", "m.keller"));
    assert_eq!(
        (entry.reason.as_deref(), entry.at.as_str()),
        (Some("scheduled rotation"), "2026-11-22T12:00:00.250000Z")
    );
    assert_eq!((entry.old_fp, entry.new_fp), (Some(before), Some(after.hash.fingerprint().full())));
}

#[tokio::test]
async fn a_session_without_records_gets_its_first() {
    let (_db, provisioner, _) = ready().await;
    let done = change(&provisioner, &request(OLD_TOOL.no_record, PROVISION), &Expected::NoRecord).await.unwrap();
    assert_eq!(done.applied.plan.outcome, Outcome::Created);
    let made = only_active(&provisioner, OLD_TOOL.no_record).await;
    assert_eq!(done.applied.record, Some(made.clone()));
    assert_eq!(last_entry(&provisioner).await.host_session, Some(made.id.get()));
}

#[tokio::test]
async fn duplicates_are_retired_with_the_rotation() {
    let (_db, provisioner, _) = ready().await;
    let done = change(&provisioner, &request(OLD_TOOL.duplicates, PROVISION), &Expected::Anything).await.unwrap();
    assert_eq!(done.applied.plan.retired.len(), 2);
    let current = only_active(&provisioner, OLD_TOOL.duplicates).await;
    assert_eq!(current.id, record(OLD_TOOL.best_duplicate));
    for retired in seen(&provisioner, OLD_TOOL.duplicates).await.records.iter().filter(|record| !record.is_active) {
        assert_eq!(retired.revoked_at, Some(at("2026-11-22T12:00:00.000000Z")));
        assert_eq!(retired.revoked_by.as_deref(), Some("M. Keller"));
        assert!(!retired.legacy_duplicate);
    }
    assert_eq!(last_entry(&provisioner).await.retired.len(), 2);
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
}

#[tokio::test]
async fn the_best_duplicate_becomes_current_where_none_is() {
    let (db, provisioner, _) = ready().await;
    db.sql(&format!(r#"UPDATE "HostSessions" SET "IsActive" = 0 WHERE "HostSessionId" = {}"#, OLD_TOOL.best_duplicate))
        .await;
    change(&provisioner, &request(OLD_TOOL.duplicates, PROVISION), &Expected::Anything).await.unwrap();
    let current = only_active(&provisioner, OLD_TOOL.duplicates).await;
    assert!(current.is_current());
    assert_ne!(current.id, record(OLD_TOOL.best_duplicate));
}

#[tokio::test]
async fn a_retired_record_is_used_again_where_none_is_active() {
    let (_db, provisioner, _) = ready().await;
    let before = seen(&provisioner, OLD_TOOL.retired_only).await.records;
    let done = change(&provisioner, &request(OLD_TOOL.retired_only, PROVISION), &Expected::NoRecord).await.unwrap();
    let after = only_active(&provisioner, OLD_TOOL.retired_only).await;
    assert_eq!((done.applied.plan.outcome, after.id), (Outcome::Rotated, before[0].id));
    assert_eq!((after.revoked_at, after.revoked_by), (None, None));
}

#[tokio::test]
async fn force_new_retires_all_and_inserts_one() {
    let (_db, provisioner, _) = ready().await;
    let before = seen(&provisioner, OLD_TOOL.duplicates).await;
    let done = change(&provisioner, &request(OLD_TOOL.duplicates, FORCE_NEW), &Expected::Anything).await.unwrap();
    let current = only_active(&provisioner, OLD_TOOL.duplicates).await;
    assert_eq!(done.applied.plan.outcome, Outcome::ForceCreated);
    assert!(before.records.iter().all(|record| record.id < current.id));
    assert_eq!(seen(&provisioner, OLD_TOOL.duplicates).await.records.len(), before.records.len() + 1);
    assert_eq!(last_entry(&provisioner).await.retired.len(), 3);
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
}

#[tokio::test]
async fn a_revocation_retires_all_and_makes_no_guid() {
    let (_db, provisioner, _) = ready().await;
    let guid = provision(&provisioner, OLD_TOOL.one_record).await;
    let done = change(&provisioner, &request(OLD_TOOL.one_record, Action::Revoke), &Expected::Anything).await.unwrap();
    assert!(done.guid.is_none() && done.applied.record.is_none());
    assert_eq!(seen(&provisioner, OLD_TOOL.one_record).await.active().count(), 0);
    assert!(!opens(&provisioner, OLD_TOOL.one_record, &guid).await);
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
}

#[tokio::test]
async fn a_revocation_of_nothing_writes_nothing() {
    let (db, provisioner, _) = ready().await;
    for id in [OLD_TOOL.no_record, OLD_TOOL.retired_only] {
        let before = db.dump().await;
        let done = change(&provisioner, &request(id, Action::Revoke), &Expected::Anything).await.unwrap();
        assert_eq!((done.applied.plan.outcome, done.applied.event), (Outcome::Unchanged, None));
        assert_eq!(db.dump().await, before);
    }
}

#[tokio::test]
async fn a_preview_writes_nothing_and_states_what_must_still_hold() {
    let (db, provisioner, _) = ready().await;
    let before = db.dump().await;
    let preview = provisioner.preview(&request(OLD_TOOL.duplicates, PROVISION), &Expected::Anything).await.unwrap();
    assert_eq!(db.dump().await, before);
    assert_eq!(preview.plan.retired.len(), 2);
    let done = change(&provisioner, &request(OLD_TOOL.duplicates, PROVISION), &preview.expected).await.unwrap();
    assert_eq!(done.applied.plan.retired, preview.plan.retired);
}

/// Asserts that a change is a conflict, and that it changed nothing; gives its sentence.
async fn conflicts(db: &TestDb, provisioner: &Provisioner, id: i64, expected: &Expected) -> String {
    let before = db.dump().await;
    let error = change(provisioner, &request(id, PROVISION), expected).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(db.dump().await, before);
    error.to_string()
}

#[tokio::test]
async fn a_rotation_after_another_operators_rotation_is_told_by_whom_and_when() {
    let (db, provisioner, clock) = ready().await;
    let id = OLD_TOOL.one_record;
    let read = provisioner.preview(&request(id, PROVISION), &Expected::Anything).await.unwrap().expected;
    change(&provisioner, &request_by(id, PROVISION, "R. Sato"), &Expected::Anything).await.unwrap();
    clock.advance(60);
    let told = conflicts(&db, &provisioner, id, &read).await;
    assert!(told.contains("R. Sato") && told.contains("2026-11-22T12:00:00.250"), "{told}");
}

#[tokio::test]
async fn every_other_difference_from_what_was_seen_is_a_conflict_too() {
    let (db, provisioner, _) = ready().await;
    let (one, many) = (OLD_TOOL.one_record, OLD_TOOL.duplicates);
    let now = at("2026-11-22T12:00:00.250000Z");
    conflicts(&db, &provisioner, one, &Expected::NoRecord).await;
    conflicts(&db, &provisioner, OLD_TOOL.no_record, &Expected::exactly(&seen(&provisioner, one).await, now)).await;
    // A duplicate that the plan listed is gone.
    let listed = Expected::exactly(&seen(&provisioner, many).await, now);
    db.sql(&format!(r#"UPDATE "HostSessions" SET "IsActive" = 0 WHERE "SessionId" = {many} AND "LegacyDuplicate""#))
        .await;
    conflicts(&db, &provisioner, many, &listed).await;
}

#[tokio::test]
async fn refusals_change_nothing() {
    let (db, provisioner, _) = ready().await;
    let before = db.dump().await;
    let past = Action::Provision(Expiry::parse("2026-11-21").unwrap());
    let not_current = Action::RotateRecord(record(OLD_TOOL.best_duplicate), Expiry::Never);
    for refused in
        [request(999, PROVISION), request(OLD_TOOL.one_record, past), request(OLD_TOOL.one_record, not_current)]
    {
        let error = change(&provisioner, &refused, &Expected::Anything).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
        assert_eq!(db.dump().await, before);
    }
}
