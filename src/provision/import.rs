//! Bringing rows of the tool of before in: read on a thread of its own, while the store lets them wait.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc::{self, Sender};

use super::Provisioner;
use super::event::{ProvisionEvent, Tell, log};
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Fault, Row, Rows, Typed};
use crate::domain::sanitize::visible;
use crate::domain::session::Session;
use crate::store::{Chunk, Import, ImportOutcome, Imported, Progress, StoreError};

/// Rows that are handed over at once.
const CHUNK: usize = 5000;

/// Chunks that may wait to be taken, besides the one that the store makes ready.
const AHEAD: usize = 1;

/// A file, and its name for people.
struct Input<T> {
    name: String,
    rows: Rows<Box<dyn BufRead + Send>, T>,
}

/// The two files of an import, begun.
pub struct Inputs {
    sessions: Input<Session>,
    records: Input<HostRecord>,
}

impl Inputs {
    /// Begins both, each by its name and its bytes.
    ///
    /// # Errors
    /// [`StoreError::Input`], where no row of one can be read.
    pub fn open(
        sessions: (String, Box<dyn BufRead + Send>),
        records: (String, Box<dyn BufRead + Send>),
    ) -> Result<Self, StoreError> {
        Ok(Self { sessions: Input::open(sessions)?, records: Input::open(records)? })
    }
}

fn broken(name: &str, why: impl std::fmt::Display) -> String {
    format!("{} cannot be imported: {why}", visible(name))
}

impl<T: Typed> Input<T> {
    fn open((name, bytes): (String, Box<dyn BufRead + Send>)) -> Result<Self, StoreError> {
        match Rows::open(bytes) {
            Ok(rows) => Ok(Self { name, rows }),
            Err(why) => Err(StoreError::Input { what: broken(&name, why) }),
        }
    }

    /// Hands all rows over; `None` where nobody takes them any more.
    fn hand_over(
        mut self,
        chunk: impl Fn(Vec<Row<T>>) -> Chunk,
        progress: &Progress,
        to: &Sender<Chunk>,
    ) -> Option<()> {
        let (mut rows, mut faults, mut before): (_, Vec<Fault>, _) = (Vec::with_capacity(CHUNK), Vec::new(), 0);
        loop {
            let read = match self.rows.next_row() {
                Ok(read) => read,
                Err(why) => {
                    let _ = to.blocking_send(Chunk::Broken(broken(&self.name, why)));
                    return None;
                }
            };
            let ended = read.is_none();
            match read {
                Some(Ok(row)) => rows.push(row),
                Some(Err(fault)) => faults.push(fault),
                None => {}
            }
            if ended || rows.len() == CHUNK || faults.len() == CHUNK {
                let full = std::mem::replace(&mut rows, Vec::with_capacity(CHUNK));
                // A chunk of nothing would stand between those that are sent and those that are made ready meanwhile.
                if !faults.is_empty() {
                    to.blocking_send(Chunk::Faults(std::mem::take(&mut faults))).ok()?;
                }
                if !full.is_empty() {
                    to.blocking_send(chunk(full)).ok()?;
                }
                progress.bytes.fetch_add(self.rows.bytes() - before, Ordering::Relaxed);
                before = self.rows.bytes();
            }
            if ended {
                return Some(());
            }
        }
    }
}

/// Reads both files, and says so when that is done.
fn read(inputs: Inputs, progress: &Progress, to: &Sender<Chunk>) -> Option<()> {
    inputs.sessions.hand_over(Chunk::Sessions, progress, to)?;
    inputs.records.hand_over(Chunk::Records, progress, to)?;
    to.blocking_send(Chunk::End).ok()
}

impl Provisioner {
    /// Imports two files, and tells of it when it is committed, or why it is not.
    ///
    /// # Errors
    /// [`StoreError`] with nothing changed, unless it says that this is not known. Rows that do not fit are no error, but
    /// [`ImportOutcome::Refused`].
    pub async fn import(&self, import: &Import<'_>, inputs: Inputs, tell: Tell<'_>) -> Result<Imported, StoreError> {
        let (sender, mut rows) = mpsc::channel(AHEAD);
        let progress = Arc::clone(import.progress);
        // It ends by itself when nobody takes its rows any more.
        drop(tokio::task::spawn_blocking(move || read(inputs, &progress, &sender)));
        let end = self.store.import(import, &mut rows).await;
        let line = match &end {
            Ok(Imported { outcome: ImportOutcome::Imported, sessions, records, .. }) => {
                ProvisionEvent::Imported(sessions.added, records.added, import.by.clone())
            }
            Ok(_) => return end,
            Err(error) => ProvisionEvent::failed(None, error),
        };
        log(&line, None);
        tell(line);
        end
    }
}
