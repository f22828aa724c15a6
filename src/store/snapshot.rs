//! Reads one session whole, inside or outside of a transaction.

use super::backend::{Backend, fault, statement};
use super::error::StoreError;
use super::{rows, sql};
use crate::domain::chain::{ChainHash, ChainHead, StoredEntry};
use crate::domain::host_record::HostRecord;
use crate::domain::session::{Session, SessionId};
use crate::domain::snapshot::{LastChange, Snapshot};
use crate::domain::time::Timestamp;

/// Reads the session, its records and the head of its chain.
pub(super) async fn read<B: Backend>(connection: &mut B::Connection, id: SessionId) -> Result<Snapshot, StoreError> {
    let session = session::<B>(connection, id).await?;
    let records = records::<B>(connection, id).await?;
    let last = last_entry::<B>(connection, id).await?;
    let head = last.as_ref().map_or_else(ChainHead::default, head_of);
    let last_change = last.as_ref().and_then(|entry| {
        let at = Timestamp::parse_fixed_width(&entry.at)?;
        Some(LastChange { by: entry.parse_body()?.by, at })
    });
    Ok(Snapshot { session, records, head, last_change })
}

pub(super) async fn session<B: Backend>(
    connection: &mut B::Connection,
    id: SessionId,
) -> Result<Option<Session>, StoreError> {
    let query = statement::<B>(sql::SESSION).with(id.get());
    let found = query.rows(connection).await?;
    found.first().map(rows::session::<B>).transpose().map_err(fault::<B>)
}

pub(super) async fn records<B: Backend>(
    connection: &mut B::Connection,
    id: SessionId,
) -> Result<Vec<HostRecord>, StoreError> {
    let query = statement::<B>(sql::RECORDS_OF_SESSION).with(id.get());
    let found = query.rows(connection).await?;
    let read: Result<Vec<_>, _> = found.iter().filter_map(|row| rows::record::<B>(row).transpose()).collect();
    let mut records = read.map_err(fault::<B>)?;
    records.sort_by_key(|record| record.id);
    Ok(records)
}

async fn last_entry<B: Backend>(
    connection: &mut B::Connection,
    id: SessionId,
) -> Result<Option<StoredEntry>, StoreError> {
    let query = statement::<B>(sql::LAST_EVENT).with(id.get());
    let found = query.rows(connection).await?;
    found.first().map(rows::entry::<B>).transpose().map_err(fault::<B>)
}

/// A chain goes on from what is stored. Behind a hash that is none it goes on from the start, as `audit verify` reads
/// it: damage stays told at the damaged entry, and keeps no leaked GUID from being rotated.
fn head_of(entry: &StoredEntry) -> ChainHead {
    ChainHead { seq: entry.seq, hash: ChainHash::parse(&entry.entry_hash).unwrap_or(ChainHash::START) }
}
