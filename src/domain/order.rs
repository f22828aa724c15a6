//! In which order a list shows sessions, and where in it a session stands.
//!
//! Sessions whose value is the same stand in the order of their ids, turned around with the direction, and against it
//! among records of the same age; those without a value come last, in either direction. Texts are in the order of
//! their bytes, with the letters of ASCII in small.

use std::cmp::Ordering;

use super::host_record::HostRecord;
use super::session::{Session, SessionId};
use super::time::Timestamp;

/// What sessions are sorted by. The current record is the one that is active and no legacy duplicate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// The id.
    #[default]
    Id,
    /// The title.
    Title,
    /// The status.
    Status,
    /// The number of people. No index serves it: it changes with every person that comes or goes, and an index on it
    /// would make each of these changes dear for the web application.
    People,
    /// The id of the current record.
    Record,
    /// The age of the current record; the youngest is least.
    Age,
    /// Who made the current record.
    By,
    /// When the current record expires; one that never does has no value.
    Expires,
}

impl SortKey {
    /// All of them, in the order of the list's columns.
    pub const ALL: [Self; 8] =
        [Self::Id, Self::Title, Self::Status, Self::People, Self::Record, Self::Age, Self::By, Self::Expires];

    /// Gives its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Status => "status",
            Self::People => "people",
            Self::Record => "record",
            Self::Age => "age",
            Self::By => "by",
            Self::Expires => "expires",
        }
    }

    /// Finds the value that a session is sorted by; `None` where it has none, and where that is its id.
    #[must_use]
    pub fn value(self, session: &Session, active: &[HostRecord]) -> Option<SortValue> {
        let current = active.iter().find(|record| record.is_current());
        match self {
            Self::Id => None,
            Self::Title => session.title.clone().map(SortValue::Text),
            Self::Status => session.status.clone().map(SortValue::Text),
            Self::People => session.participant_count.map(SortValue::Number),
            Self::Record => current.map(|record| SortValue::Number(record.id.get())),
            Self::Age => current.map(|record| SortValue::Time(record.created_at)),
            Self::By => current.and_then(|record| record.created_by.clone()).map(SortValue::Text),
            Self::Expires => current.and_then(|record| record.expires_at).map(SortValue::Time),
        }
    }
}

/// A value that sessions are sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// An instant.
    Time(Timestamp),
}

impl SortValue {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase()),
            (Self::Number(one), Self::Number(other)) => one.cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            // One key has values of one kind.
            (Self::Text(_) | Self::Number(_) | Self::Time(_), _) => Ordering::Equal,
        }
    }
}

/// An order of sessions: a key, and whether it is turned around.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Order {
    /// The key.
    pub key: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Order {
    /// Finds where a session with these active records stands.
    #[must_use]
    pub fn place(self, session: &Session, active: &[HostRecord]) -> Place {
        Place { value: self.key.value(session, active), id: session.id }
    }

    /// Compares two places, the one that is shown before the other less.
    #[must_use]
    pub fn compare(self, one: &Place, other: &Place) -> Ordering {
        let values = match (&one.value, &other.value) {
            (Some(one), Some(other)) => one.compare(other),
            // What has no value comes last, in either direction.
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        let upward = values.then(one.id.cmp(&other.id));
        if self.runs_down(one.value.is_some()) { upward.reverse() } else { upward }
    }

    /// Tells whether values and ids run from the greatest to the least. An age runs against the time at which a record
    /// was made; there is no running against none.
    #[must_use]
    pub fn runs_down(self, have_values: bool) -> bool {
        self.descending != (self.key == SortKey::Age && have_values)
    }
}

/// Where a session stands in an order. It stays where it was, whatever becomes of the session: a list goes on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The value, where the session has one and the order is by more than ids.
    pub value: Option<SortValue>,
    /// The session.
    pub id: SessionId,
}

impl From<SessionId> for Place {
    /// Gives the place in the order of ids.
    fn from(id: SessionId) -> Self {
        Self { value: None, id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(order: Order, values: &[Option<SortValue>]) -> Vec<i64> {
        let id = |place: usize| SessionId::new(i64::try_from(place + 1).unwrap()).unwrap();
        let mut places: Vec<Place> =
            values.iter().enumerate().map(|(place, value)| Place { value: value.clone(), id: id(place) }).collect();
        places.sort_by(|one, other| order.compare(one, other));
        places.iter().map(|place| place.id.get()).collect()
    }

    fn both_ways(key: SortKey, values: &[Option<SortValue>]) -> [Vec<i64>; 2] {
        [false, true].map(|descending| sorted(Order { key, descending }, values))
    }

    #[test]
    fn what_has_no_value_comes_last_in_either_direction_and_ids_part_what_is_equal() {
        let text = |text: &str| Some(SortValue::Text(text.to_owned()));
        let values = [None, text("b"), text("B"), text("Ä"), text("a"), None];
        assert_eq!(both_ways(SortKey::Title, &values), [[5, 2, 3, 4, 1, 6], [4, 3, 2, 5, 6, 1]]);
        assert_eq!(both_ways(SortKey::Id, &[None, None, None]), [[1, 2, 3], [3, 2, 1]]);
    }

    #[test]
    fn the_youngest_record_has_the_least_age() {
        let time = |time| Some(SortValue::Time(time));
        let early = Timestamp::parse_fixed_width("2026-11-22T22:55:13.000000Z").unwrap();
        let values = [time(early), None, time(early.plus_seconds(1)), time(Timestamp::UNREADABLE)];
        assert_eq!(both_ways(SortKey::Age, &values), [[3, 1, 4, 2], [4, 1, 3, 2]]);
        assert_eq!(both_ways(SortKey::Expires, &values), [[4, 1, 3, 2], [3, 1, 4, 2]]);
    }
}
