//! Verifies every chain, and every record against its chain.

use super::Provisioner;
use crate::domain::audit::{Damage, Finding, Trail, verify};
use crate::store::StoreError;

/// What verifying everything found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Sessions with entries or records.
    pub sessions: u64,
    /// Entries that were verified.
    pub entries: u64,
    /// Sessions with records from before us and no entries.
    pub unaudited: u64,
    /// Sessions whose chain is whole and whose row is gone.
    pub session_deleted: u64,
    /// Everything that is not as the history left it.
    pub damage: Vec<Damage>,
}

impl Provisioner {
    /// Verifies the history of all sessions in one consistent read.
    ///
    /// # Errors
    /// [`StoreError`]; damage is no error, but the report.
    pub async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        let mut report = AuditReport::default();
        let mut visit = |trail: Trail<&str>| {
            report.sessions += 1;
            report.entries += u64::try_from(trail.entries.len()).unwrap_or(u64::MAX);
            match verify(&trail) {
                Finding::Intact => {}
                Finding::Unaudited => report.unaudited += 1,
                Finding::SessionDeleted => report.session_deleted += 1,
                Finding::Damaged(damage) => report.damage.extend(damage),
            }
        };
        self.store.walk_audit(&mut visit).await?;
        Ok(report)
    }
}
