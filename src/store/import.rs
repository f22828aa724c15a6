//! Brings rows of the tool of before into the database: all that fit, in one transaction.
//!
//! The rows wait in tables of the connection's own, which nobody else sees and for which nobody waits. Then the
//! transaction begins, and goes through them session by session, so many at once that no step takes long. What becomes
//! of each is decided by `domain::import::merge`.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use super::backend::{Backend, statement};
use super::clock::StoreClock;
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::{StoreError, Unsettled};
use super::migration;
use super::settings::Settings;
use super::trace::{Lost, Trace};
use crate::domain::actor::{Actor, Origin};
use crate::domain::event_id::EventId;
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Fault, Row};
use crate::domain::session::{Session, SessionId};

mod batch;
mod engine;
mod postgres;
pub(super) mod sql;
mod sqlite;
mod stage;
mod steps;
mod transaction;
mod tuples;
mod writing;

pub(super) use engine::Imports;
use steps::Steps;

/// What a whole table may take.
const WHOLE: Duration = Duration::from_mins(10);

/// Some of the input, in its order: the sessions first.
#[derive(Debug)]
pub enum Chunk {
    /// Sessions.
    Sessions(Vec<Row<Session>>),
    /// Host records.
    Records(Vec<Row<HostRecord>>),
    /// Rows that could not be read as either.
    Faults(Vec<Fault>),
    /// A file that cannot be read to its end, and why.
    Broken(String),
    /// There is no more. An input that ends without it was cut off.
    End,
}

/// Where the rows go that stay out, and where all rows came from.
pub trait Aside: Send + Sync {
    /// Takes one.
    ///
    /// # Errors
    /// The operating system's; then nothing is imported.
    fn take(&self, fault: &Fault) -> io::Result<()>;

    /// Makes sure that what was taken is kept, before anything is committed.
    ///
    /// # Errors
    /// As [`Aside::take`].
    fn keep(&self) -> io::Result<()>;

    /// Makes sure that the input is still what was read: a row is read again to be kept, and is told by its line.
    ///
    /// # Errors
    /// The sentence that says which is not.
    fn must_be_as_read(&self) -> Result<(), String>;
}

/// How far an import is, for whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of the input that were read.
    pub bytes: AtomicU64,
    /// Sessions and records that wait.
    pub waiting: AtomicU64,
    /// Those of them that were decided about.
    pub decided: AtomicU64,
}

/// An import, as it is asked for.
pub struct Import<'a> {
    /// Who brings the rows in.
    pub by: &'a Actor,
    /// What the machine knows of them.
    pub origin: &'a Origin,
    /// Leaves out the rows that do not fit, and imports the others; else one such row stops it all.
    pub skip: bool,
    /// Decides, and writes nothing.
    pub dry_run: bool,
    /// Where rows go that stay out.
    pub aside: &'a dyn Aside,
    /// How far it is.
    pub progress: &'a Arc<Progress>,
    /// Rolls it back, until COMMIT was sent.
    pub cancel: &'a CancellationToken,
}

/// What became of the rows of one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows in the file.
    pub read: u64,
    /// Rows that are new in the database, or would be.
    pub added: u64,
    /// Rows that it had already.
    pub unchanged: u64,
    /// Rows that are wrong in themselves.
    pub bad: u64,
    /// Rows that contradict the database.
    pub conflicts: u64,
}

/// How an import ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    /// The new rows are there.
    Imported,
    /// There was nothing new.
    #[default]
    Unchanged,
    /// Rows do not fit, so nothing was changed.
    Refused,
    /// It was only asked what would be.
    Planned,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// How it ended.
    pub outcome: Outcome,
    /// The sessions.
    pub sessions: Tally,
    /// The host records.
    pub records: Tally,
    /// New records that are active beside a better one.
    pub duplicates: u64,
    /// Entries in the history, one for each session to which something was added.
    pub entries: u64,
}

impl Imported {
    /// Counts the rows that are wrong in themselves.
    #[must_use]
    pub fn bad(&self) -> u64 {
        self.sessions.bad + self.records.bad
    }

    /// Counts the rows that contradict the database.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.sessions.conflicts + self.records.conflicts
    }
}

/// An import that is ready to be committed, and the entry by which a lost COMMIT is found out about.
struct Prepared {
    report: Imported,
    trace: Option<(SessionId, EventId)>,
}

/// Imports. No step may take longer than the time-out of the settings, but for what concerns a whole table.
pub(super) async fn run<B: Imports>(
    connections: &Connections<B>,
    import: &Import<'_>,
    rows: &mut Receiver<Chunk>,
    clock: &StoreClock,
) -> Result<Imported, StoreError> {
    let steps = Steps { patience: connections.settings().timeout, cancel: import.cancel };
    let mut lease = connections.lend(&Deadline::after(steps.patience)).await?;
    // A panic is an error like any other: the transaction is to be ended.
    let prepared =
        AssertUnwindSafe(prepare(&mut lease, connections.settings(), import, rows, clock, &steps)).catch_unwind().await;
    match prepared.unwrap_or(Err(StoreError::Internal)) {
        // Input may be waited for as long as it takes, and nobody keeps the file from being replaced meanwhile.
        Ok(Prepared { trace: Some(_), .. }) if !connections.still_stands(&lease) => {
            let error = StoreError::Unavailable { what: "its file is no longer the one that was opened".to_owned() };
            connections.give_up(lease, &error).await;
            Err(error)
        }
        Ok(Prepared { report, trace: Some((session, event)) }) => {
            commit(connections, lease, session, event).await.map(|()| report)
        }
        Ok(Prepared { report, trace: None }) => {
            lease.roll_back().await;
            Ok(report)
        }
        Err(error) => {
            connections.give_up(lease, &error).await;
            Err(error)
        }
    }
}

/// Does everything but the COMMIT.
async fn prepare<B: Imports>(
    lease: &mut Lease<B>,
    settings: &Settings,
    import: &Import<'_>,
    rows: &mut Receiver<Chunk>,
    clock: &StoreClock,
    steps: &Steps<'_>,
) -> Result<Prepared, StoreError> {
    let connection = &mut lease.connection;
    if !import.dry_run {
        steps.one(must_own::<B>(connection)).await?;
    }
    steps.one(B::set_up(connection, steps.patience)).await?;
    let mut report = Imported::default();
    let staged = stage::load::<B>(connection, import, rows, steps, &mut report).await?;
    steps.one(migration::check::<B>(connection, settings)).await?;
    let trace = transaction::run::<B>(connection, import, &staged, clock, steps, &mut report).await?;
    report.outcome = match (import.dry_run, !import.skip && report.bad() + report.conflicts() > 0, trace) {
        (_, true, _) => Outcome::Refused,
        (true, false, _) => Outcome::Planned,
        (false, false, Some(_)) => Outcome::Imported,
        (false, false, None) => Outcome::Unchanged,
    };
    let trace = trace.filter(|_| report.outcome == Outcome::Imported);
    import.aside.must_be_as_read().map_err(|what| StoreError::Input { what })?;
    if import.skip && !import.dry_run && report.bad() + report.conflicts() > 0 {
        import.aside.keep().map_err(|error| kept_nowhere(&error))?;
    }
    Ok(Prepared { report, trace })
}

/// A trigger can be set aside by its owner alone.
async fn must_own<B: Imports>(connection: &mut B::Connection) -> Result<(), StoreError> {
    let Some(asked) = B::NOT_OWNED else { return Ok(()) };
    if statement::<B>(asked).rows(connection).await?.is_empty() {
        return Ok(());
    }
    let what = "only the owner of the tables may import, as the guard of LegacyDuplicate is set aside for it";
    Err(StoreError::Denied { what: what.to_owned() })
}

fn kept_nowhere(error: &io::Error) -> StoreError {
    StoreError::Failed { what: format!("the rows that stay out cannot be kept: {error}") }
}

/// Waits for the end of every import that is under way.
pub(super) async fn hold<B: Backend>(connection: &mut B::Connection) -> Result<(), StoreError> {
    for text in [Some(B::BEGIN_WRITE), B::HOLD_TABLES].into_iter().flatten() {
        statement::<B>(text).run(connection).await?;
    }
    Ok(())
}

async fn commit<B: Imports>(
    connections: &Connections<B>,
    lease: Lease<B>,
    session: SessionId,
    event: EventId,
) -> Result<(), StoreError> {
    let deadline = Deadline::after(B::COMMIT.max(connections.settings().timeout));
    match Trace::Imported(session, event).commit(connections, lease, &deadline).await {
        Ok(()) => Ok(()),
        Err(Lost::NotCommitted(error)) => Err(error),
        Err(Lost::Unknown) => Err(StoreError::Unsettled(Unsettled::Import)),
    }
}
