//! A dialog over the main screen.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear};

use crate::tui::theme::Theme;

/// Columns that a dialog takes where there is room.
const WIDTH: u16 = 86;

fn outer_width(area: Rect) -> u16 {
    area.width.min(WIDTH)
}

/// Gives the columns inside a dialog.
#[must_use]
pub fn inner_width(area: Rect) -> u16 {
    outer_width(area).saturating_sub(4)
}

/// Finds the place of a dialog of so many rows in the middle.
fn place(rows: u16, area: Rect) -> Rect {
    let (width, height) = (outer_width(area), rows.saturating_add(2).min(area.height));
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    Rect { x, y, width, height }
}

/// Finds the room inside a dialog of so many rows.
#[must_use]
pub fn inner(rows: u16, area: Rect) -> Rect {
    place(rows, area).inner(Margin::new(2, 1))
}

/// Draws an empty dialog of so many rows in the middle; gives the room inside.
pub fn popup(title: &str, rows: u16, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Rect {
    let place = place(rows, area);
    let block = Block::bordered()
        .border_set(theme.signs.dialog_border)
        .border_style(theme.strong)
        .title(Line::styled(title.to_owned(), theme.strong));
    frame.render_widget(Clear, place);
    frame.render_widget(block, place);
    inner(rows, area)
}
