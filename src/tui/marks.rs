//! Which sessions are marked: their ids, so that no filter, order or refresh takes a mark away or gives it to another.

use super::effect::Ticket;
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::domain::time::Timestamp;
use crate::store::{SessionFilter, SessionRow};

/// The marks, and what is about to become one.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The marked sessions.
    pub ids: SessionSet,
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
    /// Which of them.
    pub what: Gather,
    /// What was gathered so far.
    pub found: SessionSet,
}

/// Which sessions are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gather {
    /// All that match.
    All,
    /// Those up to this one.
    UpTo(SessionId),
}

/// What a key that acts is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The session under the cursor: none is marked.
    Cursor,
    /// The one session that is marked.
    One(SessionId),
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
            (None, Some(id)) => Aim::One(id),
            (None, None) if self.ids.is_empty() => Aim::Cursor,
            (None, None) => Aim::Many(self.ids.len()),
        }
    }

    /// Marks a session, or takes its mark away.
    pub fn toggle(&mut self, session: SessionId) {
        if !self.ids.insert(session) {
            self.ids.remove(session);
        }
    }

    /// Marks sessions; tells how many were not marked before.
    pub fn add(&mut self, sessions: &SessionSet) -> u64 {
        let before = self.ids.len();
        self.ids.unite(sessions);
        self.ids.len() - before
    }

    /// Says what is marked, and what that means; `None` where nothing is.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let acts = match (self.aim(), &self.range) {
            (_, Some(from)) => return Some(format!("range from {}: v marks it, Esc drops it", from.session.id)),
            (Aim::Cursor | Aim::Range, None) => return None,
            (Aim::One(id), None) => format!("R acts on session {id}"),
            (Aim::Many(_), None) => "R acts on these".to_owned(),
        };
        Some(format!("marked {}: {acts}", grouped(self.ids.len())))
    }
}

/// Writes a number with commas between its thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.char_indices().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
}
