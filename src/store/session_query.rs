//! Which sessions a list shows.

use crate::domain::session::{Session, SessionId};

/// Where a page begins. Pages go by key, so a deep page costs no more than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The first sessions.
    First,
    /// The last sessions.
    Last,
    /// The sessions after this one.
    After(SessionId),
    /// The sessions right before this one.
    Before(SessionId),
    /// This session, if it is there, and those after it.
    From(SessionId),
}

/// What a session's host records must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFilter {
    /// No record is active.
    None,
    /// The current record has not expired.
    Active,
    /// The current record has expired.
    Expired,
    /// There are legacy duplicates.
    Duplicate,
}

/// One word that must be in the title, whatever its case; a number may instead be the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleWord {
    text: String,
    id: Option<SessionId>,
}

impl TitleWord {
    /// Gives the word.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives the id that the word is, if it is a number.
    #[must_use]
    pub fn id(&self) -> Option<SessionId> {
        self.id
    }
}

/// What a session must be like to be shown; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Every word is in the title, or is the id.
    pub words: Vec<TitleWord>,
    /// The status, exactly.
    pub status: Option<String>,
    /// The records.
    pub record: Option<RecordFilter>,
}

impl SessionFilter {
    /// Splits a search text at blanks into words.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let word = |text: &str| TitleWord { text: text.to_owned(), id: text.parse().ok() };
        Self { words: text.split_whitespace().map(word).collect(), ..Self::default() }
    }

    /// Tells whether the words fit a session, as far as its title and id tell.
    #[must_use]
    pub fn words_fit(&self, session: &Session) -> bool {
        let title = session.title.as_deref().unwrap_or_default().to_lowercase();
        self.words.iter().all(|word| title.contains(&word.text.to_lowercase()) || word.id == Some(session.id))
    }

    /// Tells whether every session is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One page of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionQuery {
    /// Which sessions.
    pub filter: SessionFilter,
    /// From where.
    pub page: Page,
    /// At most so many.
    pub limit: u32,
}
