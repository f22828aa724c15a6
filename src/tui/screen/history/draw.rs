//! How the history looks: what is wrong with it, its entries, and the line of the search.

use ratatui::Frame;
use ratatui::layout::{Constraint, Margin, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Row, Table};

use super::{History, Mode, entry};
use crate::config::TimeMode;
use crate::domain::audit::Finding;
use crate::domain::chain::{AuditBody, StoredEntry};
use crate::domain::event_id::EventId;
use crate::domain::time::Timestamp;
use crate::tui::message::HistoryUi::{Move, Refresh, Rotate, Search, Up};
use crate::tui::message::{Motion, Ui};
use crate::tui::model::Model;
use crate::tui::screen::detail::Whole;
use crate::tui::screen::verification;
use crate::tui::theme::Theme;
use crate::tui::view::times::Times;
use crate::tui::view::{frame_of, layout, text};

/// Faults of a chain that are named above its entries.
const NAMED: usize = 3;

/// Draws the history, or the entry under the cursor.
pub fn draw(model: &Model, history: &History, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let title =
        history.session.map_or(" History of all sessions ".to_owned(), |id| format!(" History of session {id} "));
    if let Mode::Entry { scroll } = history.mode {
        entry::draw(model, history, scroll, theme, area, frame);
        return;
    }
    let inner = frame_of(&title, &chain(model, history, theme), true, theme, area, frame);
    let width = usize::from(inner.width);
    let notes = notes(model, history, theme, width);
    let above = u16::try_from(notes.len()).unwrap_or(0).min(inner.height);
    frame.render_widget(Paragraph::new(notes), Rect { height: above, ..inner });
    let foot = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    let list = Rect { y: inner.y + above, height: inner.height.saturating_sub(above + 1), ..inner };
    if history.window.entries.is_empty() {
        frame.render_widget(Paragraph::new(empty(model, history, theme, width)), list);
    } else {
        table(history, model.times(), theme, list, frame);
    }
    draw_foot(model, history, theme, foot, frame);
}

/// Counts the entries that fit.
pub(super) fn rows(model: &Model, history: &History) -> usize {
    let (columns, lines) = layout::page(model);
    lines.saturating_sub(2 + notes(model, history, &Theme::new(false), columns).len()).max(1)
}

/// Finds the entry at a place of the list.
pub(super) fn row_at(model: &Model, history: &History, at: Position) -> Option<usize> {
    let inner = layout::body(model).inner(Margin::new(1, 1));
    let above = notes(model, history, &Theme::new(false), usize::from(inner.width)).len();
    // Below the notes and the headings.
    let row = usize::from(at.y.checked_sub(inner.y)?).checked_sub(above + 1)?;
    let place = history.window.top + row;
    (inner.contains(at) && row < rows(model, history) && place < history.window.entries.len()).then_some(place)
}

fn whole<'a>(model: &'a Model, history: &History) -> Option<&'a Whole> {
    model.detail.whole.as_ref().filter(|whole| Some(whole.id) == history.session)
}

/// Says how the chain stands.
fn chain(model: &Model, history: &History, theme: &Theme) -> String {
    let last = verification::last_words(model, history.session, theme);
    match (history.session, whole(model, history)) {
        (None, _) => last.unwrap_or_else(|| "not verified".to_owned()),
        // What was read whole was verified whole, and is newer.
        (Some(_), Some(whole)) if whole.chain.is_some() => whole.chain_text(theme),
        (Some(_), Some(whole)) => last.unwrap_or_else(|| whole.chain_text(theme)),
        (Some(_), None) => format!("reading {}", theme.signs.ellipsis),
    }
}

/// What stands above the entries: that the session is gone, and what is wrong with its chain.
fn notes(model: &Model, history: &History, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(whole) = whole(model, history) else { return Vec::new() };
    let mut lines = Vec::new();
    if whole.snapshot.session.is_none() {
        let gone = format!("There is no session {} any more.", whole.id);
        lines.push(Line::styled(theme.fit(&gone, width), theme.caution));
    }
    if let Some(Finding::Damaged(damage)) = &whole.chain {
        for found in damage.iter().take(NAMED) {
            lines.push(Line::styled(theme.fit(&format!("{} {found}", theme.signs.bad), width), theme.danger));
        }
        if damage.len() > NAMED {
            let more = format!("  and {} more: V lists all", damage.len() - NAMED);
            lines.push(Line::styled(theme.fit(&more, width), theme.danger));
        }
    }
    lines
}

/// What stands in place of entries: it says what to do next.
fn empty(model: &Model, history: &History, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let window = &history.window;
    let key = |does| model.keys.of(&Ui::History(does));
    let lines = match (&window.fault, window.loading.is_some(), window.search.is_empty(), history.session) {
        (Some(fault), ..) => vec![
            (format!("{} {}", theme.signs.bad, text::clean(fault)), theme.danger),
            (format!("Nothing was changed. {} tries again; {} goes back.", key(Refresh), key(Up)), theme.plain),
        ],
        (None, true, true, _) => vec![(format!("Reading the history {}", theme.signs.ellipsis), theme.plain)],
        (None, true, false, _) => vec![(format!("Searching {}", theme.signs.ellipsis), theme.plain)],
        (None, false, false, _) => vec![
            (
                if window.at_oldest { "No entry was found." } else { "No entry was found so far." }.to_owned(),
                theme.plain,
            ),
            (format!("{} takes the search away; {} changes it.", key(Up), key(Search)), theme.dim),
        ],
        (None, false, true, _) if !window.at_newest => vec![
            ("Reading was stopped, so there is nothing to show.".to_owned(), theme.plain),
            (format!("{} reads; {} goes back.", key(Refresh), key(Up)), theme.dim),
        ],
        (None, false, true, Some(_)) if whole(model, history).is_some_and(|whole| whole.snapshot.session.is_some()) => {
            vec![
                ("Nothing was done to this session with this program yet.".to_owned(), theme.plain),
                (
                    format!("{} rotates its Host GUID and begins its history; {} goes back.", key(Rotate), key(Up)),
                    theme.dim,
                ),
            ]
        }
        (None, false, true, _) => vec![
            ("Nothing was done with this program yet.".to_owned(), theme.plain),
            (format!("{} goes back.", key(Up)), theme.dim),
        ],
    };
    let lines = lines.into_iter();
    let lines = lines.flat_map(|(said, style)| theme.wrap(&said, width).into_iter().map(move |line| (line, style)));
    lines.map(|(line, style)| Line::styled(line, style)).collect()
}

/// Which columns there is room for; those of the record and of the time of day give way first.
struct Columns {
    times: Times,
    at: u16,
    number: u16,
    action: u16,
    record: Option<u16>,
    by: u16,
    reason: u16,
}

impl Columns {
    fn of(width: u16, history: &History, times: Times) -> Self {
        let numbers = history.window.entries.iter().map(|entry| number_of(entry, history).to_string().len());
        let number = u16::try_from(numbers.max().unwrap_or(0)).unwrap_or(u16::MAX).clamp(7, 20);
        let (at, action) = match (times.mode, width < 76) {
            (_, true) => (10, 9),
            (TimeMode::Universal, false) => (20, 13),
            // `+05:30` is the longest mark, a blank and `203 d` the longest age that is common.
            (TimeMode::Local, false) => (25, 13),
            (TimeMode::Age, false) => (24, 13),
        };
        let by = if width < 100 { 11 } else { 20 };
        let record = (width >= 90).then_some(9);
        let taken = 2 + at + number + action + by + record.map_or(0, |record| record + 1) + 4;
        Self { times, at, number, action, record, by, reason: width.saturating_sub(taken) }
    }

    fn widths(&self) -> Vec<Constraint> {
        let widths = [2 + self.at, self.number, self.action].into_iter().chain(self.record);
        widths.chain([self.by, self.reason]).map(Constraint::Length).collect()
    }

    fn has_time(&self) -> bool {
        self.at > 10
    }

    /// Writes when it was; the age stands beside that, never in its place.
    fn instant(&self, at: Timestamp) -> String {
        match self.times.mode {
            _ if !self.has_time() => self.times.in_column(at, false),
            TimeMode::Age => format!("{} {:>6}", self.times.absolute(at), at.relative(self.times.now)),
            TimeMode::Local | TimeMode::Universal => self.times.exact(at),
        }
    }

    fn headings(&self, history: &History) -> Vec<String> {
        let number = if history.session.is_none() { "SESSION" } else { "ENTRY" };
        let at = match self.times.mode {
            TimeMode::Age if self.has_time() => format!("  {:<17} {:>6}", "AT, UTC", "AGE"),
            TimeMode::Age | TimeMode::Universal => "  AT, UTC".to_owned(),
            TimeMode::Local => "  AT, LOCAL".to_owned(),
        };
        let mut cells = vec![at, format!("{number:>width$}", width = usize::from(self.number)), "ACTION".to_owned()];
        cells.extend(self.record.map(|_| "RECORD".to_owned()));
        cells.extend(["BY", "REASON"].map(str::to_owned));
        cells
    }

    fn cells(&self, entry: &StoredEntry, history: &History, sign: &str, theme: &Theme) -> Vec<String> {
        let fit = |text: &str, width: u16| theme.fit(text, usize::from(width));
        let number = number_of(entry, history);
        let number = format!("{number:>width$}", width = usize::from(self.number));
        let at = entry::instant(&entry.at, |at| self.instant(at));
        let mut cells = vec![format!("{sign} {}", fit(&at, self.at)), number, fit(&entry.action, self.action)];
        let body = entry.parse_body();
        cells.extend(self.record.map(|width| fit(&record(body.as_ref()), width)));
        let (by, reason) = match body {
            Some(body) => (body.by, body.reason.unwrap_or_else(|| theme.signs.none.to_owned())),
            None => ("?".to_owned(), format!("{} this entry cannot be read", theme.signs.bad)),
        };
        cells.extend([fit(&by, self.by), fit(&reason, self.reason)]);
        cells
    }
}

/// The number that tells an entry from its neighbours: of its session among all, of the entry in one session.
fn number_of(entry: &StoredEntry, history: &History) -> i64 {
    if history.session.is_none() { entry.session } else { entry.seq }
}

fn record(body: Option<&AuditBody>) -> String {
    body.and_then(|body| body.host_session).map_or(String::new(), |id| format!("#{id}"))
}

fn table(history: &History, times: Times, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let window = &history.window;
    let columns = Columns::of(area.width, history, times);
    let height = usize::from(area.height.saturating_sub(1));
    let shown = window.entries.iter().enumerate().skip(window.top).take(height);
    let rows = shown.map(|(place, entry)| {
        let here = place == window.cursor;
        let sign = if here { theme.signs.here } else { " " };
        let row = Row::new(columns.cells(entry, history, sign, theme));
        if here { row.style(theme.selection) } else { row.style(theme.plain) }
    });
    let header = Row::new(columns.headings(history)).style(theme.dim);
    frame.render_widget(Table::new(rows, columns.widths()).header(header).column_spacing(1), area);
}

/// The last line: the search, how far it went, or what could not be read.
fn draw_foot(model: &Model, history: &History, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(area.width);
    let window = &history.window;
    let line = |said: &str, style| Line::styled(theme.fit(said, width), style);
    if history.mode == Mode::Typing {
        let room = width.saturating_sub(3);
        let (scroll, column) = text::scrolled(&history.input, room);
        let shown = format!("/ {}", text::window(history.input.value(), scroll, room));
        frame.render_widget(Line::styled(shown, theme.strong), area);
        let column = u16::try_from(column).unwrap_or(0);
        frame.set_cursor_position(Position::new(area.x + 2 + column, area.y));
        return;
    }
    let shown = match (&window.fault, window.entries.is_empty()) {
        (Some(fault), false) => {
            let again = model.keys.of(&Ui::History(Refresh));
            line(&format!("{} {}; {again} tries again.", theme.signs.bad, text::clean(fault)), theme.danger)
        }
        (Some(_), true) | (None, _) if window.search.is_empty() => line(&reading(model, history), theme.caution),
        (Some(_), true) | (None, _) => line(&format!("/ {}   {}", window.text, progress(model, history)), theme.strong),
    };
    frame.render_widget(shown, area);
}

/// Says that entries are waited for, once that shows.
fn reading(model: &Model, history: &History) -> String {
    let slow = |since| model.now.millis_since(since) >= crate::tui::SLOW;
    let since = history.window.loading.map(|loading| loading.since).filter(|since| slow(*since));
    let stop = model.keys.of(&Ui::History(Up));
    since.map_or(String::new(), |since| format!("reading, {}; {stop} stops it", text::waited(since, model.now)))
}

/// Says what a search found, and how far it looked.
fn progress(model: &Model, history: &History) -> String {
    let window = &history.window;
    let count = window.entries.len();
    let place = if count == 0 { String::new() } else { format!("{} of ", window.cursor + 1) };
    let back = window.reached.as_deref().and_then(EventId::instant_in);
    let back = back.map_or(String::new(), |at| format!(" back to {}", model.times().absolute(at)));
    if let Some(loading) = &window.loading {
        let (waited, stop) = (text::waited(loading.since, model.now), model.keys.of(&Ui::History(Up)));
        return format!("{place}{count} found, searching{back}, {waited}; {stop} stops it");
    }
    if window.at_oldest {
        return format!("{place}{count} found, that is all");
    }
    if window.is_full() {
        return format!("{place}{count} found{back}: no more are shown; say more to find less");
    }
    let on = model.keys.of(&Ui::History(Move(Motion::PageDown)));
    format!("{place}{count} found, searched{back}; {on} goes on")
}
