//! One configuration file, read and checked as far as that goes without its database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use toml::de::DeTable;

use super::place::{Located, Place, Problem};
use super::profile::{self, Colour, Source};
use super::section::{self, Entry, Notes, Section};
use super::theme_name::ThemeName;
use super::time_mode::TimeMode;
use crate::domain::hash::HashScheme;

/// What a file says; what it leaves out is said by a less important file, or by the default.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    pub(super) profile: Option<Located<String>>,
    pub(super) timeout: Option<Located<Duration>>,
    pub(super) log_level: Option<Located<tracing::Level>>,
    pub(super) profiles: BTreeMap<String, ProfileTable>,
    pub(super) max_age: Option<Located<Duration>>,
    pub(super) hash: HashTable,
    pub(super) keys: BTreeMap<String, Located<Vec<String>>>,
    pub(super) times: Option<Located<TimeMode>>,
    pub(super) remember: Option<Located<bool>>,
    pub(super) theme: Option<Located<ThemeName>>,
    pub(super) styles: BTreeMap<String, Located<String>>,
}

/// What a file says of a profile.
#[derive(Debug, Clone)]
pub(super) struct ProfileTable {
    pub(super) place: Place,
    pub(super) source: Option<Source>,
    pub(super) read_only: Option<Located<bool>>,
    pub(super) protected: Option<Located<bool>>,
    pub(super) colour: Option<Located<Colour>>,
    pub(super) banner: Option<Located<String>>,
}

/// What a file says of hashes.
#[derive(Debug, Clone, Default)]
pub(super) struct HashTable {
    pub(super) write: Option<Located<HashScheme>>,
    pub(super) accept: Option<Located<Vec<HashScheme>>>,
    pub(super) key_file: Option<Located<PathBuf>>,
    pub(super) legacy_secret_file: Option<Located<PathBuf>>,
}

/// A file, what is wrong with it, and every key that it could have.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) document: Document,
    pub(super) errors: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    pub(super) known: Vec<String>,
}

/// Reads the text of a file.
pub(super) fn read(file: &Arc<Path>, text: &str) -> Reading {
    let (table, faults) = DeTable::parse_recoverable(text);
    let mut notes = Notes { file, text, errors: Vec::new(), warnings: Vec::new(), known: Vec::new() };
    let mut whole = Section::whole(Some(table.get_ref()), &notes);
    let document = document(&mut whole, &mut notes);
    whole.finish(&mut notes);
    if !faults.is_empty() {
        // What follows from a broken line is not told beside it.
        notes.warnings.clear();
        notes.errors.clear();
    }
    for fault in faults {
        let place = fault.span().map_or_else(|| Place::file(file), |span| notes.place(span));
        notes.errors.push(place.problem(format!("not TOML: {}", fault.message().replace('\n', ", "))));
    }
    notes.errors.sort_by(|a, b| a.place.cmp(&b.place));
    notes.warnings.sort_by(|a, b| a.place.cmp(&b.place));
    let Notes { errors, warnings, known, .. } = notes;
    Reading { document, errors, warnings, known }
}

fn document(whole: &mut Section<'_>, notes: &mut Notes<'_>) -> Document {
    let mut profiles = whole.section(notes, "profiles");
    let mut policy = whole.section(notes, "policy");
    let mut console = whole.section(notes, "console");
    let mut theme = whole.section(notes, "theme");
    let document = Document {
        profile: whole.take(notes, "profile", section::text),
        timeout: whole.take(notes, "timeout", timeout),
        log_level: whole.take(notes, "log_level", log_level),
        profiles: self::profiles(&mut profiles, notes),
        max_age: policy.take(notes, "max_age", max_age),
        hash: hash(whole.section(notes, "hash"), notes),
        keys: named(&whole.section(notes, "keys"), notes, section::texts),
        times: console.take(notes, "times", section::parsed),
        remember: console.take(notes, "remember", section::yes_or_no),
        theme: theme.take(notes, "name", section::parsed),
        styles: named(&theme, notes, section::text),
    };
    policy.finish(notes);
    console.finish(notes);
    document
}

fn profiles(all: &mut Section<'_>, notes: &mut Notes<'_>) -> BTreeMap<String, ProfileTable> {
    let mut profiles = BTreeMap::new();
    for (name, table) in all.tables(notes) {
        if let Err(why) = profile::name(&name) {
            notes.errors.push(table.place.problem(why));
        }
        profiles.insert(name, profile(table, notes));
    }
    profiles
}

fn profile(mut table: Section<'_>, notes: &mut Notes<'_>) -> ProfileTable {
    let place = table.place.clone();
    let url = table.take(notes, "url", |value| section::text(value).and_then(profile::url));
    let file = table.take(notes, "url_file", |value| section::path(value, place.folder()));
    if let (Some(_), Some(file)) = (&url, &file) {
        notes.errors.push(file.place.problem("give `url` or `url_file`, not both"));
    }
    let found = ProfileTable {
        source: url.map(Source::Url).or(file.map(Source::File)),
        read_only: table.take(notes, "read_only", section::yes_or_no),
        protected: table.take(notes, "protected", section::yes_or_no),
        colour: table.take(notes, "colour", section::parsed),
        banner: table.take(notes, "banner", |value| section::text(value).and_then(profile::banner)),
        place,
    };
    table.finish(notes);
    found
}

fn hash(mut table: Section<'_>, notes: &mut Notes<'_>) -> HashTable {
    let folder = table.place.folder().to_owned();
    let schemes = |value: &_| {
        let names = section::texts(value)?;
        names.iter().map(|name| name.parse().map_err(|why| format!("{why}"))).collect::<Result<Vec<HashScheme>, _>>()
    };
    let found = HashTable {
        write: table.take(notes, "write", section::parsed),
        accept: table.take(notes, "accept", schemes),
        key_file: table.take(notes, "key_file", |value| section::path(value, &folder)),
        legacy_secret_file: table.take(notes, "legacy_secret_file", |value| section::path(value, &folder)),
    };
    table.finish(notes);
    found
}

/// Reads a table whose keys others know.
fn named<T>(
    table: &Section<'_>,
    notes: &mut Notes<'_>,
    read: impl Fn(&toml::de::DeValue<'_>) -> Result<T, String>,
) -> BTreeMap<String, Located<T>> {
    let mut found = BTreeMap::new();
    for Entry { name, value, at } in table.entries(notes) {
        match read(value) {
            Ok(value) => drop(found.insert(name.value, Located { value, place: name.place })),
            Err(why) => notes.errors.push(at.problem(format!("{}: {why}", name.value))),
        }
    }
    found
}

fn timeout(value: &toml::de::DeValue<'_>) -> Result<Duration, String> {
    section::duration(value).and_then(|time| super::checked_timeout(time).map_err(ToOwned::to_owned))
}

fn log_level(value: &toml::de::DeValue<'_>) -> Result<tracing::Level, String> {
    let unknown = || "a level is error, warn, info, debug or trace".to_owned();
    section::text(value)?.parse().ok().ok_or_else(unknown)
}

fn max_age(value: &toml::de::DeValue<'_>) -> Result<Duration, String> {
    let age = section::duration(value)?;
    if age < Duration::from_hours(1) { Err("an age is at least 1h, such as 90d".to_owned()) } else { Ok(age) }
}
