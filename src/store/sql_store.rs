//! The store over any engine: each method lends a connection, asks, and gives the connection back.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::backend::{Backend, fault, statement};
use super::connections::Connections;
use super::deadline::Deadline;
use super::error::StoreError;
use super::rows::get;
use super::settings::{Settings, Target};
use super::{Applied, Change, HistoryQuery, SessionQuery, SessionRow, Store, Visit};
use super::{audit_walk, history, listing, settle, snapshot, sql};
use crate::domain::chain::StoredEntry;
use crate::domain::event_id::EventId;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::{NewSession, Session, SessionId};
use crate::domain::snapshot::Snapshot;
use crate::domain::time::{Clock, Timestamp};

/// A store whose bodies are the same for every engine.
pub(super) struct SqlStore<B: Backend> {
    connections: Connections<B>,
    clock: Arc<dyn Clock>,
}

impl<B: Backend> SqlStore<B> {
    /// Opens the first connection, which checks place and schema.
    pub(super) async fn connect(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let connections = Connections::new(settings);
        let lease = connections.lend(&Deadline::after(connections.settings().timeout)).await?;
        connections.take_back(lease);
        Ok(Self { connections, clock })
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.connections.settings().timeout)
    }

    fn must_write(&self) -> Result<(), StoreError> {
        if self.is_read_only() { Err(StoreError::ReadOnly) } else { Ok(()) }
    }
}

/// Lends a connection to one read, within the deadline; gives it back only if all went well.
macro_rules! ask {
    ($store:expr, |$connection:ident| $read:expr) => {{
        let deadline = $store.deadline();
        let mut lease = $store.connections.lend(&deadline).await?;
        let answer = {
            let $connection = &mut lease.connection;
            deadline.run($read).await??
        };
        $store.connections.take_back(lease);
        Ok(answer)
    }};
}

#[async_trait]
impl<B: Backend> Store for SqlStore<B> {
    fn name(&self) -> String {
        match &self.connections.settings().target {
            Target::Sqlite(path) => {
                let file =
                    path.file_name().map_or_else(|| path.display().to_string(), |name| name.display().to_string());
                format!("sqlite {file}")
            }
        }
    }

    fn is_read_only(&self) -> bool {
        self.connections.settings().read_only
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    async fn snapshot(&self, session: SessionId) -> Result<Snapshot, StoreError> {
        ask!(self, |connection| one_view::<B>(connection, session))
    }

    async fn apply(&self, change: &Change<'_>) -> Result<Applied, StoreError> {
        self.must_write()?;
        settle::run(&self.connections, change, &*self.clock).await
    }

    async fn settle(&self, session: SessionId, event: EventId) -> Result<bool, StoreError> {
        settle::committed(&self.connections, session, event, &self.deadline()).await
    }

    async fn session_of(&self, record: HostRecordId) -> Result<Option<SessionId>, StoreError> {
        let asked = statement::<B>(sql::SESSION_OF_RECORD).with(record.get());
        let found: Result<Vec<B::Row>, StoreError> = ask!(self, |connection| asked.rows(connection));
        let id = found?.first().map(|row| get::<B, i64>(row, "SessionId")).transpose().map_err(fault::<B>)?;
        Ok(id.and_then(SessionId::new))
    }

    async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionRow>, StoreError> {
        ask!(self, |connection| listing::page::<B>(connection, query, self.clock.now()))
    }

    async fn count_sessions(&self, limit: u32) -> Result<u32, StoreError> {
        ask!(self, |connection| listing::count::<B>(connection, limit))
    }

    async fn add_session(&self, new: &NewSession, group: &str) -> Result<Session, StoreError> {
        self.must_write()?;
        ask!(self, |connection| add_session::<B>(connection, new, group, self.clock.now()))
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        ask!(self, |connection| history::page::<B>(connection, query))
    }

    async fn close(&self) {
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
    statement::<B>(sql::BEGIN_READ).run(connection).await?;
    let seen = snapshot::read::<B>(connection, session).await?;
    statement::<B>(sql::COMMIT).run(connection).await?;
    Ok(seen)
}

async fn add_session<B: Backend>(
    connection: &mut B::Connection,
    new: &NewSession,
    group: &str,
    now: Timestamp,
) -> Result<Session, StoreError> {
    let at: DateTime<Utc> = now.whole_seconds().utc();
    let asked = statement::<B>(sql::INSERT_SESSION)
        .with(group.to_owned())
        .with(new.title().to_owned())
        .with(new.status().to_owned())
        .with(0_i64)
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
