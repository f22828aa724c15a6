//! What the rows of one session become beside what the database has of it.

use host_provisioner::domain::chain::{ChainHash, ChainHead};
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::import::{Before, Brought, Clash, Fault, FaultKind, Incoming, Merged, Place, Row, merge};
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::session::Session;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{duplicate, hours, inactive, legacy_hash, record, record_id, request, session, session_id};

fn place(line: u64) -> Place {
    Place { line, offset: 0, length: 0 }
}

/// These records on the lines from 10, and the session on line 2.
fn brought(records: Vec<HostRecord>) -> Brought {
    let incoming = |(line, value)| Incoming { row: Row { place: place(line), value }, clash: None };
    Brought {
        sessions: vec![place(2)],
        session: Some(session(1)),
        records: (10..).zip(records).map(incoming).collect(),
    }
}

fn there(records: Vec<HostRecord>) -> Before {
    Before { session: Some(session(1)), records, ..Before::default() }
}

fn merged(before: &Before, brought: &Brought) -> Merged {
    merge(session_id(1), before, brought, hours(0))
}

fn told(merged: &Merged) -> Vec<(u64, FaultKind, Option<&'static str>)> {
    merged.faults.iter().map(|Fault { place, kind, column, .. }| (place.line, *kind, *column)).collect()
}

#[test]
fn a_new_session_comes_with_all_its_records_and_the_best_active_one_is_current() {
    let expired = HostRecord { expires_at: Some(hours(-1)), last_used_at: Some(hours(-1)), ..record(8) };
    let used = HostRecord { last_used_at: Some(hours(-2)), expires_at: Some(hours(9)), ..record(3) };
    let merged = merged(&Before::default(), &brought(vec![record(9), used.clone(), expired, inactive(7)]));
    assert_eq!((told(&merged), merged.adds_session, merged.same_records), (vec![], true, 0));
    assert_eq!((merged.added.as_slice(), merged.duplicates.as_slice()), (&[10, 11, 12, 13][..], &[10, 12][..]));
    let current = merged.current.unwrap();
    assert_eq!(
        (current.id, current.fingerprint, current.expires_at),
        (record_id(3), used.hash.fingerprint(), Some(hours(9)))
    );
    assert_eq!((merged.demoted, merged.promoted), (None, None));
}

#[test]
fn a_session_without_active_records_has_no_current_one() {
    for records in [vec![], vec![inactive(1)]] {
        let merged = merged(&Before::default(), &brought(records));
        assert_eq!((merged.changes(), merged.current, merged.duplicates.len()), (true, None, 0));
    }
}

#[test]
fn the_history_holds_no_record_to_be_current_that_is_active_and_revoked_at_once() {
    let odd = HostRecord { revoked_at: Some(hours(-1)), ..record(3) };
    let merged = merged(&Before::default(), &brought(vec![odd]));
    assert_eq!((merged.current, merged.duplicates.len(), merged.added.len()), (None, 0, 1));
}

#[test]
fn what_is_there_as_it_is_changes_nothing_whatever_its_flag() {
    let merged = merged(&there(vec![duplicate(3), record(5)]), &brought(vec![record(5), record(3)]));
    assert_eq!(merged, Merged { same_sessions: 1, same_records: 2, ..Merged::default() });
    assert!(!merged.changes());
}

/// A column, and a change of it.
type Edit<T> = (&'static str, fn(&mut T));

#[test]
fn any_column_that_differs_is_a_conflict_and_named() {
    let session_edits: [Edit<Session>; 11] = [
        ("GroupId", |row| row.group_id = "7DEA4261-9767-4218-8E12-E65B1364F5D8".to_owned()),
        ("Title", |row| row.title = None),
        ("Description", |row| row.description = Some(String::new())),
        ("Status", |row| row.status = Some("Created".to_owned())),
        ("ParticipantCount", |row| row.participant_count = None),
        ("MaxParticipants", |row| row.max_participants = Some(1)),
        ("StartedAt", |row| row.started_at = Some(hours(0))),
        ("EndedAt", |row| row.ended_at = Some(hours(0))),
        ("ExpiresAt", |row| row.expires_at = Some(hours(0))),
        ("CreatedAt", |row| row.created_at = hours(1)),
        ("ModifiedAt", |row| row.modified_at = hours(1)),
    ];
    for (column, edit) in session_edits {
        let mut input = brought(vec![record(5)]);
        edit(input.session.as_mut().unwrap());
        let merged = merged(&there(vec![record(5)]), &input);
        assert_eq!(told(&merged), [(2, FaultKind::Conflict, Some(column))]);
        assert!(!merged.changes() && merged.same_records == 1);
    }
    let record_edits: [Edit<HostRecord>; 9] = [
        ("SessionId", |row| row.session = session_id(2)),
        ("HostGuidHash", |row| row.hash = legacy_hash(77)),
        ("CreatedAt", |row| row.created_at = hours(1)),
        ("ExpiresAt", |row| row.expires_at = Some(hours(1))),
        ("LastUsedAt", |row| row.last_used_at = Some(hours(1))),
        ("CreatedBy", |row| row.created_by = Some("Mallory".to_owned())),
        ("RevokedAt", |row| row.revoked_at = Some(hours(1))),
        ("RevokedBy", |row| row.revoked_by = Some("Mallory".to_owned())),
        ("IsActive", |row| row.is_active = false),
    ];
    for (column, edit) in record_edits {
        let mut row = record(5);
        edit(&mut row);
        let merged = merged(&there(vec![record(5)]), &brought(vec![row]));
        assert_eq!(told(&merged), [(10, FaultKind::Conflict, Some(column))]);
    }
}

#[test]
fn a_guid_of_a_group_is_the_same_in_any_case() {
    let mut before = there(vec![]);
    before.session.as_mut().unwrap().group_id.make_ascii_lowercase();
    assert_eq!(merged(&before, &brought(vec![])).same_sessions, 1);
}

#[test]
fn a_session_in_conflict_is_left_whole() {
    let mut input = brought(vec![record(5), record(6)]);
    input.session.as_mut().unwrap().title = None;
    let merged = merged(&there(vec![record(5)]), &input);
    let conflict = FaultKind::Conflict;
    assert_eq!(told(&merged), [(2, conflict, Some("Title")), (11, conflict, None)]);
    assert_eq!((merged.changes(), merged.current, merged.same_records), (false, None, 1));
}

#[test]
fn a_row_that_is_bad_stays_out_and_the_others_come() {
    let mut input = brought(vec![record(5), HostRecord { id: record_id(6), ..record(5) }, record(7), record(8)]);
    input.sessions.push(place(3));
    input.records[2].clash = Some(Clash::Line(4));
    let merged = merged(&Before::default(), &input);
    let bad = FaultKind::Bad;
    assert_eq!(
        told(&merged),
        [(3, bad, Some("SessionId")), (11, bad, Some("HostGuidHash")), (12, bad, Some("HostSessionId"))]
    );
    assert_eq!(
        (merged.adds_session, merged.added.as_slice(), merged.duplicates.as_slice()),
        (true, &[10, 13][..], &[10][..])
    );
}

#[test]
fn records_without_a_session_are_bad() {
    let input = Brought { sessions: vec![], session: None, ..brought(vec![record(5), inactive(6)]) };
    let merged = merged(&Before::default(), &input);
    let bad = (FaultKind::Bad, Some("SessionId"));
    assert_eq!(told(&merged), [(10, bad.0, bad.1), (11, bad.0, bad.1)]);
    assert!(!merged.changes());
}

#[test]
fn an_id_or_a_hash_that_another_record_has_is_a_conflict() {
    let mut input = brought(vec![record(5)]);
    input.records[0].clash = Some(Clash::Elsewhere);
    assert_eq!(told(&merged(&there(vec![]), &input)), [(10, FaultKind::Conflict, Some("SessionId"))]);
    let same_hash = HostRecord { id: record_id(6), ..record(5) };
    let merged = merged(&there(vec![record(5)]), &brought(vec![same_hash]));
    assert_eq!(told(&merged), [(10, FaultKind::Conflict, Some("HostGuidHash"))]);
}

#[test]
fn a_ruled_session_takes_inactive_records_alone() {
    let before = Before { ruled: true, ..there(vec![record(5)]) };
    let active = merged(&before, &brought(vec![record(5), record(6), inactive(7)]));
    assert_eq!(told(&active), [(11, FaultKind::Conflict, Some("IsActive")), (12, FaultKind::Conflict, None)]);
    let inactive = merged(&before, &brought(vec![record(5), inactive(7)]));
    assert_eq!((told(&inactive), inactive.added, inactive.current), (vec![], vec![11], None));
}

#[test]
fn records_of_the_database_make_way_for_a_better_one_or_take_its_place() {
    let used = |id: i64, ago: i64| HostRecord { last_used_at: Some(hours(-ago)), ..record(id) };
    let better = merged(&there(vec![used(5, 9), duplicate(4)]), &brought(vec![used(6, 1)]));
    assert_eq!((better.demoted, better.promoted, better.duplicates.len()), (Some(record_id(5)), None, 0));
    assert_eq!(better.current.unwrap().id, record_id(6));
    let worse = merged(&there(vec![used(5, 1), duplicate(4)]), &brought(vec![used(6, 9)]));
    assert_eq!((worse.demoted, worse.promoted, worse.duplicates), (None, None, vec![10]));
    assert_eq!(worse.current.unwrap().id, record_id(5));
    let expired = HostRecord { expires_at: Some(hours(-1)), ..used(5, 1) };
    let swapped =
        merged(&there(vec![expired, HostRecord { legacy_duplicate: true, ..used(4, 2) }]), &brought(vec![used(6, 9)]));
    assert_eq!((swapped.demoted, swapped.promoted), (Some(record_id(5)), Some(record_id(4))));
}

#[test]
fn an_entry_follows_the_end_of_the_history() {
    let merged = merged(&Before::default(), &brought(vec![record(5)]));
    let head = ChainHead { seq: 4, hash: ChainHash::parse(&"ab".repeat(32)).unwrap() };
    let Request { by, origin, .. } = request(Action::Revoke);
    let event = host_provisioner::domain::event_id::EventId::generate();
    let entry = merged.entry(session_id(1), head, (&by, &origin), event, hours(0));
    let body = entry.parse_body().unwrap();
    assert_eq!((entry.seq, entry.prev_hash, entry.event_id), (5, "ab".repeat(32), event.to_string()));
    assert_eq!((body.host_session, body.new_fp), (Some(5), Some(record(5).hash.fingerprint().full())));
}

proptest! {
    /// Whatever comes and whatever is there: one active record is unflagged, if there is any.
    #[test]
    fn exactly_one_active_record_is_current_afterwards(
        before in vec((0_i64..6, any::<bool>(), -50_i64..50), 0..5),
        comes in vec((6_i64..12, any::<bool>(), -50_i64..50), 0..5),
    ) {
        let build = |rows: &[(i64, bool, i64)]| {
            let mut rows = rows.to_vec();
            rows.sort_by_key(|row| row.0);
            rows.dedup_by_key(|row| row.0);
            rows.into_iter().map(|(id, active, hour)| HostRecord {
                is_active: active,
                expires_at: Some(hours(hour)),
                last_used_at: (hour % 3 == 0).then(|| hours(-hour.abs())),
                ..record(id + 1)
            }).collect::<Vec<_>>()
        };
        let (mut old, new) = (build(&before), build(&comes));
        // As the migration left it: one is current.
        let best = old.iter().filter(|row| row.is_active).max_by(|one, other| one.rank(other, hours(0))).map(|row| row.id);
        for row in &mut old {
            row.legacy_duplicate = row.is_active && Some(row.id) != best;
        }
        let merged = merged(&there(old.clone()), &brought(new.clone()));
        prop_assert!(merged.faults.is_empty());
        for row in &mut old {
            row.legacy_duplicate |= merged.demoted == Some(row.id);
            row.legacy_duplicate &= merged.promoted != Some(row.id);
        }
        let lines = (10_u64..).zip(new);
        let new = lines.map(|(line, row)| HostRecord { legacy_duplicate: merged.duplicates.contains(&line), ..row });
        let all: Vec<HostRecord> = old.into_iter().chain(new).collect();
        let active = all.iter().filter(|row| row.is_active).count();
        let current: Vec<_> = all.iter().filter(|row| row.is_current()).collect();
        prop_assert_eq!(current.len(), usize::from(active > 0));
        prop_assert!(all.iter().all(|row| row.is_active || !row.legacy_duplicate));
        if let Some(told) = merged.current {
            prop_assert_eq!(current[0].id, told.id);
            prop_assert!(all.iter().filter(|row| row.is_active).all(|row| row.rank(current[0], hours(0)).is_le()));
        }
    }
}
