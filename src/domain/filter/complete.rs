//! Helps to write a filter: what could stand at the cursor.

use std::ops::Range;

use super::parse::{Token, tokens};
use super::text::bare_or_quoted;
use super::{KEYS, RecordTest};

/// What is known of the database that a filter is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The statuses that sessions have.
    pub statuses: Vec<String>,
    /// The names of makers of records.
    pub makers: Vec<String>,
}

/// One way to go on at the cursor. Its text may come from the database: hostile until it passed `sanitize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The part of the text that it stands for, in bytes; empty where nothing is typed yet.
    pub span: Range<usize>,
    /// What to put there.
    pub text: String,
    /// A few words about it; empty where it speaks for itself.
    pub about: &'static str,
}

impl Candidate {
    /// Gives the whole text with this candidate put in, and the place behind it, in bytes.
    #[must_use]
    pub fn put_into(&self, text: &str) -> (String, usize) {
        let head = text.get(..self.span.start).unwrap_or(text);
        let tail = text.get(self.span.end..).unwrap_or_default();
        (format!("{head}{}{tail}", self.text), head.len() + self.text.len())
    }
}

/// Lists what could stand at the cursor, a place in bytes: keys, or the values that a key takes. What is typed before
/// the cursor is their beginning; a word that could be no key has none.
#[must_use]
pub fn complete(text: &str, cursor: usize, known: &Known) -> Vec<Candidate> {
    let cursor = (0..=cursor.min(text.len())).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
    let tokens = tokens(text);
    let Some(token) = tokens.iter().find(|token| token.span.start < cursor && cursor <= token.span.end) else {
        let between = tokens.iter().all(|token| token.span.start != cursor);
        return if between { keys("", cursor..cursor) } else { Vec::new() };
    };
    match token.key {
        Some(key) if cursor >= token.value_span.start => {
            values(key, token, &text[token.value_span.start..cursor], known)
        }
        _ => {
            let start = token.span.start + usize::from(token.negated);
            let end = if token.key.is_some() { token.value_span.start } else { token.span.end };
            keys(text.get(start..cursor).unwrap_or_default(), start..end)
        }
    }
}

fn keys(begun: &str, span: Range<usize>) -> Vec<Candidate> {
    let fits = |(key, _): &&(&str, &str)| begins(key, begun);
    let candidate =
        |(key, about): &(&str, &'static str)| Candidate { span: span.clone(), text: format!("{key}:"), about };
    KEYS.iter().filter(fits).map(candidate).collect()
}

fn values(key: &str, token: &Token<'_>, typed: &str, known: &Known) -> Vec<Candidate> {
    let exact = if typed.starts_with('=') { "=" } else { "" };
    let begun = typed.trim_start_matches('=').trim_start_matches('"');
    let of_names = |names: &[String]| -> Vec<(String, &'static str)> {
        let fits = |name: &&String| !name.is_empty() && begins(name, begun);
        names.iter().filter(fits).map(|name| (format!("{exact}{}", bare_or_quoted(name)), "")).collect()
    };
    let offered = match key.to_ascii_lowercase().as_str() {
        "status" => of_names(&known.statuses),
        "by" => of_names(&known.makers),
        "record" => RecordTest::ALL
            .into_iter()
            .filter(|test| begins(test.word(), begun))
            .map(|test| (test.word().to_owned(), about(test)))
            .collect(),
        "age" => [(">90d", "older than 90 days"), ("<7d", "younger than seven days")]
            .into_iter()
            .filter(|(text, _)| text.starts_with(begun))
            .map(|(text, about)| (text.to_owned(), about))
            .collect(),
        _ => Vec::new(),
    };
    let span = &token.value_span;
    offered.into_iter().map(|(text, about)| Candidate { span: span.clone(), text, about }).collect()
}

fn about(test: RecordTest) -> &'static str {
    match test {
        RecordTest::None => "no active record",
        RecordTest::Active => "a current record that has not expired",
        RecordTest::Expired => "a current record that has expired",
        RecordTest::Expiring => "a current record that expires within seven days",
        RecordTest::Duplicate => "legacy duplicates",
    }
}

/// Tells whether a text begins with what is typed, in any case of ASCII.
fn begins(text: &str, typed: &str) -> bool {
    text.get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed))
}
