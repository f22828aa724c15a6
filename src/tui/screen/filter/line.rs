//! How the filter line looks: the text with its wrong word marked, and below it what is wrong or what could be typed.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::completion;
use crate::domain::filter::{Candidate, FilterError};
use crate::store::SessionFilter;
use crate::tui::message::{FilterUi, Ui};
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::theme::Theme;
use crate::tui::view::text;

/// What to know before the first word, behind the key that completes.
const BRIEF: &str = "id: status: record: by: age:   - before one turns it around";

/// Draws the line; while it is edited, with the cursor and a line of help.
pub fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let typing = matches!(model.screen, Screen::Filter);
    let input = &model.list.input;
    let width = usize::from(area.width.saturating_sub(3));
    // A filter that is kept is read from its beginning.
    let (scroll, column) = if typing { text::scrolled(input, width) } else { (0, 0) };
    let wrong = SessionFilter::parse(input.value()).err().filter(|wrong| !is_being_typed(model, wrong));
    let mut spans = vec![Span::styled("/ ", theme.strong)];
    let style = if typing { theme.strong } else { theme.plain };
    let wrong_style = theme.danger.add_modifier(Modifier::UNDERLINED);
    let mut left = (scroll, width);
    for (part, is_wrong) in parts(input.value(), wrong.as_ref()) {
        let shown = text::window(part, left.0, left.1);
        let taken = text::width(&text::clean(part));
        left = (left.0.saturating_sub(taken), left.1.saturating_sub(text::width(&shown)));
        spans.push(Span::styled(shown, if is_wrong { wrong_style } else { style }));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), Rect { height: 1, ..area });
    if !typing {
        return;
    }
    frame.set_cursor_position(Position::new(area.x + 2 + u16::try_from(column).unwrap_or(0), area.y));
    if area.height > 1 {
        let help = help(model, wrong.as_ref(), theme, usize::from(area.width.saturating_sub(2)));
        frame.render_widget(
            Paragraph::new(help),
            Rect { x: area.x + 2, y: area.y + 1, height: 1, width: area.width - 2 },
        );
    }
}

/// Tells whether a wrong word may become right by what is typed next.
fn is_being_typed(model: &Model, wrong: &FilterError) -> bool {
    let input = &model.list.input;
    let is_at_end = wrong.span.end == input.value().len() && input.cursor() == input.value().chars().count();
    is_at_end && !completion::candidates(model).is_empty()
}

/// Takes a text apart into what is before, in and after the wrong word.
fn parts<'t>(text: &'t str, wrong: Option<&FilterError>) -> [(&'t str, bool); 3] {
    let span = wrong.map_or(text.len()..text.len(), |wrong| wrong.span.clone());
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    [(part(0..span.start), false), (part(span.clone()), true), (part(span.end..text.len()), false)]
}

/// What is wrong, else what could stand at the cursor.
fn help(model: &Model, wrong: Option<&FilterError>, theme: &Theme, width: usize) -> Line<'static> {
    if let Some(wrong) = wrong {
        let said = format!("{} {wrong}", theme.signs.bad);
        return Line::styled(theme.fit(&said, width), theme.danger);
    }
    let complete = model.keys.of(&Ui::Filter(FilterUi::Complete));
    let begun = model.list.completion.as_ref();
    let fresh = if begun.is_none() { completion::candidates(model) } else { Vec::new() };
    let candidates = begun.map_or(&fresh[..], |begun| &begun.candidates);
    if model.list.input.value().trim().is_empty() || candidates.is_empty() {
        let brief = format!("words of the title, or {complete}: {BRIEF}");
        return Line::styled(theme.fit(&brief, width), theme.dim);
    }
    listed(candidates, begun.map(|begun| begun.chosen), &complete, theme, width)
}

/// Lists candidates from the chosen one on as far as they fit, the chosen one in reverse.
fn listed(
    candidates: &[Candidate],
    chosen: Option<usize>,
    complete: &str,
    theme: &Theme,
    width: usize,
) -> Line<'static> {
    let mut spans = vec![Span::styled(format!("{complete}: "), theme.dim)];
    let mut used = text::width(complete) + 2;
    let first = chosen.unwrap_or(0);
    for (place, candidate) in candidates.iter().enumerate().skip(first) {
        let word = text::clean(&candidate.text);
        let about = if candidates.len() == 1 && !candidate.about.is_empty() {
            format!("  {}", candidate.about)
        } else {
            String::new()
        };
        let needed = text::width(&word) + text::width(&about) + 2;
        if used + needed > width {
            spans.push(Span::styled(theme.signs.ellipsis, theme.dim));
            break;
        }
        used += needed;
        let style = if chosen == Some(place) { theme.selection } else { theme.plain };
        spans.extend([Span::styled(word, style), Span::styled(format!("{about}  "), theme.dim)]);
    }
    Line::from(spans)
}
