//! PostgreSQL: options, errors, and the few SQL fragments that only it understands.

use std::io::ErrorKind;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sqlx::error::BoxDynError;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnection, PgQueryResult, PgRow, PgTypeInfo, PgValueRef};
use sqlx::{ConnectOptions as _, Decode, Postgres, Row as _, Type};
use tokio::time::{self, sleep};
use uuid::Uuid;

use super::backend::{Backend, Columns, Fault, Place, RowsAffected, Stop, fault, statement};
use super::error::StoreError;
use super::rows::get;
use super::server::Server;
use super::settings::{Settings, Target};
use super::sql;
use super::standing::ReadOnly;
use super::title_pattern::{self, Dialect};
use super::untrusted::Untrusted;
use crate::domain::time::Timestamp;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The oldest version that is tried, as `server_version_num` writes it.
const OLDEST: i64 = 150_000;

/// The first pause before a server that has no room yet is asked again; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// So long before the deadline a server's refusal is told: what it said helps more than that time is over.
const LAST_WORD: Duration = Duration::from_millis(100);

/// Sets a new connection up. `search_path` lets both engines use the same unqualified names. The server is not told when
/// a network swallows us: it stops by itself what nobody waits for, or a lost transaction would hold its locks for hours.
/// Where its system lets it see that a connection was closed, it stops what somebody gave up
/// (<https://www.postgresql.org/docs/15/runtime-config-connection.html> lists these systems; elsewhere the setting fails).
/// Compiling (`jit`) takes longer than it could save on statements as short as ours.
const SET_UP: &str = "SELECT set_config('search_path', 'canvas', false), set_config('jit', 'off', false), \
    CASE WHEN version() ~* 'linux|darwin|bsd|illumos' THEN set_config('client_connection_check_interval', '500', false) END, \
    set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false), \
    set_config('default_transaction_read_only', \
        CASE WHEN $2 THEN 'on' ELSE current_setting('default_transaction_read_only') END, false), \
    current_setting('server_version_num')::bigint AS version, \
    (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = 'canvas') AS may_look";

/// Every id that this program writes is one that the server gave. Rows that were copied with their ids leave it behind.
const ID_TAKEN: &str = "the next id that the server gives is taken already: the sequence of the table lies behind its \
    rows (setval puts it right)";

/// Reads what keeps this connection from writing. A change needs each of these privileges, column by column; of a table
/// or column that is not there it has none. `assets/roles.postgres.sql` grants the operator the same.
const STANDING: &str = r"SELECT pg_is_in_recovery() AS standby,
    current_setting('default_transaction_read_only')::boolean AS read_only, clock_timestamp() AS now,
    (SELECT coalesce(string_agg(format('%s of %s.%s', privilege, relation, attribute), ', '), '') FROM (VALUES
        ('Sessions', 'SELECT', 'SessionId GroupId Title Description Status ParticipantCount MaxParticipants StartedAt
            EndedAt ExpiresAt CreatedAt ModifiedAt'),
        ('HostSessions', 'SELECT', 'HostSessionId SessionId HostGuidHash CreatedAt ExpiresAt LastUsedAt CreatedBy
            RevokedAt RevokedBy IsActive LegacyDuplicate'),
        ('HostSessions', 'INSERT', 'SessionId HostGuidHash CreatedAt CreatedBy ExpiresAt IsActive LegacyDuplicate'),
        ('HostSessions', 'UPDATE', 'HostGuidHash CreatedAt CreatedBy ExpiresAt IsActive LegacyDuplicate LastUsedAt
            RevokedAt RevokedBy'),
        ('HostSessionEvents', 'SELECT', 'SessionId Seq EventId Action At Body PrevHash EntryHash'),
        ('HostSessionEvents', 'INSERT', 'SessionId Seq EventId Action At Body PrevHash EntryHash')
    ) AS needed(relation, privilege, attributes) CROSS JOIN regexp_split_to_table(attributes, '[[:space:]]+') AS attribute
    LEFT JOIN pg_attribute ON attrelid = to_regclass(quote_ident(relation)) AND attname = attribute
    WHERE has_column_privilege(attrelid, attnum, privilege) IS NOT TRUE) AS missing";

impl RowsAffected for PgQueryResult {
    fn rows(&self) -> u64 {
        self.rows_affected()
    }
}

/// A `timestamp with time zone`: microseconds since 2000. The least and the greatest number are `-infinity` and
/// `infinity`, which .NET's provider writes for its own least and greatest time; chrono panics on them.
struct Instant(Timestamp);

/// 2000-01-01 in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

impl Type<Postgres> for Instant {
    fn type_info() -> PgTypeInfo {
        <DateTime<Utc> as Type<Postgres>>::type_info()
    }
}

impl<'r> Decode<'r, Postgres> for Instant {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = <i64 as Decode<Postgres>>::decode(value)?;
        let at = micros.checked_add(EPOCH).and_then(DateTime::from_timestamp_micros).map(Timestamp::new);
        Ok(Self(at.unwrap_or(if micros < 0 { Timestamp::UNREADABLE } else { Timestamp::ENDLESS })))
    }
}

impl Columns for Postgres {
    type Guid = Uuid;
    type Count = i32;
}

impl Backend for Postgres {
    const BEGIN_WRITE: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";
    const BEGIN_READ: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    const HOLD_SESSION: Option<&'static str> = Some(sql::HOLD_SESSION_ON_SERVER);
    const HOLD_TABLES: Option<&'static str> = Some(super::import::sql::postgres::HOLD);
    const STANDING: Option<&'static str> = Some(STANDING);
    const TABLES: &'static str =
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'canvas' ORDER BY tablename";
    const FOLDS_NAMES: bool = false;
    // The oldest transaction under way, the next one, and all in between: every end of a writing one shows.
    const CHANGE_MARKER: &'static str = "SELECT pg_current_snapshot()::text AS marker";
    const BEFORE_MIGRATING: Option<&'static str> = None;
    // `CREATE SCHEMA IF NOT EXISTS` wants the privilege to create one even where it exists.
    const MAKE_PLACE: Option<&'static str> = Some(
        "DO $$ BEGIN \
        PERFORM pg_advisory_xact_lock(hashtextextended('canvas.migrations', 0)); \
        IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'canvas') THEN CREATE SCHEMA canvas; END IF; \
        END $$",
    );
    // OFFSET keeps it a look-up for each session: a plan for a page of unknown length would read all records.
    const ACTIVE_OF_LISTED: &'static str = r#"LATERAL (SELECT * FROM "HostSessions" AS h
        WHERE h."SessionId" = s."SessionId" AND h."IsActive" OFFSET 0) AS h ON true"#;
    const MATCHES: &'static str = " ~ ";
    const HAS_TITLES: Option<&'static str> = None;
    const TITLE: &'static str = r#"lower("Sessions"."Title" COLLATE "C")"#;
    const STATUS: &'static str = r#"lower("Sessions"."Status" COLLATE "C")"#;
    // The server knows how common a status is.
    const STATUS_BESIDE: &'static str = Self::STATUS;
    const MAKER: &'static str = r#"lower(r."CreatedBy" COLLATE "C")"#;
    const FOLD: &'static str = "lower(";
    const FOLD_END: &'static str = " COLLATE \"C\")";
    const MADE_AT: &'static str = r#"r."CreatedAt""#;
    const EXPIRES_AT: &'static str = r#"r."ExpiresAt""#;
    const TIME: &'static str = "";
    const TIME_END: &'static str = "";
    const NO_TIME: &'static str = "timestamptz '-infinity'";
    const ENDLESS: &'static str = "timestamptz 'infinity'";
    // What is no JSON makes JSON's own operators fail. The name comes before everything that a person can write at length.
    const MADE_BY: &'static str = r#"substring(e."Body" from '"by":("(?:[^"\\]|\\.)*")')"#;
    const RECORDS_FIRST: &'static str = r#" FROM "HostSessions" AS r CROSS JOIN LATERAL (SELECT * FROM "Sessions" AS one
        WHERE one."SessionId" = r."SessionId" OFFSET 0) AS "Sessions" WHERE r."IsActive" AND NOT r."LegacyDuplicate""#;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    /// A regular expression; ILIKE would fold what the database's locale folds.
    fn pattern(word: &str) -> String {
        // https://www.postgresql.org/docs/15/functions-matching.html#POSIX-SYNTAX-DETAILS
        let literal = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
        title_pattern::pattern(word, &Dialect { around: "", literal })
    }

    /// A database on a server is made by the server's owner; the schema comes with the migration.
    fn create(_: &Settings) -> Result<bool, StoreError> {
        Ok(false)
    }

    fn open(settings: &Settings, budget: Duration, _: Stop) -> BoxFuture<'_, Result<PgConnection, StoreError>> {
        Box::pin(async move {
            let mut connection = connect(server_of(settings)?, budget).await?;
            let patience = settings.timeout.as_millis().max(1).to_string();
            let asked = statement::<Postgres>(SET_UP).with(patience).with(settings.read_only);
            let found = asked.rows(&mut connection).await?;
            let row = found.first().ok_or_else(|| StoreError::Corrupt { what: "the server's state".to_owned() })?;
            let version = get::<Postgres, i64>(row, "version").map_err(fault::<Postgres>)?;
            if version < OLDEST {
                let what = format!("PostgreSQL {} is too old: 15 or newer is needed", version / 10_000);
                return Err(StoreError::TooOld { what });
            }
            if get::<Postgres, Option<bool>>(row, "may_look").map_err(fault::<Postgres>)? == Some(false) {
                return Err(StoreError::Denied { what: "this database user may not use the schema canvas".to_owned() });
            }
            Ok(connection)
        })
    }

    fn place(_: &Settings) -> Option<Place> {
        None
    }

    fn obstacle(_: &Settings) -> Option<ReadOnly> {
        None
    }

    fn instant(row: &PgRow, column: &'static str) -> Result<Option<Timestamp>, sqlx::Error> {
        row.try_get::<Option<Instant>, _>(column).map(|at| at.map(|Instant(at)| at))
    }

    fn text<'r>(row: &'r PgRow, column: &'static str) -> Result<Option<&'r str>, sqlx::Error> {
        row.try_get(column)
    }

    fn classify(error: &sqlx::Error) -> Fault {
        match error {
            sqlx::Error::Database(database)
                if matches!(database.constraint(), Some("PK_Sessions" | "PK_HostSessions")) =>
            {
                Fault::Other(ID_TAKEN.to_owned())
            }
            sqlx::Error::Database(database) => of_server(&database.code().unwrap_or_default(), database.message()),
            sqlx::Error::ColumnDecode { index, .. } => Fault::Corrupt(index.clone()),
            sqlx::Error::Io(error) => of_connection(error),
            sqlx::Error::Tls(error) => Fault::Untrusted(Untrusted::of_tls(&**error)),
            sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                Fault::Unavailable("the connection was lost".to_owned())
            }
            _ => Fault::Other("an unexpected answer (the log file has the details)".to_owned()),
        }
    }
}

/// Gives the server of the settings.
pub(super) fn server_of(settings: &Settings) -> Result<&Server, StoreError> {
    match &settings.target {
        Target::Postgres(server) => Ok(server),
        Target::Sqlite(_) => Err(StoreError::Failed { what: "the place is no server".to_owned() }),
    }
}

/// Connects; a server that is starting or has no room is asked again until the time is over.
pub(super) async fn connect(server: &Server, budget: Duration) -> Result<PgConnection, StoreError> {
    let (end, mut pause, mut refused) = (time::Instant::now() + budget.saturating_sub(LAST_WORD), FIRST_PAUSE, None);
    let mut options = server.options().clone().disable_statement_logging();
    if options.get_application_name().is_none() {
        options = options.application_name("host-provisioner");
    }
    // No floating-point number is read here, and a pooler refuses the parameter.
    options = options.extra_float_digits(None);
    loop {
        let asked = options.connect();
        let answer = match refused {
            None => asked.await,
            Some(refusal) => time::timeout_at(end, asked).await.unwrap_or(Err(refusal)),
        };
        let error = match answer {
            Ok(connection) => return Ok(connection),
            Err(sqlx::Error::Io(error)) if is_of_a_file(&error, server) => {
                return Err(StoreError::Untrusted(Untrusted::File(error.kind().to_string())));
            }
            Err(error) => error,
        };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
        // https://www.postgresql.org/docs/15/errcodes-appendix.html: too_many_connections, cannot_connect_now
        if !matches!(&*code, "53300" | "57P03") || time::Instant::now() + pause >= end {
            return Err(fault::<Postgres>(error));
        }
        refused = Some(error);
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Tells whether it is not the network that failed, but the reading of a certificate or key.
fn is_of_a_file(error: &std::io::Error, server: &Server) -> bool {
    let kinds = [ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::IsADirectory];
    server.socket().is_none() && kinds.contains(&error.kind())
}

/// Says what a server's error means; its words are used where they hold no values.
/// The codes: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn of_server(code: &str, message: &str) -> Fault {
    let class = code.get(..2).unwrap_or_default();
    match code {
        "23505" => Fault::Duplicate,
        "40001" | "40P01" => Fault::Retryable("another transaction was in the way".to_owned()),
        "55P03" => Fault::Retryable("locked by another program".to_owned()),
        "25P03" => Fault::Unavailable("the server ended a transaction that nobody went on with".to_owned()),
        "57014" => Fault::Unavailable("the server stopped a statement that took too long".to_owned()),
        "53300" => Fault::Unavailable("the server has no room for another connection".to_owned()),
        "57P03" => Fault::Unavailable("the server is starting or stopping".to_owned()),
        "25006" => Fault::Denied("the server takes no writes: it is a standby, or set to read-only".to_owned()),
        "42501" => Fault::Denied(message.to_owned()),
        "3D000" => Fault::NoDatabase,
        // A statement that was prepared is not there, or one is that was not prepared.
        "26000" | "42P05" => Fault::Pooled,
        "53100" => Fault::Full,
        "28000" | "28P01" => Fault::Denied("the server refuses this user, or its password".to_owned()),
        "XX001" | "XX002" => Fault::Corrupt("the server says that its files are damaged".to_owned()),
        // What stands in between says so, and gives its reason in words alone.
        "08P01" => Fault::Unavailable(message.to_owned()),
        _ if class == "08" || class == "57" => Fault::Unavailable("the server closed the connection".to_owned()),
        // What a constraint or a trigger says holds no values but those of its owner.
        _ if class == "23" || code == "P0001" => Fault::Other(message.to_owned()),
        _ => Fault::Other(format!("error {code} (the log file has the details)")),
    }
}

/// Says what an error of the network means.
pub(super) fn of_connection(error: &std::io::Error) -> Fault {
    if let Some(why) = Untrusted::of_io(error) {
        return Fault::Untrusted(why);
    }
    let what = match error.kind() {
        ErrorKind::ConnectionRefused => "nothing listens at that host and port",
        ErrorKind::NotFound => "there is no such socket",
        ErrorKind::ConnectionReset
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionAborted => "the connection was lost",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "there is no way to that host",
        _ => "the host's name is not known, or no connection can be made (the log file has the details)",
    };
    Fault::Unavailable(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_patterns_fold_every_script_and_take_specials_literally() {
        assert_eq!(Postgres::pattern("aÏ"), "[Aa][Ïï]");
        assert_eq!(Postgres::pattern("5*?[]\\^$."), "5\\*\\?\\[\\]\\\\\\^\\$\\.");
        assert_eq!(Postgres::pattern("知ß_"), "知ß\\_");
    }
}
