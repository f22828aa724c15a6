//! A PostgreSQL server as its URL names it; what the URL leaves out comes from the variables that libpq knows.

use std::ffi::OsStr;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
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
            // Behind a question mark that was not written as %3F it is the rest of a password.
            let is_name = unknown.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            let behind_user = url.split_once('?').is_some_and(|(_, rest)| rest.contains('@'));
            let named = is_name && !behind_user;
            return Err(if named { UrlError::Parameter((*unknown).to_owned()) } else { UrlError::Postgres });
        }
        let mut options = PgConnectOptions::from_str(url).ok().ok_or(UrlError::Postgres)?;
        // The brackets of an IPv6 address belong to the URL; no certificate has them.
        let host = options.get_host().trim_matches(['[', ']']).to_owned();
        options = options.host(&host);
        let in_url = asked.iter().any(|name| matches!(*name, "sslmode" | "ssl-mode"));
        let tls_is_asked_for = in_url || asked_of(std::env::var_os("PGSSLMODE").as_deref())?;
        if !tls_is_asked_for && !is_local(&options) {
            options = options.ssl_mode(PgSslMode::VerifyFull);
        }
        Ok(Self { url: url.to_owned(), options: Box::new(options) })
    }

    /// Gives what a connection needs.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Gives the host's name or address.
    pub(super) fn host(&self) -> &str {
        self.options.get_host()
    }

    /// Gives the socket's file, where it is one.
    pub(super) fn socket(&self) -> Option<PathBuf> {
        let in_host = || self.host().starts_with('/').then(|| PathBuf::from(self.host()));
        let folder = self.options.get_socket().cloned().or_else(in_host)?;
        Some(folder.join(format!(".s.PGSQL.{}", self.options.get_port())))
    }

    /// Gives the port.
    pub(super) fn port(&self) -> u16 {
        self.options.get_port()
    }

    /// Gives the user's name.
    pub(super) fn user(&self) -> &str {
        self.options.get_username()
    }

    /// Tells whether what is sent stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        is_local(&self.options)
    }

    /// Tells what is asked of the connection's encryption.
    pub(super) fn encryption(&self) -> PgSslMode {
        self.options.get_ssl_mode()
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
        let host = match self.options.get_host() {
            _ if is_socket(&self.options) => "local".to_owned(),
            address if address.contains(':') => format!("[{address}]"),
            name => name.to_owned(),
        };
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

/// Tells whether the variable asks for something; sqlx would drop a misspelt word and take any certificate.
fn asked_of(variable: Option<&OsStr>) -> Result<bool, UrlError> {
    let Some(mode) = variable.filter(|mode| !mode.is_empty()) else {
        return Ok(false);
    };
    let known = mode.to_str().is_some_and(|mode| mode.parse::<PgSslMode>().is_ok());
    known.then_some(true).ok_or(UrlError::SslMode)
}

fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

/// Tells whether what is sent stays on this machine.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
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
        for url in [
            "postgres://u@db1/canvas",
            "postgres://u@10.0.0.1/canvas",
            "postgres://u@[fd00::1]/canvas",
            "postgres://u@0.0.0.0/canvas",
        ] {
            assert!(matches!(server(url).encryption(), PgSslMode::VerifyFull), "{url}");
        }
        // The name that a certificate must have.
        assert_eq!(server("postgres://u@[fd00::1]/canvas").host(), "fd00::1");
    }

    #[test]
    fn a_misspelt_word_in_the_environment_is_refused_and_an_empty_one_asks_for_nothing() {
        for (word, asked) in [("", Ok(false)), ("require", Ok(true)), ("verify-ful", Err(UrlError::SslMode))] {
            assert_eq!(asked_of(Some(OsStr::new(word))), asked, "{word}");
        }
        assert_eq!(asked_of(None), Ok(false));
    }

    #[test]
    fn a_server_is_named_without_its_user_and_password() {
        for (url, name) in [
            ("postgres://u:hunter2@db1/canvas", "db1/canvas"),
            ("postgresql://u:hunter2@db1:6432/canvas", "db1:6432/canvas"),
            ("postgres://u:hunter2@%2Frun%2Fpg/canvas", "local/canvas"),
            ("postgres://u:hunter2@db1", "db1/u"),
            ("postgres://u:hunter2@[fd00::1]:6432/canvas", "[fd00::1]:6432/canvas"),
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
        for url in
            ["postgres://u:hun?ter2@db1/canvas", "postgres://u:12?ter2&pw@db1/canvas", "postgres://u:12?ter2=pw@db1"]
        {
            assert_eq!(Server::parse(url).unwrap_err(), UrlError::Postgres, "{url}");
        }
    }
}
