//! `verify`: would this GUID open this session?

use clap::Args;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::output::{self, Grid, Report};
use super::view::to_json;
use super::{Context, Exit, Failure, prompt};
use crate::domain::guid::HostGuid;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The session
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    session_id: SessionId,
    /// Notes the record that the GUID opens as used now, as a log-in does
    #[arg(long)]
    touch: bool,
}

/// Which session a GUID is tried on.
#[derive(Debug)]
pub struct Verify {
    session: SessionId,
    touch: bool,
    /// What was read already.
    guid: Option<HostGuid>,
}

impl From<VerifyArgs> for Verify {
    fn from(args: VerifyArgs) -> Self {
        Self { session: args.session_id, touch: args.touch, guid: None }
    }
}

impl Verify {
    /// Reads the GUID, before the deadline of the database begins: a person has to type it.
    ///
    /// # Errors
    /// Refused when it is none, interrupted by a signal, or nothing could be read.
    pub async fn read(&mut self, cancel: &CancellationToken) -> Result<(), Failure> {
        self.guid = Some(prompt::guid(cancel).await?);
        Ok(())
    }

    /// Checks the GUID.
    ///
    /// # Errors
    /// Rejected, not found, refused, or what the store or stdout says.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        let guid = match self.guid {
            Some(guid) => guid,
            None => prompt::guid(context.cancel).await?,
        };
        let found = if self.touch {
            context.provisioner.log_in(self.session, &guid).await?
        } else {
            context.provisioner.verify(self.session, &guid).await?
        };
        let verdict = Verdict {
            session_id: self.session.get(),
            result: if found.opened.is_some() { "accepted" } else { "rejected" },
            host_session_id: found.opened.map(HostRecordId::get),
            unchecked: found.unchecked.iter().map(|id| id.get()).collect(),
        };
        output::print(verdict, context.style.format).await?;
        if found.opened.is_some() {
            return Ok(());
        }
        let message = format!("the GUID opens no valid record of session {}", self.session);
        let failure = Failure::new(Exit::Rejected, "rejected", message);
        Err(if found.unchecked.is_empty() { failure } else { failure.hint(unchecked(&found.unchecked)) })
    }
}

fn unchecked(records: &[HostRecordId]) -> String {
    let ids: Vec<String> = records.iter().map(|id| format!("#{id}")).collect();
    format!(
        "not checked, for want of a key, a secret or leave to accept its scheme: {} (--hash-key-file, \
         --legacy-secret-file, --hash-accept)",
        ids.join(", ")
    )
}

#[derive(Serialize)]
struct Verdict {
    session_id: i64,
    result: &'static str,
    host_session_id: Option<i64>,
    unchecked: Vec<i64>,
}

impl Report for Verdict {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn grid(&self) -> Grid {
        let unchecked = self.unchecked.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
        let record = self.host_session_id.map(|id| id.to_string()).unwrap_or_default();
        let row = vec![self.session_id.to_string(), self.result.to_owned(), record, unchecked];
        Grid { columns: &["session_id", "result", "host_session_id", "unchecked"], rows: vec![row] }
    }

    fn text(&self, _: Option<u16>) -> String {
        format!("{}\n", self.result)
    }
}
