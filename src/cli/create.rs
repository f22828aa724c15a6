//! `create`: a new GUID for a session, whatever it has now.

use clap::Args;

use super::Failure;
use super::change::{ChangeArgs, ExpiryArgs, Job};
use crate::domain::request::Action;
use crate::domain::session::SessionId;

/// Arguments of `create`.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// The session
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    session_id: SessionId,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    expiry: ExpiryArgs,
    /// Retires the active record and makes a new one, instead of updating it in place
    #[arg(long)]
    force_new: bool,
}

impl CreateArgs {
    pub(super) fn job(self) -> Result<Job, Failure> {
        let expiry = self.expiry.expiry()?;
        let action = if self.force_new { Action::ForceNew(expiry) } else { Action::Provision(expiry) };
        self.change.job(Some(self.session_id), action, self.expiry.dry_run)
    }
}
