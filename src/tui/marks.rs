//! Which sessions are marked: their ids, so that no filter, order or refresh takes a mark away or gives it to another.

use super::effect::Ticket;
use super::keymap::KeyMap;
use super::message::MainUi;
use crate::domain::order::Order;
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::domain::time::Timestamp;
use crate::store::{Page, SessionFilter, SessionRow};

/// The marks, what is about to become one, and what is known of the sessions behind them.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The marked sessions.
    pub ids: SessionSet,
    /// How many of them the filter hides; `None` until that is known.
    pub hidden: Option<u64>,
    /// Those that the database has no more.
    pub gone: SessionSet,
    /// Whether the sessions behind the marks are to be looked up again.
    pub outdated: bool,
    /// The lookup under way.
    pub lookup: Option<Box<Lookup>>,
    /// Where a range was begun.
    pub range: Option<Box<SessionRow>>,
    /// Marks that are being gathered.
    pub gathering: Option<Box<Gathering>>,
}

/// Sessions that are gathered page by page; they are marked when all of them are there.
#[derive(Debug, Clone)]
pub struct Gathering {
    /// The question under way.
    pub ticket: Ticket,
    /// When it began.
    pub since: Timestamp,
    /// What the sessions must be like.
    pub filter: SessionFilter,
    /// In which order they are read.
    pub order: Order,
    /// Which of them.
    pub what: Gather,
    /// Where the question under way begins.
    pub from: Page,
    /// What was gathered so far.
    pub found: SessionSet,
}

/// Which sessions are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gather {
    /// All that match.
    All,
    /// Those from one to another.
    Range {
        /// The last of them.
        to: SessionId,
    },
}

/// A look at the sessions behind the marks, some hundred at a time.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The question under way.
    pub ticket: Ticket,
    /// The sessions that it asks about.
    pub asked: Vec<SessionId>,
    /// The last of them.
    pub last: SessionId,
    /// Those found gone so far.
    pub gone: SessionSet,
    /// Those found hidden so far.
    pub hidden: u64,
}

/// What a key that acts is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The session under the cursor: none is marked.
    Cursor,
    /// The one session that is marked.
    One(SessionId),
    /// The one session that is marked is gone.
    Gone(SessionId),
    /// So many sessions are marked.
    Many(u64),
    /// A range is begun: nobody knows whether it is meant.
    Range,
}

impl Marks {
    /// Tells what a key that acts is aimed at.
    #[must_use]
    pub fn aim(&self) -> Aim {
        match (&self.range, self.ids.only()) {
            (Some(_), _) => Aim::Range,
            (None, Some(id)) if self.gone.contains(id) => Aim::Gone(id),
            (None, Some(id)) => Aim::One(id),
            (None, None) if self.ids.is_empty() => Aim::Cursor,
            (None, None) => Aim::Many(self.ids.len()),
        }
    }

    /// Marks a session that the list shows, or takes its mark away.
    pub fn toggle(&mut self, session: SessionId) {
        self.begin();
        if !self.ids.insert(session) {
            self.ids.remove(session);
        }
    }

    /// Marks sessions that the list shows; tells how many were not marked before.
    pub fn add(&mut self, sessions: &SessionSet) -> u64 {
        self.begin();
        let before = self.ids.len();
        self.ids.unite(sessions);
        self.ids.len() - before
    }

    /// Takes marks away from sessions that are done with, wherever they stand; the filter may hide others than before.
    pub fn unmark(&mut self, sessions: impl Iterator<Item = SessionId>) {
        let before = self.ids.len();
        sessions.for_each(|session| {
            self.ids.remove(session);
        });
        if self.ids.len() < before {
            self.hidden = None;
            self.look_again();
        }
    }

    /// The first mark is on a session that is shown.
    fn begin(&mut self) {
        if self.ids.is_empty() {
            *self = Self { range: self.range.take(), hidden: Some(0), ..Self::default() };
        }
    }

    /// The list shows other sessions: nobody knows yet which of the marked ones.
    pub fn filter_changed(&mut self) {
        self.range = None;
        self.hidden = None;
        self.look_again();
    }

    /// What is known of the sessions behind the marks may not be so any more.
    pub fn look_again(&mut self) {
        self.lookup = None;
        self.outdated = true;
    }

    /// Says what is marked, and what that means; `None` where nothing is.
    #[must_use]
    pub fn words(&self, filtered: bool, keys: &KeyMap) -> Option<String> {
        let rotate = keys.main(MainUi::Rotate);
        let acts = match (self.aim(), &self.range) {
            (_, Some(from)) => {
                let (mark, drop) = (keys.main(MainUi::MarkRange), keys.main(MainUi::Back));
                return Some(format!("range from {}: {mark} marks it, {drop} drops it", from.session.id));
            }
            (Aim::Cursor | Aim::Range, None) => return None,
            (Aim::One(id), None) => format!("{rotate} acts on session {id}"),
            (Aim::Gone(_), None) => format!("{} unmarks it", keys.main(MainUi::UnmarkAll)),
            (Aim::Many(_), None) => format!("{} acts on these", keys.main(MainUi::Consolidate)),
        };
        let hidden = self.hidden.map_or("?".to_owned(), grouped);
        let hidden = filtered.then(|| format!("{hidden} outside the filter"));
        let gone = (!self.gone.is_empty()).then(|| format!("{} gone", grouped(self.gone.len())));
        let known = hidden.into_iter().chain(gone).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { known } else { format!(" ({known})") };
        Some(format!("marked {}{known}: {acts}", grouped(self.ids.len())))
    }
}

/// Writes a number with commas between its thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.char_indices().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
}
