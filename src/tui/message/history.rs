//! What a person does in the history.

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
    /// Reads again.
    Refresh,
    /// Goes up one level: the entry, a question, the search, the history.
    Up,
    /// Stops reading, or leaves.
    Cancel,
    /// Leaves.
    Leave,
}
