//! How the host records stand as a whole: counts, each of them a bar with the filter that lists what it counts.
//!
//! Ages are counted back from the instant at which the counts were read, as `age:` of a filter counts them.

use std::time::Duration;

use super::filter::{Age, Compare, Filter, Name, RecordTest, Test, spelt};
use super::time::Timestamp;

#[cfg(test)]
mod tests;

/// The stretches of 24 hours that rotations are counted in.
pub const DAYS: usize = 30;

/// People that are named at most.
pub const PEOPLE: usize = 10;

const DAY: u32 = 86_400;

/// The age from which on a Host GUID should be rotated: `[policy] max_age`, in whole seconds, an hour to 34 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAge(u32);

impl MaxAge {
    /// Takes an age; one beyond the limits is the nearest within.
    #[must_use]
    pub fn new(age: Duration) -> Self {
        // Four times as much is the last limit of a bar.
        Self(u32::try_from(age.as_secs()).unwrap_or(u32::MAX).clamp(3600, u32::MAX / 4))
    }
}

/// Writes the largest unit that fits: `90d`, `36h`.
impl std::fmt::Display for MaxAge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&spelt(self.0))
    }
}

/// Ages from one, itself included, to another, itself excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    from: u32,
    to: Option<u32>,
}

impl Band {
    /// Divides all ages: three parts within the policy, then up to twice, up to four times as much, and beyond.
    #[must_use]
    pub fn of_policy(MaxAge(max): MaxAge) -> [Self; 6] {
        let third = max / 3;
        let unit = [DAY, 3600, 60].into_iter().find(|unit| third >= *unit).unwrap_or(1);
        let third = third / unit * unit;
        let ends = [third, 2 * third, max, 2 * max, 4 * max];
        let mut from = 0;
        [0, 1, 2, 3, 4, 5].map(|place| {
            let band = Self { from, to: ends.get(place).copied() };
            from = band.to.unwrap_or(from);
            band
        })
    }

    /// Gives the stretches of 24 hours up to the instant of the counts, the oldest first.
    #[must_use]
    pub fn days() -> [Self; DAYS] {
        let mut to = DAY * 31;
        [(); DAYS].map(|()| {
            to -= DAY;
            Self { from: to - DAY, to: Some(to) }
        })
    }

    /// Gives all of these stretches together.
    #[must_use]
    pub fn all_days() -> Self {
        Self { from: 0, to: Some(DAY * 30) }
    }

    /// Tells whether every age in it is over the policy.
    #[must_use]
    pub fn is_over(self, MaxAge(max): MaxAge) -> bool {
        self.from >= max
    }

    /// Gives the conditions on a record: none below the first age, none beyond the last.
    #[must_use]
    pub fn ages(self) -> Vec<Age> {
        let from = (self.from > 0).then(|| Age::new(Compare::AtLeast, self.from));
        from.into_iter().chain(self.to.map(|to| Age::new(Compare::Under, to))).collect()
    }

    fn filter(self) -> Filter {
        self.ages().into_iter().map(Test::Age).collect()
    }

    /// Gives the whole days from its end to the instant of the counts.
    #[must_use]
    pub fn days_ago(self) -> u32 {
        self.from / DAY
    }

    /// Gives the instants that it lies between, of which the first is left out.
    #[must_use]
    pub fn instants(self, at: Timestamp) -> (Option<Timestamp>, Timestamp) {
        let back = |seconds: u32| at.plus_seconds(-i64::from(seconds));
        (self.to.map(back), back(self.from))
    }
}

/// Writes `under 30d`, `30d to 60d`, `360d and more`.
impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.from, self.to) {
            (0, Some(to)) => write!(f, "under {}", spelt(to)),
            (from, Some(to)) => write!(f, "{} to {}", spelt(from), spelt(to)),
            (from, None) => write!(f, "{} and more", spelt(from)),
        }
    }
}

/// New Host GUIDs as the history tells of them (`created`, `rotated`, `force_created`), and what is left of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotations {
    /// How many entries.
    pub rotations: u64,
    /// How many sessions have their current record from then, or from that person in these days. A record that another
    /// program made counts too, and a session that was rotated twice counts once.
    pub sessions: u64,
}

/// Who made new Host GUIDs within the [`DAYS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name; hostile until it passed `sanitize`.
    pub name: String,
    /// How many.
    pub made: Rotations,
}

/// The counts at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The instant by the database's clock.
    pub at: Timestamp,
    /// What the ages are held against.
    pub max_age: MaxAge,
    /// How many sessions there are.
    pub sessions: u64,
    /// How many of them have a current record that has not expired.
    pub working: u64,
    /// How many have one that works, but expires within seven days.
    pub expiring: u64,
    /// How many have one that has expired.
    pub expired: u64,
    /// How many have no active record.
    pub none: u64,
    /// How many have legacy duplicates.
    pub duplicates: u64,
    /// How many current records there are in each of [`Band::of_policy`].
    pub ages: [u64; 6],
    /// Rotations in each of [`Band::days`].
    pub days: [Rotations; DAYS],
    /// Who made the most of them, at most [`PEOPLE`], the busiest first.
    pub people: Vec<Person>,
}

/// A group of bars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Chart {
    /// How the records of the sessions stand.
    #[default]
    Records,
    /// How old the current records are.
    Ages,
    /// How many rotations there were each day.
    Days,
    /// By whom.
    People,
}

impl Chart {
    /// All of them, in their order on the screen.
    pub const ALL: [Self; 4] = [Self::Records, Self::Ages, Self::Days, Self::People];
}

/// What a bar is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Sessions whose records are like this.
    Record(RecordTest),
    /// Records of such an age.
    Age(Band),
    /// Rotations in one of [`Band::days`].
    Day(Band),
    /// Rotations by one person; the name is hostile until it passed `sanitize`.
    Person(String),
}

/// A number, and the filter that lists the sessions behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is about.
    pub subject: Subject,
    /// Its length: sessions, or rotations.
    pub count: u64,
    /// How many sessions the filter finds.
    pub sessions: u64,
    /// The filter.
    pub filter: Filter,
}

impl Overview {
    /// Counts the records that are older than the policy wants.
    #[must_use]
    pub fn over(&self) -> u64 {
        let bands = Band::of_policy(self.max_age).into_iter().zip(self.ages);
        bands.filter(|(band, _)| band.is_over(self.max_age)).map(|(_, count)| count).sum()
    }

    /// Counts the rotations of all days.
    #[must_use]
    pub fn rotations(&self) -> u64 {
        self.days.iter().map(|day| day.rotations).sum()
    }

    /// Counts the rotations by people who are not named.
    #[must_use]
    pub fn by_others(&self) -> u64 {
        self.rotations().saturating_sub(self.people.iter().map(|person| person.made.rotations).sum())
    }

    /// Lists the bars of a chart, in their order on the screen.
    #[must_use]
    pub fn bars(&self, chart: Chart) -> Vec<Bar> {
        match chart {
            Chart::Records => {
                let counts = [
                    (RecordTest::Active, self.working),
                    (RecordTest::Expiring, self.expiring),
                    (RecordTest::Expired, self.expired),
                    (RecordTest::None, self.none),
                    (RecordTest::Duplicate, self.duplicates),
                ];
                let filter = |test| [Test::Record(test)].into_iter().collect();
                counts.map(|(test, count)| of_sessions(Subject::Record(test), count, filter(test))).into()
            }
            Chart::Ages => {
                let bands = Band::of_policy(self.max_age).into_iter().zip(self.ages);
                bands.map(|(band, count)| of_sessions(Subject::Age(band), count, band.filter())).collect()
            }
            Chart::Days => {
                let days = Band::days().into_iter().zip(self.days);
                days.map(|(band, made)| of_rotations(Subject::Day(band), made, band.filter())).collect()
            }
            Chart::People => {
                let person = |Person { name, made }: &Person| {
                    let filter = tests_of(name).into_iter().collect();
                    of_rotations(Subject::Person(name.clone()), *made, filter)
                };
                self.people.iter().map(person).collect()
            }
        }
    }
}

/// Gives the conditions on the records that a person made within the [`DAYS`].
#[must_use]
pub fn tests_of(name: &str) -> Vec<Test> {
    let by = Test::By(Name { text: name.to_owned(), exact: true });
    [by].into_iter().chain(Band::all_days().ages().into_iter().map(Test::Age)).collect()
}

fn of_sessions(subject: Subject, sessions: u64, filter: Filter) -> Bar {
    Bar { subject, count: sessions, sessions, filter }
}

fn of_rotations(subject: Subject, made: Rotations, filter: Filter) -> Bar {
    Bar { subject, count: made.rotations, sessions: made.sessions, filter }
}
