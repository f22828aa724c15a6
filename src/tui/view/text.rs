//! Text that is safe to draw and fits where it stands. Widths are terminal columns, not characters.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

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
    text.width()
}

/// Shows the part of an input that lies right of `scroll` columns.
#[must_use]
pub fn window(text: &str, scroll: usize, columns: usize) -> String {
    let text = visible(text);
    let mut left = scroll;
    let mut rest = String::new();
    for grapheme in text.graphemes(true) {
        if left > 0 {
            left = left.saturating_sub(grapheme.width());
        } else if rest.width() + grapheme.width() <= columns {
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
        if text.width() <= columns {
            return text.into_owned();
        }
        let ellipsis = self.signs.ellipsis.width();
        let mut cut = String::new();
        let mut used = 0;
        for grapheme in text.graphemes(true) {
            used += grapheme.width();
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
            let fits = |line: &String| line.is_empty() || line.width() + 1 + word.width() <= columns;
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
