//! How old the current record is.

use std::fmt;

use crate::domain::time::Timestamp;

/// The way in which an age is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// Older than (`>`).
    Over,
    /// At least so old (`>=`).
    AtLeast,
    /// Younger than (`<`).
    Under,
    /// At most so old (`<=`).
    AtMost,
}

impl Compare {
    /// All of them, each before one that is the beginning of its sign.
    pub(super) const ALL: [(Self, &str); 4] =
        [(Self::AtLeast, ">="), (Self::AtMost, "<="), (Self::Over, ">"), (Self::Under, "<")];

    fn sign(self) -> &'static str {
        Self::ALL.iter().find(|(compare, _)| *compare == self).map_or("", |(_, sign)| sign)
    }
}

/// A limit for the age of a record: whole seconds since its `CreatedAt`. A time that cannot be read is older than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Age {
    compare: Compare,
    seconds: u32,
}

impl Age {
    /// Takes a limit of up to 136 years.
    #[must_use]
    pub fn new(compare: Compare, seconds: u32) -> Self {
        Self { compare, seconds }
    }

    /// Gives the way of comparing.
    #[must_use]
    pub fn compare(self) -> Compare {
        self.compare
    }

    /// Gives the limit as the instant at which a record was made that is exactly so old now.
    #[must_use]
    pub fn made_at(self, now: Timestamp) -> Timestamp {
        now.plus_seconds(-i64::from(self.seconds))
    }

    /// Tells whether what was made at an instant is so old.
    #[must_use]
    pub fn holds(self, made: Timestamp, now: Timestamp) -> bool {
        let limit = self.made_at(now);
        match self.compare {
            Compare::Over => made < limit,
            Compare::AtLeast => made <= limit,
            Compare::Under => made > limit,
            Compare::AtMost => made >= limit,
        }
    }

    /// Reads a sign and a duration such as `>90d`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (compare, rest) =
            Compare::ALL.iter().find_map(|(compare, sign)| Some((*compare, text.strip_prefix(sign)?)))?;
        let seconds = humantime::parse_duration(rest.trim()).ok()?.as_secs();
        Some(Self { compare, seconds: u32::try_from(seconds).ok()? })
    }
}

/// Writes `>90d`, `<=36h`.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.compare.sign(), spelt(self.seconds))
    }
}

/// Writes seconds in the largest unit that fits: `90d`, `36h`.
#[must_use]
pub fn spelt(seconds: u32) -> String {
    const UNITS: [(u32, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let fits = |(unit, _): &&(u32, &str)| seconds.is_multiple_of(*unit);
    let (unit, letter) = UNITS.iter().find(fits).copied().unwrap_or((1, "s"));
    format!("{}{letter}", seconds / unit)
}
