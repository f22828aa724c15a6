//! Patterns that find a word in a title whatever its case, in every script and whatever a server's locale is: a set
//! of forms for each letter.

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
        let mut forms: Vec<char> = c.to_lowercase().chain(c.to_uppercase()).chain([c]).collect();
        // The one letter with two small forms: ς ends a word.
        forms.extend(['Σ', 'σ', 'ς'].iter().filter(|_| matches!(c, 'Σ' | 'σ' | 'ς')));
        let simple = c.to_lowercase().count() == 1 && c.to_uppercase().count() == 1;
        forms.sort_unstable();
        forms.dedup();
        if simple && forms.len() > 1 {
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
