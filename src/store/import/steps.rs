//! The steps of an import, each with a deadline of its own.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::WHOLE;
use crate::store::deadline::Deadline;
use crate::store::error::StoreError;

/// What may end a step before its time.
#[derive(Clone, Copy)]
pub(super) struct Steps<'a> {
    /// How long one may take.
    pub(super) patience: Duration,
    /// Ends it at once.
    pub(super) cancel: &'a CancellationToken,
}

impl Steps<'_> {
    /// Takes a step.
    pub(super) async fn one<T>(&self, step: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.within(self.patience, step).await
    }

    /// Takes a step that concerns a whole table.
    pub(super) async fn whole<T>(&self, step: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.within(self.patience.max(WHOLE), step).await
    }

    /// Waits for somebody else, as long as it takes.
    pub(super) async fn unhurried<T>(&self, work: impl Future<Output = T>) -> Result<T, StoreError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(StoreError::Cancelled),
            end = work => Ok(end),
        }
    }

    async fn within<T>(
        &self,
        patience: Duration,
        step: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let deadline = Deadline::after(patience);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(StoreError::Cancelled),
            end = deadline.run(step) => end?,
        }
    }
}
