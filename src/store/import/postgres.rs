//! Importing into PostgreSQL: by COPY, in the text form of
//! <https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.2>.

use std::fmt::Display;
use std::time::Duration;

use sqlx::Postgres;
use sqlx::postgres::PgConnection;

use super::WHOLE;
use super::engine::{self, Done, Imports, push_time};
use super::sql::postgres as sql;
use crate::domain::chain::StoredEntry;
use crate::domain::host_record::HostRecord;
use crate::domain::import::{Place, Row};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
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

    fn wait_sessions<'a>(connection: &'a mut PgConnection, rows: &'a [Row<Session>]) -> Done<'a> {
        let text = rows.iter().fold(Lines::default(), session);
        Box::pin(copy(connection, sql::WAIT_SESSIONS, text))
    }

    fn wait_records<'a>(connection: &'a mut PgConnection, rows: &'a [Row<HostRecord>]) -> Done<'a> {
        let text = rows.iter().fold(Lines::default(), record);
        Box::pin(copy(connection, sql::WAIT_RECORDS, text))
    }

    fn append(connection: &mut PgConnection, entries: Vec<StoredEntry>) -> Done<'_> {
        let text = entries.iter().fold(Lines::default(), entry);
        Box::pin(copy(connection, sql::APPEND, text))
    }

    fn list(lines: &[u64]) -> String {
        engine::list(lines, ['{', '}'])
    }
}

async fn copy(connection: &mut PgConnection, text: &'static str, lines: Lines) -> Result<(), StoreError> {
    let mut copy = connection.copy_in_raw(text).await.map_err(fault::<Postgres>)?;
    copy.send(lines.0.into_bytes()).await.map_err(fault::<Postgres>)?;
    copy.finish().await.map_err(fault::<Postgres>)?;
    Ok(())
}

/// Rows as COPY takes them: tabs between columns, a line break behind each row.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn number(mut self, number: impl Display) -> Self {
        use std::fmt::Write as _;
        // Writing into a String does not fail.
        let _ = write!(self.0, "{number}");
        self.0.push('\t');
        self
    }

    fn text(mut self, text: &str) -> Self {
        for c in text.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                other => self.0.push(other),
            }
        }
        self.0.push('\t');
        self
    }

    fn time(mut self, at: Timestamp) -> Self {
        push_time(&mut self.0, at);
        self.0.push_str("+00\t");
        self
    }

    fn or_null<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    fn null(mut self) -> Self {
        self.0.push_str("\\N\t");
        self
    }

    fn place(self, place: Place) -> Self {
        self.number(place.line).number(place.offset).number(place.length)
    }

    /// Ends a row, whose last column has a tab behind it.
    fn end(mut self) -> Self {
        self.0.pop();
        self.0.push('\n');
        self
    }
}

fn session(lines: Lines, Row { place, value: session }: &Row<Session>) -> Lines {
    lines
        .number(session.id)
        .place(*place)
        .text(&session.group_id)
        .or_null(session.title.as_deref(), Lines::text)
        .or_null(session.description.as_deref(), Lines::text)
        .or_null(session.status.as_deref(), Lines::text)
        .or_null(session.participant_count, Lines::number)
        .or_null(session.max_participants, Lines::number)
        .or_null(session.started_at, Lines::time)
        .or_null(session.ended_at, Lines::time)
        .or_null(session.expires_at, Lines::time)
        .time(session.created_at)
        .time(session.modified_at)
        .end()
}

fn record(lines: Lines, Row { place, value: record }: &Row<HostRecord>) -> Lines {
    lines
        .number(record.session)
        .place(*place)
        .number(record.id)
        .text(record.hash.as_str())
        .time(record.created_at)
        .or_null(record.expires_at, Lines::time)
        .or_null(record.last_used_at, Lines::time)
        .or_null(record.created_by.as_deref(), Lines::text)
        .or_null(record.revoked_at, Lines::time)
        .or_null(record.revoked_by.as_deref(), Lines::text)
        .text(if record.is_active { "t" } else { "f" })
        .end()
}

fn entry(lines: Lines, entry: &StoredEntry) -> Lines {
    let StoredEntry { session, seq, event_id, action, at, body, prev_hash, entry_hash } = entry;
    let texts = [event_id, action, at, body, prev_hash, entry_hash];
    texts.into_iter().fold(lines.number(session).number(seq), |lines, text| lines.text(text)).end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_copy_would_read_as_something_else_is_escaped() {
        let line = Lines::default().number(7).text("a\tb\\N\n\r.").null().text("\\.").end();
        assert_eq!(line.0, "7\ta\\tb\\\\N\\n\\r.\t\\N\t\\\\.\n");
    }
}
