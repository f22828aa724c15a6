//! Rows as they come out of the database, turned into the values of the domain.

use chrono::{NaiveDate, NaiveTime};

use super::backend::{Backend, Speaks};
use crate::domain::chain::StoredEntry;
use crate::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use crate::domain::session::{Session, SessionId};
use crate::domain::time::Timestamp;

/// The columns that `record_columns!` renames, and their own names.
const ALIASES: [(&str, &str); 3] =
    [("RecordSessionId", "SessionId"), ("RecordCreatedAt", "CreatedAt"), ("RecordExpiresAt", "ExpiresAt")];

/// Reads a column.
pub(super) fn get<B: Backend + Speaks<T>, T>(row: &B::Row, column: &'static str) -> Result<T, sqlx::Error> {
    <B as Speaks<T>>::get(row, column)
}

fn time<B: Backend>(row: &B::Row, column: &'static str) -> Timestamp {
    time_or_none::<B>(row, column).unwrap_or(Timestamp::UNREADABLE)
}

/// Reads a time that another program may have written. No rotation waits for a tidy calendar: what is no time is kept
/// as [`Timestamp::UNREADABLE`], under which an end counts as over.
fn time_or_none<B: Backend>(row: &B::Row, column: &'static str) -> Option<Timestamp> {
    B::instant(row, column).unwrap_or_else(|_| Some(date::<B>(row, column).unwrap_or(Timestamp::UNREADABLE)))
}

/// Reads a date without a time of day as its first instant, as `SQLite`'s own functions do.
fn date<B: Backend>(row: &B::Row, column: &'static str) -> Option<Timestamp> {
    let text = get::<B, Option<String>>(row, column).ok()??;
    let midnight = text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN);
    Some(Timestamp::new(midnight.and_utc()))
}

/// Stands for a stored text that is none: the replacement character.
const UNREADABLE: &str = "\u{fffd}";

/// Reads a text or number that decides nothing. What another program stored there in some other form keeps no session
/// from being listed, rotated or revoked.
fn tolerant<B: Backend + Speaks<Option<T>>, T>(
    row: &B::Row,
    column: &'static str,
    otherwise: Option<T>,
) -> Result<Option<T>, sqlx::Error> {
    match get::<B, Option<T>>(row, column) {
        Err(sqlx::Error::ColumnDecode { .. }) => Ok(otherwise),
        read => read,
    }
}

fn words<B: Backend>(row: &B::Row, column: &'static str) -> Result<Option<String>, sqlx::Error> {
    tolerant::<B, String>(row, column, Some(UNREADABLE.to_owned()))
}

/// Reads a GUID that decides nothing; its type is the engine's.
fn group<B: Backend>(row: &B::Row) -> Result<String, sqlx::Error> {
    match get::<B, Option<B::Guid>>(row, "GroupId") {
        Err(sqlx::Error::ColumnDecode { .. }) => Ok(UNREADABLE.to_owned()),
        read => Ok(read?.map(|group| group.to_string()).unwrap_or_default()),
    }
}

fn out_of_range(column: &'static str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: "not an id".into() }
}

/// Says which row a value that cannot be read stands in, and gives the column its own name.
fn placed(error: sqlx::Error, row: impl FnOnce() -> String) -> sqlx::Error {
    match error {
        sqlx::Error::ColumnDecode { index, source } => {
            let name = index.trim_matches('"');
            let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, own)| own);
            sqlx::Error::ColumnDecode { index: format!("{name} of {}", row()), source }
        }
        other => other,
    }
}

/// Gives a key as far as it can be read, for the name of a row.
pub(super) fn key<B: Backend>(row: &B::Row, column: &'static str) -> i64 {
    get::<B, i64>(row, column).unwrap_or(0)
}

fn session_id<B: Backend>(row: &B::Row, column: &'static str) -> Result<SessionId, sqlx::Error> {
    SessionId::new(get::<B, i64>(row, column)?).ok_or_else(|| out_of_range(column))
}

/// Reads the columns of `session_columns!`.
pub(super) fn session<B: Backend>(row: &B::Row) -> Result<Session, sqlx::Error> {
    read_session::<B>(row).map_err(|error| placed(error, || format!("session {}", key::<B>(row, "SessionId"))))
}

fn read_session<B: Backend>(row: &B::Row) -> Result<Session, sqlx::Error> {
    Ok(Session {
        id: session_id::<B>(row, "SessionId")?,
        group_id: group::<B>(row)?,
        title: words::<B>(row, "Title")?,
        description: words::<B>(row, "Description")?,
        status: words::<B>(row, "Status")?,
        participant_count: tolerant::<B, B::Count>(row, "ParticipantCount", None)?.map(Into::into),
        max_participants: tolerant::<B, B::Count>(row, "MaxParticipants", None)?.map(Into::into),
        started_at: time_or_none::<B>(row, "StartedAt"),
        ended_at: time_or_none::<B>(row, "EndedAt"),
        expires_at: time_or_none::<B>(row, "ExpiresAt"),
        created_at: time::<B>(row, "CreatedAt"),
        modified_at: time::<B>(row, "ModifiedAt"),
    })
}

/// Reads the columns of `record_columns!`; `None` where an outer join found none.
pub(super) fn record<B: Backend>(row: &B::Row) -> Result<Option<HostRecord>, sqlx::Error> {
    let place =
        || format!("host record #{} of session {}", key::<B>(row, "HostSessionId"), key::<B>(row, "RecordSessionId"));
    read_record::<B>(row).map_err(|error| placed(error, place))
}

fn read_record<B: Backend>(row: &B::Row) -> Result<Option<HostRecord>, sqlx::Error> {
    let Some(id) = get::<B, Option<i64>>(row, "HostSessionId")? else {
        return Ok(None);
    };
    Ok(Some(HostRecord {
        id: HostRecordId::new(id).ok_or_else(|| out_of_range("HostSessionId"))?,
        session: session_id::<B>(row, "RecordSessionId")?,
        hash: StoredHash::new(get::<B, String>(row, "HostGuidHash")?),
        created_at: time::<B>(row, "RecordCreatedAt"),
        expires_at: time_or_none::<B>(row, "RecordExpiresAt"),
        last_used_at: time_or_none::<B>(row, "LastUsedAt"),
        created_by: words::<B>(row, "CreatedBy")?,
        revoked_at: time_or_none::<B>(row, "RevokedAt"),
        revoked_by: words::<B>(row, "RevokedBy")?,
        is_active: get::<B, bool>(row, "IsActive")?,
        legacy_duplicate: get::<B, bool>(row, "LegacyDuplicate")?,
    }))
}

/// Reads the columns of `event_columns!`.
pub(super) fn entry<B: Backend>(row: &B::Row) -> Result<StoredEntry, sqlx::Error> {
    let place = || format!("entry {} of session {}", key::<B>(row, "Seq"), key::<B>(row, "SessionId"));
    read_entry::<B>(row).map_err(|error| placed(error, place))
}

fn read_entry<B: Backend>(row: &B::Row) -> Result<StoredEntry, sqlx::Error> {
    Ok(StoredEntry {
        session: get::<B, i64>(row, "SessionId")?,
        seq: get::<B, i64>(row, "Seq")?,
        event_id: get::<B, String>(row, "EventId")?,
        action: get::<B, String>(row, "Action")?,
        at: get::<B, String>(row, "At")?,
        body: get::<B, String>(row, "Body")?,
        prev_hash: get::<B, String>(row, "PrevHash")?,
        entry_hash: get::<B, String>(row, "EntryHash")?,
    })
}
