//! The clocks of a place, and how they write an instant.

use chrono::{FixedOffset, Offset as _, Utc};

use super::Timestamp;

/// Whose clocks write an instant.
#[derive(Debug, Clone, Copy)]
pub enum Zone {
    /// UTC.
    Universal,
    /// Those of a place: the seconds that they are east of UTC at an instant, since summer time comes and goes.
    Place(fn(Timestamp) -> i32),
}

impl Zone {
    /// An offset of a day or more is none.
    fn offset(self, at: Timestamp) -> FixedOffset {
        match self {
            Self::Universal => Utc.fix(),
            Self::Place(east) => FixedOffset::east_opt(east(at)).unwrap_or(Utc.fix()),
        }
    }

    /// Writes an instant in a form of strftime.
    #[must_use]
    pub fn write(self, at: Timestamp, form: &str) -> String {
        at.utc().with_timezone(&self.offset(at)).format(form).to_string()
    }

    /// Writes an instant, and behind it how far the clocks are from UTC then: `Z`, `+01`, `-03:30`. Seconds of that, which
    /// no place has kept since 1972, are cut.
    #[must_use]
    pub fn write_marked(self, at: Timestamp, form: &str) -> String {
        let east = self.offset(at).local_minus_utc();
        let (sign, minutes) = (if east < 0 { '-' } else { '+' }, east.unsigned_abs() / 60);
        let mark = match (self, minutes % 60) {
            (Self::Universal, _) => "Z".to_owned(),
            (Self::Place(_), 0) => format!("{sign}{:02}", minutes / 60),
            (Self::Place(_), rest) => format!("{sign}{:02}:{rest:02}", minutes / 60),
        };
        format!("{}{mark}", self.write(at, form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "%Y-%m-%d %H:%M";

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_fixed_width(text).unwrap()
    }

    #[test]
    fn an_instant_is_written_with_how_far_the_clocks_are_from_utc() {
        let now = at("2026-11-22T23:55:13.000000Z");
        assert_eq!(Zone::Place(|_| 3600).write(now, FORM), "2026-11-23 00:55");
        let table: [(Zone, &str); 7] = [
            (Zone::Universal, "2026-11-22 23:55Z"),
            (Zone::Place(|_| 0), "2026-11-22 23:55+00"),
            (Zone::Place(|_| 3600), "2026-11-23 00:55+01"),
            (Zone::Place(|_| -12_600), "2026-11-22 20:25-03:30"),
            (Zone::Place(|_| 20_700), "2026-11-23 05:40+05:45"),
            (Zone::Place(|_| 86_399), "2026-11-23 23:55+23:59"),
            (Zone::Place(|_| 86_400), "2026-11-22 23:55+00"),
        ];
        for (zone, written) in table {
            assert_eq!(zone.write_marked(now, FORM), written);
        }
    }

    #[test]
    fn summer_time_is_that_of_the_instant_and_not_of_today() {
        // Central Europe, 2026: the clocks go back on October 25 at 01:00 UTC.
        let zone = Zone::Place(|at| if at < self::at("2026-10-25T01:00:00.000000Z") { 7200 } else { 3600 });
        assert_eq!(zone.write_marked(at("2026-10-25T00:30:00.000000Z"), FORM), "2026-10-25 02:30+02");
        assert_eq!(zone.write_marked(at("2026-10-25T01:30:00.000000Z"), FORM), "2026-10-25 02:30+01");
    }

    #[test]
    fn no_instant_is_too_far_away() {
        for far in [Timestamp::UNREADABLE, Timestamp::ENDLESS] {
            for zone in [Zone::Universal, Zone::Place(|_| 86_399), Zone::Place(|_| -86_399)] {
                assert!(!zone.write_marked(far, FORM).is_empty());
            }
        }
    }
}
