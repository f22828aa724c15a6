//! Adds a session, for those whose sessions live nowhere else.

use chrono::{DateTime, Utc};

use super::backend::{Backend, fault, statement};
use super::connections::Connections;
use super::deadline::Deadline;
use super::error::{StoreError, Unsettled};
use super::rows::get;
use super::trace::{Lost, Trace};
use super::{apply, snapshot, sql};
use crate::domain::session::{NewSession, Session, SessionId};
use crate::domain::time::Timestamp;

/// Adds a session in a transaction of its own; a COMMIT whose answer is lost is looked up.
pub(super) async fn add<B: Backend>(
    connections: &Connections<B>,
    new: &NewSession,
    group: &str,
    now: Timestamp,
    deadline: &Deadline,
) -> Result<Session, StoreError> {
    let mut lease = connections.lend(deadline).await?;
    let prepared = deadline.run(prepare::<B>(&mut lease.connection, new, group, now, deadline)).await;
    let added = match prepared.and_then(|inner| inner) {
        Ok(added) => added,
        Err(error) => {
            connections.give_up(lease, &error).await;
            return Err(error);
        }
    };
    match Trace::Session(added.id, group).commit(connections, lease, deadline).await {
        Ok(()) => Ok(added),
        Err(Lost::NotCommitted(error)) => Err(error),
        Err(Lost::Unknown) => Err(StoreError::Unsettled(Unsettled::Session(added.id))),
    }
}

/// Does everything but the COMMIT.
async fn prepare<B: Backend>(
    connection: &mut B::Connection,
    new: &NewSession,
    group: &str,
    now: Timestamp,
    deadline: &Deadline,
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
    statement::<B>(B::BEGIN_WRITE).run(connection).await?;
    let found = asked.rows(connection).await?;
    let id = found.first().map(|row| get::<B, i64>(row, "SessionId")).transpose().map_err(fault::<B>)?;
    let missing = || StoreError::Corrupt { what: "the new session did not read back".to_owned() };
    let id = id.and_then(SessionId::new).ok_or_else(missing)?;
    // Nobody else wants it: whoever looks for the session waits for the end of this transaction.
    apply::hold::<B>(connection, id, deadline).await?;
    snapshot::session::<B>(connection, id).await?.ok_or_else(missing)
}
