//! Carries a change through to a known end: retries before COMMIT, looks the event up after a lost one.

use std::time::Duration;

use super::backend::Backend;
use super::clock::StoreClock;
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::StoreError;
use super::trace::{Lost, Trace};
use super::{Applied, Change, apply};
use crate::domain::event_id::EventId;

/// Whole transactions that are tried, inside one deadline.
const ATTEMPTS: u32 = 3;

/// Applies a change within the deadline.
pub(super) async fn run<B: Backend>(
    connections: &Connections<B>,
    change: &Change<'_>,
    clock: &StoreClock,
    deadline: &Deadline,
) -> Result<Applied, StoreError> {
    for attempt in 1..ATTEMPTS {
        match once(connections, change, clock, deadline).await {
            Ok(end) => return end,
            Err(error) => match patience(&error, deadline.left()) {
                Some(left) => tokio::time::sleep(pause(attempt, change.event).min(left)).await,
                None => return Err(error),
            },
        }
    }
    once(connections, change, clock, deadline).await?
}

/// Gives the time that another attempt has, if it is worth one: only a lost connection may be another the next time.
fn patience(error: &StoreError, left: Duration) -> Option<Duration> {
    (matches!(error, StoreError::Unavailable { .. }) && !left.is_zero()).then_some(left)
}

/// A pause that grows, spread by the event's own randomness so that rivals do not meet again.
fn pause(attempt: u32, event: EventId) -> Duration {
    let spread = event.to_string().bytes().map(u64::from).sum::<u64>() % 20;
    Duration::from_millis(u64::from(attempt) * 20 + spread)
}

/// Tries once. An error came before COMMIT was sent; what came after is an end, told as it was and never tried again.
async fn once<B: Backend>(
    connections: &Connections<B>,
    change: &Change<'_>,
    clock: &StoreClock,
    deadline: &Deadline,
) -> Result<Result<Applied, StoreError>, StoreError> {
    let mut lease = tokio::select! {
        biased;
        () = change.cancel.cancelled() => return Err(StoreError::Cancelled),
        lease = connections.lend(deadline) => lease?,
    };
    let prepared = tokio::select! {
        biased;
        () = change.cancel.cancelled() => Err(StoreError::Cancelled),
        prepared = deadline.run(apply::prepare::<B>(&mut lease.connection, change, clock, deadline)) => prepared.and_then(|inner| inner),
    };
    match prepared {
        Ok(applied) if applied.event.is_some() => Ok(commit(connections, lease, change, applied, deadline).await),
        Ok(nothing_written) => {
            connections.take_back_undone(lease).await;
            Ok(Ok(nothing_written))
        }
        // The rule declined, and the connection saw no error.
        Err(error @ (StoreError::Refused(_) | StoreError::Conflict(_))) => {
            connections.take_back_undone(lease).await;
            Err(error)
        }
        Err(error) => {
            connections.give_up(lease, &error).await;
            Err(error)
        }
    }
}

/// Sends COMMIT and waits for its end, which nothing may cancel.
async fn commit<B: Backend>(
    connections: &Connections<B>,
    lease: Lease<B>,
    change: &Change<'_>,
    applied: Applied,
    deadline: &Deadline,
) -> Result<Applied, StoreError> {
    if change.cancel.is_cancelled() {
        lease.roll_back().await;
        return Err(StoreError::Cancelled);
    }
    match Trace::Event(change.request.session, change.event).commit(connections, lease, deadline).await {
        Ok(()) => Ok(applied),
        Err(Lost::NotCommitted(error)) => Err(error),
        Err(Lost::Unknown) => Err(StoreError::OutcomeUnknown(Box::new(applied))),
    }
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
