//! Carries one change out in one transaction: all of it, or nothing.

use chrono::{DateTime, Utc};

use super::backend::{Backend, Statement, fault, statement};
use super::clock::StoreClock;
use super::deadline::Deadline;
use super::error::StoreError;
use super::rows::get;
use super::{Applied, Change, snapshot, sql};
use crate::domain::chain::StoredEntry;
use crate::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use crate::domain::plan::{Outcome, Plan, RecordWrite, Retirement, decide};
use crate::domain::request::Request;
use crate::domain::session::SessionId;
use crate::domain::snapshot::Snapshot;
use crate::domain::time::Timestamp;
use crate::drill::{self, Step};

/// Does everything but the COMMIT. Whoever calls must commit, or close the connection.
pub(super) async fn prepare<B: Backend>(
    connection: &mut B::Connection,
    change: &Change<'_>,
    clock: &StoreClock,
    deadline: &Deadline,
) -> Result<Applied, StoreError> {
    let request = change.request;
    let now = clock.set(begin_write::<B>(connection, request.session, deadline).await?);
    drill::at(Step::LockSession)?;
    let seen = snapshot::read::<B>(connection, request.session).await?;
    drill::at(Step::ReadSession)?;
    let plan = decide(&seen, request, change.expected, now)?;
    (change.planned)(&plan);
    drill::at(Step::Plan)?;
    if plan.audit.is_none() {
        return Ok(Applied { plan, record: None, event: None, at: now });
    }
    for retirement in &plan.retired {
        retire::<B>(connection, retirement, request, now).await?;
        drill::at(Step::RetireRecord)?;
    }
    let written = write::<B>(connection, &plan, change, now).await?;
    append::<B>(connection, &plan, &seen, change, written, now).await?;
    drill::at(Step::AppendEntry)?;
    let record = read_back::<B>(connection, &plan, change, written).await?;
    drill::at(Step::ReadBack)?;
    Ok(Applied { plan, record, event: Some(change.event), at: now })
}

/// Begins a transaction that has the session to itself; gives the server's clock if there is a server.
pub(super) async fn begin_write<B: Backend>(
    connection: &mut B::Connection,
    session: SessionId,
    deadline: &Deadline,
) -> Result<Option<Timestamp>, StoreError> {
    statement::<B>(B::BEGIN_WRITE).run(connection).await?;
    hold::<B>(connection, session, deadline).await
}

/// Takes the session's lock, where the engine locks less than everything; gives the server's clock.
pub(super) async fn hold<B: Backend>(
    connection: &mut B::Connection,
    session: SessionId,
    deadline: &Deadline,
) -> Result<Option<Timestamp>, StoreError> {
    let Some(hold) = B::HOLD_SESSION else {
        return Ok(None);
    };
    // The server stops by itself what nobody waits for any more; 0 would mean for ever.
    let patience = deadline.left().as_millis().max(1).to_string();
    let found = statement::<B>(hold).with(session.get()).with(patience).rows(connection).await?;
    let row = found.first().ok_or_else(|| StoreError::Corrupt { what: "the server's clock".to_owned() })?;
    get::<B, DateTime<Utc>>(row, "now").map(|now| Some(Timestamp::new(now))).map_err(fault::<B>)
}

/// A write that met another number of rows than one met another program.
fn exactly_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Overtaken) }
}

async fn retire<B: Backend>(
    connection: &mut B::Connection,
    retirement: &Retirement,
    request: &Request,
    now: Timestamp,
) -> Result<(), StoreError> {
    let query = statement::<B>(sql::RETIRE)
        .with(false)
        .with(now.whole_seconds().utc())
        .with(request.by.as_str().to_owned())
        .with(retirement.id.get())
        .with(retirement.held.as_str().to_owned());
    exactly_one(query.run(connection).await?)
}

/// Gives the new hash its row, or the old one its place; `None` where the plan writes none.
async fn write<B: Backend>(
    connection: &mut B::Connection,
    plan: &Plan,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<Option<HostRecordId>, StoreError> {
    let hash = || change.credential.as_ref().map(|credential| credential.hash).ok_or_else(no_credential);
    match &plan.write {
        RecordWrite::Nothing => Ok(None),
        RecordWrite::Insert => {
            let id = insert::<B>(connection, plan, change.request, hash()?, now).await?;
            drill::at(Step::InsertRecord)?;
            Ok(Some(id))
        }
        RecordWrite::Update { id, held } => {
            update::<B>(connection, plan, change.request, (*id, held), hash()?, now).await?;
            drill::at(Step::UpdateRecord)?;
            Ok(Some(*id))
        }
        RecordWrite::Keep { id, held } => {
            let query = statement::<B>(sql::KEEP).with(false).with(id.get()).with(held.as_str().to_owned());
            exactly_one(query.run(connection).await?)?;
            drill::at(Step::UpdateRecord)?;
            Ok(Some(*id))
        }
    }
}

fn no_credential() -> StoreError {
    StoreError::Failed { what: "the change makes a GUID, and none was given".to_owned() }
}

async fn insert<B: Backend>(
    connection: &mut B::Connection,
    plan: &Plan,
    request: &Request,
    hash: &StoredHash,
    now: Timestamp,
) -> Result<HostRecordId, StoreError> {
    let query = statement::<B>(sql::INSERT_RECORD)
        .with(plan.session.get())
        .with(hash.as_str().to_owned())
        .with(now.whole_seconds().utc())
        .with(request.by.as_str().to_owned())
        .with(plan.expires_at.map(Timestamp::utc))
        .with(true)
        .with(false);
    let found = query.rows(connection).await?;
    let id = found.first().map(|row| get::<B, i64>(row, "HostSessionId")).transpose().map_err(fault::<B>)?;
    id.and_then(HostRecordId::new).ok_or(StoreError::Overtaken)
}

async fn update<B: Backend>(
    connection: &mut B::Connection,
    plan: &Plan,
    request: &Request,
    (id, held): (HostRecordId, &StoredHash),
    hash: &StoredHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    let query = statement::<B>(sql::UPDATE_IN_PLACE)
        .with(hash.as_str().to_owned())
        .with(now.whole_seconds().utc())
        .with(request.by.as_str().to_owned())
        .with(plan.expires_at.map(Timestamp::utc))
        .with(true)
        .with(false)
        .with(id.get())
        .with(held.as_str().to_owned());
    exactly_one(query.run(connection).await?)
}

async fn append<B: Backend>(
    connection: &mut B::Connection,
    plan: &Plan,
    seen: &Snapshot,
    change: &Change<'_>,
    written: Option<HostRecordId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let new_fp = change.credential.as_ref().map(|credential| credential.hash.fingerprint());
    let Some(draft) = &plan.audit else {
        return Ok(());
    };
    let StoredEntry { session, seq, event_id, action, at, body, prev_hash, entry_hash } =
        draft.complete(seen.head, change.request, change.event, written, new_fp, now);
    let query = statement::<B>(sql::APPEND_EVENT).with(session).with(seq);
    let query = [event_id, action, at, body, prev_hash, entry_hash].into_iter().fold(query, Statement::with);
    exactly_one(query.run(connection).await?)
}

/// Reads the session's records again: exactly the written one is active, and the new GUID opens it.
async fn read_back<B: Backend>(
    connection: &mut B::Connection,
    plan: &Plan,
    change: &Change<'_>,
    written: Option<HostRecordId>,
) -> Result<Option<HostRecord>, StoreError> {
    let records = snapshot::records::<B>(connection, plan.session).await?;
    let mut active = records.into_iter().filter(|record| record.is_active);
    let (first, more) = (active.next(), active.next().is_some());
    let opens = |record: &HostRecord| change.credential.as_ref().is_some_and(|lent| (lent.opens)(&record.hash));
    let wrong = |what| Err(StoreError::ReadBack { what });
    let stays = |record: &HostRecord| matches!(&plan.write, RecordWrite::Keep { id, held } if *id == record.id && *held == record.hash);
    match (plan.outcome, first) {
        (_, _) if more => wrong("more than one record is active"),
        (Outcome::Revoked | Outcome::Unchanged, None) => Ok(None),
        (Outcome::Revoked | Outcome::Unchanged, Some(_)) => wrong("a revoked record is still active"),
        (Outcome::Created | Outcome::Rotated | Outcome::ForceCreated, Some(record))
            if Some(record.id) == written && record.is_current() =>
        {
            if opens(&record) {
                Ok(Some(record))
            } else {
                wrong("the new GUID does not open it")
            }
        }
        (Outcome::Consolidated, Some(record)) if stays(&record) && record.is_current() => Ok(Some(record)),
        (Outcome::Created | Outcome::Rotated | Outcome::ForceCreated | Outcome::Consolidated, _) => {
            wrong("another record is active, or none")
        }
    }
}
