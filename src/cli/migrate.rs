//! `migrate`: creates a database and brings it up to date, or says what that would do.

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::messages::Messages;
use super::output::{self, Format, Grid, Report};
use super::{Exit, Failure};
use crate::config::Database;
use crate::store::{self, MigrationReport, StoreError};

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// Changes nothing; exits 0 when there is nothing to do, 1 otherwise
    #[arg(long)]
    check: bool,
}

/// Whether to migrate, or only to look.
#[derive(Debug)]
pub struct Migrate {
    check: bool,
}

impl From<MigrateArgs> for Migrate {
    fn from(args: MigrateArgs) -> Self {
        Self { check: args.check }
    }
}

impl Migrate {
    /// Tells whether the database is only looked at, so that a signal may drop the work.
    #[must_use]
    pub fn is_check(&self) -> bool {
        self.check
    }

    /// Migrates; the folder of a default database must be there already.
    ///
    /// # Errors
    /// What the store or stdout says; with `--check`, that there is something to do.
    pub async fn run(
        self,
        database: &Database,
        messages: &Messages,
        format: Format,
        cancel: &CancellationToken,
    ) -> Result<(), Failure> {
        if self.check {
            return check(database, format).await;
        }
        output::check()?;
        let report = store::migrate(&database.settings, cancel).await.map_err(|error| match error {
            StoreError::Cancelled => {
                Failure { message: format!("{error}; nothing was migrated"), ..Failure::interrupted() }
            }
            other => other.into(),
        })?;
        if report.created {
            messages.note(&format!("created {}", database.settings.target));
        }
        if report.created || !report.applied.is_empty() {
            return output::print_done(report, format).await;
        }
        output::print(report, format).await
    }
}

async fn check(database: &Database, format: Format) -> Result<(), Failure> {
    let target = &database.settings.target;
    let folder = target.file().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    if !database.is_default && folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(StoreError::NoFolder { path: target.to_string() }.into());
    }
    let pending = store::pending_migrations(&database.settings).await?;
    let count = pending.len();
    output::print(Pending(pending), format).await?;
    if count == 0 {
        return Ok(());
    }
    let what = if count == 1 { "1 migration is".to_owned() } else { format!("{count} migrations are") };
    let failure = Failure::new(Exit::Failed, "pending", format!("{what} to do; nothing was changed"));
    Err(failure.hint("`host-provisioner migrate` does it"))
}

fn one_column(column: &'static [&'static str], names: &[String]) -> Grid {
    Grid { columns: column, rows: names.iter().map(|name| vec![name.clone()]).collect() }
}

fn told(verb: &str, names: &[String]) -> String {
    if names.is_empty() {
        return "up to date\n".to_owned();
    }
    output::lines(names.iter().map(|name| format!("{verb} {name}")))
}

impl Report for MigrationReport {
    fn json(&self) -> Value {
        json!({"created": self.created, "applied": self.applied})
    }

    fn grid(&self) -> Grid {
        one_column(&["applied"], &self.applied)
    }

    fn text(&self, _: Option<u16>) -> String {
        told("applied", &self.applied)
    }
}

/// What would be done.
struct Pending(Vec<String>);

impl Report for Pending {
    fn json(&self) -> Value {
        json!({"pending": self.0})
    }

    fn grid(&self) -> Grid {
        one_column(&["pending"], &self.0)
    }

    fn text(&self, _: Option<u16>) -> String {
        told("to do:", &self.0)
    }
}
