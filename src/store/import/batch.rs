//! Some sessions at once: what waits for them and what the database has of them is read, and decided about.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Imported;
use super::engine::Imports;
use super::sql;
use super::stage::tally;
use crate::domain::chain::{AuditAction, ChainHash, ChainHead};
use crate::domain::import::{Before, Brought, Clash, Fault, Incoming, Merged, Place, Row, Table, merge};
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::store::backend::{fault, statement};
use crate::store::error::StoreError;
use crate::store::rows::{self, get};

/// Sessions, or records, that are looked at together; one session's are never parted.
pub(super) const MOST: i64 = 10_000;

/// Sessions behind one, up to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What is known beforehand.
pub(super) struct There {
    /// Whether the database holds anything at all.
    pub(super) anything: bool,
    /// Ids of records that stand on several lines, and the first of these.
    pub(super) repeated: HashMap<i64, u64>,
    /// The instant of the import.
    pub(super) now: Timestamp,
}

/// One session, before and after.
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) head: ChainHead,
    sessions: Vec<Place>,
    records: Vec<u64>,
    pub(super) merged: Merged,
}

/// What becomes of some sessions.
pub(super) struct Decided(pub(super) Vec<Session>);

impl Decided {
    pub(super) fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter().flat_map(|session| &session.merged.faults)
    }

    pub(super) fn changes(&self) -> bool {
        self.0.iter().any(|session| session.merged.changes())
    }

    /// Counts the rows that were decided about.
    pub(super) fn rows(&self) -> u64 {
        size(self.0.iter().map(|session| session.sessions.len() + session.records.len()).sum())
    }

    pub(super) fn count(&self, report: &mut Imported) {
        for Session { merged, .. } in &self.0 {
            let sessions = tally(report, Table::Sessions);
            sessions.added += u64::from(merged.adds_session);
            sessions.unchanged += merged.same_sessions;
            let records = tally(report, Table::HostSessions);
            records.added += size(merged.added.len());
            records.unchanged += merged.same_records;
            report.duplicates += size(merged.duplicates.len());
            report.entries += u64::from(merged.changes());
        }
    }

    /// Refuses what came if it is not as many rows as were decided to come: the history would tell of others.
    pub(super) fn must_be_all(&self, came: u64, decided: impl Fn(&Merged) -> usize) -> Result<(), StoreError> {
        let decided = size(self.0.iter().map(|session| decided(&session.merged)).sum());
        let what =
            || format!("{came} rows came where {decided} were to: does a trigger of the database keep rows out?");
        if came == decided { Ok(()) } else { Err(StoreError::Failed { what: what() }) }
    }

    /// Lists the lines of sessions that stay out.
    pub(super) fn sessions_left_out(&self) -> Vec<u64> {
        let of = |session: &Session| {
            let stay = session.sessions.iter().skip(usize::from(session.merged.adds_session));
            stay.map(|place| place.line).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    /// Lists the lines of records that stay out.
    pub(super) fn records_left_out(&self) -> Vec<u64> {
        let of = |session: &Session| -> Vec<u64> {
            if session.merged.added.len() == session.records.len() {
                return Vec::new();
            }
            let added: HashSet<u64> = session.merged.added.iter().copied().collect();
            session.records.iter().copied().filter(|line| !added.contains(line)).collect()
        };
        self.0.iter().flat_map(of).collect()
    }
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Reads some sessions, and decides what becomes of each.
pub(super) async fn decide<B: Imports>(
    connection: &mut B::Connection,
    range: Range,
    there: &There,
) -> Result<Decided, StoreError> {
    let mut brought = read_input::<B>(connection, range, there).await?;
    let mut before = BTreeMap::new();
    if there.anything {
        before = read_database::<B>(connection, range, &mut brought).await?;
    }
    let decide = |(id, brought): (SessionId, Brought)| {
        let before = before.remove(&id).unwrap_or_default();
        let merged = merge(id, &before, &brought, there.now);
        let records = brought.records.iter().map(|incoming| incoming.row.place.line).collect();
        Session { id, head: before.head, sessions: brought.sessions, records, merged }
    };
    Ok(Decided(brought.into_iter().map(decide).collect()))
}

/// Reads a number that is never negative.
pub(super) fn unsigned<B: Imports>(row: &B::Row, column: &'static str) -> Result<u64, sqlx::Error> {
    get::<B, i64>(row, column).map(i64::unsigned_abs)
}

fn place<B: Imports>(row: &B::Row) -> Result<Place, sqlx::Error> {
    Ok(Place {
        line: unsigned::<B>(row, "Line")?,
        offset: unsigned::<B>(row, "Offset")?,
        length: unsigned::<B>(row, "Length")?,
    })
}

fn session_id<B: Imports>(row: &B::Row) -> Result<SessionId, sqlx::Error> {
    let wrong = || sqlx::Error::ColumnDecode { index: "SessionId".to_owned(), source: "not an id".into() };
    SessionId::new(get::<B, i64>(row, "SessionId")?).ok_or_else(wrong)
}

async fn asked<B: Imports>(
    connection: &mut B::Connection,
    text: &'static str,
    range: Range,
) -> Result<Vec<B::Row>, StoreError> {
    statement::<B>(text).with(range.from).with(range.to).rows(connection).await
}

type Inputs = BTreeMap<SessionId, Brought>;

/// Reads what waits.
async fn read_input<B: Imports>(
    connection: &mut B::Connection,
    range: Range,
    there: &There,
) -> Result<Inputs, StoreError> {
    let mut inputs = Inputs::new();
    for row in asked::<B>(connection, sql::PLACES, range).await? {
        let (id, place) = (session_id::<B>(&row).map_err(fault::<B>)?, place::<B>(&row).map_err(fault::<B>)?);
        inputs.entry(id).or_default().sessions.push(place);
    }
    for row in asked::<B>(connection, sql::WAITING_RECORDS, range).await? {
        let place = place::<B>(&row).map_err(fault::<B>)?;
        if let Some(value) = rows::record::<B>(&row).map_err(fault::<B>)? {
            let first = there.repeated.get(&value.id.get()).copied().filter(|first| *first < place.line);
            let entry = inputs.entry(value.session).or_default();
            entry.records.push(Incoming { row: Row { place, value }, clash: first.map(Clash::Line) });
        }
    }
    Ok(inputs)
}

/// Reads what the database has of the same sessions, and what is only needed beside it.
async fn read_database<B: Imports>(
    connection: &mut B::Connection,
    range: Range,
    inputs: &mut Inputs,
) -> Result<BTreeMap<SessionId, Before>, StoreError> {
    let mut before: BTreeMap<SessionId, Before> = BTreeMap::new();
    for row in asked::<B>(connection, B::SESSIONS, range).await? {
        let session = rows::session::<B>(&row).map_err(fault::<B>)?;
        let id = session.id;
        before.entry(id).or_default().session = Some(session);
    }
    if !before.is_empty() {
        for row in asked::<B>(connection, sql::WAITING_SESSIONS, range).await? {
            let session = rows::session::<B>(&row).map_err(fault::<B>)?;
            // The first of several is the one that counts.
            inputs.entry(session.id).or_default().session.get_or_insert(session);
        }
    }
    for row in asked::<B>(connection, B::RECORDS, range).await? {
        if let Some(record) = rows::record::<B>(&row).map_err(fault::<B>)? {
            before.entry(record.session).or_default().records.push(record);
        }
    }
    for row in asked::<B>(connection, B::HEADS, range).await? {
        read_head::<B>(&row, &mut before)?;
    }
    let elsewhere = asked::<B>(connection, B::ELSEWHERE, range).await?;
    let elsewhere = elsewhere.iter().map(|row| unsigned::<B>(row, "Line")).collect::<Result<HashSet<_>, _>>();
    let elsewhere = elsewhere.map_err(fault::<B>)?;
    for incoming in inputs.values_mut().flat_map(|brought| &mut brought.records) {
        if elsewhere.contains(&incoming.row.place.line) {
            incoming.clash.get_or_insert(Clash::Elsewhere);
        }
    }
    Ok(before)
}

/// Takes note of an entry.
fn read_head<B: Imports>(row: &B::Row, before: &mut BTreeMap<SessionId, Before>) -> Result<(), StoreError> {
    let id = session_id::<B>(row).map_err(fault::<B>)?;
    let seq = get::<B, i64>(row, "Seq").map_err(fault::<B>)?;
    let action = get::<B, String>(row, "Action").map_err(fault::<B>)?;
    let hash = get::<B, String>(row, "EntryHash").map_err(fault::<B>)?;
    let before = before.entry(id).or_default();
    before.ruled |= action != AuditAction::Imported.word();
    if seq > before.head.seq {
        let damaged = || StoreError::Corrupt { what: format!("EntryHash of entry {seq} of session {id}") };
        before.head = ChainHead { seq, hash: ChainHash::parse(&hash).ok_or_else(damaged)? };
    }
    Ok(())
}
