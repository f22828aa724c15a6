//! The history of one session or of all, newest first: a list with a cursor, a search, and one entry whole.

use ratatui::layout::Position;
use tui_input::{Input, InputRequest};

use super::reason::{self, Purpose};
use super::{Screen, detail, sessions, verification};
use crate::domain::search::Search;
use crate::domain::session::SessionId;
use crate::tui::effect::{Effect, Ticket};
use crate::tui::message::{Failure, HistoryUi, Loaded, Motion, Ui};
use crate::tui::model::Model;
use crate::tui::possible::refused;
use crate::tui::theme::Theme;
use crate::tui::view::layout;

mod draw;
mod entry;
mod window;

pub use draw::draw;
pub use window::{Loading, Want, Window};

/// Characters that a search may have.
const LIMIT: usize = 200;

/// The history screen.
#[derive(Debug)]
pub struct History {
    /// Whose; `None` is everybody's.
    pub session: Option<SessionId>,
    /// The entries around the cursor.
    pub window: Window,
    /// What has the keys.
    pub mode: Mode,
    /// The line of the search.
    pub input: Input,
    /// Where leaving leads.
    pub back: Box<Screen>,
}

/// What of the history has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The list.
    List,
    /// The line of the search.
    Typing,
    /// The entry under the cursor, whole.
    Entry {
        /// Lines that are scrolled away.
        scroll: usize,
    },
}

/// Opens the history of the session under the cursor; of all, where there is no session at all.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let session = model.list.target().map(|row| row.session.id);
    open_of(model, session, Screen::Sessions)
}

/// Opens the history of a session, or of all, freshly read; leaving it leads to `back`.
pub fn open_of(model: &mut Model, session: Option<SessionId>, back: Screen) -> Vec<Effect> {
    let mut history = Box::new(History {
        session,
        window: Window::default(),
        mode: Mode::List,
        input: Input::default(),
        back: Box::new(back),
    });
    let mut effects = sessions::hold(model);
    effects.extend(history.ask(model, Want::Newest));
    model.screen = Screen::History(history);
    effects.extend(detail::follow_cursor(model, true));
    effects
}

/// Opens the history of a session and goes to an entry, however far back it is; a movement ends that.
pub fn open_at(model: &mut Model, session: SessionId, seq: Option<i64>, back: Screen) -> Vec<Effect> {
    let effects = open_of(model, Some(session), back);
    if let Screen::History(history) = &mut model.screen {
        history.window.aim = seq;
    }
    effects
}

/// Carries out what a person does in the history.
pub fn update(model: &mut Model, mut history: Box<History>, ui: HistoryUi) -> Vec<Effect> {
    let effects = match (ui, history.mode) {
        (HistoryUi::Move(motion), Mode::Entry { scroll }) => {
            let (columns, page) = layout::page(model);
            let total = entry::lines(&history, model, &Theme::new(false), columns).len();
            history.mode = Mode::Entry { scroll: detail::scrolled(scroll, motion, page, total) };
            Vec::new()
        }
        (HistoryUi::Move(motion), Mode::List | Mode::Typing) => history.step(model, motion),
        (HistoryUi::NextMatch, _) => history.step_found(model, Motion::Down),
        (HistoryUi::PreviousMatch, _) => history.step_found(model, Motion::Up),
        (HistoryUi::Open, _) => {
            if history.window.entry().is_some() {
                history.mode = Mode::Entry { scroll: 0 };
            }
            Vec::new()
        }
        (HistoryUi::Search, _) => {
            history.mode = Mode::Typing;
            Vec::new()
        }
        (HistoryUi::Edit(request), _) => {
            history.edit(request);
            Vec::new()
        }
        (HistoryUi::Keep, _) => history.keep(model),
        (HistoryUi::Discard, _) => {
            history.input = Input::new(history.window.text.clone());
            history.mode = Mode::List;
            Vec::new()
        }
        (HistoryUi::OtherScope, _) => return other_scope(model, history),
        (HistoryUi::Refresh, _) => {
            let want = if history.window.search.is_empty() { Want::Fresh } else { Want::Newest };
            let effects = history.ask(model, want);
            model.screen = Screen::History(history);
            return effects.into_iter().chain(detail::follow_cursor(model, true)).collect();
        }
        (HistoryUi::Rotate, _) => return change(model, history, Purpose::Rotate),
        (HistoryUi::Revoke, _) => return change(model, history, Purpose::Revoke),
        (HistoryUi::Consolidate, _) => return change(model, history, Purpose::Consolidate),
        (HistoryUi::Verify, _) => verification::begin(model, history.session),
        (HistoryUi::Up, Mode::Entry { .. }) => {
            history.mode = Mode::List;
            Vec::new()
        }
        (HistoryUi::Up, Mode::List | Mode::Typing) => return up(model, history),
        (HistoryUi::Cancel, _) => match history.window.stop().or_else(|| verification::stop(model)) {
            Some(stopped) => vec![stopped],
            None => return leave(model, *history),
        },
        (HistoryUi::Leave, _) => return leave(model, *history),
    };
    model.screen = Screen::History(history);
    effects
}

/// Goes up one level: stops reading, takes the search away, stops verifying, leaves.
fn up(model: &mut Model, mut history: Box<History>) -> Vec<Effect> {
    let effects = if let Some(stopped) = history.window.stop_slow(model.now) {
        let on = model.keys.of(&Ui::History(HistoryUi::Move(Motion::PageDown)));
        model.say(format!("Stopped reading; {on} goes on."));
        vec![stopped]
    } else if !history.window.search.is_empty() {
        history.input.reset();
        history.look_around(model)
    } else if let Some(stopped) = verification::stop(model) {
        vec![stopped]
    } else {
        return leave(model, *history);
    };
    model.screen = Screen::History(history);
    effects
}

fn leave(model: &mut Model, mut history: History) -> Vec<Effect> {
    let stopped = history.window.stop();
    model.screen = *history.back;
    stopped.into_iter().chain(detail::follow_cursor(model, false)).collect()
}

/// Goes from one session to all, or from all to the session of the entry under the cursor. Without a search the cursor
/// stays on its entry.
fn other_scope(model: &mut Model, mut history: Box<History>) -> Vec<Effect> {
    let effects = match (history.session, history.session_here()) {
        (None, None) => {
            model.say("There is no entry under the cursor, and so no session.");
            Vec::new()
        }
        (session, here) => {
            history.session = if session.is_some() { None } else { here };
            if history.window.search.is_empty() { history.look_around(model) } else { history.ask(model, Want::Newest) }
        }
    };
    model.screen = Screen::History(history);
    effects.into_iter().chain(detail::follow_cursor(model, false)).collect()
}

/// Opens the form for the session of the history, or of the entry under the cursor.
fn change(model: &mut Model, history: Box<History>, purpose: Purpose) -> Vec<Effect> {
    let session = history.session.or_else(|| history.session_here());
    // Where it is refused, the reader stays where they are.
    model.screen = Screen::History(history);
    if let Some(session) = session {
        let does = match purpose {
            Purpose::Rotate => HistoryUi::Rotate,
            Purpose::Revoke => HistoryUi::Revoke,
            Purpose::Consolidate => HistoryUi::Consolidate,
        };
        return refused(model, &Ui::History(does)).unwrap_or_else(|| reason::open_for(model, purpose, session));
    }
    model.say("There is no entry under the cursor, and so no session.");
    Vec::new()
}

/// Puts the cursor on the entry at a place.
pub fn point_at(model: &mut Model, at: Position) -> Vec<Effect> {
    with(model, |model, history| match draw::row_at(model, history, at) {
        Some(place) if history.mode == Mode::List => history.go_to(model, place),
        Some(_) | None => Vec::new(),
    })
}

/// Tells whether a question is the history's.
#[must_use]
pub fn asked(model: &mut Model, ticket: Ticket) -> bool {
    let Screen::History(history) = model.screen.beneath() else { return false };
    history.window.loading.as_ref().is_some_and(|loading| loading.ticket == ticket)
}

/// Takes an answer in.
pub fn loaded(model: &mut Model, answer: Result<Loaded, Failure>) -> Vec<Effect> {
    with(model, |model, history| match answer {
        Ok(Loaded::History(entries)) => history.read(model, entries),
        Ok(Loaded::Found(stretch)) => history.searched(model, stretch),
        Err(failure) => {
            history.window.loading = None;
            history.window.fault = Some(failure.what);
            Vec::new()
        }
        Ok(_) => Vec::new(),
    })
}

/// Asks for entries that came since, because the database changed. A search looks again when it is asked to.
pub fn freshen(model: &mut Model) -> Vec<Effect> {
    with(model, |model, history| {
        let window = &history.window;
        let follows = window.at_newest && window.loading.is_none() && window.search.is_empty();
        if follows { history.ask(model, Want::Fresh) } else { Vec::new() }
    })
}

/// Lends the history, wherever it lies beneath, together with the rest of the model.
fn with(model: &mut Model, act: impl FnOnce(&mut Model, &mut History) -> Vec<Effect>) -> Vec<Effect> {
    let place = model.screen.beneath();
    match std::mem::replace(place, Screen::Sessions) {
        Screen::History(mut history) => {
            let effects = act(model, &mut history);
            *model.screen.beneath() = Screen::History(history);
            effects
        }
        other => {
            *place = other;
            Vec::new()
        }
    }
}

impl History {
    /// Gives the session of the entry under the cursor, if that has one.
    fn session_here(&self) -> Option<SessionId> {
        self.window.entry().and_then(|entry| SessionId::new(entry.session))
    }

    fn edit(&mut self, request: InputRequest) {
        let inserts = matches!(request, InputRequest::InsertChar(_));
        if !inserts || self.input.value().chars().count() < LIMIT {
            self.input.handle(request);
        }
    }

    /// Takes a paste in as one line.
    pub fn paste(&mut self, data: &str) {
        for c in data.chars().take(LIMIT) {
            self.edit(InputRequest::InsertChar(if c.is_control() { ' ' } else { c }));
        }
    }

    /// Searches for the text of the line, from the newest entry on.
    fn keep(&mut self, model: &mut Model) -> Vec<Effect> {
        let text = self.input.value().trim().to_owned();
        let search = match Search::parse(&text) {
            Ok(search) => search,
            Err(wrong) => {
                model.warn(format!("Not a search yet: {wrong}."));
                return Vec::new();
            }
        };
        self.mode = Mode::List;
        if search == self.window.search {
            return Vec::new();
        }
        if search.is_empty() {
            return self.look_around(model);
        }
        (self.window.search, self.window.text) = (search, text);
        self.ask(model, Want::Newest)
    }

    fn step_found(&mut self, model: &mut Model, motion: Motion) -> Vec<Effect> {
        if self.window.search.is_empty() {
            let [search, next, before] = [HistoryUi::Search, HistoryUi::NextMatch, HistoryUi::PreviousMatch]
                .map(|does| model.keys.of(&Ui::History(does)));
            model.say(format!("{next} and {before} go through what a search found: {search} searches."));
            return Vec::new();
        }
        let before = self.window.cursor;
        let effects = self.step(model, motion);
        if self.window.cursor != before
            && let Mode::Entry { scroll } = &mut self.mode
        {
            *scroll = 0;
        }
        effects
    }
}
