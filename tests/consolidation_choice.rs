//! Which of several active records stays, and which are left to a person.

use std::time::Duration;

use host_provisioner::domain::audit::{Finding, verify};
use host_provisioner::domain::consolidation::{AMBIGUOUS_WITHIN, Choice, RecordsDigest, Why, choose};
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::plan::{Outcome, RecordWrite, Refusal, plan};
use host_provisioner::domain::request::Action;

use crate::audit_chain::change;
use crate::model::Tables;
use crate::world::{duplicate, hours, inactive, legacy_hash, record, record_id, request, session_id, snapshot};

const DAY: i64 = 24;

fn used(record: HostRecord, hour: i64) -> HostRecord {
    HostRecord { last_used_at: Some(hours(hour)), ..record }
}

fn expired(record: HostRecord) -> HostRecord {
    HostRecord { expires_at: Some(hours(-1)), ..record }
}

/// Marked as active all the same, as other programs leave it.
fn revoked(record: HostRecord) -> HostRecord {
    HostRecord { revoked_at: Some(hours(-1)), ..record }
}

fn made(record: HostRecord, hour: i64) -> HostRecord {
    HostRecord { created_at: hours(hour), ..record }
}

fn choice(records: &[HostRecord]) -> Option<Choice> {
    choose(records, AMBIGUOUS_WITHIN, hours(0))
}

fn stays(id: i64, why: Why) -> Choice {
    Choice::Stays(record_id(id), why)
}

#[test]
fn there_is_nothing_to_choose_below_two_active_records() {
    assert_eq!(choice(&[]), None);
    assert_eq!(choice(&[record(1), inactive(2)]), None);
}

#[test]
fn the_rule_goes_by_expiry_then_use_then_making_then_id() {
    assert_eq!(choice(&[expired(used(record(1), -1)), duplicate(2)]), Some(stays(2, Why::NotExpired)));
    assert_eq!(choice(&[revoked(used(record(1), -1)), duplicate(2)]), Some(stays(2, Why::NotRevoked)));
    assert_eq!(choice(&[revoked(used(record(1), -1)), expired(duplicate(2))]), Some(stays(1, Why::UsedLast)));
    assert_eq!(choice(&[used(record(1), -1), made(duplicate(2), -2)]), Some(stays(1, Why::UsedLast)));
    assert_eq!(choice(&[made(record(1), -9), made(duplicate(2), -8)]), Some(stays(2, Why::MadeLast)));
    assert_eq!(choice(&[duplicate(2), record(1)]), Some(stays(2, Why::HighestId)));
}

#[test]
fn each_reason_has_a_sentence_of_its_own() {
    assert_eq!(Why::NotRevoked.sentence(), "it was not revoked");
    let sentences = [Why::NotExpired, Why::UsedLast, Why::MadeLast, Why::HighestId].map(Why::sentence);
    let told = ["it has not expired", "it was used last", "it was made last", "its id is the highest"];
    assert_eq!(sentences, told);
    assert_eq!(stays(2, Why::UsedLast).sentence(), "it was used last");
    let ambiguous = Choice::Ambiguous(record_id(1), record_id(2));
    assert_eq!(ambiguous.sentence(), "#1 and #2 were used close to each other: a person decides");
}

#[test]
fn the_reason_is_what_sets_it_apart_from_the_next_best() {
    let records = [record(1), used(duplicate(2), -1), expired(duplicate(3))];
    assert_eq!(choice(&records), Some(stays(2, Why::UsedLast)));
}

#[test]
fn records_used_within_seven_days_of_each_other_are_left_to_a_person() {
    let apart = |hours| [used(record(1), -1), used(duplicate(2), -1 - hours)];
    let ambiguous = Some(Choice::Ambiguous(record_id(1), record_id(2)));
    assert_eq!(choice(&apart(7 * DAY)), ambiguous, "the seventh day counts");
    assert_eq!(choice(&apart(7 * DAY + 1)), Some(stays(1, Why::UsedLast)));
    assert_eq!(choose(&apart(DAY), Duration::from_hours(1), hours(0)), Some(stays(1, Why::UsedLast)));
}

#[test]
fn the_two_latest_of_several_near_uses_are_named() {
    let records = [used(record(1), -900), used(duplicate(2), -30 * DAY), used(duplicate(3), -31 * DAY), duplicate(4)];
    assert_eq!(choice(&records), Some(Choice::Ambiguous(record_id(2), record_id(3))));
}

#[test]
fn a_use_of_a_retired_record_makes_nothing_ambiguous() {
    assert_eq!(choice(&[used(record(1), -1), used(inactive(2), -2), duplicate(3)]), Some(stays(1, Why::UsedLast)));
}

#[test]
fn a_duplicate_may_stay_and_the_current_record_go() {
    let records = vec![record(1), used(duplicate(2), -1)];
    let plan = plan(&snapshot(records), &request(Action::Consolidate(record_id(2))), hours(0)).unwrap();
    assert_eq!(plan.outcome, Outcome::Consolidated);
    assert_eq!(plan.write, RecordWrite::Keep { id: record_id(2), held: legacy_hash(2) });
    assert_eq!(plan.retired_ids(), [record_id(1)]);
    assert!(!plan.write.writes_hash());
}

#[test]
fn a_record_that_is_current_and_alone_needs_nothing() {
    let plan = plan(&snapshot(vec![record(1), inactive(2)]), &request(Action::Consolidate(record_id(1))), hours(0));
    let plan = plan.unwrap();
    assert_eq!((plan.outcome, plan.write, plan.audit), (Outcome::Unchanged, RecordWrite::Nothing, None));
}

#[test]
fn a_record_that_is_not_active_cannot_stay() {
    let asked = request(Action::Consolidate(record_id(2)));
    let refusal = plan(&snapshot(vec![record(1), inactive(2)]), &asked, hours(0)).unwrap_err();
    assert_eq!(refusal, Refusal::NotActive { session: session_id(1), asked: record_id(2) });
}

#[test]
fn a_record_that_does_not_work_cannot_stay_in_the_place_of_one_that_does() {
    let keep = |records: Vec<HostRecord>| {
        let asked = request(Action::Consolidate(record_id(1)));
        plan(&snapshot(records), &asked, hours(0)).map(|plan| plan.outcome)
    };
    let why = |kept| match keep(vec![kept, duplicate(2)]) {
        Err(Refusal::NotWorking { session, asked, why }) => {
            assert_eq!((session, asked), (session_id(1), record_id(1)));
            why
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(why(expired(record(1))), "has expired, and another one works");
    assert_eq!(why(revoked(record(1))), "was revoked: it opens nothing, and never will");
    assert_eq!(keep(vec![expired(record(1)), expired(duplicate(2))]), Ok(Outcome::Consolidated));
    assert_eq!(keep(vec![expired(record(1)), revoked(duplicate(2))]), Ok(Outcome::Consolidated));
    assert_eq!(keep(vec![expired(record(1)), inactive(2)]), Ok(Outcome::Unchanged));
    assert!(keep(vec![revoked(record(1)), revoked(duplicate(2))]).is_err());
}

#[test]
fn the_digest_covers_everything_that_decides_and_nothing_else() {
    let records = vec![record(1), duplicate(2), inactive(3)];
    let digest = RecordsDigest::of(&records);
    let changed: [(usize, HostRecord); 7] = [
        (0, revoked(record(1))),
        (0, HostRecord { hash: legacy_hash(9), ..record(1) }),
        (0, made(record(1), -1)),
        (1, used(duplicate(2), -1)),
        (1, HostRecord { expires_at: Some(hours(9)), ..duplicate(2) }),
        (1, record(2)),
        (2, record(3)),
    ];
    for (place, other) in changed {
        let mut now = records.clone();
        now[place] = other;
        assert_ne!(RecordsDigest::of(&now), digest, "{place}");
    }
    let same = vec![inactive(9), duplicate(2), HostRecord { created_by: None, ..record(1) }];
    assert_eq!(RecordsDigest::of(&same), digest, "order, names and retired records decide nothing");
    assert_eq!(digest.to_string().parse(), Ok(digest));
    assert!("abc".parse::<RecordsDigest>().is_err());
}

#[test]
fn an_end_does_not_count_as_a_use() {
    let ends = HostRecord { expires_at: Some(hours(5)), ..record(1) };
    assert_ne!(RecordsDigest::of(&[ends]), RecordsDigest::of(&[used(record(1), 5)]));
}

#[test]
fn a_session_that_changed_since_it_was_read_is_a_conflict() {
    let seen = Expected::Records(RecordsDigest::of(&[record(1), duplicate(2)]));
    let check = |records| seen.check(session_id(1), &snapshot(records), hours(0));
    assert_eq!(check(vec![record(1), duplicate(2), inactive(3)]), Ok(()));
    assert!(check(vec![record(1), used(duplicate(2), -1)]).is_err());
    assert!(check(vec![record(1)]).is_err());
}

/// Session 1 after record 3, a duplicate, was chosen to stay.
fn consolidated() -> Tables {
    let records = vec![used(duplicate(3), -5), record(5), inactive(9)];
    let mut tables = Tables { sessions: vec![session_id(1)], records, entries: vec![] };
    change(&mut tables, 1, Action::Consolidate(record_id(3)), 1);
    tables
}

#[test]
fn the_history_of_a_consolidated_session_is_intact_and_a_log_in_changes_nothing() {
    let mut tables = consolidated();
    tables.record_mut(record_id(3)).last_used_at = Some(hours(2));
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    change(&mut tables, 1, Action::Provision(Expiry::Never), 3);
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
}

#[test]
fn what_is_done_to_a_consolidated_session_from_outside_is_named() {
    type Tamper = fn(&mut Tables);
    let tampers: [(&str, i64, Tamper); 5] = [
        ("HostGuidHash", 3, |tables| tables.record_mut(record_id(3)).hash = legacy_hash(7)),
        ("ExpiresAt", 3, |tables| tables.record_mut(record_id(3)).expires_at = Some(hours(90))),
        ("IsActive", 3, |tables| tables.record_mut(record_id(3)).is_active = false),
        ("made active again", 5, |tables| tables.record_mut(record_id(5)).is_active = true),
        ("RevokedBy", 5, |tables| tables.record_mut(record_id(5)).revoked_by = None),
    ];
    for (what, id, tamper) in tampers {
        let mut tables = consolidated();
        tamper(&mut tables);
        let Finding::Damaged(damage) = verify(&tables.trail(1)) else { panic!("{what}") };
        assert!(damage.iter().any(|damage| damage.host_session == Some(id)), "{what}: {damage:?}");
    }
}

#[test]
fn who_made_the_record_that_stays_is_held_to_the_history_where_the_history_made_it() {
    let mut tables = Tables { sessions: vec![session_id(1)], records: vec![duplicate(3), record(5)], entries: vec![] };
    change(&mut tables, 1, Action::Provision(Expiry::Never), 1);
    tables.records.push(duplicate(6));
    change(&mut tables, 1, Action::Consolidate(record_id(5)), 2);
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    tables.record_mut(record_id(5)).created_by = Some("Somebody".to_owned());
    assert!(matches!(verify(&tables.trail(1)), Finding::Damaged(_)));
}
