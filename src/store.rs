//! The only place that talks to a database. Callers hold an `Arc<dyn Store>` and see no engine.
//!
//! [`connect`] gives a store whose database is up to date, or says what is wrong; [`migrate`] makes it so.

use std::ops::RangeInclusive;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Postgres, Sqlite};
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use crate::domain::audit::Trail;
use crate::domain::chain::StoredEntry;
use crate::domain::estimate::Estimate;
use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use crate::domain::overview::{MaxAge, Overview};
use crate::domain::plan::Plan;
use crate::domain::request::Request;
use crate::domain::session::{NewSession, Session, SessionId};
use crate::domain::snapshot::Snapshot;
use crate::domain::time::{Clock, Timestamp};

// First: the statements of an import are made with its macros.
#[macro_use]
mod sql;

mod apply;
mod audit_walk;
mod backend;
mod clock;
mod connections;
mod deadline;
pub mod demo;
mod entries_text;
mod error;
mod examination;
mod history;
mod history_query;
mod import;
mod listing;
mod migration;
mod new_session;
mod permissions;
mod postgres;
#[cfg(test)]
mod query_plan_tests;
mod rows;
mod search;
mod server;
mod session_query;
mod settings;
mod settle;
mod snapshot;
mod sql_store;
mod sqlite;
mod standing;
mod title_pattern;
mod titles;
mod touch;
mod trace;
mod untrusted;
mod watch;

use sql_store::SqlStore;

pub use error::{StoreError, Unchanged, Unsettled};
pub use examination::{Census, Examination, Finding, HashForm, Rollout, Step, examine};
pub use history_query::{HistoryPage, HistoryQuery, HistorySearch, Stretch};
pub use import::{Aside, Chunk, Import, Imported, Outcome as ImportOutcome, Progress, Tally};
pub use migration::MigrationReport;
pub use server::Server;
pub use session_query::{Page, SessionFilter, SessionQuery};
pub use settings::{Settings, Target, UrlError, holds_password};
pub use standing::ReadOnly;
pub use untrusted::Untrusted;
pub use watch::ChangeMarker;

/// One row of a list: a session with the records that are active now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The session.
    pub session: Session,
    /// Its active records, in the order of their ids.
    pub active: Vec<HostRecord>,
}

/// What a caller lends to a change that makes a GUID: its hash, and the check of what was written.
pub struct Credential<'a> {
    /// The new hash.
    pub hash: &'a StoredHash,
    /// Tells whether the new GUID opens a stored hash; the store itself never sees a GUID.
    pub opens: &'a (dyn Fn(&StoredHash) -> bool + Send + Sync),
}

/// One change to be carried out in one transaction.
pub struct Change<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// What the operator saw.
    pub expected: &'a Expected,
    /// The new hash; `None` for a revocation.
    pub credential: Option<Credential<'a>>,
    /// The name of this attempt; it settles an unknown outcome.
    pub event: EventId,
    /// Called inside the transaction, before the first write.
    pub planned: &'a (dyn Fn(&Plan) + Send + Sync),
    /// Rolls the change back, until COMMIT was sent.
    pub cancel: &'a CancellationToken,
}

/// What a committed change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The plan that was carried out.
    pub plan: Plan,
    /// The record that holds the new hash, as read back; `None` after a revocation.
    pub record: Option<HostRecord>,
    /// The entry in the history; `None` when nothing was written.
    pub event: Option<EventId>,
    /// The instant of the transaction.
    pub at: Timestamp,
}

/// What a session's history and records are shown to.
pub type Visit<'a> = dyn for<'text> FnMut(Trail<&'text str>) + Send + 'a;

/// The uses that the program has for a database. Every method ends within the deadline of the settings; one that has
/// to find out whether it was committed has a second more.
#[async_trait]
pub trait Store: Send + Sync {
    /// Names the engine and the database for people, such as `sqlite host-provisioner.db`.
    fn name(&self) -> String;

    /// Tells why nothing can be written, if that is so.
    fn read_only(&self) -> Option<ReadOnly>;

    /// Gives the instant by which this database judges expiry.
    fn clock(&self) -> &dyn Clock;

    /// Reads one session, its records and the head of its chain.
    async fn snapshot(&self, session: SessionId) -> Result<Snapshot, StoreError>;

    /// Carries a change out in one transaction: lock, read, plan, compare, write, append, read back, commit.
    async fn apply(&self, change: &Change<'_>) -> Result<Applied, StoreError>;

    /// Finds out whether an attempt was committed, once no transaction on the session is under way.
    async fn settle(&self, session: SessionId, event: EventId) -> Result<bool, StoreError>;

    /// Sets `LastUsedAt` of a record that still holds this hash and is active; gives the instant.
    async fn touch(&self, record: &HostRecord) -> Result<Timestamp, StoreError>;

    /// Finds the session of a host record.
    async fn session_of(&self, record: HostRecordId) -> Result<Option<SessionId>, StoreError>;

    /// Reads one page of sessions, in the order of their ids.
    async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionRow>, StoreError>;

    /// Reads the ids of one page of sessions alone, in their order.
    async fn session_ids(&self, query: &SessionQuery) -> Result<Vec<SessionId>, StoreError>;

    /// Reads which of some sessions, a thousand at most, are there and match, in the order of ids.
    async fn sessions_among(
        &self,
        sessions: &[SessionId],
        filter: &SessionFilter,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Says how many sessions there are, and how many match. The cost has a bound, whatever their number.
    async fn estimate_sessions(&self, filter: &SessionFilter) -> Result<Estimate, StoreError>;

    /// Counts the sessions that match. The cost grows with the number of sessions.
    async fn count_sessions(&self, filter: &SessionFilter) -> Result<u64, StoreError>;

    /// Counts all sessions by their records, from one consistent read, and the rotations of the last days. The cost grows
    /// with the number of sessions.
    async fn overview(&self, max_age: MaxAge) -> Result<Overview, StoreError>;

    /// Adds a session.
    async fn add_session(&self, new: &NewSession, group: &str) -> Result<Session, StoreError>;

    /// Reads entries of the history, newest first.
    async fn history(&self, query: &HistoryQuery) -> Result<Vec<StoredEntry>, StoreError>;

    /// Searches one stretch of the history, towards the oldest: no further than one question may go.
    async fn search_history(&self, query: &HistorySearch) -> Result<Stretch, StoreError>;

    /// Reads a marker that differs as soon as anybody committed something.
    async fn change_marker(&self) -> Result<ChangeMarker, StoreError>;

    /// Brings rows of the tool of before in, all that fit in one transaction. The deadline is that of each step.
    async fn import(&self, import: &Import<'_>, rows: &mut Receiver<Chunk>) -> Result<Imported, StoreError>;

    /// Looks after what a search needs, if that is due: takes a short step, and tells whether it did, so that there may be
    /// another to take. Nothing that a person sees changes by it.
    async fn tend(&self) -> Result<bool, StoreError>;

    /// Closes the idle connections and waits for it, so that an embedded database is left in one file.
    async fn close(&self);

    /// Counts the entries of all histories. It takes longer the more there are.
    async fn count_entries(&self) -> Result<u64, StoreError>;

    /// Shows every session within these ids that has entries or records to `visit`, in the order of ids, from one
    /// consistent read. It reads everything, in batches: the deadline is that of each of them.
    async fn walk_audit(&self, within: RangeInclusive<i64>, visit: &mut Visit<'_>) -> Result<(), StoreError>;
}

/// Opens the database of the settings, which must be up to date. Without a `clock` it keeps its own time: the server's,
/// or this machine's where the database is embedded.
///
/// # Errors
/// [`StoreError`] says whether it is missing, not ours, not migrated, newer than this program, or out of reach.
pub async fn connect(settings: Settings, clock: Option<Arc<dyn Clock>>) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match &settings.target {
        Target::Sqlite(_) => Arc::new(SqlStore::<Sqlite>::connect(settings, clock).await?),
        Target::Postgres(_) => Arc::new(SqlStore::<Postgres>::connect(settings, clock).await?),
    })
}

/// Opens it for a single command: connecting and everything else end by one deadline.
///
/// # Errors
/// As [`connect`].
pub async fn connect_once(settings: Settings) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match &settings.target {
        Target::Sqlite(_) => Arc::new(SqlStore::<Sqlite>::connect_once(settings).await?),
        Target::Postgres(_) => Arc::new(SqlStore::<Postgres>::connect_once(settings).await?),
    })
}

/// Brings a database up to date; a missing file is made (mode 0600), as is a missing schema. It can be cancelled until it
/// is committed.
///
/// # Errors
/// [`StoreError`]: no folder, not ours, newer than this program, read-only, locked, full, cancelled. Nothing is half done.
pub async fn migrate(settings: &Settings, cancel: &CancellationToken) -> Result<MigrationReport, StoreError> {
    match &settings.target {
        Target::Sqlite(_) => migration::migrate::<Sqlite>(settings, cancel).await,
        Target::Postgres(_) => migration::migrate::<Postgres>(settings, cancel).await,
    }
}

/// Lists the migrations that [`migrate`] would run, and changes nothing.
///
/// # Errors
/// As [`migrate`]; a missing file is no error, but everything to do.
pub async fn pending_migrations(settings: &Settings) -> Result<Vec<String>, StoreError> {
    match &settings.target {
        Target::Sqlite(_) => migration::pending::<Sqlite>(settings).await,
        Target::Postgres(_) => migration::pending::<Postgres>(settings).await,
    }
}
