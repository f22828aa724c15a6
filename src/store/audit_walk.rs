//! Walks all histories and records in one consistent read, in batches of bounded size.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use futures_util::future::join;
use tokio::task::yield_now;

use super::backend::{Backend, Fault, fault, statement};
use super::deadline::Deadline;
use super::entries_text::{self, Found};
use super::error::StoreError;
use super::rows::{self, get};
use super::{Visit, sql};
use crate::domain::audit::{Damage, Trail};
use crate::domain::host_record::HostRecord;

/// Entries that one batch reads; those of a session are never split.
const ENTRIES: i64 = 2000;

/// Entries that are read as one text at most. With the bytes that [`sql::AUDIT_ENTRIES`] grants each, it is as long as
/// both engines make one.
const ENTRIES_OF_TEXT: i64 = 32_000;

/// Records that one batch looks at, beyond those of its last session.
const RECORDS: i64 = 500;

/// Sessions that are shown between two looks at what was read meanwhile.
const AT_ONCE: usize = 32;

/// What was read of some sessions.
struct Batch<Row> {
    entries: Entries<Row>,
    /// By session, with whether it exists.
    records: BTreeMap<i64, (bool, Vec<HostRecord>)>,
    /// Rows that hold a value which cannot be read, with whether their session exists.
    unreadable: Vec<(bool, Damage)>,
}

/// Entries in the order of their keys.
enum Entries<Row> {
    /// In a text of this row.
    Text(Row, Vec<Found<Range<usize>>>),
    /// One by one.
    Cells(Vec<Found<String>>),
}

/// Shows every session within these ids that has entries or records to `visit`, in the order of ids. No batch takes
/// longer than `patience`.
pub(super) async fn walk<B: Backend>(
    connection: &mut B::Connection,
    within: RangeInclusive<i64>,
    patience: Duration,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    // The last batch may read some sessions beyond.
    let visit: &mut Visit<'_> = &mut |trail| {
        if within.contains(&trail.session) {
            visit(trail);
        }
    };
    let soon = || Deadline::after(patience);
    soon().run(statement::<B>(B::BEGIN_READ).run(connection)).await??;
    // Ids are positive in sound data; a damaged one may be anything.
    let (mut after, mut read) = (within.start().saturating_sub(1), Batch::nothing());
    while after < *within.end() {
        // While the engine reads some sessions, those before them are shown.
        let deadline = soon();
        let (next, ()) = join(deadline.run(next::<B>(connection, after)), show::<B>(read, visit)).await;
        (after, read) = next??;
    }
    show::<B>(read, visit).await;
    soon().run(statement::<B>(sql::COMMIT).run(connection)).await??;
    Ok(())
}

async fn show<B: Backend>(batch: Batch<B::Row>, visit: &mut Visit<'_>) {
    let mut trails: BTreeMap<i64, Trail<&str>> = BTreeMap::new();
    for (session, (exists, records)) in batch.records {
        trails.insert(session, Trail { session, exists, records, ..Trail::default() });
    }
    let entries = batch.entries.lent::<B>();
    for of_one in entries.chunk_by(|one, next| one.entry.session == next.entry.session) {
        let session = of_one[0].entry.session;
        let trail = trails.entry(session).or_insert_with(|| Trail { session, ..Trail::default() });
        trail.exists |= of_one.iter().any(|found| found.exists == Some(true));
        trail.entries = of_one.iter().map(|found| found.entry.clone()).collect();
    }
    for (exists, damage) in batch.unreadable {
        let session = damage.session;
        let trail = trails.entry(session).or_insert_with(|| Trail { session, ..Trail::default() });
        trail.exists |= exists;
        trail.unreadable.push(damage);
    }
    for (place, trail) in trails.into_values().enumerate() {
        visit(trail);
        if place % AT_ONCE == 0 {
            yield_now().await;
        }
    }
}

impl<Row> Entries<Row> {
    fn lent<B: Backend<Row = Row>>(&self) -> Vec<Found<&str>> {
        match self {
            Self::Text(row, places) => {
                let text = B::text(row, "Entries").ok().flatten().unwrap_or_default();
                let cell = |place: &Range<usize>| text.get(place.clone()).unwrap_or_default();
                places.iter().map(|found| found.map(cell)).collect()
            }
            Self::Cells(found) => found.iter().map(|found| found.map(String::as_str)).collect(),
        }
    }

    /// Gives the session of the last entry.
    fn last(&self) -> Option<i64> {
        match self {
            Self::Text(_, found) => found.last().map(|found| found.entry.session),
            Self::Cells(found) => found.last().map(|found| found.entry.session),
        }
    }
}

impl<Row> Batch<Row> {
    fn nothing() -> Self {
        Self { entries: Entries::Cells(Vec::new()), records: BTreeMap::new(), unreadable: Vec::new() }
    }

    /// Leaves out what belongs to sessions after this one.
    fn cut(&mut self, end: i64) {
        match &mut self.entries {
            Entries::Text(_, found) => found.retain(|found| found.entry.session <= end),
            Entries::Cells(found) => found.retain(|found| found.entry.session <= end),
        }
        self.unreadable.retain(|(_, damage)| damage.session <= end);
    }
}

/// Reads the batch after this id; gives the id at which it ends.
async fn next<B: Backend>(connection: &mut B::Connection, after: i64) -> Result<(i64, Batch<B::Row>), StoreError> {
    let found = statement::<B>(sql::AUDIT_END).with(after).with(RECORDS - 1).rows(connection).await?;
    let mut end = match found.first() {
        Some(row) => get::<B, i64>(row, "SessionId").map_err(fault::<B>)?,
        None => i64::MAX,
    };
    let mut limit = ENTRIES;
    let mut batch = loop {
        let (count, mut batch) = entries::<B>(connection, after, end, limit).await?;
        if count < limit {
            break batch;
        }
        // More may follow of the last session.
        match batch.entries.last().and_then(|last| last.checked_sub(1)).filter(|whole| *whole > after) {
            Some(whole) => {
                end = whole;
                batch.cut(end);
                break batch;
            }
            None => limit = limit.saturating_mul(2),
        }
    };
    records::<B>(connection, after, end, &mut batch).await?;
    Ok((end, batch))
}

/// Reads the first entries of some sessions; gives their number with them.
async fn entries<B: Backend>(
    connection: &mut B::Connection,
    after: i64,
    end: i64,
    limit: i64,
) -> Result<(i64, Batch<B::Row>), StoreError> {
    if limit > ENTRIES_OF_TEXT {
        return cell_by_cell::<B>(connection, after, end, limit).await;
    }
    let rows = statement::<B>(sql::AUDIT_ENTRIES).with(after).with(end).with(limit).rows(connection).await?;
    if let Some(row) = rows.into_iter().next() {
        let count = get::<B, i64>(&row, "Count").map_err(fault::<B>)?;
        let text = B::text(&row, "Entries").ok().map(Option::unwrap_or_default);
        let places = usize::try_from(count).ok().zip(text).and_then(|(count, text)| entries_text::places(text, count));
        if let Some(places) = places {
            return Ok((count, Batch { entries: Entries::Text(row, places), ..Batch::nothing() }));
        }
    }
    cell_by_cell::<B>(connection, after, end, limit).await
}

/// Reads entries among which something is not as it should be, so that it can be named.
async fn cell_by_cell<B: Backend>(
    connection: &mut B::Connection,
    after: i64,
    end: i64,
    limit: i64,
) -> Result<(i64, Batch<B::Row>), StoreError> {
    let rows = statement::<B>(sql::AUDIT_EVENTS).with(after).with(end).with(limit).rows(connection).await?;
    let (mut found, mut batch) = (Vec::new(), Batch::nothing());
    for row in &rows {
        let exists = get::<B, bool>(row, "SessionExists").map_err(fault::<B>)?;
        match rows::entry::<B>(row) {
            Ok(entry) => found.push(Found { exists: Some(exists), entry }),
            Err(error) => {
                let (session, seq) = (rows::key::<B>(row, "SessionId"), rows::key::<B>(row, "Seq"));
                batch.unreadable.push((exists, damage::<B>(&error, session, Some(seq), None)?));
            }
        }
    }
    batch.entries = Entries::Cells(found);
    Ok((i64::try_from(rows.len()).unwrap_or(i64::MAX), batch))
}

async fn records<B: Backend>(
    connection: &mut B::Connection,
    after: i64,
    end: i64,
    batch: &mut Batch<B::Row>,
) -> Result<(), StoreError> {
    for row in &statement::<B>(sql::AUDIT_RECORDS).with(after).with(end).rows(connection).await? {
        let session = rows::key::<B>(row, "RecordSessionId");
        let exists = get::<B, bool>(row, "SessionExists").map_err(fault::<B>)?;
        match rows::record::<B>(row) {
            Ok(record) => batch.records.entry(session).or_insert((exists, Vec::new())).1.extend(record),
            Err(error) => {
                let id = rows::key::<B>(row, "HostSessionId");
                batch.unreadable.push((exists, damage::<B>(&error, session, None, Some(id))?));
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
