//! Typed settings: a flag goes before the environment, the environment before the default.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use etcetera::base_strategy::{BaseStrategy as _, Xdg};

use crate::domain::hash::{HashScheme, Hasher, HasherError};
use crate::store::{Settings, Target, UrlError, holds_password};

pub mod caller;
mod secret_file;

pub use secret_file::SecretFileError;

/// The name of our folders and of our files in them.
const PROGRAM: &str = "host-provisioner";

/// The variable that names the database.
const DATABASE_URL: &str = "HOST_PROVISIONER_DATABASE_URL";

/// The deadline of one operation when none is given.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the command line says; what it leaves out comes from the environment or is the default.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The database's URL.
    pub database_url: Option<String>,
    /// A file that holds the URL, which may then hold a password.
    pub database_url_file: Option<PathBuf>,
    /// Whether writes are refused.
    pub read_only: bool,
    /// The deadline of one operation.
    pub timeout: Option<Duration>,
    /// The scheme of new hashes.
    pub hash_write: Option<HashScheme>,
    /// The schemes that `verify` accepts.
    pub hash_accept: Option<Vec<HashScheme>>,
    /// The key of `hmac-sha256`.
    pub hash_key_file: Option<PathBuf>,
    /// The application's secret of `legacy`.
    pub legacy_secret_file: Option<PathBuf>,
    /// How much the log file tells.
    pub log_level: Option<tracing::Level>,
}

/// Why a setting is refused. No text repeats a URL, a key or a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The URL is not understood.
    #[error("{0}")]
    Url(#[from] UrlError),
    /// A password in the process list is a password no more.
    #[error("the database URL on the command line holds a password, which every user of this machine could read")]
    PasswordInArguments,
    /// The file with the URL cannot be read.
    #[error("--database-url-file {path}: {why}")]
    UrlFile {
        /// The file.
        path: String,
        /// What went wrong.
        why: String,
    },
    /// The variable holds no text.
    #[error("the variable {DATABASE_URL} is not UTF-8 text")]
    Variable,
    /// A key or secret cannot be used.
    #[error("{0}")]
    SecretFile(#[from] SecretFileError),
    /// The hash settings contradict each other.
    #[error("{0}")]
    Hash(#[from] HasherError),
    /// Nobody knows where to keep things.
    #[error("the home folder of this user is not known, so there is no default place for {what}")]
    NoHome {
        /// What has no place.
        what: &'static str,
    },
}

impl ConfigError {
    /// Says what to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::PasswordInArguments => {
                Some("put it into PGPASSFILE, HOST_PROVISIONER_DATABASE_URL or --database-url-file")
            }
            Self::NoHome { .. } => Some("set HOME, or give --database-url"),
            Self::Url(_) | Self::UrlFile { .. } | Self::Variable | Self::SecretFile(_) | Self::Hash(_) => None,
        }
    }
}

/// The settings of this run.
#[derive(Debug, Clone)]
pub struct Config {
    given: Given,
    url_variable: Option<OsString>,
}

/// Where the database is, and whether that is the default place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// What the store needs.
    pub settings: Settings,
    /// Whether nobody named a database: then it is made on first use.
    pub is_default: bool,
}

impl Config {
    /// Joins the command line with the environment of the process.
    ///
    /// # Errors
    /// [`ConfigError::PasswordInArguments`]: that one is refused whatever the command is.
    pub fn new(given: Given) -> Result<Self, ConfigError> {
        if given.database_url.as_deref().is_some_and(holds_password) {
            return Err(ConfigError::PasswordInArguments);
        }
        Ok(Self { given, url_variable: std::env::var_os(DATABASE_URL).filter(|url| !url.is_empty()) })
    }

    /// Finds the database.
    ///
    /// # Errors
    /// [`ConfigError`] when the URL cannot be read or is not understood.
    pub fn database(&self) -> Result<Database, ConfigError> {
        let (target, is_default) = match self.url()? {
            Some(url) => (Target::parse(&url)?, false),
            None => (Target::Sqlite(data_dir()?.join(format!("{PROGRAM}.db"))), true),
        };
        Ok(Database { settings: self.settings_for(target), is_default })
    }

    /// Gives the settings for a database that is named elsewhere.
    #[must_use]
    pub fn settings_for(&self, target: Target) -> Settings {
        Settings { target, timeout: self.given.timeout.unwrap_or(TIMEOUT), read_only: self.given.read_only }
    }

    fn url(&self) -> Result<Option<String>, ConfigError> {
        if let Some(path) = &self.given.database_url_file {
            let unreadable = |error: std::io::Error| ConfigError::UrlFile {
                path: path.display().to_string(),
                why: error.to_string(),
            };
            return std::fs::read_to_string(path).map(|text| Some(text.trim().to_owned())).map_err(unreadable);
        }
        if self.given.database_url.is_some() {
            return Ok(self.given.database_url.clone());
        }
        self.url_variable.clone().map(OsString::into_string).transpose().ok().ok_or(ConfigError::Variable)
    }

    /// Reads key and secret, and puts the hash settings together.
    ///
    /// # Errors
    /// [`ConfigError`] names the file or the setting that does not fit.
    pub fn hasher(&self) -> Result<Hasher, ConfigError> {
        let key = self.given.hash_key_file.as_deref().map(secret_file::key).transpose()?;
        let legacy = self.given.legacy_secret_file.as_deref().map(secret_file::legacy_secret).transpose()?;
        let write = self.given.hash_write.unwrap_or(HashScheme::Sha256);
        Ok(Hasher::new(write, self.given.hash_accept.clone(), key, legacy)?)
    }

    /// Gives the folder of the log files.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`].
    pub fn log_dir(&self) -> Result<PathBuf, ConfigError> {
        let state = Xdg::new().ok().and_then(|folders| folders.state_dir());
        Ok(state.ok_or(ConfigError::NoHome { what: "the log" })?.join(PROGRAM).join("log"))
    }

    /// Gives the least level that the log file takes.
    #[must_use]
    pub fn log_level(&self) -> tracing::Level {
        self.given.log_level.unwrap_or(tracing::Level::INFO)
    }
}

/// Gives the folder of the default database.
fn data_dir() -> Result<PathBuf, ConfigError> {
    let folders = Xdg::new().ok().ok_or(ConfigError::NoHome { what: "the database" })?;
    Ok(folders.data_dir().join(PROGRAM))
}
