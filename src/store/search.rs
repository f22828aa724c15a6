//! Searches the history, from the newest entry to the oldest, one stretch at a time.
//!
//! Three things are found by an index: the entries of one session by the key of the table, those of a time by the event
//! ids, which begin with the instant at which they were made, and where a search goes on. Words are not: an index of all
//! pieces of all reasons would cost each rotation more than the rotation, while whoever searches mostly asks for what
//! happened lately. So words are looked for entry by entry, and one question looks at a bounded number of them: it costs
//! the same in a history of a million entries, can be stopped in between, and the person is told how far it went.
//!
//! The engine only narrows down, by what stands somewhere in the text of an entry. [`Search::finds`] decides.

use sqlx::QueryBuilder;

use super::backend::{Backend, Speaks, Statement, fault, statement};
use super::error::StoreError;
use super::history::{self, AFTER_ALL};
use super::rows::get;
use super::{HistoryPage, HistoryQuery, HistorySearch, Stretch, sql};
use crate::domain::chain::StoredEntry;
use crate::domain::event_id::EventId;
use crate::domain::filter::IdRange;
use crate::domain::search::Search;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;

/// Entries that one question looks at in the engine.
const LOOKED_AT: i64 = 10_000;

/// Entries that one question brings here at most.
const BROUGHT: u32 = 500;

/// Seconds by which the clock of the program that made an event id may differ from that of the entry: a day.
const CLOCKS_DIFFER: i64 = 24 * 60 * 60;

/// Searches one stretch.
pub(super) async fn stretch<B: Backend>(
    connection: &mut B::Connection,
    query: &HistorySearch,
    now: Timestamp,
) -> Result<Stretch, StoreError> {
    let stretch = match query.session.or_else(|| query.search.session()) {
        Some(session) => of_session::<B>(connection, query, session).await?,
        None => of_all::<B>(connection, query, now).await?,
    };
    let found = stretch.found.into_iter().filter(|entry| query.search.finds(entry, now));
    Ok(Stretch { found: found.collect(), ..stretch })
}

/// The history of one session is read as it is.
async fn of_session<B: Backend>(
    connection: &mut B::Connection,
    HistorySearch { before, .. }: &HistorySearch,
    session: SessionId,
) -> Result<Stretch, StoreError> {
    let page = before.clone().map_or(HistoryPage::Newest, HistoryPage::Before);
    let query = HistoryQuery { session: Some(session), page, limit: BROUGHT };
    let found = history::page::<B>(connection, &query).await?;
    let reached = full(&found);
    Ok(Stretch { found, reached })
}

async fn of_all<B: Backend>(
    connection: &mut B::Connection,
    HistorySearch { search, before, .. }: &HistorySearch,
    now: Timestamp,
) -> Result<Stretch, StoreError> {
    let (oldest, newest) = search.times(now);
    let begin = |at: Timestamp, seconds: i64| EventId::begin_of(at.plus_seconds(seconds));
    let from = oldest.map_or(String::new(), |at| begin(at, -CLOCKS_DIFFER));
    let newest = newest.map_or_else(|| AFTER_ALL.to_owned(), |at| begin(at, CLOCKS_DIFFER));
    let before = before.clone().map_or(newest.clone(), |before| before.min(newest));
    let asked = statement::<B>(sql::SEARCH_STRETCH).with(before.clone()).with(from.clone()).with(LOOKED_AT - 1);
    let end = asked.rows(connection).await?;
    let end: Option<String> =
        end.first().map(|row| get::<B, String>(row, "EventId")).transpose().map_err(fault::<B>)?;
    let mut asked = assemble::<B>(search, before, end.clone().unwrap_or(from));
    let found = history::entries::<B>(&Statement::<B>::assembled(&mut asked).rows(connection).await?)?;
    let reached = full(&found).or(end);
    Ok(Stretch { found, reached })
}

/// Gives the last entry of as many as are brought at most: there may be more before it.
fn full(found: &[StoredEntry]) -> Option<String> {
    let last = found.last()?;
    (found.len() >= BROUGHT as usize).then(|| last.event_id.clone())
}

/// Assembles the question for a stretch between two event ids, the first left out, the last included.
pub(super) fn assemble<B: Backend>(search: &Search, before: String, from: String) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new(sql::SEARCH_HEAD);
    <B as Speaks<String>>::push(&mut builder, before);
    builder.push(sql::SEARCH_FROM);
    <B as Speaks<String>>::push(&mut builder, from);
    for (word, session) in search.words() {
        push_word(&mut builder, word, session);
    }
    for ranges in search.ids() {
        push_ids(&mut builder, ranges);
    }
    builder.push(sql::SEARCH_TAIL);
    <B as Speaks<i64>>::push(&mut builder, i64::from(BROUGHT));
    builder
}

fn push_word<B: Backend>(builder: &mut QueryBuilder<B>, word: &str, session: Option<SessionId>) {
    for column in [r#" AND (e."Body""#, r#" OR e."Action""#] {
        builder.push(column).push(B::MATCHES);
        <B as Speaks<String>>::push(builder, B::pattern(&as_in_json(word)));
    }
    if let Some(session) = session {
        builder.push(r#" OR e."SessionId" = "#);
        <B as Speaks<i64>>::push(builder, session.get());
    }
    builder.push(")");
}

fn push_ids<B: Backend>(builder: &mut QueryBuilder<B>, ranges: &[IdRange]) {
    for (place, range) in ranges.iter().enumerate() {
        builder.push(if place == 0 { " AND (" } else { " OR " }).push(r#"e."SessionId" BETWEEN "#);
        <B as Speaks<i64>>::push(builder, range.first().get());
        builder.push(" AND ");
        <B as Speaks<i64>>::push(builder, range.last().get());
    }
    builder.push(")");
}

/// Writes a word as it stands in a body.
fn as_in_json(word: &str) -> String {
    let quoted = serde_json::Value::from(word).to_string();
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}
