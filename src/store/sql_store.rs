//! The store over any engine: each method lends a connection, asks, and gives the connection back.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::backend::{Backend, fault, statement};
use super::clock::StoreClock;
use super::connections::Connections;
use super::deadline::Deadline;
use super::error::StoreError;
use super::rows::get;
use super::settings::Settings;
use super::watch::Watch;
use super::{Applied, Change, ChangeMarker, HistoryQuery, ReadOnly, SessionQuery, SessionRow, Store, Visit};
use super::{audit_walk, history, listing, settle, snapshot, sql, standing};
use crate::domain::chain::StoredEntry;
use crate::domain::event_id::EventId;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::{NewSession, Session, SessionId};
use crate::domain::snapshot::Snapshot;
use crate::domain::time::{Clock, Timestamp};

/// A store whose bodies are the same for every engine.
pub(super) struct SqlStore<B: Backend> {
    connections: Connections<B>,
    watch: Watch<B>,
    clock: StoreClock,
    read_only: Option<ReadOnly>,
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
        Ok(Self { connections, watch: Watch::new(), clock, read_only: asked.or(standing.obstacle) })
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.connections.settings().timeout)
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
                deadline.run($read).await?
            };
            match answer {
                Err(StoreError::Unavailable { .. }) if lease.was_idle => $store.connections.forget_idle(),
                Err(error) => return Err(error),
                Ok(answer) => {
                    $store.connections.take_back(lease);
                    return Ok(answer);
                }
            }
        }
    }};
}

#[async_trait]
impl<B: Backend> Store for SqlStore<B> {
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
        settle::run(&self.connections, change, &self.clock).await
    }

    async fn settle(&self, session: SessionId, event: EventId) -> Result<bool, StoreError> {
        settle::committed(&self.connections, session, event, &self.deadline()).await
    }

    async fn session_of(&self, record: HostRecordId) -> Result<Option<SessionId>, StoreError> {
        ask!(self, |connection| session_of::<B>(connection, record))
    }

    async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionRow>, StoreError> {
        ask!(self, |connection| listing::page::<B>(connection, query, self.clock.now()))
    }

    async fn count_sessions(&self, limit: u32) -> Result<u32, StoreError> {
        ask!(self, |connection| listing::count::<B>(connection, limit))
    }

    async fn add_session(&self, new: &NewSession, group: &str) -> Result<Session, StoreError> {
        self.must_write()?;
        let deadline = self.deadline();
        let mut lease = self.connections.lend(&deadline).await?;
        let added = deadline.run(add_session::<B>(&mut lease.connection, new, group, self.clock.now())).await??;
        self.connections.take_back(lease);
        Ok(added)
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        ask!(self, |connection| history::page::<B>(connection, query))
    }

    async fn change_marker(&self) -> Result<ChangeMarker, StoreError> {
        self.watch.marker(&self.connections, &self.deadline()).await
    }

    async fn close(&self) {
        if let Some(lease) = self.watch.end().await {
            self.connections.take_back(lease);
        }
        self.connections.close().await;
    }

    /// Reads everything, so it has no deadline of its own: the caller watches it and may drop it.
    async fn walk_audit(&self, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut lease = self.connections.lend(&self.deadline()).await?;
        audit_walk::walk::<B>(&mut lease.connection, visit).await?;
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

async fn session_of<B: Backend>(
    connection: &mut B::Connection,
    record: HostRecordId,
) -> Result<Option<SessionId>, StoreError> {
    let found = statement::<B>(sql::SESSION_OF_RECORD).with(record.get()).rows(connection).await?;
    let id = found.first().map(|row| get::<B, i64>(row, "SessionId")).transpose().map_err(fault::<B>)?;
    Ok(id.and_then(SessionId::new))
}

async fn add_session<B: Backend>(
    connection: &mut B::Connection,
    new: &NewSession,
    group: &str,
    now: Timestamp,
) -> Result<Session, StoreError> {
    let at: DateTime<Utc> = now.whole_seconds().utc();
    let group =
        group.parse::<B::Guid>().ok().ok_or_else(|| StoreError::Failed { what: "no GUID for the group".to_owned() })?;
    let asked = statement::<B>(sql::INSERT_SESSION)
        .with(Some(group))
        .with(new.title().to_owned())
        .with(new.status().to_owned())
        .with(B::Count::default())
        .with(at)
        .with(at);
    // A transaction of its own: what is dropped at the deadline before the commit has not happened.
    statement::<B>(B::BEGIN_WRITE).run(connection).await?;
    let found = asked.rows(connection).await?;
    let id = found.first().map(|row| get::<B, i64>(row, "SessionId")).transpose().map_err(fault::<B>)?;
    let missing = || StoreError::Corrupt { what: "the new session did not read back".to_owned() };
    let id = id.and_then(SessionId::new).ok_or_else(missing)?;
    let added = snapshot::session::<B>(connection, id).await?.ok_or_else(missing)?;
    statement::<B>(sql::COMMIT).run(connection).await?;
    Ok(added)
}
