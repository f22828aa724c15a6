//! A database looked at step by step, as far as it lets us: from the host's name to what its rows hold.
//!
//! Every step has the deadline of one operation. Nothing is changed.

use async_trait::async_trait;
use sqlx::{Postgres, Sqlite};

use super::backend::Backend;
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::StoreError;
use super::settings::{Settings, Target};

mod census;
mod certificate;
mod file;
mod network;
mod questions;
mod rollout;

pub use census::{Census, HashForm};
pub use rollout::Rollout;

/// One step, in the order in which an engine takes those that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The file is there, and who may open it.
    File,
    /// The host's name leads to an address.
    Resolve,
    /// Somebody listens there.
    Connect,
    /// Who that is, and whether it is to be trusted.
    Tls,
    /// The server lets this user into the database.
    LogIn,
    /// One connection stays one connection.
    Pooling,
    /// The user may read the tables.
    Privileges,
    /// The engine is no older than what is tried.
    Version,
    /// The schema is this program's.
    Schema,
    /// Writes are taken.
    Writable,
    /// The server's clock and this machine's.
    Clock,
    /// How long an answer takes.
    RoundTrip,
    /// The index that holds the rule against every writer.
    Index,
}

impl Step {
    /// Gives the name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::LogIn => "log_in",
            Self::Pooling => "pooling",
            Self::Version => "version",
            Self::Privileges => "privileges",
            Self::Schema => "schema",
            Self::Writable => "writable",
            Self::Clock => "clock",
            Self::RoundTrip => "round_trip",
            Self::Index => "index",
        }
    }
}

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is so.
    pub detail: String,
    /// What to do about it, where it deserves attention.
    pub concern: Option<String>,
}

impl Finding {
    fn fine(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), concern: None }
    }

    fn but(detail: impl Into<String>, concern: impl Into<String>) -> Self {
        Self { detail: detail.into(), concern: Some(concern.into()) }
    }
}

/// A database under examination. The steps are taken in their order; none is taken after one that failed.
#[async_trait]
pub trait Examination: Send {
    /// Gives the steps that this engine has.
    fn steps(&self) -> &'static [Step];

    /// Takes a step.
    async fn take(&mut self, step: Step) -> Result<Finding, StoreError>;

    /// Counts the active records, after all steps: as many as the deadline allows.
    async fn count(&mut self) -> Result<Census, StoreError>;

    /// Reads what the newest entries of the history tell of, after all steps.
    async fn rollout(&mut self) -> Result<Rollout, StoreError>;

    /// Closes what is open.
    async fn close(self: Box<Self>);
}

/// Begins to look at the database of the settings; nothing is opened yet.
#[must_use]
pub fn examine(settings: Settings) -> Box<dyn Examination> {
    match &settings.target {
        Target::Sqlite(_) => Box::new(Examiner::<Sqlite>::new(settings)),
        Target::Postgres(_) => Box::new(Examiner::<Postgres>::new(settings)),
    }
}

/// What an engine shows in ways of its own.
#[async_trait]
trait Examined: Backend {
    /// Its steps.
    const STEPS: &'static [Step];
    /// Reads the engine's `version`.
    const VERSION: &'static str;
    /// Lists the `name`s of the tables that are there, and whether this user `may_read` each; `None` where one who may
    /// open the database may read it all.
    const READABLE: Option<&'static str>;
    /// Tells of the index of the rule whether it `holds`; no row where it is missing.
    const RULE_INDEX: &'static str;
    /// Gives a row where the index of the pieces of titles is there; `None` where every migrated database has it.
    const TITLE_INDEX: Option<&'static str>;
    /// What the first steps leave for those that follow.
    type Way: Default + Send;

    /// Takes one of the steps before the first statement.
    async fn approach(
        settings: &Settings,
        step: Step,
        way: &mut Self::Way,
        deadline: &Deadline,
    ) -> Result<Finding, StoreError>;
}

struct Examiner<B: Examined> {
    connections: Connections<B>,
    way: B::Way,
    lease: Option<Lease<B>>,
}

impl<B: Examined> Examiner<B> {
    fn new(settings: Settings) -> Self {
        Self { connections: Connections::new(settings), way: B::Way::default(), lease: None }
    }

    /// Gives the connection that the steps after the approach share.
    async fn connection(&mut self, deadline: &Deadline) -> Result<&mut B::Connection, StoreError> {
        let lease = match self.lease.take() {
            Some(lease) => lease,
            None => self.connections.open_unchecked(deadline).await?,
        };
        Ok(&mut self.lease.insert(lease).connection)
    }
}

#[async_trait]
impl<B: Examined> Examination for Examiner<B> {
    fn steps(&self) -> &'static [Step] {
        B::STEPS
    }

    async fn take(&mut self, step: Step) -> Result<Finding, StoreError> {
        let (patience, read_only) = (self.connections.settings().timeout, self.connections.settings().read_only);
        let deadline = Deadline::after(patience);
        match step {
            Step::File | Step::Resolve | Step::Connect | Step::Tls | Step::LogIn | Step::Pooling => {
                B::approach(self.connections.settings(), step, &mut self.way, &deadline).await
            }
            Step::Writable if read_only => Ok(Finding::fine("not asked: --read-only")),
            Step::Version => deadline.run(questions::version::<B>(self.connection(&deadline).await?)).await?,
            Step::Privileges => deadline.run(questions::privileges::<B>(self.connection(&deadline).await?)).await?,
            Step::Schema => {
                let settings = self.connections.settings().clone();
                deadline.run(questions::schema::<B>(self.connection(&deadline).await?, &settings)).await?
            }
            Step::Writable => {
                let obstacle = B::obstacle(self.connections.settings());
                deadline.run(questions::writable::<B>(self.connection(&deadline).await?, obstacle)).await?
            }
            Step::Clock => deadline.run(questions::clock::<B>(self.connection(&deadline).await?)).await?,
            Step::RoundTrip => {
                deadline.run(questions::round_trip::<B>(self.connection(&deadline).await?, patience / 4)).await?
            }
            Step::Index => deadline.run(questions::index::<B>(self.connection(&deadline).await?)).await?,
        }
    }

    async fn count(&mut self) -> Result<Census, StoreError> {
        // Before the engine itself stops a statement, which would be an error.
        let patience = self.connections.settings().timeout;
        let deadline = Deadline::after(patience / 10 * 9);
        census::take::<B>(self.connection(&deadline).await?, &deadline).await
    }

    async fn rollout(&mut self) -> Result<Rollout, StoreError> {
        let deadline = Deadline::after(self.connections.settings().timeout);
        deadline.run(rollout::read::<B>(self.connection(&deadline).await?)).await?
    }

    async fn close(self: Box<Self>) {
        if let Some(lease) = self.lease {
            lease.close().await;
        }
    }
}
