//! How many sessions there are, and how many of them match, without looking at more than a few.
//!
//! Up to a bound they are counted. Beyond it the ids tell. Their whole range is cut into pieces of about the same width,
//! each is narrowed to the ids that it has, and so on, so that wide gaps fall away. Of each stretch that is left the first
//! sessions are looked at: how many ids they spread over tells how densely it is filled, and how many of them match tells
//! what part of it does. Statistics that the engine keeps are not asked: they may be of long ago, or missing.

use super::session::SessionId;

/// A number of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Counted one by one.
    Exact(u64),
    /// About so many.
    About(u64),
    /// Too few of those looked at matched to say a number.
    Unknown,
}

/// How many sessions there are, and how many match a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// All sessions.
    pub all: Count,
    /// Those that match; the same where every session does.
    pub found: Count,
}

/// Sessions up to which they are counted, and how many are looked at beyond.
pub const COUNTED: u32 = 10_000;

/// Stretches into which a range is cut.
const STRETCHES: i128 = 64;

/// Times that gaps are looked for: each finds those that are wider than a piece.
const CUTS: usize = 3;

/// Matches below which a part says nothing: of so few, chance makes half as many or twice as many.
const TELLING: usize = 10;

/// A range of ids; both of its ends are sessions.
pub type Stretch = (SessionId, SessionId);

/// The ranges of ids that are not known to be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretches {
    all: Vec<Stretch>,
    cuts: usize,
}

impl Stretches {
    /// Begins with the first and the last session.
    #[must_use]
    pub fn over(first: SessionId, last: SessionId) -> Self {
        Self { all: vec![(first, last)], cuts: 0 }
    }

    /// Gives the pieces of which the first and the last session are to be found; `None` when gaps are looked for no more.
    #[must_use]
    pub fn pieces(&self) -> Option<Vec<(i64, i64)>> {
        let whole: i128 = self.all.iter().map(width).sum();
        let pieces = self.all.iter().flat_map(|stretch| cut(stretch, (width(stretch) * STRETCHES / whole).max(1)));
        (self.cuts < CUTS).then(|| pieces.collect())
    }

    /// Takes in what was found of the pieces: those without a session fall away. Where less than half of the ids did, it is
    /// not tried again.
    pub fn narrow(&mut self, found: Vec<Stretch>) {
        let left: i128 = found.iter().map(width).sum();
        let was: i128 = self.all.iter().map(width).sum();
        self.cuts = if left * 2 < was { self.cuts + 1 } else { CUTS };
        self.all = found;
    }

    /// Lists the stretches, and how many sessions are to be looked at from the beginning of each.
    #[must_use]
    pub fn samples(&self) -> (&[Stretch], u32) {
        let stretches = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        (&self.all, (COUNTED / stretches.max(1)).max(2))
    }

    /// Estimates from the sessions that were looked at, in the order of ids, and those of them that match.
    #[must_use]
    pub fn estimate(&self, seen: &[SessionId], matching: &[SessionId]) -> Estimate {
        let (mut all, mut found) = (0, 0);
        for stretch in &self.all {
            let seen = within(seen, stretch);
            let sessions = sessions_of(stretch, seen);
            all += sessions;
            found += sessions * within(matching, stretch).len() as u128 / (seen.len() as u128).max(1);
        }
        let about = |number: u128| Count::About(u64::try_from(number).unwrap_or(u64::MAX));
        let found = if matching.len() >= TELLING { about(found) } else { Count::Unknown };
        Estimate { all: about(all), found }
    }
}

/// Tells how many ids a stretch has room for.
fn width((first, last): &Stretch) -> i128 {
    i128::from(last.get()) - i128::from(first.get()) + 1
}

/// Cuts a stretch into so many pieces, or as many as it has ids.
fn cut(stretch: &Stretch, pieces: i128) -> impl Iterator<Item = (i64, i64)> {
    let (first, width) = (i128::from(stretch.0.get()), width(stretch));
    let pieces = pieces.min(width);
    let begin = move |piece: i128| i64::try_from(first + width * piece / pieces).unwrap_or(i64::MAX);
    let last = stretch.1.get();
    (0..pieces).map(move |piece| (begin(piece), if piece + 1 == pieces { last } else { begin(piece + 1) - 1 }))
}

/// Gives those of some ids, in their order, that lie in a stretch.
fn within<'i>(ids: &'i [SessionId], (first, last): &Stretch) -> &'i [SessionId] {
    let from = ids.partition_point(|id| id < first);
    let to = ids.partition_point(|id| id <= last);
    &ids[from..to]
}

/// Tells how many sessions a stretch has, by the first of them.
fn sessions_of((_, last): &Stretch, seen: &[SessionId]) -> u128 {
    let (Some(first), Some(reached)) = (seen.first(), seen.last()) else { return 0 };
    let count = seen.len() as u128;
    let between = |from: &SessionId, to: &SessionId| u128::from(to.get().abs_diff(from.get()));
    // The last one of a stretch is a session: where all were looked at, nothing is left.
    count + between(reached, last) * (count - 1) / between(first, reached).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: i64) -> SessionId {
        SessionId::new(number).unwrap()
    }

    /// Goes through all steps over sessions that are held in memory; tells the ids that were looked at, too.
    fn estimate(ids: &[i64], matches: impl Fn(i64) -> bool) -> (Estimate, usize) {
        let ids: Vec<SessionId> = ids.iter().copied().map(id).collect();
        let mut stretches = Stretches::over(ids[0], ids[ids.len() - 1]);
        let mut looks = 0;
        while let Some(pieces) = stretches.pieces() {
            looks += pieces.len();
            let found = pieces.into_iter().filter_map(|(first, last)| {
                let there = within(&ids, &(id(first), id(last)));
                Some((*there.first()?, *there.last()?))
            });
            stretches.narrow(found.collect());
        }
        let (all, each) = stretches.samples();
        let seen: Vec<SessionId> =
            all.iter().flat_map(|stretch| within(&ids, stretch).iter().copied().take(each as usize)).collect();
        let matching: Vec<SessionId> = seen.iter().copied().filter(|id| matches(id.get())).collect();
        (stretches.estimate(&seen, &matching), looks + seen.len())
    }

    /// Tells whether it is an estimate that is wrong by one part in so many at most.
    fn is_near(count: Count, number: usize, parts: u64) -> bool {
        let number = number as u64;
        matches!(count, Count::About(about) if about.abs_diff(number) * parts <= number)
    }

    #[test]
    fn ids_without_gaps_are_estimated_to_the_last_one() {
        let ids: Vec<i64> = (1..=300_000).collect();
        let (Estimate { all, found }, looks) = estimate(&ids, |id| id % 3 == 0);
        assert_eq!(all, Count::About(300_000));
        assert!(is_near(found, 100_000, 50), "{found:?}");
        assert!(looks <= COUNTED as usize + 64, "{looks}");
    }

    #[test]
    fn a_single_id_far_away_is_no_million_of_sessions() {
        let ids: Vec<i64> = (1..=200_000).chain([5_000_000_000, i64::MAX]).collect();
        let (Estimate { all, .. }, _) = estimate(&ids, |_| true);
        assert!(is_near(all, 200_000, 50), "{all:?}");
    }

    #[test]
    fn too_few_matches_say_no_number() {
        let ids: Vec<i64> = (1..=100_000).collect();
        assert_eq!(estimate(&ids, |id| id == 77_777).0.found, Count::Unknown);
        assert_eq!(estimate(&ids, |_| false).0.found, Count::Unknown);
    }

    #[test]
    fn matches_at_one_end_are_not_taken_for_matches_everywhere() {
        let ids: Vec<i64> = (1..=400_000).collect();
        let (Estimate { found, .. }, _) = estimate(&ids, |id| id > 300_000);
        assert!(is_near(found, 100_000, 20), "{found:?}");
    }

    #[test]
    fn a_range_as_wide_as_its_pieces_is_cut_into_single_ids() {
        let pieces = Stretches::over(id(1), id(64)).pieces().unwrap();
        assert_eq!(pieces, (1..=64).map(|id| (id, id)).collect::<Vec<_>>());
    }

    #[test]
    fn gaps_are_looked_for_while_more_than_half_falls_away_and_three_times_at_most() {
        let goes_on = |lasts: &[i64]| {
            let mut stretches = Stretches::over(id(1), id(100));
            for last in lasts {
                stretches.narrow(vec![(id(1), id(*last))]);
            }
            stretches.pieces().is_some()
        };
        assert!(goes_on(&[]) && goes_on(&[49]) && goes_on(&[49, 20]));
        for lasts in [&[50][..], &[60], &[100], &[49, 20, 9]] {
            assert!(!goes_on(lasts), "{lasts:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Runs of ids with gaps of every width between them: the estimate is right within a third, and looks at a
        /// bounded number.
        #[test]
        fn gaps_do_not_lead_it_astray(
            runs in prop::collection::vec((1..1_000_000_000_i64, 5_000..40_000_i64, 1..4_i64), 1..6),
        ) {
            let (mut ids, mut next) = (Vec::new(), 0);
            for (gap, length, step) in runs {
                next += gap;
                ids.extend((0..length).map(|place| next + place * step));
                next += length * step;
            }
            let (Estimate { all, .. }, looks) = estimate(&ids, |_| true);
            prop_assert!(is_near(all, ids.len(), 3), "{all:?} of {}", ids.len());
            prop_assert!(looks <= 13_000, "{looks}");
        }

        #[test]
        fn pieces_cover_a_stretch_without_gap_or_overlap(first in 1..=i64::MAX, length in 0..=i64::MAX) {
            let last = first.saturating_add(length);
            let pieces = Stretches::over(id(first), id(last)).pieces().unwrap();
            prop_assert_eq!((pieces[0].0, pieces[pieces.len() - 1].1), (first, last));
            prop_assert!(pieces.windows(2).all(|two| two[0].1 + 1 == two[1].0));
            prop_assert!(pieces.iter().all(|(first, last)| first <= last));
        }
    }
}
