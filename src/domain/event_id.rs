//! The name of one attempt to change a session: it settles what a lost COMMIT did.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A `UUIDv7` (RFC 9562): unique, and in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

/// The sentence for a text that is no event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not an event id: 36 characters such as 0192f3a1-7c44-7000-8000-3f2b1c0d9e8f")]
pub struct EventIdError;

impl EventId {
    /// Makes a new id from the present time and the operating system's generator.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes event ids")]
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl FromStr for EventId {
    type Err = EventIdError;

    fn from_str(text: &str) -> Result<Self, EventIdError> {
        Uuid::try_parse(text.trim()).ok().map(Self).ok_or(EventIdError)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}
