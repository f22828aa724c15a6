//! A set of sessions that stays small: ids that follow one another take the room of two.

use super::session::SessionId;

/// Sessions, kept as ranges of ids: sixteen bytes a range, so a million sessions are 16 MB at the very most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionSet {
    /// First and last id of each range, ascending; between two ranges lies at least one id.
    ranges: Vec<(i64, i64)>,
    len: u64,
}

impl SessionSet {
    /// Counts the sessions.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Tells whether a session is in it.
    #[must_use]
    pub fn contains(&self, session: SessionId) -> bool {
        self.range_of(session.get()).is_ok()
    }

    /// Finds the range that holds an id, or the place where one would stand that does.
    fn range_of(&self, id: i64) -> Result<usize, usize> {
        let place = self.ranges.partition_point(|(_, last)| *last < id);
        let holds = self.ranges.get(place).is_some_and(|(first, _)| *first <= id);
        if holds { Ok(place) } else { Err(place) }
    }

    /// Puts a session in; tells whether it was not in it before.
    pub fn insert(&mut self, session: SessionId) -> bool {
        let id = session.get();
        let Err(place) = self.range_of(id) else { return false };
        self.len += 1;
        // Ids are positive: there is one before each.
        let follows = place > 0 && self.ranges[place - 1].1 == id - 1;
        let leads = self.ranges.get(place).is_some_and(|(first, _)| *first - 1 == id);
        match (follows, leads) {
            (true, true) => {
                self.ranges[place - 1].1 = self.ranges[place].1;
                self.ranges.remove(place);
            }
            (true, false) => self.ranges[place - 1].1 = id,
            (false, true) => self.ranges[place].0 = id,
            (false, false) => self.ranges.insert(place, (id, id)),
        }
        true
    }

    /// Takes a session out; tells whether it was in it.
    pub fn remove(&mut self, session: SessionId) -> bool {
        let id = session.get();
        let Ok(place) = self.range_of(id) else { return false };
        self.len -= 1;
        let (first, last) = self.ranges[place];
        match (first == id, last == id) {
            (true, true) => drop(self.ranges.remove(place)),
            (true, false) => self.ranges[place].0 = id + 1,
            (false, true) => self.ranges[place].1 = id - 1,
            (false, false) => {
                self.ranges[place].1 = id - 1;
                self.ranges.insert(place + 1, (id + 1, last));
            }
        }
        true
    }

    /// Puts all sessions of another set in.
    pub fn unite(&mut self, other: &Self) {
        let mut all: Vec<(i64, i64)> = self.ranges.iter().chain(&other.ranges).copied().collect();
        all.sort_unstable();
        let mut united: Vec<(i64, i64)> = Vec::new();
        for (first, last) in all {
            match united.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => united.push((first, last)),
            }
        }
        // A range of ids is no longer than there are ids.
        self.len = united.iter().map(|(first, last)| last.abs_diff(*first) + 1).sum();
        self.ranges = united;
    }

    /// Lists the sessions after one, or all of them, in the order of ids.
    pub fn after(&self, session: Option<SessionId>) -> impl Iterator<Item = SessionId> {
        let least = session.map_or(1, |session| session.get().saturating_add(1));
        let ranges = self.ranges.iter().skip_while(move |(_, last)| *last < least);
        let is_last = session.is_some_and(|session| session.get() == i64::MAX);
        ranges
            .filter(move |_| !is_last)
            .flat_map(move |(first, last)| (*first).max(least)..=*last)
            .filter_map(SessionId::new)
    }

    /// Gives the session, where there is one alone.
    #[must_use]
    pub fn only(&self) -> Option<SessionId> {
        self.after(None).next().filter(|_| self.len == 1)
    }
}

impl FromIterator<SessionId> for SessionSet {
    fn from_iter<I: IntoIterator<Item = SessionId>>(sessions: I) -> Self {
        let mut set = Self::default();
        set.extend(sessions);
        set
    }
}

impl Extend<SessionId> for SessionSet {
    fn extend<I: IntoIterator<Item = SessionId>>(&mut self, sessions: I) {
        for session in sessions {
            self.insert(session);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn id(number: i64) -> SessionId {
        SessionId::new(number).unwrap()
    }

    /// Few ids, so that ranges meet, and the last ones that there are.
    fn ids() -> impl Strategy<Value = i64> {
        prop_oneof![5 => 1..40_i64, 1 => i64::MAX - 3..=i64::MAX]
    }

    fn listed(set: &SessionSet) -> Vec<i64> {
        set.after(None).map(SessionId::get).collect()
    }

    fn is_apart(set: &SessionSet) -> bool {
        set.ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0)
    }

    proptest! {
        #[test]
        fn it_holds_what_a_set_of_single_ids_holds(
            steps in prop::collection::vec((ids(), prop::bool::weighted(0.7)), 0..120),
            others in prop::collection::vec(ids(), 0..40),
            from in ids(),
        ) {
            let (mut set, mut plain) = (SessionSet::default(), BTreeSet::new());
            for (number, put) in steps {
                if put {
                    prop_assert_eq!(set.insert(id(number)), plain.insert(number));
                } else {
                    prop_assert_eq!(set.remove(id(number)), plain.remove(&number));
                }
                prop_assert_eq!(set.contains(id(number)), plain.contains(&number));
                prop_assert_eq!(set.len(), plain.len() as u64);
                prop_assert!(is_apart(&set), "ranges that touch are one: {:?}", set.ranges);
            }
            set.unite(&others.iter().map(|number| id(*number)).collect());
            plain.extend(others);
            prop_assert_eq!(listed(&set), plain.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.len(), plain.len() as u64);
            let after: Vec<i64> = set.after(Some(id(from))).map(SessionId::get).collect();
            prop_assert_eq!(after, plain.into_iter().filter(|number| *number > from).collect::<Vec<_>>());
            prop_assert!(is_apart(&set), "ranges that touch are one: {:?}", set.ranges);
        }
    }

    #[test]
    fn a_million_sessions_in_a_row_are_one_range() {
        let set: SessionSet = (1..=1_000_000).map(id).collect();
        assert_eq!((set.len(), set.ranges.len()), (1_000_000, 1));
    }

    #[test]
    fn one_alone_and_none_are_told() {
        let mut set: SessionSet = [id(7)].into_iter().collect();
        assert_eq!(set.only(), Some(id(7)));
        set.insert(id(9));
        assert_eq!(set.only(), None);
        assert_eq!(SessionSet::default().only(), None);
        assert!(SessionSet::default().is_empty() && !set.is_empty());
    }
}
