//! The use cases: each is one method of [`Provisioner`], one file, and the story that it tells in events.

use std::sync::Arc;

use crate::domain::hash::Hasher;
use crate::store::Store;

mod audit;
mod change;
mod clean_up;
mod consolidate;
mod describe;
mod doctor;
mod event;
mod import;
mod preview;
mod verify;

pub use audit::AuditReport;
pub use change::{Certainty, Provisioned};
pub use clean_up::{CleanedUp, Fate, Planned, SessionEnd};
pub use consolidate::{Consolidated, Crowded, Decision, Mandate};
pub use describe::{PlanLine, describe, warnings};
pub use doctor::{Diagnosis, StepReport, StepState, diagnose};
pub use event::{ProvisionEvent, Tell};
pub use import::Inputs;
pub use preview::Preview;
pub use verify::Verification;

/// Rotates, revokes, verifies and audits over one store, hashing by one set of settings.
pub struct Provisioner {
    store: Arc<dyn Store>,
    hasher: Hasher,
}

impl Provisioner {
    /// Puts a store and hash settings together.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, hasher: Hasher) -> Self {
        Self { store, hasher }
    }

    /// Gives the store, for plain reading.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Gives the hash settings.
    #[must_use]
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }
}
