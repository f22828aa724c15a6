//! How old the picture on the screen is, and what is done while the database is out of reach.

use crate::domain::time::Timestamp;
use crate::tui::view::times::Times;

/// Seconds up to which the picture counts as live, in the steps that the header shows: a step is drawn once.
const LIVE: [i64; 3] = [2, 5, 10];

/// Seconds from which on nothing is changed by what is shown.
const TOO_OLD: i64 = 30;

/// Milliseconds between two looks at a database that answers, and at most between two at one that does not.
const PAUSE: i64 = 1000;
const LONGEST_PAUSE: i64 = 15_000;

/// What is known of the way to the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connection {
    /// The last instant at which the rows on the screen were those of the database.
    pub confirmed: Option<Timestamp>,
    /// The last instant at which the database answered anything.
    pub heard: Option<Timestamp>,
    /// Since when it does not answer, if that is so.
    pub trouble: Option<Trouble>,
    /// Since when the rows on the screen are held as they are, if a person asked for that.
    pub frozen: Option<Timestamp>,
}

/// A database that does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// When that was first seen.
    pub since: Timestamp,
    /// How many times it was tried again.
    pub tries: u32,
    /// When it is tried again.
    pub again: Timestamp,
}

/// How the header puts it; each has a word and a sign of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was read yet.
    Unread,
    /// At most so many seconds old.
    Live(i64),
    /// So many seconds old.
    Stale(i64),
    /// Out of reach.
    Offline(Trouble),
    /// Held as it was at this instant.
    Frozen(Timestamp),
}

impl Connection {
    /// The rows on the screen were those of the database at this instant.
    pub fn confirm(&mut self, at: Timestamp) {
        self.confirmed = self.confirmed.max(Some(at));
        self.hear(at);
    }

    /// The database answered at this instant, whatever became of the rows.
    pub fn hear(&mut self, at: Timestamp) {
        self.heard = self.heard.max(Some(at));
    }

    /// It did not answer: the next look is later than the last one was, and not at the same moment as other consoles'.
    pub fn lost(&mut self, now: Timestamp) {
        let (since, tries) = self.trouble.map_or((now, 1), |trouble| (trouble.since, trouble.tries + 1));
        let pause = (PAUSE << tries.min(5).saturating_sub(1)).min(LONGEST_PAUSE);
        // Nobody plans the microsecond at which a look fails.
        let jitter = i64::from(now.utc().timestamp_subsec_micros() % 1000) * pause / 4000;
        self.trouble = Some(Trouble { since, tries, again: now.plus_millis(pause + jitter) });
    }

    /// Gives the milliseconds until the next look.
    #[must_use]
    pub fn pause(&self, now: Timestamp) -> u64 {
        let pause = self.trouble.map_or(PAUSE, |trouble| trouble.again.millis_since(now).clamp(0, 2 * LONGEST_PAUSE));
        pause.unsigned_abs()
    }

    /// Tells how long ago an instant is, in seconds; a clock that was set back makes nothing younger than new.
    fn age(at: Option<Timestamp>, now: Timestamp) -> Option<i64> {
        at.map(|at| now.seconds_since(at).max(0))
    }

    /// Tells how things stand.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (self.trouble, self.frozen, Self::age(self.confirmed, now)) {
            (Some(trouble), ..) => Standing::Offline(trouble),
            (None, _, None) => Standing::Unread,
            (None, Some(since), Some(_)) => Standing::Frozen(since),
            (None, None, Some(age)) => match LIVE.into_iter().find(|step| age <= *step) {
                Some(step) => Standing::Live(step),
                None => Standing::Stale(age),
            },
        }
    }

    /// Says why nothing may be changed by what is shown, if that is so. Rows that a person holds may be old: the plan is
    /// read anew, and a session that changed meanwhile says so. Then the database must have answered lately.
    #[must_use]
    pub fn lock(&self, times: Times) -> Option<String> {
        if let Some(reason) = self.offline(times) {
            return Some(reason);
        }
        let of = if self.frozen.is_some() { self.heard } else { self.confirmed };
        let age = Self::age(of, times.now).filter(|age| *age > TOO_OLD)?;
        Some(format!("What is shown is {age} s old, so nothing is changed by it. It is being read again."))
    }

    /// Says why no change can be begun at all, if that is so.
    #[must_use]
    pub fn offline(&self, times: Times) -> Option<String> {
        let trouble = self.trouble?;
        let since = times.of_day(trouble.since);
        Some(format!(
            "The database is out of reach since {since}: nothing can be changed now. It is being tried again."
        ))
    }
}
