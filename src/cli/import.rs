//! `import`: brings sessions and host records in from an export of the old tool's tables.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::change::named;
use super::confirmation;
use super::{Context, Exit, Failure, output};
use crate::config::Profile;
use crate::domain::actor::Actor;
use crate::provision::{Inputs, ProvisionEvent};
use crate::store::{self, ImportOutcome, Progress};

mod aside;
mod bar;
mod report;

use aside::{LeftOut, Source};
use report::ImportReport;

/// Bytes of a file that are read at once.
const AHEAD: usize = 256 * 1024;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The rows of the table `Sessions`
    #[arg(long, value_name = "FILE")]
    sessions: PathBuf,
    /// The rows of the table `HostSessions`
    #[arg(long, value_name = "FILE")]
    host_sessions: PathBuf,
    /// Reads and checks everything, says what would be done, and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Leaves out the rows that do not fit, imports the others, and keeps those in a new file, one object of JSON each
    #[arg(long, value_name = "FILE")]
    skip_bad: Option<PathBuf>,
    /// The name that the history keeps [default: the operating system's user]
    #[arg(long, value_name = "TEXT")]
    created_by: Option<String>,
    /// Confirms the import in a protected profile
    #[arg(long, value_name = "import@PROFILE")]
    confirm: Option<String>,
}

/// An import, ready to be carried out.
#[derive(Debug, Clone)]
pub struct Import {
    sessions: PathBuf,
    records: PathBuf,
    dry_run: bool,
    skip_bad: Option<PathBuf>,
    by: Option<Actor>,
    confirm: Option<String>,
}

impl ImportArgs {
    pub(super) fn job(self) -> Result<Import, Failure> {
        let by = self.created_by.as_deref().map(Actor::parse).transpose();
        let by = by.map_err(|why| Failure::refused("--created-by", why))?;
        let Self { sessions, host_sessions: records, dry_run, skip_bad, confirm, .. } = self;
        Ok(Import { sessions, records, dry_run, skip_bad, by, confirm })
    }
}

/// What an import works with: the rows to come, and a way back to those that stay out.
pub struct Opened {
    inputs: Inputs,
    left_out: LeftOut,
    bytes: u64,
}

impl Import {
    /// Tells whether nothing is changed.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// Refuses what a protected profile wants confirmed.
    ///
    /// # Errors
    /// Exit code 8.
    pub fn check_confirmed(&self, profile: Option<&Profile>) -> Result<(), Failure> {
        if self.dry_run { Ok(()) } else { confirmation::check_import(profile, self.confirm.as_deref()) }
    }

    /// Opens the files, before anything else is done: on a thread of its own, as a pipe lets it wait for its other end.
    ///
    /// # Errors
    /// Exit code 2, where one cannot be read at all.
    pub async fn open(&self) -> Result<Opened, Failure> {
        let own = self.clone();
        let opening = tokio::task::spawn_blocking(move || own.open_now());
        opening.await.unwrap_or_else(|_| Err(Failure::internal("import")))
    }

    fn open_now(&self) -> Result<Opened, Failure> {
        let (sessions, records) = (Source::open(&self.sessions)?, Source::open(&self.records)?);
        if self.skip_bad.is_some() {
            sessions.must_be_a_file()?;
            records.must_be_a_file()?;
        }
        let bytes = sessions.bytes() + records.bytes();
        let reading = |source: &Source| -> Result<(String, Box<dyn BufRead + Send>), Failure> {
            Ok((source.name().to_owned(), Box::new(BufReader::with_capacity(AHEAD, source.handle()?))))
        };
        let inputs = Inputs::open(reading(&sessions)?, reading(&records)?)
            .map_err(|error| told(Failure::from(error), "nothing was changed"))?;
        let aside = self.skip_bad.as_deref().filter(|_| !self.dry_run);
        let left_out = LeftOut::new([sessions, records], aside)?;
        Ok(Opened { inputs, left_out, bytes })
    }

    /// Carries it out.
    ///
    /// # Errors
    /// Exit code 2 for bad rows, 6 for rows that contradict the database, 3 where such were left out; whatever the files,
    /// the store or stdout say.
    pub async fn run(self, opened: Option<Opened>, context: &Context<'_>) -> Result<(), Failure> {
        output::check()?;
        let Opened { inputs, left_out, bytes } = match opened {
            Some(opened) => opened,
            None => self.open().await?,
        };
        let by = named(self.by, context)?;
        let progress = Arc::new(Progress::default());
        let import = store::Import {
            by: &by,
            origin: context.origin,
            skip: self.skip_bad.is_some(),
            dry_run: self.dry_run,
            aside: &left_out,
            progress: &progress,
            cancel: context.cancel,
        };
        let bar = bar::show(context.style, &progress, bytes);
        let lines = std::sync::Mutex::new(Vec::new());
        let tell = |line: ProvisionEvent| lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        let end = context.provisioner.import(&import, inputs, &tell).await;
        // The lines stand below what the bar leaves.
        bar.end();
        lines.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).iter().for_each(|line| {
            context.messages.event(line);
        });
        let done = match end {
            Ok(done) => done,
            Err(error) => {
                left_out.forget(&error);
                return Err(Failure::of_change(&error));
            }
        };
        left_out.tell(context.messages);
        let report = ImportReport::new(&done, &left_out, self.skip_bad.as_deref());
        if done.outcome == ImportOutcome::Imported {
            output::print_done(report, context.style.format).await?;
        } else {
            output::print(report, context.style.format).await?;
        }
        if self.dry_run {
            context.messages.note("dry run: nothing was changed");
        }
        ended(&done, self.skip_bad.as_deref())
    }
}

fn told(failure: Failure, unchanged: &str) -> Failure {
    let message = format!("{}; {unchanged}", failure.message);
    Failure { message, ..failure }
}

/// Says how it ended, where rows did not fit.
fn ended(done: &store::Imported, skip_bad: Option<&Path>) -> Result<(), Failure> {
    let (bad, conflicts) = (done.bad(), done.conflicts());
    let rows = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| if count == 1 { format!("1 row {one}") } else { format!("{count} rows {many}") })
    };
    let parts =
        [rows(bad, "is bad", "are bad"), rows(conflicts, "contradicts the database", "contradict the database")];
    let what = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    match (bad, conflicts, done.outcome) {
        (0, 0, _) => Ok(()),
        (0, _, ImportOutcome::Refused) => {
            let failure = Failure::new(Exit::Conflict, "conflict", format!("{what}; nothing was changed"));
            Err(failure.hint("look at the sessions with `show`; --skip-bad FILE leaves such sessions as they are"))
        }
        (_, _, ImportOutcome::Refused) => {
            let failure = Failure::new(Exit::Usage, "bad_rows", format!("{what}; nothing was changed"));
            Err(failure.hint("mend the rows, or leave them out with --skip-bad FILE"))
        }
        (_, _, ImportOutcome::Planned) => {
            Err(Failure::new(Exit::Partly, "partly", format!("{what}, and would be left out")))
        }
        (_, _, ImportOutcome::Imported | ImportOutcome::Unchanged) => {
            let failure = Failure::new(Exit::Partly, "partly", format!("{what}, and left out"));
            Err(skip_bad.map_or(failure.clone(), |file| failure.hint(format!("they are kept in {}", file.display()))))
        }
    }
}

/// Names what the operating system says of a file.
fn refused(path: &Path, why: &io::Error) -> Failure {
    let exit = if why.kind() == io::ErrorKind::PermissionDenied { Exit::NotAllowed } else { Exit::Usage };
    Failure::new(exit, "input", format!("{} cannot be read: {why}; nothing was changed", path.display()))
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|why| refused(path, &why))
}
