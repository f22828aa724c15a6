//! `revoke`: no GUID opens the session any more.

use clap::Args;

use super::Failure;
use super::change::{ChangeArgs, Job};
use crate::domain::request::Action;
use crate::domain::session::SessionId;

/// Arguments of `revoke`.
#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    /// The session
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    session_id: SessionId,
    #[command(flatten)]
    change: ChangeArgs,
}

impl RevokeArgs {
    pub(super) fn job(self) -> Result<Job, Failure> {
        self.change.job(Some(self.session_id), Action::Revoke, false)
    }
}
