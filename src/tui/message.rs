//! Everything that can happen to the console, split by where it comes from.

use tui_input::InputRequest;

use super::effect::{JobId, Ticket};
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::{ProvisionEvent, Provisioned, SessionEnd};

mod answer;
mod dialogs;
mod history;
mod pointer;

pub use answer::{Arrival, Failure, Loaded};
pub use dialogs::{HelpUi, LeaveUi, LogUi, PaletteUi, ProfilesUi};
pub use history::{FindingsUi, HistoryUi, Progress};
pub use pointer::Pointer;

/// One thing that happened.
#[derive(Debug)]
pub enum Message {
    /// A person did something.
    Ui(Ui),
    /// A change of a host record went on.
    Job(JobId, JobEvent),
    /// The answer to a question to the database.
    Loaded(Ticket, Result<Loaded, Failure>),
    /// It is now so late. Comes before every message from a person, and while something on the screen moves.
    Clock(Timestamp),
    /// A verification of histories went on.
    Verifying(Ticket, Progress),
    /// A look at the database ended. There is none until the next one is asked for.
    Looked(Look),
    /// The store took a step of what it looks after, or had none to take.
    Tended(bool),
    /// Another database is open, or why it is not.
    Opened(Ticket, Result<Box<Arrival>, Failure>),
    /// What became of the copy of a job's GUID, in words.
    Copied(JobId, Result<String, String>),
}

/// What a look at the database found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Somebody committed something.
    Changed,
    /// Nobody had, at this instant.
    Unchanged(Timestamp),
    /// It did not answer; why.
    Lost(String),
}

/// What a person does, by name and not by key: one enum for each screen that has the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ui {
    /// Anywhere.
    Global(Global),
    /// On the main screen.
    Main(MainUi),
    /// In the filter line.
    Filter(FilterUi),
    /// In the reason form.
    Reason(ReasonUi),
    /// Before a plan.
    Confirm(ConfirmUi),
    /// Before a new GUID.
    Reveal(RevealUi),
    /// In the history.
    History(HistoryUi),
    /// Before what a verification found.
    Findings(FindingsUi),
    /// In a text that scrolls: detail, help, warnings.
    Pager(PagerUi),
    /// In the search of the help.
    Help(HelpUi),
    /// In the search of the log.
    Log(LogUi),
    /// In the palette.
    Palette(PaletteUi),
    /// In the list of profiles.
    Profiles(ProfilesUi),
    /// In the overview.
    Overview(OverviewUi),
    /// Before the question whether to quit.
    Leave(LeaveUi),
}

/// What works on every screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Global {
    /// Shows the keys, or takes them away.
    Help,
    /// Shows all actions by name; over the main screen, a detail, a history or the overview.
    Palette,
    /// Draws everything again.
    Redraw,
    /// Suspends the program.
    Suspend,
    /// Writes times in the next way: as ages, by this machine's clock, in UTC.
    Times,
    /// Switches the mouse on, or off.
    Mouse,
    /// The mouse did something at a column and a line.
    Pointer(Pointer, u16, u16),
    /// A bracketed paste: data for a text field, never keys.
    Paste(String),
    /// The terminal has a new size, in columns and lines.
    Resize(u16, u16),
    /// The terminal lost the focus.
    FocusLost,
}

/// What works on the main screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MainUi {
    /// Moves in the focused panel.
    Move(Motion),
    /// Goes to the next panel.
    NextPanel,
    /// Goes to the panel before.
    PreviousPanel,
    /// Goes to a panel.
    Focus(super::model::Panel),
    /// Gives the focused panel the whole screen, or takes it back.
    Zoom,
    /// Shows or hides the log panel.
    ToggleLog,
    /// Makes the log panel larger or smaller.
    ResizeLog(i16),
    /// Leaves lines below the next level out of the log.
    LogLevel,
    /// Starts typing a search of the log.
    SearchLog,
    /// Goes to the next line of the log that was found, towards the older ones.
    NextMatch,
    /// Goes to the one before.
    PreviousMatch,
    /// Starts typing a filter; where the log has the keys, a search of it.
    Filter,
    /// Opens the session under the cursor.
    Open,
    /// Takes the filter away, or stops a question.
    Back,
    /// Asks for a rotation.
    Rotate,
    /// Explains that rotating takes a capital letter.
    ExplainRotate,
    /// Explains that revoking takes a capital letter.
    ExplainRevoke,
    /// Asks for a revocation.
    Revoke,
    /// Asks for a consolidation.
    Consolidate,
    /// Explains that consolidating takes a capital letter.
    ExplainConsolidate,
    /// Marks the session under the cursor, or takes its mark away.
    Mark,
    /// Begins a range, or marks it up to the cursor.
    MarkRange,
    /// Marks all sessions that match the filter.
    MarkAll,
    /// Takes all marks away.
    UnmarkAll,
    /// Counts the sessions that match, all of them.
    Count,
    /// Shows the history of the session.
    History,
    /// Sorts by the next column.
    SortNext,
    /// Turns the order around.
    SortReverse,
    /// Holds the rows as they are, or lets them follow the database again.
    Freeze,
    /// Goes to a session, wherever it is in the list.
    Jump(SessionId),
    /// Reads again.
    Refresh,
    /// Shows the profiles.
    Profiles,
    /// Shows the overview.
    Overview,
    /// Shows what is said of the configuration.
    Warnings,
    /// Quits; asks while a job runs.
    Quit,
    /// Cancels what waits.
    Cancel,
}

/// What works in the filter line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterUi {
    /// Edits the text.
    Edit(InputRequest),
    /// Puts in what completes the word at the cursor, or the next that does.
    Complete,
    /// Puts in the one before.
    CompleteBack,
    /// Keeps the filter and goes back to the list.
    Keep,
    /// Takes the filter away.
    Discard,
}

/// What works in the reason form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonUi {
    /// Edits the focused text field.
    Edit(InputRequest),
    /// Space: a character in a text field, a toggle on force-new.
    Space,
    /// Goes to the next field.
    Next,
    /// Goes to the field before.
    Previous,
    /// Chooses the next quick pick.
    PickDown,
    /// Chooses the quick pick before.
    PickUp,
    /// Goes on to the plan, or shows what is wrong.
    GoOn,
    /// Goes back to the list.
    Back,
}

/// What works before a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmUi {
    /// Lets the next record stay, where there is a choice.
    ChooseNext,
    /// Lets the record before stay.
    ChoosePrevious,
    /// A character: `y` for an idle session, a digit of the id for a live one.
    Type(char),
    /// Takes back the last character.
    Erase,
    /// Confirms a typed id; alone it confirms nothing.
    Enter,
    /// Goes back to the form.
    Back,
    /// Reads the plan again.
    Refresh,
}

/// What works before a new GUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevealUi {
    /// Shows it for ten seconds.
    Show,
    /// Copies it.
    Copy,
    /// Leaves; asks while it was neither shown nor copied.
    Leave,
    /// Yes, it has been handed over.
    Yes,
}

/// What works in a text that scrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagerUi {
    /// Scrolls.
    Move(Motion),
    /// From the detail to the history.
    History,
    /// From the detail to a rotation.
    Rotate,
    /// From the detail to a revocation.
    Revoke,
    /// From the detail to a consolidation.
    Consolidate,
    /// Verifies the session's history.
    Verify,
    /// Leaves.
    Back,
}

/// What works in the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverviewUi {
    /// Moves from bar to bar.
    Move(Motion),
    /// Goes to the next chart.
    NextChart,
    /// Goes to the chart before.
    PreviousChart,
    /// Makes the bar under the cursor the filter of the list.
    Choose,
    /// Counts again.
    Refresh,
    /// Stops counting, or leaves.
    Back,
}

/// A movement in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
}

/// What a running change reports.
#[derive(Debug)]
pub enum JobEvent {
    /// A line of its story.
    Told(ProvisionEvent),
    /// It ended.
    Ended(Box<Result<Provisioned, Failure>>),
    /// One session of a consolidation is done with. Not each of them is told.
    OneEnded(SessionEnd),
    /// A consolidation ended, with all its sessions that were come to, and why it came to no more.
    CleanedUp(Vec<SessionEnd>, Option<Failure>),
    /// An unknown outcome is known now: whether it was committed.
    Settled(bool),
}
