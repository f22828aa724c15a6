//! Which charts are shown where.
//!
//! ```text
//! from 100 columns and 24 lines on            else, as many as fit, with the one that has the keys
//!   records │ ages                              records
//!   days                                        ages
//!   people                                      days …
//! the bar under the cursor, and what Enter lists
//! ```

use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::{charts, words};
use crate::domain::overview::{Chart, Overview};
use crate::tui::message::{OverviewUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_of, layout, text};

/// Columns and lines from which on all charts are shown beside and below each other.
const WIDE: (u16, u16) = (100, 24);

/// Columns that stay free beside the charts: in ASCII bars and border are made of the same.
const BESIDE: Margin = Margin::new(1, 0);

/// Lines that tell of the bar under the cursor.
const ABOUT: u16 = 2;

/// Draws the overview in its frame.
pub(super) fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    frame.render_widget(Clear, area);
    let inner = frame_of(" Overview ", &words::state(model, theme), true, theme, area, frame);
    let inner = inner.inner(BESIDE);
    let Some(overview) = model.overview.read.as_ref().filter(|overview| overview.sessions > 0) else {
        let lines = nothing(model, theme, usize::from(inner.width));
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    };
    for (chart, place) in places(model, overview, above(inner)) {
        charts::draw(&model.overview, overview, chart, theme, place, frame);
    }
    let width = usize::from(inner.width);
    let [what, lists] = words::about(model, overview, theme).map(|line| theme.fit(&line, width));
    let lines = vec![Line::styled(what, theme.plain), Line::styled(lists, theme.strong)];
    let about = Rect { y: inner.bottom().saturating_sub(ABOUT), height: ABOUT, ..inner };
    frame.render_widget(Paragraph::new(lines), about);
}

/// Leaves out the lines that tell of the bar under the cursor.
fn above(inner: Rect) -> Rect {
    Rect { height: inner.height.saturating_sub(ABOUT), ..inner }
}

/// Finds the chart at a place, and its bar there, or the one that is under its cursor.
pub(super) fn bar_at(model: &Model, at: Position) -> Option<(Chart, usize)> {
    let overview = model.overview.read.as_ref().filter(|overview| overview.sessions > 0)?;
    let inner = layout::body(model).inner(Margin::new(1, 1)).inner(BESIDE);
    let (chart, place) = places(model, overview, above(inner)).into_iter().find(|(_, place)| place.contains(at))?;
    Some((chart, charts::bar_at(&model.overview, overview, chart, place, at)))
}

/// Divides the room among the charts.
fn places(model: &Model, overview: &Overview, area: Rect) -> Vec<(Chart, Rect)> {
    let heights = Chart::ALL.map(|chart| charts::height(overview, chart));
    if area.width >= WIDE.0 && area.height >= WIDE.1 {
        return wide(heights, area);
    }
    let here = model.overview.chart as usize;
    // The first that is shown: what comes before the one that has the keys gives way.
    let fits = |first: &usize| heights[*first..=here].iter().sum::<u16>() <= area.height;
    let first = (0..=here).find(fits).unwrap_or(here);
    let mut y = area.y;
    let mut placed = Vec::new();
    for (chart, height) in Chart::ALL.into_iter().zip(heights).skip(first) {
        let left = area.bottom().saturating_sub(y);
        let is_here = chart == model.overview.chart;
        if left < height && !is_here {
            break;
        }
        placed.push((chart, Rect { y, height: height.min(left), ..area }));
        y += height.min(left);
        // A line between two, where it costs none of them its place.
        let next = heights.get(chart as usize + 1).copied().unwrap_or(0);
        if area.bottom().saturating_sub(y) > next && chart as usize >= here {
            y += 1;
        }
    }
    placed
}

fn wide([records, ages, days, people]: [u16; 4], area: Rect) -> Vec<(Chart, Rect)> {
    let half = area.width / 2;
    let upper = records.max(ages);
    let left = Rect { width: half - 1, height: upper, ..area };
    let right = Rect { x: area.x + half, width: area.width - half, height: upper, ..area };
    let below = area.y + upper + 1;
    let room = area.bottom().saturating_sub(below);
    let people = people.min(room.saturating_sub(days + 1));
    let middle = Rect { y: below, height: room.saturating_sub(people + 1).min(days + 4), ..area };
    let last = Rect { y: middle.bottom() + 1, height: people, ..area };
    vec![(Chart::Records, left), (Chart::Ages, right), (Chart::Days, middle), (Chart::People, last)]
}

/// What stands in place of the charts.
fn nothing(model: &Model, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let counts = &model.overview;
    let [again, back] = [OverviewUi::Refresh, OverviewUi::Back].map(|does| model.keys.of(&Ui::Overview(does)));
    let mut lines = Vec::new();
    let mut say = |sentence: &str, style| {
        lines.extend(theme.wrap(sentence, width).into_iter().map(|line| Line::styled(line, style)));
    };
    match (&counts.read, counts.loading, &counts.failure) {
        (Some(_), None, _) => {
            say("There are no sessions yet.", theme.plain);
            say(&format!("`host-provisioner session add --title TEXT` adds one; {back} goes back."), theme.dim);
        }
        (_, Some(_), _) => say(&format!("Counting {}", theme.signs.ellipsis), theme.plain),
        (None, None, Some(failure)) => {
            let what =
                format!("{} The sessions could not be counted: {}.", theme.signs.bad, text::clean(&failure.what));
            say(&what, theme.danger);
            say(&format!("Nothing was changed. {again} tries again, {back} goes back."), theme.plain);
            say(
                "All sessions are counted, which takes long where there are many: --timeout gives it more time.",
                theme.dim,
            );
        }
        (None, None, None) => {
            say("Counting was stopped, so there is nothing to show.", theme.plain);
            say(&format!("{again} counts, {back} goes back."), theme.dim);
        }
    }
    lines
}
