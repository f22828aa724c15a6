//! Host log-in, as the web application should do it: only the GUID of a valid record is accepted.

use super::Provisioner;
use crate::domain::guid::HostGuid;
use crate::domain::hash::Verdict;
use crate::domain::host_record::{HostRecord, HostRecordId};
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
    /// Checks a GUID as [`Provisioner::verify`] does, and sets `LastUsedAt` of the record that it opens.
    ///
    /// # Errors
    /// [`StoreError`], before anything is checked where nothing may be written; [`StoreError::Overtaken`] where the
    /// record was rotated or retired in the same moment.
    pub async fn log_in(&self, session: SessionId, guid: &HostGuid) -> Result<Verification, StoreError> {
        if let Some(why) = self.store.read_only() {
            return Err(StoreError::ReadOnly(why));
        }
        let (found, record) = self.check(session, guid).await?;
        if let Some(record) = record {
            self.store.touch(&record).await?;
        }
        Ok(found)
    }

    /// Checks a GUID against all valid records of a session: active, not revoked, not expired.
    ///
    /// # Errors
    /// [`StoreError`]; a rejected GUID is no error.
    pub async fn verify(&self, session: SessionId, guid: &HostGuid) -> Result<Verification, StoreError> {
        self.check(session, guid).await.map(|(found, _)| found)
    }

    /// Checks a GUID; gives also the record that it opens.
    async fn check(
        &self,
        session: SessionId,
        guid: &HostGuid,
    ) -> Result<(Verification, Option<HostRecord>), StoreError> {
        let seen = self.store.snapshot(session).await?;
        if seen.session.is_none() {
            return Err(Refusal::SessionNotFound(session).into());
        }
        let now = self.store.clock().now();
        let mut found = Verification { opened: None, unchecked: Vec::new() };
        let mut opened = None;
        // Every record is checked, so that the time taken does not tell which one it was.
        for record in seen.records.iter().filter(|record| record.is_valid(now)) {
            match self.hasher.verify(session, guid, &record.hash) {
                Verdict::Accepted => opened = Some(record),
                Verdict::Unchecked => found.unchecked.push(record.id),
                Verdict::Rejected => {}
            }
        }
        found.opened = opened.map(|record| record.id);
        Ok((found, opened.cloned()))
    }
}
