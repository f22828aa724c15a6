//! The JSON objects of the contract, and how sessions and records look in them.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::chain::StoredEntry;
use crate::domain::host_record::HostRecord;
use crate::domain::session::Session;
use crate::domain::snapshot::current_of;
use crate::domain::time::Timestamp;

/// A session with its current record.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SessionView {
    pub(super) session_id: i64,
    pub(super) title: Option<String>,
    pub(super) status: Option<String>,
    pub(super) participant_count: Option<i64>,
    pub(super) started_at: Option<String>,
    pub(super) ended_at: Option<String>,
    pub(super) record: Option<RecordView>,
    /// Active records beside the current one.
    pub(super) duplicates: usize,
}

/// A host record, as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RecordView {
    pub(super) host_session_id: i64,
    pub(super) fingerprint: String,
    pub(super) created_at: String,
    pub(super) created_by: Option<String>,
    pub(super) expires_at: Option<String>,
    pub(super) last_used_at: Option<String>,
    pub(super) state: &'static str,
}

/// A host record, whole.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RecordDetail {
    #[serde(flatten)]
    pub(super) record: RecordView,
    pub(super) fingerprint_full: String,
    pub(super) is_active: bool,
    pub(super) legacy_duplicate: bool,
    pub(super) revoked_at: Option<String>,
    pub(super) revoked_by: Option<String>,
}

/// Writes an instant that may be missing.
pub(super) fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl SessionView {
    /// Sums a session up; inactive records among `records` do not count.
    pub(super) fn new(session: &Session, records: &[HostRecord], now: Timestamp) -> Self {
        let current = current_of(records, now);
        let active = records.iter().filter(|record| record.is_active).count();
        Self {
            session_id: session.id.get(),
            title: session.title.clone(),
            status: session.status.clone(),
            participant_count: session.participant_count,
            started_at: time(session.started_at),
            ended_at: time(session.ended_at),
            record: current.map(|record| RecordView::new(record, now)),
            duplicates: active - usize::from(current.is_some()),
        }
    }
}

impl RecordView {
    pub(super) fn new(record: &HostRecord, now: Timestamp) -> Self {
        Self {
            host_session_id: record.id.get(),
            fingerprint: record.hash.fingerprint().short(),
            created_at: record.created_at.to_string(),
            created_by: record.created_by.clone(),
            expires_at: time(record.expires_at),
            last_used_at: time(record.last_used_at),
            state: record.state(now).word(),
        }
    }
}

impl RecordDetail {
    pub(super) fn new(record: &HostRecord, now: Timestamp) -> Self {
        Self {
            record: RecordView::new(record, now),
            fingerprint_full: record.hash.fingerprint().full(),
            is_active: record.is_active,
            legacy_duplicate: record.legacy_duplicate,
            revoked_at: time(record.revoked_at),
            revoked_by: record.revoked_by.clone(),
        }
    }
}

/// Gives the body of an entry with its hash; a body that is no object is shown as text among its columns.
pub(super) fn event(entry: &StoredEntry) -> Value {
    let mut object = match serde_json::from_str::<Value>(&entry.body) {
        Ok(Value::Object(body)) => body,
        Ok(_) | Err(_) => Map::from_iter([
            ("session".to_owned(), entry.session.into()),
            ("seq".to_owned(), entry.seq.into()),
            ("event".to_owned(), entry.event_id.clone().into()),
            ("action".to_owned(), entry.action.clone().into()),
            ("at".to_owned(), entry.at.clone().into()),
            ("body".to_owned(), entry.body.clone().into()),
        ]),
    };
    object.insert("entry_hash".to_owned(), entry.entry_hash.clone().into());
    Value::Object(object)
}

/// Serialises a view; texts, numbers and booleans always go.
pub(super) fn to_json(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}
