//! `rotate`: a new GUID for one host record, which must be the current one of its session.

use clap::Args;

use super::Failure;
use super::change::{ChangeArgs, ExpiryArgs, Job};
use crate::domain::host_record::HostRecordId;
use crate::domain::request::Action;

/// Arguments of `rotate`.
#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    /// The host record
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    host_session_id: HostRecordId,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    expiry: ExpiryArgs,
}

impl RotateArgs {
    pub(super) fn job(self) -> Result<Job, Failure> {
        let action = Action::RotateRecord(self.host_session_id, self.expiry.expiry()?);
        self.change.job(None, action, self.expiry.dry_run)
    }
}
