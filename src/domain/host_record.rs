//! Host records: the rows of `HostSessions`, each with the hash of one Host GUID.

use std::cmp::Ordering;
use std::fmt;

use sha2::{Digest, Sha256};

use super::id::id_type;
use super::session::SessionId;
use super::time::Timestamp;

id_type! {
    /// The key of a host record: a whole number from 1 to 2⁶³−1.
    HostRecordId
}

/// The text of `HostGuidHash`. It never prints itself: only its [`Fingerprint`] may be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash(String);

impl StoredHash {
    /// Takes the text of the column.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Gives the text, for the database and for `hash` alone.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the name by which people and the history know this hash.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredHash({})", self.fingerprint().short())
    }
}

/// SHA-256 of the stored hash text: safe to show, useless for logging in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Gives all 64 hexadecimal digits, the form of audit bodies.
    #[must_use]
    pub fn full(&self) -> String {
        super::secret::hex(&self.0)
    }

    /// Gives the first 12 digits, the form of screens.
    #[must_use]
    pub fn short(&self) -> String {
        super::secret::hex(&self.0[..6])
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

/// One row of `HostSessions`. Texts are as stored: hostile until they passed `sanitize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRecord {
    /// The key.
    pub id: HostRecordId,
    /// Whose it is.
    pub session: SessionId,
    /// The hash of its Host GUID.
    pub hash: StoredHash,
    /// When its present GUID was made.
    pub created_at: Timestamp,
    /// Until when its GUID works; `None` is for ever.
    pub expires_at: Option<Timestamp>,
    /// When a host last logged in with it.
    pub last_used_at: Option<Timestamp>,
    /// Who made its present GUID.
    pub created_by: Option<String>,
    /// When it was retired.
    pub revoked_at: Option<Timestamp>,
    /// Who retired it.
    pub revoked_by: Option<String>,
    /// Whether it is active.
    pub is_active: bool,
    /// Whether it is left over from the tool that made several per session.
    pub legacy_duplicate: bool,
}

/// What a record is good for at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// Its GUID works.
    Active,
    /// Active, but its time is over.
    Expired,
    /// Active beside the current record: a legacy duplicate.
    Duplicate,
    /// Inactive for ever.
    Retired,
}

impl RecordState {
    /// Gives the word of the JSON contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Duplicate => "duplicate",
            Self::Retired => "retired",
        }
    }
}

impl HostRecord {
    /// Tells whether the record is *the* one: active and no legacy duplicate.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.is_active && !self.legacy_duplicate
    }

    /// Tells whether its expiry has passed.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Tells whether it was revoked, be it that it is marked as active all the same.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.revoked_at.is_some()
    }

    /// Tells whether `verify` may accept its GUID: active, not revoked, not expired.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.is_active && !self.is_revoked() && !self.is_expired(now)
    }

    /// Sums the record up in one word.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> RecordState {
        if !self.is_active {
            RecordState::Retired
        } else if self.legacy_duplicate {
            RecordState::Duplicate
        } else if self.is_expired(now) {
            RecordState::Expired
        } else {
            RecordState::Active
        }
    }

    /// Orders two active records, the better one greater: one that works first, neither expired nor revoked, then the latest
    /// `LastUsedAt` (never used is least), `CreatedAt`, id.
    #[must_use]
    pub fn rank(&self, other: &Self, now: Timestamp) -> Ordering {
        let key = |record: &Self| {
            let works = !record.is_revoked() && !record.is_expired(now);
            (works, record.last_used_at, record.created_at, record.id)
        };
        key(self).cmp(&key(other))
    }
}
