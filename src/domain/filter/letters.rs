//! Letters and their cases, one at a time: what "in any case" means, here and in the patterns of the engines.

/// Gives the characters that count as the same letter, in order; only itself where a case has more than one character.
#[must_use]
pub fn forms(c: char) -> Vec<char> {
    if c.to_lowercase().count() > 1 || c.to_uppercase().count() > 1 {
        return vec![c];
    }
    let mut forms: Vec<char> = c.to_lowercase().chain(c.to_uppercase()).chain([c]).collect();
    // The one letter with two small forms: ς ends a word.
    forms.extend(['Σ', 'σ', 'ς'].iter().filter(|_| matches!(c, 'Σ' | 'σ' | 'ς')));
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Tells whether a word is in a text, whatever the case of its letters.
#[must_use]
pub fn contains(text: &str, word: &str) -> bool {
    let word: Vec<Vec<char>> = word.chars().map(forms).collect();
    let begins =
        |mut rest: std::str::Chars<'_>| word.iter().all(|forms| rest.next().is_some_and(|c| forms.contains(&c)));
    begins(text.chars()) || text.char_indices().any(|(place, _)| begins(text[place..].chars()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_match_in_any_case() {
        for (text, word) in [
            ("naïveté", "NAÏVE"),
            ("Εισαγωγή στη Σοφία", "σοφίΑ"),
            ("σοφίας", "ΣΟΦΊΑΣ"),
            ("ЗНАНИЕ", "зНа"),
            ("知識", "識"),
            ("straße", "ß"),
            ("anything", ""),
            ("", ""),
        ] {
            assert!(contains(text, word), "{text} {word}");
        }
    }

    #[test]
    fn a_letter_whose_other_case_is_two_letters_matches_itself_alone() {
        for (text, word) in [("strasse", "ß"), ("STRASSE", "ß"), ("i", "İ"), ("light", "lights"), ("", "a")] {
            assert!(!contains(text, word), "{text} {word}");
        }
    }
}
