//! Which of several active records of a session stays when the old tool's duplicates are cleaned up, and why.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::host_record::{HostRecord, HostRecordId};
use super::secret::{hex, unhex32};
use super::time::Timestamp;

/// Separates our input from every other use of SHA-256.
const CONTEXT: &[u8] = b"host-provisioner/active-records/1\0";

/// Records that were used within so long of each other are for a person to choose from, unless told otherwise: 7 days.
pub const AMBIGUOUS_WITHIN: Duration = Duration::from_hours(7 * 24);

/// What sets the record that stays apart from the next best one; the order of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The next best one was revoked.
    NotRevoked,
    /// The next best one has expired.
    NotExpired,
    /// A host logged in with it later.
    UsedLast,
    /// Its GUID was made later.
    MadeLast,
    /// All else is equal: its id is higher.
    HighestId,
}

impl Why {
    /// Says it after "stays: ".
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotRevoked => "it was not revoked",
            Self::NotExpired => "it has not expired",
            Self::UsedLast => "it was used last",
            Self::MadeLast => "it was made last",
            Self::HighestId => "its id is the highest",
        }
    }
}

/// What the rule says of the active records of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// This one stays.
    Stays(HostRecordId, Why),
    /// These two were used within so short a time of each other that a person must name the one that stays.
    Ambiguous(HostRecordId, HostRecordId),
}

impl Choice {
    /// Says why a record stays, or why the rule does not say.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Stays(_, why) => why.sentence().to_owned(),
            Self::Ambiguous(one, other) => {
                format!("#{one} and #{other} were used close to each other: a person decides")
            }
        }
    }
}

/// Chooses among the active records of one session; `None` where there are fewer than two.
///
/// Two records used within `within` of each other are both in use as far as anybody knows: the rule does not decide.
#[must_use]
pub fn choose(records: &[HostRecord], within: Duration, now: Timestamp) -> Option<Choice> {
    let mut ranked: Vec<&HostRecord> = records.iter().filter(|record| record.is_active).collect();
    ranked.sort_by(|a, b| b.rank(a, now));
    let (best, next) = (ranked.first()?, ranked.get(1)?);
    let choice = match used_together(&ranked, within) {
        Some((one, other)) => Choice::Ambiguous(one, other),
        None => Choice::Stays(best.id, why(best, next, now)),
    };
    Some(choice)
}

/// Says why a record cannot stay in the place of the other active ones, if that is so: the last GUID that works is never
/// given up for one that does not.
#[must_use]
pub fn cannot_stay<'a>(
    kept: &HostRecord,
    mut active: impl Iterator<Item = &'a HostRecord>,
    now: Timestamp,
) -> Option<&'static str> {
    if kept.is_revoked() {
        Some("was revoked: it opens nothing, and never will")
    } else if kept.is_expired(now) && active.any(|record| record.is_valid(now)) {
        Some("has expired, and another one works")
    } else {
        None
    }
}

fn why(best: &HostRecord, next: &HostRecord, now: Timestamp) -> Why {
    let works = |record: &HostRecord| record.is_valid(now);
    if works(best) && !works(next) {
        if next.is_revoked() { Why::NotRevoked } else { Why::NotExpired }
    } else if best.last_used_at != next.last_used_at {
        Why::UsedLast
    } else if best.created_at != next.created_at {
        Why::MadeLast
    } else {
        Why::HighestId
    }
}

/// Finds the two latest uses that lie within so long of each other.
fn used_together(records: &[&HostRecord], within: Duration) -> Option<(HostRecordId, HostRecordId)> {
    let mut used: Vec<(Timestamp, HostRecordId)> =
        records.iter().filter_map(|record| Some((record.last_used_at?, record.id))).collect();
    used.sort_by(|a, b| b.cmp(a));
    let within = i128::try_from(within.as_micros()).unwrap_or(i128::MAX);
    let near = |pair: &&[(Timestamp, HostRecordId)]| i128::from(pair[0].0.micros_since(pair[1].0)) <= within;
    used.windows(2).find(near).map(|pair| (pair[0].1, pair[1].1))
}

/// Names what was read of the active records of a session, so that a plan is applied to nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordsDigest([u8; 32]);

impl RecordsDigest {
    /// Digests the active ones of these records, in the order of their ids: everything that decides who stays, and the
    /// hash that each holds.
    #[must_use]
    pub fn of(records: &[HostRecord]) -> Self {
        let mut active: Vec<&HostRecord> = records.iter().filter(|record| record.is_active).collect();
        active.sort_by_key(|record| record.id);
        let mut digest = Sha256::new().chain_update(CONTEXT);
        for record in active {
            digest.update(record.session.to_be_bytes());
            digest.update(record.id.get().to_be_bytes());
            digest.update(record.hash.fingerprint().full());
            digest.update([u8::from(record.legacy_duplicate)]);
            for at in [Some(record.created_at), record.expires_at, record.last_used_at] {
                // A missing time has no text; the line break keeps the three apart.
                digest.update(at.map(Timestamp::fixed_width).unwrap_or_default());
                digest.update(b"\n");
            }
            // An active record has none, but for damaged data.
            if let Some(at) = record.revoked_at {
                digest.update(b"revoked\n");
                digest.update(at.fixed_width());
            }
        }
        Self(digest.finalize().into())
    }
}

impl fmt::Display for RecordsDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// The sentence for a text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct DigestError;

impl FromStr for RecordsDigest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        unhex32(text).map(Self).ok_or(DigestError)
    }
}
