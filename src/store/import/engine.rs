//! What an import does differently on each engine.

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::domain::chain::StoredEntry;
use crate::domain::host_record::HostRecord;
use crate::domain::import::Row;
use crate::domain::session::Session;
use crate::store::backend::Backend;
use crate::store::error::StoreError;

/// The end of something that is done on a connection.
pub(super) type Done<'a> = BoxFuture<'a, Result<(), StoreError>>;

/// Rows that are taken; gives how many there were.
pub(super) type Taken<'a> = BoxFuture<'a, Result<u64, StoreError>>;

/// An engine that takes rows of one kind.
pub(in crate::store) trait Takes<T>: Backend {
    /// Rows in the form in which they are sent.
    type Ready: Send + 'static;

    /// Brings rows into that form, for which no connection is needed.
    ///
    /// # Errors
    /// [`sqlx::Error::Encode`] where a value has no such form.
    fn ready(rows: Vec<T>) -> Result<Self::Ready, sqlx::Error>;

    /// Takes them.
    fn take(connection: &mut Self::Connection, rows: Self::Ready) -> Taken<'_>;
}

/// An engine that rows can be imported into: sessions and records wait in their tables, entries go into their histories.
pub(in crate::store) trait Imports:
    Takes<Row<Session>> + Takes<Row<HostRecord>> + Takes<StoredEntry>
{
    /// What the COMMIT of a million rows may take.
    const COMMIT: Duration;
    /// Makes what the connection needs once all rows wait.
    const STAGED: &'static [&'static str];
    /// Lists the tables of which this user is not the owner, where there are users.
    const NOT_OWNED: Option<&'static str>;
    /// Reads the server's clock as `now`, if there is a server, and says how the transaction is to be planned.
    const NOW: Option<&'static str>;
    /// Reads what the database has of the sessions in a range of which rows wait.
    const SESSIONS: &'static str;
    /// Reads their records.
    const RECORDS: &'static str;
    /// Reads their entries, as far as they say who rules them.
    const HEADS: &'static str;
    /// Reads the lines of records whose id is taken in another session.
    const ELSEWHERE: &'static str;
    /// Brings sessions in; `$3` are the lines that stay out.
    const INSERT_SESSIONS: &'static str;
    /// Brings records in; `$4` are the lines of duplicates.
    const INSERT_RECORDS: &'static str;
    /// Brings their titles into the index, where that does not happen by itself.
    const INSERT_TITLES: Option<&'static str>;
    /// Sets the guards aside that stand in the way.
    const GATES_OPEN: &'static [&'static str];
    /// Puts what gives ids behind those that came, where that does not happen by itself.
    const SEQUENCES: &'static [&'static str];

    /// Puts the guards back, as they were.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where they are not found.
    fn gates_closed() -> Result<Vec<&'static str>, StoreError>;

    /// Makes the tables in which rows wait.
    fn set_up(connection: &mut Self::Connection, patience: Duration) -> Done<'_>;

    /// Writes lines as these statements take them.
    fn list(lines: &[u64]) -> String;
}

/// Writes numbers with commas between, in brackets.
pub(super) fn list(lines: &[u64], [open, close]: [char; 2]) -> String {
    let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
    format!("{open}{}{close}", numbers.join(","))
}
