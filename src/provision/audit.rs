//! Verifies every chain, and every record against its chain.

use super::Provisioner;
use crate::domain::audit::{Damage, Finding, Trail, verify};
use crate::domain::session::SessionId;
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
    /// Things that are not as the history left them.
    pub damaged: u64,
    /// The first of them, as many as were asked for.
    pub damage: Vec<Damage>,
}

impl Provisioner {
    /// Verifies the history of all sessions in one consistent read.
    ///
    /// # Errors
    /// [`StoreError`]; damage is no error, but the report.
    pub async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        self.verify_histories(None, usize::MAX, &|_| ()).await
    }

    /// Verifies the history of one session, or of all, in one consistent read. At most `kept` faults are listed; after
    /// each session `told` learns what was found so far.
    ///
    /// # Errors
    /// [`StoreError`]; damage is no error, but the report.
    pub async fn verify_histories(
        &self,
        session: Option<SessionId>,
        kept: usize,
        told: &(dyn Fn(&AuditReport) + Send + Sync),
    ) -> Result<AuditReport, StoreError> {
        let mut report = AuditReport::default();
        let mut visit = |trail: Trail<&str>| {
            report.sessions += 1;
            report.entries += u64::try_from(trail.entries.len()).unwrap_or(u64::MAX);
            match verify(&trail) {
                Finding::Intact => {}
                Finding::Unaudited => report.unaudited += 1,
                Finding::SessionDeleted => report.session_deleted += 1,
                Finding::Damaged(damage) => {
                    report.damaged += damage.len() as u64;
                    let room = kept.saturating_sub(report.damage.len());
                    report.damage.extend(damage.into_iter().take(room));
                }
            }
            told(&report);
        };
        // Ids are positive in sound data; a damaged one may be anything.
        let within = session.map_or(i64::MIN..=i64::MAX, |session| session.get()..=session.get());
        self.store.walk_audit(within, &mut visit).await?;
        Ok(report)
    }
}
