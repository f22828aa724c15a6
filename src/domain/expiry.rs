//! Until when a new GUID works: what `--expires` takes.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike as _};

use super::time::Timestamp;

/// An end, either fixed or counted from the instant of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Works without end.
    Never,
    /// Works until this instant.
    At(Timestamp),
    /// Works so long after the change.
    After(Duration),
}

/// Why an expiry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpiryError {
    /// Not one of the three forms.
    #[error("an expiry is a date (2026-12-31), a time with offset (2026-12-31T18:00:00+01:00) or a duration (8h, 30d)")]
    Form,
    /// The instant lies behind us.
    #[error("{0} has passed already")]
    Past(Timestamp),
    /// Beyond the calendar.
    #[error("that is beyond the year 9999")]
    TooFar,
}

impl Expiry {
    /// Reads a date (until 23:59:59Z of that day), an RFC 3339 timestamp, a duration, or nothing (never).
    ///
    /// # Errors
    /// [`ExpiryError::Form`] when it is none of them.
    pub fn parse(text: &str) -> Result<Self, ExpiryError> {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("never") {
            return Ok(Self::Never);
        }
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
            return Ok(Self::At(Timestamp::new(date.and_time(last).and_utc())));
        }
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            // A leap second, which RFC 3339 allows and no database knows.
            if at.nanosecond() >= 1_000_000_000 {
                return Err(ExpiryError::Form);
            }
            return Ok(Self::At(Timestamp::new(at.to_utc()).whole_seconds()));
        }
        humantime::parse_duration(text).map(Self::After).ok().ok_or(ExpiryError::Form)
    }

    /// Fixes the end for a change at `now`, in whole seconds.
    ///
    /// # Errors
    /// [`ExpiryError::Past`] when it is over already, [`ExpiryError::TooFar`] beyond the year 9999.
    pub fn resolve(self, now: Timestamp) -> Result<Option<Timestamp>, ExpiryError> {
        let end = match self {
            Self::Never => return Ok(None),
            Self::At(end) => end,
            Self::After(duration) => TimeDelta::from_std(duration)
                .ok()
                .and_then(|delta| now.utc().checked_add_signed(delta))
                .map(|end| Timestamp::new(end).whole_seconds())
                .ok_or(ExpiryError::TooFar)?,
        };
        if end.fixed_width().len() != "9999-12-31T23:59:59.000000Z".len() {
            return Err(ExpiryError::TooFar);
        }
        if end <= now { Err(ExpiryError::Past(end)) } else { Ok(Some(end)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_fixed_width("2026-11-22T12:00:00.500000Z").unwrap()
    }

    fn end(text: &str) -> String {
        Expiry::parse(text).unwrap().resolve(now()).unwrap().map_or("never".to_owned(), |end| end.to_string())
    }

    #[test]
    fn the_three_forms_and_never() {
        assert_eq!(end("2026-12-31"), "2026-12-31T23:59:59Z");
        assert_eq!(end("2026-12-31T18:00:00+01:00"), "2026-12-31T17:00:00Z");
        assert_eq!(end("8h"), "2026-11-22T20:00:00Z");
        assert_eq!(end("30d"), "2026-12-22T12:00:00Z");
        assert_eq!(end(""), "never");
    }

    #[test]
    fn the_day_of_today_still_counts() {
        assert_eq!(end("2026-11-22"), "2026-11-22T23:59:59Z");
    }

    #[test]
    fn the_past_and_other_texts_are_refused() {
        for text in ["2026-11-21", "2026-11-22T12:00:00Z", "0s"] {
            assert!(matches!(Expiry::parse(text).unwrap().resolve(now()), Err(ExpiryError::Past(_))), "{text}");
        }
        for text in ["tomorrow", "2026-13-01", "2026-12-31 18:00", "2026-12-31T23:59:60Z", "-3d", "12"] {
            assert_eq!(Expiry::parse(text), Err(ExpiryError::Form), "{text}");
        }
        assert_eq!(Expiry::parse("9000y").unwrap().resolve(now()), Err(ExpiryError::TooFar));
    }
}
