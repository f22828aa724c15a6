//! Pages of sessions: the one place that assembles SQL, from constant fragments that enums choose.

use std::collections::BTreeMap;

use sqlx::QueryBuilder;

use super::backend::{Backend, Speaks, Statement, fault};
use super::error::StoreError;
use super::rows::{self, get};
use super::session_query::{Page, SessionFilter, SessionQuery};
use super::{SessionRow, sql};
use crate::domain::filter::{IdRange, Test};
use crate::domain::order::{Order, Place, SortKey};
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;

mod conditions;
mod counting;
mod narrow;
mod overview;
mod parts;

#[cfg(test)]
pub(super) use counting::{assemble_ends, assemble_samples};
pub(super) use counting::{count, estimate};
pub(super) use narrow::Narrowed;
#[cfg(test)]
pub(super) use narrow::{assemble_probe, narrow, ways};
pub(super) use overview::overview;
#[cfg(test)]
pub(super) use overview::questions;
pub(super) use parts::{Part, Start, parts};

/// Reads one page, in its order.
pub(super) async fn page<B: Backend>(
    connection: &mut B::Connection,
    query: &SessionQuery,
    now: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    let start = start::<B>(connection, query, now).await?;
    let narrowed = narrow::narrow::<B>(connection, &query.filter, now).await?;
    let mut found = Vec::new();
    for part in parts(query.order, &start) {
        let left = left(query, found.len());
        if left > 0 {
            found.extend(
                read_rows::<B>(connection, assemble::<B>(&part, &query.filter, narrowed.as_ref(), left, now)).await?,
            );
        }
    }
    found.sort_by_cached_key(|row| Sorted(query.order, query.order.place(&row.session, &row.active)));
    Ok(found)
}

/// Reads the ids of one page alone, in its order.
pub(super) async fn ids<B: Backend>(
    connection: &mut B::Connection,
    query: &SessionQuery,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let start = start::<B>(connection, query, now).await?;
    let narrowed = narrow::narrow::<B>(connection, &query.filter, now).await?;
    let mut found = Vec::new();
    for part in parts(query.order, &start) {
        let left = left(query, found.len());
        if left > 0 {
            found.extend(
                read_ids::<B>(connection, assemble_ids::<B>(&part, &query.filter, narrowed.as_ref(), left, now))
                    .await?,
            );
        }
    }
    if matches!(start, Start::Last | Start::Before(_)) {
        found.reverse();
    }
    Ok(found)
}

/// Reads which of some sessions are there and match, in the order of ids.
pub(super) async fn among<B: Backend>(
    connection: &mut B::Connection,
    sessions: &[SessionId],
    filter: &SessionFilter,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = read_ids::<B>(connection, assemble_among::<B>(sessions, filter, now)).await?;
    found.sort_unstable();
    Ok(found)
}

fn left(query: &SessionQuery, found: usize) -> i64 {
    i64::from(query.limit).saturating_sub(i64::try_from(found).unwrap_or(i64::MAX))
}

/// A place that sorts by its order.
#[derive(PartialEq, Eq)]
struct Sorted(Order, Place);

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.compare(&self.1, &other.1)
    }
}

/// Finds where a page begins: of a session that it begins with, the value is looked up.
async fn start<B: Backend>(
    connection: &mut B::Connection,
    query: &SessionQuery,
    now: Timestamp,
) -> Result<Start, StoreError> {
    let id = match &query.page {
        Page::First => return Ok(Start::First),
        Page::Last => return Ok(Start::Last),
        Page::After(place) => return Ok(Start::After(place.clone(), false)),
        Page::Before(place) => return Ok(Start::Before(place.clone())),
        Page::From(id) if query.order.key == SortKey::Id => return Ok(Start::After((*id).into(), true)),
        Page::From(id) => *id,
    };
    let alone = IdRange::new(id, id).map(|range| Test::Id(vec![range])).into_iter().collect();
    let by_id = Part::all_by_id();
    let found = read_rows::<B>(connection, assemble::<B>(&by_id, &alone, None, 1, now)).await?;
    let place = found.first().map(|row| query.order.place(&row.session, &row.active));
    Ok(place.map_or(Start::First, |place| Start::After(place, true)))
}

async fn read_rows<B: Backend>(
    connection: &mut B::Connection,
    mut builder: QueryBuilder<B>,
) -> Result<Vec<SessionRow>, StoreError> {
    let found = Statement::<B>::assembled(&mut builder).rows(connection).await?;
    let mut sessions: BTreeMap<SessionId, SessionRow> = BTreeMap::new();
    for row in &found {
        let session = rows::session::<B>(row).map_err(fault::<B>)?;
        let entry = sessions.entry(session.id).or_insert(SessionRow { session, active: Vec::new() });
        entry.active.extend(rows::record::<B>(row).map_err(fault::<B>)?);
    }
    for row in sessions.values_mut() {
        row.active.sort_by_key(|record| record.id);
    }
    Ok(sessions.into_values().collect())
}

async fn read_ids<B: Backend>(
    connection: &mut B::Connection,
    mut builder: QueryBuilder<B>,
) -> Result<Vec<SessionId>, StoreError> {
    let found = Statement::<B>::assembled(&mut builder).rows(connection).await?;
    let ids: Result<Vec<i64>, _> = found.iter().map(|row| get::<B, i64>(row, "SessionId")).collect();
    Ok(ids.map_err(fault::<B>)?.into_iter().filter_map(SessionId::new).collect())
}

/// Assembles a part of a page.
pub(super) fn assemble<B: Backend>(
    part: &Part,
    filter: &SessionFilter,
    narrowed: Option<&Narrowed>,
    limit: i64,
    now: Timestamp,
) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::LIST_HEAD);
    part.push(&mut builder, filter, narrowed, limit, now);
    builder.push(sql::LIST_TAIL).push(B::ACTIVE_OF_LISTED);
    builder
}

/// Assembles the ids of a part of a page.
pub(super) fn assemble_ids<B: Backend>(
    part: &Part,
    filter: &SessionFilter,
    narrowed: Option<&Narrowed>,
    limit: i64,
    now: Timestamp,
) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::IDS_HEAD);
    part.push(&mut builder, filter, narrowed, limit, now);
    builder
}

/// Assembles the question which of some sessions match.
pub(super) fn assemble_among<B: Backend>(
    sessions: &[SessionId],
    filter: &SessionFilter,
    now: Timestamp,
) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::IDS_HEAD);
    builder.push(sql::FROM_SESSIONS).push(r#""Sessions"."SessionId" "#);
    let mut before = "IN (";
    for session in sessions {
        builder.push(before);
        <B as Speaks<i64>>::push(&mut builder, session.get());
        before = ", ";
    }
    builder.push(")");
    conditions::push_filter(&mut builder, filter, SortKey::Id, now);
    builder
}
