//! What `consolidate` prints: what a plan holds, and what became of each session.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::cli::output::{Grid, Report};
use crate::cli::receipt::numbers;
use crate::cli::table::{fields, table};
use crate::cli::view::to_json;
use crate::domain::consolidation::Choice;
use crate::domain::host_record::HostRecordId;
use crate::provision::{Crowded, Fate, SessionEnd};

/// The version of the JSON.
const VERSION: u32 = 1;

/// A plan that was written.
#[derive(Debug, Serialize)]
pub(super) struct PlanMade {
    schema_version: u32,
    outcome: &'static str,
    file: String,
    sessions: usize,
    decided: usize,
    ambiguous: Vec<i64>,
}

impl PlanMade {
    pub(super) fn new(file: &Path) -> Self {
        let file = file.display().to_string();
        Self { schema_version: VERSION, outcome: "planned", file, sessions: 0, decided: 0, ambiguous: Vec::new() }
    }

    pub(super) fn count(&mut self, crowded: &Crowded) {
        self.sessions += 1;
        match crowded.choice {
            Choice::Stays(..) => self.decided += 1,
            Choice::Ambiguous(..) => self.ambiguous.push(crowded.session.id.get()),
        }
    }
}

fn joined(ids: &[i64], separator: &str) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

impl Report for PlanMade {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn grid(&self) -> Grid {
        let row =
            vec![self.file.clone(), self.sessions.to_string(), self.decided.to_string(), joined(&self.ambiguous, ";")];
        Grid { columns: &["file", "sessions", "decided", "ambiguous"], rows: vec![row] }
    }

    fn text(&self, _: Option<u16>) -> String {
        let ambiguous = match self.ambiguous.as_slice() {
            [] => "none".to_owned(),
            ids => format!("{}: sessions {}", ids.len(), joined(ids, ", ")),
        };
        fields(&[
            ("Plan", self.file.clone()),
            ("Sessions with several active records", self.sessions.to_string()),
            ("Decided by the rule", self.decided.to_string()),
            ("Left to a person", ambiguous),
        ])
    }
}

#[derive(Serialize)]
struct EndView<'a> {
    session_id: i64,
    outcome: &'static str,
    kept: Option<i64>,
    retired: Vec<i64>,
    event_id: Option<String>,
    why: Option<&'a str>,
}

/// Everything that was done, and what was left.
#[derive(Debug)]
pub(super) struct Applied {
    ends: Vec<SessionEnd>,
    outcome: &'static str,
}

impl Applied {
    pub(super) fn new(ends: Vec<SessionEnd>, dry_run: bool, stopped: bool) -> Self {
        let left = stopped || ends.iter().any(|end| end.fate.is_left());
        let outcome = match (dry_run, left) {
            (true, _) => "planned",
            (false, true) => "partly",
            (false, false) => "consolidated",
        };
        Self { ends, outcome }
    }

    /// Counts the sessions that were left as they were, although they were asked for.
    pub(super) fn left(&self) -> usize {
        self.ends.iter().filter(|end| end.fate.is_left()).count()
    }

    fn count(&self, fate: &Fate) -> usize {
        self.ends.iter().filter(|end| end.fate == *fate).count()
    }

    fn views(&self) -> impl Iterator<Item = EndView<'_>> {
        self.ends.iter().map(|end| EndView {
            session_id: end.session.get(),
            outcome: end.fate.word(),
            kept: end.kept.map(HostRecordId::get),
            retired: numbers(&end.retired),
            event_id: end.event.map(|event| event.to_string()),
            why: end.fate.why(),
        })
    }
}

#[derive(Serialize)]
struct AppliedView<'a> {
    schema_version: u32,
    outcome: &'static str,
    consolidated: usize,
    already: usize,
    left: usize,
    sessions: Vec<EndView<'a>>,
}

impl Report for Applied {
    fn json(&self) -> Value {
        to_json(&AppliedView {
            schema_version: VERSION,
            outcome: self.outcome,
            consolidated: self.count(&Fate::Done),
            already: self.count(&Fate::Already),
            left: self.left(),
            sessions: self.views().collect(),
        })
    }

    fn grid(&self) -> Grid {
        let cells = |end: EndView<'_>| {
            let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
            vec![
                end.session_id.to_string(),
                end.outcome.to_owned(),
                number(end.kept),
                joined(&end.retired, ";"),
                end.event_id.unwrap_or_default(),
                end.why.unwrap_or_default().to_owned(),
            ]
        };
        let columns = &["session_id", "outcome", "kept", "retired", "event_id", "why"];
        Grid { columns, rows: self.views().map(cells).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        if self.ends.is_empty() {
            return String::new();
        }
        let cells = |end: EndView<'_>| {
            let kept = end.kept.map_or_else(|| "–".to_owned(), |id| format!("#{id}"));
            let retired = end.retired.iter().map(|id| format!("#{id}")).collect::<Vec<_>>().join(", ");
            vec![
                end.session_id.to_string(),
                end.outcome.to_owned(),
                kept,
                retired,
                end.why.unwrap_or_default().to_owned(),
            ]
        };
        table(&["ID", "OUTCOME", "STAYS", "RETIRED", "WHY"], self.views().map(cells).collect(), width)
    }
}
