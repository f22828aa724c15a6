//! Reads the history, newest first.

use super::backend::{Backend, Statement, fault, statement};
use super::error::StoreError;
use super::{HistoryPage, HistoryQuery, rows, sql};
use crate::domain::chain::StoredEntry;

/// Sorts after every event id.
pub(super) const AFTER_ALL: &str = "~";

/// Reads one page of entries.
pub(super) async fn page<B: Backend>(
    connection: &mut B::Connection,
    query: &HistoryQuery,
) -> Result<Vec<StoredEntry>, StoreError> {
    let found = asked::<B>(query).rows(connection).await?;
    let mut entries = entries::<B>(&found)?;
    if matches!(query.page, HistoryPage::Oldest | HistoryPage::After(_)) {
        entries.reverse();
    }
    Ok(entries)
}

/// Reads rows of `event_columns!`.
pub(super) fn entries<B: Backend>(rows: &[B::Row]) -> Result<Vec<StoredEntry>, StoreError> {
    rows.iter().map(rows::entry::<B>).collect::<Result<_, _>>().map_err(fault::<B>)
}

fn asked<B: Backend>(query: &HistoryQuery) -> Statement<'static, B> {
    let limit = i64::from(query.limit);
    let (on, from) = match &query.page {
        HistoryPage::Newest => (false, None),
        HistoryPage::Oldest => (true, None),
        HistoryPage::Before(event) => (false, Some(event.clone())),
        HistoryPage::After(event) => (true, Some(event.clone())),
    };
    let of_session = |text, session: i64, end: i64, from: Option<String>| {
        statement::<B>(text).with(session).with(from.unwrap_or_default()).with(end).with(limit)
    };
    let of_all = |text, end: &str, from: Option<String>| {
        statement::<B>(text).with(from.unwrap_or_else(|| end.to_owned())).with(limit)
    };
    match (query.session, on) {
        (Some(session), false) => of_session(sql::HISTORY_OF_SESSION, session.get(), i64::MAX, from),
        (Some(session), true) => of_session(sql::HISTORY_OF_SESSION_ON, session.get(), 0, from),
        (None, false) => of_all(sql::HISTORY_OF_ALL, AFTER_ALL, from),
        (None, true) => of_all(sql::HISTORY_OF_ALL_ON, "", from),
    }
}
