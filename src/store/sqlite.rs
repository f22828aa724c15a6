//! `SQLite`: options, errors, and the few SQL fragments that only it understands.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteQueryResult, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Row as _, Sqlite};

use super::backend::{Backend, Columns, Fault, Place, RowsAffected, Stop, fault};
use super::error::StoreError;
use super::permissions;
use super::rows::get;
use super::settings::Settings;
use super::sql;
use super::standing::ReadOnly;
use super::title_pattern::{self, Dialect};
use crate::domain::time::Timestamp;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Virtual-machine steps between two looks at the stop flag: well under a millisecond.
const STEPS_PER_CHECK: i32 = 1000;

/// Rows that `SQLite` may read ahead of us: with fewer, each side keeps waiting for the other.
const ROWS_AHEAD: usize = 2000;

/// What a connection keeps of the file, as `SQLite` writes kibibytes. A page of the list or a change touches a quarter of
/// it at most, and the system keeps the file besides; the default, four times as much for each connection, fills up with
/// what a long list or search walked past.
const CACHE: &str = "-512";

/// Versions before this one can corrupt a file when a write-ahead log is reset (<https://sqlite.org/wal.html>).
const OLDEST_SAFE: (u32, u32, u32) = (3, 51, 3);

impl RowsAffected for SqliteQueryResult {
    fn rows(&self) -> u64 {
        self.rows_affected()
    }
}

impl Columns for Sqlite {
    type Guid = String;
    type Count = i64;
}

impl Backend for Sqlite {
    // A deferred transaction that reads first fails at once under contention, whatever the busy time-out.
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    const BEGIN_READ: &'static str = "BEGIN";
    const HOLD_SESSION: Option<&'static str> = None;
    const HOLD_TABLES: Option<&'static str> = None;
    const STANDING: Option<&'static str> = None;
    const TABLES: &'static str =
        r"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name";
    const FOLDS_NAMES: bool = true;
    // https://www.sqlite.org/pragma.html#pragma_data_version
    const CHANGE_MARKER: &'static str = "SELECT CAST(data_version AS TEXT) AS marker FROM pragma_data_version";
    const BEFORE_MIGRATING: Option<&'static str> = Some("PRAGMA journal_mode = WAL");
    const MAKE_PLACE: Option<&'static str> = None;
    const ACTIVE_OF_LISTED: &'static str = r#""HostSessions" AS h ON h."SessionId" = s."SessionId" AND h."IsActive""#;
    const MATCHES: &'static str = " GLOB ";
    const HAS_TITLES: Option<&'static str> = Some(
        "SELECT 1 WHERE 2 = (SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'Sessions' \
        AND name IN ('TR_Sessions_TitleInsert', 'TR_Sessions_TitleUpdate'))",
    );
    const TITLE: &'static str = r#""Sessions"."Title" COLLATE NOCASE"#;
    const STATUS: &'static str = r#""Sessions"."Status" COLLATE NOCASE"#;
    // Without statistics every status is a rare one to SQLite; a sign keeps it from the index
    // (https://sqlite.org/optoverview.html, "Disqualifying WHERE clause terms using unary-+").
    const STATUS_BESIDE: &'static str = r#"+"Sessions"."Status" COLLATE NOCASE"#;
    const MAKER: &'static str = r#"r."CreatedBy" COLLATE NOCASE"#;
    const FOLD: &'static str = "";
    const FOLD_END: &'static str = "";
    // As in the indexes. Other texts than times may mean `now`, which no index takes.
    const MADE_AT: &'static str = r#"CASE WHEN r."CreatedAt" GLOB '[0-9][0-9][0-9][0-9]-*'
        THEN coalesce(julianday(r."CreatedAt"), 0) ELSE 0 END"#;
    const EXPIRES_AT: &'static str = r#"CASE WHEN r."ExpiresAt" GLOB '[0-9][0-9][0-9][0-9]-*'
        THEN coalesce(julianday(r."ExpiresAt"), 0) WHEN r."ExpiresAt" IS NOT NULL THEN 0 END"#;
    const TIME: &'static str = "julianday(";
    const TIME_END: &'static str = ")";
    const NO_TIME: &'static str = "0";
    const ENDLESS: &'static str = "1e9";
    const MADE_BY: &'static str = r#"CASE WHEN json_valid(e."Body") THEN e."Body" -> '$.by' END"#;
    // CROSS keeps the order of the two.
    const RECORDS_FIRST: &'static str = r#" FROM "HostSessions" AS r CROSS JOIN "Sessions"
        ON "Sessions"."SessionId" = r."SessionId" WHERE r."IsActive" AND NOT r."LegacyDuplicate""#;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    /// `SQLite` folds the case of ASCII alone; GLOB with a set per letter folds every script.
    fn pattern(word: &str) -> String {
        // A wildcard stands for itself in a set, where none of them can close or negate it.
        let literal = |c: char| if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() };
        title_pattern::pattern(word, &Dialect { around: "*", literal })
    }

    /// Makes a missing file, readable by its owner alone.
    fn create(settings: &Settings) -> Result<bool, StoreError> {
        create_file(file_of(settings)?)
    }

    fn open(settings: &Settings, budget: Duration, stop: Stop) -> BoxFuture<'_, Result<SqliteConnection, StoreError>> {
        Box::pin(async move {
            let mut connection = open_file(settings, budget).await?;
            let mut handle = connection.lock_handle().await.map_err(fault::<Sqlite>)?;
            handle.set_progress_handler(STEPS_PER_CHECK, move || !stop.load(Ordering::Relaxed));
            drop(handle);
            Ok(connection)
        })
    }

    fn place(settings: &Settings) -> Option<Place> {
        let file = settings.target.file()?;
        fs::metadata(file).ok().map(|file| (file.dev(), file.ino()))
    }

    fn obstacle(settings: &Settings) -> Option<ReadOnly> {
        settings.target.file().and_then(permissions::obstacle)
    }

    fn instant(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>, sqlx::Error> {
        // The usual forms first: the library would try a dozen others before that of Entity Framework.
        match get::<Self, Option<String>>(row, column).ok().flatten().as_deref().map(Timestamp::parse_written) {
            Some(Some(at)) => Ok(Some(at)),
            _ => get::<Self, Option<DateTime<Utc>>>(row, column).map(|at| at.map(Timestamp::new)),
        }
    }

    fn text<'r>(row: &'r SqliteRow, column: &'static str) -> Result<Option<&'r str>, sqlx::Error> {
        row.try_get(column)
    }

    fn classify(error: &sqlx::Error) -> Fault {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::ColumnDecode { index, .. } => Fault::Corrupt(index.clone()),
                sqlx::Error::WorkerCrashed => Fault::Unavailable("the connection is gone".to_owned()),
                other => Fault::Other(kind_of(other)),
            };
        };
        let code: i32 = database.code().and_then(|code| code.parse().ok()).unwrap_or(1);
        let message = database.message().to_owned();
        // Result codes: https://www.sqlite.org/rescode.html; the low byte is the primary one.
        match (code, code & 0xff) {
            (1555 | 2067, _) => Fault::Duplicate,
            (_, 5 | 6) => Fault::Retryable("locked by another program".to_owned()),
            (_, 9) => Fault::Unavailable("interrupted".to_owned()),
            (_, 3 | 8 | 23) => {
                Fault::Denied("the database file or its folder cannot be written by this user".to_owned())
            }
            // 4874, SQLITE_IOERR_SHMSIZE: the index of the write-ahead log finds no room.
            (4874, _) | (_, 13) => Fault::Full,
            (_, 14) => Fault::Unavailable("the file or its folder cannot be opened".to_owned()),
            (_, 11 | 26) => Fault::Corrupt("the file is damaged or not a database".to_owned()),
            (_, 10) => Fault::Unavailable(message),
            _ => Fault::Other(message),
        }
    }
}

/// Names an error without its values.
fn kind_of(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.kind().to_string(),
        sqlx::Error::RowNotFound => "a row is missing".to_owned(),
        _ => "an unexpected answer (the log file has the details)".to_owned(),
    }
}

/// Opens an existing file, whatever its schema.
pub(super) async fn open_file(settings: &Settings, budget: Duration) -> Result<SqliteConnection, StoreError> {
    let path = file_of(settings)?;
    inspect(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(settings.read_only)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(budget)
        .pragma("cache_size", CACHE)
        .optimize_on_close(false, None)
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(fault::<Sqlite>)?;
    let version: String =
        sqlx::query_scalar(sql::SQLITE_VERSION).fetch_one(&mut connection).await.map_err(fault::<Sqlite>)?;
    if parse_version(&version) < OLDEST_SAFE {
        let what = format!("SQLite {version} can damage a database; at least 3.51.3 is needed");
        return Err(StoreError::TooOld { what });
    }
    Ok(connection)
}

/// Gives the file of the settings.
pub(super) fn file_of(settings: &Settings) -> Result<&Path, StoreError> {
    settings.target.file().ok_or_else(|| StoreError::Failed { what: "the place is no file".to_owned() })
}

/// Makes a missing file, readable by its owner alone; tells whether it did.
pub(super) fn create_file(path: &Path) -> Result<bool, StoreError> {
    let shown = || path.display().to_string();
    let no_place = |why: &str| Err(StoreError::NotOurs { path: shown(), why: why.to_owned() });
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::AlreadyExists if path.symlink_metadata().is_ok_and(|it| it.is_symlink()) && !path.exists() => {
                no_place("it is a link that leads nowhere")
            }
            ErrorKind::AlreadyExists => Ok(false),
            ErrorKind::IsADirectory => no_place("its name is that of a folder"),
            ErrorKind::InvalidFilename => no_place("no file can have so long a name"),
            ErrorKind::NotFound | ErrorKind::NotADirectory => Err(StoreError::NoFolder { path: shown() }),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Err(StoreError::Denied { what: format!("{} cannot be created by this user", shown()) })
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Err(StoreError::Full),
            kind => Err(StoreError::Failed { what: format!("{} cannot be created: {kind}", shown()) }),
        },
    }
}

/// A file, with the time that it was made, where the file system tells: a new file may have the number of one that was
/// removed.
type Identity = (Place, Option<SystemTime>);

/// Whether each file was looked into. A file has a lock of its own: one that does not answer holds no other up.
static LOOKED_INTO: Mutex<BTreeMap<Identity, Arc<Mutex<bool>>>> = Mutex::new(BTreeMap::new());

/// Looks at the file before `SQLite` does, so that each kind of wrong place gets its own sentence.
///
/// A file is opened for that only once, before `SQLite` has it open: whoever closes a file takes all locks away that this
/// process has on it. Another program that closes it then takes itself for the last one, and removes the write-ahead log
/// that we go on writing to (<https://sqlite.org/howtocorrupt.html>, 2.2).
pub(super) fn inspect(path: &Path) -> Result<(), StoreError> {
    let shown = || path.display().to_string();
    let not_ours = |why: &str| StoreError::NotOurs { path: shown(), why: why.to_owned() };
    let place = match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(StoreError::Denied { what: format!("{} cannot be read by this user", shown()) });
        }
        Err(_) => return Err(StoreError::Missing { path: shown() }),
        Ok(metadata) if metadata.is_dir() => return Err(not_ours("it is a folder")),
        Ok(metadata) if !metadata.is_file() => return Err(not_ours("it is not a file")),
        Ok(metadata) => ((metadata.dev(), metadata.ino()), metadata.created().ok()),
    };
    let file = Arc::clone(LOOKED_INTO.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_default());
    let mut looked_into = file.lock().unwrap_or_else(PoisonError::into_inner);
    if *looked_into {
        return Ok(());
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    match read {
        Err(_) => Err(StoreError::Denied { what: format!("{} cannot be read by this user", shown()) }),
        // File format, section 1.3: https://www.sqlite.org/fileformat.html
        Ok(length) if length == 0 || head == b"SQLite format 3\0" => {
            *looked_into = true;
            Ok(())
        }
        Ok(_) => Err(not_ours("it is not an SQLite file")),
    }
}

fn parse_version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_patterns_fold_every_script_and_take_wildcards_literally() {
        assert_eq!(Sqlite::pattern("aÏ"), "*[Aa][Ïï]*");
        assert_eq!(Sqlite::pattern("5*?[]"), "*5[*][?][[]]*");
        assert_eq!(Sqlite::pattern("知ß"), "*知ß*");
        assert_eq!(Sqlite::pattern("ς"), "*[Σςσ]*");
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(parse_version("3.9.0") < OLDEST_SAFE);
        assert!(parse_version("3.51.3") >= OLDEST_SAFE);
    }
}
