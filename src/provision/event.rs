//! What happens, as it happens. The text of an event is its log line, verbatim everywhere.

use std::fmt;

use crate::domain::actor::Actor;
use crate::domain::event_id::EventId;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::store::StoreError;

/// One line of the story of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvisionEvent {
    /// The session is being looked up.
    Checking(SessionId),
    /// A record will be updated in place.
    Found(SessionId, HostRecordId),
    /// It is being updated.
    Updating(SessionId, HostRecordId),
    /// The update is committed.
    Rotated(SessionId, HostRecordId, Actor),
    /// There is no record yet.
    NoneFound(SessionId),
    /// A new one is being made.
    Creating(SessionId),
    /// The new one is committed.
    Created(SessionId, HostRecordId, Actor),
    /// Force-new retires this one.
    ForceRetiring(SessionId, HostRecordId),
    /// A record of the old tool was retired on the way, and that is committed.
    DuplicateRetired(SessionId, HostRecordId),
    /// The revocation is committed.
    Revoked(SessionId, Actor),
    /// All active records but this one are retired, and that is committed.
    Consolidated(SessionId, HostRecordId, Actor),
    /// So many sessions and host records were imported, and that is committed.
    Imported(u64, u64, Actor),
    /// It did not work.
    Failed {
        /// The session, where it was about one.
        session: Option<SessionId>,
        /// What happened.
        what: String,
        /// What was not changed.
        unchanged: String,
    },
}

/// Where events go: the log panel, stderr. The log file gets them anyhow.
pub type Tell<'a> = &'a (dyn Fn(ProvisionEvent) + Send + Sync);

/// The wording is the customer's (single-guid-rule, "Enhanced Logging") and part of the contract.
impl fmt::Display for ProvisionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checking(session) => {
                write!(f, "PROVISIONER: Checking for existing Host Session with Session ID {session}")
            }
            Self::Found(_, record) => write!(f, "PROVISIONER: Found existing Host Session {record} - updating GUID"),
            Self::Updating(session, record) => {
                write!(f, "PROVISIONER: Updating existing Host Session {record} for Session {session}")
            }
            Self::Rotated(session, _, by) => {
                write!(f, "PROVISIONER-UPDATE: Host GUID rotated for Session {session} by {by}")
            }
            Self::NoneFound(_) => write!(f, "PROVISIONER: No existing Host Session found - creating new record"),
            Self::Creating(session) => write!(f, "PROVISIONER: Creating new Host Session for Session {session}"),
            Self::Created(session, _, by) => {
                write!(f, "PROVISIONER-CREATE: Host GUID created for Session {session} by {by}")
            }
            Self::ForceRetiring(session, record) => {
                write!(f, "PROVISIONER: Force-new requested - retiring Host Session {record} for Session {session}")
            }
            Self::DuplicateRetired(session, record) => {
                write!(f, "PROVISIONER: Retired legacy duplicate Host Session {record} for Session {session}")
            }
            Self::Revoked(session, by) => {
                write!(f, "PROVISIONER-REVOKE: Host GUID revoked for Session {session} by {by}")
            }
            Self::Consolidated(session, record, by) => {
                write!(f, "PROVISIONER-CONSOLIDATE: Host Session {record} kept for Session {session} by {by}")
            }
            Self::Imported(sessions, records, by) => {
                write!(f, "PROVISIONER-IMPORT: {sessions} Sessions and {records} Host Sessions imported by {by}")
            }
            Self::Failed { what, unchanged, .. } => write!(f, "PROVISIONER-ERROR: {what}; {unchanged}"),
        }
    }
}

impl ProvisionEvent {
    /// Gives the session that the event is about, if it is about one.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::Checking(session)
            | Self::Found(session, _)
            | Self::Updating(session, _)
            | Self::Rotated(session, _, _)
            | Self::NoneFound(session)
            | Self::Creating(session)
            | Self::Created(session, _, _)
            | Self::ForceRetiring(session, _)
            | Self::DuplicateRetired(session, _)
            | Self::Revoked(session, _)
            | Self::Consolidated(session, _, _) => Some(*session),
            Self::Failed { session, .. } => *session,
            Self::Imported(..) => None,
        }
    }

    /// Gives the record that the event is about, if it is about one.
    #[must_use]
    pub fn record(&self) -> Option<HostRecordId> {
        match self {
            Self::Found(_, record)
            | Self::Updating(_, record)
            | Self::Rotated(_, record, _)
            | Self::Created(_, record, _)
            | Self::Consolidated(_, record, _)
            | Self::ForceRetiring(_, record)
            | Self::DuplicateRetired(_, record) => Some(*record),
            Self::Checking(_)
            | Self::NoneFound(_)
            | Self::Creating(_)
            | Self::Revoked(..)
            | Self::Imported(..)
            | Self::Failed { .. } => None,
        }
    }

    /// Tells what went wrong, and what was not changed.
    pub(super) fn failed(session: Option<SessionId>, error: &StoreError) -> Self {
        Self::Failed { session, what: error.to_string(), unchanged: error.unchanged().sentence().to_owned() }
    }

    /// Tells whether the event is bad news.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// Writes an event to the log file, with the fields that a search needs.
pub(super) fn log(line: &ProvisionEvent, event: Option<EventId>) {
    let session_id = line.session().map(SessionId::get);
    let event_id = event.map(tracing::field::display);
    let host_session_id = line.record().map(HostRecordId::get);
    if line.is_error() {
        tracing::error!(session_id, host_session_id, event_id, "{line}");
    } else {
        tracing::info!(session_id, host_session_id, event_id, "{line}");
    }
}
