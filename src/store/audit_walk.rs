//! Walks all histories and records in one consistent read, in batches of bounded size.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join;
use tokio::task::yield_now;

use super::backend::{Backend, Fault, fault, statement};
use super::deadline::Deadline;
use super::error::StoreError;
use super::histories::History;
use super::rows::{self, get};
use super::{Visit, sql};
use crate::domain::audit::{Damage, Trail};
use crate::domain::host_record::HostRecord;

/// Rows that one batch looks at; a session's own rows are never split.
const BATCH: i64 = 2000;

/// Sessions that are shown between two looks at what was read meanwhile.
const AT_ONCE: usize = 32;

/// What was read of one session.
#[derive(Default)]
struct Read {
    exists: bool,
    history: History,
    records: Vec<HostRecord>,
    unreadable: Vec<Damage>,
}

type Batch = BTreeMap<i64, Read>;

/// Shows every session that has entries or records to `visit`, in the order of ids. No batch takes longer than `patience`.
pub(super) async fn walk<B: Backend>(
    connection: &mut B::Connection,
    patience: Duration,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    let soon = || Deadline::after(patience);
    soon().run(statement::<B>(B::BEGIN_READ).run(connection)).await??;
    // Ids are positive in sound data; a damaged one may be anything.
    let (mut after, mut read) = (i64::MIN, Batch::new());
    while after < i64::MAX {
        // While the engine reads some sessions, those before them are shown.
        let deadline = soon();
        let (next, ()) = join(deadline.run(next::<B>(connection, after)), show(std::mem::take(&mut read), visit)).await;
        (after, read) = next??;
    }
    show(read, visit).await;
    soon().run(statement::<B>(sql::COMMIT).run(connection)).await??;
    Ok(())
}

async fn show(batch: Batch, visit: &mut Visit<'_>) {
    for (place, (session, read)) in batch.into_iter().enumerate() {
        let Read { exists, history, records, unreadable } = read;
        visit(Trail { session, exists, entries: history.entries(session), records, unreadable });
        if place % AT_ONCE == 0 {
            yield_now().await;
        }
    }
}

/// Reads the batch after this id; gives the id at which it ends.
async fn next<B: Backend>(connection: &mut B::Connection, after: i64) -> Result<(i64, Batch), StoreError> {
    // The nearer of the two tables' own ends; the last batch has none.
    let mut end = i64::MAX;
    for text in [sql::AUDIT_BATCH_BY_EVENTS, sql::AUDIT_BATCH_BY_RECORDS] {
        let found = statement::<B>(text).with(after).with(BATCH - 1).rows(connection).await?;
        for row in &found {
            end = end.min(get::<B, i64>(row, "SessionId").map_err(fault::<B>)?);
        }
    }
    let mut batch = Batch::new();
    histories::<B>(connection, after, end, &mut batch).await?;
    records::<B>(connection, after, end, &mut batch).await?;
    Ok((end, batch))
}

async fn histories<B: Backend>(
    connection: &mut B::Connection,
    after: i64,
    end: i64,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    for row in &statement::<B>(sql::AUDIT_HISTORIES).with(after).with(end).rows(connection).await? {
        let session = rows::key::<B>(row, "SessionId");
        let read = batch.entry(session).or_default();
        read.exists = get::<B, bool>(row, "SessionExists").map_err(fault::<B>)?;
        let count = get::<B, i64>(row, "Count").map_err(fault::<B>)?;
        let text = get::<B, Option<String>>(row, "Entries").ok().flatten();
        match text.and_then(|text| History::whole(text, count)) {
            Some(history) => read.history = history,
            None => cell_by_cell::<B>(connection, session, read).await?,
        }
    }
    Ok(())
}

/// Reads a history in which something is not as it should be, so that it can be named.
async fn cell_by_cell<B: Backend>(
    connection: &mut B::Connection,
    session: i64,
    read: &mut Read,
) -> Result<(), StoreError> {
    let of_session = statement::<B>(sql::AUDIT_EVENTS).with(session.saturating_sub(1)).with(session);
    let mut entries = Vec::new();
    for row in &of_session.rows(connection).await? {
        match rows::entry::<B>(row) {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                let seq = rows::key::<B>(row, "Seq");
                read.unreadable.push(damage::<B>(&error, session, Some(seq), None)?);
            }
        }
    }
    read.history = History::Entries(entries);
    Ok(())
}

async fn records<B: Backend>(
    connection: &mut B::Connection,
    after: i64,
    end: i64,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    for row in &statement::<B>(sql::AUDIT_RECORDS).with(after).with(end).rows(connection).await? {
        let session = rows::key::<B>(row, "RecordSessionId");
        let read = batch.entry(session).or_default();
        read.exists = get::<B, bool>(row, "SessionExists").map_err(fault::<B>)?;
        match rows::record::<B>(row) {
            Ok(record) => read.records.extend(record),
            Err(error) => {
                let id = rows::key::<B>(row, "HostSessionId");
                read.unreadable.push(damage::<B>(&error, session, None, Some(id))?);
            }
        }
    }
    Ok(())
}

/// A row that cannot be read is something to tell, not the end of the walk; any other error is.
fn damage<B: Backend>(
    error: &sqlx::Error,
    session: i64,
    seq: Option<i64>,
    host_session: Option<i64>,
) -> Result<Damage, StoreError> {
    match B::classify(error) {
        Fault::Corrupt(what) => Ok(Damage { session, seq, host_session, what: format!("{what} cannot be read") }),
        other => Err(other.into()),
    }
}
