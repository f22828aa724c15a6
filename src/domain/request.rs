//! What an operator asks for.

use super::actor::{Actor, Origin};
use super::expiry::Expiry;
use super::host_record::HostRecordId;
use super::reason::RotationReason;
use super::session::SessionId;

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Updates the current record in place, or creates one.
    Provision(Expiry),
    /// Retires all active records, then inserts a new one.
    ForceNew(Expiry),
    /// Updates exactly this record, which must be the current one.
    RotateRecord(HostRecordId, Expiry),
    /// Retires all active records and makes none.
    Revoke,
    /// Retires all active records but this one, which goes on as it is.
    Consolidate(HostRecordId),
}

impl Action {
    /// Tells whether a new GUID is made.
    #[must_use]
    pub fn makes_guid(self) -> bool {
        !matches!(self, Self::Revoke | Self::Consolidate(_))
    }
}

/// One change to one session, and who wants it why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The session to change.
    pub session: SessionId,
    /// What to do.
    pub action: Action,
    /// The name that goes into `CreatedBy` or `RevokedBy`.
    pub by: Actor,
    /// Why; kept for ever.
    pub reason: Option<RotationReason>,
    /// What the machine knows of the caller.
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_made_by_every_action_that_leaves_a_new_hash() {
        let id = HostRecordId::new(1).unwrap();
        let makes = [Action::Provision(Expiry::Never), Action::ForceNew(Expiry::Never)];
        assert!(makes.into_iter().all(Action::makes_guid));
        assert!(Action::RotateRecord(id, Expiry::Never).makes_guid());
        assert!(!Action::Revoke.makes_guid());
        assert!(!Action::Consolidate(id).makes_guid(), "the record goes on as it is");
    }
}
