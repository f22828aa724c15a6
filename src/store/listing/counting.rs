//! How many sessions match: as an estimate whose cost has a bound, and counted one by one.

use sqlx::QueryBuilder;

use super::among;
use super::conditions::push_filter;
use super::narrow::{Narrowed, narrow};
use crate::domain::estimate::{COUNTED, Count, Estimate, Stretch, Stretches};
use crate::domain::order::SortKey;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::store::backend::{Backend, Speaks, Statement, fault, statement};
use crate::store::error::StoreError;
use crate::store::rows::get;
use crate::store::session_query::SessionFilter;
use crate::store::sql;

/// Sessions of which one question asks whether they match.
const CHUNK: usize = 1000;

/// Says how many sessions there are, and how many match: exactly as far as that is cheap. The cost has a bound.
pub(crate) async fn estimate<B: Backend>(
    connection: &mut B::Connection,
    filter: &SessionFilter,
    now: Timestamp,
) -> Result<Estimate, StoreError> {
    let limit = i64::from(COUNTED) + 1;
    let all = number::<B>(&statement::<B>(sql::COUNT_SESSIONS).with(limit).rows(connection).await?)?;
    let few = all <= u64::from(COUNTED);
    let narrowed = narrow::<B>(connection, filter, now).await?;
    let found = if filter.is_empty() {
        few.then_some(all)
    } else if few || narrowed.is_some() {
        Some(count_matching::<B>(connection, filter, narrowed.as_ref(), now).await?)
    } else {
        None
    };
    if few {
        return Ok(Estimate { all: Count::Exact(all), found: found.map_or(Count::Unknown, Count::Exact) });
    }
    let about = sample::<B>(connection, filter, found.is_none(), now).await?;
    Ok(Estimate { found: found.map_or(about.found, Count::Exact), ..about })
}

/// Counts the sessions that match. The cost grows with the number of sessions.
pub(crate) async fn count<B: Backend>(
    connection: &mut B::Connection,
    filter: &SessionFilter,
    now: Timestamp,
) -> Result<u64, StoreError> {
    if filter.is_empty() {
        return number::<B>(&statement::<B>(sql::COUNT_ALL_SESSIONS).rows(connection).await?);
    }
    let narrowed = narrow::<B>(connection, filter, now).await?;
    count_matching::<B>(connection, filter, narrowed.as_ref(), now).await
}

async fn count_matching<B: Backend>(
    connection: &mut B::Connection,
    filter: &SessionFilter,
    narrowed: Option<&Narrowed>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut asked = assemble_count::<B>(filter, narrowed, now);
    number::<B>(&Statement::<B>::assembled(&mut asked).rows(connection).await?)
}

fn number<B: Backend>(rows: &[B::Row]) -> Result<u64, StoreError> {
    let count = rows.first().map(|row| get::<B, i64>(row, "Count")).transpose().map_err(fault::<B>)?;
    Ok(count.unwrap_or(0).unsigned_abs())
}

/// Estimates from a few sessions all over the ids; whether they match is asked only where that is wanted.
async fn sample<B: Backend>(
    connection: &mut B::Connection,
    filter: &SessionFilter,
    matches: bool,
    now: Timestamp,
) -> Result<Estimate, StoreError> {
    let whole = ends::<B>(connection, &[(1, i64::MAX)]).await?;
    let Some((first, last)) = whole.first().copied() else {
        return Ok(Estimate { all: Count::Unknown, found: Count::Unknown });
    };
    let mut stretches = Stretches::over(first, last);
    while let Some(pieces) = stretches.pieces() {
        stretches.narrow(ends::<B>(connection, &pieces).await?);
    }
    let seen = samples::<B>(connection, &stretches).await?;
    let mut matching = Vec::new();
    if filter.is_empty() {
        matching.clone_from(&seen);
    } else if matches {
        for some in seen.chunks(CHUNK) {
            matching.extend(among::<B>(connection, some, filter, now).await?);
        }
    }
    Ok(stretches.estimate(&seen, &matching))
}

/// Reads the sessions that are looked at, in the order of ids.
async fn samples<B: Backend>(
    connection: &mut B::Connection,
    stretches: &Stretches,
) -> Result<Vec<SessionId>, StoreError> {
    let rows = Statement::<B>::assembled(&mut assemble_samples::<B>(stretches)).rows(connection).await?;
    let mut seen = Vec::new();
    for row in &rows {
        let ids = get::<B, Option<String>>(row, "Ids").map_err(fault::<B>)?.unwrap_or_default();
        seen.extend(ids.split(',').filter_map(|id| id.parse().ok().and_then(SessionId::new)));
    }
    // No engine promises the order of a union.
    seen.sort_unstable();
    Ok(seen)
}

/// Finds the first and the last session of each piece that has any.
async fn ends<B: Backend>(connection: &mut B::Connection, pieces: &[(i64, i64)]) -> Result<Vec<Stretch>, StoreError> {
    let rows = Statement::<B>::assembled(&mut assemble_ends::<B>(pieces)).rows(connection).await?;
    let end = |row, column| get::<B, Option<i64>>(row, column).map(|id| id.and_then(SessionId::new));
    let both = |row| Ok(end(row, "First")?.zip(end(row, "Last")?));
    let found: Result<Vec<Option<Stretch>>, sqlx::Error> = rows.iter().map(both).collect();
    let mut found: Vec<Stretch> = found.map_err(fault::<B>)?.into_iter().flatten().collect();
    found.sort_unstable();
    Ok(found)
}

/// Assembles the question for the first and the last session of each piece.
pub(crate) fn assemble_ends<B: Backend>(pieces: &[(i64, i64)]) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new("");
    for (place, (from, to)) in pieces.iter().enumerate() {
        builder.push(if place == 0 { "" } else { " UNION ALL " });
        for part in [sql::FIRST_OF_RANGE, sql::LAST_OF_RANGE] {
            builder.push(part);
            <B as Speaks<i64>>::push(&mut builder, *from);
            builder.push(sql::UP_TO);
            <B as Speaks<i64>>::push(&mut builder, *to);
        }
        builder.push(sql::END_OF_RANGE);
    }
    builder
}

/// Assembles the question for the sessions that are looked at, stretch by stretch.
pub(crate) fn assemble_samples<B: Backend>(stretches: &Stretches) -> QueryBuilder<B> {
    let (stretches, each) = stretches.samples();
    let mut builder = QueryBuilder::new("");
    for (place, (first, last)) in stretches.iter().enumerate() {
        builder.push(if place == 0 { "" } else { " UNION ALL " }).push(sql::SAMPLE_FROM);
        <B as Speaks<i64>>::push(&mut builder, first.get());
        builder.push(sql::UP_TO);
        <B as Speaks<i64>>::push(&mut builder, last.get());
        builder.push(sql::SAMPLE_LIMIT);
        <B as Speaks<i64>>::push(&mut builder, i64::from(each));
        builder.push(sql::END_OF_SAMPLE);
    }
    builder
}

/// Assembles the count of all that match.
fn assemble_count<B: Backend>(filter: &SessionFilter, narrowed: Option<&Narrowed>, now: Timestamp) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::COUNT_OF);
    builder.push(sql::FROM_SESSIONS).push(r#""Sessions"."SessionId" > 0"#);
    push_filter(&mut builder, filter, SortKey::Id, now);
    if let Some(narrowed) = narrowed {
        builder.push(r#" AND "Sessions"."SessionId" IN ("#);
        narrowed.push(&mut builder, now);
        builder.push(")");
    }
    builder
}
