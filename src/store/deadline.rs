//! One deadline per operation: every wait ends with it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::error::StoreError;

/// The instant by which an operation has ended, one way or the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    end: Instant,
    patience: Duration,
}

impl Deadline {
    /// Starts counting now.
    pub(super) fn after(patience: Duration) -> Self {
        Self { end: Instant::now() + patience, patience }
    }

    /// Gives what is left.
    pub(super) fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Puts the end off.
    pub(super) fn longer_by(self, more: Duration) -> Self {
        Self { end: self.end + more, ..self }
    }

    /// Brings the end forward to so much time from now, if it lies behind.
    pub(super) fn at_most(self, patience: Duration) -> Self {
        Self { end: self.end.min(Instant::now() + patience), ..self }
    }

    /// Leaves half of the time that is left for another attempt, if this one has at least so much.
    pub(super) fn half(&self, least: Duration) -> Self {
        Self { end: self.end.min(Instant::now() + (self.left() / 2).max(least)), ..*self }
    }

    /// Waits for a future no longer than to the deadline, at which it is dropped. Its panic is an error like any other:
    /// whoever waits still has a transaction to end, or a commit to look up.
    pub(super) async fn run<F: Future>(&self, future: F) -> Result<F::Output, StoreError> {
        match tokio::time::timeout_at(self.end, AssertUnwindSafe(future).catch_unwind()).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(_)) => Err(StoreError::Internal),
            Err(_) => Err(StoreError::TooSlow { patience: self.patience }),
        }
    }
}
