//! Patterns that find a word in a title whatever its case, in every script and whatever a server's locale is: a set
//! of forms for each letter.

use crate::domain::filter::letters::forms;

/// How an engine writes the parts of a pattern.
pub(super) struct Dialect {
    /// What stands before and after the word.
    pub(super) around: &'static str,
    /// Writes a character that has only one form, so that it stands for itself.
    pub(super) literal: fn(char) -> String,
}

/// Writes the pattern for a word.
pub(super) fn pattern(word: &str, dialect: &Dialect) -> String {
    let mut pattern = dialect.around.to_owned();
    for c in word.chars() {
        let forms = forms(c);
        if forms.len() > 1 {
            // No letter can close or negate a set.
            pattern.push('[');
            pattern.extend(forms);
            pattern.push(']');
        } else {
            pattern.push_str(&(dialect.literal)(c));
        }
    }
    pattern.push_str(dialect.around);
    pattern
}
