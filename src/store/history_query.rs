//! Which entries of the history to read, and what to search it for.

use crate::domain::chain::StoredEntry;
use crate::domain::search::Search;
use crate::domain::session::SessionId;

/// Where a page of the history begins. Pages go by key, so a deep page costs no more than the first. The key is the text
/// of an event id as it is stored, whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryPage {
    /// The newest entries.
    Newest,
    /// The oldest entries.
    Oldest,
    /// The entries before this one.
    Before(String),
    /// The entries right after this one.
    After(String),
}

/// One page of the history. It comes newest first, wherever it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuery {
    /// One session's, or everybody's.
    pub session: Option<SessionId>,
    /// From where.
    pub page: HistoryPage,
    /// At most so many.
    pub limit: u32,
}

/// One question of a search, which goes from the newest entry to the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySearch {
    /// One session's history, or everybody's.
    pub session: Option<SessionId>,
    /// What entries must be like.
    pub search: Search,
    /// Where the question before ended; `None` begins at the newest entry.
    pub before: Option<String>,
}

/// What one question of a search came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// The entries that were found, newest first; at most as many as were looked at.
    pub found: Vec<StoredEntry>,
    /// The event id down to which everything was looked at: where the next question goes on. `None` where there is
    /// nothing before it.
    pub reached: Option<String>,
}
