//! What a record is good for, and whether people would notice that it changes.

use host_provisioner::domain::host_record::{HostRecord, RecordState};
use host_provisioner::domain::session::Session;

use crate::world::{duplicate, hours, inactive, instant, record, session};

fn expiring(milliseconds: i64) -> HostRecord {
    HostRecord { expires_at: Some(instant(milliseconds)), ..record(5) }
}

#[test]
fn a_record_works_until_its_expiry_and_not_at_it() {
    assert!(expiring(1).is_valid(hours(0)));
    assert!(!expiring(0).is_valid(hours(0)));
    assert!(!expiring(-1).is_valid(hours(0)));
}

#[test]
fn a_record_without_expiry_works_for_ever() {
    assert!(record(5).is_valid(hours(1_000_000)));
}

#[test]
fn a_legacy_duplicate_works_until_somebody_retires_it() {
    assert!(duplicate(5).is_valid(hours(0)));
    assert!(!inactive(5).is_valid(hours(0)));
}

#[test]
fn an_active_record_with_a_revocation_does_not_work() {
    assert!(!HostRecord { revoked_at: Some(hours(-1)), ..record(5) }.is_valid(hours(0)));
}

#[test]
fn an_inactive_record_does_not_work_even_without_a_revocation() {
    assert!(!HostRecord { is_active: false, ..record(5) }.is_valid(hours(0)));
}

#[test]
fn the_state_is_one_word() {
    let word = |record: &HostRecord| record.state(hours(0)).word();
    assert_eq!(word(&record(5)), "active");
    assert_eq!(word(&expiring(0)), "expired");
    assert_eq!(word(&HostRecord { legacy_duplicate: true, ..expiring(0) }), "duplicate");
    assert_eq!(word(&inactive(5)), "retired");
    assert_eq!(HostRecord { legacy_duplicate: true, ..inactive(5) }.state(hours(0)), RecordState::Retired);
}

#[test]
fn a_session_is_live_when_it_is_active_or_has_people_in_it() {
    let session =
        |status: &str, participant_count| Session { status: Some(status.to_owned()), participant_count, ..session(1) };
    for (status, people, counted, live) in [
        ("Active", None, 0, true),
        ("Active", Some(0), 0, true),
        ("Created", None, 0, false),
        ("Created", Some(0), 0, false),
        ("Completed", Some(2), 2, true),
        ("Created", Some(-1), -1, false),
    ] {
        let session = session(status, people);
        assert_eq!((session.people(), session.is_live()), (counted, live), "{status} {people:?}");
    }
}
