//! Where the database is and how patiently it is asked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;

use super::server::Server;

/// The place of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An `SQLite` file.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(Server),
}

/// Names the place without a secret: the file, or host and database.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(server) => server.fmt(f),
        }
    }
}

/// Everything that the store needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The place.
    pub target: Target,
    /// The deadline of one operation, commit included.
    pub timeout: Duration,
    /// Refuses every write, and opens the file for reading alone.
    pub read_only: bool,
}

/// Why a database URL is refused. A URL may hold a password, so it is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Another engine, or no URL.
    #[error(
        "the database URL is not understood: it is like sqlite:/srv/sessions.db, or like postgres://user@host/database"
    )]
    Scheme,
    /// A URL of PostgreSQL that cannot be read.
    #[error("the database URL is not understood: it is like postgres://user@host:5432/database?sslmode=verify-full")]
    Postgres,
    /// A parameter that nobody knows.
    #[error("the database URL has a parameter that is not known: {}", crate::domain::sanitize::visible(_0))]
    Parameter(String),
    /// A word in the environment that asks for nothing known.
    #[error("the variable PGSSLMODE is not understood: it is disable, prefer, require, verify-ca or verify-full")]
    SslMode,
    /// No file is named.
    #[error("the database URL names no file: sqlite:/srv/sessions.db does")]
    NoFile,
    /// Options in the URL.
    #[error("options in an sqlite: URL (after `?`) are not taken; `%3F` writes a question mark of the file's name")]
    Options,
    /// A database in memory vanishes between two commands.
    #[error("a database in memory keeps nothing: name a file")]
    Memory,
}

impl Target {
    /// Reads a URL: `sqlite:PATH` or `sqlite://PATH`, percent-decoded; or `postgres://…` as libpq knows it.
    ///
    /// # Errors
    /// [`UrlError`] says what is not taken.
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        let url = url.trim();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Server::parse(url).map(Self::Postgres);
        }
        let place = url.strip_prefix("sqlite:").ok_or(UrlError::Scheme)?;
        let place = place.strip_prefix("//").unwrap_or(place);
        match place {
            "" => Err(UrlError::NoFile),
            ":memory:" => Err(UrlError::Memory),
            _ if place.contains('?') => Err(UrlError::Options),
            _ => {
                let options = SqliteConnectOptions::from_str(url).ok().ok_or(UrlError::Scheme)?;
                Ok(Self::Sqlite(options.get_filename().to_path_buf()))
            }
        }
    }

    /// Tells whether somebody on the way could read along or pretend to be the server.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        matches!(self, Self::Postgres(server) if server.is_unverified())
    }

    /// Names engine and database for people.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Sqlite(path) => {
                let file = path.file_name().unwrap_or(path.as_os_str());
                format!("sqlite {}", file.display())
            }
            Self::Postgres(server) => format!("postgres {server}"),
        }
    }

    /// Gives the file of an embedded database.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// Tells whether a URL carries a password, which must not stand in argv.
#[must_use]
pub fn holds_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or(""));
    let in_authority = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_authority || url.split(['?', '&']).skip(1).any(|option| option.starts_with("password="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_file() {
        let file = Target::Sqlite(PathBuf::from("/srv/a b.db"));
        assert_eq!(Target::parse("sqlite:/srv/a%20b.db"), Ok(file.clone()));
        assert_eq!(Target::parse("sqlite:///srv/a%20b.db"), Ok(file));
        assert_eq!(Target::parse("sqlite:rel.db"), Ok(Target::Sqlite(PathBuf::from("rel.db"))));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for (url, error) in [
            ("", UrlError::Scheme),
            ("/srv/sessions.db", UrlError::Scheme),
            ("mysql://x", UrlError::Scheme),
            ("postgres://db1:port/canvas", UrlError::Postgres),
            ("postgres://db1/canvas?mode=rwc", UrlError::Parameter("mode".to_owned())),
            ("sqlite:", UrlError::NoFile),
            ("sqlite::memory:", UrlError::Memory),
            ("sqlite:x.db?mode=rwc", UrlError::Options),
        ] {
            assert_eq!(Target::parse(url), Err(error), "{url}");
        }
    }

    #[test]
    fn passwords_are_found_wherever_a_url_can_hold_them() {
        for url in ["postgres://u:pw@db1/canvas", "postgres://db1/canvas?password=pw", "postgres://u:p@ss@db1"] {
            assert!(holds_password(url), "{url}");
        }
        for url in ["postgres://u@db1:5432/canvas", "sqlite:/srv/a:b@c.db", "postgres://db1/a:b@c"] {
            assert!(!holds_password(url), "{url}");
        }
    }
}
