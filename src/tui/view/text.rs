//! Text that is safe to draw and fits where it stands. Widths are terminal columns, not characters.
//!
//! They are counted here alone, and as ratatui lays text out: one grapheme after the other. The whole text may be said to be
//! narrower, since a font may join letters of two graphemes (the Arabic lam and alef); a terminal gives each its cells.
//! ratatui's own `Line` counts so where it places one span behind another: lines of several spans are drawn as paragraphs,
//! which go by graphemes.
//!
//! Text that runs from the right is drawn in its logical order, each grapheme in the next cells, without marks of ours
//! around it. Terminals that reorder do so within what stands in these cells; most do not. Characters that would isolate it
//! have no width, so that no cell could hold them, and they are the ones by which a title pretends to be another:
//! `sanitize` shows them.

use ratatui::buffer::CellWidth as _;
use ratatui::text::{Line, Span};
use tui_input::Input;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::sanitize::visible;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::tui::theme::Theme;

/// Makes hostile text visible.
#[must_use]
pub fn clean(text: &str) -> String {
    visible(text).into_owned()
}

/// Counts the columns of a text.
#[must_use]
pub fn width(text: &str) -> usize {
    // Letters of ASCII join nothing.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        text.len()
    } else {
        text.graphemes(true).map(cells).sum()
    }
}

/// Counts the columns of a grapheme; what controls the terminal is never drawn.
fn cells(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) { 0 } else { usize::from(grapheme.cell_width()) }
}

/// Fills a text up to so many columns with blanks.
#[must_use]
pub fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Finds how many columns of an input are scrolled away so that its cursor is among the next `columns`, or right behind
/// them; gives the column of the cursor, too.
#[must_use]
pub fn scrolled(input: &Input, columns: usize) -> (usize, usize) {
    let value = input.value();
    let at = value.char_indices().nth(input.cursor()).map_or(value.len(), |(at, _)| at);
    let before = visible(&value[..at]);
    let cursor = width(&before);
    // Only whole graphemes go.
    let mut away = 0;
    for grapheme in before.graphemes(true) {
        if cursor - away <= columns {
            break;
        }
        away += cells(grapheme);
    }
    (away, cursor - away)
}

/// Shows the part of an input that lies right of `scroll` columns.
#[must_use]
pub fn window(text: &str, scroll: usize, columns: usize) -> String {
    let text = visible(text);
    let (mut left, mut used) = (scroll, 0);
    let mut rest = String::new();
    for grapheme in text.graphemes(true) {
        if left > 0 {
            left = left.saturating_sub(cells(grapheme));
        } else if used + cells(grapheme) <= columns {
            used += cells(grapheme);
            rest.push_str(grapheme);
        } else {
            break;
        }
    }
    rest
}

/// Gives a session's title, safe to draw.
#[must_use]
pub fn title(session: &Session) -> String {
    match session.title.as_deref() {
        None | Some("") => "(no title)".to_owned(),
        Some(title) => clean(title),
    }
}

/// Says how long something has been waited for, to a tenth of a second while that tells something.
#[must_use]
pub fn waited(since: Timestamp, now: Timestamp) -> String {
    let millis = now.millis_since(since).max(0);
    if millis < 10_000 {
        format!("{}.{} s", millis / 1000, millis % 1000 / 100)
    } else {
        format!("{} s", millis / 1000)
    }
}

/// Text that fits, with the signs of the theme.
impl Theme {
    /// Cuts a text to so many columns, with an ellipsis where something is cut; hostile characters become visible.
    #[must_use]
    pub fn fit(&self, text: &str, columns: usize) -> String {
        let text = visible(text);
        if width(&text) <= columns {
            return text.into_owned();
        }
        let ellipsis = width(self.signs.ellipsis);
        let mut cut = String::new();
        let mut used = 0;
        for grapheme in text.graphemes(true) {
            used += cells(grapheme);
            if used + ellipsis > columns {
                break;
            }
            cut.push_str(grapheme);
        }
        cut.extend(self.signs.ellipsis.chars().take(columns));
        cut
    }

    /// Breaks a text into lines of so many columns, at blanks; a word that is longer than a line is cut.
    #[must_use]
    pub fn wrap(&self, text: &str, columns: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in visible(text).split_whitespace() {
            let fits = |line: &String| line.is_empty() || width(line) + 1 + width(word) <= columns;
            if !lines.last().is_some_and(fits) {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&self.fit(word, columns));
            }
        }
        lines
    }

    /// Gives the sign that turns while something is waited for.
    #[must_use]
    pub fn turn(&self, since: Timestamp, now: Timestamp) -> &'static str {
        let turns = usize::try_from(now.millis_since(since).max(0) / 200).unwrap_or(0);
        self.signs.spinner[turns % self.signs.spinner.len()]
    }

    /// Counts the columns that are left to a value beside its label.
    #[must_use]
    pub fn value_room(&self, columns: usize) -> usize {
        columns.saturating_sub(12)
    }

    /// Draws a label and its value on one line.
    #[must_use]
    pub fn labelled(&self, label: &str, value: &str, columns: usize) -> Line<'static> {
        let value = self.fit(value, self.value_room(columns));
        Line::from(vec![Span::styled(format!("{label:<11} "), self.dim), Span::styled(value, self.plain)])
    }

    /// Draws a label and its value on as many lines as it takes.
    #[must_use]
    pub fn field(&self, label: &str, value: &str, columns: usize) -> Vec<Line<'static>> {
        let lines = self.wrap(value, self.value_room(columns)).into_iter().enumerate();
        lines.map(|(place, line)| self.labelled(if place == 0 { label } else { "" }, &line, columns)).collect()
    }

    /// Gives a session's status with its sign: a live one is not told by colour alone.
    #[must_use]
    pub fn status(&self, session: &Session) -> String {
        match session.status.as_deref() {
            None => self.signs.none.to_owned(),
            Some("Active") => format!("{} Active", self.signs.live),
            Some(status) => clean(status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::signs::ASCII;

    #[test]
    fn text_is_cut_at_columns_and_never_inside_a_character() {
        let theme = Theme::new(false);
        assert_eq!(theme.fit("abcdef", 6), "abcdef");
        assert_eq!(theme.fit("abcdef", 4), "abc…");
        assert_eq!(theme.fit("知識知識", 5), "知識…");
        assert_eq!(theme.fit("知識知識", 4), "知…");
        assert_eq!(theme.fit("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(theme.fit("x", 0), "");
    }

    #[test]
    fn letters_that_a_font_joins_have_the_columns_of_each() {
        let theme = Theme::new(false);
        assert_eq!((width("\u{644}\u{627}"), width("\u{77e5}"), width("e\u{301}")), (2, 2, 1));
        let peace = "\u{627}\u{644}\u{633}\u{644}\u{627}\u{645}";
        assert_eq!((width(peace), theme.fit(peace, 6).as_str()), (6, peace));
        assert_eq!(width(&theme.fit(peace, 5)), 5);
        assert_eq!(padded(peace, 8), format!("{peace}  "));
    }

    #[test]
    fn an_input_scrolls_by_whole_characters_and_knows_where_its_cursor_is() {
        let typed = |text: &str, columns| {
            let (scroll, column) = scrolled(&Input::new(text.to_owned()), columns);
            (window(text, scroll, columns), column)
        };
        assert_eq!(typed("abc", 5), ("abc".to_owned(), 3));
        assert_eq!(typed("abcdefg", 5), ("cdefg".to_owned(), 5));
        assert_eq!(typed("\u{77e5}\u{8b58}\u{77e5}", 5), ("\u{8b58}\u{77e5}".to_owned(), 4));
        assert_eq!(typed("\u{644}\u{627}", 5), ("\u{644}\u{627}".to_owned(), 2));
        assert_eq!(typed("a\u{202e}", 12), ("a\\u{202e}".to_owned(), 9));
    }

    #[test]
    fn in_ascii_a_cut_is_told_by_dots() {
        let theme = Theme { signs: &ASCII, ..Theme::new(false) };
        assert_eq!((theme.fit("abcdef", 6), theme.fit("abcdef", 5)), ("abcdef".into(), "ab...".into()));
        assert_eq!((theme.fit("abcdef", 3), theme.fit("abcdef", 2)), ("...".into(), "..".into()));
    }

    #[test]
    fn hostile_text_is_shown_not_obeyed() {
        let theme = Theme::new(false);
        assert_eq!(theme.fit("\u{1b}[31m", 20), "\\u{1b}[31m");
    }

    #[test]
    fn words_wrap_at_blanks() {
        let theme = Theme::new(false);
        assert_eq!(theme.wrap("one  two three", 8), ["one two", "three"]);
        assert_eq!(theme.wrap("abcdefgh ij", 4), ["abc…", "ij"]);
        assert_eq!(theme.wrap("", 4), [""]);
    }
}
