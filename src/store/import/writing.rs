//! Writes what was decided about some sessions.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::batch::{Decided, Range, Session};
use super::engine::{Imports, Takes};
use super::steps::Steps;
use super::{Import, sql};
use crate::domain::actor::{Actor, Origin};
use crate::domain::chain::StoredEntry;
use crate::domain::event_id::EventId;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::drill::{self, Step};
use crate::store::backend::{fault, statement};
use crate::store::error::StoreError;

/// Writes what was decided; gives the first entry.
pub(super) async fn write<B: Imports>(
    connection: &mut B::Connection,
    range: Range,
    decided: Decided,
    import: &Import<'_>,
    now: Timestamp,
    steps: &Steps<'_>,
) -> Result<Option<(SessionId, EventId)>, StoreError> {
    let decided = Arc::new(decided);
    // While the engine inserts the rows, their entries are written.
    let (of, by, origin) = (Arc::clone(&decided), import.by.clone(), import.origin.clone());
    let entries = spawn_blocking(move || entries::<B>(&of, &by, &origin, now));
    // A record makes way before the one that takes its place comes.
    for id in decided.0.iter().filter_map(|session| session.merged.demoted) {
        steps.one(statement::<B>(sql::FLAG).with(true).with(id.get()).run(connection)).await?;
    }
    if decided.0.iter().any(|session| session.merged.adds_session) {
        let left_out = B::list(&decided.sessions_left_out());
        let query = |text| statement::<B>(text).with(range.from).with(range.to).with(left_out.clone());
        let came = steps.one(query(B::INSERT_SESSIONS).run(connection)).await?;
        decided.must_be_all(came, |merged| usize::from(merged.adds_session))?;
        if let Some(text) = B::INSERT_TITLES {
            steps.one(query(text).run(connection)).await?;
        }
    }
    if decided.0.iter().any(|session| !session.merged.added.is_empty()) {
        let duplicates: Vec<u64> = decided.0.iter().flat_map(|session| session.merged.duplicates.clone()).collect();
        let query = statement::<B>(B::INSERT_RECORDS)
            .with(range.from)
            .with(range.to)
            .with(B::list(&decided.records_left_out()))
            .with(B::list(&duplicates));
        let came = steps.one(query.run(connection)).await?;
        decided.must_be_all(came, |merged| merged.added.len())?;
    }
    for id in decided.0.iter().filter_map(|session| session.merged.promoted) {
        steps.one(statement::<B>(sql::FLAG).with(false).with(id.get()).run(connection)).await?;
    }
    drill::at(Step::InsertRows)?;
    let (first, entries) = entries.await.unwrap_or(Err(StoreError::Internal))?;
    let came = steps.one(<B as Takes<StoredEntry>>::take(connection, entries)).await?;
    decided.must_be_all(came, |merged| usize::from(merged.changes()))?;
    drill::at(Step::AppendEntry)?;
    Ok(first)
}

/// The first entry that tells of what was decided, and all of them in the form in which they are sent.
type Told<B> = (Option<(SessionId, EventId)>, <B as Takes<StoredEntry>>::Ready);

/// Writes the entries of what was decided.
fn entries<B: Imports>(decided: &Decided, by: &Actor, origin: &Origin, now: Timestamp) -> Result<Told<B>, StoreError> {
    let (mut first, mut entries) = (None, Vec::new());
    for Session { id, head, merged, .. } in decided.0.iter().filter(|session| session.merged.changes()) {
        let event = EventId::generate();
        first = first.or(Some((*id, event)));
        entries.push(merged.entry(*id, *head, (by, origin), event, now));
    }
    Ok((first, B::ready(entries).map_err(fault::<B>)?))
}
