//! What a request would do, freshly read; nothing is made and nothing is written.

use super::Provisioner;
use crate::domain::consolidation::RecordsDigest;
use crate::domain::expected::Expected;
use crate::domain::plan::{Plan, Refusal, decide};
use crate::domain::request::{Action, Request};
use crate::domain::session::Session;
use crate::domain::snapshot::{LastChange, Snapshot};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

/// A plan that a person reads before confirming it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The session.
    pub session: Session,
    /// What would be done.
    pub plan: Plan,
    /// What must still hold when it is done.
    pub expected: Expected,
    /// Who changed the session last, as its history tells.
    pub last_change: Option<LastChange>,
    /// When it was read.
    pub read_at: Timestamp,
}

impl Provisioner {
    /// Plans a request against what the database holds now.
    ///
    /// # Errors
    /// The same refusals and conflicts as the change itself.
    pub async fn preview(&self, request: &Request, expected: &Expected) -> Result<Preview, StoreError> {
        let seen: Snapshot = self.store.snapshot(request.session).await?;
        let now = self.store.clock().now();
        let plan = decide(&seen, request, expected, now)?;
        let expected = match request.action {
            Action::Consolidate(_) => Expected::Records(RecordsDigest::of(&seen.records)),
            Action::Provision(_) | Action::ForceNew(_) | Action::RotateRecord(..) | Action::Revoke => {
                Expected::exactly(&seen, now)
            }
        };
        let Snapshot { session, last_change, .. } = seen;
        let session = session.ok_or(Refusal::SessionNotFound(request.session))?;
        Ok(Preview { session, plan, expected, last_change, read_at: now })
    }
}
