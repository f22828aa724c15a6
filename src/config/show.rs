//! The settings of this run in words, each with its origin. Of secrets no more than the place is told.

use std::path::PathBuf;
use std::time::Duration;

use super::database::Choice;
use super::document::ProfileTable;
use super::origin::{Sourced, in_files};
use super::place::{Located, Problem};
use super::profile::Source;
use super::{Config, ConfigError};
use crate::domain::hash::HashScheme;

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as in a file.
    pub key: String,
    /// Its value; `None` where it has none.
    pub value: Option<String>,
    /// Where the value comes from: a flag, a variable, a place in a file, or the default.
    pub from: String,
}

impl Setting {
    fn new<T>(key: &str, found: Option<Sourced<T>>, shown: impl Fn(T) -> String) -> Self {
        let from = found.as_ref().map_or_else(|| "default".to_owned(), |found| found.origin.to_string());
        Self { key: key.to_owned(), value: found.map(|found| shown(found.value)), from }
    }
}

impl Config {
    /// Lists the settings, but for keys and styles.
    ///
    /// # Errors
    /// [`ConfigError`] when it cannot be told which database is meant.
    pub fn settings(&self) -> Result<Vec<Setting>, ConfigError> {
        let mut settings = self.database_settings()?;
        let path = |path: PathBuf| path.display().to_string();
        let hash = self.hash_settings();
        let schemes = |list: Vec<HashScheme>| list.iter().map(|scheme| scheme.name()).collect::<Vec<_>>().join(", ");
        settings.extend([
            Setting::new("timeout", Some(self.timeout()), span),
            Setting::new("log_level", Some(self.log_level()), |level| level.to_string().to_lowercase()),
            Setting::new("policy.max_age", Some(self.max_age()), span),
            Setting::new("hash.write", Some(hash.write), |scheme| scheme.name().to_owned()),
            Setting::new("hash.accept", hash.accept, schemes),
            Setting::new("hash.key_file", hash.key_file, path),
            Setting::new("hash.legacy_secret_file", hash.legacy_secret_file, path),
            Setting::new("console.times", Some(self.times()), |mode| mode.to_string()),
            Setting::new("console.remember", Some(self.remember()), |keeps| keeps.to_string()),
            Setting::new("theme.name", Some(self.theme()), |name| name.to_string()),
        ]);
        settings.extend(self.profile_names().iter().flat_map(|name| self.profile_settings(name)));
        Ok(settings)
    }

    /// The profile and the database that it, or something else, names.
    fn database_settings(&self) -> Result<Vec<Setting>, ConfigError> {
        let database = self.database()?;
        let (profile, from) = match self.choice()? {
            Choice::Profile(name) => {
                let from = format!("profile {}", name.value);
                (Some(name), from)
            }
            Choice::Url(url) => (None, url.origin.to_string()),
            Choice::UrlFile(file) => (None, file.origin.to_string()),
            Choice::Default => (None, "default".to_owned()),
        };
        let read_only = match (self.given.read_only, database.settings.read_only) {
            (true, _) => "--read-only",
            (false, true) => &from,
            (false, false) => "default",
        };
        Ok(vec![
            Setting::new("profile", profile, |name| name),
            Setting {
                key: "database".to_owned(),
                value: Some(database.settings.target.to_string()),
                from: from.clone(),
            },
            Setting {
                key: "read_only".to_owned(),
                value: Some(database.settings.read_only.to_string()),
                from: read_only.to_owned(),
            },
        ])
    }

    /// What the files say of a profile.
    fn profile_settings(&self, name: &str) -> Vec<Setting> {
        let source = self.files.iter().find_map(|file| file.document.profiles.get(name)?.source.clone());
        let source = source.map(|source| match source {
            Source::Url(url) => ("url", Sourced::from(url)),
            Source::File(Located { value, place }) => {
                ("url_file", Located { value: value.display().to_string(), place }.into())
            }
        });
        let key = |key: &str| format!("profiles.{name}.{key}");
        let shown = |name: &str, found: Option<Sourced<String>>| {
            found.map(|found| Setting::new(&key(name), Some(found), |text| text))
        };
        let of = |read: &dyn Fn(&ProfileTable) -> Option<Located<String>>| {
            let found = self.files.iter().find_map(|file| read(file.document.profiles.get(name)?));
            found.map(Sourced::from)
        };
        let text = |found: &Option<Located<bool>>| {
            found.as_ref().map(|found| Located { value: found.value.to_string(), place: found.place.clone() })
        };
        let colour = |table: &ProfileTable| {
            let colour = table.colour.as_ref()?;
            Some(Located { value: format!("{:?}", colour.value).to_lowercase(), place: colour.place.clone() })
        };
        let found = [
            source.and_then(|(name, found)| shown(name, Some(found))),
            shown("read_only", of(&|table| text(&table.read_only))),
            shown("protected", of(&|table| text(&table.protected))),
            shown("banner", of(&|table| table.banner.clone())),
            shown("colour", of(&colour)),
        ];
        found.into_iter().flatten().collect()
    }

    /// Lists what is wrong, in the files and with the settings that they make together.
    #[must_use]
    pub fn all_errors(&self) -> Vec<String> {
        let errors = self.errors();
        if !errors.is_empty() {
            return errors.iter().map(Problem::to_string).collect();
        }
        [self.database().err(), self.hasher().err()].into_iter().flatten().map(|error| error.to_string()).collect()
    }

    /// Lists what has no effect, and profiles that cannot be used from here.
    #[must_use]
    pub fn all_warnings(&self) -> Vec<String> {
        let profiles = self.profiles();
        let unusable = profiles.iter().filter_map(|profile| self.database_of(profile).err());
        self.warnings().map(Problem::to_string).chain(unusable.map(|error| error.to_string())).collect()
    }
}

/// Where the settings of hashes come from.
pub(super) struct HashSettings {
    pub(super) write: Sourced<HashScheme>,
    pub(super) accept: Option<Sourced<Vec<HashScheme>>>,
    pub(super) key_file: Option<Sourced<PathBuf>>,
    pub(super) legacy_secret_file: Option<Sourced<PathBuf>>,
}

impl Config {
    pub(super) fn hash_settings(&self) -> HashSettings {
        let (given, files) = (&self.given, &self.files);
        HashSettings {
            write: Sourced::flag(given.hash_write, "--hash-write")
                .or_else(|| in_files(files, |file| file.hash.write.as_ref()))
                .unwrap_or(Sourced::default(HashScheme::Sha256)),
            accept: Sourced::flag(given.hash_accept.clone(), "--hash-accept")
                .or_else(|| in_files(files, |file| file.hash.accept.as_ref())),
            key_file: Sourced::flag(given.hash_key_file.clone(), "--hash-key-file")
                .or_else(|| in_files(files, |file| file.hash.key_file.as_ref())),
            legacy_secret_file: Sourced::flag(given.legacy_secret_file.clone(), "--legacy-secret-file")
                .or_else(|| in_files(files, |file| file.hash.legacy_secret_file.as_ref())),
        }
    }
}

/// Writes a length of time as it is written in a file: whole days as days.
fn span(time: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    if time.as_secs() >= DAY && time.as_secs().is_multiple_of(DAY) {
        return format!("{}d", time.as_secs() / DAY);
    }
    humantime::format_duration(time).to_string()
}
