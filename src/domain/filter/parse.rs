//! Reads the language of filters.

use std::ops::Range;

use super::{Age, Filter, IdRange, KEYS, Name, RecordTest, Term, Test, Word};

/// A wrong word in a filter: where it stands, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{wrong}")]
pub struct FilterError {
    /// The wrong part, in bytes of the text; never empty.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub wrong: Wrong,
}

impl FilterError {
    /// Gives the wrong part, as it was typed.
    #[must_use]
    pub fn word<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.span.clone()).unwrap_or_default()
    }
}

/// What is wrong with a word. The sentences hold nothing of what was typed but letters of ASCII.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There is no such key, but one that looks like it.
    #[error("there is no `{key}:`; did you mean `{nearest}:`? Quotes search the title for it")]
    Misspelt {
        /// What was typed.
        key: String,
        /// The key that is nearest.
        nearest: &'static str,
    },
    /// There is no such key.
    #[error("there is no `{key}:`; the keys are id:, status:, record:, by: and age:. Quotes search the title for it")]
    Key {
        /// What was typed.
        key: String,
    },
    /// `id:` with something else.
    #[error("`id:` takes ids and ranges of ids, such as id:215, id:1,5,9 or id:100-200")]
    Id,
    /// `status:` with nothing.
    #[error("`status:` takes a status, such as status:active")]
    Status,
    /// `record:` with something else.
    #[error("`record:` takes none, active, expired, expiring, duplicate")]
    Record,
    /// `by:` with nothing.
    #[error("`by:` takes a part of a name, such as by:sato")]
    By,
    /// `age:` with something else.
    #[error("`age:` takes >, >=, < or <= and a duration, such as age:>90d or age:<12h")]
    Age,
}

/// A piece of a text between blanks, taken apart.
pub(super) struct Token<'t> {
    /// All of it.
    pub(super) span: Range<usize>,
    /// Whether a `-` stands before it.
    pub(super) negated: bool,
    /// What stands before the first colon, if that can be a key.
    pub(super) key: Option<&'t str>,
    /// Where what follows stands, quotes and `=` included.
    pub(super) value_span: Range<usize>,
    exact: bool,
    quoted: bool,
    value: String,
}

/// Takes a text apart. Nothing is wrong yet; quotes that are not closed end with the text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(start) = text[place..].find(|c: char| !c.is_whitespace()).map(|blanks| place + blanks) {
        let token = token(text, start);
        place = token.span.end;
        found.push(token);
    }
    found
}

fn token(text: &str, start: usize) -> Token<'_> {
    let bare_end = |from: usize| text[from..].find(char::is_whitespace).map_or(text.len(), |length| from + length);
    let negated = text[start..].starts_with('-');
    let body = start + usize::from(negated);
    let key = text[body..bare_end(body)].split_once(':').map(|(key, _)| key);
    let key = key.filter(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let value_start = body + key.map_or(0, |key| key.len() + 1);
    let exact = key.is_some() && text[value_start..].starts_with('=');
    let after = value_start + usize::from(exact);
    let quote = text[after..].strip_prefix('"');
    let (value, end) = match quote {
        Some(inside) => {
            let (value, length) = unquoted(inside);
            (value, after + 1 + length)
        }
        None => (text[after..bare_end(after)].to_owned(), bare_end(after)),
    };
    let (span, value_span) = (start..end, value_start..end);
    Token { span, negated, key, value_span, exact, quoted: quote.is_some(), value }
}

/// Reads up to a closing quote; gives the text, and the number of bytes with the quote.
fn unquoted(inside: &str) -> (String, usize) {
    let mut value = String::new();
    let mut letters = inside.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return (value, place + 1),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            other => value.push(other),
        }
    }
    (value, inside.len())
}

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let terms = tokens(text);
    let terms = terms.iter().filter_map(|token| term(token).transpose());
    Ok(Filter { terms: terms.collect::<Result<_, _>>()? })
}

/// Reads one term; `None` where nothing is asked, as with a `-` that goes on later.
fn term(token: &Token<'_>) -> Result<Option<Term>, FilterError> {
    let negated = token.negated;
    let test = match token.key {
        Some(key) => Some(keyed(key, token)?),
        None if token.value.is_empty() => None,
        None if token.quoted => Some(Test::Word(Word::quoted(&token.value))),
        None => Some(Test::Word(Word::typed(&token.value))),
    };
    Ok(test.map(|test| Term { negated, test }))
}

fn keyed(key: &str, token: &Token<'_>) -> Result<Test, FilterError> {
    let value = token.value.as_str();
    let (test, wrong) = match key.to_ascii_lowercase().as_str() {
        "id" => (ids(value).map(Test::Id), Wrong::Id),
        "status" => (name(token).map(Test::Status), Wrong::Status),
        "record" => (record(value).map(Test::Record), Wrong::Record),
        "by" => (name(token).map(Test::By), Wrong::By),
        // `age:=5d` is as wrong as `age:5d`.
        "age" => (Age::parse(value).filter(|_| !token.exact).map(Test::Age), Wrong::Age),
        other => {
            let start = token.span.start + usize::from(token.negated);
            let span = start..start + key.len() + 1;
            return Err(FilterError { span, wrong: unknown(other) });
        }
    };
    let span = if token.value_span.is_empty() { token.span.clone() } else { token.value_span.clone() };
    test.ok_or(FilterError { span, wrong })
}

/// Finds the key that was meant.
fn unknown(key: &str) -> Wrong {
    let shown: String = key.chars().take(20).collect();
    let distance = |known: &str| strsim::damerau_levenshtein(&shown, known);
    match KEYS.iter().map(|(known, _)| *known).min_by_key(|known| distance(known)) {
        Some(nearest) if distance(nearest) <= nearest.len().div_ceil(3) => Wrong::Misspelt { key: shown, nearest },
        _ => Wrong::Key { key: shown },
    }
}

fn name(token: &Token<'_>) -> Option<Name> {
    let (text, exact) = (token.value.clone(), token.exact);
    (!text.is_empty() || exact && token.quoted).then_some(Name { text, exact })
}

fn record(value: &str) -> Option<RecordTest> {
    RecordTest::ALL.into_iter().find(|test| test.word().eq_ignore_ascii_case(value))
}

fn ids(value: &str) -> Option<Vec<IdRange>> {
    let range = |text: &str| {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        IdRange::new(first.parse().ok()?, last.parse().ok()?)
    };
    value.split(',').map(range).collect()
}
