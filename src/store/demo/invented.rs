//! The rows of the invented world. Instants are minutes before now; negative ones lie ahead.

use std::borrow::Cow;

use super::showcase::{SHOWCASE, Sketch};

const DAY: i64 = 24 * 60;

/// A session as the web application left it.
#[derive(Debug, Clone)]
pub(super) struct OldSession {
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) description: Option<&'static str>,
    pub(super) status: &'static str,
    pub(super) people: i64,
    pub(super) max: Option<i64>,
    pub(super) created: i64,
    pub(super) started: Option<i64>,
    pub(super) ended: Option<i64>,
    pub(super) expires: Option<i64>,
    pub(super) records: Vec<OldRecord>,
}

/// A host record as the tool of before left it.
#[derive(Debug, Clone, Copy)]
pub(super) struct OldRecord {
    pub(super) made: i64,
    pub(super) by: Option<&'static str>,
    pub(super) expires: Option<i64>,
    pub(super) used: Option<i64>,
    pub(super) revoked: Option<i64>,
}

/// Numbers that look random and are the same every time (`SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(id: i64, salt: u64) -> Self {
        Self(id.unsigned_abs().wrapping_mul(0xa076_1d64_78bd_642f) ^ salt.wrapping_mul(0xe703_7ed1_a0b4_28db))
    }

    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Rolls a number from `low` up to, but not including, `high`.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(1).unsigned_abs();
        low + i64::try_from(self.roll() % span).unwrap_or(0)
    }

    fn percent(&mut self, chance: i64) -> bool {
        self.between(0, 100) < chance
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let place = usize::try_from(self.between(0, i64::try_from(from.len()).unwrap_or(1))).unwrap_or(0);
        from.get(place).copied()
    }
}

const PATTERNS: [(&str, &str); 6] = [
    ("Review of the word ", ""),
    ("Introduction to ", ""),
    ("", ": open questions"),
    ("Working group ", ""),
    ("", " (repeat)"),
    ("", ""),
];

const WORDS: [&str; 18] = [
    "Islam",
    "mercy",
    "patience",
    "light",
    "the opening",
    "gratitude",
    "naïveté",
    "Ωmega",
    "σοφία",
    "знание",
    "الرحمة",
    "الصبر",
    "חכמה",
    "知識",
    "감사",
    "🕌 gratitude",
    "cafe\u{301} culture",
    "İstanbul",
];

const PEOPLE: [Option<&str>; 7] = [
    Some("Host Manager"),
    Some("Host Manager"),
    Some("Security Team"),
    Some("R. Sato"),
    Some("Interactive User"),
    Some("API User"),
    None,
];

/// Gives the session with this id: the first ones are told by hand, the others are rolled.
pub(super) fn session(id: i64) -> OldSession {
    let told = usize::try_from(id - 1).ok().and_then(|place| SHOWCASE.get(place));
    told.map_or_else(|| rolled(id), Sketch::session)
}

fn rolled(id: i64) -> OldSession {
    let mut dice = Dice::of(id, 1);
    let (before, after) = dice.pick(&PATTERNS).unwrap_or_default();
    let title = format!("{before}{}{after}", dice.pick(&WORDS).unwrap_or_default());
    let status = match dice.between(0, 10) {
        0..4 => "Created",
        4..6 => "Active",
        6..9 => "Completed",
        _ => "Expired",
    };
    let created = dice.between(2 * DAY, 280 * DAY);
    let started = match status {
        "Created" => None,
        "Active" => Some(dice.between(5, 300)),
        _ => Some(dice.between(300, created)),
    };
    let over = matches!(status, "Completed" | "Expired");
    OldSession {
        title: Some(title.into()),
        description: dice.percent(40).then_some("Imported from the calendar"),
        status,
        people: if status == "Active" { dice.between(1, 50) } else { 0 },
        max: dice.pick(&[None, Some(50), Some(100)]).flatten(),
        created,
        started,
        ended: started.filter(|_| over).map(|started| started - 120),
        expires: if status == "Expired" {
            Some(dice.between(10, 200))
        } else {
            dice.percent(30).then(|| -dice.between(DAY, 400 * DAY))
        },
        records: records(&mut dice, created, started.is_some()),
    }
}

fn records(dice: &mut Dice, created: i64, used: bool) -> Vec<OldRecord> {
    let count = match dice.between(0, 100) {
        0..15 => 0,
        15..80 => 1,
        80..92 => 2,
        92..97 => 3,
        _ => 5,
    };
    let record = |dice: &mut Dice| {
        let made = dice.between(DAY, created);
        OldRecord {
            made,
            by: dice.pick(&PEOPLE).flatten(),
            expires: dice.percent(25).then(|| dice.between(-300 * DAY, made)),
            used: (used && dice.percent(60)).then(|| dice.between(1, made)),
            revoked: dice.percent(8).then(|| dice.between(0, made)),
        }
    };
    (0..count).map(|_| record(dice)).collect()
}

/// Gives a group's GUID in the text form of the table.
pub(super) fn group_of(id: i64) -> String {
    let mut dice = Dice::of(id, 3);
    let (a, b) = (dice.roll(), dice.roll());
    let variant = (b >> 48) & 0x3fff | 0x8000;
    format!("{:08X}-{:04X}-4{:03X}-{variant:04X}-{:012X}", a >> 32, a >> 16 & 0xffff, a & 0xfff, b & 0xffff_ffff_ffff)
}
