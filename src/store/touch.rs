//! Keeps when a host last logged in with a record.

use super::apply::begin_write;
use super::backend::{Backend, statement};
use super::clock::StoreClock;
use super::connections::Connections;
use super::deadline::Deadline;
use super::error::{StoreError, Unsettled};
use super::sql;
use super::trace::{Lost, Trace};
use crate::domain::host_record::HostRecord;
use crate::domain::time::Timestamp;

/// Sets `LastUsedAt` of a record that still holds the hash which was read, in a transaction of its own; gives the
/// instant. The history does not cover it.
pub(super) async fn touch<B: Backend>(
    connections: &Connections<B>,
    record: &HostRecord,
    clock: &StoreClock,
    deadline: &Deadline,
) -> Result<Timestamp, StoreError> {
    let mut lease = connections.lend(deadline).await?;
    let prepared = deadline.run(prepare::<B>(&mut lease.connection, record, clock, deadline)).await;
    let at = match prepared.and_then(|inner| inner) {
        Ok(at) => at,
        Err(error) => {
            connections.give_up(lease, &error).await;
            return Err(error);
        }
    };
    match Trace::Touched(record.session, record.id, at).commit(connections, lease, deadline).await {
        Ok(()) => Ok(at),
        Err(Lost::NotCommitted(error)) => Err(error),
        Err(Lost::Unknown) => Err(StoreError::Unsettled(Unsettled::Touch(record.id))),
    }
}

/// Does everything but the COMMIT.
async fn prepare<B: Backend>(
    connection: &mut B::Connection,
    record: &HostRecord,
    clock: &StoreClock,
    deadline: &Deadline,
) -> Result<Timestamp, StoreError> {
    let at = clock.set(begin_write::<B>(connection, record.session, deadline).await?).whole_seconds();
    let query = statement::<B>(sql::TOUCH)
        .with(at.utc())
        .with(record.id.get())
        .with(record.hash.as_str().to_owned())
        .with(true);
    // Retired or rotated since it was read: it opens nothing any more.
    if query.run(connection).await? == 1 { Ok(at) } else { Err(StoreError::Overtaken) }
}
