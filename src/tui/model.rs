//! Everything that the console knows: plain data, changed by the reducer alone.

use super::Place;
use super::connection::{Connection, Standing};
use super::effect::{JobId, Ticket};
use super::keymap::KeyMap;
use super::log_pane::Log;
use super::marks::Marks;
use super::screen::Screen;
use super::screen::sessions::SessionList;
use super::screen::verification::{Verified, Verifying};
use crate::config::{Profile, TimeMode};
use crate::domain::actor::{Actor, Origin};
use crate::domain::overview::MaxAge;
use crate::domain::session::SessionId;
use crate::domain::time::{Timestamp, Zone};
use crate::provision::{AuditReport, Provisioned};
use crate::store::ReadOnly;

/// What does not change while the console runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Engine and database, for the header.
    pub database: String,
    /// The profile that named it.
    pub profile: Option<Profile>,
    /// The databases that there are.
    pub places: Vec<Place>,
    /// The name that goes into `CreatedBy` unless another is typed.
    pub operator: Actor,
    /// What the machine knows of the operator.
    pub origin: Origin,
    /// What is said of the configuration.
    pub warnings: Vec<String>,
    /// How times are written unless another way is chosen.
    pub times: TimeMode,
    /// A throwaway world.
    pub demo: bool,
    /// The age from which on a Host GUID should be rotated.
    pub max_age: MaxAge,
    /// Nobody makes sure whose server it is, or that nobody reads along.
    pub unverified: bool,
    /// Why nothing can be written, if that is so.
    pub read_only: Option<ReadOnly>,
    /// The scheme that new hashes are written in.
    pub writes: crate::domain::hash::HashScheme,
}

/// The panels of the main screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// 1: the sessions.
    Sessions,
    /// 2: the session under the cursor.
    Detail,
    /// 3: the log.
    Log,
}

/// A sentence for the operator, above the footer until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence; holds no hostile text.
    pub text: String,
    /// Whether it is bad news.
    pub bad: bool,
    /// What it is news of.
    pub of: News,
}

/// What a notice is news of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// What a key did.
    Key,
    /// What became of a change: a list that cannot be read afterwards takes its place no more than anything else does.
    Change,
    /// What could not be read: no news any more once it is read.
    Reading,
}

/// What is being done.
#[derive(Debug, Clone)]
pub enum Work {
    /// A change of one session.
    Change {
        /// The form that it came from, to go back to when the session has changed meanwhile.
        form: Box<super::screen::reason::ReasonForm>,
        /// What was asked.
        request: Box<crate::domain::request::Request>,
    },
    /// A consolidation of one session or several.
    CleanUp(Box<super::screen::consolidation::CleanUp>),
}

impl Work {
    /// Gives the session that is being changed.
    #[must_use]
    pub fn session(&self) -> SessionId {
        match self {
            Self::Change { request, .. } => request.session,
            Self::CleanUp(clean_up) => clean_up.session(),
        }
    }
}

/// A change that is under way.
#[derive(Debug, Clone)]
pub struct RunningJob {
    /// Its name.
    pub id: JobId,
    /// What is being done.
    pub work: Work,
    /// When it began.
    pub since: Timestamp,
    /// Whether cancelling was asked for.
    pub cancelling: bool,
}

/// The kinds of change, as far as their outcomes are told in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There is a new Host GUID.
    Provision,
    /// There is none any more.
    Revocation,
    /// One of several goes on.
    Consolidation,
}

/// A change whose outcome is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// The change.
    pub job: JobId,
    /// Its session.
    pub session: SessionId,
    /// What it was.
    pub kind: Kind,
}

/// Milliseconds after which a database that says nothing is noticed.
pub const REST: u64 = 3000;

/// How far the list follows what others do to the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Following {
    /// Nobody watches.
    #[default]
    Resting,
    /// A change will be told.
    Watching,
    /// The database changed since the list was asked for.
    Outdated,
}

/// Whether the store is to look after what searches need, while nothing else goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tending {
    /// As soon as the database is at rest.
    #[default]
    Due,
    /// It takes a step.
    UnderWay,
    /// Not before somebody changes something.
    Done,
}

/// The whole state of the console.
#[derive(Debug)]
pub struct Model {
    /// What does not change.
    pub about: About,
    /// The keys.
    pub keys: KeyMap,
    /// The present instant, as the last clock message told.
    pub now: Timestamp,
    /// How times are written.
    pub time_mode: TimeMode,
    /// The clocks of this machine.
    pub zone: Zone,
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    /// The window of sessions.
    pub list: SessionList,
    /// The marked sessions.
    pub marks: Marks,
    /// The session under the cursor, whole.
    pub detail: super::screen::detail::Detail,
    /// The counts of the overview.
    pub overview: super::screen::overview::Counts,
    /// What has the keys.
    pub screen: Screen,
    /// Which panel moves.
    pub focus: Panel,
    /// Whether that panel has the whole screen.
    pub zoom: bool,
    /// The log panel.
    pub log: Log,
    /// Whether the terminal reports the mouse.
    pub mouse: bool,
    /// A sentence, until the next key.
    pub notice: Option<Notice>,
    /// The change that is under way: one at a time.
    pub job: Option<RunningJob>,
    /// Changes of which the database is still being asked whether they were committed.
    pub settling: Vec<Settling>,
    /// The verification under way: one at a time.
    pub verifying: Option<Verifying>,
    /// What the last verification came to.
    pub verified: Option<Verified>,
    /// What it found, while the operator is elsewhere.
    pub findings: Option<Box<AuditReport>>,
    /// A change that ended while the operator was elsewhere.
    pub ready: Option<(JobId, Provisioned)>,
    /// What became of several sessions while the operator was elsewhere.
    pub report: Option<Box<super::screen::report::Report>>,
    /// How far the list follows what others do.
    pub following: Following,
    /// Whether the store is to look after what searches need.
    pub tending: Tending,
    /// How old the list is, and whether the database answers.
    pub connection: Connection,
    /// Whether the program ends as soon as nothing is under way.
    pub quitting: bool,
    next: u64,
}

impl Model {
    /// Starts with nothing loaded.
    #[must_use]
    pub fn new(about: About, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            about,
            keys: KeyMap::default(),
            now,
            time_mode: TimeMode::default(),
            zone: Zone::Universal,
            size,
            list: SessionList::default(),
            marks: Marks::default(),
            detail: super::screen::detail::Detail::default(),
            overview: super::screen::overview::Counts::default(),
            screen: Screen::Sessions,
            focus: Panel::Sessions,
            zoom: false,
            log: Log::default(),
            mouse: false,
            notice: None,
            job: None,
            settling: Vec::new(),
            verifying: None,
            verified: None,
            findings: None,
            ready: None,
            report: None,
            following: Following::default(),
            tending: Tending::default(),
            connection: Connection::default(),
            quitting: false,
            next: 0,
        }
    }

    /// Begins anew on another database. Whatever is not named here is of one database alone, and does not come along.
    pub fn arrive(&mut self, about: About, now: Timestamp) {
        let fresh = Self::new(about, now, self.size);
        let Self { keys, time_mode, zone, focus, zoom, log, mouse, next, .. } = std::mem::replace(self, fresh);
        (self.keys, self.focus, self.zoom, self.log) = (keys, focus, zoom, log);
        (self.time_mode, self.zone, self.mouse, self.next) = (time_mode, zone, mouse, next);
    }

    /// Gives a name that no question had before.
    pub fn ticket(&mut self) -> Ticket {
        self.next += 1;
        Ticket(self.next)
    }

    /// Gives a name that no job had before.
    pub fn job_id(&mut self) -> JobId {
        self.next += 1;
        JobId(self.next)
    }

    /// Tells the operator something.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: false, of: News::Key });
    }

    /// Tells the operator bad news.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: true, of: News::Key });
    }

    /// Tells the operator what became of a change.
    pub fn say_of_change(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: false, of: News::Change });
    }

    /// Tells the operator that a change did not become what was asked.
    pub fn warn_of_change(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: true, of: News::Change });
    }

    /// Tells the operator what could not be read, unless that would hide what became of a change.
    pub fn warn_of_reading(&mut self, text: impl Into<String>) {
        if self.notice.as_ref().is_none_or(|notice| notice.of != News::Change) {
            self.notice = Some(Notice { text: text.into(), bad: true, of: News::Reading });
        }
    }

    /// Takes back that something could not be read.
    pub fn reads_again(&mut self) {
        self.notice.take_if(|notice| notice.of == News::Reading);
    }

    /// Tells whether quitting asks nothing: on a screen that shows nothing, no question can be answered.
    #[must_use]
    pub fn may_quit_unseen(&self) -> bool {
        matches!(self.screen, Screen::Sessions) && self.job.is_none() && self.ready.is_none()
    }

    /// Tells whether the filter line takes a line of the list.
    #[must_use]
    pub fn filter_line_is_shown(&self) -> bool {
        matches!(self.screen, Screen::Filter) || !self.list.filter.is_empty()
    }

    /// Counts the lines that the filter takes from the list: the text, and help while it is edited.
    #[must_use]
    pub fn filter_lines(&self) -> u16 {
        u16::from(self.filter_line_is_shown()) + u16::from(matches!(self.screen, Screen::Filter))
    }

    /// Counts the lines that a search takes from the log.
    #[must_use]
    pub fn log_search_lines(&self) -> u16 {
        u16::from(matches!(self.screen, Screen::LogSearch) || !self.log.search.is_empty())
    }

    /// Says after how many milliseconds without anything else the clock is to be looked at.
    #[must_use]
    pub fn tick(&self) -> u64 {
        // Typing rests after a moment, and then the question is asked.
        if self.list.typed_at.is_some() { 50 } else { self.beat().min(REST) }
    }

    /// Gives what the clock alone changes on the screen: it is drawn again when this differs.
    #[must_use]
    pub fn face(&self) -> (Standing, u64) {
        let now = u64::try_from(self.now.utc().timestamp_millis()).unwrap_or(0);
        (self.connection.standing(self.now), now / self.beat())
    }

    /// Says how often the screen moves by itself: milliseconds between two frames.
    fn beat(&self) -> u64 {
        let waits = self.job.is_some()
            || self.list.loading.is_some()
            || self.detail.asked.is_some()
            || self.verifying.is_some()
            || self.marks.gathering.is_some()
            || self.list.numbers.counting.is_some()
            || self.overview.loading.is_some()
            || matches!(&self.screen, Screen::Profiles(profiles) if profiles.waiting.is_some())
            || matches!(&self.screen, Screen::History(history) if history.window.loading.is_some())
            || matches!(&self.screen, Screen::Confirm(confirm) if confirm.is_waiting())
            || matches!(&self.screen, Screen::Consolidation(shown) if shown.is_waiting());
        let counts = matches!(&self.screen, Screen::Confirm(confirm) if confirm.preview.is_some())
            || matches!(&self.screen, Screen::Consolidation(shown) if shown.read_at.is_some())
            || matches!(&self.screen, Screen::Reveal(reveal) if reveal.shown_until.is_some())
            || matches!(self.connection.standing(self.now), Standing::Stale(_) | Standing::Offline(_));
        match (waits, counts) {
            (true, _) => 200,
            (false, true) => 1000,
            // Ages of minutes.
            (false, false) => 60_000,
        }
    }
}
