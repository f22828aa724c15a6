//! How the log looks: its lines, the line of its search, and in its border how it is looked at.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Level, Log};
use crate::tui::marks::grouped;
use crate::tui::message::MainUi;
use crate::tui::model::{Model, Panel};
use crate::tui::screen::Screen;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_of, layout, text};

/// Draws the panel.
pub fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let log = &model.log;
    let height = usize::from(area.height.saturating_sub(2 + model.log_search_lines()));
    let focused = layout::focused(model) == Panel::Log;
    let inner = frame_of(" 3 Log ", &state(log, height, theme), focused, theme, area, frame);
    let mut lines = inner;
    if model.log_search_lines() > 0 {
        search_line(model, theme, Rect { height: 1.min(inner.height), ..inner }, frame);
        lines = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    }
    if log.passing.is_empty() {
        let empty = theme.fit(&empty(model), usize::from(lines.width));
        frame.render_widget(Paragraph::new(Line::styled(empty, theme.dim)), lines);
        return;
    }
    let width = usize::from(lines.width);
    let drawn: Vec<Line<'_>> = log
        .window(height)
        .map(|(number, line)| {
            let stamp = format!("{} ", model.times().of_day(line.at));
            let (sign, style) = look(line.level, theme);
            let text = theme.fit(&format!("{sign}{}", line.text), width.saturating_sub(stamp.len()));
            let (here, found) = (log.search.at == Some(number), log.search.found.binary_search(&number).is_ok());
            let drawn = Line::from(vec![
                Span::styled(stamp, theme.dim),
                Span::styled(text, if found { style.patch(theme.strong) } else { style }),
            ]);
            if here { drawn.patch_style(theme.selection) } else { drawn }
        })
        .collect();
    frame.render_widget(Paragraph::new(drawn), lines);
}

/// How a line of a level looks: the sign before it, and its style.
fn look(level: Level, theme: &Theme) -> (String, Style) {
    match level {
        Level::Info => (String::new(), theme.plain),
        Level::Warn => ("! ".to_owned(), theme.caution),
        Level::Error => (format!("{} ", theme.signs.bad), theme.danger),
    }
}

/// What stands in the border: where the reader is, from which level on, and how many lines that are.
fn state(log: &Log, height: usize, theme: &Theme) -> String {
    let back = log.passing.len() - log.end(height);
    let place = match (back, log.news()) {
        (0, _) => "following".to_owned(),
        (back, 0) => lines(back, "back"),
        (back, news) => format!("{}, {}", lines(back, "back"), news_words(news)),
    };
    let (passing, all) = (log.passing.len(), log.lines.len());
    let count = if passing == all { String::new() } else { format!("{} of ", grouped(passing as u64)) };
    let dropped = if log.dropped > 0 { format!("   {} dropped", grouped(log.dropped)) } else { String::new() };
    let count = format!("{count}{}", lines(all, ""));
    format!("{place}   level {} {}   {count}{dropped}", theme.signs.at_least, log.level.name())
}

fn lines(count: usize, what: &str) -> String {
    let gap = if what.is_empty() { "" } else { " " };
    format!("{} line{}{gap}{what}", grouped(count as u64), if count == 1 { "" } else { "s" })
}

fn news_words(count: usize) -> String {
    format!("{} new line{}", grouped(count as u64), if count == 1 { "" } else { "s" })
}

/// What stands in place of lines.
fn empty(model: &Model) -> String {
    if model.log.lines.is_empty() {
        return "Nothing has been done in this console yet.".to_owned();
    }
    let level = model.keys.main(MainUi::LogLevel);
    format!("No line matters that much; {level} shows the others.")
}

/// What is searched for, and which of the found lines the reader is at.
fn search_line(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let search = &model.log.search;
    let found = match (search.is_empty(), search.count(), search.place()) {
        (true, ..) => String::new(),
        (false, 0, _) => "not found".to_owned(),
        (false, count, Some(place)) => format!("{} of {} found", grouped(place as u64), grouped(count as u64)),
        (false, count, None) => format!("{} found", grouped(count as u64)),
    };
    let room = usize::from(area.width).saturating_sub(text::width(&found) + 4);
    let (scroll, column) = text::scrolled(&search.input, room);
    let typed = text::window(search.input.value(), scroll, room);
    frame.render_widget(Line::from(vec![Span::styled("/ ", theme.strong), Span::styled(typed, theme.strong)]), area);
    frame.render_widget(Line::styled(found, theme.dim).right_aligned(), area);
    if matches!(model.screen, Screen::LogSearch) {
        frame.set_cursor_position(Position::new(area.x + 2 + u16::try_from(column).unwrap_or(0), area.y));
    }
}
