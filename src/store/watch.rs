//! Tells whether anything was committed since the last look, by whichever program.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::backend::{Backend, fault, statement};
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::StoreError;
use super::rows::get;

/// Differs from an earlier one if something was committed in between; it may differ without a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMarker(String);

/// Looks through one connection of its own: `SQLite` counts the changes of others for each connection.
pub(super) struct Watch<B: Backend> {
    kept: Mutex<Option<Lease<B>>>,
    /// How many connections there have been: what one counted says nothing to the next.
    connection: AtomicU64,
}

impl<B: Backend> Watch<B> {
    pub(super) fn new() -> Self {
        Self { kept: Mutex::new(None), connection: AtomicU64::new(0) }
    }

    /// Reads the marker.
    pub(super) async fn marker(
        &self,
        connections: &Connections<B>,
        deadline: &Deadline,
    ) -> Result<ChangeMarker, StoreError> {
        let mut kept = deadline.run(self.kept.lock()).await?;
        let mut lease = if let Some(lease) = kept.take().filter(|lease| connections.still_stands(lease)) {
            lease
        } else {
            self.connection.fetch_add(1, Ordering::Relaxed);
            connections.open(deadline).await?
        };
        let found = deadline.run(statement::<B>(B::CHANGE_MARKER).rows(&mut lease.connection)).await??;
        let marker = found.first().map(|row| get::<B, String>(row, "marker")).transpose().map_err(fault::<B>)?;
        *kept = Some(lease);
        Ok(ChangeMarker(format!("{} {}", self.connection.load(Ordering::Relaxed), marker.unwrap_or_default())))
    }

    /// Gives the connection back to be closed.
    pub(super) async fn end(&self) -> Option<Lease<B>> {
        self.kept.lock().await.take()
    }
}
