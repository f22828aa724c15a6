//! What the operator saw, compared with what is there: the compare of compare-and-swap.

use std::fmt;
use std::str::FromStr;

use super::consolidation::RecordsDigest;
use super::host_record::{Fingerprint, HostRecordId};
use super::sanitize::visible;
use super::session::SessionId;
use super::snapshot::Snapshot;
use super::time::Timestamp;

/// 12 to 64 hexadecimal digits of a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintPrefix(String);

impl FingerprintPrefix {
    /// Tells whether a fingerprint begins so.
    #[must_use]
    pub fn fits(&self, fingerprint: Fingerprint) -> bool {
        fingerprint.full().starts_with(&self.0)
    }
}

impl From<Fingerprint> for FingerprintPrefix {
    fn from(fingerprint: Fingerprint) -> Self {
        Self(fingerprint.full())
    }
}

/// The precondition of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Nothing was said: whatever is there.
    Anything,
    /// No active record.
    NoRecord,
    /// This current record, and, where a plan listed them, exactly these duplicates.
    Record {
        /// The current record's fingerprint, or its beginning.
        fingerprint: FingerprintPrefix,
        /// The duplicates that the plan listed, in the order of their ids; `None` when no plan was seen.
        duplicates: Option<Vec<HostRecordId>>,
    },
    /// Exactly these active records, as they were read.
    Records(RecordsDigest),
}

/// The sentence for a text that is no expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an expected record is `none`, or 12 to 64 hexadecimal digits of its fingerprint")]
pub struct ExpectedError;

impl FromStr for Expected {
    type Err = ExpectedError;

    fn from_str(text: &str) -> Result<Self, ExpectedError> {
        let text = text.trim().to_ascii_lowercase();
        if text == "none" {
            return Ok(Self::NoRecord);
        }
        let digits = (12..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fingerprint = FingerprintPrefix(text);
        if digits { Ok(Self::Record { fingerprint, duplicates: None }) } else { Err(ExpectedError) }
    }
}

/// The session is not as the operator saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The session.
    pub session: SessionId,
    /// Its current record now.
    pub found: Option<(HostRecordId, Fingerprint)>,
    /// Who changed it last, as the history tells; `None` when no entry does.
    pub by: Option<String>,
    /// When that was.
    pub at: Option<Timestamp>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {} changed since it was read: ", self.session)?;
        match &self.found {
            Some((id, fingerprint)) => write!(f, "its current record is #{id} {fingerprint}")?,
            None => write!(f, "it has no active record")?,
        }
        match (&self.by, self.at) {
            (Some(by), Some(at)) => write!(f, "; the last change in its history is by {} at {at}", visible(by)),
            _ => write!(f, "; its history does not tell by whom"),
        }
    }
}

impl Expected {
    /// States what a snapshot holds, so that a later change can insist on it.
    #[must_use]
    pub fn exactly(snapshot: &Snapshot, now: Timestamp) -> Self {
        snapshot.current(now).map_or(Self::NoRecord, |current| Self::Record {
            fingerprint: current.hash.fingerprint().into(),
            duplicates: Some(snapshot.duplicates(now)),
        })
    }

    /// Compares with what is there now.
    ///
    /// # Errors
    /// [`Conflict`] tells what is there instead, since when and by whom.
    pub fn check(&self, session: SessionId, snapshot: &Snapshot, now: Timestamp) -> Result<(), Conflict> {
        let current = snapshot.current(now);
        let holds = match (self, current) {
            (Self::Anything, _) | (Self::NoRecord, None) => true,
            (Self::Records(digest), _) => RecordsDigest::of(&snapshot.records) == *digest,
            (Self::Record { fingerprint, duplicates }, Some(record)) => {
                fingerprint.fits(record.hash.fingerprint())
                    && duplicates.as_ref().is_none_or(|seen| *seen == snapshot.duplicates(now))
            }
            (Self::NoRecord, Some(_)) | (Self::Record { .. }, None) => false,
        };
        if holds {
            return Ok(());
        }
        let last = snapshot.last_change.as_ref();
        Err(Conflict {
            session,
            found: current.map(|record| (record.id, record.hash.fingerprint())),
            by: last.map(|change| change.by.clone()),
            at: last.map(|change| change.at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_to_sixty_four_digits_in_any_case() {
        for good in ["none", "NONE", "b04de771902c", "B04DE771902C", &"a".repeat(64)] {
            assert!(good.parse::<Expected>().is_ok(), "{good}");
        }
        for bad in ["", "b04de771902", "g04de771902c", &"a".repeat(65), "nothing"] {
            assert!(bad.parse::<Expected>().is_err(), "{bad}");
        }
    }
}
