//! What the operator saw against what is there.

use host_provisioner::domain::expected::{Conflict, Expected};
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::snapshot::{LastChange, Snapshot};

use crate::world::{duplicate, hours, inactive, record, record_id, session_id, snapshot};

fn check(expected: &Expected, records: Vec<HostRecord>) -> Result<(), Conflict> {
    expected.check(session_id(1), &snapshot(records), hours(0))
}

fn holds(expected: &Expected, records: Vec<HostRecord>) -> bool {
    check(expected, records).is_ok()
}

/// The first digits of a record's fingerprint.
fn prefix(record: &HostRecord, digits: usize) -> Expected {
    record.hash.fingerprint().full()[..digits].parse().unwrap()
}

#[test]
fn whoever_says_nothing_takes_whatever_is_there() {
    for records in [vec![], vec![record(5)], vec![duplicate(3), duplicate(5)], vec![inactive(9)]] {
        assert!(holds(&Expected::Anything, records));
    }
}

#[test]
fn no_record_means_no_active_record() {
    assert!(holds(&Expected::NoRecord, vec![]));
    assert!(holds(&Expected::NoRecord, vec![inactive(9)]));
    assert!(!holds(&Expected::NoRecord, vec![record(5)]));
    assert!(!holds(&Expected::NoRecord, vec![duplicate(5)]));
}

#[test]
fn a_fingerprint_holds_by_its_first_twelve_digits_or_more() {
    for digits in [12, 13, 63, 64] {
        assert!(holds(&prefix(&record(5), digits), vec![duplicate(3), record(5)]));
    }
}

#[test]
fn a_fingerprint_holds_in_any_case() {
    let shouted: Expected = record(5).hash.fingerprint().full().to_uppercase().parse().unwrap();
    assert!(holds(&shouted, vec![record(5)]));
}

#[test]
fn a_fingerprint_that_differs_in_its_last_digit_is_a_conflict() {
    for digits in [12, 64] {
        let mut text = record(5).hash.fingerprint().full()[..digits].to_owned();
        let last = text.pop().unwrap();
        text.push(if last == '0' { '1' } else { '0' });
        assert!(!holds(&text.parse().unwrap(), vec![record(5)]));
    }
}

#[test]
fn the_fingerprint_of_a_record_that_is_not_current_is_a_conflict() {
    assert!(!holds(&prefix(&duplicate(3), 12), vec![duplicate(3), record(5)]));
    assert!(!holds(&prefix(&inactive(9), 12), vec![record(5), inactive(9)]));
    assert!(!holds(&prefix(&inactive(9), 12), vec![inactive(9)]));
}

#[test]
fn where_only_duplicates_are_active_the_best_stands_in() {
    assert!(holds(&prefix(&duplicate(5), 12), vec![duplicate(3), duplicate(5)]));
    assert!(!holds(&prefix(&duplicate(3), 12), vec![duplicate(3), duplicate(5)]));
}

#[test]
fn what_was_seen_holds_while_it_is_there() {
    for records in [
        vec![],
        vec![inactive(9)],
        vec![record(5)],
        vec![duplicate(3), record(5), duplicate(8)],
        vec![duplicate(3), duplicate(8)],
    ] {
        let seen = Expected::exactly(&snapshot(records.clone()), hours(0));
        assert!(holds(&seen, records));
    }
}

#[test]
fn a_use_of_the_current_record_is_no_conflict() {
    let seen = Expected::exactly(&snapshot(vec![record(5)]), hours(0));
    assert!(holds(&seen, vec![HostRecord { last_used_at: Some(hours(0)), ..record(5) }]));
}

#[test]
fn a_duplicate_that_came_or_went_since_the_plan_is_a_conflict() {
    let with = |duplicates: &[i64]| {
        let mut records: Vec<HostRecord> = duplicates.iter().map(|id| duplicate(*id)).collect();
        records.push(record(5));
        records
    };
    let seen = Expected::exactly(&snapshot(with(&[3, 4])), hours(0));
    assert!(holds(&seen, with(&[3, 4])));
    for other in [&[] as &[i64], &[3], &[4], &[2, 4], &[2, 3, 4]] {
        assert!(!holds(&seen, with(other)), "{other:?}");
    }
}

#[test]
fn a_fingerprint_from_the_command_line_says_nothing_about_duplicates() {
    assert!(holds(&prefix(&record(5), 12), vec![record(5)]));
    assert!(holds(&prefix(&record(5), 12), vec![duplicate(3), duplicate(4), record(5)]));
}

#[test]
fn a_conflict_tells_what_is_there_who_changed_it_and_when() {
    let now = Snapshot {
        last_change: Some(LastChange { by: "A. Mensah".to_owned(), at: hours(-2) }),
        ..snapshot(vec![record(5)])
    };
    let conflict = prefix(&record(6), 12).check(session_id(1), &now, hours(0)).unwrap_err();
    assert_eq!(conflict.session, session_id(1));
    assert_eq!(conflict.found, Some((record_id(5), record(5).hash.fingerprint())));
    assert_eq!((conflict.by.as_deref(), conflict.at), (Some("A. Mensah"), Some(hours(-2))));
    let fingerprint = record(5).hash.fingerprint().short();
    assert_eq!(
        conflict.to_string(),
        format!(
            "session 1 changed since it was read: its current record is #5 {fingerprint}; \
             the last change in its history is by A. Mensah at 2026-11-22T10:00:00Z"
        )
    );
}

#[test]
fn a_conflict_without_history_says_so() {
    let conflict = check(&prefix(&record(6), 12), vec![inactive(9)]).unwrap_err();
    assert_eq!((conflict.found, conflict.by.clone(), conflict.at), (None, None, None));
    assert_eq!(
        conflict.to_string(),
        "session 1 changed since it was read: it has no active record; its history does not tell by whom"
    );
}

#[test]
fn a_name_in_a_conflict_cannot_forge_a_line() {
    let now = Snapshot {
        last_change: Some(LastChange { by: "x\nPROVISIONER-ERROR: \u{1b}[2J".to_owned(), at: hours(-2) }),
        ..snapshot(vec![record(5)])
    };
    let conflict = Expected::NoRecord.check(session_id(1), &now, hours(0)).unwrap_err();
    assert!(!conflict.to_string().contains(char::is_control));
}
