//! Online sessions, as the existing `Sessions` table keeps them.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use super::time::Timestamp;

/// The key of a session: a whole number from 1 to 2⁶³−1 (a `bigint` identity in the existing table).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(i64);

/// The sentence for a number that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id: ids are whole numbers from 1 to 9223372036854775807")]
pub struct IdError {
    text: String,
}

/// Reads a positive 64-bit id, the common form of all keys.
pub(crate) fn parse_id(text: &str) -> Result<i64, IdError> {
    let digits = text.trim();
    digits
        .parse::<NonZeroU64>()
        .ok()
        .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|number| i64::try_from(number.get()).ok())
        .ok_or_else(|| IdError { text: text.chars().take(40).collect() })
}

impl SessionId {
    /// Takes a number, if it is a valid id.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// Gives the number, 1 to 2⁶³−1.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }

    /// Gives the eight big-endian bytes that hashes take in.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl FromStr for SessionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_id(text).map(Self)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({})", self.0)
    }
}

/// One row of `Sessions`. Texts are as stored: hostile until they passed `sanitize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The key.
    pub id: SessionId,
    /// The group's GUID in the text form of the table.
    pub group_id: String,
    /// At most 200 characters.
    pub title: Option<String>,
    /// At most 1,000 characters.
    pub description: Option<String>,
    /// `Created`, `Active`, `Completed`, `Expired`, or whatever another program wrote.
    pub status: Option<String>,
    /// People in the session now.
    pub participant_count: Option<i64>,
    /// People that fit in.
    pub max_participants: Option<i64>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When the session itself ends its life.
    pub expires_at: Option<Timestamp>,
    /// When the row was made.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub modified_at: Timestamp,
}

impl Session {
    /// Tells whether people would notice a rotation: the session is `Active` or has people in it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.status.as_deref() == Some("Active") || self.people() > 0
    }

    /// Counts the people in it; an unknown number counts as none.
    #[must_use]
    pub fn people(&self) -> i64 {
        self.participant_count.unwrap_or(0)
    }
}

/// A session to be added, for those whose sessions live nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    title: String,
    status: String,
}

/// Why a session's title or status is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewSessionError {
    /// The title is empty or longer than the column.
    #[error("a title has 1 to 200 characters; this one has {0}")]
    Title(usize),
    /// The status is empty or longer than the column.
    #[error("a status has 1 to 50 characters; this one has {0}")]
    Status(usize),
}

impl NewSession {
    /// Checks the limits of the table: title 1 to 200 characters, status 1 to 50.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub fn new(title: &str, status: &str) -> Result<Self, NewSessionError> {
        let (title, status) = (title.trim(), status.trim());
        let (title_len, status_len) = (title.chars().count(), status.chars().count());
        if !(1..=200).contains(&title_len) {
            return Err(NewSessionError::Title(title_len));
        }
        if !(1..=50).contains(&status_len) {
            return Err(NewSessionError::Status(status_len));
        }
        Ok(Self { title: title.to_owned(), status: status.to_owned() })
    }

    /// Gives the title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Gives the status.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_run_from_one_to_the_largest_bigint() {
        assert_eq!("1".parse::<SessionId>().unwrap().get(), 1);
        assert_eq!("9223372036854775807".parse::<SessionId>().unwrap().get(), i64::MAX);
        for text in ["0", "-1", "+1", "9223372036854775808", "99999999999999999999", "x", "1.0", "", "٣"] {
            assert!(text.parse::<SessionId>().is_err(), "{text}");
        }
    }

    #[test]
    fn titles_are_counted_in_characters() {
        assert!(NewSession::new(&"知".repeat(200), "Created").is_ok());
        assert_eq!(NewSession::new(&"知".repeat(201), "Created"), Err(NewSessionError::Title(201)));
        assert_eq!(NewSession::new("  ", "Created"), Err(NewSessionError::Title(0)));
        assert_eq!(NewSession::new("a", ""), Err(NewSessionError::Status(0)));
    }
}
