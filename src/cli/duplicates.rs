//! `duplicates`: sessions with more than one active record, and which of them would stay.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::output::{self, Grid, Report};
use super::table::{or_dash, table};
use super::view::{RecordView, to_json};
use super::{Context, Failure};
use crate::domain::consolidation::Choice;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::Crowded;

/// Arguments of `duplicates`.
#[derive(Debug, Args)]
pub(super) struct DuplicatesArgs {
    #[command(flatten)]
    within: WithinArgs,
    /// At most so many sessions
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Only sessions after this id: the next page
    #[arg(long, value_name = "ID")]
    after: Option<SessionId>,
}

/// When the rule leaves the choice to a person.
#[derive(Debug, Args)]
pub(super) struct WithinArgs {
    /// Two records used within so long of each other are left to a person
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = humantime::parse_duration)]
    pub(super) ambiguous_within: Duration,
}

/// Which sessions to look at.
#[derive(Debug)]
pub struct Duplicates {
    within: Duration,
    limit: usize,
    after: Option<SessionId>,
}

impl From<DuplicatesArgs> for Duplicates {
    fn from(args: DuplicatesArgs) -> Self {
        let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
        Self { within: args.within.ambiguous_within, limit, after: args.after }
    }
}

impl Duplicates {
    /// Lists them; none is no error.
    ///
    /// # Errors
    /// What the store or stdout says.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        let (mut rows, mut after, mut more) = (Vec::new(), self.after, true);
        while more && rows.len() <= self.limit {
            let (found, next) = context.provisioner.crowded(after, self.within).await?;
            rows.extend(found);
            (after, more) = (next, next.is_some());
        }
        let left_off = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().map(|row| row.session.id);
        let now = context.provisioner.store().clock().now();
        let sessions = rows.iter().map(|row| CrowdedView::new(row, now)).collect();
        output::print(Listed { sessions }, context.style.format).await?;
        match last {
            None => context.messages.note("no session has more than one active record"),
            Some(last) if left_off => context.messages.note(&format!("there are more: --after {last}")),
            Some(_) => {}
        }
        Ok(())
    }
}

/// A session with several active records, as JSON shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CrowdedView {
    pub(super) session_id: i64,
    pub(super) title: Option<String>,
    /// The record that stays by the rule; `null` where a person has to choose.
    pub(super) stays: Option<i64>,
    /// The records that would be retired; empty where a person has to choose.
    pub(super) goes: Vec<i64>,
    pub(super) ambiguous: bool,
    pub(super) why: String,
    pub(super) records: Vec<AgedRecord>,
}

/// One of the records, with its ages in whole seconds.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AgedRecord {
    #[serde(flatten)]
    record: RecordView,
    age_seconds: i64,
    unused_seconds: Option<i64>,
    #[serde(skip)]
    ages: (String, Option<String>),
}

impl CrowdedView {
    pub(super) fn new(crowded: &Crowded, now: Timestamp) -> Self {
        let stays = match crowded.choice {
            Choice::Stays(id, _) => Some(id),
            Choice::Ambiguous(..) => None,
        };
        let ids = crowded.active.iter().map(|record| record.id);
        let goes: Vec<HostRecordId> = ids.filter(|id| stays.is_some_and(|stays| stays != *id)).collect();
        let aged = crowded.active.iter().map(|record| AgedRecord {
            record: RecordView::new(record, now),
            age_seconds: now.seconds_since(record.created_at),
            unused_seconds: record.last_used_at.map(|at| now.seconds_since(at)),
            ages: (record.created_at.relative(now), record.last_used_at.map(|at| at.relative(now))),
        });
        Self {
            session_id: crowded.session.id.get(),
            title: crowded.session.title.clone(),
            stays: stays.map(HostRecordId::get),
            goes: goes.into_iter().map(HostRecordId::get).collect(),
            ambiguous: stays.is_none(),
            why: crowded.choice.sentence(),
            records: aged.collect(),
        }
    }

    /// What would happen to one of its records, in a word.
    fn fate(&self, record: i64) -> &'static str {
        match self.stays {
            None => "undecided",
            Some(id) if id == record => "stays",
            Some(_) => "goes",
        }
    }
}

/// Sessions, ready to be written.
pub(super) struct Listed {
    pub(super) sessions: Vec<CrowdedView>,
}

impl Listed {
    /// One row for each record; `pick` gives its cells.
    fn rows(&self, pick: impl Fn(&CrowdedView, usize, &AgedRecord) -> Vec<String>) -> Vec<Vec<String>> {
        let of_session = |session: &CrowdedView| {
            let cells = session.records.iter().enumerate().map(|(place, record)| pick(session, place, record));
            cells.collect::<Vec<_>>()
        };
        self.sessions.iter().flat_map(of_session).collect()
    }
}

impl Report for Listed {
    fn json(&self) -> Value {
        to_json(&self.sessions)
    }

    fn grid(&self) -> Grid {
        let columns = &[
            "session_id",
            "title",
            "host_session_id",
            "fingerprint",
            "created_at",
            "created_by",
            "expires_at",
            "last_used_at",
            "state",
            "fate",
            "why",
        ];
        let rows = self.rows(|session, _, AgedRecord { record, .. }| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            vec![
                session.session_id.to_string(),
                text(&session.title),
                record.host_session_id.to_string(),
                record.fingerprint.clone(),
                record.created_at.clone(),
                text(&record.created_by),
                text(&record.expires_at),
                text(&record.last_used_at),
                record.state.to_owned(),
                session.fate(record.host_session_id).to_owned(),
                session.why.clone(),
            ]
        });
        Grid { columns, rows }
    }

    fn text(&self, width: Option<u16>) -> String {
        if self.sessions.is_empty() {
            return String::new();
        }
        let columns = ["ID", "TITLE", "RECORD", "FINGERPRINT", "STATE", "AGE", "USED", "BY", "FATE", "WHY"];
        let rows = self.rows(|session, place, aged| {
            let (record, first) = (&aged.record, place == 0);
            let once = |text: String| if first { text } else { String::new() };
            let explains = session.stays.map_or(first, |id| id == record.host_session_id);
            vec![
                once(session.session_id.to_string()),
                once(or_dash(session.title.as_ref())),
                format!("#{}", record.host_session_id),
                record.fingerprint.clone(),
                record.state.to_owned(),
                aged.ages.0.clone(),
                aged.ages.1.clone().unwrap_or_else(|| "never".to_owned()),
                or_dash(record.created_by.as_ref()),
                session.fate(record.host_session_id).to_owned(),
                if explains { session.why.clone() } else { String::new() },
            ]
        });
        table(&columns, rows, width)
    }
}
