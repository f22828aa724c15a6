//! The transaction of an import: session by session, so many at once that no step takes long.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use super::batch::{self, Range};
use super::engine::Imports;
use super::sql;
use super::stage::{Staged, put_aside, run as run_text};
use super::steps::Steps;
use super::{Import, Imported, hold, writing};
use crate::domain::event_id::EventId;
use crate::domain::import::LAST_ID;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::drill::{self, Step};
use crate::store::backend::{fault, statement};
use crate::store::clock::StoreClock;
use crate::store::error::StoreError;
use crate::store::rows::get;

/// Goes through all that waits. Gives the first entry that was appended, if any was; nothing is committed.
pub(super) async fn run<B: Imports>(
    connection: &mut B::Connection,
    import: &Import<'_>,
    staged: &Staged,
    clock: &StoreClock,
    steps: &Steps<'_>,
    report: &mut Imported,
) -> Result<Option<(SessionId, EventId)>, StoreError> {
    let server = steps.one(begin::<B>(connection, import.dry_run)).await?;
    let now = clock.set(server);
    drill::at(Step::HoldTables)?;
    let there = batch::There {
        anything: steps.one(is_anything_there::<B>(connection)).await?,
        repeated: if staged.may_repeat { steps.whole(repeated::<B>(connection)).await? } else { HashMap::new() },
        now,
    };
    let mut gates_are_open = false;
    let mut first = None;
    let mut from = 0;
    while let Some(range) = steps.one(next::<B>(connection, from)).await? {
        let decided = steps.one(batch::decide::<B>(connection, range, &there)).await?;
        for fault in decided.faults() {
            put_aside(import, report, fault)?;
        }
        decided.count(report);
        let rows = decided.rows();
        let writes = !import.dry_run && (import.skip || report.bad() + report.conflicts() == 0);
        if writes && decided.changes() {
            if !gates_are_open {
                steps.one(run_all::<B>(connection, B::GATES_OPEN)).await?;
                gates_are_open = true;
            }
            let appended = writing::write::<B>(connection, range, decided, import, now, steps).await?;
            first = first.or(appended);
        }
        import.progress.decided.fetch_add(rows, Ordering::Relaxed);
        from = range.to;
    }
    if gates_are_open {
        steps.one(run_all::<B>(connection, &B::gates_closed()?)).await?;
        for text in B::SEQUENCES {
            steps.one(statement::<B>(text).with(LAST_ID).rows(connection)).await?;
        }
    }
    Ok(first)
}

async fn run_all<B: Imports>(connection: &mut B::Connection, texts: &[&'static str]) -> Result<(), StoreError> {
    for text in texts {
        run_text::<B>(connection, text).await?;
    }
    Ok(())
}

/// Begins, and gives the server's clock, if there is a server.
async fn begin<B: Imports>(connection: &mut B::Connection, dry_run: bool) -> Result<Option<Timestamp>, StoreError> {
    if dry_run {
        run_text::<B>(connection, B::BEGIN_READ).await?;
    } else {
        hold::<B>(connection).await?;
    }
    let Some(asked) = B::NOW else { return Ok(None) };
    let found = statement::<B>(asked).rows(connection).await?;
    let row = found.first().ok_or_else(|| StoreError::Corrupt { what: "the server's clock".to_owned() })?;
    get::<B, DateTime<Utc>>(row, "now").map(|now| Some(Timestamp::new(now))).map_err(fault::<B>)
}

async fn is_anything_there<B: Imports>(connection: &mut B::Connection) -> Result<bool, StoreError> {
    Ok(!statement::<B>(sql::ANYTHING).rows(connection).await?.is_empty())
}

/// Finds the ids that stand on several lines, and the first of these.
async fn repeated<B: Imports>(connection: &mut B::Connection) -> Result<HashMap<i64, u64>, StoreError> {
    let found = statement::<B>(sql::TWICE).rows(connection).await?;
    let pair = |row| Ok((get::<B, i64>(row, "HostSessionId")?, batch::unsigned::<B>(row, "Line")?));
    found.iter().map(pair).collect::<Result<_, _>>().map_err(fault::<B>)
}

/// Finds the next sessions behind one; `None` where there are none.
async fn next<B: Imports>(connection: &mut B::Connection, from: i64) -> Result<Option<Range>, StoreError> {
    let (mut ends, mut is_more) = (Vec::new(), false);
    for text in [sql::BATCH_BY_SESSIONS, sql::BATCH_BY_RECORDS] {
        for (offset, end) in [(batch::MOST, true), (0, false)] {
            let found = statement::<B>(text).with(from).with(offset).rows(connection).await?;
            let id = found.first().map(|row| get::<B, i64>(row, "SessionId")).transpose().map_err(fault::<B>)?;
            is_more |= id.is_some();
            ends.extend(id.filter(|_| end));
            if id.is_some() {
                break;
            }
        }
    }
    Ok(is_more.then(|| Range { from, to: ends.into_iter().min().unwrap_or(i64::MAX) }))
}
