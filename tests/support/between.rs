//! A store that stands before another one and lies about changes.

use std::ops::RangeInclusive;
use std::sync::Arc;

use async_trait::async_trait;
use host_provisioner::domain::chain::StoredEntry;
use host_provisioner::domain::estimate::Estimate;
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::host_record::{HostRecord, HostRecordId};
use host_provisioner::domain::overview::{MaxAge, Overview};
use host_provisioner::domain::session::{NewSession, Session, SessionId};
use host_provisioner::domain::snapshot::Snapshot;
use host_provisioner::domain::time::{Clock, Timestamp};
use host_provisioner::store::{
    Applied, Change, ChangeMarker, Chunk, Credential, HistoryQuery, HistorySearch, Import, Imported, ReadOnly,
    SessionFilter, SessionQuery, SessionRow, Store, StoreError, Stretch, Visit,
};
use tokio::sync::mpsc::Receiver;

/// What the store between says instead of the real one.
#[derive(Clone, Copy)]
pub(crate) enum Lie {
    /// The check of what was written fails.
    NothingOpens,
    /// The connection is lost after the commit.
    LostAfterCommit,
    /// Somebody else carries the same out just before.
    AnotherWasFaster,
}

/// A store that passes everything on, but for one lie about changes.
pub(crate) struct Between {
    pub(crate) real: Arc<dyn Store>,
    pub(crate) lie: Lie,
}

#[async_trait]
impl Store for Between {
    fn name(&self) -> String {
        self.real.name()
    }

    fn read_only(&self) -> Option<ReadOnly> {
        self.real.read_only()
    }

    fn clock(&self) -> &dyn Clock {
        self.real.clock()
    }

    async fn snapshot(&self, session: SessionId) -> Result<Snapshot, StoreError> {
        self.real.snapshot(session).await
    }

    async fn apply(&self, change: &Change<'_>) -> Result<Applied, StoreError> {
        let Change { request, expected, event, planned, cancel, .. } = *change;
        match self.lie {
            Lie::NothingOpens => {
                let lent = change.credential.as_ref().unwrap();
                let credential = Some(Credential { hash: lent.hash, opens: &|_| false });
                self.real.apply(&Change { request, expected, credential, event, planned, cancel }).await
            }
            Lie::LostAfterCommit => {
                let applied = self.real.apply(change).await?;
                Err(StoreError::OutcomeUnknown(Box::new(applied)))
            }
            Lie::AnotherWasFaster => {
                let lent = change.credential.as_ref();
                let credential = lent.map(|lent| Credential { hash: lent.hash, opens: lent.opens });
                let event = EventId::generate();
                let other = Change { request, expected, credential, event, planned: &|_| (), cancel };
                self.real.apply(&other).await?;
                self.real.apply(change).await
            }
        }
    }

    async fn settle(&self, session: SessionId, event: EventId) -> Result<bool, StoreError> {
        self.real.settle(session, event).await
    }

    async fn touch(&self, record: &HostRecord) -> Result<Timestamp, StoreError> {
        self.real.touch(record).await
    }

    async fn session_of(&self, record: HostRecordId) -> Result<Option<SessionId>, StoreError> {
        self.real.session_of(record).await
    }

    async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionRow>, StoreError> {
        self.real.sessions(query).await
    }

    async fn session_ids(&self, query: &SessionQuery) -> Result<Vec<SessionId>, StoreError> {
        self.real.session_ids(query).await
    }

    async fn sessions_among(
        &self,
        sessions: &[SessionId],
        filter: &SessionFilter,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.real.sessions_among(sessions, filter).await
    }

    async fn estimate_sessions(&self, filter: &SessionFilter) -> Result<Estimate, StoreError> {
        self.real.estimate_sessions(filter).await
    }

    async fn count_sessions(&self, filter: &SessionFilter) -> Result<u64, StoreError> {
        self.real.count_sessions(filter).await
    }

    async fn overview(&self, max_age: MaxAge) -> Result<Overview, StoreError> {
        self.real.overview(max_age).await
    }

    async fn add_session(&self, new: &NewSession, group: &str) -> Result<Session, StoreError> {
        self.real.add_session(new, group).await
    }

    async fn search_history(&self, query: &HistorySearch) -> Result<Stretch, StoreError> {
        self.real.search_history(query).await
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        self.real.history(query).await
    }

    async fn import(&self, import: &Import<'_>, rows: &mut Receiver<Chunk>) -> Result<Imported, StoreError> {
        self.real.import(import, rows).await
    }

    async fn change_marker(&self) -> Result<ChangeMarker, StoreError> {
        self.real.change_marker().await
    }

    async fn tend(&self) -> Result<bool, StoreError> {
        self.real.tend().await
    }

    async fn close(&self) {
        self.real.close().await;
    }

    async fn count_entries(&self) -> Result<u64, StoreError> {
        self.real.count_entries().await
    }

    async fn walk_audit(&self, within: RangeInclusive<i64>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.real.walk_audit(within, visit).await
    }
}
