//! Instants, their two text forms, and the clock that the program reads.

use std::fmt;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, SecondsFormat, SubsecRound, TimeDelta, Utc};

mod zone;

pub use zone::Zone;

/// An instant in UTC, cut to the microsecond (the finest unit that both database engines keep).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// The form of our own tables and of audit bodies: `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which sorts as text.
const FIXED_WIDTH: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

impl Timestamp {
    /// Stands for a stored time that cannot be read: before every other instant, so that an end is over, and shown as
    /// the word `unreadable`. What another program wrote must not keep a leaked GUID from being rotated.
    pub const UNREADABLE: Self = Self(DateTime::<Utc>::MIN_UTC);

    /// Stands for a stored time that never comes, which a server may hold: after every other instant, so that an end is
    /// never over, and shown as the word `infinity`.
    pub const ENDLESS: Self = Self(DateTime::<Utc>::MAX_UTC);

    /// Takes an instant and cuts it to the microsecond.
    #[must_use]
    pub fn new(instant: DateTime<Utc>) -> Self {
        Self(instant.trunc_subsecs(6))
    }

    /// Gives the instant as `chrono` knows it.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// Cuts to the whole second, the unit of the columns that we write in the existing tables.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        Self(self.0.trunc_subsecs(0))
    }

    /// Writes the fixed-width text `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
    #[must_use]
    pub fn fixed_width(self) -> String {
        self.0.format(FIXED_WIDTH).to_string()
    }

    /// Reads what [`Timestamp::fixed_width`] writes up to the year 9999, and nothing else.
    #[must_use]
    pub fn parse_fixed_width(text: &str) -> Option<Self> {
        // By hand: a format that is read anew for each entry takes longer than hashing the entry.
        let bytes: &[u8; 27] = text.as_bytes().try_into().ok()?;
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0, |sum, digit| Some(sum * 10 + char::from(*digit).to_digit(10)?))
        };
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
        if marks.iter().any(|(place, mark)| bytes[*place] != *mark) {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(number(0, 4)?.try_into().ok()?, number(5, 7)?, number(8, 10)?)?;
        let at = day.and_hms_micro_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 26)?)?;
        Some(Self(at.and_utc()))
    }

    /// Reads what the web application, its exports and this program write in the existing tables: `YYYY-MM-DD HH:MM:SS`,
    /// or with `T` for the blank, up to nine digits of a fraction, and an offset; without one it is in UTC. Years 1 to 9999.
    #[must_use]
    pub fn parse_written(text: &str) -> Option<Self> {
        // By hand, as there are several in each of a million rows.
        let (head, rest) = text.split_at_checked(19)?;
        let head: &[u8; 19] = head.as_bytes().try_into().ok()?;
        let number = |from: usize, to: usize| {
            head[from..to].iter().try_fold(0_u32, |sum, digit| Some(sum * 10 + char::from(*digit).to_digit(10)?))
        };
        let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if marks.iter().any(|(place, mark)| head[*place] != *mark) || !matches!(head[10], b' ' | b'T') {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(number(0, 4)?.try_into().ok()?, number(5, 7)?, number(8, 10)?)?;
        let (micros, rest) = fraction(rest)?;
        let local = day.and_hms_micro_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, micros)?;
        let utc = local.checked_sub_signed(TimeDelta::seconds(offset(rest)?))?;
        (1..=9999).contains(&utc.year()).then_some(Self(utc.and_utc()))
    }

    /// Says how far away this is, in the largest unit that it fills: `3 d` ago, `in 5 h`, to the nearest minute; `<1 min` or
    /// `in <1 min` where that is none, so that it changes once a minute at most. `?` where it cannot be read, `never` where it never comes.
    #[must_use]
    pub fn relative(self, now: Self) -> String {
        if self == Self::UNREADABLE {
            return "?".to_owned();
        }
        if self == Self::ENDLESS {
            return "never".to_owned();
        }
        let seconds = now.seconds_since(self);
        // What is to come in 30 days is not to come in 29 as soon as somebody has read that.
        let seconds = match seconds {
            ..0 => (seconds - 30) / 60 * 60,
            past => past,
        };
        let is_past = self <= now;
        let distance = match seconds.unsigned_abs() {
            0..=59 => "<1 min".to_owned(),
            far @ 60..=3599 => format!("{} min", far / 60),
            far @ 3600..=86_399 => format!("{} h", far / 3600),
            far @ 86_400.. => format!("{} d", far / 86_400),
        };
        if is_past { distance } else { format!("in {distance}") }
    }

    /// Gives the whole seconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds()
    }

    /// Gives the milliseconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_milliseconds()
    }

    /// Gives the microseconds from `earlier` to this instant; negative when `earlier` is later, at most what fits.
    #[must_use]
    pub fn micros_since(self, earlier: Self) -> i64 {
        let distance = self.0 - earlier.0;
        distance.num_microseconds().unwrap_or_else(|| distance.num_seconds().saturating_mul(1_000_000))
    }

    /// Gives the instant so many milliseconds later.
    #[must_use]
    pub fn plus_millis(self, milliseconds: i64) -> Self {
        Self(self.0 + chrono::TimeDelta::milliseconds(milliseconds))
    }

    /// Gives the instant so many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + chrono::TimeDelta::seconds(seconds))
    }
}

/// Reads a fraction of one to nine digits, cut to microseconds; gives what follows it.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(digits) = text.strip_prefix('.') else { return Some((0, text)) };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let (digits, rest) = digits.split_at(count);
    let cut = digits.bytes().chain(std::iter::repeat(b'0')).take(6);
    Some((cut.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')), rest))
}

/// Reads nothing, `Z` or `+02:00` as seconds east.
fn offset(text: &str) -> Option<i64> {
    match text.trim_start() {
        "" | "Z" => Some(0),
        // chrono's own reading of an offset, on an instant that is known.
        other => {
            let at = DateTime::<FixedOffset>::parse_from_rfc3339(&format!("2000-01-01T00:00:00{other}")).ok()?;
            Some(i64::from(at.offset().local_minus_utc()))
        }
    }
}

/// RFC 3339 in UTC with `Z`; a fraction only where there is one.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::UNREADABLE {
            return f.write_str("unreadable");
        }
        if *self == Self::ENDLESS {
            return f.write_str("infinity");
        }
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The source of the present instant; tests bring their own.
pub trait Clock: Send + Sync {
    /// Gives the present instant.
    fn now(&self) -> Timestamp;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::new(Utc::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_width_text_has_six_digits_and_reads_back() {
        let at = Timestamp::parse_fixed_width("2026-11-22T22:55:13.000120Z").unwrap();
        assert_eq!(at.fixed_width(), "2026-11-22T22:55:13.000120Z");
        assert_eq!(at.to_string(), "2026-11-22T22:55:13.000120Z");
        assert_eq!(at.whole_seconds().to_string(), "2026-11-22T22:55:13Z");
    }

    #[test]
    fn any_other_text_is_refused() {
        for text in ["2026-11-22T22:55:13Z", "2026-11-22T22:55:13.0001200Z", "2026-02-29T22:55:13.000120Z", ""] {
            assert_eq!(Timestamp::parse_fixed_width(text), None, "{text}");
        }
        let fits = "2026-11-22T22:55:13.000120Z";
        for place in 0..fits.len() {
            let other = format!("{}x{}", &fits[..place], &fits[place + 1..]);
            assert_eq!(Timestamp::parse_fixed_width(&other), None, "{other}");
        }
    }

    #[test]
    fn a_distance_has_a_sign() {
        let early = Timestamp::parse_fixed_width("2026-11-22T22:55:13.000120Z").unwrap();
        let late = early.plus_seconds(61);
        assert_eq!((late.seconds_since(early), early.seconds_since(late)), (61, -61));
        assert_eq!((late.millis_since(early), early.millis_since(late)), (61_000, -61_000));
        assert_eq!((late.micros_since(early), early.micros_since(late)), (61_000_000, -61_000_000));
        let (first, last) = (Timestamp::UNREADABLE, Timestamp::ENDLESS);
        assert_eq!((last.micros_since(first), first.micros_since(last)), (i64::MAX, i64::MIN));
    }

    #[test]
    fn a_distance_is_told_in_the_largest_unit_that_it_fills_and_what_is_to_come_with_in() {
        let made = Timestamp::parse_fixed_width("2026-11-22T22:55:13.000000Z").unwrap();
        let table = [
            (0, "<1 min"),
            (59, "<1 min"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (86_399, "23 h"),
            (86_400, "1 d"),
            (203 * 86_400 + 1, "203 d"),
            (-1, "in <1 min"),
            (-29, "in <1 min"),
            (-30, "in 1 min"),
            (-89, "in 1 min"),
            (-3569, "in 59 min"),
            (-3570, "in 1 h"),
            (-5 * 3600, "in 5 h"),
            (-86_369, "in 23 h"),
            (1 - 30 * 86_400, "in 30 d"),
            (31 - 30 * 86_400, "in 29 d"),
        ];
        for (seconds, told) in table {
            assert_eq!(made.relative(made.plus_seconds(seconds)), told, "{seconds}");
        }
        assert_eq!(made.relative(made.plus_millis(59_999)), "<1 min");
        assert_eq!(Timestamp::UNREADABLE.relative(made), "?");
        assert_eq!(Timestamp::ENDLESS.relative(made), "never");
    }

    #[test]
    fn an_instant_is_printed_alike_for_people_and_for_debugging() {
        let at = Timestamp::parse_fixed_width("2026-11-22T22:55:13.000000Z").unwrap();
        assert_eq!(format!("{at} {at:?}"), "2026-11-22T22:55:13Z 2026-11-22T22:55:13Z");
        assert_eq!(format!("{0} {0:?}", Timestamp::UNREADABLE), "unreadable unreadable");
        assert_eq!(format!("{0} {0:?}", Timestamp::ENDLESS), "infinity infinity");
    }
}
