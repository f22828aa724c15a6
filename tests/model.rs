//! The tables and the history in memory: they carry a plan out statement by statement, as a database does.

use host_provisioner::domain::audit::Trail;
use host_provisioner::domain::chain::{ChainHash, ChainHead, StoredEntry};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use host_provisioner::domain::plan::{Plan, RecordWrite, Refusal, plan};
use host_provisioner::domain::request::Request;
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::snapshot::Snapshot;
use host_provisioner::domain::time::Timestamp;

use crate::world::{hasher, record_id, session};

/// What a database holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tables {
    /// The ids of `Sessions`.
    pub(crate) sessions: Vec<SessionId>,
    /// `HostSessions`, in the order of ids.
    pub(crate) records: Vec<HostRecord>,
    /// `HostSessionEvents`, in the order of writing.
    pub(crate) entries: Vec<StoredEntry>,
}

impl Tables {
    pub(crate) fn records_of(&self, id: SessionId) -> Vec<HostRecord> {
        self.records.iter().filter(|record| record.session == id).cloned().collect()
    }

    pub(crate) fn record(&self, id: HostRecordId) -> &HostRecord {
        self.records.iter().find(|record| record.id == id).unwrap()
    }

    pub(crate) fn record_mut(&mut self, id: HostRecordId) -> &mut HostRecord {
        self.records.iter_mut().find(|record| record.id == id).unwrap()
    }

    /// Reads a chain as the database would: by number, in the order of `Seq`.
    pub(crate) fn trail(&self, number: i64) -> Trail {
        let mut entries: Vec<StoredEntry> =
            self.entries.iter().filter(|entry| entry.session == number).cloned().collect();
        entries.sort_by_key(|entry| entry.seq);
        Trail {
            session: number,
            exists: self.sessions.iter().any(|id| id.get() == number),
            entries,
            records: self.records.iter().filter(|record| record.session.get() == number).cloned().collect(),
            unreadable: vec![],
        }
    }

    fn head(&self, id: SessionId) -> ChainHead {
        self.trail(id.get()).entries.last().map_or_else(ChainHead::default, |entry| ChainHead {
            seq: entry.seq,
            hash: ChainHash::parse(&entry.entry_hash).unwrap(),
        })
    }

    pub(crate) fn snapshot(&self, id: SessionId) -> Snapshot {
        Snapshot {
            session: self.sessions.contains(&id).then(|| session(id.get())),
            records: self.records_of(id),
            head: self.head(id),
            last_change: None,
        }
    }

    /// Plans, retires, writes and appends the entry.
    pub(crate) fn change(&mut self, request: &Request, guid: &HostGuid, now: Timestamp) -> Result<Plan, Refusal> {
        let id = request.session;
        let plan = plan(&self.snapshot(id), request, now)?;
        let hash = hasher().hash(id, guid);
        for retirement in &plan.retired {
            self.retire(id, retirement.id, &retirement.held, request, now);
        }
        let made = self.write(&plan, &hash, request, now);
        if let Some(draft) = &plan.audit {
            let new_fp = made.map(|_| hash.fingerprint());
            let inserted = made.filter(|_| plan.write == RecordWrite::Insert);
            let entry = draft.complete(self.head(id), request, EventId::generate(), inserted, new_fp, now);
            self.entries.push(entry);
        }
        Ok(plan)
    }

    /// `UPDATE … WHERE` session, id and hash are these: exactly one row.
    fn row(&mut self, id: SessionId, record: HostRecordId, held: &StoredHash) -> &mut HostRecord {
        let found = |row: &&mut HostRecord| row.session == id && row.id == record && row.hash == *held;
        self.records.iter_mut().find(found).expect("the row is there and holds what was read")
    }

    fn retire(&mut self, id: SessionId, record: HostRecordId, held: &StoredHash, request: &Request, now: Timestamp) {
        let row = self.row(id, record, held);
        row.is_active = false;
        row.legacy_duplicate = false;
        row.revoked_at = Some(now.whole_seconds());
        row.revoked_by = Some(request.by.as_str().to_owned());
    }

    fn write(&mut self, plan: &Plan, hash: &StoredHash, request: &Request, now: Timestamp) -> Option<HostRecordId> {
        let row = |id| HostRecord {
            id,
            session: request.session,
            hash: hash.clone(),
            created_at: now.whole_seconds(),
            expires_at: plan.expires_at,
            last_used_at: None,
            created_by: Some(request.by.as_str().to_owned()),
            revoked_at: None,
            revoked_by: None,
            is_active: true,
            legacy_duplicate: false,
        };
        let written = match &plan.write {
            RecordWrite::Nothing => return None,
            RecordWrite::Update { id, held } => {
                *self.row(request.session, *id, held) = row(*id);
                *id
            }
            RecordWrite::Keep { id, held } => {
                self.row(request.session, *id, held).legacy_duplicate = false;
                let current = self.records_of(request.session).iter().filter(|record| record.is_current()).count();
                assert_eq!(current, 1, "the unique index refuses a second current record at once");
                return None;
            }
            RecordWrite::Insert => {
                let next = record_id(self.records.iter().map(|record| record.id.get()).max().unwrap_or(0) + 1);
                self.records.push(row(next));
                next
            }
        };
        let current = self.records_of(request.session).iter().filter(|record| record.is_current()).count();
        assert_eq!(current, 1, "the unique index refuses a second current record at once");
        Some(written)
    }
}
