//! What the database answers, and why it did not.

use crate::domain::chain::StoredEntry;
use crate::domain::estimate::Estimate;
use crate::domain::expected::Conflict;
use crate::domain::overview::Overview;
use crate::domain::session::SessionId;
use crate::domain::snapshot::Snapshot;
use crate::domain::time::Timestamp;
use crate::provision::{AuditReport, Crowded, Preview};
use crate::store::{SessionRow, Stretch};
use crate::tui::remembered::Remembered;

/// A database that was opened, and its present instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// What was chosen of the console's looks there, the last time.
    pub remembered: Option<Remembered>,
    /// What the console is about from then on.
    pub about: crate::tui::model::About,
    /// The instant by the database's clock.
    pub now: Timestamp,
}

/// Why something did not work, in words for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub what: String,
    /// What was not changed; empty for reading.
    pub unchanged: String,
    /// The session is not as it was seen.
    pub conflict: Option<Box<Conflict>>,
}

impl Failure {
    /// Tells both, what was not changed first: a narrow line cuts off what comes last.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut unchanged = self.unchanged.chars();
        match unchanged.next() {
            Some(first) => format!("{}{}: {}.", first.to_uppercase(), unchanged.as_str(), self.what),
            None => format!("{}.", self.what),
        }
    }
}

/// An answer from the database. Its ticket names the question, so each asker looks for its own kind alone.
#[derive(Debug)]
pub enum Loaded {
    /// A page of sessions, in the order of ids.
    Sessions(Vec<SessionRow>),
    /// Ids of sessions, in their order.
    Ids(Vec<SessionId>),
    /// Marked sessions that are still there, and how many of them the filter shows.
    Marked(Vec<SessionId>, u64),
    /// About how many sessions there are, and match.
    Estimate(Estimate),
    /// How many sessions match.
    Count(u64),
    /// One session whole, with its newest entries, newest first.
    Detail(Box<Snapshot>, Vec<StoredEntry>),
    /// A plan, freshly read.
    Plan(Box<Preview>),
    /// The counts of the overview.
    Overview(Box<Overview>),
    /// A page of the history, newest first.
    History(Vec<StoredEntry>),
    /// What a search of the history found in one stretch.
    Found(Stretch),
    /// What a verification found.
    Verified(Box<AuditReport>),
    /// Sessions with several active records, in the order of ids.
    Crowded(Vec<Crowded>),
}
