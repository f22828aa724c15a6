//! Carries a change through to a known end: retries before COMMIT, looks the event up after a lost one.

use std::time::Duration;

use super::backend::{Backend, statement};
use super::clock::StoreClock;
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::StoreError;
use super::{Applied, Change, apply, sql};
use crate::domain::event_id::EventId;
use crate::domain::session::SessionId;
use crate::drill::{self, Step};

/// Whole transactions that are tried, inside one deadline.
const ATTEMPTS: u32 = 3;

/// What settling has at least, whatever the deadline left.
const SETTLING_TIME: Duration = Duration::from_secs(1);

/// Applies a change within the deadline.
pub(super) async fn run<B: Backend>(
    connections: &Connections<B>,
    change: &Change<'_>,
    clock: &StoreClock,
) -> Result<Applied, StoreError> {
    let deadline = Deadline::after(connections.settings().timeout);
    let mut attempt = 1;
    loop {
        match once(connections, change, clock, &deadline).await {
            Ok(end) => return end,
            Err(StoreError::Unavailable { .. }) if attempt < ATTEMPTS && !deadline.left().is_zero() => {
                connections.forget_idle();
                tokio::time::sleep(pause(attempt, change.event).min(deadline.left())).await;
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
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
            lease.roll_back().await;
            Err(error)
        }
    }
}

/// Sends COMMIT and waits for its end, which nothing may cancel.
async fn commit<B: Backend>(
    connections: &Connections<B>,
    mut lease: Lease<B>,
    change: &Change<'_>,
    applied: Applied,
    deadline: &Deadline,
) -> Result<Applied, StoreError> {
    if change.cancel.is_cancelled() {
        lease.roll_back().await;
        return Err(StoreError::Cancelled);
    }
    let send = async {
        drill::at(Step::SendCommit)?;
        statement::<B>(sql::COMMIT).run(&mut lease.connection).await?;
        Ok(drill::at(Step::HearCommit)?)
    };
    let error = match deadline.run(send).await {
        Ok(Ok(())) => {
            connections.take_back(lease);
            return Ok(applied);
        }
        Ok(Err(error)) | Err(error) => error,
    };
    // The connection may still hold the transaction; whoever looks waits for its lock.
    lease.close().await;
    let grace = deadline.at_least(SETTLING_TIME);
    match committed(connections, change.request.session, change.event, &grace).await {
        Ok(true) => Ok(applied),
        Ok(false) => Err(error),
        Err(_) => Err(StoreError::OutcomeUnknown(Box::new(applied))),
    }
}

/// Looks an event up under the session's lock, so that no transaction of ours is in flight.
pub(super) async fn committed<B: Backend>(
    connections: &Connections<B>,
    session: SessionId,
    event: EventId,
    deadline: &Deadline,
) -> Result<bool, StoreError> {
    let mut lease = connections.open(deadline).await?;
    let found =
        deadline.run(look_up::<B>(&mut lease.connection, session, event, deadline)).await.and_then(|inner| inner);
    lease.roll_back().await;
    found
}

async fn look_up<B: Backend>(
    connection: &mut B::Connection,
    session: SessionId,
    event: EventId,
    deadline: &Deadline,
) -> Result<bool, StoreError> {
    apply::begin_write::<B>(connection, session, deadline).await?;
    let query = statement::<B>(sql::EVENT_EXISTS).with(event.to_string()).with(session.get());
    Ok(!query.rows(connection).await?.is_empty())
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
