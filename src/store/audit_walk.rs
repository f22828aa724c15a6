//! Walks all histories and records in one consistent read, in batches of bounded size.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::backend::{Backend, Fault, fault, statement};
use super::deadline::Deadline;
use super::error::StoreError;
use super::rows::{self, get};
use super::sql;
use crate::domain::audit::{Damage, Trail};

/// Rows that one batch looks at; a session's own rows are never split.
const BATCH: i64 = 2000;

/// Shows every session that has entries or records to `visit`, in the order of ids. No batch takes longer than `patience`.
pub(super) async fn walk<B: Backend>(
    connection: &mut B::Connection,
    patience: Duration,
    visit: &mut (dyn FnMut(Trail) + Send),
) -> Result<(), StoreError> {
    let soon = || Deadline::after(patience);
    soon().run(statement::<B>(B::BEGIN_READ).run(connection)).await??;
    // Ids are positive in sound data; a damaged one may be anything.
    let mut after = i64::MIN;
    while let Some(end) = soon().run(batch_end::<B>(connection, after)).await?? {
        soon().run(batch::<B>(connection, after, end)).await??.into_values().for_each(&mut *visit);
        after = end;
    }
    soon().run(statement::<B>(sql::COMMIT).run(connection)).await??;
    Ok(())
}

/// Picks the id at which the next batch ends: the nearer of the two tables' own.
async fn batch_end<B: Backend>(connection: &mut B::Connection, after: i64) -> Result<Option<i64>, StoreError> {
    let mut ends = Vec::new();
    for text in [sql::AUDIT_BATCH_BY_EVENTS, sql::AUDIT_BATCH_BY_RECORDS] {
        let found = statement::<B>(text).with(after).with(BATCH).rows(connection).await?;
        for row in &found {
            ends.extend(get::<B, Option<i64>>(row, "End").map_err(fault::<B>)?);
        }
    }
    Ok(ends.into_iter().min())
}

async fn batch<B: Backend>(
    connection: &mut B::Connection,
    after: i64,
    end: i64,
) -> Result<BTreeMap<i64, Trail>, StoreError> {
    let between = |text| statement::<B>(text).with(after).with(end);
    let events = between(sql::AUDIT_EVENTS).rows(connection).await?;
    let records = between(sql::AUDIT_RECORDS).rows(connection).await?;
    let sessions = between(sql::AUDIT_SESSIONS).rows(connection).await?;
    let existing: BTreeSet<i64> =
        sessions.iter().map(|row| get::<B, i64>(row, "SessionId")).collect::<Result<_, _>>().map_err(fault::<B>)?;
    let empty = |session| Trail { session, exists: existing.contains(&session), ..Trail::default() };
    let mut trails: BTreeMap<i64, Trail> = BTreeMap::new();
    for row in &events {
        let session = rows::key::<B>(row, "SessionId");
        let trail = trails.entry(session).or_insert_with_key(|id| empty(*id));
        match rows::entry::<B>(row) {
            Ok(entry) => trail.entries.push(entry),
            Err(error) => trail.unreadable.push(damage::<B>(&error, session, Some(rows::key::<B>(row, "Seq")), None)?),
        }
    }
    for row in &records {
        let session = rows::key::<B>(row, "RecordSessionId");
        let trail = trails.entry(session).or_insert_with_key(|id| empty(*id));
        match rows::record::<B>(row) {
            Ok(record) => trail.records.extend(record),
            Err(error) => {
                let id = rows::key::<B>(row, "HostSessionId");
                trail.unreadable.push(damage::<B>(&error, session, None, Some(id))?);
            }
        }
    }
    Ok(trails)
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
