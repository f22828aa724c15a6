//! The rows that stay out: told, and kept if that was asked for.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;

use crate::cli::messages::Messages;
use crate::cli::new_file::NewFile;
use crate::cli::{Exit, Failure, json};
use crate::domain::import::{Fault, FaultKind, Table};
use crate::domain::sanitize::visible;
use crate::store::{Aside, StoreError, Unchanged};

/// Rows that are told, as many as some memory holds; beyond them `--skip-bad` has each.
const TOLD: usize = 100_000;

/// Bytes of a row that are kept; only a row that is none is longer.
const LONGEST: u64 = 1024 * 1024;

/// A file that is imported.
pub(super) struct Source {
    path: PathBuf,
    name: String,
    file: File,
    /// Its size and when it was last written; `None` where it is no file, but something that can be read once.
    was: Option<(u64, SystemTime)>,
}

/// Gives what changes whenever somebody writes to a file.
fn written(about: &Metadata) -> io::Result<Option<(u64, SystemTime)>> {
    if about.is_file() { Ok(Some((about.len(), about.modified()?))) } else { Ok(None) }
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = super::open(path)?;
        let about = file.metadata().map_err(|why| super::refused(path, &why))?;
        if about.is_dir() {
            return Err(super::refused(path, &io::ErrorKind::IsADirectory.into()));
        }
        let was = written(&about).map_err(|why| super::refused(path, &why))?;
        Ok(Self { path: path.to_owned(), name: path.display().to_string(), file, was })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn bytes(&self) -> u64 {
        self.was.map_or(0, |(size, _)| size)
    }

    /// Gives a handle for reading from the beginning.
    pub(super) fn handle(&self) -> Result<File, Failure> {
        self.file.try_clone().map_err(|why| super::refused(&self.path, &why))
    }

    /// Refuses what cannot be read twice: a row that stays out is read again to be kept.
    pub(super) fn must_be_a_file(&self) -> Result<(), Failure> {
        let why = || Failure::refused("--skip-bad", format!("{} is no file that can be read twice", self.name));
        self.was.map(drop).ok_or_else(why)
    }

    /// Refuses a file that somebody wrote to since it was opened. One that another took the place of is still the same.
    fn must_be_as_read(&self) -> Result<(), String> {
        let now = self.file.metadata().and_then(|about| written(&about));
        if now.as_ref().is_ok_and(|now| *now == self.was) {
            return Ok(());
        }
        Err(format!("{} was written to while it was imported", visible(&self.name)))
    }

    fn row(&self, fault: &Fault) -> io::Result<String> {
        let length = fault.place.length.min(LONGEST);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        let read = self.file.read_exact_at(&mut bytes, fault.place.offset);
        read.map_err(|why| self.must_be_as_read().err().map_or(why, io::Error::other))?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// A row that stays out, as it is told.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Told {
    file: String,
    line: u64,
    column: Option<&'static str>,
    reason: String,
    kind: &'static str,
    #[serde(skip)]
    of_records: bool,
}

/// The same with its text, as it is kept.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    told: &'a Told,
    table: &'static str,
    row: String,
    row_is_cut: bool,
}

#[derive(Default)]
struct State {
    told: Vec<Told>,
    count: u64,
    file: Option<NewFile>,
    /// Whether the file has its name.
    is_kept: bool,
}

/// Where the rows go that stay out.
pub(super) struct LeftOut {
    /// The files of sessions and of host records.
    sources: [Source; 2],
    place: Option<PathBuf>,
    state: Mutex<State>,
}

impl LeftOut {
    /// Begins the file for them, if one is asked for.
    pub(super) fn new(sources: [Source; 2], place: Option<&Path>) -> Result<Self, Failure> {
        let file = place.map(|place| NewFile::begin(place).map_err(|why| unwritable(place, &why))).transpose()?;
        let state = Mutex::new(State { file, ..State::default() });
        Ok(Self { sources, place: place.map(Path::to_owned), state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the rows that are told, in the order of their files, and how many there are in all.
    pub(super) fn all(&self) -> (Vec<Told>, u64) {
        let state = self.state();
        let mut told = state.told.clone();
        told.sort_by_key(|row| (row.of_records, row.line));
        (told, state.count)
    }

    /// Writes `file:line:column: reason` for each.
    pub(super) fn tell(&self, messages: &Messages) {
        let (told, count) = self.all();
        for Told { file, line, column, reason, .. } in &told {
            let place = column.map_or_else(|| format!("{file}:{line}"), |column| format!("{file}:{line}:{column}"));
            messages.fault(&format!("{place}: {reason}"));
        }
        let more = count - u64::try_from(told.len()).unwrap_or(count);
        if more > 0 {
            messages.fault(&format!("and {more} more, each of which --skip-bad FILE keeps"));
        }
    }

    /// Takes the file away again after an error; where it is not known what was imported, it stays.
    pub(super) fn forget(&self, error: &StoreError) {
        if self.state().is_kept && error.unchanged() == Unchanged::Nothing {
            // What cannot be removed does no harm.
            let _ = self.place.as_deref().map(fs::remove_file);
        }
    }

    fn keep_row(&self, file: &mut NewFile, told: &Told, fault: &Fault) -> io::Result<()> {
        let row = self.source(fault.table).row(fault)?;
        let kept = Kept { told, table: fault.table.name(), row, row_is_cut: fault.place.length > LONGEST };
        json::write(&mut *file, &kept)?;
        file.write_all(b"\n")
    }

    fn source(&self, table: Table) -> &Source {
        let [sessions, records] = &self.sources;
        match table {
            Table::Sessions => sessions,
            Table::HostSessions => records,
        }
    }
}

impl Aside for LeftOut {
    fn take(&self, fault: &Fault) -> io::Result<()> {
        let told = Told {
            file: self.source(fault.table).name.clone(),
            line: fault.place.line,
            column: fault.column,
            reason: fault.reason.to_string(),
            kind: match fault.kind {
                FaultKind::Bad => "bad",
                FaultKind::Conflict => "conflict",
            },
            of_records: fault.table == Table::HostSessions,
        };
        let mut state = self.state();
        state.count += 1;
        if let Some(file) = &mut state.file {
            self.keep_row(file, &told, fault)?;
        }
        if state.told.len() < TOLD {
            state.told.push(told);
        }
        Ok(())
    }

    fn keep(&self) -> io::Result<()> {
        let mut state = self.state();
        state.file.take().map_or(Ok(()), NewFile::finish)?;
        state.is_kept = true;
        Ok(())
    }

    fn must_be_as_read(&self) -> Result<(), String> {
        self.sources.iter().try_for_each(Source::must_be_as_read)
    }
}

fn unwritable(place: &Path, why: &io::Error) -> Failure {
    let (exit, hint) = match why.kind() {
        io::ErrorKind::AlreadyExists => (Exit::Usage, "no file is written over: name another one"),
        io::ErrorKind::NotFound => (Exit::Usage, "make the folder first"),
        io::ErrorKind::PermissionDenied => (Exit::NotAllowed, "name a file in a folder that you may write"),
        _ => (Exit::Failed, "name another file, or make room"),
    };
    let message = format!("{} cannot be written: {why}; nothing was changed", place.display());
    Failure::new(exit, "skip_bad_file", message).hint(hint)
}
