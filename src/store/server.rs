//! A PostgreSQL server as its URL names it; what the URL leaves out comes from the variables that libpq knows.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::settings::UrlError;

/// The parameters that a URL may have after `?`; a misspelt one must not be dropped in silence.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "statement-cache-capacity",
    "options",
];

/// A server, a database on it, and how to get in. Its debug text holds no password.
#[derive(Clone)]
pub struct Server {
    url: String,
    options: Box<PgConnectOptions>,
}

impl Server {
    /// Reads a URL that begins with `postgres:` or `postgresql:`. Off this machine the server's certificate is
    /// verified in full unless the URL or `PGSSLMODE` asks for less.
    ///
    /// # Errors
    /// [`UrlError`] says what is not taken.
    pub(super) fn parse(url: &str) -> Result<Self, UrlError> {
        let asked = parameters(url);
        if let Some(unknown) = asked.iter().find(|name| !PARAMETERS.contains(name) && !name.starts_with("options[")) {
            return Err(UrlError::Parameter((*unknown).to_owned()));
        }
        let mut options = PgConnectOptions::from_str(url).ok().ok_or(UrlError::Postgres)?;
        let tls_is_asked_for = asked.iter().any(|name| matches!(*name, "sslmode" | "ssl-mode"))
            || std::env::var_os("PGSSLMODE").is_some_and(|mode| !mode.is_empty());
        if !tls_is_asked_for && !is_local(&options) {
            options = options.ssl_mode(PgSslMode::VerifyFull);
        }
        Ok(Self { url: url.to_owned(), options: Box::new(options) })
    }

    /// Gives what a connection needs.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Gives the database's name.
    #[must_use]
    pub fn database(&self) -> &str {
        self.options.get_database().unwrap_or_else(|| self.options.get_username())
    }

    /// Tells whether somebody on the way could read along or pretend to be the server.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        !is_local(&self.options) && !matches!(self.options.get_ssl_mode(), PgSslMode::VerifyFull)
    }
}

/// Names the place as `db1/canvas`, or `db1:6432/canvas`.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.options.get_port();
        let host = if is_socket(&self.options) { "local" } else { self.options.get_host() };
        if port == 5432 {
            write!(f, "{host}/{}", self.database())
        } else {
            write!(f, "{host}:{port}/{}", self.database())
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

impl PartialEq for Server {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl Eq for Server {}

/// The names of the parameters of a URL.
fn parameters(url: &str) -> Vec<&str> {
    let query = url.split_once('?').map_or("", |(_, query)| query).split('#').next().unwrap_or_default();
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or(pair)).collect()
}

fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

/// Tells whether what is sent stays on this machine.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    is_socket(options)
        || host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        Server::parse(url).unwrap()
    }

    #[test]
    fn off_this_machine_the_certificate_is_verified_unless_less_is_asked_for() {
        for (url, unverified) in [
            ("postgres://u@db1/canvas", false),
            ("postgres://u@db1/canvas?sslmode=verify-full", false),
            ("postgres://u@db1/canvas?sslmode=require", true),
            ("postgres://u@db1/canvas?ssl-mode=prefer", true),
            ("postgres://u@localhost/canvas", false),
            ("postgres://u@127.0.0.9/canvas", false),
            ("postgres://u@[::1]/canvas", false),
            ("postgres://u@%2Fvar%2Frun%2Fpostgresql/canvas", false),
            ("postgres://u@localhost.example/canvas", false),
            ("postgres://u@localhost.example/canvas?sslmode=disable", true),
        ] {
            assert_eq!(server(url).is_unverified(), unverified, "{url}");
        }
        assert!(matches!(server("postgres://u@db1/canvas").options.get_ssl_mode(), PgSslMode::VerifyFull));
        assert!(matches!(server("postgres://u@10.0.0.1/canvas").options.get_ssl_mode(), PgSslMode::VerifyFull));
    }

    #[test]
    fn a_server_is_named_without_its_user_and_password() {
        for (url, name) in [
            ("postgres://u:hunter2@db1/canvas", "db1/canvas"),
            ("postgresql://u:hunter2@db1:6432/canvas", "db1:6432/canvas"),
            ("postgres://u:hunter2@%2Frun%2Fpg/canvas", "local/canvas"),
            ("postgres://u:hunter2@db1", "db1/u"),
        ] {
            let server = server(url);
            assert_eq!(server.to_string(), name);
            assert!(!format!("{server:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_misspelt_parameter_is_refused_by_its_name_alone() {
        let error = Server::parse("postgres://u@db1/canvas?pasword=hunter2").unwrap_err();
        assert_eq!(error, UrlError::Parameter("pasword".to_owned()));
        assert!(Server::parse("postgres://u@db1:port/canvas").is_err());
    }
}
