//! What differs between the engines, and the few bounds that let one body of code serve them all.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sqlx::database::HasStatementCache;
use sqlx::migrate::{Migrate, Migrator};
use sqlx::query::Query;
use sqlx::{ColumnIndex, Decode, Encode, Executor, IntoArguments, QueryBuilder, Row, Type};

use super::error::StoreError;
use super::settings::Settings;
use super::standing::ReadOnly;
use super::untrusted::Untrusted;
use crate::domain::time::Timestamp;

/// Set to make a connection's running statement stop.
pub(super) type Stop = Arc<AtomicBool>;

/// Which database stands at the configured place: device and file.
pub(super) type Place = (u64, u64);

/// The types of the web application's columns that differ between the engines.
pub(super) trait Columns: sqlx::Database {
    /// A GUID: text that is kept as it is, or a type of the engine's own.
    type Guid: ToString + FromStr + Send;
    /// A number of people.
    type Count: Into<i64> + Default + Send;
}

/// What differs between the engines, and nothing else.
pub(super) trait Backend:
    Runs
    + HasStatementCache
    + Columns
    + Speaks<i64>
    + Speaks<bool>
    + Speaks<String>
    + Speaks<DateTime<Utc>>
    + Speaks<Option<i64>>
    + Speaks<Option<bool>>
    + Speaks<Option<String>>
    + Speaks<Option<DateTime<Utc>>>
    + Speaks<Vec<u8>>
    + Speaks<Option<<Self as Columns>::Guid>>
    + Speaks<<Self as Columns>::Count>
    + Speaks<Option<<Self as Columns>::Count>>
{
    /// Begins a transaction that will write.
    const BEGIN_WRITE: &'static str;
    /// Begins a transaction whose reads all see one state.
    const BEGIN_READ: &'static str;
    /// Locks one session (`$1`) until the transaction ends and gives the server's clock as `now`; no lock, no statement
    /// and no transaction that nobody goes on with waits longer than `$2` milliseconds. `None` where the engine locks the whole database, without a server.
    const HOLD_SESSION: Option<&'static str>;
    /// Keeps all other writers out until the transaction ends, where [`Backend::BEGIN_WRITE`] does not.
    const HOLD_TABLES: Option<&'static str>;
    /// Reads whether this connection may write: `standby`, `read_only` and, in words, the privileges that are `missing`
    /// for a change; and the clock as `now`. `None` where there is no server.
    const STANDING: Option<&'static str>;
    /// Lists the `name`s of the tables in the schema.
    const TABLES: &'static str;
    /// Whether a table has its name in any case.
    const FOLDS_NAMES: bool;
    /// Reads a text that differs after every commit of another connection, as `marker`.
    const CHANGE_MARKER: &'static str;
    /// Sets the database up before the transaction of a migration.
    const BEFORE_MIGRATING: Option<&'static str>;
    /// Makes a place for the tables, first in that transaction, and locks out other migrations until its end.
    const MAKE_PLACE: Option<&'static str>;
    /// The migrations of this engine.
    fn migrations() -> &'static Migrator;
    /// Joins the sessions `s` of a page with their active records `h`.
    const ACTIVE_OF_LISTED: &'static str;
    /// Matches what stands before against the pattern that follows, whatever the case.
    const MATCHES: &'static str;
    /// A session's title, in the form that is sorted: the letters of ASCII in one case, the rest by bytes.
    const TITLE: &'static str;
    /// A session's status, in the form that is sorted and compared.
    const STATUS: &'static str;
    /// The same where another index gives the order.
    const STATUS_BESIDE: &'static str;
    /// Who made a record, in the form that is sorted.
    const MAKER: &'static str;
    /// Puts the text that follows into that form; closed by [`Backend::FOLD_END`].
    const FOLD: &'static str;
    /// Closes [`Backend::FOLD`].
    const FOLD_END: &'static str;
    /// When a record was made, in the form that is sorted and compared; what cannot be read is before all else.
    const MADE_AT: &'static str;
    /// When a record expires, likewise; NULL where it never does.
    const EXPIRES_AT: &'static str;
    /// Puts the instant that follows into that form; closed by [`Backend::TIME_END`].
    const TIME: &'static str;
    /// Closes [`Backend::TIME`].
    const TIME_END: &'static str;
    /// An instant before all others in that form.
    const NO_TIME: &'static str;
    /// An instant after all others in that form.
    const ENDLESS: &'static str;
    /// Joins the current records `r` with their sessions, the records first; conditions follow.
    const RECORDS_FIRST: &'static str;
    /// Who made the change of an entry `e`, as a JSON text; NULL where its body cannot be read.
    const MADE_BY: &'static str;

    /// Gives a row where the index of the pieces of titles, which `sql` asks, is kept up. `None` where the engine uses
    /// its index by itself.
    const HAS_TITLES: Option<&'static str>;

    /// Turns a text into what [`Backend::MATCHES`] takes.
    fn pattern(text: &str) -> String;

    /// Makes what a database needs before it can be opened; tells whether there was something to make.
    fn create(settings: &Settings) -> Result<bool, StoreError>;

    /// Opens a connection, whatever the schema is.
    fn open(settings: &Settings, budget: Duration, stop: Stop) -> BoxFuture<'_, Result<Self::Connection, StoreError>>;

    /// Says which database stands at the configured place now; `None` where none does, or where a server looks after it.
    fn place(settings: &Settings) -> Option<Place>;

    /// Finds what keeps the operating system's user from writing a database that is a file.
    fn obstacle(settings: &Settings) -> Option<ReadOnly>;

    /// Reads an instant. One that no calendar holds is [`Timestamp::ENDLESS`], or before all others.
    fn instant(row: &Self::Row, column: &'static str) -> Result<Option<Timestamp>, sqlx::Error>;

    /// Reads a text without copying it.
    fn text<'r>(row: &'r Self::Row, column: &'static str) -> Result<Option<&'r str>, sqlx::Error>;

    /// Says what an engine's error means.
    fn classify(error: &sqlx::Error) -> Fault;
}

/// What an engine's error means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Trying the whole transaction again may help.
    Retryable(String),
    /// A unique index met another program's row.
    Duplicate,
    /// Locked or out of reach.
    Unavailable(String),
    /// Not allowed.
    Denied(String),
    /// A server that is not to be trusted.
    Untrusted(Untrusted),
    /// What was said before is forgotten: another connection answers.
    Pooled,
    /// The server has no such database.
    NoDatabase,
    /// No room.
    Full,
    /// A value that cannot be read, or a damaged file.
    Corrupt(String),
    /// Anything else.
    Other(String),
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        // An engine's sentence may quote a trigger's, and that a title.
        let visible = |what: String| crate::domain::sanitize::visible(&what).into_owned();
        match fault {
            Fault::Retryable(what) | Fault::Unavailable(what) => Self::Unavailable { what: visible(what) },
            Fault::Duplicate => Self::Overtaken,
            Fault::Denied(what) => Self::Denied { what: visible(what) },
            Fault::Untrusted(why) => Self::Untrusted(why),
            Fault::Pooled => Self::Pooled,
            Fault::NoDatabase => Self::NoDatabase,
            Fault::Full => Self::Full,
            Fault::Corrupt(what) => Self::Corrupt { what: visible(what) },
            Fault::Other(what) => Self::Failed { what: visible(what) },
        }
    }
}

/// Turns an engine's error into ours, and leaves the engine's words in the log file.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn fault<B: Backend>(error: sqlx::Error) -> StoreError {
    tracing::warn!(engine = B::NAME, "database error: {error}");
    B::classify(&error).into()
}

/// A statement with its values, as the library knows it.
type Prepared<'q, DB> = Query<'q, DB, <DB as sqlx::Database>::Arguments>;

/// Runs statements on a connection of this engine.
pub(super) trait Runs: sqlx::Database<Arguments: IntoArguments<Self>, Connection: Migrate> {
    /// Runs a statement; gives the number of rows it changed.
    fn execute<'a>(
        connection: &'a mut Self::Connection,
        statement: Prepared<'a, Self>,
    ) -> BoxFuture<'a, Result<u64, sqlx::Error>>;

    /// Runs a statement; gives all its rows.
    fn fetch<'a>(
        connection: &'a mut Self::Connection,
        statement: Prepared<'a, Self>,
    ) -> BoxFuture<'a, Result<Vec<Self::Row>, sqlx::Error>>;
}

/// The number of rows that a statement changed.
pub(super) trait RowsAffected {
    /// Gives it.
    fn rows(&self) -> u64;
}

impl<DB> Runs for DB
where
    DB: sqlx::Database<Arguments: IntoArguments<DB>, QueryResult: RowsAffected, Connection: Migrate>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn execute<'a>(
        connection: &'a mut DB::Connection,
        statement: Prepared<'a, DB>,
    ) -> BoxFuture<'a, Result<u64, sqlx::Error>> {
        Box::pin(async move { Ok(statement.execute(connection).await?.rows()) })
    }

    fn fetch<'a>(
        connection: &'a mut DB::Connection,
        statement: Prepared<'a, DB>,
    ) -> BoxFuture<'a, Result<Vec<DB::Row>, sqlx::Error>> {
        Box::pin(async move { statement.fetch_all(connection).await })
    }
}

/// Values of type `T` go into statements of this engine and come out of its rows.
pub(super) trait Speaks<T>: sqlx::Database {
    /// Binds the next placeholder of a constant statement.
    fn bind(statement: Prepared<'_, Self>, value: T) -> Prepared<'_, Self>;

    /// Appends a placeholder with its value to an assembled statement.
    fn push(builder: &mut QueryBuilder<Self>, value: T);

    /// Reads a column by name.
    fn get(row: &Self::Row, column: &'static str) -> Result<T, sqlx::Error>;
}

impl<DB, T> Speaks<T> for DB
where
    DB: sqlx::Database,
    T: for<'a> Encode<'a, DB> + for<'a> Decode<'a, DB> + Type<DB>,
    &'static str: ColumnIndex<DB::Row>,
{
    fn bind(statement: Prepared<'_, DB>, value: T) -> Prepared<'_, DB> {
        statement.bind(value)
    }

    fn push(builder: &mut QueryBuilder<DB>, value: T) {
        builder.push_bind(value);
    }

    fn get(row: &DB::Row, column: &'static str) -> Result<T, sqlx::Error> {
        row.try_get(column)
    }
}

/// A constant statement on its way to a connection.
pub(super) struct Statement<'q, B: Backend>(Prepared<'q, B>);

/// Starts a statement from a constant text.
pub(super) fn statement<B: Backend>(text: &'static str) -> Statement<'static, B> {
    Statement(sqlx::query(text))
}

impl<'q, B: Backend> Statement<'q, B> {
    /// Takes a statement that was assembled from constant fragments. It is planned for its values alone: those of a
    /// filter decide which index serves.
    pub(super) fn assembled(builder: &'q mut QueryBuilder<B>) -> Self {
        Self(builder.build().persistent(false))
    }

    /// Binds the next placeholder.
    pub(super) fn with<T>(self, value: T) -> Self
    where
        B: Speaks<T>,
    {
        Self(<B as Speaks<T>>::bind(self.0, value))
    }

    /// Runs it; gives its rows.
    pub(super) async fn rows(self, connection: &mut B::Connection) -> Result<Vec<B::Row>, StoreError> {
        B::fetch(connection, self.0).await.map_err(fault::<B>)
    }

    /// Runs it; gives the number of rows that it changed.
    pub(super) async fn run(self, connection: &mut B::Connection) -> Result<u64, StoreError> {
        B::execute(connection, self.0).await.map_err(fault::<B>)
    }
}
