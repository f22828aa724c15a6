//! Rows in the binary form of COPY, for which the server reads no digits:
//! <https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgConnection};
use sqlx::{Encode, Postgres};
use uuid::Uuid;

use crate::domain::chain::StoredEntry;
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Place, Row};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;

/// What stands before the rows: the signature, no flags, no extension.
const HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What stands behind them, in the place of a number of columns.
const TRAILER: i16 = -1;

/// The length of a column without a value.
const NULL: i32 = -1;

/// Bytes of one message: the server reads the rows of one while the next is on its way.
const MESSAGE: usize = 64 * 1024;

/// Rows as they are sent.
pub(in crate::store) struct Tuples(PgArgumentBuffer);

/// A row that is being written.
pub(super) struct Tuple<'a> {
    buffer: &'a mut PgArgumentBuffer,
    /// Where its number of columns stands.
    start: usize,
    columns: i16,
}

/// A row with one more column, unless that has no such form.
type Longer<'a> = Result<Tuple<'a>, BoxDynError>;

impl Tuples {
    /// Writes rows, each by a function of its kind.
    pub(super) fn of<T>(
        rows: Vec<T>,
        write: impl Fn(Tuple<'_>, &T) -> Result<(), BoxDynError>,
    ) -> Result<Self, sqlx::Error> {
        let mut buffer = PgArgumentBuffer::default();
        buffer.extend(HEADER);
        for row in rows {
            write(Tuple::begin(&mut buffer), &row).map_err(sqlx::Error::Encode)?;
        }
        buffer.extend(TRAILER.to_be_bytes());
        Ok(Self(buffer))
    }

    /// Sends them; gives how many were taken.
    pub(super) async fn copy(self, connection: &mut PgConnection, text: &'static str) -> Result<u64, sqlx::Error> {
        let mut copy = connection.copy_in_raw(text).await?;
        for message in self.0.chunks(MESSAGE) {
            copy.send(message).await?;
        }
        copy.finish().await
    }
}

impl<'a> Tuple<'a> {
    fn begin(buffer: &'a mut PgArgumentBuffer) -> Self {
        let start = buffer.len();
        buffer.extend(0_i16.to_be_bytes());
        Self { buffer, start, columns: 0 }
    }

    fn and<'q>(mut self, value: impl Encode<'q, Postgres>) -> Longer<'a> {
        let length = self.buffer.len();
        self.buffer.extend(NULL.to_be_bytes());
        if matches!(value.encode(self.buffer)?, IsNull::No) {
            let bytes = i32::try_from(self.buffer.len() - length - size_of::<i32>())?;
            self.put(length, &bytes.to_be_bytes());
        }
        self.columns += 1;
        Ok(self)
    }

    fn place(self, Place { line, offset, length }: Place) -> Longer<'a> {
        self.and(i64::try_from(line)?)?.and(i64::try_from(offset)?)?.and(i64::try_from(length)?)
    }

    fn time(self, at: impl Into<Option<Timestamp>>) -> Longer<'a> {
        self.and(at.into().map(Timestamp::utc))
    }

    fn count(self, people: Option<i64>) -> Longer<'a> {
        self.and(people.map(i32::try_from).transpose()?)
    }

    fn end(mut self) {
        self.put(self.start, &self.columns.to_be_bytes());
    }

    /// Writes over what was kept free at a place.
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.buffer[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

pub(super) fn session(to: Tuple<'_>, Row { place, value: session }: &Row<Session>) -> Result<(), BoxDynError> {
    to.and(session.id.get())?
        .place(*place)?
        .and(Uuid::try_parse(&session.group_id)?)?
        .and(session.title.as_deref())?
        .and(session.description.as_deref())?
        .and(session.status.as_deref())?
        .count(session.participant_count)?
        .count(session.max_participants)?
        .time(session.started_at)?
        .time(session.ended_at)?
        .time(session.expires_at)?
        .time(session.created_at)?
        .time(session.modified_at)?
        .end();
    Ok(())
}

pub(super) fn record(to: Tuple<'_>, Row { place, value: record }: &Row<HostRecord>) -> Result<(), BoxDynError> {
    to.and(record.session.get())?
        .place(*place)?
        .and(record.id.get())?
        .and(record.hash.as_str())?
        .time(record.created_at)?
        .time(record.expires_at)?
        .time(record.last_used_at)?
        .and(record.created_by.as_deref())?
        .time(record.revoked_at)?
        .and(record.revoked_by.as_deref())?
        .and(record.is_active)?
        .end();
    Ok(())
}

pub(super) fn entry(to: Tuple<'_>, entry: &StoredEntry) -> Result<(), BoxDynError> {
    let StoredEntry { session, seq, event_id, action, at, body, prev_hash, entry_hash } = entry;
    let texts = [event_id, action, at, body, prev_hash, entry_hash];
    texts.into_iter().try_fold(to.and(*session)?.and(*seq)?, |to, text| to.and(text.as_str()))?.end();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_its_columns_and_each_column_its_length_or_that_there_is_none() {
        let Ok(Tuples(buffer)) = Tuples::of(vec!["a\tb\n"], |to, text| {
            to.and(7_i64)?.and(*text)?.and(None::<bool>)?.and(true)?.count(Some(-2))?.end();
            Ok(())
        }) else {
            panic!("it has a form")
        };
        let row = [
            &[0, 5][..],
            &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7],
            b"\0\0\0\x04a\tb\n",
            &[0xff; 4],
            &[0, 0, 0, 1, 1],
            &[0, 0, 0, 4, 0xff, 0xff, 0xff, 0xfe],
        ]
        .concat();
        assert_eq!(buffer[..], [&HEADER[..], &row, &[0xff, 0xff]].concat());
    }

    #[test]
    fn what_has_no_form_is_told() {
        let count = |people: i64| Tuples::of(vec![people], |to, people| to.count(Some(*people)).map(Tuple::end));
        assert!(count(i64::from(i32::MAX)).is_ok());
        assert!(count(i64::from(i32::MAX) + 1).is_err());
    }
}
