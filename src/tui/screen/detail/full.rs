//! One session full-screen: everything that `show` tells, to be scrolled.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::{Whole, chain_style, consequence, event_line, follow_cursor, people, record_fields, scrolled, status};
use crate::domain::consolidation::{AMBIGUOUS_WITHIN, choose};
use crate::domain::host_record::{HostRecord, RecordState};
use crate::domain::session::{Session, SessionId};
use crate::domain::snapshot::current_of;
use crate::domain::time::Timestamp;
use crate::tui::effect::Effect;
use crate::tui::message::{PagerUi, Ui};
use crate::tui::model::Model;
use crate::tui::possible::refused;
use crate::tui::screen::reason::{self, Purpose};
use crate::tui::screen::{Screen, history, records, sessions, verification};
use crate::tui::theme::Theme;
use crate::tui::view::times::Times;
use crate::tui::view::{frame_of, layout, text};

/// Entries that are shown; the history has them all.
const EVENTS: usize = 10;

/// The detail of a session that has the whole screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full {
    /// Whose it is, wherever the cursor of the list is.
    pub session: SessionId,
    /// Lines that are scrolled away.
    pub scroll: usize,
}

/// Opens the session under the cursor.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some(session) = model.list.target().map(|row| row.session.id) else { return Vec::new() };
    model.screen = Screen::Detail(Full { session, scroll: 0 });
    let mut effects = sessions::hold(model);
    effects.extend(follow_cursor(model, false));
    effects
}

/// Carries out what a person does before it.
pub fn update(model: &mut Model, full: Full, ui: PagerUi) -> Vec<Effect> {
    // Where something is refused, the reader stays where they are.
    model.screen = Screen::Detail(full);
    match ui {
        PagerUi::Move(motion) => {
            let (columns, page) = layout::page(model);
            let total = lines(model, full.session, &Theme::new(false), columns).len();
            model.screen = Screen::Detail(Full { scroll: scrolled(full.scroll, motion, page, total), ..full });
            Vec::new()
        }
        PagerUi::History => history::open_of(model, Some(full.session), Screen::Detail(full)),
        PagerUi::Rotate => change(model, full.session, ui, Purpose::Rotate),
        PagerUi::Revoke => change(model, full.session, ui, Purpose::Revoke),
        PagerUi::Consolidate => change(model, full.session, ui, Purpose::Consolidate),
        PagerUi::Verify => verification::begin(model, Some(full.session)),
        PagerUi::Back => {
            model.screen = Screen::Sessions;
            follow_cursor(model, false)
        }
    }
}

fn change(model: &mut Model, session: SessionId, ui: PagerUi, purpose: Purpose) -> Vec<Effect> {
    refused(model, &Ui::Pager(ui)).unwrap_or_else(|| reason::open_for(model, purpose, session))
}

/// Draws it.
pub fn draw(model: &Model, full: &Full, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = format!(" Session {} ", full.session);
    let (_, page) = layout::page(model);
    let inner_width = usize::from(area.width.saturating_sub(2));
    let lines = lines(model, full.session, theme, inner_width);
    let right = if lines.len() > page {
        let last = (full.scroll + page).min(lines.len());
        format!("lines {} to {last} of {}", full.scroll + 1, lines.len())
    } else {
        String::new()
    };
    let inner = frame_of(&title, &right, true, theme, area, frame);
    frame.render_widget(Paragraph::new(lines.into_iter().skip(full.scroll).collect::<Vec<_>>()), inner);
}

fn whole(model: &Model, id: SessionId) -> Option<&Whole> {
    model.detail.whole.as_ref().filter(|whole| whole.id == id)
}

fn lines(model: &Model, id: SessionId, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(whole) = whole(model, id) else {
        let (said, style) = super::unread(model, id, theme);
        let back = model.keys.of(&Ui::Pager(PagerUi::Back));
        let further = if style == theme.danger {
            format!("Nothing was changed. {back} goes back; when it is opened again it is read again.")
        } else {
            format!("{back} goes back.")
        };
        let further = (further, theme.dim);
        let told = [(said, style), further].into_iter();
        let told = told.flat_map(|(said, style)| theme.wrap(&said, width).into_iter().map(move |line| (line, style)));
        return told.map(|(line, style)| Line::styled(line, style)).collect();
    };
    let (times, records) = (model.times(), &whole.snapshot.records);
    let now = times.now;
    let mut lines = if let Some(session) = &whole.snapshot.session {
        of_session(session, times, theme, width)
    } else {
        let gone = format!("There is no session {id} any more.");
        vec![Line::styled(theme.fit(&gone, width), theme.caution), Line::default()]
    };
    let current = current_of(records, now);
    lines.extend(of_records(records, current, times, theme, width));
    if let Some(session) = &whole.snapshot.session {
        lines.push(Line::styled("If rotated now", theme.strong));
        let said = theme.wrap(&consequence(session, current), width.saturating_sub(2));
        lines.extend(said.into_iter().map(|line| Line::styled(format!("  {line}"), theme.plain)));
        lines.push(Line::default());
    }
    lines.extend(of_history(model, whole, theme, width));
    lines
}

fn of_session(session: &Session, times: Times, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let none = theme.signs.none;
    let at = |at: Option<Timestamp>| at.map_or_else(|| none.to_owned(), |at| times.instant(at));
    let fields = [
        ("Title", text::title(session)),
        ("Description", session.description.as_deref().map_or_else(|| none.to_owned(), text::clean)),
        ("Status", status(session, times.now, theme)),
        ("People", people(session, theme)),
        ("Started", at(session.started_at)),
        ("Ended", at(session.ended_at)),
        ("Expires", at(session.expires_at)),
        ("Group", text::clean(&session.group_id)),
        ("Created", times.instant(session.created_at)),
        ("Modified", times.instant(session.modified_at)),
    ];
    let wrapped = fields.iter().flat_map(|(label, value)| theme.field(label, value, width));
    wrapped.chain([Line::default()]).collect()
}

/// The records, the current one first, then the other active ones, then the retired ones, each from the latest on.
fn of_records(
    records: &[HostRecord],
    current: Option<&HostRecord>,
    times: Times,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'static>> {
    let now = times.now;
    let mut sorted: Vec<&HostRecord> = records.iter().collect();
    let is_current = |record: &HostRecord| Some(record.id) == current.map(|current| current.id);
    sorted.sort_by_key(|record| (!is_current(record), !record.is_active, std::cmp::Reverse(record.id)));
    let mut lines = Vec::new();
    if current.is_none() {
        lines.push(Line::styled("No active host record", theme.caution));
        lines.push(Line::default());
    }
    if let Some(choice) = choose(records, AMBIGUOUS_WITHIN, now) {
        let active: Vec<HostRecord> = records.iter().filter(|record| record.is_active).cloned().collect();
        lines.extend(records::crowd_in_lines(&active, choice, times, theme, width));
        lines.push(Line::default());
    }
    for record in sorted {
        let said = format!("Host record #{}   {}", record.id, state(record, is_current(record), now, theme));
        let style = if is_current(record) { theme.strong } else { theme.plain };
        lines.push(Line::styled(theme.fit(&said, width), style));
        record_fields(record, times, width, theme, &mut lines);
        if !record.is_active {
            let by = record.revoked_by.as_deref().map_or(String::new(), |by| format!(" by {}", text::clean(by)));
            let at = record.revoked_at.map_or(theme.signs.none.to_owned(), |at| times.instant(at));
            lines.push(theme.labelled("Retired", &format!("{at}{by}"), width));
        }
        lines.push(Line::default());
    }
    lines
}

/// Says how a record stands, by sign and word.
fn state(record: &HostRecord, is_current: bool, now: Timestamp, theme: &Theme) -> String {
    let signs = theme.signs;
    let (sign, what) = match record.state(now) {
        RecordState::Active if record.is_valid(now) => (signs.good, "active"),
        // Another program wrote both.
        RecordState::Active => (signs.bad, "active and revoked"),
        RecordState::Expired => (signs.bad, "expired"),
        RecordState::Duplicate if is_current => ("!", "duplicate, the best of them"),
        RecordState::Duplicate => ("!", "duplicate"),
        RecordState::Retired => (signs.none, "retired"),
    };
    let works = if record.is_valid(now) { "its Host GUID works" } else { "its Host GUID is not accepted" };
    format!("{sign} {what}: {works}")
}

fn of_history(model: &Model, whole: &Whole, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let chain = format!("History   {}", whole.chain_text(theme));
    let mut lines = vec![Line::styled(theme.fit(&chain, width), chain_style(whole, theme))];
    lines.extend(whole.entries.iter().take(EVENTS).map(|entry| event_line(entry, theme, width)));
    let more = usize::try_from(whole.snapshot.head.seq).is_ok_and(|count| count > EVENTS);
    let all = || format!("  {} shows the others", model.keys.of(&Ui::Pager(PagerUi::History)));
    lines.extend(more.then(|| Line::styled(theme.fit(&all(), width), theme.dim)));
    lines
}
