//! Who gets which part of the screen. The reducer asks too: a page is what fits.

use ratatui::layout::{Position, Rect};

use crate::tui::model::{Model, Panel};
use crate::tui::remembered::LOG_LINES;

/// Columns and lines below which nothing useful fits.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Columns from which the detail has its panel.
const DETAIL_FROM: u16 = 110;
/// Lines from which the log has its panel.
const LOG_FROM: u16 = 20;
/// Columns of the detail panel.
const DETAIL_WIDTH: u16 = 40;

/// Tells whether the terminal is too small.
#[must_use]
pub fn too_small(columns: u16, lines: u16) -> bool {
    columns < SMALLEST.0 || lines < SMALLEST.1
}

/// Where everything goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// The first line.
    pub header: Rect,
    /// What lies between header and strip.
    pub body: Rect,
    /// The list, if it is shown.
    pub list: Option<Rect>,
    /// The detail, if it is shown.
    pub detail: Option<Rect>,
    /// The log, if it is shown.
    pub log: Option<Rect>,
    /// The line of notices.
    pub strip: Rect,
    /// The last line.
    pub footer: Rect,
}

/// Divides the screen.
#[must_use]
pub fn places(model: &Model, area: Rect) -> Places {
    let line = |y| Rect { y, height: 1, ..area };
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area };
    let places = Places {
        header: line(area.y),
        body,
        list: None,
        detail: None,
        log: None,
        strip: line(area.bottom().saturating_sub(2)),
        footer: line(area.bottom().saturating_sub(1)),
    };
    if model.zoom {
        return match model.focus {
            Panel::Sessions => Places { list: Some(body), ..places },
            Panel::Detail => Places { detail: Some(body), ..places },
            Panel::Log => Places { log: Some(body), ..places },
        };
    }
    let log = log_height(model, area.height).min(body.height.saturating_sub(6));
    let top = Rect { height: body.height - log, ..body };
    let bottom = Rect { y: body.y + top.height, height: log, ..body };
    let has_detail = area.width >= DETAIL_FROM;
    let list = if has_detail { Rect { width: top.width - DETAIL_WIDTH, ..top } } else { top };
    let detail = Rect { x: list.right(), width: DETAIL_WIDTH, ..top };
    Places { list: Some(list), detail: has_detail.then_some(detail), log: (log > 2).then_some(bottom), ..places }
}

/// Lines of the log panel with its border.
fn log_height(model: &Model, lines: u16) -> u16 {
    if !model.log.shown || lines < LOG_FROM {
        return 0;
    }
    own_log_height(lines).saturating_add_signed(model.log.extra).max(3)
}

/// Lines of the log panel that nobody has made larger or smaller.
const fn own_log_height(lines: u16) -> u16 {
    if lines >= 30 { 8 } else { 5 }
}

/// Gives the lines that the log has more than its own when its upper border is in this line.
#[must_use]
pub fn log_extra_at(model: &Model, row: u16) -> i16 {
    let body = body(model);
    let height = body.bottom().saturating_sub(row).clamp(3, body.height.saturating_sub(6).max(3));
    let signed = |lines: u16| i16::try_from(lines).unwrap_or(0);
    (signed(height) - signed(own_log_height(model.size.1))).clamp(LOG_LINES.0, LOG_LINES.1)
}

/// Finds the panel at a place.
#[must_use]
pub fn panel_at(model: &Model, at: Position) -> Option<Panel> {
    let places = places(model, whole(model));
    let panels = [(places.list, Panel::Sessions), (places.detail, Panel::Detail), (places.log, Panel::Log)];
    panels.into_iter().find(|(area, _)| area.is_some_and(|area| area.contains(at))).map(|(_, panel)| panel)
}

/// Tells whether the log can be made larger or smaller at a place.
#[must_use]
pub fn is_border_of_log(model: &Model, at: Position) -> bool {
    !model.zoom && places(model, whole(model)).log.is_some_and(|area| area.y == at.y)
}

/// Finds the row of the list at a place, counted from the first that is shown.
#[must_use]
pub fn list_row_at(model: &Model, at: Position) -> Option<usize> {
    let list = places(model, whole(model)).list.filter(|area| area.contains(at))?;
    // Below the border, the line of the filter and the headings.
    let row = usize::from(at.y.checked_sub(list.y + 2 + model.filter_lines())?);
    (row < list_rows(model) && at.x > list.x && at.x + 1 < list.right()).then_some(row)
}

fn whole(model: &Model) -> Rect {
    Rect { x: 0, y: 0, width: model.size.0, height: model.size.1 }
}

/// Lists the panels that are shown, in the order of Tab.
#[must_use]
pub fn panels(model: &Model) -> Vec<Panel> {
    let places = places(model, whole(model));
    let shown =
        [places.list.map(|_| Panel::Sessions), places.detail.map(|_| Panel::Detail), places.log.map(|_| Panel::Log)];
    shown.into_iter().flatten().collect()
}

/// Gives the panel that has the keys: the list, where the chosen one is not shown.
#[must_use]
pub fn focused(model: &Model) -> Panel {
    if panels(model).contains(&model.focus) { model.focus } else { Panel::Sessions }
}

/// Counts the rows of sessions that fit.
#[must_use]
pub fn list_rows(model: &Model) -> usize {
    let height = places(model, whole(model)).list.map_or(0, |area| area.height);
    usize::from(height.saturating_sub(3 + model.filter_lines())).max(1)
}

/// Gives what lies between header and strip.
#[must_use]
pub fn body(model: &Model) -> Rect {
    places(model, whole(model)).body
}

/// Counts the columns and lines inside a frame that has the whole body.
#[must_use]
pub fn page(model: &Model) -> (usize, usize) {
    let body = body(model);
    (usize::from(body.width.saturating_sub(2)), usize::from(body.height.saturating_sub(2)))
}

/// Counts the lines of the log that fit.
#[must_use]
pub fn log_rows(model: &Model) -> usize {
    let height = places(model, whole(model)).log.map_or(0, |area| area.height);
    usize::from(height.saturating_sub(2 + model.log_search_lines())).max(1)
}
