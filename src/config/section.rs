//! Reads tables key by key. Every problem is noted with its place; a key that nobody asks for is not known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::place::{Located, Place, Problem};

/// What is found while a file is read.
pub(super) struct Notes<'t> {
    pub(super) file: &'t Arc<Path>,
    pub(super) text: &'t str,
    pub(super) errors: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    /// The full names of all keys that were asked for.
    pub(super) known: Vec<String>,
}

/// One table of the file, or of nothing where the file has none.
pub(super) struct Section<'t> {
    name: String,
    table: Option<&'t DeTable<'t>>,
    asked: Vec<&'static str>,
    pub(super) place: Place,
}

/// A key whose name is the user's own.
pub(super) struct Entry<'t> {
    pub(super) name: Located<String>,
    pub(super) value: &'t DeValue<'t>,
    pub(super) at: Place,
}

impl Notes<'_> {
    pub(super) fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place::in_text(self.file, self.text, &span)
    }
}

impl<'t> Section<'t> {
    /// Begins with the whole file.
    pub(super) fn whole(table: Option<&'t DeTable<'t>>, notes: &Notes<'_>) -> Self {
        Self { name: String::new(), table, asked: Vec::new(), place: Place::file(notes.file) }
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Reads the value of a key, if there is one and `read` takes it.
    pub(super) fn take<T>(
        &mut self,
        notes: &mut Notes<'_>,
        key: &'static str,
        read: impl FnOnce(&DeValue<'t>) -> Result<T, String>,
    ) -> Option<Located<T>> {
        self.asked.push(key);
        notes.known.push(self.full(key));
        let value = self.table?.get(key)?;
        let place = notes.place(value.span());
        match read(value.get_ref()) {
            Ok(value) => Some(Located { value, place }),
            Err(why) => {
                notes.errors.push(place.problem(format!("{}: {why}", self.full(key))));
                None
            }
        }
    }

    /// Opens a table below this one.
    pub(super) fn section(&mut self, notes: &mut Notes<'_>, key: &'static str) -> Section<'t> {
        self.asked.push(key);
        let (name, mut table, mut place) = (self.full(key), None, self.place.clone());
        if let Some((named, value)) = self.table.and_then(|table| table.get_key_value(key)) {
            place = notes.place(named.span());
            table = value.get_ref().as_table();
            if table.is_none() {
                notes.errors.push(place.problem(format!("{name} is a table: [{name}]")));
            }
        }
        Section { name, table, asked: Vec::new(), place }
    }

    /// Lists keys whose names are the user's own.
    pub(super) fn entries(&self, notes: &Notes<'_>) -> Vec<Entry<'t>> {
        let unasked = self.table.into_iter().flatten().filter(|(key, _)| !self.asked.contains(&key.get_ref().as_ref()));
        let entry =
            |(key, value): (&'t toml::Spanned<std::borrow::Cow<'t, str>>, &'t toml::Spanned<DeValue<'t>>)| Entry {
                name: Located { value: key.get_ref().clone().into_owned(), place: notes.place(key.span()) },
                value: value.get_ref(),
                at: notes.place(value.span()),
            };
        unasked.map(entry).collect()
    }

    /// Lists the tables below this one, by names that are the user's own.
    pub(super) fn tables(&self, notes: &mut Notes<'_>) -> BTreeMap<String, Section<'t>> {
        let mut tables = BTreeMap::new();
        for Entry { name, value, .. } in self.entries(notes) {
            let full = self.full(&name.value);
            if value.is_table() {
                let section = Section { name: full, table: value.as_table(), asked: Vec::new(), place: name.place };
                tables.insert(name.value, section);
            } else {
                notes.errors.push(name.place.problem(format!("{full} is a table: [{full}]")));
            }
        }
        tables
    }

    /// Warns of every key that was not asked for.
    pub(super) fn finish(self, notes: &mut Notes<'_>) {
        for Entry { name, .. } in self.entries(notes) {
            let what = if self.name.is_empty() { "the key".to_owned() } else { format!("[{}]: the key", self.name) };
            notes.warnings.push(name.place.unknown(&what, &name.value, self.asked.iter().copied()));
        }
    }
}

/// Says what is wanted, and what is there instead.
fn wanted<T>(what: &str, value: &DeValue<'_>) -> Result<T, String> {
    Err(format!("{what} is wanted, not {} {}", article(value.type_str()), value.type_str()))
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Reads text.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, String> {
    value.as_str().map_or_else(|| wanted("text in quotes", value), |text| Ok(text.to_owned()))
}

/// Reads true or false.
pub(super) fn yes_or_no(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_bool().map_or_else(|| wanted("true or false", value), Ok)
}

/// Reads one text or a list of texts.
pub(super) fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    match value {
        DeValue::Array(items) => items.iter().map(|item| text(item.get_ref())).collect(),
        other => text(other).map(|one| vec![one]),
    }
}

/// Reads text that is a value of its own type.
pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(value: &DeValue<'_>) -> Result<T, String> {
    text(value)?.parse().map_err(|why: T::Err| why.to_string())
}

/// Reads a length of time.
pub(super) fn duration(value: &DeValue<'_>) -> Result<Duration, String> {
    match value.as_str() {
        Some(text) => {
            humantime::parse_duration(text).map_err(|why| format!("a length of time is like 90d or 10s ({why})"))
        }
        None => wanted("a length of time such as \"90d\"", value),
    }
}

/// Reads a path: absolute, from the home folder with `~/`, or from the folder of the file.
pub(super) fn path(value: &DeValue<'_>, folder: &Path) -> Result<PathBuf, String> {
    let text = text(value)?;
    if text.is_empty() {
        return Err("a path is wanted; it is empty".to_owned());
    }
    match text.strip_prefix("~/") {
        Some(rest) => {
            let unknown = || "the home folder of this user is not known".to_owned();
            etcetera::home_dir().ok().map(|home| home.join(rest)).ok_or_else(unknown)
        }
        None => Ok(folder.join(text)),
    }
}
