//! Profiles: databases by name, and how much care each asks for.

use std::path::PathBuf;
use std::str::FromStr;

use super::place::Located;
use crate::store::{Target, UrlError, holds_password};

/// The colour of a banner, out of the terminal's own; the banner's word says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "a colour is its name")]
pub enum Colour {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl FromStr for Colour {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "red" => Self::Red,
            "green" => Self::Green,
            "yellow" => Self::Yellow,
            "blue" => Self::Blue,
            "magenta" => Self::Magenta,
            "cyan" => Self::Cyan,
            _ => return Err("a colour is red, green, yellow, blue, magenta or cyan"),
        })
    }
}

/// Where the database of a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A URL, which holds no password.
    Url(Located<String>),
    /// A file with the URL, which may then hold one.
    File(Located<PathBuf>),
}

/// A database by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub source: Source,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether every change must be confirmed by the session's id, on the command line too.
    pub protected: bool,
    /// The word in the header of the console.
    pub banner: String,
    /// The colour of that word.
    pub colour: Option<Colour>,
}

/// A profile's name: what can stand behind the `@` of a confirmation without being quoted.
pub(super) fn name(text: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=32).contains(&text.len()) && text.chars().all(fits) {
        return Ok(());
    }
    Err("a profile's name has 1 to 32 letters, digits, `-` and `_`".to_owned())
}

/// A banner is a word: it stands in a header that has little room.
pub(super) fn banner(text: String) -> Result<String, String> {
    let visible = |c: char| !c.is_control() && !c.is_whitespace();
    if (1..=16).contains(&text.chars().count()) && text.chars().all(visible) {
        return Ok(text);
    }
    Err("a banner is one word of at most 16 characters".to_owned())
}

/// A URL in a file that is copied about, shown and kept in repositories: no password, and no file that depends on the
/// folder in which the program is started. The URL is never repeated.
pub(super) fn url(text: String) -> Result<String, String> {
    if holds_password(&text) {
        return Err("a password does not belong here: give `url_file`, or PGPASSFILE".to_owned());
    }
    match Target::parse(&text) {
        Ok(Target::Sqlite(path)) if path.is_relative() => {
            Err("the file is named from the root, as in sqlite:/srv/sessions.db".to_owned())
        }
        // The environment of this moment is not the file's business.
        Ok(_) | Err(UrlError::SslMode) => Ok(text),
        Err(why) => Err(why.to_string()),
    }
}
