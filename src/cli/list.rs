//! `list`: sessions with their host records.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::output::{self, Grid, Report};
use super::table::{or_dash, table};
use super::view::{SessionView, to_json};
use super::{Context, Failure};
use crate::domain::filter::{FilterError, Name, RecordTest, Test};
use crate::domain::order::Order;
use crate::domain::session::SessionId;
use crate::store::{Page, SessionFilter, SessionQuery};

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only sessions whose title has all these words, whatever the case; a number may be the id
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only sessions that match this filter, in the language of the console: words, id:, status:, record:, by:, age:
    ///
    /// `-` turns a term around, and quotes hold a text together: `review -status:completed by:"r. sato" age:>90d`. id:
    /// takes ids and ranges (1,5,9-12), record: none, active, expired, expiring (within seven days) or duplicate, age:
    /// the age of the current record. One that begins with `-` follows an equals sign: --filter=-status:completed.
    #[arg(long, value_name = "FILTER", value_parser = understood)]
    filter: Option<SessionFilter>,
    /// Only sessions with this status
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only sessions whose host record is like this
    #[arg(long, value_enum, value_name = "STATE")]
    record: Option<RecordArg>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Only sessions after this id: the next page
    #[arg(long, value_name = "ID")]
    after: Option<SessionId>,
}

/// Reads a filter, and names the word that is wrong.
fn understood(text: &str) -> Result<SessionFilter, FilterError> {
    SessionFilter::parse(text)
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RecordArg {
    /// No active record
    None,
    /// A current record that has not expired
    Active,
    /// A current record that has expired
    Expired,
    /// Legacy duplicates
    Duplicate,
}

impl From<RecordArg> for RecordTest {
    fn from(arg: RecordArg) -> Self {
        match arg {
            RecordArg::None => Self::None,
            RecordArg::Active => Self::Active,
            RecordArg::Expired => Self::Expired,
            RecordArg::Duplicate => Self::Duplicate,
        }
    }
}

/// Which sessions to list.
#[derive(Debug)]
pub struct List {
    query: SessionQuery,
}

impl From<ListArgs> for List {
    fn from(args: ListArgs) -> Self {
        let mut filter = args.filter.unwrap_or_default();
        filter.terms.extend(SessionFilter::words(args.search.as_deref().unwrap_or_default()).terms);
        let status = args.status.map(|text| Test::Status(Name { text, exact: true }));
        let record = args.record.map(|record| Test::Record(record.into()));
        filter.terms.extend(status.into_iter().chain(record).map(Into::into));
        let page = args.after.map_or(Page::First, |id| Page::After(id.into()));
        Self { query: SessionQuery { filter, order: Order::default(), page, limit: args.limit } }
    }
}

impl List {
    /// Lists the sessions; none is no error.
    ///
    /// # Errors
    /// What the store or stdout says.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        let store = context.provisioner.store();
        let limit = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        // One more than is shown tells whether there are more.
        let query = SessionQuery { limit: self.query.limit.saturating_add(1), ..self.query };
        let found = store.sessions(&query).await?;
        let now = store.clock().now();
        let rows = found.iter().take(limit).map(|row| SessionView::new(&row.session, &row.active, now)).collect();
        let sessions = Sessions(rows);
        let last = sessions.0.last().map(|session| session.session_id);
        output::print(sessions, context.style.format).await?;
        match last {
            None => context.messages.note("no session matches"),
            Some(last) if found.len() > limit => context.messages.note(&format!("there are more: --after {last}")),
            Some(_) => {}
        }
        Ok(())
    }
}

/// Sessions, ready to be written.
struct Sessions(Vec<SessionView>);

impl Report for Sessions {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn grid(&self) -> Grid {
        let columns = &[
            "session_id",
            "title",
            "status",
            "participant_count",
            "started_at",
            "ended_at",
            "host_session_id",
            "fingerprint",
            "created_at",
            "created_by",
            "expires_at",
            "last_used_at",
            "state",
            "duplicates",
        ];
        Grid { columns, rows: self.0.iter().map(csv_row).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let columns = [
            "ID",
            "TITLE",
            "STATUS",
            "PEOPLE",
            "RECORD",
            "FINGERPRINT",
            "STATE",
            "CREATED",
            "BY",
            "EXPIRES",
            "DUPLICATES",
        ];
        table(&columns, self.0.iter().map(text_row).collect(), width)
    }
}

fn csv_row(session: &SessionView) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let record = session.record.as_ref();
    let of_record = |pick: fn(&super::view::RecordView) -> Option<String>| record.and_then(pick).unwrap_or_default();
    vec![
        session.session_id.to_string(),
        text(&session.title),
        text(&session.status),
        session.participant_count.map(|count| count.to_string()).unwrap_or_default(),
        text(&session.started_at),
        text(&session.ended_at),
        of_record(|record| Some(record.host_session_id.to_string())),
        of_record(|record| Some(record.fingerprint.clone())),
        of_record(|record| Some(record.created_at.clone())),
        of_record(|record| record.created_by.clone()),
        of_record(|record| record.expires_at.clone()),
        of_record(|record| record.last_used_at.clone()),
        of_record(|record| Some(record.state.to_owned())),
        session.duplicates.to_string(),
    ]
}

fn text_row(session: &SessionView) -> Vec<String> {
    let record = session.record.as_ref();
    vec![
        session.session_id.to_string(),
        or_dash(session.title.as_ref()),
        or_dash(session.status.as_ref()),
        or_dash(session.participant_count),
        record.map_or_else(|| "none".to_owned(), |record| format!("#{}", record.host_session_id)),
        or_dash(record.map(|record| &record.fingerprint)),
        or_dash(record.map(|record| record.state)),
        or_dash(record.map(|record| &record.created_at)),
        or_dash(record.and_then(|record| record.created_by.as_ref())),
        record.map_or_else(|| "–".to_owned(), |record| record.expires_at.clone().unwrap_or_else(|| "never".to_owned())),
        if session.duplicates == 0 { String::new() } else { format!("+{}", session.duplicates) },
    ]
}
