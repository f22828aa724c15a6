//! Creates a database, brings it up to date, and checks that it is.
//!
//! The migrations are embedded (`migrations/sqlite`). All that are missing run in one transaction under the write
//! lock, so two processes at once are safe: sqlx's own lock does nothing on `SQLite`.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Sqlite};

use super::backend::{Backend, fault};
use super::deadline::Deadline;
use super::error::StoreError;
use super::settings::Settings;
use super::{sql, sqlite};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

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

/// Creates a missing file (mode 0600) and brings the database up to date.
///
/// # Errors
/// [`StoreError`]: no folder, not ours, newer than this program, read-only, locked, full. Nothing is half done.
pub async fn migrate(settings: &Settings) -> Result<MigrationReport, StoreError> {
    if settings.read_only {
        return Err(StoreError::ReadOnly);
    }
    let deadline = Deadline::after(settings.timeout);
    let created = create_file(settings.target.file())?;
    let mut connection = deadline.run(sqlite::open_file(settings, deadline.left())).await??;
    let applied = deadline.run(bring_up_to_date(&mut connection, settings)).await??;
    // Dropping would do; closing waits until the file is released.
    let _ = deadline.run(connection.close()).await;
    Ok(MigrationReport { created, applied })
}

/// Lists the migrations that [`migrate`] would run, and changes nothing.
///
/// # Errors
/// As [`migrate`]; a missing file is no error, but everything to do.
pub async fn pending_migrations(settings: &Settings) -> Result<Vec<String>, StoreError> {
    let deadline = Deadline::after(settings.timeout);
    let settings = Settings { read_only: true, ..settings.clone() };
    match deadline.run(sqlite::open_file(&settings, deadline.left())).await? {
        Err(StoreError::Missing { .. }) => Ok(MIGRATIONS.iter().map(name_of).collect()),
        Err(error) => Err(error),
        Ok(mut connection) => {
            let state = deadline.run(state_of(&mut connection)).await??;
            state.foreign(&settings)?;
            state.missing()
        }
    }
}

/// Makes the tables that the web application makes, and nothing of ours.
pub(super) async fn existing_tables(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    MIGRATIONS.run_to(EXISTING_TABLES, connection).await.map_err(migration_fault)
}

/// Checks that an open database is ours and up to date.
pub(super) async fn check(connection: &mut SqliteConnection, settings: &Settings) -> Result<(), StoreError> {
    let state = state_of(connection).await?;
    state.foreign(settings)?;
    let missing = state.missing()?;
    if missing.is_empty() { Ok(()) } else { Err(StoreError::Unmigrated { count: missing.len() }) }
}

fn name_of(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}

/// What a database says of itself.
struct State {
    tables: Vec<String>,
    applied: Vec<(i64, Vec<u8>)>,
}

async fn state_of(connection: &mut SqliteConnection) -> Result<State, StoreError> {
    let tables: Vec<String> =
        sqlx::query_scalar(sql::SQLITE_TABLES).fetch_all(&mut *connection).await.map_err(fault::<Sqlite>)?;
    let applied = if tables.iter().any(|table| table == "_sqlx_migrations") {
        sqlx::query_as(sql::APPLIED_MIGRATIONS).fetch_all(connection).await.map_err(fault::<Sqlite>)?
    } else {
        Vec::new()
    };
    Ok(State { tables, applied })
}

impl State {
    /// Lists what is to do; refuses a schema that this program does not know.
    fn missing(&self) -> Result<Vec<String>, StoreError> {
        let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
        let found = self.applied.iter().map(|(version, _)| *version).max().unwrap_or(0);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        let done = |migration: &sqlx::migrate::Migration| {
            let same = |(version, checksum): &(i64, Vec<u8>)| {
                *version == migration.version && checksum[..] == *migration.checksum
            };
            self.applied.iter().any(same)
        };
        Ok(MIGRATIONS.iter().filter(|migration| !done(migration)).map(name_of).collect())
    }

    /// Refuses a file that holds somebody else's tables and none of the web application's.
    fn foreign(&self, settings: &Settings) -> Result<(), StoreError> {
        let has = |name: &str| self.tables.iter().any(|table| table.eq_ignore_ascii_case(name));
        if self.tables.is_empty() || (has("Sessions") && has("HostSessions")) {
            return Ok(());
        }
        let some: Vec<&str> = self.tables.iter().take(3).map(String::as_str).collect();
        let why = format!("it holds other tables ({})", crate::domain::sanitize::visible(&some.join(", ")));
        Err(StoreError::NotOurs { path: settings.target.file().display().to_string(), why })
    }
}

async fn bring_up_to_date(connection: &mut SqliteConnection, settings: &Settings) -> Result<Vec<String>, StoreError> {
    let state = state_of(connection).await?;
    state.foreign(settings)?;
    state.missing()?;
    // Outside of the transaction, where it must be. A file that others hold open keeps its mode until next time.
    let _ = sqlx::raw_sql(sql::SQLITE_WAL).execute(&mut *connection).await;
    let mut transaction = connection.begin_with(Sqlite::BEGIN_WRITE).await.map_err(fault::<Sqlite>)?;
    // Read again under the lock: another process may have been faster.
    let missing = state_of(&mut transaction).await?.missing()?;
    MIGRATIONS.run(&mut *transaction).await.map_err(migration_fault)?;
    transaction.commit().await.map_err(fault::<Sqlite>)?;
    Ok(missing)
}

fn migration_fault(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => fault::<Sqlite>(inner),
        other => StoreError::Failed { what: other.to_string() },
    }
}

/// Makes a missing file, readable by its owner alone; tells whether it did.
pub(super) fn create_file(path: &Path) -> Result<bool, StoreError> {
    let shown = || path.display().to_string();
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::AlreadyExists => Ok(false),
            ErrorKind::NotFound | ErrorKind::NotADirectory => Err(StoreError::NoFolder { path: shown() }),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Err(StoreError::Denied { what: format!("{} cannot be created by this user", shown()) })
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Err(StoreError::Full),
            kind => Err(StoreError::Failed { what: format!("{} cannot be created: {kind}", shown()) }),
        },
    }
}
