//! How the list looks: its columns, its words for a record, and what stands in place of rows.

use ratatui::Frame;
use ratatui::layout::{Constraint, Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row, Table};

use crate::config::TimeMode;
use crate::domain::host_record::{HostRecord, RecordState};
use crate::domain::order::{Order, SortKey};
use crate::domain::snapshot::current_of;
use crate::domain::time::Timestamp;
use crate::store::SessionRow;
use crate::tui::message::{FilterUi, Global, MainUi, Ui};
use crate::tui::model::{Model, Panel};
use crate::tui::screen::Screen;
use crate::tui::screen::filter;
use crate::tui::screen::sessions::{Land, counting, marking, progress};
use crate::tui::theme::Theme;
use crate::tui::view::times::Times;
use crate::tui::view::{frame_of, layout, text};

/// Columns of a status.
const STATUS: u16 = 11;

/// Draws the list.
pub fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let list = &model.list;
    let inner = frame_of(
        " 1 Sessions ",
        &right_title(model, theme, usize::from(area.width).saturating_sub(18)),
        layout::focused(model) == Panel::Sessions,
        theme,
        area,
        frame,
    );
    let mut rows_area = inner;
    let height = model.filter_lines();
    if height > 0 && rows_area.height > height {
        filter::draw(model, theme, Rect { height, ..inner }, frame);
        rows_area = Rect { y: inner.y + height, height: inner.height - height, ..inner };
    }
    foot(model, theme, area, frame);
    if list.rows.is_empty() {
        frame.render_widget(Paragraph::new(empty_text(model, theme, usize::from(rows_area.width))), rows_area);
        return;
    }
    let height = usize::from(rows_area.height.saturating_sub(1));
    let begun = marking::begun(model);
    let shown = list.rows.iter().enumerate().skip(list.top).take(height);
    let times = model.times();
    let columns = Columns::for_rows(rows_area.width, &list.rows, list.order, times);
    let rows = shown.map(|(place, row)| {
        let id = row.session.id;
        let here = Some(id) == list.cursor;
        let mark = match (model.marks.ids.contains(id), begun.contains(&place)) {
            (true, _) => theme.signs.good,
            (false, true) => theme.signs.between,
            (false, false) => " ",
        };
        let signs = [if here { theme.signs.here } else { " " }, mark].concat();
        let line = Row::new(columns.cells(row, &signs, times, theme));
        if here { line.style(theme.selection) } else { line }
    });
    let header = Row::new(columns.headings(list.order, theme)).style(theme.dim);
    frame.render_widget(Table::new(rows, columns.widths()).header(header).column_spacing(1), rows_area);
}

/// Draws into the border below the list what is marked, and in which row the cursor is.
fn foot(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let line = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }.inner(Margin::new(1, 0));
    let row = row_words(model);
    let row = row.map_or(String::new(), |row| format!(" {row} "));
    let marked = model
        .marks
        .words(!model.list.filter.is_empty(), &model.keys)
        .map_or(String::new(), |words| format!(" {words} "));
    let room = usize::from(line.width);
    if text::width(&marked) + text::width(&row) <= room {
        frame.render_widget(Line::styled(row, theme.dim).right_aligned(), line);
    }
    let marked = theme.fit(&marked, room);
    let width = u16::try_from(text::width(&marked)).unwrap_or(line.width);
    frame.render_widget(Line::styled(marked, theme.strong), Rect { width, ..line });
}

/// Says in which row the cursor is, and of how many, as far as that is known.
fn row_words(model: &Model) -> Option<String> {
    let list = &model.list;
    let row = list.position().filter(|_| list.at_start)? + 1;
    let all = counting::of_list(model).and_then(|number| number.short(list.rows.len()));
    Some(all.map_or(format!("row {row}"), |all| format!("row {row}/{all}")))
}

/// Says what is shown, in what order, and how many there are, as far as that has room.
fn right_title(model: &Model, theme: &Theme, room: usize) -> String {
    let list = &model.list;
    if !filter::is_understood(model) {
        return "not a filter yet".to_owned();
    }
    let sorted = (list.order != Order::default()).then(|| sort_words(model, theme));
    let said = |found: String| {
        let said = [sorted.clone(), Some(found)].into_iter().flatten().filter(|words| !words.is_empty());
        said.collect::<Vec<_>>().join("   ")
    };
    let found = found_words(model, theme);
    let all = list.numbers.all.filter(|_| !list.filter.is_empty()).and_then(|all| all.short(0));
    // While it is searched nothing is found yet.
    let all = all.filter(|_| !is_searching(model));
    let with_all = all.map(|all| said(format!("{found} of {all}"))).filter(|words| text::width(words) <= room);
    with_all.unwrap_or_else(|| said(found))
}

fn sort_words(model: &Model, theme: &Theme) -> String {
    let list = &model.list;
    let sign = if list.order.descending { theme.signs.descending } else { theme.signs.ascending };
    let again = || format!(", {} sorts again", model.keys.main(MainUi::Refresh));
    let again = if list.moved.is_empty() { String::new() } else { again() };
    format!("sort: {} {sign}{again}", list.order.key.word())
}

/// Tells whether the rows of the filter are being read.
fn is_searching(model: &Model) -> bool {
    model.list.loading.as_ref().is_some_and(|loading| loading.land == Land::Match)
}

fn found_words(model: &Model, theme: &Theme) -> String {
    let list = &model.list;
    if list.filter.is_empty() {
        return list.numbers.all.and_then(|all| all.words("sessions", 0, model.times())).unwrap_or_default();
    }
    if is_searching(model) {
        return format!("searching {}", theme.signs.ellipsis);
    }
    let found = counting::of_list(model).and_then(|number| number.words("found", list.rows.len(), model.times()));
    found.unwrap_or_else(|| "filtered".to_owned())
}

/// What stands in place of rows: it says what is being done, or what to do next.
fn empty_text(model: &Model, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let list = &model.list;
    let [again, quit, filter] = [MainUi::Refresh, MainUi::Quit, MainUi::Filter].map(|does| model.keys.main(does));
    let help = model.keys.of(&Ui::Global(Global::Help));
    let typing = matches!(model.screen, Screen::Filter);
    let drop = model.keys.of(&if typing { Ui::Filter(FilterUi::Discard) } else { Ui::Main(MainUi::Back) });
    let bad = |what: &str| (format!("{} {}", theme.signs.bad, text::clean(what)), theme.danger);
    let plain = |text: String| (text, theme.plain);
    let told = if let Some(failure) = &list.failure {
        vec![bad(&failure.what), plain(format!("Nothing was changed. {again} tries again; {quit} quits."))]
    } else if list.loading.is_some() {
        let short = || format!("Reading the sessions {}", theme.signs.ellipsis);
        vec![plain(progress(model, theme).unwrap_or_else(short))]
    } else if !filter::is_understood(model) {
        let why = "This is not a filter yet: the line above says why.".to_owned();
        vec![plain(why), plain(format!("{drop} takes it away."))]
    } else if !list.filter.is_empty() {
        let none = format!("No session matches the filter: {}", text::clean(&list.filter));
        vec![plain(none), plain(format!("{drop} takes it away; {filter} changes it."))]
    } else {
        return no_sessions(&format!("{again} reads again; {help} shows the keys; {quit} quits."), theme, width);
    };
    let lines =
        told.into_iter().flat_map(|(text, style)| theme.wrap(&text, width).into_iter().map(move |line| (line, style)));
    lines.map(|(line, style)| Line::styled(line, style)).collect()
}

/// What the first one sees who comes to a database. A command stands on one line, to be copied.
fn no_sessions(keys: &str, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    const WAYS: [(&str, &str); 3] = [
        ("Add one:", "host-provisioner session add --title \"My session\""),
        ("Use another database:", "host-provisioner --database-url sqlite:/path/to/file.db"),
        ("Try a made-up world:", "host-provisioner demo"),
    ];
    let plain = |text: &str| Line::styled(text.to_owned(), theme.plain);
    let label = 22;
    let fits = WAYS.iter().all(|(_, command)| label + 1 + command.len() <= width);
    let mut lines = vec![plain("There are no sessions yet."), Line::default()];
    for (what, command) in WAYS {
        if fits {
            lines.push(plain(&format!("{what:<label$} {command}")));
        } else {
            lines.extend([plain(what), plain(&format!("  {command}"))]);
        }
    }
    lines.push(Line::default());
    lines.extend(theme.wrap(keys, width).into_iter().map(|line| Line::styled(line, theme.plain)));
    lines
}

/// Which columns there is room for; they drop from the right but for the record, which is what people look for.
struct Columns {
    width: u16,
    id: u16,
    record: u16,
    status: bool,
    people: Option<u16>,
    /// That of the record's age, or of when it was made.
    age: Option<u16>,
    /// What heads it.
    made: &'static str,
    /// Whether the time of day has room beside the date.
    time_of_day: bool,
}

impl Columns {
    fn for_rows(width: u16, rows: &[SessionRow], order: Order, times: Times) -> Self {
        let digits = |largest: Option<i64>| u16::try_from(largest.map_or(1, |id| id.to_string().len())).unwrap_or(19);
        let id = digits(rows.iter().map(|row| row.session.id.get()).max()).max(5);
        let records = rows.iter().flat_map(|row| &row.active);
        // `#`, the id, a blank, and 12 digits of the fingerprint.
        let record = 14 + digits(records.map(|record| record.id.get()).max()).clamp(3, 10);
        let time_of_day = width >= 74;
        let made = match times.mode {
            TimeMode::Age => "AGE",
            TimeMode::Local => "MADE, LOCAL",
            TimeMode::Universal => "MADE, UTC",
        };
        let widest = match (times.mode, time_of_day) {
            (TimeMode::Age, _) => 6,
            (TimeMode::Local | TimeMode::Universal, true) => 16,
            (TimeMode::Local | TimeMode::Universal, false) => 10,
        };
        let more = rows.iter().map(|row| row.active.len()).max().filter(|most| *most > 1);
        // A blank, `+`, and how many more there are.
        let more = more.map_or(0, |most| 2 + digits(i64::try_from(most - 1).ok()));
        let heading = if order.key == SortKey::Age { made.len() + 2 } else { made.len() };
        let age = (widest + more).max(u16::try_from(heading).unwrap_or(0)).max(8);
        Self {
            width,
            id: id + 2,
            record,
            status: width >= 66,
            people: (width >= 74).then_some(if order.key == SortKey::People { 8 } else { 6 }),
            age: (width >= 50).then_some(age),
            made,
            time_of_day,
        }
    }

    /// Gives the columns beside the title.
    fn beside_title(&self) -> Vec<u16> {
        let optional = [self.status.then_some(STATUS), self.people, Some(self.record), self.age];
        optional.into_iter().flatten().collect()
    }

    fn title(&self) -> u16 {
        let beside = self.beside_title();
        let gaps = u16::try_from(beside.len() + 1).unwrap_or(0);
        self.width.saturating_sub(self.id + beside.iter().sum::<u16>() + gaps)
    }

    fn widths(&self) -> Vec<Constraint> {
        [self.id, self.title()].into_iter().chain(self.beside_title()).map(Constraint::Length).collect()
    }

    fn headings(&self, order: Order, theme: &Theme) -> Vec<Cell<'static>> {
        let sign = if order.descending { theme.signs.descending } else { theme.signs.ascending };
        let label = |key: SortKey, label: &str| {
            if order.key == key { format!("{label} {sign}") } else { label.to_owned() }
        };
        let right = |text: String, width: u16| Cell::from(format!("{text:>width$}", width = usize::from(width)));
        let mut cells = vec![right(label(SortKey::Id, "ID"), self.id), Cell::from(label(SortKey::Title, "TITLE"))];
        cells.extend(self.status.then(|| Cell::from(label(SortKey::Status, "STATUS"))));
        cells.extend(self.people.map(|width| right(label(SortKey::People, "PEOPLE"), width)));
        cells.push(Cell::from(label(SortKey::Record, "HOST RECORD")));
        cells.extend(self.age.map(|width| right(label(SortKey::Age, self.made), width)));
        cells
    }

    fn cells(&self, row: &SessionRow, signs: &str, times: Times, theme: &Theme) -> Vec<Cell<'static>> {
        let session = &row.session;
        let id = format!("{signs}{:>width$}", session.id, width = usize::from(self.id) - 2);
        let mut cells = vec![Cell::from(id), Cell::from(theme.fit(&text::title(session), usize::from(self.title())))];
        if self.status {
            let live = session.status.as_deref() == Some("Active");
            let style = if live { theme.good } else { theme.plain };
            let status = theme.fit(&theme.status(session), usize::from(STATUS));
            cells.push(Cell::from(Span::styled(status, style)));
        }
        if let Some(width) = self.people {
            let width = usize::from(width);
            let people = session.participant_count.map_or(theme.signs.none.to_owned(), |n| n.to_string());
            // Part of a number would be another number.
            cells.push(Cell::from(format!("{:>width$}", theme.fit(&people, width))));
        }
        let current = current_of(&row.active, times.now);
        let (record, style) = record_cell(current, times.now, theme);
        cells.push(Cell::from(Span::styled(theme.fit(&record, usize::from(self.record)), style)));
        if let Some(width) = self.age {
            let age = current.map_or(String::new(), |record| self.age_of(record, row.active.len() - 1, times));
            cells.push(Cell::from(format!("{age:>width$}", width = usize::from(width))));
        }
        cells
    }

    /// Says how old a record is, or when it was made, and how many more are active.
    fn age_of(&self, record: &HostRecord, more: usize, times: Times) -> String {
        let more = if more > 0 { format!("+{more}") } else { String::new() };
        match times.mode {
            TimeMode::Age => format!("{} {more}", record.created_at.relative(times.now)).trim_end().to_owned(),
            // Behind a time it would be the distance from UTC.
            TimeMode::Local | TimeMode::Universal => {
                format!("{more} {}", times.in_column(record.created_at, self.time_of_day)).trim_start().to_owned()
            }
        }
    }
}

/// Says in few words what the session's host record is like: sign and word, not colour alone.
fn record_cell(current: Option<&HostRecord>, now: Timestamp, theme: &Theme) -> (String, ratatui::style::Style) {
    let Some(record) = current else { return ("none".to_owned(), theme.dim) };
    let id = record.id;
    match record.state(now) {
        // Another program wrote both.
        RecordState::Active if record.is_revoked() => (format!("#{id} {} revoked", theme.signs.bad), theme.caution),
        RecordState::Active => (format!("#{id} {}", record.hash.fingerprint()), theme.plain),
        RecordState::Expired => (format!("#{id} {} expired", theme.signs.bad), theme.caution),
        RecordState::Duplicate => (format!("#{id} ! duplicate"), theme.caution),
        RecordState::Retired => (format!("#{id} retired"), theme.dim),
    }
}
