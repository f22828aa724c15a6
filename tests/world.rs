//! Short ways to say what a session, a record, a request and a snapshot are.

use chrono::{DateTime, TimeDelta, Utc};
use host_provisioner::domain::actor::{Actor, Origin};
use host_provisioner::domain::chain::ChainHead;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::secret::Secret;
use host_provisioner::domain::session::{Session, SessionId};
use host_provisioner::domain::snapshot::Snapshot;
use host_provisioner::domain::time::Timestamp;

/// An instant of the test's own calendar: noon of 2026-11-22 and so many milliseconds.
pub(crate) fn instant(milliseconds: i64) -> Timestamp {
    let noon: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
    Timestamp::new(noon + TimeDelta::milliseconds(milliseconds))
}

/// The same calendar in hours; `hours(0)` is when most tests happen.
pub(crate) fn hours(number: i64) -> Timestamp {
    instant(number * 3_600_000)
}

pub(crate) fn session_id(number: i64) -> SessionId {
    SessionId::new(number).unwrap()
}

pub(crate) fn record_id(number: i64) -> HostRecordId {
    HostRecordId::new(number).unwrap()
}

/// The GUID with this number, always the same.
pub(crate) fn guid(number: u64) -> HostGuid {
    HostGuid::parse(&format!("00000000-0000-4000-8000-{:012x}", number + 1)).unwrap()
}

/// Writes `sha256` and accepts what the existing system wrote.
pub(crate) fn hasher() -> Hasher {
    Hasher::new(HashScheme::Sha256, None, None, Some(application_secret())).unwrap()
}

/// Hashes as the existing system does.
pub(crate) fn legacy_hash(number: u64) -> StoredHash {
    let hasher = Hasher::new(HashScheme::Legacy, None, None, Some(application_secret())).unwrap();
    hasher.hash(session_id(1), &guid(number))
}

fn application_secret() -> Secret {
    Secret::new(b"example-application-secret-42".to_vec())
}

pub(crate) fn session(number: i64) -> Session {
    Session {
        id: session_id(number),
        group_id: "0e3a6c52-8f3d-4a3e-9a57-0f6c1d2b3a4c".to_owned(),
        title: Some(format!("Session {number}")),
        description: None,
        status: Some("Active".to_owned()),
        participant_count: Some(3),
        max_participants: Some(25),
        started_at: None,
        ended_at: None,
        expires_at: None,
        created_at: hours(-500),
        modified_at: hours(-500),
    }
}

/// The current record of session 1, as the existing system left it; its GUID is the one with its number.
pub(crate) fn record(number: i64) -> HostRecord {
    HostRecord {
        id: record_id(number),
        session: session_id(1),
        hash: legacy_hash(number.unsigned_abs()),
        created_at: hours(-100),
        expires_at: None,
        last_used_at: None,
        created_by: Some("Old Tool".to_owned()),
        revoked_at: None,
        revoked_by: None,
        is_active: true,
        legacy_duplicate: false,
    }
}

pub(crate) fn duplicate(number: i64) -> HostRecord {
    HostRecord { legacy_duplicate: true, ..record(number) }
}

pub(crate) fn inactive(number: i64) -> HostRecord {
    HostRecord {
        is_active: false,
        revoked_at: Some(hours(-90)),
        revoked_by: Some("Old Tool".to_owned()),
        ..record(number)
    }
}

/// Session 1 with these records and no history.
pub(crate) fn snapshot(records: Vec<HostRecord>) -> Snapshot {
    Snapshot { session: Some(session(1)), records, head: ChainHead::default(), last_change: None }
}

/// R. Sato asks this of session 1.
pub(crate) fn request(action: Action) -> Request {
    Request {
        session: session_id(1),
        action,
        by: Actor::parse("R. Sato").unwrap(),
        reason: None,
        origin: Origin { os_user: "rsato".to_owned(), client: "bastion2 host-provisioner/0.1.0".to_owned() },
    }
}
