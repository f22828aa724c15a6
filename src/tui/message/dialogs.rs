//! What a person does in the smaller screens and lines.

use tui_input::InputRequest;

use super::Motion;

/// What works in the search of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogUi {
    /// Edits the text.
    Edit(InputRequest),
    /// Goes back to the lines; what was found stays marked.
    Keep,
    /// Takes the search away.
    Drop,
}

/// What works in the search of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpUi {
    /// Begins to type.
    Search,
    /// Edits the text.
    Edit(InputRequest),
    /// Goes back to the keys that were found.
    Keep,
    /// Takes the search away.
    Drop,
}

/// What works in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaletteUi {
    /// Edits the text.
    Edit(InputRequest),
    /// Goes to another action that can be done.
    Move(Motion),
    /// Does the action under the cursor.
    Run,
    /// Leaves.
    Back,
}

/// What works in the list of profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfilesUi {
    /// Moves.
    Move(Motion),
    /// Opens the database of the profile under the cursor.
    Choose,
    /// Stops opening, or leaves.
    Back,
}

/// What works before the question whether to quit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveUi {
    /// Quits as soon as the change is done and its GUID handed over.
    WhenDone,
    /// Cancels the change where that is still possible.
    CancelJob,
    /// Stays.
    Stay,
}
