//! Writes a filter so that it reads back as the same one.

use std::fmt::{self, Write as _};

use super::{Filter, IdRange, Name, Test, Word};
use crate::domain::session::SessionId;

pub(super) fn write(filter: &Filter, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, term) in filter.terms.iter().enumerate() {
        if place > 0 {
            f.write_char(' ')?;
        }
        if term.negated {
            f.write_char('-')?;
        }
        test(&term.test, f)?;
    }
    Ok(())
}

fn test(test: &Test, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match test {
        Test::Word(word) => f.write_str(&of_word(word)),
        Test::Id(ranges) => {
            let ranges: Vec<String> = ranges.iter().map(of_range).collect();
            write!(f, "id:{}", ranges.join(","))
        }
        Test::Status(name) => write!(f, "status:{}", of_name(name)),
        Test::Record(test) => write!(f, "record:{}", test.word()),
        Test::By(name) => write!(f, "by:{}", of_name(name)),
        Test::Age(age) => write!(f, "age:{age}"),
    }
}

fn of_word(word: &Word) -> String {
    // A bare number would be an id, too.
    let is_bare_number = word.id.is_none() && word.text.parse::<SessionId>().is_ok();
    if is_bare_number { quoted(&word.text) } else { bare_or_quoted(&word.text) }
}

fn of_name(name: &Name) -> String {
    let sign = if name.exact { "=" } else { "" };
    let text = if name.text.starts_with('=') { quoted(&name.text) } else { bare_or_quoted(&name.text) };
    format!("{sign}{text}")
}

fn of_range(range: &IdRange) -> String {
    if range.first == range.last { range.first.to_string() } else { format!("{}-{}", range.first, range.last) }
}

/// Writes a text bare where nothing in it means something else.
pub(super) fn bare_or_quoted(text: &str) -> String {
    let means_more = |c: char| c.is_whitespace() || matches!(c, '"' | ':');
    if text.is_empty() || text.starts_with('-') || text.contains(means_more) { quoted(text) } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
