//! What the rows of one session become, beside what the database holds of it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Fault, FaultKind, Imported, Place, Row, Table};
use crate::domain::actor::{Actor, Origin};
use crate::domain::chain::{AuditAction, AuditBody, ChainHead, StoredEntry};
use crate::domain::event_id::EventId;
use crate::domain::host_record::{Fingerprint, HostRecord, HostRecordId};
use crate::domain::session::{Session, SessionId};
use crate::domain::time::Timestamp;

/// What the database holds of a session.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// The session, if it is there.
    pub session: Option<Session>,
    /// Its records.
    pub records: Vec<HostRecord>,
    /// The end of its history.
    pub head: ChainHead,
    /// Whether its history tells of more than imports: then this program decides which record is active.
    pub ruled: bool,
}

/// Why a record's id is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// The input has it on an earlier line.
    Line(u64),
    /// The database has it, in another session.
    Elsewhere,
}

/// A record of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The record, as it was read.
    pub row: Row<HostRecord>,
    /// Whether its id is taken.
    pub clash: Option<Clash>,
}

/// What the input holds of a session, each in the order of the lines.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// The places of its rows; there should be one.
    pub sessions: Vec<Place>,
    /// What the first of them says; only where the database has the session too.
    pub session: Option<Session>,
    /// Its records.
    pub records: Vec<Incoming>,
}

/// The record that is current after an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// Its key.
    pub id: HostRecordId,
    /// Its hash's name.
    pub fingerprint: Fingerprint,
    /// Until when its GUID works.
    pub expires_at: Option<Timestamp>,
}

/// What becomes of a session.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The rows that stay out, and why.
    pub faults: Vec<Fault>,
    /// Whether the session is new.
    pub adds_session: bool,
    /// The session's row that says what is there already: 1 or 0.
    pub same_sessions: u64,
    /// The lines of the records that are new.
    pub added: Vec<u64>,
    /// The lines of those among them that become duplicates.
    pub duplicates: Vec<u64>,
    /// The records that are there already, as they are.
    pub same_records: u64,
    /// A record that was current and becomes a duplicate.
    pub demoted: Option<HostRecordId>,
    /// A duplicate of the database that becomes current.
    pub promoted: Option<HostRecordId>,
    /// The record that is current; `None` where there is none, or where the import decided about none.
    pub current: Option<Current>,
}

impl Merged {
    /// Tells whether anything is written, and so an entry in the history.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.adds_session || !self.added.is_empty()
    }

    /// Writes the entry that tells of it, behind the end of the session's history.
    #[must_use]
    pub fn entry(
        &self,
        id: SessionId,
        head: ChainHead,
        (by, origin): (&Actor, &Origin),
        event: EventId,
        now: Timestamp,
    ) -> StoredEntry {
        let current = self.current.as_ref();
        let body = AuditBody {
            v: 1,
            session: id.get(),
            seq: head.seq + 1,
            event: event.to_string(),
            action: AuditAction::Imported,
            host_session: current.map(|current| current.id.get()),
            retired: Vec::new(),
            by: by.as_str().to_owned(),
            os_user: origin.os_user.clone(),
            client: origin.client.clone(),
            reason: None,
            old_fp: None,
            new_fp: current.map(|current| current.fingerprint.full()),
            expires: current.and_then(|current| current.expires_at).map(Timestamp::fixed_width),
            at: now.fixed_width(),
        };
        body.follow(head)
    }
}

/// Decides about one session. `now` is the instant of the import, by which records have expired or not.
///
/// Of the active records the best one is current, the others are duplicates ([`HostRecord::rank`]), whether they come or
/// were there. A session one of whose rows contradicts the database is left as it is, whole.
#[must_use]
pub fn merge(id: SessionId, before: &Before, brought: &Brought, now: Timestamp) -> Merged {
    let mut merged = Merged::default();
    merge_session(before, brought, &mut merged);
    let session_comes = before.session.is_some() || !brought.sessions.is_empty();
    let known = Known::of(before.records.iter());
    let new = new_records(&known, before.ruled, brought, session_comes, &mut merged);
    if merged.faults.iter().any(|fault| fault.kind == FaultKind::Conflict) {
        leave(id, brought, &new, &mut merged);
        return merged;
    }
    merged.added = new.iter().map(|row| row.place.line).collect();
    rank(before, &new, now, &mut merged);
    merged
}

fn fault(
    kind: FaultKind,
    table: Table,
    place: Place,
    column: Option<&'static str>,
    reason: impl Into<Cow<'static, str>>,
) -> Fault {
    Fault { table, place, column, reason: reason.into(), kind }
}

/// Looks at the session's own rows.
fn merge_session(before: &Before, brought: &Brought, merged: &mut Merged) {
    let Some((first, more)) = brought.sessions.split_first() else { return };
    merged.faults.extend(more.iter().map(|place| {
        let reason = format!("line {} has the same id", first.line);
        fault(FaultKind::Bad, Table::Sessions, *place, Some("SessionId"), reason)
    }));
    match (&before.session, &brought.session) {
        (None, _) => merged.adds_session = true,
        (Some(there), Some(comes)) => match there.difference(comes) {
            None => merged.same_sessions = 1,
            column @ Some(_) => {
                let reason = "the database has this session with another value";
                merged.faults.push(fault(FaultKind::Conflict, Table::Sessions, *first, column, reason));
            }
        },
        // Its contents were not read, so nothing is known of them.
        (Some(_), None) => {
            let reason = "the database has this session";
            merged.faults.push(fault(FaultKind::Conflict, Table::Sessions, *first, None, reason));
        }
    }
}

/// The records that the database holds of a session, by what a coming one may share with them: a session may have very
/// many on both sides.
#[derive(Default)]
struct Known<'a> {
    ids: HashMap<HostRecordId, &'a HostRecord>,
    hashes: HashMap<&'a str, &'a HostRecord>,
}

impl<'a> Known<'a> {
    /// Goes through them once.
    fn of(records: impl Iterator<Item = &'a HostRecord>) -> Self {
        let mut known = Self::default();
        for record in records {
            known.ids.insert(record.id, record);
            known.hashes.insert(record.hash.as_str(), record);
        }
        known
    }
}

/// Gives the records that are new and fit.
fn new_records<'a>(
    known: &Known<'_>,
    ruled: bool,
    brought: &'a Brought,
    session_comes: bool,
    merged: &mut Merged,
) -> Vec<&'a Row<HostRecord>> {
    let mut hashes: HashMap<&str, u64> = HashMap::new();
    let mut new = Vec::new();
    for Incoming { row, clash } in &brought.records {
        let Row { place, value: record } = row;
        let mut refuse = |kind, column, reason: Cow<'static, str>| {
            merged.faults.push(fault(kind, Table::HostSessions, *place, Some(column), reason));
        };
        if !session_comes {
            let reason = "no such session, neither in the input (unless its row is bad) nor in the database";
            refuse(FaultKind::Bad, "SessionId", reason.into());
        } else if let Some(Clash::Line(line)) = clash {
            refuse(FaultKind::Bad, "HostSessionId", format!("line {line} has the same id").into());
        } else if let Some(Clash::Elsewhere) = clash {
            let reason = "the database has this record in another session";
            refuse(FaultKind::Conflict, "SessionId", reason.into());
        } else if let Some(there) = known.ids.get(&record.id) {
            match there.difference(record) {
                None => merged.same_records += 1,
                Some(column) => {
                    refuse(FaultKind::Conflict, column, "the database has this record with another value".into());
                }
            }
        } else if let Some(line) = hashes.get(record.hash.as_str()) {
            refuse(FaultKind::Bad, "HostGuidHash", format!("line {line} has the same hash").into());
        } else if let Some(there) = known.hashes.get(record.hash.as_str()) {
            let reason = format!("record #{} of the session has the same hash", there.id);
            refuse(FaultKind::Conflict, "HostGuidHash", reason.into());
        } else if ruled && record.is_active {
            let reason = "active, and the session's history says already which record is";
            refuse(FaultKind::Conflict, "IsActive", reason.into());
        } else {
            hashes.insert(record.hash.as_str(), place.line);
            new.push(row);
        }
    }
    new
}

/// Leaves a session as it is: what would have come stays out as well.
fn leave(id: SessionId, brought: &Brought, new: &[&Row<HostRecord>], merged: &mut Merged) {
    let reason = || format!("session {id} is left as it is, for the sake of another row");
    let session = brought.sessions.first().filter(|_| merged.adds_session).map(|place| (Table::Sessions, *place));
    let records = new.iter().map(|row| (Table::HostSessions, row.place));
    let left = session.into_iter().chain(records);
    merged.faults.extend(left.map(|(table, place)| fault(FaultKind::Conflict, table, place, None, reason())));
    merged.adds_session = false;
}

/// Decides which record is current, if active ones come.
fn rank(before: &Before, new: &[&Row<HostRecord>], now: Timestamp, merged: &mut Merged) {
    let comes = |row: &&&Row<HostRecord>| row.value.is_active;
    if !new.iter().any(|row| row.value.is_active) {
        return;
    }
    let there = || before.records.iter().filter(|record| record.is_active);
    let all = there().chain(new.iter().filter(comes).map(|row| &row.value));
    let Some(best) = all.max_by(|one, other| one.rank(other, now)) else { return };
    let losers = new.iter().filter(comes).filter(|row| row.value.id != best.id);
    merged.duplicates = losers.map(|row| row.place.line).collect();
    merged.demoted = there().find(|record| record.is_current() && record.id != best.id).map(|record| record.id);
    merged.promoted = there().find(|record| record.legacy_duplicate && record.id == best.id).map(|record| record.id);
    // A record that is active and revoked at once opens nothing; the history holds no such record to be current.
    merged.current = (best.revoked_at.is_none() && best.revoked_by.is_none()).then(|| Current {
        id: best.id,
        fingerprint: best.hash.fingerprint(),
        expires_at: best.expires_at,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::host_record::StoredHash;

    fn record(number: i64) -> HostRecord {
        let at = Timestamp::parse_written("2026-09-04 08:28:00").unwrap();
        HostRecord {
            id: HostRecordId::new(number).unwrap(),
            session: SessionId::new(1).unwrap(),
            hash: StoredHash::new(format!("hash {number}")),
            created_at: at,
            expires_at: None,
            last_used_at: None,
            created_by: None,
            revoked_at: None,
            revoked_by: None,
            is_active: false,
            legacy_duplicate: false,
        }
    }

    /// Whatever comes, a record that is there is looked at once; the rest are look-ups by key.
    #[test]
    fn each_record_of_the_database_is_gone_through_once_however_many_come() {
        const THERE: i64 = 20_000;
        let there: Vec<HostRecord> = (1..=THERE).map(record).collect();
        let mut looked_at = 0;
        let known = Known::of(there.iter().inspect(|_| looked_at += 1));
        let incoming =
            |(line, value)| Incoming { row: Row { place: Place { line, ..Place::default() }, value }, clash: None };
        // Half are there, half are new.
        let records: Vec<Incoming> = (2..).zip((THERE / 2..THERE * 3 / 2).map(record)).map(incoming).collect();
        let brought = Brought { records, ..Brought::default() };
        let mut merged = Merged::default();
        let new = new_records(&known, false, &brought, true, &mut merged);
        assert_eq!((looked_at, known.ids.len(), known.hashes.len()), (20_000, 20_000, 20_000));
        assert_eq!((new.len(), merged.same_records, merged.faults.len()), (9_999, 10_001, 0));
    }
}
