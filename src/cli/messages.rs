//! What goes to stderr, through a thread of its own: a terminal that stands still must not hold up a transaction.

use std::io::Write as _;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::exit::Failure;
use super::{Style, Volume};
use crate::domain::sanitize::visible;
use crate::provision::ProvisionEvent;

/// How long the lines before a GUID may keep it waiting.
const BEFORE_A_GUID: Duration = Duration::from_millis(200);

/// How long the last lines are waited for.
const AT_THE_END: Duration = Duration::from_secs(5);

enum Item {
    Line(String),
    /// Answered when all lines before it are written.
    Flush(Sender<()>),
}

/// The writer of stderr. Under `--json` it writes nothing but the one object of a failure.
pub struct Messages {
    items: Sender<Item>,
    /// Ends when the sender is gone; it may be waiting for a terminal, so nobody waits for it.
    _writer: Option<JoinHandle<()>>,
    style: Style,
}

impl Messages {
    /// Starts the writer.
    #[must_use]
    pub fn new(style: Style) -> Self {
        let (items, queue) = mpsc::channel();
        let write = move || {
            for item in queue {
                match item {
                    // Nobody can be told that stderr is gone.
                    Item::Line(line) => drop(writeln!(std::io::stderr(), "{line}")),
                    Item::Flush(done) => drop(done.send(())),
                }
            }
        };
        let writer = thread::Builder::new().name("stderr".to_owned()).spawn(write).ok();
        Self { items, _writer: writer, style }
    }

    fn send(&self, line: String) {
        let _ = self.items.send(Item::Line(line));
    }

    fn may_talk(&self) -> bool {
        !self.style.format.is_for_programs() && self.style.volume != Volume::Quiet
    }

    /// Writes a line of the log, verbatim.
    pub fn event(&self, event: &ProvisionEvent) {
        if self.may_talk() {
            self.send(event.to_string());
        }
    }

    /// Writes something that may need attention.
    pub fn warn(&self, text: &str) {
        if self.may_talk() {
            self.send(format!("warning: {}", visible(text)));
        }
    }

    /// Writes several such things.
    pub fn warn_of(&self, texts: &[String]) {
        for text in texts {
            self.warn(text);
        }
    }

    /// Writes what is wrong with one of many, also where errors alone are written.
    pub fn fault(&self, text: &str) {
        if !self.style.format.is_for_programs() {
            self.send(visible(text).into_owned());
        }
    }

    /// Writes something worth knowing.
    pub fn note(&self, text: &str) {
        if self.may_talk() {
            self.send(visible(text).into_owned());
        }
    }

    /// Writes something that only `-v` wants.
    pub fn detail(&self, text: &str) {
        if self.may_talk() && self.style.volume == Volume::Verbose {
            self.send(visible(text).into_owned());
        }
    }

    /// Writes why the command failed.
    pub fn failure(&self, failure: &Failure) {
        if self.style.format.is_for_programs() {
            self.send(failure.to_json());
            return;
        }
        if !(failure.told && self.may_talk()) {
            self.send(format!("error: {}", visible(&failure.message)));
        }
        if let Some(details) = &failure.details {
            self.send(details.clone());
        }
        if let Some(hint) = &failure.hint {
            self.send(format!("hint: {}", visible(hint)));
        }
    }

    /// Waits a moment until everything is written, so that a GUID stands below the lines about it.
    pub fn settle(&self) {
        self.flush(BEFORE_A_GUID);
    }

    /// Waits until everything is written, unless stderr stands still.
    pub fn finish(self) {
        self.flush(AT_THE_END);
    }

    fn flush(&self, patience: Duration) {
        let (done, written) = mpsc::channel();
        let _ = self.items.send(Item::Flush(done));
        let _ = written.recv_timeout(patience);
    }
}
