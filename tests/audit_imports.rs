//! Histories that begin with an import: what it told of is held to it, and old records go on being of the time before.

use host_provisioner::domain::audit::{Finding, verify};
use host_provisioner::domain::chain::{AuditAction, AuditBody, ChainHash, ChainHead};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::request::Action;
use host_provisioner::domain::time::Timestamp;

use crate::audit_chain::change;
use crate::model::Tables;
use crate::world::{duplicate, guid, hasher, hours, inactive, legacy_hash, record, record_id, session_id};

/// Session 1 with these records, whose import is the first entry; the unflagged active one is current.
fn imported(records: Vec<HostRecord>) -> Tables {
    let current = records.iter().find(|record| record.is_current());
    let body = AuditBody {
        v: 1,
        session: 1,
        seq: 1,
        event: EventId::generate().to_string(),
        action: AuditAction::Imported,
        host_session: current.map(|record| record.id.get()),
        retired: vec![],
        by: "M. Keller".to_owned(),
        os_user: "mkeller".to_owned(),
        client: "bastion2 host-provisioner/0.1.0".to_owned(),
        reason: None,
        old_fp: None,
        new_fp: current.map(|record| record.hash.fingerprint().full()),
        expires: current.and_then(|record| record.expires_at).map(Timestamp::fixed_width),
        at: hours(0).fixed_width(),
    };
    Tables { sessions: vec![session_id(1)], records, entries: vec![body.follow(ChainHead::default())] }
}

fn three() -> Tables {
    imported(vec![duplicate(3), HostRecord { expires_at: Some(hours(900)), ..record(5) }, inactive(9)])
}

/// The records that are named as damaged.
fn damaged(tables: &Tables) -> Vec<Option<i64>> {
    match verify(&tables.trail(1)) {
        Finding::Damaged(damage) => damage.iter().map(|damage| damage.host_session).collect(),
        Finding::Intact | Finding::Unaudited | Finding::SessionDeleted => vec![],
    }
}

#[test]
fn an_imported_session_is_intact_with_its_duplicates_and_without_any_record() {
    for tables in [three(), imported(vec![]), imported(vec![inactive(9)])] {
        assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    }
}

#[test]
fn hash_end_and_state_of_the_imported_current_record_are_covered() {
    let edits: [fn(&mut HostRecord); 5] = [
        |row| row.hash = legacy_hash(77),
        |row| row.expires_at = None,
        |row| row.is_active = false,
        |row| row.legacy_duplicate = true,
        |row| row.revoked_by = Some("Mallory".to_owned()),
    ];
    for edit in edits {
        let mut tables = three();
        edit(tables.record_mut(record_id(5)));
        assert_eq!(damaged(&tables), [Some(5)]);
    }
    let mut tables = three();
    tables.records.remove(1);
    assert_eq!(damaged(&tables), [Some(5)]);
}

#[test]
fn what_the_web_application_does_with_the_other_old_records_is_no_damage() {
    let mut tables = three();
    tables.record_mut(record_id(3)).is_active = false;
    tables.record_mut(record_id(5)).last_used_at = Some(hours(3));
    tables.records.push(duplicate(20));
    assert_eq!(damaged(&tables), []);
}

#[test]
fn a_hash_that_only_this_program_writes_is_damage_where_only_an_import_happened() {
    let mut tables = three();
    tables.record_mut(record_id(3)).hash = hasher().hash(session_id(1), &guid(7));
    assert_eq!(damaged(&tables), [Some(3)]);
}

#[test]
fn once_rotated_any_other_active_record_is_damage_again() {
    let mut tables = three();
    change(&mut tables, 1, Action::Provision(Expiry::Never), 1);
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    tables.records.push(duplicate(20));
    assert_eq!(damaged(&tables), [Some(20)]);
}

#[test]
fn an_imported_record_stays_covered_after_it_was_retired() {
    let mut tables = three();
    change(&mut tables, 1, Action::Revoke, 1);
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    for edit in [|row: &mut HostRecord| row.hash = legacy_hash(77), |row: &mut HostRecord| row.expires_at = None] {
        let mut changed = tables.clone();
        edit(changed.record_mut(record_id(5)));
        assert_eq!(damaged(&changed), [Some(5)]);
    }
}

#[test]
fn a_later_import_tells_of_another_current_record_until_this_program_rotated() {
    let mut tables = three();
    tables.record_mut(record_id(5)).legacy_duplicate = true;
    tables.record_mut(record_id(3)).legacy_duplicate = false;
    let again = imported(vec![record(3)]).entries.remove(0).parse_body().unwrap();
    let head = tables.snapshot(session_id(1)).head;
    tables.entries.push(AuditBody { seq: 2, ..again }.follow(head));
    assert_eq!(damaged(&tables), []);
    change(&mut tables, 1, Action::Provision(Expiry::Never), 1);
    let head = tables.snapshot(session_id(1)).head;
    let claims = imported(vec![record(5)]).entries.remove(0).parse_body().unwrap();
    tables.entries.push(AuditBody { seq: 4, ..claims }.follow(head));
    assert_eq!(damaged(&tables), []);
}

/// Lets the current record of [`three`] stay, as it is in these tables, and retires the duplicate.
fn consolidated(tables: &mut Tables) {
    let kept = tables.record_mut(record_id(5)).clone();
    let head = tables.entries.last().unwrap();
    let last = head.parse_body().unwrap();
    let by = last.by.clone();
    let body = AuditBody {
        seq: last.seq + 1,
        event: EventId::generate().to_string(),
        action: AuditAction::Consolidated,
        host_session: Some(5),
        retired: vec![3],
        new_fp: Some(kept.hash.fingerprint().full()),
        expires: kept.expires_at.map(Timestamp::fixed_width),
        at: hours(2).fixed_width(),
        ..last
    };
    let head = ChainHead { seq: head.seq, hash: ChainHash::parse(&head.entry_hash).unwrap() };
    tables.entries.push(body.follow(head));
    let retired = tables.record_mut(record_id(3));
    (retired.is_active, retired.legacy_duplicate) = (false, false);
    (retired.revoked_at, retired.revoked_by) = (Some(hours(2)), Some(by));
}

/// A planted hash goes on working after a consolidation: only a new GUID is a cure.
#[test]
fn what_was_changed_before_a_consolidation_let_it_stay_is_told_until_there_is_a_new_guid() {
    let mut sound = three();
    consolidated(&mut sound);
    assert_eq!(verify(&sound.trail(1)), Finding::Intact);
    let edits: [fn(&mut HostRecord); 2] =
        [|row| row.hash = legacy_hash(77), |row| row.expires_at = row.expires_at.map(|_| hours(9_000))];
    for edit in edits {
        let mut tables = three();
        edit(tables.record_mut(record_id(5)));
        consolidated(&mut tables);
        assert_eq!(damaged(&tables), [Some(5)]);
        // Another consolidation is none either.
        consolidated(&mut tables);
        assert_eq!(damaged(&tables), [Some(5)]);
        change(&mut tables, 1, Action::Provision(Expiry::Never), 3);
        assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    }
}

/// Once a session has a GUID of ours, no other record becomes active but by the history.
#[test]
fn a_record_that_nobody_made_active_is_told_though_a_consolidation_let_it_stay() {
    let mut tables = three();
    change(&mut tables, 1, Action::Revoke, 1);
    let planted = tables.record_mut(record_id(5));
    (planted.is_active, planted.revoked_at, planted.revoked_by) = (true, None, None);
    let before = damaged(&tables);
    assert!(before.contains(&Some(5)), "{before:?}");
    consolidated(&mut tables);
    assert!(damaged(&tables).contains(&Some(5)));
    let mut tables = imported(vec![inactive(9)]);
    change(&mut tables, 1, Action::Provision(Expiry::Never), 1);
    change(&mut tables, 1, Action::Revoke, 1);
    tables.records.extend([record(5), duplicate(3)]);
    consolidated(&mut tables);
    assert_eq!(damaged(&tables), [Some(5)]);
}
