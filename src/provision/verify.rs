//! Host log-in, as the web application should do it: only the GUID of a valid record is accepted.

use super::Provisioner;
use crate::domain::guid::HostGuid;
use crate::domain::hash::Verdict;
use crate::domain::host_record::HostRecordId;
use crate::domain::plan::Refusal;
use crate::domain::session::SessionId;
use crate::store::StoreError;

/// What came of checking a GUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The record that the GUID opens; `None` when it is rejected.
    pub opened: Option<HostRecordId>,
    /// Valid records whose hash cannot be checked with the present settings.
    pub unchecked: Vec<HostRecordId>,
}

impl Provisioner {
    /// Checks a GUID against all valid records of a session: active, not revoked, not expired.
    ///
    /// # Errors
    /// [`StoreError`]; a rejected GUID is no error.
    pub async fn verify(&self, session: SessionId, guid: &HostGuid) -> Result<Verification, StoreError> {
        let seen = self.store.snapshot(session).await?;
        if seen.session.is_none() {
            return Err(Refusal::SessionNotFound(session).into());
        }
        let now = self.store.clock().now();
        let mut found = Verification { opened: None, unchecked: Vec::new() };
        // Every record is checked, so that the time taken does not tell which one it was.
        for record in seen.records.iter().filter(|record| record.is_valid(now)) {
            match self.hasher.verify(session, guid, &record.hash) {
                Verdict::Accepted => found.opened = Some(record.id),
                Verdict::Unchecked => found.unchecked.push(record.id),
                Verdict::Rejected => {}
            }
        }
        Ok(found)
    }
}
