//! Which database: the one that the command line names, else the environment, else the files, else the default one.
//!
//! A profile and a URL are two ways to name one. Whichever stands higher is taken as a whole, so that no profile's banner
//! and rules stand beside another database.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, Xdg};

use super::origin::{Origin, Sourced, in_files};
use super::place::Problem;
use super::profile::{Profile, Source};
use super::{Config, ConfigError, Database, PROGRAM, variable};
use crate::store::Target;

/// The variable that names the database.
const DATABASE_URL: &str = "HOST_PROVISIONER_DATABASE_URL";

/// The variable that names the profile.
const PROFILE: &str = "HOST_PROVISIONER_PROFILE";

/// What names the database.
pub(super) enum Choice {
    Url(Sourced<String>),
    UrlFile(Sourced<PathBuf>),
    Profile(Sourced<String>),
    Default,
}

impl Config {
    /// Finds the database.
    ///
    /// # Errors
    /// [`ConfigError`] when the URL cannot be read or is not understood, or when there is no such profile.
    pub fn database(&self) -> Result<Database, ConfigError> {
        let target = match self.choice()? {
            Choice::Profile(name) => return self.database_of(&self.profile(&name.value)?),
            Choice::Url(url) => Target::parse(&url.value)?,
            Choice::UrlFile(file) => Target::parse(&url_in(&file.value, "--database-url-file")?)?,
            Choice::Default => {
                let file = data_dir()?.join(format!("{PROGRAM}.db"));
                return Ok(Database { is_default: true, ..self.unnamed(Target::Sqlite(file)) });
            }
        };
        Ok(self.unnamed(target))
    }

    fn unnamed(&self, target: Target) -> Database {
        Database { settings: self.settings_for(target), is_default: false, profile: None }
    }

    /// Finds the database of a profile.
    ///
    /// # Errors
    /// [`ConfigError`] when its URL cannot be read or is not understood.
    pub fn database_of(&self, profile: &Profile) -> Result<Database, ConfigError> {
        let target = match &profile.source {
            Source::Url(url) => Target::parse(&url.value)?,
            Source::File(file) => Target::parse(&url_in(&file.value, &format!("{}: url_file", file.place))?)?,
        };
        let mut database = Database { profile: Some(profile.clone()), ..self.unnamed(target) };
        database.settings.read_only |= profile.read_only;
        Ok(database)
    }

    /// Finds what names the database.
    pub(super) fn choice(&self) -> Result<Choice, ConfigError> {
        let given = &self.given;
        let flag = |name| Origin::Flag(name);
        match (&given.database_url, &given.database_url_file, &given.profile) {
            (Some(url), _, None) => {
                return Ok(Choice::Url(Sourced { value: url.clone(), origin: flag("--database-url") }));
            }
            (None, Some(file), None) => {
                return Ok(Choice::UrlFile(Sourced { value: file.clone(), origin: flag("--database-url-file") }));
            }
            (None, None, Some(name)) => {
                return Ok(Choice::Profile(Sourced { value: name.clone(), origin: flag("--profile") }));
            }
            (Some(_), _, Some(_)) => return Err(ConfigError::TwoDatabases("--database-url and --profile")),
            (None, Some(_), Some(_)) => return Err(ConfigError::TwoDatabases("--database-url-file and --profile")),
            (None, None, None) => {}
        }
        let sourced = |value, name| Sourced { value, origin: Origin::Variable(name) };
        match (text(DATABASE_URL)?, text(PROFILE)?) {
            (Some(_), Some(_)) => {
                Err(ConfigError::TwoDatabases("HOST_PROVISIONER_DATABASE_URL and HOST_PROVISIONER_PROFILE"))
            }
            (Some(url), None) => Ok(Choice::Url(sourced(url, DATABASE_URL))),
            (None, Some(name)) => Ok(Choice::Profile(sourced(name, PROFILE))),
            (None, None) => {
                let named = in_files(&self.files, |file| file.profile.as_ref());
                Ok(named.map_or(Choice::Default, Choice::Profile))
            }
        }
    }

    /// Lists the profiles by name.
    #[must_use]
    pub fn profiles(&self) -> Vec<Profile> {
        self.profile_names().into_iter().filter_map(|name| self.find_profile(&name)).collect()
    }

    /// Finds a profile.
    ///
    /// # Errors
    /// [`ConfigError::UnknownProfile`] lists those that there are.
    pub fn profile(&self, name: &str) -> Result<Profile, ConfigError> {
        let unknown =
            || ConfigError::UnknownProfile { name: name.to_owned(), names: self.profile_names().into_iter().collect() };
        self.find_profile(name).ok_or_else(unknown)
    }

    pub(super) fn profile_names(&self) -> BTreeSet<String> {
        self.files.iter().flat_map(|file| file.document.profiles.keys().cloned()).collect()
    }

    /// Lists the profiles that name no database, at the places where they begin.
    pub(super) fn profiles_without_database(&self) -> Vec<Problem> {
        let tables = |name: &str| self.files.iter().find_map(|file| file.document.profiles.get(name));
        let lacking = self.profile_names().into_iter().filter(|name| self.find_profile(name).is_none());
        let wrong = |name: String| {
            Some(tables(&name)?.place.problem(format!("profiles.{name} names no database: url, or url_file")))
        };
        // A URL that is refused has been told already.
        lacking.filter_map(wrong).filter(|_| self.files.iter().all(|file| file.errors.is_empty())).collect()
    }

    /// Joins what the files say of a profile, setting by setting.
    fn find_profile(&self, name: &str) -> Option<Profile> {
        let tables = || self.files.iter().filter_map(|file| file.document.profiles.get(name));
        let protected = tables().find_map(|table| table.protected.as_ref()).is_some_and(|found| found.value);
        Some(Profile {
            name: name.to_owned(),
            source: tables().find_map(|table| table.source.clone())?,
            read_only: tables().find_map(|table| table.read_only.as_ref()).is_some_and(|found| found.value),
            protected,
            banner: tables().find_map(|table| table.banner.clone()).map_or_else(|| name.to_owned(), |word| word.value),
            colour: tables().find_map(|table| table.colour.as_ref()).map(|colour| colour.value),
        })
    }
}

/// Reads a variable that holds text.
fn text(name: &'static str) -> Result<Option<String>, ConfigError> {
    variable(name).map(OsString::into_string).transpose().ok().ok_or(ConfigError::Variable(name))
}

/// Reads a URL out of a file.
fn url_in(path: &Path, named: &str) -> Result<String, ConfigError> {
    let unreadable = |error: std::io::Error| ConfigError::UrlFile {
        named: named.to_owned(),
        path: path.display().to_string(),
        why: error.to_string(),
    };
    std::fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(unreadable)
}

/// Gives the folder of the default database.
fn data_dir() -> Result<PathBuf, ConfigError> {
    let folders = Xdg::new().ok().ok_or(ConfigError::NoHome { what: "the database" })?;
    Ok(folders.data_dir().join(PROGRAM))
}
