//! `config`: is the configuration right, what does it come to, and where does it stand?

use clap::Subcommand;
use serde_json::{Value, json};

use super::output::{self, Format, Grid, Report};
use super::table::{or_dash, table};
use super::{Exit, Failure};
use crate::config::{Config, ConfigFile, Role, Setting};

/// What is asked about the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Lists errors (exit 2) and warnings, with file, line and column
    Check,
    /// Shows every setting with its value and where that comes from; no secret, only where one is kept
    Show,
    /// Lists the files that are read, the most important first
    Path,
}

impl ConfigCommand {
    /// Answers; `console` are the settings of keys and styles.
    ///
    /// # Errors
    /// Errors in the configuration, but for `path`; what stdout says.
    pub async fn run(self, config: &Config, console: Vec<Setting>, format: Format) -> Result<(), Failure> {
        match self {
            Self::Check => check(config, format).await,
            Self::Show => {
                config.complain()?;
                output::print(Settings(config.settings()?.into_iter().chain(console).collect()), format).await
            }
            Self::Path => output::print(Places::of(config.files()), format).await,
        }
    }
}

async fn check(config: &Config, format: Format) -> Result<(), Failure> {
    let found = Findings { errors: config.all_errors(), warnings: config.all_warnings() };
    let count = found.errors.len();
    output::print(found, format).await?;
    let what = match count {
        0 => return Ok(()),
        1 => "the configuration has an error".to_owned(),
        _ => format!("the configuration has {count} errors"),
    };
    Err(Failure::new(Exit::Usage, "configuration", what))
}

/// What is wrong.
struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn rows(&self) -> Vec<Vec<String>> {
        let row = |kind: &str, text: &String| vec![kind.to_owned(), text.clone()];
        let errors = self.errors.iter().map(|text| row("error", text));
        errors.chain(self.warnings.iter().map(|text| row("warning", text))).collect()
    }
}

impl Report for Findings {
    fn json(&self) -> Value {
        json!({"ok": self.errors.is_empty(), "errors": self.errors, "warnings": self.warnings})
    }

    fn grid(&self) -> Grid {
        Grid { columns: &["kind", "message"], rows: self.rows() }
    }

    fn text(&self, _: Option<u16>) -> String {
        if self.errors.is_empty() && self.warnings.is_empty() {
            return "nothing is wrong\n".to_owned();
        }
        let line = |row: Vec<String>| crate::domain::sanitize::visible(&row.join(": ")).into_owned();
        output::lines(self.rows().into_iter().map(line))
    }
}

/// All settings.
struct Settings(Vec<Setting>);

impl Report for Settings {
    fn json(&self) -> Value {
        let setting = |setting: &Setting| json!({"key": setting.key, "value": setting.value, "from": setting.from});
        Value::Array(self.0.iter().map(setting).collect())
    }

    fn grid(&self) -> Grid {
        let row = |setting: &Setting| {
            vec![setting.key.clone(), setting.value.clone().unwrap_or_default(), setting.from.clone()]
        };
        Grid { columns: &["key", "value", "from"], rows: self.0.iter().map(row).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        let row = |setting: &Setting| vec![setting.key.clone(), or_dash(setting.value.as_ref()), setting.from.clone()];
        table(&["SETTING", "VALUE", "FROM"], self.0.iter().map(row).collect(), width)
    }
}

/// Files: path, whose it is, and whether it is there.
struct Places(Vec<(String, &'static str, &'static str)>);

impl Places {
    fn of(files: &[ConfigFile]) -> Self {
        let place = |file: &ConfigFile| {
            let whose = match file.role {
                Role::Named => "named",
                Role::User => "user",
                Role::System => "system",
            };
            (file.path.display().to_string(), whose, if file.found { "read" } else { "not there" })
        };
        Self(files.iter().map(place).collect())
    }
}

impl Report for Places {
    fn json(&self) -> Value {
        let place =
            |(path, whose, state): &(String, _, &str)| json!({"path": path, "whose": whose, "read": *state == "read"});
        Value::Array(self.0.iter().map(place).collect())
    }

    fn grid(&self) -> Grid {
        let row = |(path, whose, state): &(String, &str, &str)| vec![path.clone(), (*whose).into(), (*state).into()];
        Grid { columns: &["path", "whose", "state"], rows: self.0.iter().map(row).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        table(&["PATH", "WHOSE", "STATE"], self.grid().rows, width)
    }
}
