//! The whole rule as one pure function: what there is and what is asked give what to do.

use super::chain::{AuditAction, AuditDraft};
use super::consolidation::cannot_stay;
use super::expected::{Conflict, Expected};
use super::expiry::{Expiry, ExpiryError};
use super::hash::HashScheme;
use super::host_record::{Fingerprint, HostRecord, HostRecordId, StoredHash};
use super::request::{Action, Request};
use super::session::SessionId;
use super::snapshot::Snapshot;
use super::time::Timestamp;

/// What a plan comes to, in the words of the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The session had no host record; it gets its first.
    Created,
    /// A record is updated in place.
    Rotated,
    /// All active records are retired and a new one is made.
    ForceCreated,
    /// All active records are retired.
    Revoked,
    /// One active record goes on as it is, all others are retired.
    Consolidated,
    /// There is nothing to do; nothing is written.
    Unchanged,
}

/// The one write that gives the new hash a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordWrite {
    /// A revocation writes no hash.
    Nothing,
    /// A new row.
    Insert,
    /// This row, if it still holds this hash.
    Update {
        /// The row.
        id: HostRecordId,
        /// What it must hold.
        held: StoredHash,
    },
    /// This row goes on as it is, if it still holds this hash, and is a duplicate no more.
    Keep {
        /// The row.
        id: HostRecordId,
        /// What it must hold.
        held: StoredHash,
    },
}

impl RecordWrite {
    /// Tells whether a row gets a new hash.
    #[must_use]
    pub fn writes_hash(&self) -> bool {
        matches!(self, Self::Insert | Self::Update { .. })
    }
}

/// A record that becomes inactive, if it still holds the hash that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// The row.
    pub id: HostRecordId,
    /// What it must hold.
    pub held: StoredHash,
}

/// Everything that one change does to one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The session.
    pub session: SessionId,
    /// What it comes to.
    pub outcome: Outcome,
    /// What gets the new hash.
    pub write: RecordWrite,
    /// What becomes inactive, before the write.
    pub retired: Vec<Retirement>,
    /// The record that was current before; the reused one when none was active.
    pub previous: Option<HostRecord>,
    /// Until when the new GUID works.
    pub expires_at: Option<Timestamp>,
    /// Whether the session has a row in the form that today's web application reads.
    pub has_legacy_rows: bool,
    /// What the history will say; `None` where nothing is written.
    pub audit: Option<AuditDraft>,
}

/// Why the rule refuses a request. Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No row of `Sessions` has the id.
    #[error("there is no session {0}")]
    SessionNotFound(SessionId),
    /// The record that was named is not the current one.
    #[error("host record #{asked} is not the current record of session {session}; {}", current_sentence(*.current))]
    NotCurrent {
        /// The session.
        session: SessionId,
        /// The record that was named.
        asked: HostRecordId,
        /// The record that is current.
        current: Option<HostRecordId>,
    },
    /// The record that is to stay is none of the active ones.
    #[error("host record #{asked} is not an active record of session {session}")]
    NotActive {
        /// The session.
        session: SessionId,
        /// The record that was named.
        asked: HostRecordId,
    },
    /// The GUID of the record that is to stay does not work, while another one does, or never will again.
    #[error("the GUID of host record #{asked} of session {session} {why}")]
    NotWorking {
        /// The session.
        session: SessionId,
        /// The record that was named.
        asked: HostRecordId,
        /// Why not, and what does.
        why: &'static str,
    },
    /// The expiry has passed or is beyond the calendar.
    #[error("the expiry is refused: {0}")]
    Expiry(#[from] ExpiryError),
}

fn current_sentence(current: Option<HostRecordId>) -> String {
    current.map_or("the session has no active record".to_owned(), |id| format!("the current one is #{id}"))
}

impl Plan {
    /// Gives the fingerprint that stops working.
    #[must_use]
    pub fn previous_fingerprint(&self) -> Option<Fingerprint> {
        self.previous.as_ref().map(|record| record.hash.fingerprint())
    }

    /// Lists the ids of the records that become inactive.
    #[must_use]
    pub fn retired_ids(&self) -> Vec<HostRecordId> {
        self.retired.iter().map(|record| record.id).collect()
    }
}

/// Why nothing is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// The rule allows nothing.
    Refused(Refusal),
    /// The session is not as the operator saw it.
    Conflict(Box<Conflict>),
}

/// Compares with what the operator saw, then asks the rule: the dry run, the confirm screen and the change alike.
///
/// # Errors
/// [`Declined`]; a session that is not there is told as that, whatever was expected of it.
pub fn decide(snapshot: &Snapshot, request: &Request, expected: &Expected, now: Timestamp) -> Result<Plan, Declined> {
    if snapshot.session.is_some() {
        let conflict = |conflict| Declined::Conflict(Box::new(conflict));
        expected.check(request.session, snapshot, now).map_err(conflict)?;
    }
    plan(snapshot, request, now).map_err(Declined::Refused)
}

/// Decides what a request does to a session: the customer's rule, whole.
///
/// After the plan has been carried out exactly one record of the session is active, or none after a
/// revocation, whatever it was before.
///
/// # Errors
/// [`Refusal`] where the rule allows nothing.
pub fn plan(snapshot: &Snapshot, request: &Request, now: Timestamp) -> Result<Plan, Refusal> {
    if snapshot.session.is_none() {
        return Err(Refusal::SessionNotFound(request.session));
    }
    match request.action {
        Action::Provision(expiry) => provision(snapshot, request, expiry, now),
        Action::RotateRecord(asked, expiry) => {
            let current = snapshot.current(now).map(|record| record.id);
            if current != Some(asked) {
                return Err(Refusal::NotCurrent { session: request.session, asked, current });
            }
            provision(snapshot, request, expiry, now)
        }
        Action::ForceNew(expiry) => {
            let expires_at = expiry.resolve(now)?;
            Ok(build(snapshot, request, Outcome::ForceCreated, None, snapshot.current(now), expires_at))
        }
        Action::Revoke => {
            let current = snapshot.current(now);
            let outcome = if current.is_some() { Outcome::Revoked } else { Outcome::Unchanged };
            Ok(build(snapshot, request, outcome, None, current, None))
        }
        Action::Consolidate(asked) => consolidate(snapshot, request, asked, now),
    }
}

/// Updates the current record, else the latest inactive one, else creates the first.
fn provision(snapshot: &Snapshot, request: &Request, expiry: Expiry, now: Timestamp) -> Result<Plan, Refusal> {
    let expires_at = expiry.resolve(now)?;
    let reused = snapshot.current(now).or_else(|| snapshot.latest_inactive());
    let outcome = if reused.is_some() { Outcome::Rotated } else { Outcome::Created };
    Ok(build(snapshot, request, outcome, reused, reused, expires_at))
}

/// Keeps the record that was named, if it can stay; one that is current and alone has nothing to be done to it.
fn consolidate(snapshot: &Snapshot, request: &Request, asked: HostRecordId, now: Timestamp) -> Result<Plan, Refusal> {
    let kept = snapshot.active().find(|record| record.id == asked);
    let kept = kept.ok_or(Refusal::NotActive { session: request.session, asked })?;
    let alone = snapshot.active().count() == 1;
    let outcome = if alone && kept.is_current() { Outcome::Unchanged } else { Outcome::Consolidated };
    if outcome == Outcome::Consolidated
        && let Some(why) = cannot_stay(kept, snapshot.active(), now)
    {
        return Err(Refusal::NotWorking { session: request.session, asked, why });
    }
    Ok(build(snapshot, request, outcome, Some(kept), Some(kept), kept.expires_at))
}

/// Fills in what follows from the choice: whatever is active and not reused is retired.
fn build(
    snapshot: &Snapshot,
    request: &Request,
    outcome: Outcome,
    reused: Option<&HostRecord>,
    previous: Option<&HostRecord>,
    expires_at: Option<Timestamp>,
) -> Plan {
    let retired: Vec<Retirement> = snapshot
        .active()
        .filter(|record| reused.is_none_or(|reused| reused.id != record.id))
        .map(|record| Retirement { id: record.id, held: record.hash.clone() })
        .collect();
    let write = match (outcome, reused) {
        (Outcome::Revoked | Outcome::Unchanged, _) => RecordWrite::Nothing,
        (Outcome::Created | Outcome::Rotated | Outcome::ForceCreated, Some(record)) => {
            RecordWrite::Update { id: record.id, held: record.hash.clone() }
        }
        (Outcome::Created | Outcome::Rotated | Outcome::ForceCreated, None) => RecordWrite::Insert,
        (Outcome::Consolidated, kept) => {
            kept.map_or(RecordWrite::Nothing, |record| RecordWrite::Keep { id: record.id, held: record.hash.clone() })
        }
    };
    let known_record = if write == RecordWrite::Insert { None } else { previous.map(|record| record.id) };
    let fingerprint = previous.map(|record| record.hash.fingerprint());
    let stays = outcome == Outcome::Consolidated;
    Plan {
        session: request.session,
        outcome,
        write,
        previous: previous.cloned(),
        expires_at,
        has_legacy_rows: snapshot.records.iter().any(|record| HashScheme::of(&record.hash) == Some(HashScheme::Legacy)),
        audit: AuditAction::of(outcome).map(|action| AuditDraft {
            action,
            host_session: known_record,
            retired: retired.iter().map(|record| record.id).collect(),
            old_fp: fingerprint.filter(|_| !stays),
            kept_fp: fingerprint.filter(|_| stays),
            expires: expires_at,
        }),
        retired,
    }
}
