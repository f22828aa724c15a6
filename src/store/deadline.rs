//! One deadline per operation: every wait ends with it.

use std::future::Future;
use std::time::Duration;

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

    /// Leaves half of the time that is left for another attempt, if this one has at least so much.
    pub(super) fn half(&self, least: Duration) -> Self {
        Self { end: self.end.min(Instant::now() + (self.left() / 2).max(least)), ..*self }
    }

    /// Waits for a future no longer than to the deadline, at which it is dropped.
    pub(super) async fn run<F: Future>(&self, future: F) -> Result<F::Output, StoreError> {
        let elapsed = |_| StoreError::TooSlow { patience: self.patience };
        tokio::time::timeout_at(self.end, future).await.map_err(elapsed)
    }
}
