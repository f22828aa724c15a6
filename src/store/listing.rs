//! Pages of sessions: the one place that assembles SQL, from constant fragments that enums choose.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::backend::{Backend, Speaks, Statement, fault, statement};
use super::error::StoreError;
use super::rows::{self, get};
use super::session_query::{Page, RecordFilter, SessionFilter, SessionQuery};
use super::{SessionRow, sql};
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;

/// Reads one page, in the order of ids.
pub(super) async fn page<B: Backend>(
    connection: &mut B::Connection,
    query: &SessionQuery,
    now: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    let mut builder = assemble::<B>(query, now);
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

/// Reads the ids of one page alone, in their order.
pub(super) async fn ids<B: Backend>(
    connection: &mut B::Connection,
    query: &SessionQuery,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    read_ids::<B>(connection, assemble_ids::<B>(query, now)).await
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
    read_ids::<B>(connection, assemble_among::<B>(sessions, filter, now)).await
}

async fn read_ids<B: Backend>(
    connection: &mut B::Connection,
    mut builder: QueryBuilder<B>,
) -> Result<Vec<SessionId>, StoreError> {
    let found = Statement::<B>::assembled(&mut builder).rows(connection).await?;
    let ids: Result<Vec<i64>, _> = found.iter().map(|row| get::<B, i64>(row, "SessionId")).collect();
    let mut ids: Vec<SessionId> = ids.map_err(fault::<B>)?.into_iter().filter_map(SessionId::new).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// Counts sessions up to a limit, so that the cost is bounded.
pub(super) async fn count<B: Backend>(connection: &mut B::Connection, limit: u32) -> Result<u32, StoreError> {
    let found = statement::<B>(sql::COUNT_SESSIONS).with(i64::from(limit)).rows(connection).await?;
    let counted = found.first().map(|row| get::<B, i64>(row, "Count")).transpose().map_err(fault::<B>)?;
    Ok(counted.and_then(|count| u32::try_from(count).ok()).unwrap_or(0))
}

pub(super) fn assemble<B: Backend>(query: &SessionQuery, now: Timestamp) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::LIST_HEAD);
    push_page(&mut builder, query, now);
    builder.push(sql::LIST_TAIL).push(B::ACTIVE_OF_LISTED);
    builder
}

pub(super) fn assemble_ids<B: Backend>(query: &SessionQuery, now: Timestamp) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::IDS_HEAD);
    push_page(&mut builder, query, now);
    builder
}

pub(super) fn assemble_among<B: Backend>(
    sessions: &[SessionId],
    filter: &SessionFilter,
    now: Timestamp,
) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::IDS_HEAD);
    let mut before = "IN (";
    for session in sessions {
        builder.push(before);
        <B as Speaks<i64>>::push(&mut builder, session.get());
        before = ", ";
    }
    builder.push(")");
    push_filter(&mut builder, filter, now);
    builder
}

fn push_page<B: Backend>(builder: &mut QueryBuilder<B>, query: &SessionQuery, now: Timestamp) {
    let (compare, from, order) = match query.page {
        Page::First => ("> ", 0, "ASC"),
        Page::After(id) => ("> ", id.get(), "ASC"),
        Page::From(id) => (">= ", id.get(), "ASC"),
        Page::Before(id) => ("< ", id.get(), "DESC"),
        Page::Last => ("<= ", i64::MAX, "DESC"),
    };
    builder.push(compare);
    <B as Speaks<i64>>::push(builder, from);
    push_filter(builder, &query.filter, now);
    builder.push(r#" ORDER BY "SessionId" "#).push(order).push(" LIMIT ");
    <B as Speaks<i64>>::push(builder, i64::from(query.limit));
}

fn push_filter<B: Backend>(builder: &mut QueryBuilder<B>, filter: &SessionFilter, now: Timestamp) {
    for word in &filter.words {
        builder.push(" AND (").push(B::TITLE_MATCHES);
        <B as Speaks<String>>::push(builder, B::title_pattern(word.text()));
        if let Some(id) = word.id() {
            builder.push(r#" OR "SessionId" = "#);
            <B as Speaks<i64>>::push(builder, id.get());
        }
        builder.push(")");
    }
    if let Some(status) = &filter.status {
        builder.push(r#" AND "Status" = "#);
        <B as Speaks<String>>::push(builder, status.clone());
    }
    let Some(record) = filter.record else {
        return;
    };
    builder.push(if record == RecordFilter::None { " AND NOT EXISTS (" } else { " AND EXISTS (" });
    builder.push(sql::ACTIVE_OF_SESSION);
    match record {
        RecordFilter::None => {}
        RecordFilter::Duplicate => {
            builder.push(r#" AND r."LegacyDuplicate""#);
        }
        RecordFilter::Expired => {
            builder.push(r#" AND NOT r."LegacyDuplicate" AND r."ExpiresAt" IS NOT NULL AND "#);
            push_expired(builder, now);
        }
        RecordFilter::Active => {
            builder.push(r#" AND NOT r."LegacyDuplicate" AND (r."ExpiresAt" IS NULL OR NOT ("#);
            push_expired(builder, now);
            builder.push("))");
        }
    }
    builder.push(sql::ACTIVE_OF_SESSION_END).push(")");
}

fn push_expired<B: Backend>(builder: &mut QueryBuilder<B>, now: Timestamp) {
    builder.push(B::EXPIRED);
    <B as Speaks<DateTime<Utc>>>::push(builder, now.utc());
    builder.push(B::EXPIRED_END);
}
