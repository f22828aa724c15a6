//! An invented world, left behind by the tool of before: what `demo` and some tests look at.
//!
//! The rows are written before the single-GUID rule is migrated in, so that duplicates are found and flagged just
//! as in a real database. Nobody knows a GUID that fits any of their hashes.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, TimeDelta, Timelike as _, Utc};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Sqlite};
use tokio_util::sync::CancellationToken;

use super::backend::{Backend, Statement, fault, statement};
use super::error::StoreError;
use super::settings::{Settings, Target};
use super::{migration, sql, sqlite};
use crate::domain::session::SessionId;
use crate::domain::time::{Clock, Timestamp};

mod invented;
mod showcase;

use invented::{Dice, OldRecord, OldSession};

/// The largest worlds take some seconds; this only ends what hangs.
const PATIENCE: Duration = Duration::from_mins(10);

/// Rows of the statements that write many.
const MANY: usize = 100;

/// Gives the settings of a demo world.
#[must_use]
pub fn settings(path: &Path) -> Settings {
    Settings { target: Target::Sqlite(path.to_path_buf()), timeout: PATIENCE, read_only: false }
}

/// Makes a new file with `sessions` invented sessions, migrated. The same number gives the same world, but for
/// the instants, which count back from the clock, and the hashes.
///
/// # Errors
/// [`StoreError`], also where a file is there already. A file that was begun is removed, also when the future is dropped.
pub async fn build(path: &Path, sessions: u32, clock: &dyn Clock) -> Result<(), StoreError> {
    if !sqlite::create_file(path)? {
        let path = path.display().to_string();
        return Err(StoreError::NotOurs { path, why: "something is there, and a demo world is made anew".to_owned() });
    }
    let begun = Begun { path, whole: false };
    fill(path, sessions, clock.now()).await?;
    begun.keep();
    Ok(())
}

/// A file that goes again unless it becomes whole: after an error, and when whoever waits for it gives up.
struct Begun<'a> {
    path: &'a Path,
    whole: bool,
}

impl Begun<'_> {
    fn keep(mut self) {
        self.whole = true;
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.whole {
            for beside in ["", "-journal", "-wal", "-shm"] {
                let mut name = self.path.as_os_str().to_owned();
                name.push(beside);
                // What is not there need not go; another error is not the one to tell.
                let _ = std::fs::remove_file(name);
            }
        }
    }
}

/// Lets hosts log in: sets `LastUsedAt` of the active records, as the web application does.
///
/// # Errors
/// [`StoreError`] as for any write.
pub async fn log_in(path: &Path, logins: &[(SessionId, Timestamp)]) -> Result<(), StoreError> {
    let mut connection = sqlite::open_file(&settings(path), PATIENCE).await?;
    for (session, at) in logins {
        let text = existing_text(at.utc(), session.get().unsigned_abs());
        statement::<Sqlite>(sql::DEMO_LOG_IN).with(text).with(session.get()).run(&mut connection).await?;
    }
    connection.close().await.map_err(fault::<Sqlite>)
}

async fn fill(path: &Path, sessions: u32, now: Timestamp) -> Result<(), StoreError> {
    let settings = settings(path);
    let mut connection = sqlite::open_file(&settings, PATIENCE).await?;
    let mut transaction = connection.begin_with(Sqlite::BEGIN_WRITE).await.map_err(fault::<Sqlite>)?;
    migration::existing_tables::<Sqlite>(&mut transaction).await?;
    write_rows(&mut transaction, sessions, now).await?;
    transaction.commit().await.map_err(fault::<Sqlite>)?;
    connection.close().await.map_err(fault::<Sqlite>)?;
    super::migrate(&settings, &CancellationToken::new()).await.map(|_| ())
}

async fn write_rows(connection: &mut SqliteConnection, sessions: u32, now: Timestamp) -> Result<(), StoreError> {
    let ids: Vec<i64> = (1..=i64::from(sessions)).collect();
    let mut waiting: Vec<(i64, OldRecord)> = Vec::new();
    for some in ids.chunks(MANY) {
        let world: Vec<(i64, OldSession)> = some.iter().map(|id| (*id, invented::session(*id))).collect();
        let text = if world.len() == MANY { sql::DEMO_SESSIONS } else { sql::DEMO_SESSION };
        for rows in world.chunks(if world.len() == MANY { MANY } else { 1 }) {
            let bound = rows.iter().fold(statement(text), |asked, (id, row)| bind_session(asked, *id, row, now));
            bound.run(connection).await?;
        }
        waiting.extend(world.into_iter().flat_map(|(id, row)| row.records.into_iter().map(move |record| (id, record))));
        while waiting.len() >= MANY {
            let rows: Vec<_> = waiting.drain(..MANY).collect();
            write_records(connection, sql::DEMO_RECORDS, &rows, now).await?;
        }
    }
    for row in waiting {
        write_records(connection, sql::DEMO_RECORD, &[row], now).await?;
    }
    Ok(())
}

async fn write_records(
    connection: &mut SqliteConnection,
    text: &'static str,
    rows: &[(i64, OldRecord)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let bound = rows.iter().fold(statement(text), |asked, (session, row)| bind_record(asked, *session, row, now));
    bound.run(connection).await.map(|_| ())
}

type Asked = Statement<'static, Sqlite>;

fn bind_session(asked: Asked, id: i64, row: &OldSession, now: Timestamp) -> Asked {
    let mut dice = Dice::of(id, 7);
    let mut at = |minutes: i64| existing_text(ago(now, minutes), dice.roll());
    asked
        .with(id)
        .with(invented::group_of(id))
        .with(row.title.as_ref().map(ToString::to_string))
        .with(row.description.map(str::to_owned))
        .with(row.status.to_owned())
        .with(row.people)
        .with(row.max)
        .with(row.started.map(&mut at))
        .with(row.ended.map(&mut at))
        .with(row.expires.map(&mut at))
        .with(at(row.created))
        .with(at(row.started.unwrap_or(row.created)))
}

fn bind_record(asked: Asked, session: i64, row: &OldRecord, now: Timestamp) -> Asked {
    let mut dice = Dice::of(session, row.made.unsigned_abs());
    let mut at = |minutes: i64| existing_text(ago(now, minutes), dice.roll());
    asked
        .with(session)
        .with(at(row.made))
        .with(row.expires.map(&mut at))
        .with(row.used.map(&mut at))
        .with(row.by.map(str::to_owned))
        .with(row.revoked.map(&mut at))
        .with(row.revoked.map(|_| "Security Team".to_owned()))
        .with(row.revoked.is_none())
}

fn ago(now: Timestamp, minutes: i64) -> DateTime<Utc> {
    now.utc() - TimeDelta::minutes(minutes)
}

/// Writes an instant as Entity Framework does: seven digits, no offset. The fraction is invented.
fn existing_text(at: DateTime<Utc>, fraction: u64) -> String {
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    // Three times as fast as a format that is read anew for each row.
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:07}", fraction % 10_000_000)
}
