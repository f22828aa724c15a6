//! A few connections, each lent to one operation at a time. One that saw an error or was abandoned is never lent again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::backend::{Backend, Stop};
use super::deadline::Deadline;
use super::error::StoreError;
use super::settings::Settings;

/// Idle connections that are kept; a one-shot command opens one.
const KEPT: usize = 4;

/// Opens connections on demand and keeps the idle ones.
pub(super) struct Connections<B: Backend> {
    settings: Settings,
    idle: Mutex<Vec<Lease<B>>>,
}

/// One connection on loan. Dropping it stops its running statement and closes it.
pub(super) struct Lease<B: Backend> {
    pub(super) connection: B::Connection,
    stop: StopOnDrop,
}

/// Stops the running statement of an abandoned connection: a dropped future alone does not.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<B: Backend> Connections<B> {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, idle: Mutex::new(Vec::new()) }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lends an idle connection, or opens one.
    pub(super) async fn lend(&self, deadline: &Deadline) -> Result<Lease<B>, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(lease) => Ok(lease),
            None => self.open(deadline).await,
        }
    }

    /// Opens a new connection.
    pub(super) async fn open(&self, deadline: &Deadline) -> Result<Lease<B>, StoreError> {
        let stop: Stop = Arc::new(AtomicBool::new(false));
        let connection = deadline.run(B::open(&self.settings, deadline.left(), Arc::clone(&stop))).await??;
        Ok(Lease { connection, stop: StopOnDrop(stop) })
    }

    /// Takes a connection back after an operation that ended well.
    pub(super) fn take_back(&self, lease: Lease<B>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(lease);
        }
    }
}

impl<B: Backend> Lease<B> {
    /// Closes the connection and waits for it, so that whatever it had open is rolled back.
    pub(super) async fn close(self, deadline: &Deadline) {
        let Self { connection, stop } = self;
        drop(stop);
        // A server that does not answer rolls back by itself once the socket is gone.
        let _ = deadline.run(sqlx::Connection::close(connection)).await;
    }
}
