//! What `import` prints.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::aside::{LeftOut, Told};
use crate::cli::output::{Grid, Report};
use crate::cli::table::table;
use crate::cli::view::to_json;
use crate::domain::import::Table;
use crate::store::{ImportOutcome, Imported, Tally};

/// The version of the JSON.
const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
struct Counts {
    read: u64,
    imported: u64,
    unchanged: u64,
    bad: u64,
    conflicts: u64,
}

impl Counts {
    /// Where an import is refused, the rows that fit stay out with the others.
    fn new(tally: Tally, outcome: ImportOutcome) -> Self {
        let Tally { read, added, unchanged, bad, conflicts } = tally;
        let imported = if outcome == ImportOutcome::Refused { 0 } else { added };
        Self { read, imported, unchanged, bad, conflicts }
    }

    fn cells(&self) -> Vec<String> {
        [self.read, self.imported, self.unchanged, self.bad, self.conflicts].map(|count| count.to_string()).to_vec()
    }
}

/// What an import did, or would do.
#[derive(Debug, Serialize)]
pub(super) struct ImportReport {
    schema_version: u32,
    outcome: &'static str,
    sessions: Counts,
    host_sessions: Counts,
    duplicates: u64,
    entries: u64,
    left_out: u64,
    /// At most the first thousand.
    left_out_rows: Vec<Told>,
    kept_in: Option<String>,
}

impl ImportReport {
    pub(super) fn new(done: &Imported, left_out: &LeftOut, skip_bad: Option<&Path>) -> Self {
        let refused = done.outcome == ImportOutcome::Refused;
        let (left_out_rows, left_out) = left_out.all();
        let is_kept = left_out > 0 && !refused && done.outcome != ImportOutcome::Planned;
        Self {
            schema_version: VERSION,
            outcome: match done.outcome {
                ImportOutcome::Imported => "imported",
                ImportOutcome::Unchanged => "unchanged",
                ImportOutcome::Refused => "refused",
                ImportOutcome::Planned => "planned",
            },
            sessions: Counts::new(done.sessions, done.outcome),
            host_sessions: Counts::new(done.records, done.outcome),
            duplicates: if refused { 0 } else { done.duplicates },
            entries: if refused { 0 } else { done.entries },
            left_out,
            left_out_rows,
            kept_in: skip_bad.filter(|_| is_kept).map(|file| file.display().to_string()),
        }
    }
}

impl Report for ImportReport {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn grid(&self) -> Grid {
        let row = |table: Table, counts: &Counts| [vec![table.name().to_owned()], counts.cells()].concat();
        Grid {
            columns: &["table", "read", "imported", "unchanged", "bad", "conflicts"],
            rows: vec![row(Table::Sessions, &self.sessions), row(Table::HostSessions, &self.host_sessions)],
        }
    }

    fn text(&self, width: Option<u16>) -> String {
        let Grid { columns, rows } = self.grid();
        let would = if self.outcome == "planned" { " would be" } else { "" };
        let Self { duplicates, entries, .. } = self;
        let below = if self.outcome == "refused" {
            String::new()
        } else {
            format!("duplicates flagged{would}: {duplicates}; entries in the history{would}: {entries}\n")
        };
        format!("{}{below}", table(columns, rows, width))
    }
}
