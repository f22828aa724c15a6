//! Which sessions a list shows: the language of the filter line and of `list --filter`.
//!
//! A filter is a row of terms, all of which hold: words of the title, and `key:value`. A `-` before a term turns it
//! around. `"…"` holds blanks, colons and a leading `-` together. [`Filter::parse`] reads a text, [`complete()`] helps to
//! write one, `Display` writes one that reads back as the same filter, and [`Filter::fits`] says what it means; the
//! store says the same in SQL.

use std::fmt;
use std::str::FromStr;

use super::host_record::HostRecord;
use super::session::{Session, SessionId};
use super::time::Timestamp;

mod age;
mod complete;
pub mod letters;
mod parse;
mod text;

pub use age::{Age, Compare, spelt};
pub use complete::{Candidate, Known, complete};
pub use parse::{FilterError, Wrong};

/// How soon a current record must expire to count as expiring: seven days, in seconds.
pub const EXPIRING_SECONDS: i64 = 7 * 24 * 60 * 60;

/// The keys of the language with what each of them takes, for help and completion.
pub const KEYS: [(&str, &str); 5] = [
    ("id", "a session, several, or a range: 215, 1,5,9, 100-200"),
    ("status", "the session's status, in any case"),
    ("record", "none, active, expired, expiring, duplicate"),
    ("by", "a part of the name of who made the current record"),
    ("age", "the age of the current record: >90d, <7d"),
];

/// What sessions must be like to be shown; all terms hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// The terms, in the order in which they were written.
    pub terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Whether the opposite must hold.
    pub negated: bool,
    /// The condition.
    pub test: Test,
}

/// One condition. The current record is the one that is active and no legacy duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// A word is in the title, or is the id.
    Word(Word),
    /// The id lies in one of these ranges.
    Id(Vec<IdRange>),
    /// The status is this one.
    Status(Name),
    /// The host records are like this.
    Record(RecordTest),
    /// The current record was made by somebody of this name.
    By(Name),
    /// The current record is so old.
    Age(Age),
}

/// A text to be found in the title, whatever its case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    text: String,
    id: Option<SessionId>,
}

/// A name to compare with: as a person types it, or exactly.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name; not empty unless it is exact.
    pub text: String,
    /// Every letter counts (`=` before it). Else a status has the same letters in any case of ASCII, and a maker has
    /// the text somewhere in the name, in any case.
    pub exact: bool,
}

/// Ids from one to another, both included; the first is not above the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdRange {
    first: SessionId,
    last: SessionId,
}

/// What a session's host records must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordTest {
    /// No record is active.
    None,
    /// The current record has not expired.
    Active,
    /// The current record has expired.
    Expired,
    /// The current record has not expired, but will within seven days.
    Expiring,
    /// There are legacy duplicates.
    Duplicate,
}

impl RecordTest {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::None, Self::Active, Self::Expired, Self::Expiring, Self::Duplicate];

    /// Gives the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Expiring => "expiring",
            Self::Duplicate => "duplicate",
        }
    }

    fn holds(self, active: &[HostRecord], now: Timestamp) -> bool {
        let current = active.iter().find(|record| record.is_current());
        let is_over = current.is_some_and(|record| record.is_expired(now));
        match self {
            Self::None => active.is_empty(),
            Self::Active => current.is_some() && !is_over,
            Self::Expired => is_over,
            Self::Expiring => !is_over && current.is_some_and(|record| record.is_expired(soon(now))),
            Self::Duplicate => active.iter().any(|record| record.legacy_duplicate),
        }
    }
}

/// Gives the instant up to which a record that is not expired counts as expiring.
#[must_use]
pub fn soon(now: Timestamp) -> Timestamp {
    now.plus_seconds(EXPIRING_SECONDS)
}

impl IdRange {
    /// Takes two ends, if they are in order.
    #[must_use]
    pub fn new(first: SessionId, last: SessionId) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// Gives the first id.
    #[must_use]
    pub fn first(self) -> SessionId {
        self.first
    }

    /// Gives the last id.
    #[must_use]
    pub fn last(self) -> SessionId {
        self.last
    }
}

impl Word {
    /// Takes a word as it is typed: a number may instead be the id.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self { text: text.to_owned(), id: text.parse().ok() }
    }

    /// Takes a text that is nothing but a part of the title.
    #[must_use]
    pub fn quoted(text: &str) -> Self {
        Self { text: text.to_owned(), id: None }
    }

    /// Gives the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives the id that the word may be instead.
    #[must_use]
    pub fn id(&self) -> Option<SessionId> {
        self.id
    }
}

impl Test {
    /// Tells whether a session with these active records is so at an instant.
    #[must_use]
    pub fn holds(&self, session: &Session, active: &[HostRecord], now: Timestamp) -> bool {
        let current = || active.iter().find(|record| record.is_current());
        match self {
            Self::Word(word) => {
                let title = session.title.as_deref().unwrap_or_default();
                letters::contains(title, &word.text) || word.id == Some(session.id)
            }
            Self::Id(ranges) => ranges.iter().any(|range| (range.first..=range.last).contains(&session.id)),
            Self::Status(name) => session.status.as_deref().is_some_and(|status| {
                if name.exact { status == name.text } else { status.eq_ignore_ascii_case(&name.text) }
            }),
            Self::Record(test) => test.holds(active, now),
            Self::By(name) => current().is_some_and(|record| {
                let maker = record.created_by.as_deref().unwrap_or_default();
                if name.exact { maker == name.text } else { letters::contains(maker, &name.text) }
            }),
            Self::Age(age) => current().is_some_and(|record| age.holds(record.created_at, now)),
        }
    }
}

impl Filter {
    /// Splits a search text at blanks into words, all of which are taken as they are.
    #[must_use]
    pub fn words(text: &str) -> Self {
        text.split_whitespace().map(|word| Test::Word(Word::typed(word))).collect()
    }

    /// Reads a text of the language; a text of blanks shows every session.
    ///
    /// # Errors
    /// [`FilterError`] names the first wrong word, its place, and what would be right.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// Adds a condition.
    #[must_use]
    pub fn and(mut self, test: Test) -> Self {
        self.terms.push(test.into());
        self
    }

    /// Tells whether a session with these active records is shown at an instant.
    #[must_use]
    pub fn fits(&self, session: &Session, active: &[HostRecord], now: Timestamp) -> bool {
        self.terms.iter().all(|term| term.test.holds(session, active, now) != term.negated)
    }

    /// Tells whether a session can be shown, as far as its own row tells; what asks for records is left open.
    #[must_use]
    pub fn fits_session(&self, session: &Session) -> bool {
        self.terms.iter().all(|term| match &term.test {
            Test::Word(_) | Test::Id(_) | Test::Status(_) => {
                term.test.holds(session, &[], Timestamp::UNREADABLE) != term.negated
            }
            Test::Record(_) | Test::By(_) | Test::Age(_) => true,
        })
    }

    /// Tells whether every session is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

impl From<Test> for Term {
    fn from(test: Test) -> Self {
        Self { negated: false, test }
    }
}

impl FromIterator<Test> for Filter {
    fn from_iter<I: IntoIterator<Item = Test>>(tests: I) -> Self {
        Self { terms: tests.into_iter().map(Term::from).collect() }
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

#[cfg(test)]
#[path = "filter/filter_tests.rs"]
mod tests;
