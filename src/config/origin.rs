//! Where a setting comes from: a flag goes before the environment, that before the files, those before the default.

use std::fmt;

use super::document::Document;
use super::files::ConfigFile;
use super::place::{Located, Place};

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag(&'static str),
    /// In the environment.
    Variable(&'static str),
    /// In a file.
    File(Place),
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(place) => place.fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was given.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    pub(super) fn flag(value: Option<T>, name: &'static str) -> Option<Self> {
        value.map(|value| Self { value, origin: Origin::Flag(name) })
    }

    pub(super) fn variable(value: T, name: &'static str) -> Self {
        Self { value, origin: Origin::Variable(name) }
    }

    pub(super) fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }
}

impl<T> From<Located<T>> for Sourced<T> {
    fn from(located: Located<T>) -> Self {
        Self { value: located.value, origin: Origin::File(located.place) }
    }
}

/// Finds a value in the most important file that gives it.
pub(super) fn in_files<'f, T: Clone + 'f>(
    files: &'f [ConfigFile],
    read: impl Fn(&'f Document) -> Option<&'f Located<T>>,
) -> Option<Sourced<T>> {
    files.iter().find_map(|file| read(&file.document)).cloned().map(Into::into)
}
