//! What goes to stdout: a table for people, JSON, JSON lines or CSV for programs.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

use rustix::io::Errno;
use serde_json::Value;

use super::exit::{Exit, Failure};
use super::{json, table};
use crate::domain::sanitize::visible;

/// The forms of stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One object a line.
    Jsonl,
    /// RFC 4180, with a header; formulas are quoted away.
    Csv,
}

impl Format {
    /// Tells whether stderr must hold nothing but one object, and that only on failure.
    #[must_use]
    pub fn is_for_programs(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

/// Rows under names, for CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The names.
    pub columns: &'static [&'static str],
    /// As many cells in each row as there are columns; not yet sanitized.
    pub rows: Vec<Vec<String>>,
}

/// A result that can be written in every form.
pub trait Report: Send + 'static {
    /// Gives the JSON of the contract; lossless.
    fn json(&self) -> Value;
    /// Gives the rows of CSV.
    fn grid(&self) -> Grid;
    /// Writes it for people, no wider than `width` where one is given. Ends with a line break, unless empty.
    fn text(&self, width: Option<u16>) -> String;
}

/// Writes a report in the form that was asked for.
#[must_use]
pub fn render(report: &dyn Report, format: Format, width: Option<u16>) -> String {
    match format {
        Format::Table => report.text(width),
        Format::Json => format!("{}\n", json::text(&report.json())),
        Format::Jsonl => match report.json() {
            Value::Array(items) => lines(items.iter().map(json::text)),
            other => lines([json::text(&other)]),
        },
        Format::Csv => csv(&report.grid()),
    }
}

/// Writes one item a line.
pub(super) fn lines(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().fold(String::new(), |mut text, item| {
        // Writing into a String does not fail.
        let _ = writeln!(text, "{item}");
        text
    })
}

/// Writes CSV with every cell made harmless.
pub(super) fn csv(grid: &Grid) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut all = writer.write_record(grid.columns);
    for row in &grid.rows {
        all = all.and_then(|()| writer.write_record(row.iter().map(|cell| harmless(cell))));
    }
    // Writing into memory does not fail; if it did, a short file would be worse than none.
    let bytes = all.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Escapes what is hostile to terminals, and quotes away what a spreadsheet would compute: what begins with one of four
/// signs, in either width, and blanks before it (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn harmless(cell: &str) -> String {
    let shown = visible(cell);
    let is_formula = shown.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{shown}") } else { shown.into_owned() }
}

/// Writes a report to stdout. A reader that went away has seen enough: that is no error.
///
/// # Errors
/// A failure with exit code 1 when stdout cannot be written.
pub async fn print(report: impl Report, format: Format) -> Result<(), Failure> {
    // On a thread of its own: a pipe that nobody empties must not keep a signal from ending the program.
    let written = tokio::task::spawn_blocking(move || {
        let text = render(&report, format, table::terminal_width());
        write_text(&text)
    });
    let lost = |_| Err(Failure::new(Exit::Failed, "failed", "the result could not be written"));
    written.await.unwrap_or_else(lost)
}

/// Checks, before anything is changed, that stdout can take a report. It may be closed, or lack a reader.
///
/// # Errors
/// A failure with exit code 1 where it is full.
pub fn check() -> Result<(), Failure> {
    match rustix::io::write(rustix::stdio::stdout(), &[]) {
        Ok(_) | Err(Errno::AGAIN | Errno::INTR | Errno::PIPE) => Ok(()),
        Err(error) => {
            let message = format!("stdout cannot be written: {}; nothing was changed", io::Error::from(error));
            Err(Failure::new(Exit::Failed, "stdout_closed", message).hint("make room, or let the report go elsewhere"))
        }
    }
}

/// Writes the report of something that is done, and stays so whether or not it can be told.
///
/// # Errors
/// A failure with exit code 11.
pub async fn print_done(report: impl Report, format: Format) -> Result<(), Failure> {
    print(report, format).await.map_err(|failure| {
        let message = format!("it is done and stays done, but {}", failure.message);
        Failure::new(Exit::NotDelivered, "not_reported", message)
            .hint("look at what is there before you do it again: `list`, `show`, `history`")
    })
}

/// Writes text to stdout; a closed pipe is no error.
///
/// # Errors
/// A failure with exit code 1 for everything else.
pub fn write_text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, "stdout_closed", format!("stdout cannot be written: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_computes_nothing_of_ours() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "\u{3000}=1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
        assert_eq!(harmless("\t=1"), "\\u{9}=1");
    }

    #[test]
    fn csv_quotes_what_it_must() {
        let grid = Grid { columns: &["a", "b"], rows: vec![vec!["x,y".to_owned(), "say \"hi\"".to_owned()]] };
        assert_eq!(csv(&grid), "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n");
    }
}
