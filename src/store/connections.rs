//! A few connections, each lent to one operation at a time. One that saw an error or was abandoned is never lent again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::backend::{Backend, Place, Stop, statement};
use super::deadline::Deadline;
use super::error::StoreError;
use super::settings::Settings;
use super::{migration, sql};
use crate::drill::{self, Step};

/// Idle connections that are kept; a one-shot command opens one.
const KEPT: usize = 4;

/// How long a connection is said goodbye to.
const GOODBYE: Duration = Duration::from_millis(300);

/// Opens connections on demand and keeps the idle ones.
pub(super) struct Connections<B: Backend> {
    settings: Settings,
    idle: Mutex<Vec<Lease<B>>>,
}

/// One connection on loan. Dropping it stops its running statement and closes it.
pub(super) struct Lease<B: Backend> {
    pub(super) connection: B::Connection,
    /// Whether it has lain idle: then it may have been lost without a sign.
    pub(super) was_idle: bool,
    stop: StopOnDrop,
    place: Option<Place>,
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

    /// Lends an idle connection, or opens one. A connection whose database was removed or replaced is never lent: what
    /// it would commit, nobody could find.
    pub(super) async fn lend(&self, deadline: &Deadline) -> Result<Lease<B>, StoreError> {
        let found = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.retain(|lease| self.still_stands(lease));
            idle.pop()
        };
        match found {
            Some(lease) => Ok(Lease { was_idle: true, ..lease }),
            None => self.open(deadline).await,
        }
    }

    /// Tells whether a connection's database is the one that stands at the configured place.
    pub(super) fn still_stands(&self, lease: &Lease<B>) -> bool {
        lease.place == B::place(&self.settings)
    }

    /// Opens a new connection to a database that must be ours and up to date.
    pub(super) async fn open(&self, deadline: &Deadline) -> Result<Lease<B>, StoreError> {
        let mut lease = self.open_unchecked(deadline).await?;
        deadline.run(migration::check::<B>(&mut lease.connection, &self.settings)).await??;
        Ok(lease)
    }

    /// Opens a new connection, whatever the schema is.
    pub(super) async fn open_unchecked(&self, deadline: &Deadline) -> Result<Lease<B>, StoreError> {
        let stop: Stop = Arc::new(AtomicBool::new(false));
        let place = B::place(&self.settings);
        let opening = async {
            let connection = B::open(&self.settings, deadline.left(), Arc::clone(&stop)).await?;
            drill::at(Step::Connect)?;
            Ok::<_, StoreError>(connection)
        };
        let connection = deadline.run(opening).await??;
        Ok(Lease { connection, was_idle: false, stop: StopOnDrop(stop), place })
    }

    /// Closes all idle connections, each within the deadline of an operation.
    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        let deadline = Deadline::after(self.settings.timeout);
        for Lease { connection, stop, .. } in idle {
            // The stop flag is left alone until then: it would interrupt the checkpoint that closing makes.
            let _ = deadline.run(sqlx::Connection::close(connection)).await;
            drop(stop);
        }
    }

    /// Takes a connection back after a transaction that wrote nothing; one that does not undo it well is closed.
    pub(super) async fn take_back_undone(&self, mut lease: Lease<B>) {
        let undo = statement::<B>(sql::ROLLBACK).run(&mut lease.connection);
        match Deadline::after(GOODBYE).run(undo).await {
            Ok(Ok(_)) => self.take_back(lease),
            Ok(Err(_)) | Err(_) => lease.close().await,
        }
    }

    /// Drops the idle connections: where one was lost, the others are too.
    pub(super) fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes a connection back after an operation that ended well.
    pub(super) fn take_back(&self, lease: Lease<B>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(lease);
        }
    }

    /// Closes a connection after an error.
    pub(super) async fn give_up(&self, lease: Lease<B>, error: &StoreError) {
        if matches!(error, StoreError::TooSlow { .. } | StoreError::Unavailable { .. }) {
            self.forget_idle();
        }
        match error {
            // It hangs: another statement would, too.
            StoreError::TooSlow { .. } => lease.close().await,
            _ => lease.roll_back().await,
        }
    }
}

impl<B: Backend> Lease<B> {
    /// Undoes what is not committed, by closing the connection: some errors leave a transaction open.
    pub(super) async fn roll_back(mut self) {
        let goodbye = Deadline::after(GOODBYE);
        // Whether or not the statement gets through, the closed connection leaves nothing behind.
        let _ = goodbye.run(statement::<B>(sql::ROLLBACK).run(&mut self.connection)).await;
        self.close_by(goodbye).await;
    }

    /// Closes the connection; one that hangs is dropped. Without COMMIT, the engine rolls back by itself.
    pub(super) async fn close(self) {
        self.close_by(Deadline::after(GOODBYE)).await;
    }

    async fn close_by(self, goodbye: Deadline) {
        let Self { connection, stop, .. } = self;
        drop(stop);
        let _ = goodbye.run(sqlx::Connection::close(connection)).await;
    }
}
