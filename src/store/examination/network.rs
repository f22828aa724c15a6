//! The steps to a server: its name, its port, its certificate, its door, and what stands in between.

use std::net::SocketAddr;

use async_trait::async_trait;
use chrono::TimeDelta;
use sqlx::postgres::{PgConnection, PgSslMode};
use sqlx::{Connection as _, Postgres, Row as _};
use tokio::net::{TcpStream, UnixStream, lookup_host};

use super::super::backend::fault;
use super::super::deadline::Deadline;
use super::super::error::StoreError;
use super::super::postgres::{connect, of_connection, server_of};
use super::super::server::Server;
use super::super::settings::Settings;
use super::certificate::{self, Peer};
use super::{Examined, Finding, Step};
use crate::domain::time::{Clock as _, SystemClock};

/// A certificate that ends within so many days deserves attention.
const SOON: TimeDelta = TimeDelta::days(30);

const VERIFY: &str = "sslmode=verify-full in the URL, or PGSSLMODE, makes sure that this is the server";

// The simple protocol, and literals: through a pooler, a prepared statement may be somebody else's.
const BEGIN: &str = "BEGIN";
const ROLLBACK: &str = "ROLLBACK";
const PROCESS: &str = "SELECT pg_backend_pid() AS process";

/// What the steps leave for each other.
#[derive(Default)]
pub(super) struct Way {
    addresses: Vec<SocketAddr>,
    stream: Option<TcpStream>,
    /// The end of the log-in, which comes with the handshake: one attempt decides both steps.
    entered: Option<Result<PgConnection, StoreError>>,
}

#[async_trait]
impl Examined for Postgres {
    const STEPS: &'static [Step] = &[
        Step::Resolve,
        Step::Connect,
        Step::Tls,
        Step::LogIn,
        Step::Pooling,
        // The schema's privilege is asked for when the connection is set up.
        Step::Privileges,
        Step::Version,
        Step::Schema,
        Step::Writable,
        Step::Clock,
        Step::RoundTrip,
        Step::Index,
    ];
    const VERSION: &'static str = "SELECT current_setting('server_version') AS version";
    const READABLE: Option<&'static str> = Some(
        "SELECT c.relname::text AS name, has_schema_privilege(n.oid, 'USAGE') \
            AND has_any_column_privilege(c.oid, 'SELECT') AS may_read \
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
        WHERE n.nspname = 'canvas' AND c.relkind IN ('r', 'p') \
            AND c.relname IN ('Sessions', 'HostSessions', 'HostSessionEvents', '_sqlx_migrations') ORDER BY name",
    );
    const RULE_INDEX: &'static str = r#"SELECT i.indisvalid AND i.indisready AND i.indisunique AND i.indnkeyatts = 1
            AND pg_get_indexdef(i.indexrelid, 1, false) = '"SessionId"'
            AND pg_get_expr(i.indpred, i.indrelid) = '("IsActive" AND (NOT "LegacyDuplicate"))' AS holds
        FROM pg_catalog.pg_index AS i WHERE i.indexrelid = to_regclass('canvas."UX_HostSessions_OneCurrent"')
            AND i.indrelid = to_regclass('canvas."HostSessions"')"#;
    const TITLE_INDEX: Option<&'static str> = Some(
        r#"SELECT 1 FROM pg_catalog.pg_index AS i
        WHERE i.indexrelid = to_regclass('canvas."IX_Sessions_TitlePieces"') AND i.indisvalid"#,
    );
    type Way = Way;

    async fn approach(
        settings: &Settings,
        step: Step,
        way: &mut Way,
        deadline: &Deadline,
    ) -> Result<Finding, StoreError> {
        let server = server_of(settings)?;
        match step {
            Step::Resolve => resolve(server, way, deadline).await,
            Step::Connect => reach(server, way, deadline).await,
            Step::Tls => tls(server, way, deadline, settings).await,
            Step::LogIn => {
                way.entered = Some(Ok(entered(way)?));
                Ok(Finding::fine(format!("as {} to the database {}", server.user(), server.database())))
            }
            _ => pooling(server, entered(way)?, deadline).await,
        }
    }
}

/// Gives the end of the log-in.
fn entered(way: &mut Way) -> Result<PgConnection, StoreError> {
    way.entered.take().unwrap_or_else(|| Err(StoreError::Failed { what: "a step was left out".to_owned() }))
}

async fn resolve(server: &Server, way: &mut Way, deadline: &Deadline) -> Result<Finding, StoreError> {
    if server.socket().is_some() {
        return Ok(Finding::fine("a socket of this machine"));
    }
    let found = deadline.run(lookup_host((server.host(), server.port()))).await?;
    way.addresses = found
        .map_err(|error| {
            tracing::warn!("resolving {}: {error}", server.host());
            StoreError::Unavailable { what: format!("the name {} leads to no address", server.host()) }
        })?
        .collect();
    let mut shown: Vec<String> = way.addresses.iter().map(|address| address.ip().to_string()).collect();
    shown.dedup();
    let shown = shown.join(", ");
    Ok(Finding::fine(if shown == server.host() { shown } else { format!("{} is {shown}", server.host()) }))
}

async fn reach(server: &Server, way: &mut Way, deadline: &Deadline) -> Result<Finding, StoreError> {
    let failed = |error: std::io::Error| {
        tracing::warn!("connecting to {server}: {error}");
        StoreError::from(of_connection(&error))
    };
    if let Some(path) = server.socket() {
        deadline.run(UnixStream::connect(&path)).await?.map_err(failed)?;
        return Ok(Finding::fine(path.display().to_string()));
    }
    let stream = deadline.run(TcpStream::connect(&way.addresses[..])).await?.map_err(failed)?;
    let peer = stream.peer_addr().map_err(failed)?;
    way.stream = Some(stream);
    Ok(Finding::fine(peer.to_string()))
}

/// Looks at the certificate, then logs in: whether the server is trusted, the connection of every command decides.
async fn tls(server: &Server, way: &mut Way, deadline: &Deadline, settings: &Settings) -> Result<Finding, StoreError> {
    let peer = match (way.stream.take(), server.encryption()) {
        (None, _) | (_, PgSslMode::Disable | PgSslMode::Allow) => None,
        (Some(stream), _) => deadline.run(certificate::ask(stream, server.host())).await??,
    };
    let entry = Deadline::after(settings.timeout);
    way.entered = Some(match entry.run(connect(server, entry.left())).await {
        Ok(Err(StoreError::Untrusted(why))) => return Err(StoreError::Untrusted(why)),
        other => other.and_then(|entered| entered),
    });
    Ok(judge(server, peer.as_ref()))
}

/// Says how the connection is protected.
fn judge(server: &Server, peer: Option<&Peer>) -> Finding {
    let mode = server.encryption();
    let verified = matches!(mode, PgSslMode::VerifyFull | PgSslMode::VerifyCa);
    let here = server.is_local();
    let Some(Peer { protocol, names, issuer, until }) = peer else {
        let detail =
            if here { "none; the connection stays on this machine" } else { "none: all is sent in plain text" };
        return if here { Finding::fine(detail) } else { Finding::but(detail, VERIFY) };
    };
    let trust = match mode {
        PgSslMode::VerifyFull => "verified",
        PgSslMode::VerifyCa => "authority verified, name not verified",
        _ => "not verified",
    };
    let detail = format!("{protocol}, {trust}: certificate of {names}, by {issuer}, until {until}");
    match until.utc() - SystemClock.now().utc() {
        left if verified && left < SOON => {
            Finding::but(detail, format!("the certificate ends in {} days: renew it in time", left.num_days()))
        }
        _ if server.is_unverified() => Finding::but(detail, VERIFY),
        _ => Finding::fine(detail),
    }
}

/// Finds out whether a transaction of a second connection takes the first one's place on the server, as it does
/// through a pooler that lends a connection for one transaction.
async fn pooling(server: &Server, mut first: PgConnection, deadline: &Deadline) -> Result<Finding, StoreError> {
    let before = deadline.run(process(&mut first)).await??;
    let mut second = match deadline.run(connect(server, deadline.left())).await {
        Ok(Ok(second)) => second,
        Ok(Err(error)) | Err(error) => {
            return Ok(Finding::but(
                format!("a second connection is not to be had: {error}"),
                "the console works with up to five connections",
            ));
        }
    };
    deadline.run(sqlx::raw_sql(BEGIN).execute(&mut second)).await?.map_err(fault::<Postgres>)?;
    let other = deadline.run(process(&mut second)).await??;
    let shared = before == other || before != deadline.run(process(&mut first)).await??;
    deadline.run(sqlx::raw_sql(ROLLBACK).execute(&mut second)).await?.map_err(fault::<Postgres>)?;
    for connection in [first, second] {
        let _ = deadline.run(connection.close()).await;
    }
    if shared { Err(StoreError::Pooled) } else { Ok(Finding::fine("each connection is a connection of the server")) }
}

/// Gives the number of the server's process that answers.
async fn process(connection: &mut PgConnection) -> Result<i32, StoreError> {
    let row = sqlx::raw_sql(PROCESS).fetch_one(connection).await.map_err(fault::<Postgres>)?;
    row.try_get("process").map_err(fault::<Postgres>)
}
