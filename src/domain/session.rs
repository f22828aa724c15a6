//! Online sessions, as the existing `Sessions` table keeps them.

use super::id::id_type;
use super::time::Timestamp;

id_type! {
    /// The key of a session: a whole number from 1 to 2⁶³−1 (a `bigint` identity in the existing table).
    SessionId
}

impl SessionId {
    /// Gives the eight big-endian bytes that hashes take in.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 8] {
        self.get().to_be_bytes()
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
        let taken = [i64::MIN, -1, 0, 1, i64::MAX].map(|number| SessionId::new(number).map(SessionId::get));
        assert_eq!(taken, [None, None, None, Some(1), Some(i64::MAX)]);
    }

    #[test]
    fn a_new_session_has_the_title_and_status_that_were_typed() {
        let new = NewSession::new(" Light upon light ", "Created\n").unwrap();
        assert_eq!((new.title(), new.status()), ("Light upon light", "Created"));
    }

    #[test]
    fn titles_are_counted_in_characters() {
        assert!(NewSession::new(&"知".repeat(200), "Created").is_ok());
        assert_eq!(NewSession::new(&"知".repeat(201), "Created"), Err(NewSessionError::Title(201)));
        assert_eq!(NewSession::new("  ", "Created"), Err(NewSessionError::Title(0)));
        assert_eq!(NewSession::new("a", ""), Err(NewSessionError::Status(0)));
    }
}
