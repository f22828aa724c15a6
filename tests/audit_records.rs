//! The records against the history: whatever changed them from outside is found and named.

use host_provisioner::domain::audit::{Damage, Finding, Trail, verify};
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::host_record::{HostRecord, StoredHash};
use host_provisioner::domain::request::Action;

use crate::audit_chain::{change, two_histories};
use crate::model::Tables;
use crate::world::{duplicate, guid, hasher, hours, inactive, legacy_hash, record, record_id, session_id};

const PROVISION: Action = Action::Provision(Expiry::Never);
const FORCE_NEW: Action = Action::ForceNew(Expiry::Never);

/// Session 1 with these records of the existing system, and then these actions.
fn history(records: Vec<HostRecord>, actions: &[Action]) -> Tables {
    let mut tables = Tables { sessions: vec![session_id(1)], records, entries: vec![] };
    for (hour, action) in (1..).zip(actions) {
        change(&mut tables, 1, *action, hour);
    }
    tables
}

fn damage_of(trail: &Trail) -> Vec<Damage> {
    match verify(trail) {
        Finding::Damaged(damage) => damage,
        Finding::Intact | Finding::Unaudited | Finding::SessionDeleted => vec![],
    }
}

type Edit = (&'static str, fn(&mut HostRecord));

/// Every way to change the hash, the making, and the end of a record.
const EDITS: [Edit; 11] = [
    ("HostGuidHash", |row| row.hash = hasher().hash(session_id(1), &guid(77))),
    ("HostGuidHash", |row| row.hash = legacy_hash(77)),
    ("HostGuidHash", |row| row.hash = StoredHash::new(String::new())),
    ("CreatedAt", |row| row.created_at = hours(-7)),
    ("CreatedAt", |row| row.created_at = crate::world::instant(row.created_at.seconds_since(hours(0)) * 1000 + 1)),
    ("CreatedBy", |row| row.created_by = Some("R. Satō".to_owned())),
    ("CreatedBy", |row| row.created_by = None),
    ("ExpiresAt", |row| row.expires_at = Some(hours(99_999))),
    ("ExpiresAt", |row| row.expires_at = row.expires_at.xor(Some(hours(99_999)))),
    ("LegacyDuplicate", |row| row.legacy_duplicate = true),
    ("IsActive", |row| row.is_active = !row.is_active),
];

const REVOCATIONS: [Edit; 4] = [
    ("RevokedAt", |row| row.revoked_at = row.revoked_at.xor(Some(hours(50)))),
    ("RevokedAt", |row| row.revoked_at = Some(hours(49))),
    ("RevokedBy", |row| row.revoked_by = row.revoked_by.clone().xor(Some("Mallory".to_owned()))),
    ("RevokedBy", |row| row.revoked_by = Some("Mallory".to_owned())),
];

/// Checks that each of these edits of this record is found, and that the record is named.
fn assert_covered(tables: &Tables, id: i64, edits: &[Edit]) {
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    for (name, edit) in edits {
        let mut changed = tables.clone();
        edit(changed.record_mut(record_id(id)));
        assert_ne!(&changed, tables, "{name} is really edited");
        let damage = damage_of(&changed.trail(1));
        assert!(!damage.is_empty(), "{name} of record #{id} went unseen");
        let named = |damage: &Damage| damage.host_session == Some(id) && damage.session == 1 && damage.seq.is_none();
        assert!(damage.iter().all(named), "{name}: {damage:?}");
    }
}

#[test]
fn every_column_of_the_current_record_is_covered() {
    let tables = two_histories();
    assert_covered(&tables, 12, &EDITS);
    assert_covered(&tables, 12, &REVOCATIONS);
}

#[test]
fn a_first_record_is_covered_like_a_rotated_one() {
    let tables = history(vec![], &[PROVISION]);
    assert_covered(&tables, 1, &EDITS);
    assert_covered(&tables, 1, &REVOCATIONS);
}

#[test]
fn every_column_of_a_record_that_the_history_made_and_retired_is_covered() {
    for actions in [[PROVISION, FORCE_NEW], [PROVISION, Action::Revoke]] {
        let tables = history(vec![record(5)], &actions);
        assert_covered(&tables, 5, &EDITS);
        assert_covered(&tables, 5, &REVOCATIONS);
    }
}

#[test]
fn a_retired_record_stays_covered_under_a_longer_history() {
    let tables = history(vec![record(5)], &[PROVISION, FORCE_NEW, PROVISION, Action::Revoke, PROVISION]);
    assert_covered(&tables, 5, &EDITS);
    assert_covered(&tables, 5, &REVOCATIONS);
}

#[test]
fn a_second_retirement_does_not_cover_up_what_was_changed_before_it() {
    let mut tables = history(vec![record(5)], &[PROVISION, FORCE_NEW]);
    let row = tables.record_mut(record_id(5));
    (row.is_active, row.legacy_duplicate, row.hash) = (true, true, legacy_hash(77));
    change(&mut tables, 1, Action::Revoke, 9);
    let damage = damage_of(&tables.trail(1));
    assert_eq!(damage.iter().map(|damage| damage.host_session).collect::<Vec<_>>(), [Some(5)]);
}

#[test]
fn the_retirement_of_a_legacy_duplicate_is_covered() {
    let tables = history(vec![duplicate(3), record(5)], &[PROVISION]);
    assert_covered(&tables, 3, &REVOCATIONS);
    assert_covered(&tables, 3, &EDITS[9..]);
}

#[test]
fn the_hash_of_a_record_from_before_the_history_is_covered_once_it_is_revoked_or_retired_alone() {
    for (records, action) in [
        (vec![duplicate(3), record(5)], Action::Revoke),
        (vec![record(5)], Action::Revoke),
        (vec![record(5)], FORCE_NEW),
    ] {
        assert_covered(&history(records, &[action]), 5, &EDITS[..3]);
    }
}

#[test]
fn last_used_at_is_not_covered() {
    let mut tables = two_histories();
    for row in &mut tables.records {
        row.last_used_at = Some(hours(6));
    }
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
}

#[test]
fn a_record_that_the_history_knows_and_that_is_gone_is_damage() {
    for id in [3, 5, 12] {
        let mut tables = two_histories();
        tables.records.retain(|row| row.id != record_id(id));
        let damage = damage_of(&tables.trail(1));
        assert_eq!(damage.iter().map(|damage| damage.host_session).collect::<Vec<_>>(), [Some(id)]);
    }
}

#[test]
fn a_record_moved_to_another_session_is_damage_in_both() {
    let mut tables = two_histories();
    tables.record_mut(record_id(12)).session = session_id(2);
    assert_eq!(damage_of(&tables.trail(1))[0].host_session, Some(12));
    assert_eq!(damage_of(&tables.trail(2))[0].host_session, Some(12));
}

#[test]
fn a_second_active_record_is_damage_flagged_or_not() {
    for second in [record(20), duplicate(20)] {
        let mut tables = two_histories();
        tables.records.push(second);
        let damage = damage_of(&tables.trail(1));
        assert_eq!(damage.iter().map(|damage| damage.host_session).collect::<Vec<_>>(), [Some(20)]);
    }
}

#[test]
fn an_inactive_record_that_the_history_never_named_is_no_damage() {
    let mut tables = two_histories();
    tables.records.push(inactive(20));
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
}

#[test]
fn an_old_inactive_record_made_active_again_is_damage() {
    let mut tables = two_histories();
    tables.record_mut(record_id(9)).is_active = true;
    assert_eq!(damage_of(&tables.trail(1))[0].host_session, Some(9));
}

#[test]
fn a_retired_record_made_active_again_is_damage_even_without_its_marks() {
    for id in [3, 5] {
        let mut tables = two_histories();
        let row = tables.record_mut(record_id(id));
        (row.is_active, row.revoked_at, row.revoked_by) = (true, None, None);
        let damage = damage_of(&tables.trail(1));
        assert!(damage.iter().all(|damage| damage.host_session == Some(id)) && !damage.is_empty());
    }
}

#[test]
fn after_a_revocation_any_active_record_is_damage() {
    let revoked = history(vec![duplicate(3), record(5), inactive(9)], &[Action::Revoke]);
    assert_eq!(verify(&revoked.trail(1)), Finding::Intact);
    for id in [3, 5, 9] {
        let mut tables = revoked.clone();
        tables.record_mut(record_id(id)).is_active = true;
        assert_eq!(damage_of(&tables.trail(1))[0].host_session, Some(id));
    }
    let mut tables = revoked;
    tables.records.push(record(20));
    assert_eq!(damage_of(&tables.trail(1))[0].host_session, Some(20));
}

#[test]
fn duplicates_that_were_retired_leave_the_history_intact() {
    for records in [vec![duplicate(3), record(5), duplicate(8)], vec![duplicate(3), duplicate(5), inactive(9)]] {
        for action in [PROVISION, FORCE_NEW, Action::Revoke] {
            assert_eq!(verify(&history(records.clone(), &[action]).trail(1)), Finding::Intact);
        }
    }
}

#[test]
fn a_revoked_record_that_is_used_again_is_intact() {
    let tables = history(vec![record(5)], &[PROVISION, Action::Revoke, PROVISION]);
    assert!(tables.record(record_id(5)).is_current());
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
}

#[test]
fn records_from_before_the_history_are_unaudited() {
    let records = vec![duplicate(3), record(5), inactive(9)];
    assert_eq!(verify(&history(records, &[]).trail(1)), Finding::Unaudited);
}

#[test]
fn a_record_in_our_format_without_history_is_damage() {
    for (text, active) in [("sha256:00", true), ("hmac-sha256:630dcd29:00", true), ("sha256:00", false)] {
        let ours = HostRecord { hash: StoredHash::new(text.to_owned()), is_active: active, ..record(5) };
        let damage = damage_of(&history(vec![duplicate(3), ours], &[]).trail(1));
        assert_eq!(damage.len(), 1);
        assert_eq!((damage[0].session, damage[0].seq, damage[0].host_session), (1, None, Some(5)));
    }
}

#[test]
fn a_whole_history_that_was_cut_off_is_found_by_the_hash_that_only_we_write() {
    let mut tables = two_histories();
    tables.entries.clear();
    assert!(!damage_of(&tables.trail(1)).is_empty());
}

#[test]
fn the_chain_of_a_deleted_session_is_still_verified() {
    let mut tables = two_histories();
    tables.sessions.retain(|id| *id != session_id(1));
    tables.records.retain(|row| row.session != session_id(1));
    assert_eq!(verify(&tables.trail(1)), Finding::SessionDeleted);
    tables.entries[0].body.push(' ');
    assert_eq!(damage_of(&tables.trail(1))[0].seq, Some(1));
}

#[test]
fn records_that_a_deleted_session_left_behind_are_held_to_the_history() {
    let mut tables = two_histories();
    tables.sessions.retain(|id| *id != session_id(1));
    assert_eq!(verify(&tables.trail(1)), Finding::SessionDeleted);
    tables.record_mut(record_id(5)).is_active = true;
    assert_eq!(damage_of(&tables.trail(1))[0].host_session, Some(5));
}
