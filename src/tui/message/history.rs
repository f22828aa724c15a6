//! What a person does in the history, and what its verification says.

use tui_input::InputRequest;

use super::Motion;

/// What works in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryUi {
    /// Moves through the entries, or scrolls the one that is shown whole.
    Move(Motion),
    /// Shows the entry under the cursor whole.
    Open,
    /// Begins to type a search.
    Search,
    /// Edits the search.
    Edit(InputRequest),
    /// Searches.
    Keep,
    /// Leaves the search as it was.
    Discard,
    /// Goes to the next entry that was found.
    NextMatch,
    /// Goes to the one before.
    PreviousMatch,
    /// From one session to all, or from all to the one of the entry under the cursor.
    OtherScope,
    /// To a rotation of the session.
    Rotate,
    /// To a revocation.
    Revoke,
    /// To a consolidation.
    Consolidate,
    /// Verifies the history that is shown.
    Verify,
    /// Reads again.
    Refresh,
    /// Goes up one level: the entry, a question, the search, the history.
    Up,
    /// Stops reading, or leaves.
    Cancel,
    /// Leaves.
    Leave,
}

/// What works before the findings of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingsUi {
    /// Moves.
    Move(Motion),
    /// Goes to the history of the session, and to its entry.
    Open,
    /// Leaves.
    Back,
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So much was read.
    Read {
        /// Entries that were verified.
        entries: u64,
        /// Faults that were found.
        damaged: u64,
    },
    /// There are about so many entries.
    About(u64),
}
