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

/// Cuts a text to so many columns, with `…` where something is cut; hostile characters become visible.
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    let text = visible(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used + 1 > columns {
            break;
        }
        cut.push_str(grapheme);
    }
    if columns > 0 {
        cut.push('…');
    }
    cut
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

/// Breaks a text into lines of so many columns, at blanks; a word that is longer than a line is cut.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
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
            line.push_str(&fit(word, columns));
        }
    }
    lines
}

/// Draws a label and its value on one line.
#[must_use]
pub fn labelled(label: &str, value: &str, columns: usize, theme: &Theme) -> Line<'static> {
    let value = fit(value, columns.saturating_sub(12));
    Line::from(vec![Span::styled(format!("{label:<11} "), theme.dim), Span::styled(value, theme.plain)])
}

/// Gives a session's title, safe to draw.
#[must_use]
pub fn title(session: &Session) -> String {
    match session.title.as_deref() {
        None | Some("") => "(no title)".to_owned(),
        Some(title) => clean(title),
    }
}

/// Gives a session's status with its sign: a live one is not told by colour alone.
#[must_use]
pub fn status(session: &Session) -> String {
    match session.status.as_deref() {
        None => "–".to_owned(),
        Some("Active") => "● Active".to_owned(),
        Some(status) => clean(status),
    }
}

/// Says how long ago an instant was, in two or three characters.
#[must_use]
pub fn age(at: Timestamp, now: Timestamp) -> String {
    if at == Timestamp::UNREADABLE {
        return "?".to_owned();
    }
    let seconds = now.seconds_since(at);
    match seconds {
        i64::MIN..=-1 => "future".to_owned(),
        0..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m", seconds / 60),
        3600..=86_399 => format!("{}h", seconds / 3600),
        86_400.. => format!("{}d", seconds / 86_400),
    }
}

/// Shows an instant in UTC with its distance from now.
#[must_use]
pub fn instant(at: Timestamp, now: Timestamp) -> String {
    if at == Timestamp::UNREADABLE || at == Timestamp::ENDLESS {
        return at.to_string();
    }
    let shown = at.utc().format("%Y-%m-%d %H:%MZ");
    let distance = if at > now { format!("in {}", age(now, at)) } else { age(at, now) };
    format!("{shown} ({distance})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_columns_and_never_inside_a_character() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("知識知識", 5), "知識…");
        assert_eq!(fit("知識知識", 4), "知…");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(fit("x", 0), "");
    }

    #[test]
    fn hostile_text_is_shown_not_obeyed() {
        assert_eq!(fit("\u{1b}[31m", 20), "\\u{1b}[31m");
    }

    #[test]
    fn no_age_is_negative() {
        let at = |text| Timestamp::parse_fixed_width(text).unwrap();
        let (now, later) = (at("2026-11-22T10:00:00.000000Z"), at("2026-11-22T13:00:00.000000Z"));
        assert_eq!((age(now, later), age(later, now), age(now, now)), ("3h".into(), "future".into(), "0s".into()));
        assert_eq!(instant(later, now), "2026-11-22 13:00Z (in 3h)");
        assert_eq!(instant(Timestamp::ENDLESS, now), "infinity");
    }

    #[test]
    fn words_wrap_at_blanks() {
        assert_eq!(wrap("one  two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abc…", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
