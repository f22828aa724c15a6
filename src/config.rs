//! Typed settings: a flag goes before the environment, that before the user's file, that before the system's, that
//! before the default.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use etcetera::base_strategy::{BaseStrategy as _, Xdg};

use self::show::HashSettings;
use crate::domain::hash::{HashScheme, Hasher};
use crate::store::{Settings, Target};

pub mod caller;
mod database;
mod document;
mod error;
mod files;
mod origin;
mod place;
mod profile;
mod secret_file;
mod section;
mod show;
mod theme_name;
mod time_mode;

pub use error::ConfigError;
pub use files::{ConfigFile, Role};
pub use origin::{Origin, Sourced};
pub use place::{Located, Place, Problem, nearest};
pub use profile::{Colour, Profile, Source};
pub use secret_file::SecretFileError;
pub use show::Setting;
pub use theme_name::ThemeName;
pub use time_mode::TimeMode;

/// The name of our folders and of our files in them.
const PROGRAM: &str = "host-provisioner";

/// The variable that names the configuration file.
const CONFIG: &str = "HOST_PROVISIONER_CONFIG";

/// The variable that refuses colours.
const NO_COLOR: &str = "NO_COLOR";

/// The variable that names the kind of the terminal.
const TERM: &str = "TERM";

/// Terminals that have no colours, whatever follows behind a hyphen (the terminfo database).
const COLOURLESS: [&str; 8] = ["dumb", "vt52", "vt100", "vt102", "vt131", "vt220", "vt320", "vt420"];

/// The deadline of one operation when none is given.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The age from which on a Host GUID should be rotated, when no policy says so.
const MAX_AGE: Duration = Duration::from_hours(90 * 24);

/// What the command line says; what it leaves out comes from the environment or the files, or is the default.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The configuration file, which is then the only one.
    pub config: Option<PathBuf>,
    /// The profile.
    pub profile: Option<String>,
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
    /// Whether colours are refused.
    pub no_color: bool,
    /// The theme of the console.
    pub theme: Option<ThemeName>,
    /// Whether the console draws no sign outside of ASCII.
    pub ascii: bool,
}

/// The settings of this run.
#[derive(Debug, Clone)]
pub struct Config {
    given: Given,
    files: Vec<ConfigFile>,
    /// What those found wrong for whom some of it is meant.
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

/// Where the database is, and how it is to be treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// What the store needs.
    pub settings: Settings,
    /// Whether nobody named a database: then it is made on first use.
    pub is_default: bool,
    /// The profile that named it.
    pub profile: Option<Profile>,
}

/// What the organisation expects of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The age from which on a Host GUID should be rotated.
    pub max_age: Duration,
}

impl Config {
    /// Joins the command line with the environment and the files, with all that is wrong in those still in it, to be
    /// told.
    ///
    /// # Errors
    /// [`ConfigError::PasswordInArguments`], whatever the command is.
    pub fn new(given: Given) -> Result<Self, ConfigError> {
        if given.database_url.as_deref().is_some_and(crate::store::holds_password) {
            return Err(ConfigError::PasswordInArguments);
        }
        let named = given.config.clone().or_else(|| variable(CONFIG).map(PathBuf::from));
        Ok(Self { files: files::read(named), given, errors: Vec::new(), warnings: Vec::new() })
    }

    /// Adds what is wrong with settings that this module cannot judge: those of [`keys`](Self::keys) and
    /// [`styles`](Self::styles).
    pub fn add(&mut self, errors: Vec<Problem>, warnings: Vec<Problem>) {
        self.errors.extend(errors);
        self.warnings.extend(warnings);
    }

    /// Refuses files that hold errors.
    ///
    /// # Errors
    /// [`ConfigError::Files`].
    pub fn complain(&self) -> Result<(), ConfigError> {
        let errors = self.errors();
        if errors.is_empty() { Ok(()) } else { Err(ConfigError::Files(errors)) }
    }

    /// Lists what is wrong in the files.
    #[must_use]
    pub fn errors(&self) -> Vec<Problem> {
        let in_files = self.files.iter().flat_map(|file| file.errors.clone());
        let mut errors: Vec<Problem> = in_files.chain(self.profiles_without_database()).collect();
        // What follows from a broken file is not told beside it.
        if errors.is_empty() {
            errors.clone_from(&self.errors);
        }
        errors
    }

    /// Lists the places where configuration files are looked for, the most important first.
    #[must_use]
    pub fn files(&self) -> &[ConfigFile] {
        &self.files
    }

    /// Lists what in the files has no effect.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.files.iter().flat_map(|file| &file.warnings).chain(&self.warnings)
    }

    /// Gives the settings for a database that is named elsewhere.
    #[must_use]
    pub fn settings_for(&self, target: Target) -> Settings {
        Settings { target, timeout: self.timeout().value, read_only: self.given.read_only }
    }

    /// Gives the deadline of one operation.
    #[must_use]
    pub fn timeout(&self) -> Sourced<Duration> {
        let given = Sourced::flag(self.given.timeout, "--timeout");
        let found = given.or_else(|| origin::in_files(&self.files, |file| file.timeout.as_ref()));
        found.unwrap_or(Sourced::default(TIMEOUT))
    }

    /// Reads key and secret, and puts the hash settings together.
    ///
    /// # Errors
    /// [`ConfigError`] names the file or the setting that does not fit.
    pub fn hasher(&self) -> Result<Hasher, ConfigError> {
        let HashSettings { write, accept, key_file, legacy_secret_file } = self.hash_settings();
        let key = key_file.map(|file| secret_file::key(&file)).transpose()?;
        let legacy = legacy_secret_file.map(|file| secret_file::legacy_secret(&file)).transpose()?;
        Ok(Hasher::new(write.value, accept.map(|accept| accept.value), key, legacy)?)
    }

    /// Gives the policy.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy { max_age: self.max_age().value }
    }

    fn max_age(&self) -> Sourced<Duration> {
        origin::in_files(&self.files, |file| file.max_age.as_ref()).unwrap_or(Sourced::default(MAX_AGE))
    }

    /// Gives `[keys]`: the keys of each action by its name, and where that name stands. Neither is checked yet.
    #[must_use]
    pub fn keys(&self) -> BTreeMap<String, Located<Vec<String>>> {
        self.merged(|file| &file.keys)
    }

    /// Gives the theme. A variable that refuses colours, or names a terminal that has none, goes before the files, as every
    /// variable does.
    #[must_use]
    pub fn theme(&self) -> Sourced<ThemeName> {
        let refused = Sourced::flag(self.given.no_color.then_some(ThemeName::Mono), "--no-color");
        let given = refused.or_else(|| Sourced::flag(self.given.theme, "--theme"));
        // https://no-color.org: any value but the empty one.
        let without = || variable(NO_COLOR).map(|_| Sourced::variable(ThemeName::Mono, NO_COLOR));
        let unable = || variable(TERM).filter(|kind| is_colourless(&kind.to_string_lossy()));
        let without = || without().or_else(|| unable().map(|_| Sourced::variable(ThemeName::Mono, TERM)));
        let found = given.or_else(without).or_else(|| origin::in_files(&self.files, |file| file.theme.as_ref()));
        found.unwrap_or(Sourced::default(ThemeName::default()))
    }

    /// Gives the way in which the console writes times at its start.
    #[must_use]
    pub fn times(&self) -> Sourced<TimeMode> {
        let found = origin::in_files(&self.files, |file| file.times.as_ref());
        found.unwrap_or(Sourced::default(TimeMode::default()))
    }

    /// Tells whether the console draws no sign of its own outside of ASCII.
    #[must_use]
    pub fn ascii(&self) -> bool {
        self.given.ascii
    }

    /// Gives what `[theme]` says besides the name: texts by their keys, and where those stand. Neither is checked yet.
    #[must_use]
    pub fn styles(&self) -> BTreeMap<String, Located<String>> {
        self.merged(|file| &file.styles)
    }

    /// Joins a table of all files, key by key.
    fn merged<T: Clone>(
        &self,
        table: impl Fn(&document::Document) -> &BTreeMap<String, Located<T>>,
    ) -> BTreeMap<String, Located<T>> {
        // The later ones of `rev` are the more important ones.
        self.files.iter().rev().flat_map(|file| table(&file.document).clone()).collect()
    }

    /// Tells whether the console keeps what was chosen of its looks.
    #[must_use]
    pub fn remember(&self) -> Sourced<bool> {
        origin::in_files(&self.files, |file| file.remember.as_ref()).unwrap_or(Sourced::default(true))
    }

    /// Gives the file in which it does; `None` where it does not, or nobody knows where the home is.
    #[must_use]
    pub fn memory_file(&self) -> Option<PathBuf> {
        state_dir().filter(|_| self.remember().value).map(|folder| folder.join("console.json"))
    }

    /// Gives the folder of the log files.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`].
    pub fn log_dir(&self) -> Result<PathBuf, ConfigError> {
        Ok(state_dir().ok_or(ConfigError::NoHome { what: "the log" })?.join("log"))
    }

    /// Gives the least level that the log file takes.
    #[must_use]
    pub fn log_level(&self) -> Sourced<tracing::Level> {
        let given = Sourced::flag(self.given.log_level, "--log-level");
        let found = given.or_else(|| origin::in_files(&self.files, |file| file.log_level.as_ref()));
        found.unwrap_or(Sourced::default(tracing::Level::INFO))
    }
}

/// Lists the full names of all keys that a file can have, but for those of `[keys]` and `[theme]`; `NAME` stands for a
/// profile's own name.
#[must_use]
pub fn known_keys() -> Vec<String> {
    document::read(&PathBuf::new().into(), "[profiles.NAME]").known
}

/// Checks a deadline: a millisecond to an hour.
///
/// # Errors
/// The sentence for one that is not.
pub fn checked_timeout(time: Duration) -> Result<Duration, &'static str> {
    let fits = (Duration::from_millis(1)..=Duration::from_hours(1)).contains(&time);
    if fits { Ok(time) } else { Err("a time-out is 1ms to 1h, such as 10s") }
}

/// Tells whether a kind of terminal has no colours: by its name, of which `-m` is the ending for monochrome.
fn is_colourless(kind: &str) -> bool {
    let mut parts = kind.split('-');
    parts.next().is_some_and(|base| COLOURLESS.contains(&base)) || parts.any(|part| matches!(part, "m" | "mono"))
}

/// Finds the folder of the user's state.
fn state_dir() -> Option<PathBuf> {
    Xdg::new().ok().and_then(|folders| folders.state_dir()).map(|folder| folder.join(PROGRAM))
}

/// Reads a variable; an empty one is none.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_colourless;

    #[test]
    fn a_terminal_without_colours_is_known_by_its_name() {
        for kind in ["dumb", "vt100", "vt220-8bit", "linux-m", "xterm-mono", "cons25-m"] {
            assert!(is_colourless(kind), "{kind}");
        }
        for kind in ["xterm-256color", "screen", "tmux-256color", "linux", "vt340", "xterm-m2", "st-meta"] {
            assert!(!is_colourless(kind), "{kind}");
        }
    }
}
