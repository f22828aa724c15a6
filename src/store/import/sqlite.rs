//! Importing into `SQLite`: as many rows a statement as there are, up to a thousand.

use std::time::Duration;

use chrono::{Datelike as _, Timelike as _};
use sqlx::Sqlite;
use sqlx::sqlite::SqliteConnection;

use super::WHOLE;
use super::engine::{self, Done, Imports, Taken, Takes};
use super::sql::sqlite as sql;
use crate::domain::chain::StoredEntry;
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Place, Row};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::store::backend::{Statement, statement};
use crate::store::error::StoreError;

/// Rows of each of the three statements that insert the same.
const SIZES: [usize; 3] = [1000, 100, 1];

/// The migrations that make the guards which an import sets aside.
const GUARDS: [(&str, &str); 3] = [
    ("TR_HostSessions_FlagInsert", include_str!("../../../migrations/sqlite/0002_single_guid_rule.sql")),
    ("TR_HostSessions_FlagUpdate", include_str!("../../../migrations/sqlite/0002_single_guid_rule.sql")),
    ("TR_Sessions_TitleInsert", include_str!("../../../migrations/sqlite/0003_browsing.sql")),
];

impl Imports for Sqlite {
    // All pages go to the disk with it.
    const COMMIT: Duration = WHOLE;
    const STAGED: &'static [&'static str] = &[];
    const NOT_OWNED: Option<&'static str> = None;
    const NOW: Option<&'static str> = None;
    const SESSIONS: &'static str = sql::SESSIONS;
    const RECORDS: &'static str = sql::RECORDS;
    const HEADS: &'static str = sql::HEADS;
    const ELSEWHERE: &'static str = sql::ELSEWHERE;
    const INSERT_SESSIONS: &'static str = sql::INSERT_SESSIONS;
    const INSERT_RECORDS: &'static str = sql::INSERT_RECORDS;
    const INSERT_TITLES: Option<&'static str> = Some(sql::INSERT_TITLES);
    const GATES_OPEN: &'static [&'static str] = sql::GATES_OPEN;
    const SEQUENCES: &'static [&'static str] = &[];

    fn gates_closed() -> Result<Vec<&'static str>, StoreError> {
        let missing = |name: &str| StoreError::Corrupt { what: format!("no migration makes the trigger {name}") };
        GUARDS.iter().map(|(name, migration)| trigger(name, migration).ok_or_else(|| missing(name))).collect()
    }

    fn set_up(connection: &mut SqliteConnection, _: Duration) -> Done<'_> {
        Box::pin(async move {
            for text in sql::STAGING {
                statement::<Sqlite>(text).run(connection).await?;
            }
            Ok(())
        })
    }

    fn list(lines: &[u64]) -> String {
        engine::list(lines, ['[', ']'])
    }
}

/// Takes rows by INSERT, whose values a function binds.
macro_rules! takes {
    ($($row:ty, $bind:path, $texts:expr;)*) => {$(
        impl Takes<$row> for Sqlite {
            type Ready = Vec<$row>;

            fn ready(rows: Vec<$row>) -> Result<Vec<$row>, sqlx::Error> {
                Ok(rows)
            }

            fn take(connection: &mut SqliteConnection, rows: Vec<$row>) -> Taken<'_> {
                Box::pin(insert(connection, rows.into_iter(), $texts, $bind))
            }
        }
    )*};
}

takes! {
    Row<Session>, bind_session, sql::WAIT_SESSIONS;
    Row<HostRecord>, bind_record, sql::WAIT_RECORDS;
    StoredEntry, bind_entry, sql::APPEND;
}

/// Finds the text that makes a trigger, without the semicolon behind it.
fn trigger(name: &str, migration: &'static str) -> Option<&'static str> {
    const MAKES: &str = "CREATE TRIGGER \"";
    const END: &str = "\nEND";
    let is_own = |start: usize| migration[start + MAKES.len()..].strip_prefix(name)?.strip_prefix('"');
    let start = migration.match_indices(MAKES).map(|(start, _)| start).find(|start| is_own(*start).is_some())?;
    let length = migration[start..].find(END)? + END.len();
    Some(&migration[start..start + length])
}

type Asked = Statement<'static, Sqlite>;

/// Inserts rows, many at once as long as there are as many; gives how many came.
async fn insert<T>(
    connection: &mut SqliteConnection,
    mut rows: impl ExactSizeIterator<Item = T>,
    texts: [&'static str; 3],
    bind: impl Fn(Asked, T) -> Asked,
) -> Result<u64, StoreError> {
    let mut taken = 0;
    for (size, text) in SIZES.into_iter().zip(texts) {
        while rows.len() >= size {
            taken += rows.by_ref().take(size).fold(statement(text), &bind).run(connection).await?;
        }
    }
    Ok(taken)
}

/// Binds a number that is never as great as its type allows: a place in a file.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn bind_place(asked: Asked, place: Place) -> Asked {
    asked.with(number(place.line)).with(number(place.offset)).with(number(place.length))
}

/// Writes an instant as Entity Framework does, with six digits: `2026-09-04 08:28:00.988623`, in UTC.
fn time(at: Timestamp) -> String {
    let at = at.utc();
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute, second, micro) = (at.hour(), at.minute(), at.second(), at.nanosecond() / 1000);
    // By numbers: a format that is read anew for each takes three times as long.
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{micro:06}")
}

fn bind_session(asked: Asked, Row { place, value: session }: Row<Session>) -> Asked {
    bind_place(asked.with(session.id.get()), place)
        .with(session.group_id)
        .with(session.title)
        .with(session.description)
        .with(session.status)
        .with(session.participant_count)
        .with(session.max_participants)
        .with(session.started_at.map(time))
        .with(session.ended_at.map(time))
        .with(session.expires_at.map(time))
        .with(time(session.created_at))
        .with(time(session.modified_at))
}

fn bind_record(asked: Asked, Row { place, value: record }: Row<HostRecord>) -> Asked {
    bind_place(asked.with(record.session.get()), place)
        .with(record.id.get())
        .with(record.hash.as_str().to_owned())
        .with(time(record.created_at))
        .with(record.expires_at.map(time))
        .with(record.last_used_at.map(time))
        .with(record.created_by)
        .with(record.revoked_at.map(time))
        .with(record.revoked_by)
        .with(record.is_active)
}

fn bind_entry(asked: Asked, entry: StoredEntry) -> Asked {
    let StoredEntry { session, seq, event_id, action, at, body, prev_hash, entry_hash } = entry;
    [event_id, action, at, body, prev_hash, entry_hash].into_iter().fold(asked.with(session).with(seq), Statement::with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_guard_that_is_set_aside_is_put_back_as_its_migration_made_it() {
        let closed = Sqlite::gates_closed().unwrap();
        assert_eq!(closed.len(), sql::GATES_OPEN.len());
        for (opened, closed) in sql::GATES_OPEN.iter().zip(closed) {
            assert_eq!(closed.split_whitespace().nth(2), opened.split_whitespace().last(), "{closed}");
            assert!(closed.ends_with("\nEND") && closed.matches("CREATE").count() == 1, "{closed}");
        }
    }
}
