//! Where something stands in a configuration file, and what is wrong with it there.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A file, and a place in it where one is known. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    file: Arc<Path>,
    spot: Option<(usize, usize)>,
}

/// Writes `FILE:LINE:COLUMN`, as editors and compilers do.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.display().fmt(f)?;
        self.spot.map_or(Ok(()), |(line, column)| write!(f, ":{line}:{column}"))
    }
}

impl Place {
    /// Names a file as a whole.
    #[must_use]
    pub fn file(file: &Arc<Path>) -> Self {
        Self { file: Arc::clone(file), spot: None }
    }

    /// Finds the beginning of a span of bytes in the text of a file.
    #[must_use]
    pub fn in_text(file: &Arc<Path>, text: &str, span: &Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { file: Arc::clone(file), spot: Some((line, column)) }
    }

    /// Gives the folder of the file, from which relative paths in it count.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// Says what is wrong here.
    #[must_use]
    pub fn problem(&self, text: impl Into<String>) -> Problem {
        Problem { place: self.clone(), text: text.into() }
    }

    /// Says that a name is not known here, and which one may be meant.
    #[must_use]
    pub fn unknown<'a>(&self, what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Problem {
        let meant = nearest(name, known).map_or(String::new(), |meant| format!("; is `{meant}` meant?"));
        self.problem(format!("{what} `{name}` is not known{meant}"))
    }
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, as a part of a sentence; may hold text of the file.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// A value, and where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// Finds the known name that a mistyped one is most like; `None` where none is like it at all.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LIKE: f64 = 0.75;
    let name = name.to_lowercase();
    let scored = known.into_iter().map(|other| (strsim::jaro_winkler(&name, &other.to_lowercase()), other));
    scored.filter(|(score, _)| *score >= LIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let file: Arc<Path> = Path::new("/etc/x.toml").into();
        let at = |start: usize| Place::in_text(&file, "é = 1\nab = 2", &(start..start)).to_string();
        assert_eq!(
            (at(0), at(3), at(7), at(10)),
            (
                "/etc/x.toml:1:1".to_owned(),
                "/etc/x.toml:1:3".to_owned(),
                "/etc/x.toml:2:1".to_owned(),
                "/etc/x.toml:2:4".to_owned()
            )
        );
    }

    #[test]
    fn a_mistyped_name_is_suggested_and_a_strange_one_is_not() {
        let known = ["url", "url_file", "read_only", "protected"];
        assert_eq!(nearest("readonly", known), Some("read_only"));
        assert_eq!(nearest("Protect", known), Some("protected"));
        assert_eq!(nearest("zebra", known), None);
    }
}
