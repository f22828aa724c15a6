//! The options that go with every command.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};

use super::output::Format;
use super::{Style, Volume};
use crate::config::{Given, ThemeName, checked_timeout};
use crate::domain::hash::HashScheme;

const DATABASE_URL_HELP: &str = "The database: sqlite:/srv/sessions.db, postgres://user@host/database; without a password [env: HOST_PROVISIONER_DATABASE_URL]";

const PROFILE_HELP: &str =
    "A database, and how it is treated, by its name in the configuration [env: HOST_PROVISIONER_PROFILE]";

const CONFIG_HELP: &str =
    "The configuration file, instead of the user's and the system's [env: HOST_PROVISIONER_CONFIG]";

/// What goes with every command.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(next_help_heading = "Global options")]
pub(super) struct Globals {
    #[arg(long, global = true, value_name = "NAME", help = PROFILE_HELP, conflicts_with_all = ["database_url", "database_url_file"])]
    profile: Option<String>,
    #[arg(long, global = true, value_name = "FILE", help = CONFIG_HELP)]
    config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "URL", conflicts_with = "database_url_file", help = DATABASE_URL_HELP)]
    database_url: Option<String>,
    /// Reads the database's URL from a file
    #[arg(long, global = true, value_name = "FILE")]
    database_url_file: Option<PathBuf>,
    /// Refuses every write
    #[arg(long, global = true)]
    read_only: bool,
    /// The deadline of one database operation [default: 10s]
    #[arg(long, global = true, value_name = "DURATION", value_parser = timeout)]
    timeout: Option<Duration>,
    /// The form of stdout [default: table]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", conflicts_with = "json")]
    output: Option<Format>,
    /// The same as --output json
    #[arg(long, global = true)]
    json: bool,
    /// The scheme of new hashes: sha256, hmac-sha256, legacy [default: sha256]
    #[arg(long, global = true, value_name = "SCHEME")]
    hash_write: Option<HashScheme>,
    /// The schemes that `verify` accepts, separated by commas [default: all that can be checked]
    #[arg(long, global = true, value_name = "LIST", value_delimiter = ',')]
    hash_accept: Option<Vec<HashScheme>>,
    /// The key of hmac-sha256: at least 32 bytes in a file of mode 0600
    #[arg(long, global = true, value_name = "FILE")]
    hash_key_file: Option<PathBuf>,
    /// The application's secret of the scheme legacy
    #[arg(long, global = true, value_name = "FILE")]
    legacy_secret_file: Option<PathBuf>,
    /// The least level of the log file [default: info]
    #[arg(long, global = true, value_enum, value_name = "LEVEL")]
    log_level: Option<LogLevel>,
    /// The theme of the console: dark, light, mono, high-contrast, colour-blind [default: dark]
    #[arg(long, global = true, value_name = "NAME", value_parser = themes())]
    theme: Option<ThemeName>,
    /// Draws the console's own borders and signs in ASCII alone
    #[arg(long, global = true)]
    ascii: bool,
    /// Uses no colours
    #[arg(long, global = true, conflicts_with = "theme")]
    no_color: bool,
    /// Writes errors alone to stderr
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Also writes where the database and the log are
    #[arg(short, long, global = true, action = ArgAction::SetTrue)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<LogLevel> for tracing::Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// Reads a deadline.
fn timeout(text: &str) -> Result<Duration, &'static str> {
    checked_timeout(humantime::parse_duration(text).unwrap_or_default())
}

/// Reads a theme by one of its names, which completions then know.
fn themes() -> impl TypedValueParser<Value = ThemeName> {
    PossibleValuesParser::new(ThemeName::ALL.map(ThemeName::word)).try_map(|name| name.parse::<ThemeName>())
}

impl Globals {
    pub(super) fn style(&self) -> Style {
        Style {
            format: if self.json { Format::Json } else { self.output.unwrap_or(Format::Table) },
            volume: match (self.quiet, self.verbose) {
                (true, _) => Volume::Quiet,
                (false, true) => Volume::Verbose,
                (false, false) => Volume::Normal,
            },
        }
    }

    pub(super) fn given(self) -> Given {
        Given {
            config: self.config,
            profile: self.profile,
            database_url: self.database_url,
            database_url_file: self.database_url_file,
            read_only: self.read_only,
            timeout: self.timeout,
            hash_write: self.hash_write,
            hash_accept: self.hash_accept,
            hash_key_file: self.hash_key_file,
            legacy_secret_file: self.legacy_secret_file,
            log_level: self.log_level.map(Into::into),
            no_color: self.no_color,
            theme: self.theme,
            ascii: self.ascii,
        }
    }
}
