//! The store over any engine: each method lends a connection, asks, and gives the connection back.

use std::ops::RangeInclusive;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc::Receiver;

use super::backend::{Backend, fault, statement};
use super::clock::StoreClock;
use super::connections::Connections;
use super::deadline::Deadline;
use super::error::StoreError;
use super::import::{self, Chunk, Import, Imported, Imports};
use super::rows::get;
use super::settings::Settings;
use super::trace::Trace;
use super::watch::Watch;
use super::{
    Applied, Change, ChangeMarker, HistoryQuery, HistorySearch, ReadOnly, SessionFilter, SessionQuery, SessionRow,
    Store, Stretch, Visit,
};
use super::{audit_walk, history, listing, new_session, search, settle, snapshot, sql, standing, titles, touch};
use crate::domain::chain::StoredEntry;
use crate::domain::estimate::Estimate;
use crate::domain::event_id::EventId;
use crate::domain::host_record::{HostRecord, HostRecordId};
use crate::domain::overview::{MaxAge, Overview};
use crate::domain::session::{NewSession, Session, SessionId};
use crate::domain::snapshot::Snapshot;
use crate::domain::time::{Clock, Timestamp};

/// A store whose bodies are the same for every engine.
pub(super) struct SqlStore<B: Backend> {
    connections: Connections<B>,
    watch: Watch<B>,
    clock: StoreClock,
    read_only: Option<ReadOnly>,
    /// The end of all operations; each has its own where this is not set.
    last: Option<Deadline>,
}

impl<B: Backend> SqlStore<B> {
    /// Opens the first connection, which checks place and schema, and asks what it may do.
    pub(super) async fn connect(settings: Settings, clock: Option<Arc<dyn Clock>>) -> Result<Self, StoreError> {
        let (asked, deadline) = (settings.read_only.then_some(ReadOnly::Asked), Deadline::after(settings.timeout));
        let (connections, clock) = (Connections::new(settings), StoreClock::new(clock));
        let mut lease = connections.open(&deadline).await?;
        let standing = deadline.run(standing::read::<B>(&mut lease.connection)).await??;
        clock.set(standing.now);
        if standing.obstacle == Some(ReadOnly::Privilege) {
            tracing::info!("this database user may not: {}", standing.missing);
        }
        connections.take_back(lease);
        let read_only = asked.or(standing.obstacle).or_else(|| B::obstacle(connections.settings()));
        Ok(Self { connections, watch: Watch::new(), clock, read_only, last: None })
    }

    /// The same for a single command, whose operations all end by one deadline, connecting included.
    pub(super) async fn connect_once(settings: Settings) -> Result<Self, StoreError> {
        let last = Deadline::after(settings.timeout);
        Ok(Self { last: Some(last), ..Self::connect(settings, None).await? })
    }

    fn deadline(&self) -> Deadline {
        self.last.unwrap_or_else(|| Deadline::after(self.connections.settings().timeout))
    }

    fn must_write(&self) -> Result<(), StoreError> {
        self.read_only.map_or(Ok(()), |why| Err(StoreError::ReadOnly(why)))
    }
}

/// Lends a connection to one read, within the deadline; gives it back only if all went well. A connection that was
/// idle may have been lost meanwhile: then the read is tried once more on a new one.
macro_rules! ask {
    ($store:expr, |$connection:ident| $read:expr) => {{
        let deadline = $store.deadline();
        loop {
            let mut lease = $store.connections.lend(&deadline).await?;
            let answer = {
                let $connection = &mut lease.connection;
                deadline.run($read).await.and_then(|inner| inner)
            };
            match answer {
                Err(StoreError::Unavailable { .. }) if lease.was_idle => $store.connections.forget_idle(),
                Err(error) => {
                    // It is dropped, and so are the idle ones if it hung: they would, too.
                    if let StoreError::TooSlow { .. } = error {
                        $store.connections.forget_idle();
                    }
                    return Err(error);
                }
                Ok(answer) => {
                    $store.connections.take_back(lease);
                    return Ok(answer);
                }
            }
        }
    }};
}

#[async_trait]
impl<B: Imports> Store for SqlStore<B> {
    fn name(&self) -> String {
        self.connections.settings().target.name()
    }

    fn read_only(&self) -> Option<ReadOnly> {
        self.read_only
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    async fn snapshot(&self, session: SessionId) -> Result<Snapshot, StoreError> {
        ask!(self, |connection| one_view::<B>(connection, session))
    }

    async fn apply(&self, change: &Change<'_>) -> Result<Applied, StoreError> {
        self.must_write()?;
        settle::run(&self.connections, change, &self.clock, &self.deadline()).await
    }

    async fn settle(&self, session: SessionId, event: EventId) -> Result<bool, StoreError> {
        Trace::Event(session, event).settle(&self.connections, &self.deadline()).await
    }

    async fn touch(&self, record: &HostRecord) -> Result<Timestamp, StoreError> {
        self.must_write()?;
        touch::touch(&self.connections, record, &self.clock, &self.deadline()).await
    }

    async fn session_of(&self, record: HostRecordId) -> Result<Option<SessionId>, StoreError> {
        ask!(self, |connection| session_of::<B>(connection, record))
    }

    async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionRow>, StoreError> {
        ask!(self, |connection| listing::page::<B>(connection, query, self.clock.now()))
    }

    async fn session_ids(&self, query: &SessionQuery) -> Result<Vec<SessionId>, StoreError> {
        ask!(self, |connection| listing::ids::<B>(connection, query, self.clock.now()))
    }

    async fn sessions_among(
        &self,
        sessions: &[SessionId],
        filter: &SessionFilter,
    ) -> Result<Vec<SessionId>, StoreError> {
        ask!(self, |connection| listing::among::<B>(connection, sessions, filter, self.clock.now()))
    }

    async fn estimate_sessions(&self, filter: &SessionFilter) -> Result<Estimate, StoreError> {
        ask!(self, |connection| listing::estimate::<B>(connection, filter, self.clock.now()))
    }

    async fn count_sessions(&self, filter: &SessionFilter) -> Result<u64, StoreError> {
        ask!(self, |connection| listing::count::<B>(connection, filter, self.clock.now()))
    }

    async fn overview(&self, max_age: MaxAge) -> Result<Overview, StoreError> {
        ask!(self, |connection| listing::overview::<B>(connection, max_age, self.clock.now()))
    }

    async fn add_session(&self, new: &NewSession, group: &str) -> Result<Session, StoreError> {
        self.must_write()?;
        new_session::add(&self.connections, new, group, self.clock.now(), &self.deadline()).await
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        ask!(self, |connection| history::page::<B>(connection, query))
    }

    async fn search_history(&self, query: &HistorySearch) -> Result<Stretch, StoreError> {
        ask!(self, |connection| search::stretch::<B>(connection, query, self.clock.now()))
    }

    async fn change_marker(&self) -> Result<ChangeMarker, StoreError> {
        self.watch.marker(&self.connections, &self.deadline()).await
    }

    async fn import(&self, import: &Import<'_>, rows: &mut Receiver<Chunk>) -> Result<Imported, StoreError> {
        if !import.dry_run {
            self.must_write()?;
        }
        import::run(&self.connections, import, rows, &self.clock).await
    }

    async fn tend(&self) -> Result<bool, StoreError> {
        self.must_write()?;
        titles::step(&self.connections, titles::DUE, &self.deadline()).await
    }

    async fn close(&self) {
        if let Some(lease) = self.watch.end().await {
            self.connections.take_back(lease);
        }
        self.connections.close().await;
    }

    async fn count_entries(&self) -> Result<u64, StoreError> {
        ask!(self, |connection| count_entries::<B>(connection))
    }

    async fn walk_audit(&self, within: RangeInclusive<i64>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut lease = self.connections.lend(&self.deadline()).await?;
        audit_walk::walk::<B>(&mut lease.connection, within, self.connections.settings().timeout, visit).await?;
        self.connections.take_back(lease);
        Ok(())
    }
}

/// Reads a session from one consistent view, although it takes several statements.
async fn one_view<B: Backend>(connection: &mut B::Connection, session: SessionId) -> Result<Snapshot, StoreError> {
    statement::<B>(B::BEGIN_READ).run(connection).await?;
    let seen = snapshot::read::<B>(connection, session).await?;
    statement::<B>(sql::COMMIT).run(connection).await?;
    Ok(seen)
}

async fn count_entries<B: Backend>(connection: &mut B::Connection) -> Result<u64, StoreError> {
    let found = statement::<B>(sql::COUNT_EVENTS).rows(connection).await?;
    let counted = found.first().map(|row| get::<B, i64>(row, "Count")).transpose().map_err(fault::<B>)?;
    Ok(counted.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

async fn session_of<B: Backend>(
    connection: &mut B::Connection,
    record: HostRecordId,
) -> Result<Option<SessionId>, StoreError> {
    let found = statement::<B>(sql::SESSION_OF_RECORD).with(record.get()).rows(connection).await?;
    let id = found.first().map(|row| get::<B, i64>(row, "SessionId")).transpose().map_err(fault::<B>)?;
    Ok(id.and_then(SessionId::new))
}
