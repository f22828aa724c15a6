//! How a time is written: as its distance from now, by the clocks of this machine, or in UTC. What matters for security
//! has both the time and its distance, whichever is asked for.

use crate::config::TimeMode;
use crate::domain::time::{Timestamp, Zone};
use crate::tui::model::Model;

/// The forms of strftime.
const MINUTES: &str = "%Y-%m-%d %H:%M";
const SECONDS: &str = "%Y-%m-%d %H:%M:%S";
const OF_DAY: &str = "%H:%M:%S";
const DAY: &str = "%Y-%m-%d";

/// What writes times on one frame.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The present.
    pub now: Timestamp,
    /// What is asked for.
    pub mode: TimeMode,
    zone: Zone,
}

impl Model {
    /// Gives what writes times now.
    #[must_use]
    pub fn times(&self) -> Times {
        Times::new(self.now, self.time_mode, self.zone)
    }
}

impl Times {
    /// Writes times in this way; `local` is the zone of this machine. Where the distance is asked for, the time beside it is
    /// in UTC.
    #[must_use]
    pub fn new(now: Timestamp, mode: TimeMode, local: Zone) -> Self {
        let zone = match mode {
            TimeMode::Age | TimeMode::Universal => Zone::Universal,
            TimeMode::Local => local,
        };
        Self { now, mode, zone }
    }

    /// Writes the other of time and distance.
    #[must_use]
    pub fn other(self) -> Self {
        let mode = if self.mode == TimeMode::Age { TimeMode::Universal } else { TimeMode::Age };
        Self { mode, ..self }
    }

    /// Tells which way it is, as a sentence.
    #[must_use]
    pub fn sentence(self) -> String {
        match self.mode {
            TimeMode::Age => "Times are told as ages.".to_owned(),
            TimeMode::Local => format!("Times are told by this machine's clock ({}).", self.write(self.now, "")),
            TimeMode::Universal => "Times are told in UTC.".to_owned(),
        }
    }

    fn write(self, at: Timestamp, form: &str) -> String {
        if at == Timestamp::UNREADABLE || at == Timestamp::ENDLESS {
            return at.to_string();
        }
        self.zone.write_marked(at, form)
    }

    /// Writes date and time of day, to the minute.
    #[must_use]
    pub fn absolute(self, at: Timestamp) -> String {
        self.write(at, MINUTES)
    }

    /// Writes date and time of day, to the second.
    #[must_use]
    pub fn exact(self, at: Timestamp) -> String {
        self.write(at, SECONDS)
    }

    /// Writes the time of day, to the minute.
    #[must_use]
    pub fn minute_of_day(self, at: Timestamp) -> String {
        self.write(at, "%H:%M")
    }

    /// Writes the time of day, to the second.
    #[must_use]
    pub fn of_day(self, at: Timestamp) -> String {
        self.write(at, OF_DAY)
    }

    /// Writes date and time of day, or the date alone, for a column whose heading names the clocks.
    #[must_use]
    pub fn in_column(self, at: Timestamp, with_time: bool) -> String {
        if at == Timestamp::UNREADABLE || at == Timestamp::ENDLESS {
            return at.to_string();
        }
        self.zone.write(at, if with_time { MINUTES } else { DAY })
    }

    /// Writes the time and its distance, what is asked for first.
    #[must_use]
    pub fn instant(self, at: Timestamp) -> String {
        self.both(at, self.absolute(at), &at.relative(self.now))
    }

    /// Does the same to the second, and with `ago`.
    #[must_use]
    pub fn exact_instant(self, at: Timestamp) -> String {
        self.both(at, self.exact(at), &self.distance(at))
    }

    /// Writes the distance as the end of a sentence.
    fn distance(self, at: Timestamp) -> String {
        let ago = if at > self.now { "" } else { " ago" };
        format!("{}{ago}", at.relative(self.now))
    }

    fn both(self, at: Timestamp, absolute: String, distance: &str) -> String {
        if at == Timestamp::UNREADABLE || at == Timestamp::ENDLESS {
            return absolute;
        }
        match self.mode {
            TimeMode::Age => format!("{distance} ({absolute})"),
            TimeMode::Local | TimeMode::Universal => format!("{absolute} ({distance})"),
        }
    }

    /// Does the same in so many columns; where they are too few, what is asked for alone.
    #[must_use]
    pub fn instant_in(self, at: Timestamp, columns: usize) -> String {
        let both = self.instant(at);
        match self.mode {
            _ if both.len() <= columns => both,
            TimeMode::Age => at.relative(self.now),
            TimeMode::Local | TimeMode::Universal => self.absolute(at),
        }
    }

    /// Writes what is asked for as the end of a sentence: `3 d ago`, `in 5 h`, `2026-11-22 13:00Z`.
    #[must_use]
    pub fn told(self, at: Timestamp) -> String {
        match self.mode {
            TimeMode::Age if at == Timestamp::UNREADABLE => at.relative(self.now),
            TimeMode::Age => self.distance(at),
            TimeMode::Local | TimeMode::Universal => self.absolute(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_fixed_width(text).unwrap()
    }

    fn times(mode: TimeMode) -> Times {
        Times::new(at("2026-11-22T10:00:00.000000Z"), mode, Zone::Place(|_| 19_800))
    }

    #[test]
    fn what_is_asked_for_comes_first_and_the_other_beside_it() {
        let (past, to_come) = (at("2026-11-19T09:59:00.000000Z"), at("2026-11-22T13:00:00.000000Z"));
        let table = [
            (TimeMode::Age, "3 d (2026-11-19 09:59Z)", "in 3 h (2026-11-22 13:00Z)"),
            (TimeMode::Local, "2026-11-19 15:29+05:30 (3 d)", "2026-11-22 18:30+05:30 (in 3 h)"),
            (TimeMode::Universal, "2026-11-19 09:59Z (3 d)", "2026-11-22 13:00Z (in 3 h)"),
        ];
        for (mode, ago, later) in table {
            assert_eq!((times(mode).instant(past).as_str(), times(mode).instant(to_come).as_str()), (ago, later));
        }
    }

    #[test]
    fn where_both_do_not_fit_what_is_asked_for_stands_alone_and_whole() {
        let past = at("2026-11-19T09:59:00.000000Z");
        let shown = TimeMode::ALL.map(|mode| times(mode).instant_in(past, 22));
        assert_eq!(shown, ["3 d", "2026-11-19 15:29+05:30", "2026-11-19 09:59Z"]);
        assert_eq!(times(TimeMode::Universal).instant_in(past, 23), "2026-11-19 09:59Z (3 d)");
    }

    #[test]
    fn a_time_ends_a_sentence() {
        let told = |text| TimeMode::ALL.map(|mode| times(mode).told(at(text)));
        assert_eq!(told("2026-11-19T09:59:00.000000Z"), ["3 d ago", "2026-11-19 15:29+05:30", "2026-11-19 09:59Z"]);
        assert_eq!(told("2026-11-22T13:00:00.000000Z"), ["in 3 h", "2026-11-22 18:30+05:30", "2026-11-22 13:00Z"]);
    }

    #[test]
    fn a_time_that_cannot_be_read_or_never_comes_is_a_word() {
        for mode in TimeMode::ALL {
            assert_eq!(times(mode).instant(Timestamp::UNREADABLE), "unreadable");
            assert_eq!(times(mode).exact_instant(Timestamp::ENDLESS), "infinity");
            assert_eq!(times(mode).in_column(Timestamp::ENDLESS, true), "infinity");
        }
        assert_eq!(times(TimeMode::Age).told(Timestamp::UNREADABLE), "?");
    }
}
