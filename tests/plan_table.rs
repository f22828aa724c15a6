//! The rule's table, row by row.

use std::time::Duration;

use host_provisioner::domain::chain::AuditAction;
use host_provisioner::domain::expiry::{Expiry, ExpiryError};
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::plan::{Outcome, Plan, RecordWrite, Refusal, Retirement, plan};
use host_provisioner::domain::request::Action;
use host_provisioner::domain::snapshot::Snapshot;

use crate::world::{duplicate, hours, inactive, instant, record, record_id, request, session, session_id, snapshot};

const PROVISION: Action = Action::Provision(Expiry::Never);
const FORCE_NEW: Action = Action::ForceNew(Expiry::Never);

fn planned(action: Action, records: Vec<HostRecord>) -> Plan {
    plan(&snapshot(records), &request(action), hours(0)).unwrap()
}

fn refused(action: Action, records: Vec<HostRecord>) -> Refusal {
    plan(&snapshot(records), &request(action), hours(0)).unwrap_err()
}

fn ids(numbers: &[i64]) -> Vec<host_provisioner::domain::host_record::HostRecordId> {
    numbers.iter().map(|number| record_id(*number)).collect()
}

/// Checks that exactly this record is updated in place, and that these are retired.
fn assert_rotates(plan: &Plan, updated: &HostRecord, retired: &[i64]) {
    assert_eq!(plan.outcome, Outcome::Rotated);
    assert_eq!(plan.write, RecordWrite::Update { id: updated.id, held: updated.hash.clone() });
    assert_eq!(plan.previous.as_ref(), Some(updated));
    assert_eq!(plan.previous_fingerprint(), Some(updated.hash.fingerprint()));
    assert_eq!(plan.retired_ids(), ids(retired));
    let draft = plan.audit.as_ref().unwrap();
    assert_eq!(draft.action, AuditAction::Rotated);
    assert_eq!(draft.host_session, Some(updated.id));
    assert_eq!(draft.retired, ids(retired));
    assert_eq!(draft.old_fp, Some(updated.hash.fingerprint()));
    assert_eq!(draft.expires, plan.expires_at);
}

/// Checks that a new row is made, and that these are retired.
fn assert_inserts(plan: &Plan, outcome: Outcome, retired: &[i64]) {
    assert_eq!(plan.outcome, outcome);
    assert_eq!(plan.write, RecordWrite::Insert);
    assert_eq!(plan.retired_ids(), ids(retired));
    let draft = plan.audit.as_ref().unwrap();
    assert_eq!(Some(draft.action), AuditAction::of(outcome));
    assert_eq!(draft.host_session, None, "an insert's id is not known beforehand");
    assert_eq!(draft.retired, ids(retired));
}

#[test]
fn a_new_hash_is_written_by_an_insert_and_an_update_alone() {
    let (id, held) = (record_id(1), record(1).hash);
    assert!(RecordWrite::Insert.writes_hash());
    assert!(RecordWrite::Update { id, held: held.clone() }.writes_hash());
    assert!(!RecordWrite::Keep { id, held }.writes_hash());
    assert!(!RecordWrite::Nothing.writes_hash());
}

#[test]
fn a_session_that_does_not_exist_is_refused_whatever_is_asked() {
    let nothing = Snapshot { session: None, ..snapshot(vec![record(1)]) };
    for action in [PROVISION, FORCE_NEW, Action::RotateRecord(record_id(1), Expiry::Never), Action::Revoke] {
        let refusal = plan(&nothing, &request(action), hours(0)).unwrap_err();
        assert_eq!(refusal, Refusal::SessionNotFound(session_id(1)));
        assert_eq!(refusal.to_string(), "there is no session 1");
    }
}

#[test]
fn a_session_without_records_gets_its_first() {
    let plan = planned(PROVISION, vec![]);
    assert_inserts(&plan, Outcome::Created, &[]);
    assert_eq!(plan.previous, None);
    assert_eq!(plan.previous_fingerprint(), None);
}

#[test]
fn the_current_record_is_updated_in_place() {
    assert_rotates(&planned(PROVISION, vec![record(7)]), &record(7), &[]);
}

#[test]
fn an_expired_current_record_is_updated_in_place_all_the_same() {
    let expired = HostRecord { expires_at: Some(hours(-1)), ..record(7) };
    assert_rotates(&planned(PROVISION, vec![expired.clone()]), &expired, &[]);
}

#[test]
fn the_current_record_is_preferred_to_later_inactive_ones() {
    let later = HostRecord { created_at: hours(-1), ..inactive(9) };
    assert_rotates(&planned(PROVISION, vec![record(7), later]), &record(7), &[]);
}

#[test]
fn each_legacy_duplicate_is_retired_if_it_still_holds_the_hash_that_was_read() {
    let plan = planned(PROVISION, vec![duplicate(3), record(5), duplicate(8), inactive(9)]);
    assert_rotates(&plan, &record(5), &[3, 8]);
    let retirement = |id: i64| Retirement { id: record_id(id), held: duplicate(id).hash };
    assert_eq!(plan.retired, vec![retirement(3), retirement(8)]);
}

#[test]
fn the_current_record_stays_current_beside_a_better_duplicate() {
    let expired = HostRecord { expires_at: Some(hours(-1)), ..record(5) };
    let used = HostRecord { last_used_at: Some(hours(-1)), ..duplicate(8) };
    assert_rotates(&planned(PROVISION, vec![expired.clone(), used]), &expired, &[8]);
}

/// Checks that of these two duplicates the better is updated and the worse retired, in either order.
fn assert_best(better: &HostRecord, worse: &HostRecord) {
    for records in [vec![better.clone(), worse.clone()], vec![worse.clone(), better.clone()]] {
        assert_rotates(&planned(PROVISION, records), better, &[worse.id.get()]);
    }
}

#[test]
fn of_duplicates_alone_one_that_works_is_better_than_an_expired_one() {
    let expired =
        HostRecord { expires_at: Some(hours(0)), last_used_at: Some(hours(-1)), created_at: hours(-1), ..duplicate(9) };
    assert_best(&HostRecord { expires_at: Some(instant(1)), ..duplicate(2) }, &expired);
}

#[test]
fn of_duplicates_alone_the_one_used_last_is_better() {
    let used = |id, at| HostRecord { last_used_at: Some(at), ..duplicate(id) };
    assert_best(&used(2, hours(-1)), &HostRecord { created_at: hours(-1), ..used(9, hours(-2)) });
}

#[test]
fn of_duplicates_alone_one_that_was_never_used_comes_last() {
    let used = HostRecord { last_used_at: Some(hours(-5000)), ..duplicate(2) };
    assert_best(&used, &HostRecord { created_at: hours(-1), ..duplicate(9) });
}

#[test]
fn of_duplicates_alone_that_were_used_alike_the_one_created_last_is_better() {
    assert_best(&HostRecord { created_at: hours(-99), ..duplicate(2) }, &duplicate(9));
}

#[test]
fn of_duplicates_that_are_alike_the_larger_id_is_better() {
    assert_best(&duplicate(9), &duplicate(2));
}

#[test]
fn of_many_duplicates_all_but_the_best_are_retired() {
    let used = HostRecord { last_used_at: Some(hours(-1)), ..duplicate(4) };
    let plan = planned(PROVISION, vec![duplicate(2), used.clone(), duplicate(6), duplicate(8)]);
    assert_rotates(&plan, &used, &[2, 6, 8]);
}

#[test]
fn of_inactive_records_alone_the_one_created_last_is_reused() {
    let later = HostRecord { created_at: hours(-99), ..inactive(2) };
    assert_rotates(&planned(PROVISION, vec![later.clone(), inactive(9)]), &later, &[]);
}

#[test]
fn of_inactive_records_created_together_the_larger_id_is_reused() {
    assert_rotates(&planned(PROVISION, vec![inactive(9), inactive(2)]), &inactive(9), &[]);
}

#[test]
fn last_use_does_not_count_among_inactive_records() {
    let used = HostRecord { last_used_at: Some(hours(-1)), ..inactive(2) };
    assert_rotates(&planned(PROVISION, vec![used, inactive(9)]), &inactive(9), &[]);
}

#[test]
fn force_new_retires_every_active_record_and_makes_another() {
    let plan = planned(FORCE_NEW, vec![duplicate(3), record(5), duplicate(8), inactive(9)]);
    assert_inserts(&plan, Outcome::ForceCreated, &[3, 5, 8]);
    assert_eq!(plan.previous, Some(record(5)));
    assert_eq!(plan.audit.unwrap().old_fp, Some(record(5).hash.fingerprint()));
}

#[test]
fn force_new_without_active_records_still_makes_another() {
    for records in [vec![], vec![inactive(9)]] {
        let plan = planned(FORCE_NEW, records);
        assert_inserts(&plan, Outcome::ForceCreated, &[]);
        assert_eq!(plan.previous, None);
        assert_eq!(plan.audit.unwrap().old_fp, None);
    }
}

#[test]
fn a_revocation_retires_every_active_record_and_writes_no_hash() {
    let plan = planned(Action::Revoke, vec![duplicate(3), record(5), inactive(9)]);
    assert_eq!(plan.outcome, Outcome::Revoked);
    assert_eq!(plan.write, RecordWrite::Nothing);
    assert_eq!(plan.retired_ids(), ids(&[3, 5]));
    let draft = plan.audit.unwrap();
    assert_eq!((draft.action, draft.host_session), (AuditAction::Revoked, Some(record_id(5))));
    assert_eq!((draft.retired, draft.expires), (ids(&[3, 5]), None));
    assert_eq!(draft.old_fp, Some(record(5).hash.fingerprint()));
}

#[test]
fn a_revocation_of_duplicates_alone_retires_them_all() {
    let plan = planned(Action::Revoke, vec![duplicate(3), duplicate(5)]);
    assert_eq!((plan.outcome, plan.retired_ids()), (Outcome::Revoked, ids(&[3, 5])));
}

#[test]
fn a_revocation_of_nothing_changes_nothing_and_has_no_entry() {
    for records in [vec![], vec![inactive(9)]] {
        let plan = planned(Action::Revoke, records);
        assert_eq!((plan.outcome, plan.write), (Outcome::Unchanged, RecordWrite::Nothing));
        assert_eq!((plan.retired, plan.audit), (vec![], None));
    }
}

#[test]
fn the_current_record_may_be_rotated_by_its_id() {
    let rotate = Action::RotateRecord(record_id(5), Expiry::Never);
    assert_rotates(&planned(rotate, vec![duplicate(3), record(5)]), &record(5), &[3]);
}

#[test]
fn the_best_of_duplicates_alone_may_be_rotated_by_its_id() {
    let rotate = Action::RotateRecord(record_id(5), Expiry::Never);
    assert_rotates(&planned(rotate, vec![duplicate(3), duplicate(5)]), &duplicate(5), &[3]);
}

#[test]
fn a_rotation_by_id_of_any_other_record_names_the_current_one() {
    for asked in [duplicate(3), inactive(9), record(1234)] {
        let refusal =
            refused(Action::RotateRecord(asked.id, Expiry::Never), vec![duplicate(3), record(5), inactive(9)]);
        let current = Some(record_id(5));
        assert_eq!(refusal, Refusal::NotCurrent { session: session_id(1), asked: asked.id, current });
        assert!(refusal.to_string().ends_with("of session 1; the current one is #5"), "{refusal}");
    }
}

#[test]
fn a_rotation_by_id_never_revives_a_retired_record() {
    let refusal = refused(Action::RotateRecord(record_id(9), Expiry::Never), vec![inactive(9)]);
    assert_eq!(refusal, Refusal::NotCurrent { session: session_id(1), asked: record_id(9), current: None });
    assert!(refusal.to_string().ends_with("the session has no active record"), "{refusal}");
}

/// The three actions that make a GUID, with this expiry.
fn making(expiry: Expiry) -> [Action; 3] {
    [Action::Provision(expiry), Action::ForceNew(expiry), Action::RotateRecord(record_id(5), expiry)]
}

#[test]
fn an_expiry_that_has_passed_is_refused() {
    for end in [hours(-1), hours(0)] {
        for action in making(Expiry::At(end)) {
            assert_eq!(refused(action, vec![record(5)]), Refusal::Expiry(ExpiryError::Past(end)));
        }
    }
}

#[test]
fn an_expiry_to_come_is_planned_and_told_in_the_history() {
    for action in making(Expiry::At(hours(1))) {
        let plan = planned(action, vec![record(5)]);
        assert_eq!((plan.expires_at, plan.audit.unwrap().expires), (Some(hours(1)), Some(hours(1))));
    }
}

#[test]
fn a_duration_counts_from_the_instant_of_the_change() {
    for action in making(Expiry::After(Duration::from_hours(8))) {
        for now in [hours(0), hours(3)] {
            let plan = plan(&snapshot(vec![record(5)]), &request(action), now).unwrap();
            assert_eq!(plan.expires_at.unwrap().seconds_since(now), 8 * 3600);
        }
    }
}

#[test]
fn no_expiry_means_never_even_where_there_was_one() {
    let expiring = HostRecord { expires_at: Some(hours(9)), ..record(5) };
    for action in making(Expiry::Never) {
        assert_eq!(planned(action, vec![expiring.clone()]).expires_at, None);
    }
}

#[test]
fn the_status_of_the_session_never_blocks() {
    for status in [None, Some("Created"), Some("Completed"), Some("Expired"), Some("anything")] {
        let mut seen = snapshot(vec![record(5)]);
        let ended = Some(hours(-2));
        let status = status.map(str::to_owned);
        seen.session = Some(host_provisioner::domain::session::Session {
            status,
            ended_at: ended,
            expires_at: ended,
            ..session(1)
        });
        for action in [PROVISION, FORCE_NEW, Action::RotateRecord(record_id(5), Expiry::Never), Action::Revoke] {
            assert_eq!(
                plan(&seen, &request(action), hours(0)).unwrap(),
                plan(&snapshot(vec![record(5)]), &request(action), hours(0)).unwrap()
            );
        }
    }
}

#[test]
fn a_plan_tells_whether_rows_of_the_old_form_are_there() {
    let ours = crate::world::hasher().hash(session_id(1), &crate::world::guid(5));
    let ours = HostRecord { hash: ours, ..record(5) };
    assert!(planned(PROVISION, vec![ours.clone(), inactive(3)]).has_legacy_rows);
    assert!(!planned(PROVISION, vec![ours]).has_legacy_rows);
}
