//! The entries around the cursor: a window of a history that may have millions, read by key both ways. A search goes one
//! way, from the newest entry to the oldest, stretch by stretch.

use super::History;
use super::draw::rows;
use crate::domain::chain::StoredEntry;
use crate::domain::search::Search;
use crate::domain::time::Timestamp;
use crate::store::{HistoryPage, HistoryQuery, HistorySearch, Stretch};
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::Motion;
use crate::tui::model::Model;

/// Entries that one question asks for.
const CHUNK: u32 = 100;
/// Entries that the window keeps at most.
const KEPT: usize = 400;
/// Entries between the cursor and the window's edge at which more are asked for.
const MARGIN: usize = 40;
/// Entries that a search shows at most.
const FOUND: usize = 1000;
/// Stretches that a search goes through by itself; then a key goes on. A stretch is some ten thousand entries.
const STRETCHES: u32 = 50;

/// A window of the history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The entries, newest first.
    pub entries: Vec<StoredEntry>,
    /// The place of the entry under the cursor. Entries neither change nor vanish, so what comes before it moves it along.
    pub cursor: usize,
    /// The number of the entry to go to, page by page, from the newest on.
    pub aim: Option<i64>,
    /// The first entry that is shown.
    pub top: usize,
    /// Whether the window begins with the newest entry.
    pub at_newest: bool,
    /// Whether the window ends with the oldest entry, or with the last that a search finds.
    pub at_oldest: bool,
    /// What entries must be like; an empty one shows all.
    pub search: Search,
    /// Its text.
    pub text: String,
    /// Down to where the search has looked at everything.
    pub reached: Option<String>,
    /// The question under way.
    pub loading: Option<Loading>,
    /// Why the last question failed.
    pub fault: Option<String>,
}

/// A question that is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loading {
    /// Its name.
    pub ticket: Ticket,
    /// What it is for.
    pub want: Want,
    /// When it was asked, or the first of its stretches.
    pub since: Timestamp,
}

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// The newest entries, or the first that a search finds.
    Newest,
    /// The oldest entries.
    Oldest,
    /// Those before the window.
    Older,
    /// Those after the window.
    Newer,
    /// Those that came since the window was read.
    Fresh,
    /// What a search finds, until there are so many, in so many stretches.
    Found {
        /// Entries that the window is to have.
        goal: usize,
        /// Stretches after this one.
        left: u32,
    },
}

impl Window {
    /// Gives the entry under the cursor.
    #[must_use]
    pub fn entry(&self) -> Option<&StoredEntry> {
        self.entries.get(self.cursor)
    }

    /// Tells whether the search has stopped before its end.
    #[must_use]
    pub fn can_go_on(&self) -> bool {
        !self.search.is_empty() && !self.at_oldest && self.loading.is_none() && self.entries.len() < FOUND
    }

    /// Tells whether as much was found as is shown at most.
    #[must_use]
    pub fn is_full(&self) -> bool {
        !self.search.is_empty() && self.entries.len() >= FOUND
    }

    /// Stops the question under way, if there is one.
    pub fn stop(&mut self) -> Option<Effect> {
        self.aim = None;
        self.loading.take().map(|loading| Effect::CancelLoad(loading.ticket))
    }

    /// Stops it where a person has seen that it is slow.
    pub fn stop_slow(&mut self, now: Timestamp) -> Option<Effect> {
        let is_slow = |loading: &Loading| now.millis_since(loading.since) >= SLOW;
        if self.loading.as_ref().is_some_and(is_slow) { self.stop() } else { None }
    }

    fn scroll_into_view(&mut self, height: usize) {
        let lowest = self.entries.len().saturating_sub(height);
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(height)).min(lowest);
    }

    /// Goes to the entry that is aimed at, or to the one before it where it is gone; else as far back as was read, and from
    /// there more is asked for.
    fn take_aim(&mut self) {
        let Some(aim) = self.aim else { return };
        let found = self.entries.iter().position(|entry| entry.seq <= aim);
        self.cursor = found.unwrap_or(self.entries.len().saturating_sub(1));
        self.aim = self.aim.filter(|_| found.is_none() && !self.at_oldest);
    }

    /// Puts newer entries before the window; the cursor stays on its entry.
    fn put_before(&mut self, mut newer: Vec<StoredEntry>, height: usize) {
        let (count, was_at_top) = (newer.len(), self.top == 0);
        newer.append(&mut self.entries);
        self.entries = newer;
        self.cursor += count;
        // What came since shows, as long as the cursor does.
        self.top = if was_at_top { 0 } else { self.top + count };
        self.at_oldest &= self.entries.len() <= KEPT;
        self.entries.truncate(KEPT.max(self.cursor + 1));
        self.scroll_into_view(height);
    }

    /// Puts older entries behind the window, and lets the newest go.
    fn put_behind(&mut self, older: Vec<StoredEntry>, kept: usize) {
        self.entries.extend(older);
        let surplus = self.entries.len().saturating_sub(kept).min(self.cursor);
        self.entries.drain(..surplus);
        self.cursor -= surplus;
        self.top = self.top.saturating_sub(surplus);
        self.at_newest &= surplus == 0;
    }
}

impl History {
    /// Asks for entries; an older question is stopped.
    pub(super) fn ask(&mut self, model: &mut Model, want: Want) -> Vec<Effect> {
        let ticket = model.ticket();
        let height = rows(model, self);
        let window = &mut self.window;
        let want = match want {
            Want::Newest if !window.search.is_empty() => {
                (window.reached, window.at_oldest) = (None, false);
                window.entries.clear();
                (window.cursor, window.top) = (0, 0);
                Want::Found { goal: height, left: STRETCHES }
            }
            Want::Fresh if window.entries.is_empty() => Want::Newest,
            other => other,
        };
        let goes_on = |old: &Loading| matches!((old.want, want), (Want::Found { .. }, Want::Found { .. }));
        let since = window.loading.filter(goes_on).map_or(model.now, |old| old.since);
        let stopped = window.loading.replace(Loading { ticket, want, since });
        window.fault = None;
        let stop = stopped.map(|old| Effect::CancelLoad(old.ticket));
        stop.into_iter().chain([Effect::Load(ticket, self.query(want))]).collect()
    }

    fn query(&self, want: Want) -> Query {
        let Window { entries, search, reached, .. } = &self.window;
        let key = |entry: Option<&StoredEntry>| entry.map(|entry| entry.event_id.clone());
        let page = match want {
            Want::Found { .. } => {
                let (search, before) = (search.clone(), reached.clone());
                return Query::Search(HistorySearch { session: self.session, search, before });
            }
            Want::Newest => HistoryPage::Newest,
            Want::Oldest => HistoryPage::Oldest,
            Want::Older => key(entries.last()).map_or(HistoryPage::Newest, HistoryPage::Before),
            Want::Newer | Want::Fresh => key(entries.first()).map_or(HistoryPage::Newest, HistoryPage::After),
        };
        Query::History(HistoryQuery { session: self.session, page, limit: CHUNK })
    }

    /// Shows all entries around the one under the cursor.
    pub(super) fn look_around(&mut self, model: &mut Model) -> Vec<Effect> {
        let here = self.window.entry().cloned();
        let stopped = self.window.stop();
        self.window = Window { entries: here.into_iter().collect(), ..Window::default() };
        let want = if self.window.entries.is_empty() { Want::Newest } else { Want::Older };
        stopped.into_iter().chain(self.ask(model, want)).collect()
    }

    /// Takes a page in.
    pub(super) fn read(&mut self, model: &mut Model, entries: Vec<StoredEntry>) -> Vec<Effect> {
        let height = rows(model, self);
        let window = &mut self.window;
        let Some(Loading { want, .. }) = window.loading.take() else { return Vec::new() };
        let is_end = entries.len() < CHUNK as usize;
        match want {
            Want::Newest => {
                (window.cursor, window.top) = (0, 0);
                (window.entries, window.at_newest, window.at_oldest) = (entries, true, is_end);
            }
            Want::Oldest => {
                window.cursor = entries.len().saturating_sub(1);
                (window.entries, window.at_newest, window.at_oldest) = (entries, is_end, true);
            }
            Want::Older => {
                window.at_oldest = is_end;
                window.put_behind(entries, KEPT);
            }
            Want::Newer | Want::Fresh => {
                window.at_newest = is_end;
                window.put_before(entries, height);
            }
            Want::Found { .. } => {}
        }
        window.take_aim();
        window.scroll_into_view(height);
        self.more(model)
    }

    /// Puts the cursor on an entry of the window, and asks for what lies beyond.
    pub(super) fn go_to(&mut self, model: &mut Model, place: usize) -> Vec<Effect> {
        (self.window.cursor, self.window.aim) = (place, None);
        self.more(model)
    }

    /// Takes in what a search found in one stretch, and goes on while there is room.
    pub(super) fn searched(&mut self, model: &mut Model, stretch: Stretch) -> Vec<Effect> {
        let height = rows(model, self);
        let window = &mut self.window;
        let Some(Loading { want: Want::Found { goal, left }, .. }) = window.loading else { return Vec::new() };
        window.entries.extend(stretch.found);
        window.entries.truncate(FOUND);
        window.at_oldest = stretch.reached.is_none();
        window.reached = stretch.reached.or(window.reached.take());
        if !window.at_oldest && window.entries.len() < goal.min(FOUND) && left > 0 {
            return self.ask_on(model, Want::Found { goal, left: left - 1 });
        }
        window.loading = None;
        window.scroll_into_view(height);
        Vec::new()
    }

    /// Goes on with the same search: the question before is answered.
    fn ask_on(&mut self, model: &mut Model, want: Want) -> Vec<Effect> {
        let mut effects = self.ask(model, want);
        effects.retain(|effect| !matches!(effect, Effect::CancelLoad(_)));
        effects
    }

    /// Moves the cursor, and asks for what lies beyond the window.
    pub(super) fn step(&mut self, model: &mut Model, motion: Motion) -> Vec<Effect> {
        let height = rows(model, self);
        let window = &mut self.window;
        window.aim = None;
        let lowest = window.entries.len().saturating_sub(1);
        let place = match motion {
            Motion::Up => window.cursor.saturating_sub(1),
            Motion::Down => window.cursor + 1,
            Motion::HalfUp => window.cursor.saturating_sub(height / 2),
            Motion::HalfDown => window.cursor + height / 2,
            Motion::PageUp => window.cursor.saturating_sub(height),
            Motion::PageDown => window.cursor + height,
            Motion::First if window.at_newest || !window.search.is_empty() => 0,
            Motion::First => return self.ask(model, Want::Newest),
            Motion::Last if window.at_oldest || !window.search.is_empty() => lowest + 1,
            Motion::Last => return self.ask(model, Want::Oldest),
        };
        window.cursor = place.min(lowest);
        window.scroll_into_view(height);
        if place > lowest && window.can_go_on() {
            let goal = window.entries.len() + height;
            return self.ask(model, Want::Found { goal, left: STRETCHES });
        }
        self.more(model)
    }

    /// Asks for the next entries when the cursor comes near the window's edge.
    fn more(&mut self, model: &mut Model) -> Vec<Effect> {
        let window = &self.window;
        if window.loading.is_some() || !window.search.is_empty() || window.entries.is_empty() {
            return Vec::new();
        }
        if !window.at_oldest && window.cursor + MARGIN >= window.entries.len() {
            return self.ask(model, Want::Older);
        }
        if !window.at_newest && window.cursor < MARGIN {
            return self.ask(model, Want::Newer);
        }
        Vec::new()
    }
}
