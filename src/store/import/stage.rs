//! Lets the rows of the input wait, as they come.

use std::sync::atomic::Ordering;

use tokio::sync::mpsc::Receiver;

use super::engine::Imports;
use super::steps::Steps;
use super::{Chunk, Import, Imported, Tally, kept_nowhere};
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Fault, FaultKind, Row, Table};
use crate::drill::{self, Step};
use crate::store::backend::statement;
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
    loop {
        let chunk = steps.unhurried(rows.recv()).await?.unwrap_or_else(cut_off);
        let count = match chunk {
            Chunk::Sessions(rows) => {
                report.sessions.read += count(&rows);
                steps.one(B::wait_sessions(connection, &rows)).await?;
                count(&rows)
            }
            Chunk::Records(rows) => {
                report.records.read += count(&rows);
                staged.see(&rows);
                steps.one(B::wait_records(connection, &rows)).await?;
                count(&rows)
            }
            Chunk::Faults(faults) => {
                for fault in &faults {
                    tally(report, fault.table).read += 1;
                    put_aside(import, report, fault)?;
                }
                0
            }
            Chunk::Broken(what) => return Err(StoreError::Input { what }),
            Chunk::End => break,
        };
        import.progress.waiting.fetch_add(count, Ordering::Relaxed);
        drill::at(Step::StageRows)?;
    }
    for text in B::STAGED {
        steps.whole(run::<B>(connection, text)).await?;
    }
    Ok(staged)
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
