//! Questions to the database, and their answers in words for the screen.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::domain::consolidation::AMBIGUOUS_WITHIN;
use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::session::SessionId;
use crate::provision::Provisioner;
use crate::store::{ChangeMarker, HistoryPage, HistoryQuery, SessionFilter, Store, StoreError};
use crate::tui::effect::{JobId, Query};
use crate::tui::message::{Failure, JobEvent, Loaded, Look, Message};
use crate::tui::screen::detail;

/// Between two questions whether an attempt was committed.
const SETTLE_PAUSE: Duration = Duration::from_secs(2);

/// Between two steps of what the store looks after: others come to write.
const TEND_PAUSE: Duration = Duration::from_millis(100);

/// Asks until the database answers.
pub(super) async fn settle(provisioner: &Provisioner, job: JobId, session: SessionId, event: EventId) -> Message {
    loop {
        if let Ok(committed) = provisioner.settle(session, event).await {
            return Message::Job(job, JobEvent::Settled(committed));
        }
        sleep(SETTLE_PAUSE).await;
    }
}

/// Looks once, after so many milliseconds, whether something was committed. Until the first marker is known, anything may
/// have been; and after a database was out of reach, too.
pub(super) async fn look(provisioner: &Provisioner, seen: &Mutex<Option<ChangeMarker>>, pause: u64) -> Look {
    sleep(Duration::from_millis(pause)).await;
    let store = provisioner.store();
    let began = store.clock().now();
    let marker = store.change_marker().await;
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let before = std::mem::replace(&mut *seen, marker.as_ref().ok().cloned());
    match marker {
        Ok(marker) if before.as_ref() == Some(&marker) => Look::Unchanged(began),
        Ok(_) => Look::Changed,
        Err(error) => Look::Lost(error.to_string()),
    }
}

/// Lets the store take a step of what it looks after, a moment after the last one. One that failed is not tried again
/// before somebody changes something.
pub(super) async fn tend(provisioner: &Provisioner) -> bool {
    sleep(TEND_PAUSE).await;
    provisioner.store().tend().await.unwrap_or_else(|error| {
        tracing::debug!("the index of titles was not looked after: {error}");
        false
    })
}

pub(super) async fn load(provisioner: &Provisioner, query: Query) -> Result<Loaded, Failure> {
    let store = provisioner.store();
    let answer = match query {
        Query::Sessions(query) => store.sessions(&query).await.map(Loaded::Sessions),
        Query::Ids(query) => store.session_ids(&query).await.map(Loaded::Ids),
        Query::Marked(sessions, filter) => marked(store, &sessions, &filter).await,
        Query::Estimate(filter) => store.estimate_sessions(&filter).await.map(Loaded::Estimate),
        Query::Count(filter) => store.count_sessions(&filter).await.map(Loaded::Count),
        Query::Plan(request) => {
            provisioner.preview(&request, &Expected::Anything).await.map(|preview| Loaded::Plan(Box::new(preview)))
        }
        Query::Overview(max_age) => store.overview(max_age).await.map(|overview| Loaded::Overview(Box::new(overview))),
        Query::History(query) => store.history(&query).await.map(Loaded::History),
        Query::Search(query) => store.search_history(&query).await.map(Loaded::Found),
        Query::Crowded(sessions) => provisioner.crowded_among(&sessions, AMBIGUOUS_WITHIN).await.map(Loaded::Crowded),
        Query::Detail(session) => {
            // The history first: what is appended in between shows as "not all read", never as damage.
            let query = HistoryQuery { session: Some(session), page: HistoryPage::Newest, limit: detail::ENTRIES };
            match store.history(&query).await {
                Ok(entries) => {
                    store.snapshot(session).await.map(|snapshot| Loaded::Detail(Box::new(snapshot), entries))
                }
                Err(error) => Err(error),
            }
        }
    };
    answer.map_err(|error| failure(&error))
}

async fn marked(store: &dyn Store, sessions: &[SessionId], filter: &SessionFilter) -> Result<Loaded, StoreError> {
    let there = store.sessions_among(sessions, &SessionFilter::default()).await?;
    let shown = if filter.is_empty() { there.len() } else { store.sessions_among(sessions, filter).await?.len() };
    Ok(Loaded::Marked(there, shown as u64))
}

pub(super) fn failure(error: &StoreError) -> Failure {
    let conflict = if let StoreError::Conflict(conflict) = error { Some(conflict.clone()) } else { None };
    Failure { what: error.to_string(), unchanged: error.unchanged().sentence().to_owned(), conflict }
}

pub(super) fn internal(unchanged: &str) -> Failure {
    let what = "an internal error ended the work; the log file tells more".to_owned();
    Failure { what, unchanged: unchanged.to_owned(), conflict: None }
}
