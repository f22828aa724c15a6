//! What was read of sessions with several active records, as much of it as is shown and done.

use crate::domain::consolidation::{Choice, cannot_stay};
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::{Crowded, Decision, Planned};

/// What was read.
#[derive(Debug, Clone)]
pub enum Survey {
    /// One session; `None` where it has no more than one active record, or is not read yet.
    One(Option<Box<One>>),
    /// Several of them, summed up.
    Several(Box<Sum>),
}

/// One session, and which of its records stays.
#[derive(Debug, Clone)]
pub struct One {
    /// The session.
    pub crowded: Crowded,
    /// The record that stays: by the rule, or by the person who chose it.
    pub keep: Option<HostRecordId>,
}

/// Several sessions.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    /// What the rule decides, in the order of ids.
    pub decided: Vec<Decision>,
    /// What it leaves to a person.
    pub ambiguous: Vec<SessionId>,
    /// How many records would be retired.
    pub goes: usize,
    /// In how many of the decided sessions people are.
    pub live: usize,
}

impl One {
    fn new(crowded: Crowded) -> Self {
        let keep = match crowded.choice {
            Choice::Stays(keep, _) => Some(keep),
            Choice::Ambiguous(..) => None,
        };
        Self { crowded, keep }
    }

    /// Gives the place of the record that stays.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        self.crowded.active.iter().position(|record| Some(record.id) == self.keep)
    }

    /// Lets the record so many places on stay; the first or the last where none does yet.
    pub(super) fn choose(&mut self, step: isize) {
        let count = self.crowded.active.len().max(1);
        let next = match self.place() {
            None if step > 0 => 0,
            None => count - 1,
            Some(place) => (place + count).saturating_add_signed(step) % count,
        };
        self.keep = self.crowded.active.get(next).map(|record| record.id);
    }

    /// Says why the chosen one cannot stay, if it cannot.
    #[must_use]
    pub fn obstacle(&self, now: Timestamp) -> Option<String> {
        let kept = self.crowded.active.get(self.place()?)?;
        cannot_stay(kept, self.crowded.active.iter(), now).map(|why| format!("#{} cannot stay: it {why}.", kept.id))
    }

    /// Says why this one stays.
    #[must_use]
    pub fn why(&self) -> String {
        match (self.keep, self.crowded.choice) {
            (Some(keep), Choice::Stays(rule, why)) if keep != rule => {
                format!("you chose it; the rule keeps #{rule}: {}", why.sentence())
            }
            (Some(_), Choice::Ambiguous(one, other)) => {
                format!("you chose it; #{one} and #{other} were used close to each other")
            }
            (_, choice) => choice.sentence(),
        }
    }
}

impl Survey {
    /// Takes sessions in that were read.
    pub(super) fn take_in(&mut self, found: Vec<Crowded>) {
        match self {
            Self::One(one) => *one = found.into_iter().next().map(|crowded| Box::new(One::new(crowded))),
            Self::Several(sum) => found.iter().for_each(|crowded| sum.add(crowded)),
        }
    }

    /// Counts the sessions in which people are, of those that would be consolidated.
    #[must_use]
    pub fn live(&self) -> usize {
        match self {
            Self::One(one) => one.iter().filter(|one| one.crowded.session.is_live()).count(),
            Self::Several(sum) => sum.live,
        }
    }

    /// Tells whether a person has to choose before anything can be done.
    #[must_use]
    pub fn wants_a_choice(&self) -> bool {
        matches!(self, Self::One(Some(one)) if one.keep.is_none())
    }

    /// Says why what a person chose cannot be done, if it cannot.
    #[must_use]
    pub fn obstacle(&self, now: Timestamp) -> Option<String> {
        match self {
            Self::One(one) => one.as_ref()?.obstacle(now),
            Self::Several(_) => None,
        }
    }

    /// Tells whether there is anything to be done.
    #[must_use]
    pub fn decides(&self) -> bool {
        match self {
            Self::One(one) => one.as_ref().is_some_and(|one| one.keep.is_some()),
            Self::Several(sum) => !sum.decided.is_empty(),
        }
    }

    /// Lists what is decided.
    #[must_use]
    pub fn planned(&self) -> Vec<Planned> {
        match self {
            Self::One(one) => {
                let decided = one.as_ref().and_then(|one| one.crowded.decide(one.keep?));
                decided.map(Planned::Decided).into_iter().collect()
            }
            Self::Several(sum) => sum.decided.iter().cloned().map(Planned::Decided).collect(),
        }
    }
}

impl Sum {
    fn add(&mut self, crowded: &Crowded) {
        match crowded.decision() {
            None => self.ambiguous.push(crowded.session.id),
            Some(decision) => {
                self.decided.push(decision);
                self.goes += crowded.active.len() - 1;
                self.live += usize::from(crowded.session.is_live());
            }
        }
    }
}
