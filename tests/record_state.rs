//! What a record is good for.

use host_provisioner::domain::host_record::{HostRecord, RecordState};

use crate::world::{duplicate, hours, inactive, instant, record};

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
