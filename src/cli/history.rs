//! `history`: what was done to sessions, by whom and why, newest first.

use clap::Args;
use serde_json::Value;

use super::output::{self, Grid, Report};
use super::table::{or_dash, table};
use super::view::event;
use super::{Context, Failure};
use crate::domain::chain::{AuditBody, StoredEntry};
use crate::domain::event_id::EventId;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::store::{HistoryPage, HistoryQuery};

/// Arguments of `history`.
#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Only this session's; it may be deleted by now
    #[arg(long, value_name = "N")]
    session_id: Option<SessionId>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Only entries before this one: the next page
    #[arg(long, value_name = "EVENT")]
    before: Option<EventId>,
}

/// Which part of the history to show.
#[derive(Debug)]
pub struct History {
    query: HistoryQuery,
}

impl From<HistoryArgs> for History {
    fn from(args: HistoryArgs) -> Self {
        let page = args.before.map_or(HistoryPage::Newest, |event| HistoryPage::Before(event.to_string()));
        Self { query: HistoryQuery { session: args.session_id, page, limit: args.limit } }
    }
}

impl History {
    /// Shows entries; none is no error.
    ///
    /// # Errors
    /// What the store or stdout says.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        let limit = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        let query = HistoryQuery { limit: self.query.limit.saturating_add(1), ..self.query };
        let mut found = context.provisioner.store().history(&query).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|entry| entry.event_id.clone());
        output::print(Entries(found), context.style.format).await?;
        match last {
            None => context.messages.note("no entry matches"),
            Some(last) if more => context.messages.note(&format!("there are more: --before {last}")),
            Some(_) => {}
        }
        Ok(())
    }
}

/// Entries, ready to be written.
pub(super) struct Entries(pub(super) Vec<StoredEntry>);

/// The fields of a body, then the hash: the columns of CSV.
const COLUMNS: &[&str] = &[
    "v",
    "session",
    "seq",
    "event",
    "action",
    "host_session",
    "retired",
    "by",
    "os_user",
    "client",
    "reason",
    "old_fp",
    "new_fp",
    "expires",
    "at",
    "entry_hash",
];

impl Report for Entries {
    fn json(&self) -> Value {
        self.0.iter().map(event).collect()
    }

    fn grid(&self) -> Grid {
        let row = |entry: &StoredEntry| {
            let body = event(entry);
            COLUMNS.iter().map(|column| cell(body.get(column))).collect()
        };
        Grid { columns: COLUMNS, rows: self.0.iter().map(row).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let columns = ["AT", "SESSION", "ACTION", "RECORD", "BY", "REASON", "FINGERPRINT", "EVENT"];
        table(&columns, self.0.iter().map(text_row).collect(), width)
    }
}

/// Writes a value of a body as a cell; lists are joined by semicolons.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(";"),
        Some(other) => other.to_string(),
    }
}

/// Names the record that got the new hash, and those that were retired.
fn records(body: &AuditBody) -> String {
    let kept = body.host_session.filter(|id| !body.retired.contains(id)).map(|id| format!("#{id}"));
    let names: Vec<String> = body.retired.iter().map(|id| format!("#{id}")).collect();
    let retired = (!names.is_empty()).then(|| format!("retired {}", names.join(" ")));
    kept.into_iter().chain(retired).collect::<Vec<_>>().join(", ")
}

/// Cuts an instant to the second, if it is one.
fn seconds(at: &str) -> String {
    Timestamp::parse_fixed_width(at).map_or_else(|| at.to_owned(), |at| at.whole_seconds().to_string())
}

fn text_row(entry: &StoredEntry) -> Vec<String> {
    let short = |fingerprint: &Option<String>| {
        fingerprint.as_ref().map_or_else(|| "none".to_owned(), |digits| digits.chars().take(12).collect())
    };
    let Some(body) = entry.parse_body() else {
        let mut row = vec![seconds(&entry.at), entry.session.to_string(), entry.action.clone()];
        row.extend(["?", "?", "the entry cannot be read: audit verify tells more", "?"].map(str::to_owned));
        row.push(entry.event_id.clone());
        return row;
    };
    vec![
        seconds(&entry.at),
        body.session.to_string(),
        body.action.word().to_owned(),
        records(&body),
        body.by.clone(),
        or_dash(body.reason.as_ref()),
        format!("{} → {}", short(&body.old_fp), short(&body.new_fp)),
        body.event,
    ]
}
