//! How the console writes times.

use std::fmt;
use std::str::FromStr;

/// A way to write times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeMode {
    /// How long ago, or in how long.
    #[default]
    Age,
    /// By the clocks of this machine.
    Local,
    /// In UTC.
    Universal,
}

impl TimeMode {
    /// Lists them all, in the order in which a key goes through them.
    pub const ALL: [Self; 3] = [Self::Age, Self::Local, Self::Universal];

    /// Gives the name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Local => "local",
            Self::Universal => "utc",
        }
    }

    /// Gives the next one; after the last the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Age => Self::Local,
            Self::Local => Self::Universal,
            Self::Universal => Self::Age,
        }
    }
}

impl fmt::Display for TimeMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for TimeMode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|mode| mode.word() == text);
        named.ok_or("times are age, local or utc")
    }
}
