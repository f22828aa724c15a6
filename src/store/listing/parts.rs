//! A page as parts that each follow one index: the rest of the sessions with the same value, those with values beyond
//! it, and those without a value. They are read one after the other until the page is full.

use sqlx::QueryBuilder;

use super::conditions::{push_filter, push_text, push_time};
use super::narrow::Narrowed;
use crate::domain::order::{Order, Place, SortKey, SortValue};
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::store::backend::{Backend, Speaks};
use crate::store::session_query::SessionFilter;
use crate::store::sql;

/// Where a page begins, once a session was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the beginning.
    First,
    /// At the end, going back.
    Last,
    /// After a place; at it, if so said.
    After(Place, bool),
    /// Before a place, going back.
    Before(Place),
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    key: SortKey,
    range: Range,
    /// From the greatest to the least.
    down: bool,
}

/// The sessions of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Range {
    /// All by their id, or those beyond one; at it, if so said.
    Ids(Option<(SessionId, bool)>),
    /// Those with a value, or with one beyond this one.
    Values(Option<SortValue>),
    /// Those with this value, with an id beyond this one; at it, if so said.
    Same(SortValue, SessionId, bool),
    /// Those without a value, or such with an id beyond this one; at it, if so said.
    Without(Option<(SessionId, bool)>),
}

/// Takes a page apart.
pub(crate) fn parts(order: Order, start: &Start) -> Vec<Part> {
    let back = matches!(start, Start::Last | Start::Before(_));
    let ranges = match start {
        _ if order.key == SortKey::Id => vec![Range::Ids(match start {
            Start::First | Start::Last => None,
            Start::After(place, at) => Some((place.id, *at)),
            Start::Before(place) => Some((place.id, false)),
        })],
        Start::First => vec![Range::Values(None), Range::Without(None)],
        Start::Last => vec![Range::Without(None), Range::Values(None)],
        Start::After(place, at) => beyond(place, *at, Range::Without(None)),
        Start::Before(place) => beyond(place, false, Range::Values(None)),
    };
    let down = |range: &Range| order.runs_down(matches!(range, Range::Values(_) | Range::Same(..))) != back;
    ranges.into_iter().map(|range| Part { key: order.key, down: down(&range), range }).collect()
}

/// The parts beyond a place; `other` is the part that is beyond all values, or before all that have none.
fn beyond(place: &Place, at: bool, other: Range) -> Vec<Range> {
    let ahead = matches!(other, Range::Without(_));
    match &place.value {
        Some(value) => {
            let both = [Range::Same(value.clone(), place.id, at), Range::Values(Some(value.clone()))];
            both.into_iter().chain(ahead.then_some(other)).collect()
        }
        None => [Range::Without(Some((place.id, at)))].into_iter().chain((!ahead).then_some(other)).collect(),
    }
}

impl Part {
    /// All sessions by their id.
    pub(super) fn all_by_id() -> Self {
        Self { key: SortKey::Id, range: Range::Ids(None), down: false }
    }

    /// Adds the source, the conditions, the order and the limit.
    pub(super) fn push<B: Backend>(
        &self,
        builder: &mut QueryBuilder<B>,
        filter: &SessionFilter,
        narrowed: Option<&Narrowed>,
        limit: i64,
        now: Timestamp,
    ) {
        let key = key::<B>(self.key);
        match (&self.range, self.is_of_records()) {
            (Range::Values(_) | Range::Same(..), true) => builder.push(B::RECORDS_FIRST).push(" AND "),
            _ => builder.push(sql::FROM_SESSIONS),
        };
        match &self.range {
            Range::Ids(from) => self.push_from(builder, *from),
            // Any value is at least the least: `IS NOT NULL` would be no use of an index to SQLite.
            Range::Values(None) => {
                builder.push(key).push(" >= ").push(least::<B>(self.key));
            }
            Range::Values(Some(value)) => {
                builder.push(key).push(if self.down { " < " } else { " > " });
                push_value(builder, value);
            }
            Range::Same(value, id, at) => {
                builder.push(key).push(" = ");
                push_value(builder, value);
                builder.push(" AND ");
                self.push_id(builder, *id, *at);
            }
            Range::Without(from) => {
                self.push_without(builder);
                builder.push(" AND ");
                self.push_from(builder, *from);
            }
        }
        if matches!(self.range, Range::Values(_)) {
            // No session of ours, for another program may have made some with other ids. The sign keeps SQLite from going by
            // the ids instead of by the values.
            builder.push(" AND +").push(self.id()).push(" > 0");
        }
        push_filter(builder, filter, self.key, now);
        if let Some(narrowed) = narrowed {
            builder.push(" AND ").push(self.id()).push(" IN (");
            narrowed.push(builder, now);
            builder.push(")");
        }
        builder.push(" ORDER BY ");
        let direction = if self.down { " DESC" } else { "" };
        let has_value = matches!(self.range, Range::Values(_) | Range::Same(..));
        // No two sessions have the same record.
        let last = if has_value && self.key == SortKey::Record { key } else { self.id() };
        // Without a value the key orders nothing; only so does PostgreSQL see that the index has the order.
        if matches!(self.range, Range::Values(_)) || !has_value && !self.is_of_records() {
            builder.push(key).push(direction).push(", ");
        }
        builder.push(last).push(direction).push(" LIMIT ");
        <B as Speaks<i64>>::push(builder, limit);
    }

    fn is_of_records(&self) -> bool {
        matches!(self.key, SortKey::Record | SortKey::Age | SortKey::By | SortKey::Expires)
    }

    /// The id, in the table whose index gives the order.
    fn id(&self) -> &'static str {
        match (&self.range, self.is_of_records()) {
            (Range::Values(_) | Range::Same(..), true) => r#"r."SessionId""#,
            _ => r#""Sessions"."SessionId""#,
        }
    }

    fn push_from<B: Backend>(&self, builder: &mut QueryBuilder<B>, from: Option<(SessionId, bool)>) {
        match from {
            Some((id, at)) => self.push_id(builder, id, at),
            None => {
                builder.push(self.id()).push(" > 0");
            }
        }
    }

    fn push_id<B: Backend>(&self, builder: &mut QueryBuilder<B>, id: SessionId, at: bool) {
        builder.push(self.id()).push(match (self.down, at) {
            (false, false) => " > ",
            (false, true) => " >= ",
            (true, false) => " < ",
            (true, true) => " <= ",
        });
        <B as Speaks<i64>>::push(builder, id.get());
        if self.down {
            builder.push(" AND ").push(self.id()).push(" > 0");
        }
    }

    fn push_without<B: Backend>(&self, builder: &mut QueryBuilder<B>) {
        let key = key::<B>(self.key);
        if self.is_of_records() {
            builder.push("NOT EXISTS (").push(sql::ACTIVE_OF_SESSION).push(r#" AND NOT r."LegacyDuplicate" AND "#);
            builder.push(key).push(" IS NOT NULL").push(sql::ACTIVE_OF_SESSION_END).push(")");
        } else {
            builder.push(key).push(" IS NULL");
        }
    }
}

fn key<B: Backend>(key: SortKey) -> &'static str {
    match key {
        SortKey::Id => r#""Sessions"."SessionId""#,
        SortKey::Title => B::TITLE,
        SortKey::Status => B::STATUS,
        SortKey::People => r#""Sessions"."ParticipantCount""#,
        SortKey::Record => r#"r."HostSessionId""#,
        SortKey::Age => B::MADE_AT,
        SortKey::By => B::MAKER,
        SortKey::Expires => B::EXPIRES_AT,
    }
}

fn least<B: Backend>(key: SortKey) -> &'static str {
    match key {
        SortKey::Title | SortKey::Status | SortKey::By => "''",
        SortKey::People => "-9e18",
        SortKey::Id | SortKey::Record => "0",
        SortKey::Age | SortKey::Expires => B::NO_TIME,
    }
}

fn push_value<B: Backend>(builder: &mut QueryBuilder<B>, value: &SortValue) {
    match value {
        SortValue::Text(text) => push_text(builder, text),
        SortValue::Number(number) => <B as Speaks<i64>>::push(builder, *number),
        SortValue::Time(at) => push_time(builder, *at),
    }
}
