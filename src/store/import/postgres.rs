//! Importing into PostgreSQL: by COPY.

use std::time::Duration;

use sqlx::Postgres;
use sqlx::postgres::PgConnection;

use super::WHOLE;
use super::engine::{self, Done, Imports, Taken, Takes};
use super::sql::postgres as sql;
use super::tuples::{self, Tuples};
use crate::domain::chain::StoredEntry;
use crate::domain::host_record::HostRecord;
use crate::domain::import::Row;
use crate::domain::session::Session;
use crate::store::backend::{fault, statement};
use crate::store::error::StoreError;

impl Imports for Postgres {
    // The server has written nearly all of it by then; one that does not answer may have been lost.
    const COMMIT: Duration = Duration::from_mins(1);
    const STAGED: &'static [&'static str] = sql::STAGED;
    const NOT_OWNED: Option<&'static str> = Some(sql::NOT_OWNED);
    const NOW: Option<&'static str> = Some(sql::NOW);
    const SESSIONS: &'static str = sql::SESSIONS;
    const RECORDS: &'static str = sql::RECORDS;
    const HEADS: &'static str = sql::HEADS;
    const ELSEWHERE: &'static str = sql::ELSEWHERE;
    const INSERT_SESSIONS: &'static str = sql::INSERT_SESSIONS;
    const INSERT_RECORDS: &'static str = sql::INSERT_RECORDS;
    const INSERT_TITLES: Option<&'static str> = None;
    const GATES_OPEN: &'static [&'static str] = sql::GATES_OPEN;
    const SEQUENCES: &'static [&'static str] = sql::SEQUENCES;

    fn gates_closed() -> Result<Vec<&'static str>, StoreError> {
        Ok(sql::GATES_CLOSED.to_vec())
    }

    fn set_up(connection: &mut PgConnection, patience: Duration) -> Done<'_> {
        Box::pin(async move {
            let millis = |time: Duration| time.as_millis().max(1).to_string();
            let asked = statement::<Postgres>(sql::SET_UP).with(millis(patience.max(WHOLE))).with(millis(patience));
            asked.rows(connection).await?;
            for text in sql::STAGING {
                statement::<Postgres>(text).run(connection).await?;
            }
            Ok(())
        })
    }

    fn list(lines: &[u64]) -> String {
        engine::list(lines, ['{', '}'])
    }
}

/// Takes rows by COPY, each of which a function writes.
macro_rules! takes {
    ($($row:ty, $write:path, $text:expr;)*) => {$(
        impl Takes<$row> for Postgres {
            type Ready = Tuples;

            fn ready(rows: Vec<$row>) -> Result<Tuples, sqlx::Error> {
                Tuples::of(rows, $write)
            }

            fn take(connection: &mut PgConnection, rows: Tuples) -> Taken<'_> {
                Box::pin(async { rows.copy(connection, $text).await.map_err(fault::<Postgres>) })
            }
        }
    )*};
}

takes! {
    Row<Session>, tuples::session, sql::WAIT_SESSIONS;
    Row<HostRecord>, tuples::record, sql::WAIT_RECORDS;
    StoredEntry, tuples::entry, sql::APPEND;
}
