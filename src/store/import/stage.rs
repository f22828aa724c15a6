//! Lets the rows of the input wait, as they come.

use std::sync::atomic::Ordering;

use futures_util::future::try_join;
use tokio::sync::mpsc::Receiver;
use tokio::task::spawn_blocking;

use super::engine::{Imports, Takes};
use super::steps::Steps;
use super::{Chunk, Import, Imported, Tally, kept_nowhere};
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Fault, FaultKind, Row, Table};
use crate::domain::session::Session;
use crate::drill::{self, Step};
use crate::store::backend::{fault, statement};
use crate::store::error::StoreError;

/// What is known of the rows that wait.
#[derive(Default)]
pub(super) struct Staged {
    /// The id of the last record, as long as each was greater than the one before.
    last: i64,
    /// Whether an id may stand on two lines.
    pub(super) may_repeat: bool,
}

impl Staged {
    fn see(&mut self, rows: &[Row<HostRecord>]) {
        for row in rows {
            let id = row.value.id.get();
            self.may_repeat = self.may_repeat || id <= self.last;
            self.last = id;
        }
    }
}

/// Some of the input, in the form in which it is sent.
enum Piece<B: Imports> {
    Sessions(u64, <B as Takes<Row<Session>>>::Ready),
    Records(u64, <B as Takes<Row<HostRecord>>>::Ready),
    Faults(Vec<Fault>),
}

/// Takes the whole input.
pub(super) async fn load<B: Imports>(
    connection: &mut B::Connection,
    import: &Import<'_>,
    rows: &mut Receiver<Chunk>,
    steps: &Steps<'_>,
    report: &mut Imported,
) -> Result<Staged, StoreError> {
    let mut staged = Staged::default();
    // Without a transaction: whoever writes the input may pause for hours, and a server ends a transaction that idles.
    let mut coming = next::<B>(rows, steps, &mut staged).await?;
    while let Some(piece) = coming {
        // While the engine takes some rows, those behind them come.
        let takes = take::<B>(connection, piece, import, steps, report);
        ((), coming) = try_join(takes, next::<B>(rows, steps, &mut staged)).await?;
    }
    for text in B::STAGED {
        steps.whole(run::<B>(connection, text)).await?;
    }
    Ok(staged)
}

/// Waits for more of the input; `None` where that was all.
async fn next<B: Imports>(
    rows: &mut Receiver<Chunk>,
    steps: &Steps<'_>,
    staged: &mut Staged,
) -> Result<Option<Piece<B>>, StoreError> {
    match steps.unhurried(rows.recv()).await?.unwrap_or_else(cut_off) {
        Chunk::Sessions(rows) => Ok(Some(Piece::Sessions(count(&rows), ready::<B, _>(rows).await?))),
        Chunk::Records(rows) => {
            staged.see(&rows);
            Ok(Some(Piece::Records(count(&rows), ready::<B, _>(rows).await?)))
        }
        Chunk::Faults(faults) => Ok(Some(Piece::Faults(faults))),
        Chunk::Broken(what) => Err(StoreError::Input { what }),
        Chunk::End => Ok(None),
    }
}

async fn ready<B: Takes<T>, T: Send + 'static>(rows: Vec<T>) -> Result<B::Ready, StoreError> {
    spawn_blocking(|| B::ready(rows).map_err(fault::<B>)).await.unwrap_or(Err(StoreError::Internal))
}

/// Lets rows wait, and puts those aside that could not be read.
async fn take<B: Imports>(
    connection: &mut B::Connection,
    piece: Piece<B>,
    import: &Import<'_>,
    steps: &Steps<'_>,
    report: &mut Imported,
) -> Result<(), StoreError> {
    let count = match piece {
        Piece::Sessions(count, rows) => {
            report.sessions.read += count;
            steps.one(<B as Takes<Row<Session>>>::take(connection, rows)).await?;
            count
        }
        Piece::Records(count, rows) => {
            report.records.read += count;
            steps.one(<B as Takes<Row<HostRecord>>>::take(connection, rows)).await?;
            count
        }
        Piece::Faults(faults) => {
            for fault in &faults {
                tally(report, fault.table).read += 1;
                put_aside(import, report, fault)?;
            }
            0
        }
    };
    import.progress.waiting.fetch_add(count, Ordering::Relaxed);
    drill::at(Step::StageRows)?;
    Ok(())
}

pub(super) async fn run<B: Imports>(connection: &mut B::Connection, text: &'static str) -> Result<(), StoreError> {
    statement::<B>(text).run(connection).await.map(|_| ())
}

fn cut_off() -> Chunk {
    Chunk::Broken("whoever read the input stopped before its end".to_owned())
}

fn count<T>(rows: &[T]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

pub(super) fn tally(report: &mut Imported, table: Table) -> &mut Tally {
    match table {
        Table::Sessions => &mut report.sessions,
        Table::HostSessions => &mut report.records,
    }
}

/// Counts a row that stays out, and gives it to whom it may concern.
pub(super) fn put_aside(import: &Import<'_>, report: &mut Imported, fault: &Fault) -> Result<(), StoreError> {
    let tally = tally(report, fault.table);
    match fault.kind {
        FaultKind::Bad => tally.bad += 1,
        FaultKind::Conflict => tally.conflicts += 1,
    }
    import.aside.take(fault).map_err(|error| kept_nowhere(&error))
}
