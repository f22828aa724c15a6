//! Creates a database, brings it up to date, and checks that it is.
//!
//! The migrations are embedded (`migrations/`). All that are missing run in one transaction under a lock, so two
//! processes at once are safe: on `SQLite` its write lock, which sqlx's own lock is not; on PostgreSQL an advisory lock.

use futures_util::future::BoxFuture;
use sqlx::migrate::{Migrate, MigrateError, Migration};
use sqlx::{Connection as _, Transaction};
use tokio_util::sync::CancellationToken;

use super::backend::{Backend, fault, statement};
use super::connections::Connections;
use super::deadline::Deadline;
use super::error::{StoreError, Unsettled};
use super::rows::get;
use super::settings::Settings;
use super::sql;
use super::standing::{self, ReadOnly};
use super::titles;
use super::trace::{Lost, Trace};

/// The migration that makes the web application's tables where they are missing.
const EXISTING_TABLES: i64 = 1;

/// What a migration did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationReport {
    /// Whether the file was made.
    pub created: bool,
    /// The migrations that were run, by number and name.
    pub applied: Vec<String>,
}

/// Brings the database up to date; a missing file is made (mode 0600). It can be cancelled until COMMIT is sent; later
/// that ends what comes after it.
pub(super) async fn migrate<B: Backend>(
    settings: &Settings,
    cancel: &CancellationToken,
) -> Result<MigrationReport, StoreError> {
    if settings.read_only {
        return Err(StoreError::ReadOnly(ReadOnly::Asked));
    }
    let deadline = Deadline::after(settings.timeout);
    let created = B::create(settings)?;
    let connections = Connections::<B>::new(settings.clone());
    let mut lease = stoppable(cancel, connections.open_unchecked(&deadline)).await?;
    match deadline.run(standing::read::<B>(&mut lease.connection)).await??.obstacle {
        // Rotating and migrating take different privileges.
        Some(ReadOnly::Privilege) | None => {}
        Some(why) => return Err(StoreError::ReadOnly(why)),
    }
    let mut sent = None;
    let done = deadline.run(bring_up_to_date::<B>(&mut lease.connection, settings, &mut sent, cancel)).await;
    match (done.and_then(|inner| inner), sent) {
        (Ok(applied), _) => {
            connections.take_back(lease);
            index_titles(&connections, cancel).await;
            // Waits until a file is released.
            connections.close().await;
            Ok(MigrationReport { created, applied })
        }
        (Err(error), None) => {
            connections.give_up(lease, &error).await;
            Err(error)
        }
        (Err(error), Some(applied)) => match Trace::Migrated.look_up(&connections, lease, error, &deadline).await {
            Ok(()) => Ok(MigrationReport { created, applied }),
            Err(Lost::NotCommitted(error)) => Err(error),
            Err(Lost::Unknown) => Err(StoreError::Unsettled(Unsettled::Migration)),
        },
    }
}

/// Does something that may be dropped.
async fn stoppable<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(StoreError::Cancelled),
        end = work => end,
    }
}

/// Brings all changed titles into the index that searches use, step by step. A step that fails or is cancelled is left to
/// the next time: what was to be migrated is committed.
async fn index_titles<B: Backend>(connections: &Connections<B>, cancel: &CancellationToken) {
    // Whole steps as long as there are any, then the rest: others who go on changing titles cannot keep it going.
    for least in [titles::STEP, 1] {
        loop {
            let deadline = Deadline::after(connections.settings().timeout);
            match stoppable(cancel, titles::step(connections, least, &deadline)).await {
                Ok(true) if least > 1 => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!("titles stay out of their index: {error}");
                    return;
                }
            }
        }
    }
}

/// Lists the migrations that [`migrate`] would run, and changes nothing.
pub(super) async fn pending<B: Backend>(settings: &Settings) -> Result<Vec<String>, StoreError> {
    let deadline = Deadline::after(settings.timeout);
    let connections = Connections::<B>::new(Settings { read_only: true, ..settings.clone() });
    match connections.open_unchecked(&deadline).await {
        Err(StoreError::Missing { .. }) => Ok(names::<B>()),
        Err(error) => Err(error),
        Ok(mut lease) => {
            let state = deadline.run(state_of::<B>(&mut lease.connection)).await??;
            state.foreign::<B>(settings)?;
            state.missing::<B>()
        }
    }
}

/// Makes the tables that the web application makes, and nothing of ours.
pub(super) async fn existing_tables<B: Backend>(connection: &mut B::Connection) -> Result<(), StoreError> {
    run::<B>(connection, Some(EXISTING_TABLES)).await
}

/// Checks that an open database is ours and up to date.
pub(super) async fn check<B: Backend>(connection: &mut B::Connection, settings: &Settings) -> Result<(), StoreError> {
    let state = state_of::<B>(connection).await?;
    state.foreign::<B>(settings)?;
    let missing = state.missing::<B>()?;
    if missing.is_empty() { Ok(()) } else { Err(StoreError::Unmigrated { count: missing.len() }) }
}

/// Lists all migrations in their order.
pub(super) fn names<B: Backend>() -> Vec<String> {
    B::migrations().iter().map(name_of).collect()
}

fn name_of(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}

/// What a database says of itself.
struct State {
    tables: Vec<String>,
    applied: Vec<(i64, Vec<u8>)>,
}

async fn state_of<B: Backend>(connection: &mut B::Connection) -> Result<State, StoreError> {
    let tables = statement::<B>(B::TABLES).rows(connection).await?;
    let tables: Result<Vec<String>, _> = tables.iter().map(|row| get::<B, String>(row, "name")).collect();
    let tables = tables.map_err(fault::<B>)?;
    if !tables.iter().any(|table| table == "_sqlx_migrations") {
        return Ok(State { tables, applied: Vec::new() });
    }
    let applied = statement::<B>(sql::APPLIED_MIGRATIONS).rows(connection).await?;
    let entry = |row| Ok((get::<B, i64>(row, "version")?, get::<B, Vec<u8>>(row, "checksum")?));
    let applied: Result<Vec<_>, sqlx::Error> = applied.iter().map(entry).collect();
    Ok(State { tables, applied: applied.map_err(fault::<B>)? })
}

impl State {
    /// Lists what is to do; refuses a schema that this program does not know.
    fn missing<B: Backend>(&self) -> Result<Vec<String>, StoreError> {
        let known = B::migrations().iter().map(|migration| migration.version).max().unwrap_or(0);
        let found = self.applied.iter().map(|(version, _)| *version).max().unwrap_or(0);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        let done = |migration: &Migration| {
            let same = |(version, checksum): &(i64, Vec<u8>)| {
                *version == migration.version && checksum[..] == *migration.checksum
            };
            self.applied.iter().any(same)
        };
        Ok(B::migrations().iter().filter(|migration| !done(migration)).map(name_of).collect())
    }

    /// Refuses a place that holds somebody else's tables and none of the web application's.
    fn foreign<B: Backend>(&self, settings: &Settings) -> Result<(), StoreError> {
        let is_named = |table: &str, name| table == name || B::FOLDS_NAMES && table.eq_ignore_ascii_case(name);
        let has = |name| self.tables.iter().any(|table| is_named(table, name));
        if self.tables.is_empty() || (has("Sessions") && has("HostSessions")) {
            return Ok(());
        }
        let some: Vec<&str> = self.tables.iter().take(3).map(String::as_str).collect();
        let why = format!("it holds other tables ({})", crate::domain::sanitize::visible(&some.join(", ")));
        Err(StoreError::NotOurs { path: settings.target.to_string(), why })
    }
}

async fn bring_up_to_date<B: Backend>(
    connection: &mut B::Connection,
    settings: &Settings,
    sent: &mut Option<Vec<String>>,
    cancel: &CancellationToken,
) -> Result<Vec<String>, StoreError> {
    let (transaction, missing) = stoppable(cancel, prepare::<B>(connection, settings)).await?;
    *sent = Some(missing.clone());
    transaction.commit().await.map_err(fault::<B>)?;
    Ok(missing)
}

/// Does everything but the COMMIT; gives what was missing.
async fn prepare<'c, B: Backend>(
    connection: &'c mut B::Connection,
    settings: &Settings,
) -> Result<(Transaction<'c, B>, Vec<String>), StoreError> {
    let state = state_of::<B>(connection).await?;
    state.foreign::<B>(settings)?;
    state.missing::<B>()?;
    if let Some(setting) = B::BEFORE_MIGRATING {
        // Outside of the transaction, where it must be. A file that others hold open keeps its mode until next time.
        let _ = statement::<B>(setting).rows(connection).await;
    }
    let mut transaction = begin::<B>(connection).await?;
    // Read again under the lock: another process may have been faster.
    let missing = state_of::<B>(&mut transaction).await?.missing::<B>()?;
    run::<B>(&mut transaction, None).await?;
    Ok((transaction, missing))
}

/// Begins a transaction that locks other migrations out.
async fn begin<B: Backend>(connection: &mut B::Connection) -> Result<Transaction<'_, B>, StoreError> {
    // Boxed, so that the compiler sees that this may move between threads.
    let begun: BoxFuture<'_, _> = Box::pin(connection.begin_with(B::BEGIN_WRITE));
    let mut transaction = begun.await.map_err(fault::<B>)?;
    if let Some(place) = B::MAKE_PLACE {
        statement::<B>(place).run(&mut transaction).await?;
    }
    Ok(transaction)
}

/// Tells, under the lock of a migration, whether there is nothing to do.
pub(super) async fn is_done<B: Backend>(connection: &mut B::Connection) -> Result<bool, StoreError> {
    let mut transaction = begin::<B>(connection).await?;
    Ok(state_of::<B>(&mut transaction).await?.missing::<B>()?.is_empty())
}

async fn run<B: Backend>(connection: &mut B::Connection, to: Option<i64>) -> Result<(), StoreError>
where
    B::Connection: Migrate,
{
    B::migrations().run_direct(to, connection, false).await.map_err(|error| match error {
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => fault::<B>(inner),
        other => StoreError::Failed { what: other.to_string() },
    })
}
