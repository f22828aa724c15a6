//! The bars. A number stands beside each that lies down; of the days, below them, that of the one under the cursor.

use ratatui::Frame;
use ratatui::layout::{Direction, Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{BarChart, BarGroup, Paragraph};

use super::{Counts, words};
use crate::domain::filter::RecordTest;
use crate::domain::overview::{Bar, Chart, DAYS, Overview, Subject};
use crate::tui::marks::grouped;
use crate::tui::theme::Theme;
use crate::tui::view::text;

/// Columns of a name at most.
const NAME: usize = 30;

/// Counts the lines that a chart takes with its heading.
pub(super) fn height(overview: &Overview, chart: Chart) -> u16 {
    let lines = match chart {
        Chart::Records | Chart::Ages => 1 + overview.bars(chart).len(),
        Chart::Days => 6,
        Chart::People => 1 + overview.people.len().max(1) + usize::from(overview.by_others() > 0),
    };
    u16::try_from(lines).unwrap_or(u16::MAX)
}

/// Draws a chart with its heading.
pub(super) fn draw(
    counts: &Counts,
    overview: &Overview,
    chart: Chart,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    let is_here = counts.chart == chart;
    let heading = words::heading(overview, chart, usize::from(area.width));
    let style = if is_here { theme.strong } else { theme.dim };
    frame.render_widget(Line::styled(theme.fit(&heading, usize::from(area.width)), style), Rect { height: 1, ..area });
    let rest = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if rest.height == 0 {
        return;
    }
    let bars = overview.bars(chart);
    let here = counts.place(chart, bars.len());
    match chart {
        Chart::Records | Chart::Ages => lying(&bars, here, is_here, overview, theme, rest, frame),
        Chart::Days => standing(&bars, here, is_here, theme, rest, frame),
        Chart::People if bars.is_empty() => {
            let nobody = "Nobody made a Host GUID with this program in these days.";
            frame.render_widget(Line::styled(theme.fit(nobody, usize::from(rest.width)), theme.plain), rest);
        }
        Chart::People => {
            let others = overview.by_others();
            let below = u16::from(others > 0 && rest.height > 1);
            lying(&bars, here, is_here, overview, theme, Rect { height: rest.height - below, ..rest }, frame);
            let others = format!("  others: {}", grouped(others));
            let last = Rect { y: rest.bottom() - below, height: below, ..rest };
            frame.render_widget(Line::styled(others, theme.dim), last);
        }
    }
}

/// Finds the bar at a place of a chart; where there is none, the one under its cursor.
pub(super) fn bar_at(counts: &Counts, overview: &Overview, chart: Chart, area: Rect, at: Position) -> usize {
    let bars = overview.bars(chart).len();
    let here = counts.place(chart, bars);
    let Some(line) = at.y.checked_sub(area.y + 1).map(usize::from) else { return here };
    let others = chart == Chart::People && overview.by_others() > 0 && area.height > 2;
    let rows = usize::from(area.height.saturating_sub(1)) - usize::from(others);
    let found = match chart {
        Chart::Records | Chart::Ages | Chart::People => (line < rows).then_some((here + 1).saturating_sub(rows) + line),
        Chart::Days => Some(usize::from(at.x.saturating_sub(area.x)) / pitch(area)),
    };
    found.filter(|found| *found < bars).unwrap_or(here)
}

/// Counts the columns from one day to the next.
fn pitch(area: Rect) -> usize {
    (usize::from(area.width) / DAYS).max(1)
}

/// Bars from left to right, each behind its name and number; as many as fit around the cursor.
fn lying(
    bars: &[Bar],
    here: usize,
    is_here: bool,
    overview: &Overview,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    let names: Vec<String> = bars.iter().map(|bar| theme.fit(&words::label(bar, overview), NAME)).collect();
    let numbers: Vec<String> = bars.iter().map(|bar| grouped(bar.count)).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| text::width(text)).max().unwrap_or(0);
    let (names_width, numbers_width) = (widest(&names), widest(&numbers));
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let rows = usize::from(area.height);
    let first = (here + 1).saturating_sub(rows);
    let lines = names.iter().zip(numbers).enumerate().skip(first).take(rows);
    let labels: Vec<_> = lines
        .map(|(place, (name, number))| {
            let chosen = is_here && place == here;
            let sign = if chosen { theme.signs.here } else { " " };
            let label = format!("{sign} {} {number:>numbers_width$}", text::padded(name, names_width));
            Line::styled(label, if chosen { theme.selection } else { theme.plain })
        })
        .collect();
    let shown = bars.iter().skip(first).take(rows);
    let drawn: Vec<_> = shown
        .map(|bar| {
            let style = bar_style(meaning(&bar.subject, overview, theme));
            ratatui::widgets::Bar::default().value(bar.count).text_value("").style(style)
        })
        .collect();
    // The chart would count the columns of a whole name.
    let taken = u16::try_from(names_width + numbers_width + 4).unwrap_or(area.width).min(area.width);
    frame.render_widget(Paragraph::new(labels), Rect { width: taken, ..area });
    let area = Rect { x: area.x + taken, width: area.width - taken, ..area };
    let chart = BarChart::default()
        .direction(Direction::Horizontal)
        .data(BarGroup::default().bars(&drawn))
        .max(most)
        .bar_width(1)
        .bar_gap(0)
        .bar_set(theme.signs.bars.clone());
    frame.render_widget(chart, area);
}

/// A bar for each day, the newest on the right, and below them how many days ago.
fn standing(bars: &[Bar], here: usize, is_here: bool, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let pitch = pitch(area);
    let (width, gap) = if pitch >= 2 { (pitch - 1, 1) } else { (1, 0) };
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let drawn: Vec<_> =
        bars.iter().map(|bar| ratatui::widgets::Bar::default().value(bar.count).text_value("")).collect();
    let chart = BarChart::default()
        .data(BarGroup::default().bars(&drawn))
        .max(most)
        .bar_width(u16::try_from(width).unwrap_or(1))
        .bar_gap(u16::try_from(gap).unwrap_or(0))
        .bar_set(theme.signs.bars.clone())
        .bar_style(bar_style(theme.plain));
    let bars_height = area.height.saturating_sub(2);
    frame.render_widget(chart, Rect { height: bars_height, ..area });
    let mut marker = " ".repeat(here * pitch);
    if is_here {
        marker.push_str(theme.signs.ascending);
    }
    let mut axis = String::new();
    for (ago, label) in [(28, "-28d"), (21, "-21d"), (14, "-14d"), (7, "-7d")] {
        let column = (DAYS - 1 - ago) * pitch;
        axis.push_str(&" ".repeat(column.saturating_sub(axis.len())));
        axis.push_str(label);
    }
    axis.push_str(&" ".repeat(((DAYS - 1) * pitch).saturating_sub(axis.len() + 2)));
    axis.push_str("now");
    let below = Rect { y: area.y + bars_height, height: area.height - bars_height, ..area };
    let lines = vec![Line::styled(marker, theme.strong), Line::styled(axis, theme.dim)];
    frame.render_widget(Paragraph::new(lines), below);
}

fn meaning(subject: &Subject, overview: &Overview, theme: &Theme) -> Style {
    match subject {
        Subject::Age(band) if band.is_over(overview.max_age) => theme.danger,
        Subject::Record(RecordTest::Expired) => theme.danger,
        Subject::Record(RecordTest::Expiring | RecordTest::Duplicate) => theme.caution,
        Subject::Record(RecordTest::Active) | Subject::Age(_) => theme.good,
        Subject::Record(RecordTest::None) | Subject::Day(_) | Subject::Person(_) => theme.plain,
    }
}

/// What a style means, as the colour of a bar: one that has a background of its own means it by that.
fn bar_style(style: Style) -> Style {
    Style { fg: style.bg.or(style.fg), ..Style::new() }
}
