//! What the reducer wants done: plain data, carried out by the runtime.

use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::guid::HostGuid;
use crate::domain::overview::MaxAge;
use crate::domain::request::Request;
use crate::domain::session::SessionId;
use crate::provision::{Certainty, Mandate, Planned};
use crate::store::{HistoryQuery, HistorySearch, SessionFilter, SessionQuery};

/// Names one running change; an event with another id changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobId(pub u64);

/// Names one question; an answer to an older one is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

/// A question to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// A page of sessions.
    Sessions(SessionQuery),
    /// The ids of a page of sessions, to be marked.
    Ids(SessionQuery),
    /// Which of some marked sessions are still there, and how many of them the filter shows.
    Marked(Vec<SessionId>, SessionFilter),
    /// About how many sessions there are, and match this filter.
    Estimate(SessionFilter),
    /// How many sessions match this filter.
    Count(SessionFilter),
    /// One session whole.
    Detail(SessionId),
    /// What a request would do now.
    Plan(Box<Request>),
    /// The counts of the overview, against a policy.
    Overview(MaxAge),
    /// A page of the history.
    History(HistoryQuery),
    /// A stretch of a search of the history.
    Search(HistorySearch),
    /// Which of some sessions have several active records.
    Crowded(Vec<SessionId>),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Asks the database; the answer comes as a message with the ticket.
    Load(Ticket, Query),
    /// Verifies the history of a session, or of all; messages tell how far it is, and then the answer comes.
    Verify(Ticket, Option<SessionId>),
    /// Stops a question, a verification, or the opening of a database.
    CancelLoad(Ticket),
    /// Opens the database of a profile, or the one that the program was started with; a message tells.
    Open(Ticket, Option<String>),
    /// Works on the database that was opened from now on, and lets the present one go.
    Adopt(Ticket),
    /// Looks, after so many milliseconds, whether the database has changed since the last look; a message tells. It
    /// takes the place of the look before.
    Watch(u64),
    /// Lets the store take a step of what it looks after, if one is due; a message tells whether it did.
    Tend,
    /// Changes a host record. Reachable only from a confirmed plan.
    Provision {
        /// The job's name.
        job: JobId,
        /// What was confirmed.
        request: Box<Request>,
        /// What the plan was read from.
        expected: Box<Expected>,
    },
    /// Retires the duplicates of sessions, one session after the other. Reachable only from a confirmed plan.
    CleanUp {
        /// The job's name.
        job: JobId,
        /// What was confirmed.
        planned: Vec<Planned>,
        /// By whom, and why.
        mandate: Box<Mandate>,
    },
    /// Rolls a job back, unless its COMMIT was sent.
    CancelJob(JobId),
    /// Ends work on several sessions as soon as the one that is under way is done.
    StopJob(JobId),
    /// Goes on asking whether an attempt was committed until the database answers.
    Settle(JobId, SessionId, EventId),
    /// Writes to the log that a new GUID, committed or perhaps so, reached nobody.
    Undelivered(SessionId, EventId, Certainty),
    /// Copies the GUID of a job to where the terminal can paste it from.
    Copy(JobId, HostGuid),
    /// Takes a copy back where that is possible, and wipes the screen's memory.
    Forget,
    /// Has the terminal report the mouse, or leaves it to the terminal.
    Mouse(bool),
    /// Draws everything again from nothing.
    Redraw,
    /// Suspends the program.
    Suspend,
    /// Ends the program.
    Quit,
}
