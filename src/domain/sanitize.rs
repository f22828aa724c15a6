//! Hostile text made visible. Every output of text that came from a person or a database goes through here.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// Marks that one letter keeps: what UAX #15 (Stream-Safe Text Format) calls enough for every script.
const MARKS: usize = 30;

/// Shows control, zero-width, bidirectional and invisible characters as escapes such as `\u{1b}`. So are combining
/// marks that would stand on somebody else's letter, because this text has none before them, and those beyond 30 on one
/// letter.
///
/// Letters of every script, their marks, and emoji stay. The result holds no line break, so one input can never become
/// two lines; it stays as it is when it passes again. Categories: Unicode 16, general category Cc, Cf, Zl, Zp, what is
/// ignorable by default or no character at all, to which some terminals give no column, and the blank fillers that fonts
/// draw as nothing.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let mut letter = Letter::default();
    if text.chars().all(|c| letter.keeps(c)) {
        return Cow::Borrowed(text);
    }
    let mut letter = Letter::default();
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 8), |mut shown, c| {
        if letter.keeps(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_unicode());
        }
        shown
    }))
}

/// The letter before a place, by how many more marks it takes; none at the beginning and after an escape.
#[derive(Default)]
struct Letter(usize);

impl Letter {
    fn keeps(&mut self, c: char) -> bool {
        let (keeps, more) = match (is_hostile(c), c.width()) {
            (true, _) => (false, 0),
            (false, Some(0)) => (self.0 > 0, self.0.saturating_sub(1)),
            (false, _) => (true, MARKS),
        };
        self.0 = more;
        keeps
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
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
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
        assert_eq!(visible("\u{fffe}\u{fdd0}\u{fffd}\u{10ffff}"), "\\u{fffe}\\u{fdd0}\u{fffd}\\u{10ffff}");
    }

    #[test]
    fn scripts_and_emoji_stay() {
        for text in ["الرحمة", "知識", "naïveté", "e\u{301}", "🕌 gratitude", "Ωmega"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn every_control_format_ignorable_and_non_character_of_unicode_is_hostile_and_no_other() {
        let harm = r"\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}";
        let found =
            |class: &str, of: String| regex::Regex::new(class).unwrap().find(&of).map(|c| c.as_str().to_owned());
        let (hostile, harmless): (Vec<char>, Vec<char>) = ('\0'..=char::MAX).partition(|c| is_hostile(*c));
        assert_eq!(found(&format!("[{harm}]"), harmless.into_iter().collect()), None);
        // A blank of Braille has a general category of its own, and no ink.
        assert_eq!(found(&format!(r"[^{harm}\u{{2800}}]"), hostile.into_iter().collect()), None);
    }

    #[test]
    fn a_mark_stands_on_a_letter_of_its_own_text() {
        assert_eq!(visible("\u{301}x"), "\\u{301}x");
        assert_eq!(visible("x\u{200b}\u{301}\u{302}e\u{301}"), "x\\u{200b}\\u{301}\\u{302}e\u{301}");
    }

    #[test]
    fn a_letter_keeps_thirty_marks() {
        let (kept, tower) = ("\u{301}".repeat(30), "\u{301}".repeat(2048));
        assert_eq!(visible(&format!("e{kept}")), format!("e{kept}"));
        assert_eq!(visible(&format!("e{tower}x")), format!("e{kept}{}x", "\\u{301}".repeat(2018)));
    }

    /// Text in which harm is likely, without the backslash of an escape.
    fn hostile_text() -> impl Strategy<Value = String> {
        r"([\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{M}{1,40}|[a-z \{\}]|[^\\]){0,40}"
    }

    fn unescaped(shown: &str) -> String {
        let mut parts = shown.split("\\u{");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |mut text, part| {
            let (digits, rest) = part.split_once('}').unwrap();
            text.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
            text + rest
        })
    }

    /// Letters of every script with their marks. The few letters that have no width of their own are left out: such a
    /// one is kept as a mark is, behind another.
    fn harmless_text() -> impl Strategy<Value = String> {
        let text = r"([\p{L}\p{N}\p{P}\p{S} &&[^\p{Default_Ignorable_Code_Point}\u{2800}\p{Hangul}]]\p{M}{0,5}){0,40}";
        let letter = regex::Regex::new(r"[\p{L}\p{N}\p{P}\p{S}]").unwrap();
        let narrow = move |c: char| c.width() == Some(0) && letter.is_match(c.encode_utf8(&mut [0; 4]));
        text.prop_map(move |text| text.chars().map(|c| if narrow(c) { 'x' } else { c }).collect())
    }

    proptest! {
        #[test]
        fn nothing_hostile_is_left_and_marks_stand_on_letters(text in prop_oneof![any::<String>(), hostile_text()]) {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(is_hostile), "{shown:?}");
            let mut in_a_row = MARKS;
            for c in shown.chars() {
                in_a_row = if c.width() == Some(0) { in_a_row + 1 } else { 0 };
                prop_assert!(in_a_row <= MARKS, "{shown:?}");
            }
        }

        #[test]
        fn what_was_shown_is_shown_again_as_it_is(text in prop_oneof![any::<String>(), hostile_text()]) {
            let shown = visible(&text).into_owned();
            prop_assert_eq!(visible(&shown), shown.as_str());
        }

        #[test]
        fn text_without_a_backslash_can_be_told_from_every_other(text in hostile_text()) {
            prop_assert_eq!(unescaped(&visible(&text)), text);
        }

        #[test]
        fn harmless_text_stays(text in harmless_text()) {
            let stays = text.chars().all(|c| !is_hostile(c)) && matches!(visible(&text), Cow::Borrowed(_));
            prop_assert!(stays || text.chars().any(is_hostile), "{text:?}");
        }
    }
}
