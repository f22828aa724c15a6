//! The first page of the invented world, told by hand: each kind of session and each kind of hostile text once.

use std::borrow::Cow;

use super::invented::{OldRecord, OldSession};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// A session in constant form.
pub(super) struct Sketch {
    title: Option<&'static str>,
    status: &'static str,
    people: i64,
    max: Option<i64>,
    created: i64,
    started: Option<i64>,
    records: &'static [OldRecord],
}

impl Sketch {
    pub(super) fn session(&self) -> OldSession {
        let over = matches!(self.status, "Completed" | "Expired");
        OldSession {
            title: self.title.map(Cow::Borrowed),
            description: None,
            status: self.status,
            people: self.people,
            max: self.max,
            created: self.created,
            started: self.started,
            ended: self.started.filter(|_| over).map(|started| started - 2 * HOUR),
            expires: (self.status == "Expired").then_some(DAY),
            records: self.records.to_vec(),
        }
    }
}

/// A session with people in it.
const fn live(title: &'static str, people: i64, max: i64, started: i64, records: &'static [OldRecord]) -> Sketch {
    Sketch {
        title: Some(title),
        status: "Active",
        people,
        max: Some(max),
        created: 250 * DAY,
        started: Some(started),
        records,
    }
}

/// A session that has not begun.
const fn idle(title: &'static str, created: i64, records: &'static [OldRecord]) -> Sketch {
    Sketch { title: Some(title), status: "Created", people: 0, max: Some(100), created, started: None, records }
}

/// A session that has ended.
const fn over(title: &'static str, status: &'static str, created: i64, records: &'static [OldRecord]) -> Sketch {
    let started = Some(created - DAY);
    Sketch { title: Some(title), status, people: 0, max: None, created, started, records }
}

const fn made(days: i64, by: &'static str) -> OldRecord {
    OldRecord { made: days * DAY, by: Some(by), expires: None, used: None, revoked: None }
}

impl OldRecord {
    const fn used(self, minutes: i64) -> Self {
        Self { used: Some(minutes), ..self }
    }

    const fn expires(self, minutes: i64) -> Self {
        Self { expires: Some(minutes), ..self }
    }

    const fn revoked(self, minutes: i64) -> Self {
        Self { revoked: Some(minutes), ..self }
    }

    const fn anonymous(self) -> Self {
        Self { by: None, ..self }
    }
}

/// Exactly the 200 characters that the column takes.
const LONG: &str = "A title of two hundred characters, as long as the column allows, which no list can show in full: \
                    the study circle of the eastern districts on patience, gratitude, mercy, light and the opening chapter.";

pub(super) const SHOWCASE: [Sketch; 24] = [
    live("Review of the word ISLAM", 14, 50, 2 * HOUR, &[]),
    live("Review session two", 2, 50, 40, &[made(203, "Interactive User").used(35).expires(-2 * DAY)]),
    over(
        "Legacy class",
        "Completed",
        420 * DAY,
        &[
            made(410, "Interactive User").used(409 * DAY),
            made(404, "Host Manager"),
            made(400, "Interactive User").used(399 * DAY),
        ],
    ),
    idle("Review of topic 7", 3 * DAY, &[]),
    live("مراجعة كلمة الرحمة", 27, 50, 95, &[made(60, "Interactive User").used(12 * DAY)]),
    idle("שיעור ראשון: שאלות פתוחות", 44 * DAY, &[made(40, "Interactive User")]),
    live(
        "知識についての勉強会",
        6,
        100,
        20,
        &[
            made(90, "API User").used(70 * DAY),
            made(31, "Interactive User").used(30 * DAY),
            made(30, "Interactive User").used(7 * DAY),
        ],
    ),
    over("Εισαγωγή στη λογική", "Completed", 120 * DAY, &[made(119, "R. Sato").used(117 * DAY).revoked(110 * DAY)]),
    over("Введение в логику", "Expired", 90 * DAY, &[made(89, "Host Manager").used(60 * DAY).expires(9 * DAY)]),
    live(
        "🕌 gratitude: open questions",
        35,
        100,
        65,
        &[
            made(150, "Interactive User").used(149 * DAY),
            made(149, "Interactive User"),
            made(148, "API User").used(3),
            made(147, "Interactive User").used(140 * DAY).expires(100 * DAY),
            made(146, "Interactive User"),
        ],
    ),
    idle("naïveté au cafe\u{301}: re\u{301}sume\u{301}", 20 * DAY, &[]),
    idle(LONG, 15 * DAY, &[made(14, "Host Manager").expires(-180 * DAY)]),
    idle("\u{1b}[31mred\u{1b}[0m title", 33 * DAY, &[made(32, "API User")]),
    idle("\u{1b}]52;c;aGk=\u{7} clipboard", 33 * DAY, &[made(32, "API User").used(31 * DAY)]),
    live("right\u{202e}ot-left", 3, 50, 15, &[made(21, "Host Manager").used(14)]),
    idle("zero\u{200b}width", 12 * DAY, &[made(12, "Security Team")]),
    over("new\nline and\ttab", "Completed", 77 * DAY, &[made(76, "R. Sato").used(75 * DAY)]),
    idle("=1+1", 9 * DAY, &[made(8, "Interactive User")]),
    over(
        "'; DROP TABLE \"Sessions\"; --",
        "Completed",
        66 * DAY,
        &[made(65, "Interactive User"), made(64, "API User")],
    ),
    Sketch { title: None, ..idle("", 50 * DAY, &[made(49, "").anonymous().used(48 * DAY)]) },
    idle("", 51 * DAY, &[made(50, "Mallory\u{1b}[2K\rHost Manager")]),
    live("İstanbul 감사 σοφία", 1, 50, 9, &[made(5, "R. Sato").used(8).expires(-5 * HOUR)]),
    idle("Evening class", 6 * DAY, &[made(5, "Host Manager").revoked(4 * DAY)]),
    live("Working group patience", 48, 50, 3 * HOUR, &[made(1, "Security Team").used(170)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_title_fills_the_column() {
        assert_eq!(LONG.chars().count(), 200);
    }
}
