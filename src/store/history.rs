//! Reads the history, newest first.

use super::backend::{Backend, fault, statement};
use super::error::StoreError;
use super::{HistoryQuery, rows, sql};
use crate::domain::chain::StoredEntry;

/// Sorts after every event id.
pub(super) const AFTER_ALL: &str = "~";

/// Reads one page of entries.
pub(super) async fn page<B: Backend>(
    connection: &mut B::Connection,
    query: &HistoryQuery,
) -> Result<Vec<StoredEntry>, StoreError> {
    let before = query.before.map(|event| event.to_string());
    let limit = i64::from(query.limit);
    let asked = match query.session {
        Some(session) => statement::<B>(sql::HISTORY_OF_SESSION)
            .with(session.get())
            .with(before.unwrap_or_default())
            .with(i64::MAX)
            .with(limit),
        None => statement::<B>(sql::HISTORY_OF_ALL).with(before.unwrap_or_else(|| AFTER_ALL.to_owned())).with(limit),
    };
    let found = asked.rows(connection).await?;
    found.iter().map(rows::entry::<B>).collect::<Result<_, _>>().map_err(fault::<B>)
}
