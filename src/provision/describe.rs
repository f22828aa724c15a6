//! A plan in words, the same for the dry run and for the confirm screen.

use crate::domain::hash::HashScheme;
use crate::domain::host_record::HostRecordId;
use crate::domain::plan::{Outcome, Plan, RecordWrite};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;

/// One line of a plan: what it is about, and what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine {
    /// The left column.
    pub label: String,
    /// The right column; holds no hostile text.
    pub text: String,
}

fn line(label: impl Into<String>, text: impl Into<String>) -> PlanLine {
    PlanLine { label: label.into(), text: text.into() }
}

/// Says what a plan does to the records, and whom it hits; `write` writes instants.
#[must_use]
pub fn describe(plan: &Plan, session: &Session, write: &dyn Fn(Timestamp) -> String) -> Vec<PlanLine> {
    let previous = plan.previous_fingerprint().map_or_else(|| "none".to_owned(), |fp| fp.short());
    let mut lines = Vec::new();
    match (&plan.write, plan.outcome) {
        (RecordWrite::Update { id, .. }, _) => {
            lines.push(line(format!("Update record #{id} in place"), format!("{previous} → new GUID")));
        }
        (RecordWrite::Insert, _) => lines.push(line("Create a new record", "new GUID")),
        (RecordWrite::Keep { id, .. }, _) => {
            lines.push(line(format!("Keep record #{id} as it is"), format!("{previous} goes on working")));
        }
        (RecordWrite::Nothing, Outcome::Unchanged) => {
            let why = plan.previous.as_ref().map_or("no record is active", |_| "it is the only active record");
            lines.push(line("Nothing to do", why));
        }
        (RecordWrite::Nothing, _) => {}
    }
    if !plan.retired.is_empty() {
        let label = match plan.outcome {
            Outcome::Rotated | Outcome::Created | Outcome::Consolidated => "Retire legacy duplicates",
            Outcome::ForceCreated | Outcome::Revoked | Outcome::Unchanged => "Retire",
        };
        lines.push(line(label, ids(&plan.retired_ids())));
    }
    if plan.outcome != Outcome::Unchanged {
        lines.extend(expiry(plan, write));
        lines.push(line("Impact", impact(plan, session)));
    }
    lines
}

fn ids(records: &[HostRecordId]) -> String {
    records.iter().map(|id| format!("#{id}")).collect::<Vec<_>>().join(", ")
}

/// Shows the expiry where there is one, and where one is taken away.
fn expiry(plan: &Plan, write: &dyn Fn(Timestamp) -> String) -> Option<PlanLine> {
    let shown = |end: Option<Timestamp>| end.map_or_else(|| "never".to_owned(), write);
    let before = plan.previous.as_ref().filter(|record| record.is_active).and_then(|record| record.expires_at);
    match (before, plan.expires_at) {
        _ if plan.write == RecordWrite::Nothing => None,
        (None, None) => None,
        (before, after) if before == after => Some(line("Expires", shown(after))),
        (None, after) => Some(line("Expires", shown(after))),
        (before, after) => Some(line("Expires", format!("{} → {}", shown(before), shown(after)))),
    }
}

fn impact(plan: &Plan, session: &Session) -> String {
    if plan.outcome == Outcome::Consolidated {
        return "a host who uses a retired GUID is signed out at once".to_owned();
    }
    let had_host = plan.previous.as_ref().is_some_and(|record| record.is_active);
    match (had_host, session.people()) {
        (false, _) => "nobody is signed out: no record was active".to_owned(),
        (true, people) if people > 0 => format!("the host of {people} people is signed out at once"),
        (true, _) => "its host is signed out at once".to_owned(),
    }
}

/// Says what an operator should know although it forbids nothing.
#[must_use]
pub fn warnings(plan: &Plan, writes: HashScheme) -> Vec<String> {
    let new_form = plan.write.writes_hash() && plan.has_legacy_rows && writes != HashScheme::Legacy;
    new_form
        .then(|| {
            "today's web application cannot verify the new hash: it is written in another form than that of this \
             session's rows (--hash-write)"
                .to_owned()
        })
        .into_iter()
        .collect()
}
