//! How many sessions there are, and how many match: an estimate comes by itself, an exact number when a person asks.

use std::ops::Range;

use super::Picture;
use crate::domain::estimate::{Count, Estimate};
use crate::domain::time::Timestamp;
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::marks::grouped;
use crate::tui::message::{Failure, MainUi};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::text;
use crate::tui::view::times::Times;

/// A number of sessions, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// What could be said at a bounded cost.
    Told(Count),
    /// Counted one by one because a person asked.
    Counted {
        /// So many.
        number: u64,
        /// When that was asked.
        at: Timestamp,
        /// Whether somebody has changed the database since.
        changed: bool,
    },
}

/// What is known of the numbers, and what is being asked.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// How many sessions there are.
    pub all: Option<Number>,
    /// How many match the filter, where there is one.
    pub found: Option<Number>,
    /// Whether an estimate is to be asked for.
    pub outdated: bool,
    /// The question for an estimate, and when it was asked.
    pub estimating: Option<(Ticket, Timestamp)>,
    /// The time in which none is asked for that no person wants. A clock that is set back leaves it.
    pub rests: Option<Range<Timestamp>>,
    /// The question for an exact number.
    pub counting: Option<Counting>,
}

/// So many times as long as an estimate took, the next one that nobody asked for waits: on a busy server each look finds a
/// change.
const REST: i64 = 10;

/// A question for an exact number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counting {
    /// Its name.
    pub ticket: Ticket,
    /// When it was asked.
    pub since: Timestamp,
    /// Whether somebody has changed the database since.
    pub changed: bool,
}

impl Numbers {
    /// The database changed: what was counted was so before, and estimates are made anew.
    pub fn database_changed(&mut self) {
        self.outdated = true;
        if let Some(counting) = &mut self.counting {
            counting.changed = true;
        }
        for number in [&mut self.all, &mut self.found].into_iter().flatten() {
            if let Number::Counted { changed, .. } = number {
                *changed = true;
            }
        }
    }

    /// The database changed, and how many there are now was not told: no number is exact any more.
    pub fn doubt(&mut self) {
        self.database_changed();
        self.outdated = false;
        self.no_longer_exact();
    }

    fn no_longer_exact(&mut self) {
        for number in [&mut self.all, &mut self.found].into_iter().flatten() {
            if let Number::Told(Count::Exact(exact)) = *number {
                *number = Number::Told(Count::About(exact));
            }
        }
    }

    /// A person reads again: what was counted before is not kept.
    pub fn read_again(&mut self) {
        (self.outdated, self.rests) = (true, None);
        for number in [&mut self.all, &mut self.found] {
            number.take_if(|number| matches!(number, Number::Counted { .. }));
        }
    }

    /// Puts an estimate in, unless a person had it counted.
    fn tell(number: &mut Option<Number>, count: Count) {
        if !matches!(number, Some(Number::Counted { .. })) {
            *number = Some(Number::Told(count));
        }
    }
}

impl Number {
    /// Tells whether it is the very number.
    fn is_exact(self) -> bool {
        matches!(self, Self::Told(Count::Exact(_)) | Self::Counted { changed: false, .. })
    }

    /// Writes it; `None` where nothing can be said. So many at least were seen.
    #[must_use]
    pub fn short(self, seen: usize) -> Option<String> {
        Some(match self {
            Self::Told(Count::Unknown) => return None,
            Self::Told(Count::Exact(number)) | Self::Counted { number, changed: false, .. } => grouped(number),
            Self::Told(Count::About(number)) => about(number.max(seen as u64)),
            Self::Counted { number, changed: true, .. } => format!("~{}", grouped(number)),
        })
    }

    /// Writes it with what it counts, and when it was so.
    #[must_use]
    pub fn words(self, what: &str, seen: usize, times: Times) -> Option<String> {
        if let Self::Counted { number, at, changed: true } = self {
            return Some(format!("{} {what} at {}", grouped(number), times.minute_of_day(at)));
        }
        self.short(seen).map(|number| format!("{number} {what}"))
    }
}

/// Writes an estimate, with no more digits than it is worth.
fn about(number: u64) -> String {
    match number {
        0..1_000 => format!("~{number}"),
        1_000..1_000_000 => {
            let unit = 10_u64.pow(number.ilog10() - 1);
            format!("~{}", grouped((number + unit / 2) / unit * unit))
        }
        1_000_000.. => {
            let hundredths = (number + 5_000) / 10_000;
            format!("~{}.{:02}M", grouped(hundredths / 100), hundredths % 100)
        }
    }
}

/// Gives the number of the sessions that the list shows, where that is known at all.
#[must_use]
pub fn of_list(model: &Model) -> Option<Number> {
    let list = &model.list;
    // A picture that is held has the number that it had.
    let held = list.picture == Picture::Outdated && model.connection.frozen.is_some();
    if list.at_start && list.at_end && (list.picture == Picture::Whole || held) && list.failure.is_none() {
        return Some(Number::Told(Count::Exact(list.rows.len() as u64)));
    }
    if list.filter.is_empty() { list.numbers.all } else { list.numbers.found }
}

/// The list shows other sessions: nobody knows yet how many. What is asked about the ones before is stopped.
pub fn filter_changed(model: &mut Model) -> Vec<Effect> {
    let numbers = &mut model.list.numbers;
    (numbers.found, numbers.outdated, numbers.rests) = (None, true, None);
    let asked =
        [numbers.estimating.take().map(|(ticket, _)| ticket), numbers.counting.take().map(|counting| counting.ticket)];
    asked.into_iter().flatten().map(Effect::CancelLoad).collect()
}

/// Asks for an estimate where one is wanted, once the list is read: rows come first.
pub fn look(model: &mut Model) -> Option<Effect> {
    let numbers = &mut model.list.numbers;
    if !numbers.outdated || numbers.estimating.is_some() || model.list.loading.is_some() {
        return None;
    }
    if numbers.rests.as_ref().is_some_and(|rests| rests.contains(&model.now)) {
        // What was exact was so before the change.
        numbers.no_longer_exact();
        return None;
    }
    let ticket = model.ticket();
    (model.list.numbers.outdated, model.list.numbers.estimating) = (false, Some((ticket, model.now)));
    Some(Effect::Load(ticket, Query::Estimate(model.list.wanted())))
}

/// Takes an estimate in, if there is one. A failure is told by the list, which is read from the same place.
pub fn estimated(model: &mut Model, estimate: Option<Estimate>) {
    let filtered = !model.list.filter.is_empty();
    let numbers = &mut model.list.numbers;
    let took = numbers.estimating.take().map_or(0, |(_, asked)| model.now.millis_since(asked));
    numbers.rests = Some(model.now..model.now.plus_millis(took.saturating_mul(REST)));
    let Some(Estimate { all, found }) = estimate else { return numbers.doubt() };
    Numbers::tell(&mut numbers.all, all);
    if filtered {
        Numbers::tell(&mut numbers.found, found);
    }
}

/// Counts the sessions that the list shows, all of them.
pub fn count(model: &mut Model) -> Vec<Effect> {
    let ticket = model.ticket();
    model.list.numbers.counting = Some(Counting { ticket, since: model.now, changed: false });
    vec![Effect::Load(ticket, Query::Count(model.list.wanted()))]
}

/// Says why there is nothing to count, if that is so.
#[must_use]
pub fn why_not(model: &Model) -> Option<String> {
    if model.list.numbers.counting.is_some() {
        return Some(format!("It is being counted: {} stops it.", model.keys.main(MainUi::Back)));
    }
    let number = of_list(model).filter(|number| number.is_exact() && model.list.picture != Picture::Outdated)?;
    number.short(0).map(|number| format!("The number is exact as it is: {number}."))
}

/// Takes a count in.
pub fn counted(model: &mut Model, answer: Result<u64, Failure>) {
    let Some(Counting { since, changed, .. }) = model.list.numbers.counting.take() else { return };
    match answer {
        Ok(number) => {
            let filtered = !model.list.filter.is_empty();
            let counted = Some(Number::Counted { number, at: since, changed });
            let numbers = &mut model.list.numbers;
            *(if filtered { &mut numbers.found } else { &mut numbers.all }) = counted;
            let what = if filtered { "match the filter" } else { "in all" };
            model.say(format!("Counted: {} {what}.", grouped(number)));
        }
        Err(failure) => {
            let again = model.keys.main(MainUi::Count);
            model.warn(format!("The sessions could not be counted: {}. {again} tries again.", failure.what));
        }
    }
}

/// Stops counting, if that is going on.
pub fn stop(model: &mut Model) -> Option<Effect> {
    let Counting { ticket, .. } = model.list.numbers.counting.take()?;
    model.say("Stopped counting.");
    Some(Effect::CancelLoad(ticket))
}

/// Says that it is being counted, once that takes its time.
#[must_use]
pub fn progress(model: &Model, theme: &Theme) -> Option<String> {
    let Counting { since, .. } = model.list.numbers.counting?;
    let millis = model.now.millis_since(since);
    let (sign, stop) = (theme.turn(since, model.now), model.keys.main(MainUi::Back));
    let waited = text::waited(since, model.now);
    (millis >= SLOW).then(|| format!("{sign} Counting the sessions, {waited}   {stop} stops it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_has_no_more_digits_than_it_is_worth() {
        for (number, shown) in [
            (7, "~7"),
            (999, "~999"),
            (1_049, "~1,000"),
            (12_345, "~12,000"),
            (345_678, "~350,000"),
            (999_999, "~1,000,000"),
            (1_203_400, "~1.20M"),
            (1_999_999, "~2.00M"),
            (1_234_567_890, "~1,234.57M"),
        ] {
            assert_eq!(about(number), shown);
        }
    }
}
