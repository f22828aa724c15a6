//! `show`: one session with all its records and its last events.

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::history::Entries;
use super::output::{self, Grid, Report};
use super::table::{fields, or_dash, table};
use super::view::{RecordDetail, SessionView, event, time, to_json};
use super::{Context, Failure};
use crate::domain::chain::StoredEntry;
use crate::domain::plan::Refusal;
use crate::domain::session::{Session, SessionId};
use crate::domain::snapshot::Snapshot;
use crate::domain::time::Timestamp;
use crate::store::{HistoryPage, HistoryQuery, Store, StoreError};

/// Events that are shown; `history` has them all.
const EVENTS: u32 = 10;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The session
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    session_id: SessionId,
}

/// Which session to show.
#[derive(Debug)]
pub struct Show {
    session: SessionId,
}

impl From<ShowArgs> for Show {
    fn from(args: ShowArgs) -> Self {
        Self { session: args.session_id }
    }
}

impl Show {
    /// Shows the session.
    ///
    /// # Errors
    /// Not found, or what the store or stdout says.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        output::print(self.read(context.provisioner.store()).await?, context.style.format).await
    }

    /// Reads the session, as it is printed.
    ///
    /// # Errors
    /// Not found, or what the store says.
    pub async fn read(&self, store: &dyn Store) -> Result<Whole, StoreError> {
        let seen = store.snapshot(self.session).await?;
        let now = store.clock().now();
        let query = HistoryQuery { session: Some(self.session), page: HistoryPage::Newest, limit: EVENTS };
        let events = store.history(&query).await?;
        Whole::new(&seen, events, now).ok_or(StoreError::Refused(Refusal::SessionNotFound(self.session)))
    }
}

/// A session, whole. The order of the fields is the order of the contract.
#[derive(Debug, Serialize)]
pub struct Whole {
    #[serde(flatten)]
    session: SessionView,
    description: Option<String>,
    group_id: String,
    max_participants: Option<i64>,
    expires_at: Option<String>,
    created_at: String,
    modified_at: String,
    records: Vec<RecordDetail>,
    events: Vec<Value>,
    #[serde(skip)]
    entries: Vec<StoredEntry>,
}

impl Whole {
    fn new(seen: &Snapshot, entries: Vec<StoredEntry>, now: Timestamp) -> Option<Self> {
        let session: &Session = seen.session.as_ref()?;
        Some(Self {
            session: SessionView::new(session, &seen.records, now),
            description: session.description.clone(),
            group_id: session.group_id.clone(),
            max_participants: session.max_participants,
            expires_at: time(session.expires_at),
            created_at: session.created_at.to_string(),
            modified_at: session.modified_at.to_string(),
            records: seen.records.iter().map(|record| RecordDetail::new(record, now)).collect(),
            events: entries.iter().map(event).collect(),
            entries,
        })
    }
}

impl Report for Whole {
    fn json(&self) -> Value {
        to_json(self)
    }

    /// One row for each record.
    fn grid(&self) -> Grid {
        let columns = &[
            "session_id",
            "host_session_id",
            "fingerprint",
            "created_at",
            "created_by",
            "expires_at",
            "last_used_at",
            "state",
            "fingerprint_full",
            "is_active",
            "legacy_duplicate",
            "revoked_at",
            "revoked_by",
        ];
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let row = |detail: &RecordDetail| {
            let record = &detail.record;
            vec![
                self.session.session_id.to_string(),
                record.host_session_id.to_string(),
                record.fingerprint.clone(),
                record.created_at.clone(),
                text(&record.created_by),
                text(&record.expires_at),
                text(&record.last_used_at),
                record.state.to_owned(),
                detail.fingerprint_full.clone(),
                detail.is_active.to_string(),
                detail.legacy_duplicate.to_string(),
                text(&detail.revoked_at),
                text(&detail.revoked_by),
            ]
        };
        Grid { columns, rows: self.records.iter().map(row).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        let session = &self.session;
        let people = match self.max_participants {
            Some(most) => format!("{} of {most}", or_dash(session.participant_count)),
            None => or_dash(session.participant_count),
        };
        let mut text = fields(&[
            ("Session", session.session_id.to_string()),
            ("Title", or_dash(session.title.as_ref())),
            ("Description", or_dash(self.description.as_ref())),
            ("Status", or_dash(session.status.as_ref())),
            ("People", people),
            ("Started", or_dash(session.started_at.as_ref())),
            ("Ended", or_dash(session.ended_at.as_ref())),
            ("Expires", or_dash(self.expires_at.as_ref())),
            ("Group", self.group_id.clone()),
            ("Created", self.created_at.clone()),
            ("Modified", self.modified_at.clone()),
        ]);
        text.push('\n');
        if self.records.is_empty() {
            text.push_str("No host record\n");
        } else {
            let columns =
                ["RECORD", "FINGERPRINT", "STATE", "CREATED", "BY", "EXPIRES", "LAST USED", "RETIRED", "RETIRED BY"];
            text.push_str(&table(&columns, self.records.iter().map(record_row).collect(), width));
        }
        text.push('\n');
        if self.entries.is_empty() {
            text.push_str("No history\n");
        } else {
            text.push_str(&Entries(self.entries.clone()).text(width));
        }
        text
    }
}

fn record_row(detail: &RecordDetail) -> Vec<String> {
    let record = &detail.record;
    vec![
        format!("#{}", record.host_session_id),
        record.fingerprint.clone(),
        record.state.to_owned(),
        record.created_at.clone(),
        or_dash(record.created_by.as_ref()),
        record.expires_at.clone().unwrap_or_else(|| "never".to_owned()),
        or_dash(record.last_used_at.as_ref()),
        or_dash(detail.revoked_at.as_ref()),
        or_dash(detail.revoked_by.as_ref()),
    ]
}
