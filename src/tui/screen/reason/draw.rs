//! Draws the form.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::Input;

use super::{Field, Purpose, ReasonForm};
use crate::tui::keymap::KeyMap;
use crate::tui::marks::grouped;
use crate::tui::message::{ReasonUi, Ui};
use crate::tui::theme::Theme;
use crate::tui::view::{popup, text};

/// Draws the form.
pub fn draw(form: &ReasonForm, keys: &KeyMap, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let rows: u16 = if form.purpose == Purpose::Rotate { 13 } else { 11 };
    let inner = popup(form.purpose.title(), rows, theme, area, frame);
    let width = usize::from(inner.width);
    let signs = theme.signs;
    let mut lines = vec![heading(form, theme, width), Line::default()];
    let mut cursor = None;
    let mut put = |field: Field, label: &str, input: &Input, lines: &mut Vec<Line<'static>>| {
        let room = width.saturating_sub(13);
        let (scroll, column) = text::scrolled(input, room);
        let focused = form.field == field;
        if focused {
            let column = 13 + column.min(room);
            cursor = Some((u16::try_from(column).unwrap_or(13), u16::try_from(lines.len()).unwrap_or(2)));
        }
        let label_style = if focused { theme.strong } else { theme.plain };
        let sign = if focused { signs.here } else { " " };
        lines.push(Line::from(vec![
            Span::styled(format!("{sign}{label:<12}"), label_style),
            Span::styled(text::window(input.value(), scroll, room), theme.plain),
        ]));
    };
    put(Field::Reason, "Reason", &form.reason, &mut lines);
    let optional = if form.purpose == Purpose::Consolidate { "blank: none " } else { "" };
    let arrow = |does| keys.sign(&Ui::Reason(does), signs);
    let (up, down) = (arrow(ReasonUi::PickUp), arrow(ReasonUi::PickDown));
    let picks = form.purpose.quick_picks().join(&format!(" {} ", signs.between));
    lines.push(Line::styled(theme.fit(&format!("             {optional}{up} {down} {picks}"), width), theme.dim));
    put(Field::By, "By", &form.by, &mut lines);
    if form.purpose == Purpose::Rotate {
        put(Field::Expires, "Expires", &form.expires, &mut lines);
        let examples = ["blank: never", "2026-12-31", "8h", "30d"].join(&format!(" {} ", signs.between));
        lines.push(Line::styled(theme.fit(&format!("             {examples}"), width), theme.dim));
        let focused = form.field == Field::ForceNew;
        let style = if focused { theme.selection } else { theme.plain };
        let (sign, mark) = (if focused { signs.here } else { " " }, if form.force_new { "x" } else { " " });
        let label = format!("{sign}[{mark}] force a new record instead of updating in place");
        lines.push(Line::styled(theme.fit(&label, width), style));
    }
    lines.push(Line::default());
    if let Some(fault) = &form.fault {
        let fault = theme.wrap(&format!("{} {fault}", signs.bad), width);
        lines.extend(fault.into_iter().map(|line| Line::styled(line, theme.danger)));
    } else {
        let [on, next, back] = [ReasonUi::GoOn, ReasonUi::Next, ReasonUi::Back].map(|does| keys.of(&Ui::Reason(does)));
        let told = format!("{on}: read the plan   {next}: next field   {back}: back to the list");
        lines.push(Line::styled(theme.fit(&told, width), theme.dim));
    }
    frame.render_widget(Paragraph::new(lines), inner);
    if let Some((x, y)) = cursor {
        frame.set_cursor_position(Position::new(inner.x + x, inner.y + y));
    }
}

fn heading(form: &ReasonForm, theme: &Theme, width: usize) -> Line<'static> {
    if let Some(several) = &form.several {
        return Line::styled(theme.fit(&format!("{} marked sessions", grouped(several.len())), width), theme.strong);
    }
    Line::from(vec![
        Span::styled(format!("Session {}  ", form.session), theme.strong),
        Span::styled(theme.fit(&form.title, width.saturating_sub(16)), theme.plain),
    ])
}
