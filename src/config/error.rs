//! Why the settings cannot be used, in words.

use super::place::Problem;
use super::secret_file::SecretFileError;
use crate::domain::hash::HasherError;
use crate::store::UrlError;

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
    #[error("{named} {path}: {why}")]
    UrlFile {
        /// What names the file.
        named: String,
        /// The file.
        path: String,
        /// What went wrong.
        why: String,
    },
    /// A variable holds no text.
    #[error("the variable {0} is not UTF-8 text")]
    Variable(&'static str),
    /// The configuration files hold errors, the first of which is told.
    #[error("{}", _0.first().map_or_else(String::new, ToString::to_string))]
    Files(Vec<Problem>),
    /// No profile has this name.
    #[error("there is no profile `{name}`: {}", known(.names))]
    UnknownProfile {
        /// The name.
        name: String,
        /// The profiles that there are.
        names: Vec<String>,
    },
    /// A database was named twice.
    #[error("both {0} name a database, and nothing says which is meant")]
    TwoDatabases(&'static str),
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
            Self::Files(_) => Some("`host-provisioner config check` lists all that is wrong; nothing was changed"),
            Self::UnknownProfile { .. } => Some("`host-provisioner config show` shows the profiles that there are"),
            Self::TwoDatabases(_) => Some("leave one of them out"),
            Self::Url(_) | Self::UrlFile { .. } | Self::Variable(_) | Self::SecretFile(_) | Self::Hash(_) => None,
        }
    }
}

fn known(names: &[String]) -> String {
    if names.is_empty() { "the configuration has none".to_owned() } else { format!("there are {}", names.join(", ")) }
}
