//! The name of one attempt to change a session: it settles what a lost COMMIT did.

use std::fmt;
use std::str::FromStr;

use chrono::DateTime;
use uuid::Uuid;

use super::time::Timestamp;

/// A `UUIDv7` (RFC 9562): unique, and in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

/// The sentence for a text that is no event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not an event id: 36 characters, as `history` shows it")]
pub struct EventIdError;

impl EventId {
    /// Makes a new id from the present time and the operating system's generator.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes event ids")]
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// Reads the instant, to the millisecond, at which an id was made by the clock of its program; `None` where the text
    /// is no such id. The form is that of RFC 9562, section 5.7.
    #[must_use]
    pub fn instant_in(text: &str) -> Option<Timestamp> {
        let (seconds, nanos) = text.parse::<Self>().ok()?.0.get_timestamp()?.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos).map(Timestamp::new)
    }

    /// Writes the beginning that sorts before all ids made at an instant, and after all that were made before it.
    #[must_use]
    pub fn begin_of(instant: Timestamp) -> String {
        let millis = u64::try_from(instant.utc().timestamp_millis()).unwrap_or(0);
        format!("{:08x}-{:04x}", millis >> 16, millis & 0xffff)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 9562, appendix A.6.
    const EXAMPLE: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    #[test]
    fn an_id_tells_when_it_was_made() {
        let made = Timestamp::parse_fixed_width("2022-02-22T19:22:22.000000Z").unwrap();
        assert_eq!(EventId::instant_in(EXAMPLE), Some(made));
        assert_eq!(EventId::instant_in("919108f7-52d1-4320-9bac-f847db4148a8"), None, "a UUIDv4");
        assert_eq!(EventId::instant_in("zzzz"), None);
    }

    #[test]
    fn a_beginning_sorts_between_the_ids_before_an_instant_and_those_from_it_on() {
        let made = Timestamp::parse_fixed_width("2022-02-22T19:22:22.000000Z").unwrap();
        assert_eq!(EventId::begin_of(made), "017f22e2-79b0");
        assert!(
            EventId::begin_of(made).as_str() < EXAMPLE && EXAMPLE < EventId::begin_of(made.plus_millis(1)).as_str()
        );
    }
}
