//! Hostile text made visible. Every output of text that came from a person or a database goes through here.

use std::borrow::Cow;

/// Shows control, zero-width, bidirectional and invisible characters as escapes such as `\u{1b}`.
///
/// Letters of every script, combining marks and emoji stay. The result holds no line break, so one
/// input can never become two lines. Categories: Unicode 16, general category Cc, Cf, Zl, Zp, and the
/// blank fillers that fonts draw as nothing.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_hostile) {
        Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 8), |mut shown, c| {
            if is_hostile(c) {
                shown.extend(c.escape_unicode());
            } else {
                shown.push(c);
            }
            shown
        }))
    } else {
        Cow::Borrowed(text)
    }
}

/// Tells whether a character would move, hide or reorder what a person reads.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_show_what_would_act() {
        assert_eq!(visible("\u{1b}]52;c;aGk=\u{7}"), "\\u{1b}]52;c;aGk=\\u{7}");
        assert_eq!(visible("right\u{202e}to"), "right\\u{202e}to");
        assert_eq!(visible("zero\u{200b}width\nline"), "zero\\u{200b}width\\u{a}line");
        assert_eq!(visible("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn scripts_and_emoji_stay() {
        for text in ["الرحمة", "知識", "naïveté", "e\u{301}", "🕌 gratitude", "Ωmega"] {
            assert_eq!(visible(text), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_hostile_is_left_and_nothing_else_changes(text in any::<String>()) {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(is_hostile));
            let kept: String = text.chars().filter(|c| !is_hostile(*c)).collect();
            if kept == text { prop_assert_eq!(&*shown, &*text); }
        }
    }
}
