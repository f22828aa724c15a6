//! The list of sessions: a window of rows around the cursor, never the table.

use std::collections::HashMap;

use tui_input::Input;

use crate::domain::filter::Known;
use crate::domain::order::{Order, Place, SortKey};
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::store::{Page, SessionFilter, SessionQuery, SessionRow};
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::{Failure, FilterUi, MainUi, Motion, Ui};
use crate::tui::model::{Following, Model};
use crate::tui::screen::Screen;
use crate::tui::screen::filter::Completion;
use crate::tui::theme::Theme;
use crate::tui::view::text;

pub mod counting;
pub mod freezing;
mod landing;
pub mod marked;
pub mod marking;
pub mod sorting;
mod table;

pub use counting::Numbers;
pub use landing::loaded;
pub use table::draw;

/// Rows that one question asks for.
const CHUNK: u32 = 100;
/// Rows that the window keeps at most.
const KEPT: usize = 400;
/// Rows between the cursor and the window's edge at which more are asked for.
const MARGIN: usize = 40;

/// A question for rows that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loading {
    /// Its name.
    pub ticket: Ticket,
    /// Where the answer goes.
    pub page: Page,
    /// Where the cursor goes then.
    pub land: Land,
    /// When it was asked.
    pub since: Timestamp,
    /// Whether a change of the database asked, and no person.
    pub unasked: bool,
}

/// Where the cursor stands after new rows came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Land {
    /// On its session; if that vanished, nothing acts until the next movement.
    Stay,
    /// On its session if it matches the new filter, else on the first match.
    Match,
    /// On the first row.
    First,
    /// On the last row.
    Last,
    /// On its session; each row stays in its place, and what vanished leaves none.
    InPlace,
    /// On this session; where it is not in the list, the list stays as it is.
    On(SessionId),
}

/// What the rows of the window are of the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Picture {
    /// What it had there when they were read.
    #[default]
    Whole,
    /// They were read again each in its place: others may belong among them by now.
    Patched,
    /// It is known to have changed since.
    Outdated,
    /// There is none: a person stopped the search for it. Who asks for it begins it again, a change does not.
    GivenUp,
}

/// The window of rows, by identity: the cursor is a session, not a place.
#[derive(Debug, Clone, Default)]
pub struct SessionList {
    /// The rows of the window, in their order.
    pub rows: Vec<SessionRow>,
    /// The order.
    pub order: Order,
    /// Where rows stood in the order that have another value by now, and were left in their places.
    pub moved: HashMap<SessionId, Place>,
    /// The session under the cursor.
    pub cursor: Option<SessionId>,
    /// Its row vanished with a refresh: nothing acts until the next movement.
    pub cursor_lost: bool,
    /// The first row that is shown.
    pub top: usize,
    /// Whether the window begins with the first session.
    pub at_start: bool,
    /// Whether the window ends with the last session.
    pub at_end: bool,
    /// What the rows are of the database.
    pub picture: Picture,
    /// The filter that the rows were read with.
    pub filter: String,
    /// The filter line.
    pub input: Input,
    /// What completes the words of a filter.
    pub known: Known,
    /// The candidates that the filter line goes through.
    pub completion: Option<Completion>,
    /// When the text of the filter line was changed last, while it has not been asked for.
    pub typed_at: Option<Timestamp>,
    /// The session that was under the cursor when the filter was begun.
    pub anchor: Option<SessionRow>,
    /// How many sessions there are, and match.
    pub numbers: Numbers,
    /// The question under way.
    pub loading: Option<Loading>,
    /// Why the last question failed.
    pub failure: Option<Failure>,
}

impl SessionList {
    /// Gives the filter that the rows are read with.
    #[must_use]
    pub fn wanted(&self) -> SessionFilter {
        // Only a text that is understood becomes the filter.
        SessionFilter::parse(&self.filter).unwrap_or_default()
    }

    /// Finds where a row stood in the order when it was read.
    #[must_use]
    pub fn place_of(&self, row: &SessionRow) -> Place {
        let moved = self.moved.get(&row.session.id).cloned();
        moved.unwrap_or_else(|| self.order.place(&row.session, &row.active))
    }

    /// Finds the place of the cursor in the window.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let cursor = self.cursor?;
        self.rows.iter().position(|row| row.session.id == cursor)
    }

    /// Gives the row under the cursor, unless it vanished.
    #[must_use]
    pub fn selected(&self) -> Option<&SessionRow> {
        if self.cursor_lost { None } else { self.rows.get(self.position()?) }
    }

    /// Gives the row that a key may act on: the one under the cursor, unless a new filter is about to take it away.
    #[must_use]
    pub fn target(&self) -> Option<&SessionRow> {
        let filter = self.wanted();
        self.selected().filter(|row| filter.fits_session(&row.session))
    }

    /// Keeps the cursor within the `height` rows that are shown.
    pub fn scroll_into_view(&mut self, height: usize) {
        let place = self.position().unwrap_or(0);
        let lowest = self.rows.len().saturating_sub(height);
        self.top = self.top.min(place).max((place + 1).saturating_sub(height)).min(lowest);
    }

    /// Lets the first rows of the window go.
    fn drop_above(&mut self, surplus: usize) {
        self.rows.drain(..surplus);
        self.top = self.top.saturating_sub(surplus);
        self.at_start &= surplus == 0;
    }

    /// Lets all but so many rows of the window go.
    fn drop_below(&mut self, kept: usize) {
        self.at_end &= self.rows.len() <= kept;
        self.rows.truncate(kept);
    }

    fn go_to(&mut self, place: usize) {
        self.cursor = self.rows.get(place.min(self.rows.len().saturating_sub(1))).map(|row| row.session.id);
        self.cursor_lost = false;
    }
}

/// Asks for rows; an older question is stopped.
pub fn load(model: &mut Model, page: Page, limit: u32, land: Land) -> Vec<Effect> {
    let ticket = model.ticket();
    if model.list.picture == Picture::GivenUp {
        model.list.picture = Picture::Outdated;
    }
    let stopped =
        model.list.loading.replace(Loading { ticket, page: page.clone(), land, since: model.now, unasked: false });
    let query = SessionQuery { filter: model.list.wanted(), order: model.list.order, page, limit };
    let stop = stopped.map(|old| Effect::CancelLoad(old.ticket));
    stop.into_iter().chain([Effect::Load(ticket, Query::Sessions(query))]).collect()
}

/// Holds the cursor where it is, because its session is looked at: a jump under way is given up.
pub fn hold(model: &mut Model) -> Vec<Effect> {
    let jumps = |loading: &mut Loading| matches!(loading.land, Land::First | Land::Last | Land::On(_));
    if let Some(jump) = model.list.loading.take_if(jumps) {
        return vec![Effect::CancelLoad(jump.ticket)];
    }
    if let Some(loading) = model.list.loading.as_mut().filter(|loading| loading.land == Land::Match) {
        loading.land = Land::Stay;
    }
    Vec::new()
}

/// Stops the question under way where a person has seen that it is slow.
pub fn stop_slow(model: &mut Model) -> Option<Effect> {
    let is_slow = |loading: &Loading| model.now.millis_since(loading.since) >= SLOW;
    if model.list.loading.as_ref().is_some_and(is_slow) { stop(model) } else { None }
}

/// Tells whether a question is under way that a key stops.
#[must_use]
pub fn can_be_stopped(model: &Model) -> bool {
    // What nobody asked for is no reason for a key to do something else than it says, unless it shows.
    let shows = |loading: &Loading| !loading.unasked || model.now.millis_since(loading.since) >= SLOW;
    model.list.loading.as_ref().is_some_and(shows)
}

/// Says what is being read, and since when, once a person sees that it is slow.
#[must_use]
pub fn progress(model: &Model, theme: &Theme) -> Option<String> {
    let is_slow = |loading: &&Loading| model.now.millis_since(loading.since) >= SLOW;
    let loading = model.list.loading.as_ref().filter(is_slow)?;
    let what = match loading.land {
        Land::Match if !model.list.filter.is_empty() => format!("Searching for {}", text::clean(&model.list.filter)),
        Land::Match | Land::Stay | Land::InPlace => "Reading the sessions".to_owned(),
        Land::First => "Going to the first session".to_owned(),
        Land::Last => "Going to the last session".to_owned(),
        Land::On(session) => format!("Going to session {session}"),
    };
    let typing = matches!(model.screen, Screen::Filter);
    let stop = model.keys.of(&if typing { Ui::Filter(FilterUi::Discard) } else { Ui::Main(MainUi::Back) });
    let (turn, waited) = (theme.turn(loading.since, model.now), text::waited(loading.since, model.now));
    Some(format!("{turn} {what}, {waited}; {stop} stops it"))
}

/// Stops the question under way, if there is one.
pub fn stop(model: &mut Model) -> Option<Effect> {
    let stops = can_be_stopped(model);
    let stopped = model.list.loading.take_if(|_| stops)?;
    // Whoever stopped it does not want it begun again, nor anything else asked.
    model.list.numbers.outdated = false;
    if model.list.picture == Picture::Outdated {
        model.list.numbers.doubt();
    }
    if model.following == Following::Outdated {
        model.following = Following::Resting;
    }
    model.say(format!("Stopped reading. {} reads again.", model.keys.main(MainUi::Refresh)));
    if stopped.land == Land::Match {
        model.list.picture = Picture::GivenUp;
        let what = "Reading was stopped".to_owned();
        failed(model, stopped.land, Failure { what, unchanged: String::new(), conflict: None });
    }
    Some(Effect::CancelLoad(stopped.ticket))
}

/// Keeps the rows of a question that was not answered, unless they belong to another filter.
pub fn failed(model: &mut Model, land: Land, failure: Failure) {
    if land == Land::Match {
        model.list.rows.clear();
    }
    model.list.failure = Some(failure);
}

/// Reads the list from its beginning; then it is told how many there are.
pub fn load_first(model: &mut Model) -> Vec<Effect> {
    let mut effects = counting::filter_changed(model);
    effects.extend(load(model, Page::First, CHUNK, Land::Match));
    effects
}

/// Puts the cursor back on the session where the filter was begun, if the filter shows it.
pub fn return_to_anchor(model: &mut Model, height: usize) -> Vec<Effect> {
    let list = &mut model.list;
    let filter = list.wanted();
    let Some(anchor) = list.anchor.take().map(|row| row.session).filter(|session| filter.fits_session(session)) else {
        return Vec::new();
    };
    list.cursor = Some(anchor.id);
    // What a change of the database asked for is this list again.
    if list.loading.as_ref().is_none_or(|loading| loading.unasked) && list.position().is_some() {
        list.scroll_into_view(height);
        return Vec::new();
    }
    load(model, Page::From(anchor.id), CHUNK, Land::Match)
}

/// Reads the window again where it is.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    let Some(first) = model.list.rows.first().map(|row| row.session.id) else {
        return load_first(model);
    };
    if model.list.order.key != SortKey::Id || model.connection.frozen.is_some() {
        return sorting::refresh_in_place(model);
    }
    let page = if model.list.at_start { Page::First } else { Page::From(first) };
    let limit = u32::try_from(model.list.rows.len()).unwrap_or(CHUNK).max(CHUNK);
    load(model, page, limit, Land::Stay)
}

/// Reads the window again because the database changed.
pub fn refresh_unasked(model: &mut Model) -> Vec<Effect> {
    let effects = refresh(model);
    if let Some(loading) = &mut model.list.loading {
        loading.unasked = true;
    }
    effects
}

/// Moves the cursor, and asks for what lies beyond the window.
pub fn step(model: &mut Model, motion: Motion, height: usize) -> Vec<Effect> {
    let list = &mut model.list;
    let lowest = list.rows.len().saturating_sub(1);
    let place = list.position().unwrap_or(0);
    let place = match motion {
        Motion::Up => place.saturating_sub(1),
        Motion::Down => place + 1,
        Motion::HalfUp => place.saturating_sub(height / 2),
        Motion::HalfDown => place + height / 2,
        Motion::PageUp => place.saturating_sub(height),
        Motion::PageDown => place + height,
        Motion::First if list.at_start => 0,
        Motion::First => return load(model, Page::First, CHUNK, Land::First),
        Motion::Last if list.at_end => lowest,
        Motion::Last => return load(model, Page::Last, CHUNK, Land::Last),
    };
    list.go_to(place.min(lowest));
    list.scroll_into_view(height);
    more(model)
}

/// Puts the cursor on the row that is shown at this place, counted from the first that is shown.
pub fn point_at(model: &mut Model, row: usize) -> Vec<Effect> {
    let place = model.list.top + row;
    if place >= model.list.rows.len() {
        return Vec::new();
    }
    model.list.go_to(place);
    more(model)
}

/// Asks for the next rows when the cursor comes near the window's edge.
pub fn more(model: &mut Model) -> Vec<Effect> {
    let list = &model.list;
    let (Some(place), None) = (list.position(), &list.loading) else {
        return Vec::new();
    };
    let edge = |row: Option<&SessionRow>| row.map(|row| list.place_of(row));
    let below = edge(list.rows.last()).filter(|_| !list.at_end && place + MARGIN >= list.rows.len());
    let above = edge(list.rows.first()).filter(|_| !list.at_start && place < MARGIN);
    match (below, above) {
        (Some(bottom), _) => load(model, Page::After(bottom), CHUNK, Land::Stay),
        (None, Some(first)) => load(model, Page::Before(first), CHUNK, Land::Stay),
        (None, None) => Vec::new(),
    }
}
