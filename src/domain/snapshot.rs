//! What the database holds about one session at one instant.

use super::chain::ChainHead;
use super::host_record::{HostRecord, HostRecordId};
use super::session::Session;
use super::time::Timestamp;

/// Who changed a session last, as its history tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// The name given then, as stored.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One session with all its host records and the head of its audit chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The session; `None` when no row has the id.
    pub session: Option<Session>,
    /// All its records, active or not, in the order of their ids.
    pub records: Vec<HostRecord>,
    /// Where its audit chain ends.
    pub head: ChainHead,
    /// Its last change in the history.
    pub last_change: Option<LastChange>,
}

impl Snapshot {
    /// Iterates over the active records, duplicates included.
    pub fn active(&self) -> impl Iterator<Item = &HostRecord> {
        self.records.iter().filter(|record| record.is_active)
    }

    /// Gives the current record; where only duplicates are active, the best of them stands in.
    #[must_use]
    pub fn current(&self, now: Timestamp) -> Option<&HostRecord> {
        current_of(&self.records, now)
    }

    /// Gives the record that an update would reuse when none is active: the latest by `CreatedAt`, then id.
    #[must_use]
    pub fn latest_inactive(&self) -> Option<&HostRecord> {
        self.records.iter().filter(|record| !record.is_active).max_by_key(|record| (record.created_at, record.id))
    }

    /// Lists the active records beside the current one.
    #[must_use]
    pub fn duplicates(&self, now: Timestamp) -> Vec<HostRecordId> {
        let current = self.current(now).map(|record| record.id);
        self.active().map(|record| record.id).filter(|id| Some(*id) != current).collect()
    }
}

/// Picks the current record among the records of one session, or the best duplicate in its place.
#[must_use]
pub fn current_of(records: &[HostRecord], now: Timestamp) -> Option<&HostRecord> {
    let active = || records.iter().filter(|record| record.is_active);
    active().find(|record| record.is_current()).or_else(|| active().max_by(|a, b| a.rank(b, now)))
}
