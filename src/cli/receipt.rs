//! What `create`, `rotate` and `revoke` print: the GUID alone, or the JSON of the contract.

use serde::Serialize;
use serde_json::Value;
use zeroize::{Zeroize as _, Zeroizing};

use super::change::Wiped;
use super::json;
use super::output::{Format, Grid, Report, csv, render};
use super::view::{time, to_json};
use crate::domain::guid::HostGuid;
use crate::domain::host_record::HostRecordId;
use crate::domain::plan::Outcome;
use crate::domain::request::Request;
use crate::provision::{Certainty, Provisioned};

/// The version of the JSON of `create` and `rotate`.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// Room for a receipt, so that a growing buffer leaves no copies of the GUID behind.
const ROOM: usize = 8 * 1024;

/// The words of the contract.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Rotated => "rotated",
        Outcome::ForceCreated => "force_created",
        Outcome::Revoked => "revoked",
        Outcome::Consolidated => "consolidated",
        Outcome::Unchanged => "unchanged",
    }
}

pub(super) fn numbers(ids: &[HostRecordId]) -> Vec<i64> {
    ids.iter().map(|id| id.get()).collect()
}

/// The JSON of `create` and `rotate`; the order of the fields is the order of the contract.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the contract's")]
pub(super) struct Created<'a> {
    pub(super) schema_version: u32,
    pub(super) outcome: &'static str,
    pub(super) session_id: i64,
    pub(super) host_session_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host_guid: Option<&'a str>,
    pub(super) fingerprint: Option<String>,
    pub(super) previous_fingerprint: Option<String>,
    pub(super) retired: Vec<i64>,
    pub(super) created_at: Option<String>,
    pub(super) created_by: &'a str,
    pub(super) expires_at: Option<String>,
    pub(super) event_id: Option<String>,
}

/// The JSON of `revoke`.
#[derive(Serialize)]
struct Revoked {
    outcome: &'static str,
    session_id: i64,
    retired: Vec<i64>,
    event_id: Option<String>,
}

/// A change that is done, or may be.
pub(super) struct Receipt<'a> {
    done: &'a Provisioned,
    request: &'a Request,
}

impl<'a> Receipt<'a> {
    pub(super) fn new(done: &'a Provisioned, request: &'a Request) -> Self {
        Self { done, request }
    }

    /// Writes it. Whatever holds the GUID is wiped.
    pub(super) fn render(&self, format: Format) -> Wiped {
        let outcome = match self.done.certainty {
            Certainty::Committed => word(self.done.applied.plan.outcome),
            Certainty::Unknown => "unknown",
        };
        match &self.done.guid {
            Some(guid) => self.created(outcome, guid, format),
            None => Zeroizing::new(render(&self.revoked(outcome), format, None)),
        }
    }

    fn created(&self, outcome: &'static str, guid: &HostGuid, format: Format) -> Wiped {
        let guid = guid.reveal();
        let mut text = Zeroizing::new(String::with_capacity(ROOM));
        if format == Format::Table {
            text.push_str(&guid);
            text.push('\n');
            return text;
        }
        let applied = &self.done.applied;
        let record = applied.record.as_ref();
        let view = Created {
            schema_version: SCHEMA_VERSION,
            outcome,
            session_id: self.request.session.get(),
            host_session_id: record.map(|record| record.id.get()),
            host_guid: Some(&guid),
            fingerprint: record.map(|record| record.hash.fingerprint().short()),
            previous_fingerprint: applied.plan.previous_fingerprint().map(|fingerprint| fingerprint.short()),
            retired: numbers(&applied.plan.retired_ids()),
            created_at: record.map(|record| record.created_at.to_string()),
            created_by: self.request.by.as_str(),
            expires_at: time(applied.plan.expires_at),
            event_id: applied.event.map(|event| event.to_string()),
        };
        write(&view, format, &mut text);
        text
    }

    fn revoked(&self, outcome: &'static str) -> Revoked {
        let applied = &self.done.applied;
        Revoked {
            outcome,
            session_id: self.request.session.get(),
            retired: numbers(&applied.plan.retired_ids()),
            event_id: applied.event.map(|event| event.to_string()),
        }
    }
}

/// The columns of CSV.
pub(super) const COLUMNS: &[&str] = &[
    "schema_version",
    "outcome",
    "session_id",
    "host_session_id",
    "host_guid",
    "fingerprint",
    "previous_fingerprint",
    "retired",
    "created_at",
    "created_by",
    "expires_at",
    "event_id",
];

impl Created<'_> {
    pub(super) fn row(&self) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            self.schema_version.to_string(),
            self.outcome.to_owned(),
            self.session_id.to_string(),
            self.host_session_id.map(|id| id.to_string()).unwrap_or_default(),
            self.host_guid.unwrap_or_default().to_owned(),
            text(&self.fingerprint),
            text(&self.previous_fingerprint),
            joined(&self.retired),
            text(&self.created_at),
            self.created_by.to_owned(),
            text(&self.expires_at),
            text(&self.event_id),
        ]
    }
}

fn joined(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

/// Writes JSON or CSV; our own buffers are wiped, the libraries' are small and short-lived.
fn write(view: &Created<'_>, format: Format, text: &mut Wiped) {
    if format == Format::Csv {
        let mut grid = Grid { columns: COLUMNS, rows: vec![view.row()] };
        text.push_str(&Zeroizing::new(csv(&grid)));
        grid.rows.zeroize();
        return;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    if json::write(&mut *bytes, view).is_ok() {
        text.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
        text.push('\n');
    }
}

impl Report for Revoked {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn grid(&self) -> Grid {
        let event = self.event_id.clone().unwrap_or_default();
        let row = vec![self.outcome.to_owned(), self.session_id.to_string(), joined(&self.retired), event];
        Grid { columns: &["outcome", "session_id", "retired", "event_id"], rows: vec![row] }
    }

    fn text(&self, _: Option<u16>) -> String {
        format!("{}\n", self.outcome)
    }
}
