//! `session add`: for those whose sessions live nowhere else.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::output::{self, Grid, Report};
use super::view::{SessionView, to_json};
use super::{Context, Failure};
use crate::domain::guid::new_group_id;
use crate::domain::session::NewSession;
use crate::store::StoreError;

/// Subcommands of `session`.
#[derive(Debug, Subcommand)]
pub(super) enum SessionCommand {
    /// Adds a session and prints its id
    Add(AddArgs),
}

/// Arguments of `session add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// What it is called (1 to 200 characters)
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Its status (1 to 50 characters)
    #[arg(long, value_name = "S", default_value = "Created")]
    status: String,
}

/// A session to be added.
#[derive(Debug)]
pub struct Add {
    new: NewSession,
}

impl AddArgs {
    pub(super) fn build(&self) -> Result<Add, Failure> {
        let new = NewSession::new(&self.title, &self.status);
        new.map(|new| Add { new }).map_err(|why| Failure::refused("session add", why))
    }
}

impl Add {
    /// Adds it.
    ///
    /// # Errors
    /// What the store or stdout says.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        output::check()?;
        let store = context.provisioner.store();
        let added = store.add_session(&self.new, &new_group_id()).await;
        let session = added.map_err(|error| match error {
            StoreError::Unsettled(_) => Failure::from(error),
            other => Failure::from(other).before_any_change(),
        })?;
        let added = Added(SessionView::new(&session, &[], store.clock().now()));
        output::print_done(added, context.style.format).await
    }
}

struct Added(SessionView);

impl Report for Added {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn grid(&self) -> Grid {
        let Self(session) = self;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let row = vec![session.session_id.to_string(), text(&session.title), text(&session.status)];
        Grid { columns: &["session_id", "title", "status"], rows: vec![row] }
    }

    fn text(&self, _: Option<u16>) -> String {
        format!("{}\n", self.0.session_id)
    }
}
