//! One session whole: as a panel beside the list, and [full-screen](full).

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::{Screen, records};
use crate::domain::audit::{Finding, Trail, verify};
use crate::domain::chain::StoredEntry;
use crate::domain::consolidation::{AMBIGUOUS_WITHIN, choose};
use crate::domain::host_record::{HostRecord, RecordState};
use crate::domain::session::{Session, SessionId};
use crate::domain::snapshot::{Snapshot, current_of};
use crate::domain::time::Timestamp;
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::{MainUi, Motion};
use crate::tui::model::{Model, Panel};
use crate::tui::theme::Theme;
use crate::tui::view::times::Times;
use crate::tui::view::{frame_of, layout, text};

pub mod full;

/// Entries that one question asks for.
pub const ENTRIES: u32 = 500;

/// What is known of the session under the cursor beyond its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// The question under way.
    pub asked: Option<Asked>,
    /// The answer.
    pub whole: Option<Whole>,
    /// Why there is none, and of which session.
    pub failure: Option<(SessionId, String)>,
}

/// A question for a session that is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub ticket: Ticket,
    /// Whose.
    pub session: SessionId,
    /// When it was asked.
    pub since: Timestamp,
}

/// Says why a session is not there to be shown: what is being read and since when, or why it could not be.
fn unread(model: &Model, id: SessionId, theme: &Theme) -> (String, Style) {
    let detail = &model.detail;
    if let Some((_, why)) = detail.failure.as_ref().filter(|(session, _)| *session == id) {
        return (format!("{} {}", theme.signs.bad, text::clean(why)), theme.danger);
    }
    let since = detail.asked.map(|asked| asked.since).filter(|since| model.now.millis_since(*since) >= SLOW);
    let said = match since {
        None => format!("Reading session {id} {}", theme.signs.ellipsis),
        Some(since) => {
            let (turn, waited) = (theme.turn(since, model.now), text::waited(since, model.now));
            format!("{turn} Reading session {id}, {waited}")
        }
    };
    (said, theme.plain)
}

/// A session, its records and its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Whose it is.
    pub id: SessionId,
    /// The session and all its records.
    pub snapshot: Snapshot,
    /// Its newest entries, newest first.
    pub entries: Vec<StoredEntry>,
    /// What verifying its chain found; `None` when not all entries were read.
    pub chain: Option<Finding>,
}

impl Whole {
    /// Puts a session and its entries together, and verifies them where all entries are there.
    #[must_use]
    pub fn new(id: SessionId, snapshot: Snapshot, entries: Vec<StoredEntry>) -> Self {
        let complete = i64::try_from(entries.len()).is_ok_and(|count| count == snapshot.head.seq);
        let chain = snapshot.session.as_ref().filter(|_| complete).map(|session| {
            let entries = entries.iter().rev().cloned().collect();
            let records = snapshot.records.clone();
            verify(&Trail { session: session.id.get(), exists: true, entries, records, ..Trail::default() })
        });
        Self { id, snapshot, entries, chain }
    }

    /// Sums the history up in a few words.
    #[must_use]
    pub fn chain_text(&self, theme: &Theme) -> String {
        let count = self.snapshot.head.seq;
        let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
        match &self.chain {
            None if count == 0 => entries,
            None => format!("{entries}, not verified"),
            Some(Finding::Intact | Finding::SessionDeleted) => format!("{entries}, chain intact"),
            Some(Finding::Unaudited) => "none: from before this program".to_owned(),
            Some(Finding::Damaged(damage)) => format!("{entries}, {} {} DAMAGED", theme.signs.bad, damage.len()),
        }
    }
}

/// Gives the session that is looked at: that of the screen, else the one under the cursor.
fn looked_at(model: &mut Model) -> Option<SessionId> {
    let of_screen = match model.screen.beneath() {
        Screen::Detail(full) => Some(full.session),
        Screen::History(history) => history.session,
        Screen::Sessions
        | Screen::Filter
        | Screen::LogSearch
        | Screen::Reason(_)
        | Screen::Confirm(_)
        | Screen::Consolidation(_)
        | Screen::Report(_)
        | Screen::Reveal(_)
        | Screen::Help(_)
        | Screen::Palette(_)
        | Screen::Profiles(_)
        | Screen::Overview
        | Screen::Warnings(_)
        | Screen::Findings(_)
        | Screen::Leave => None,
    };
    of_screen.or_else(|| model.list.selected().map(|row| row.session.id))
}

/// Asks for the session that is looked at, unless it is known or asked for already.
pub fn follow_cursor(model: &mut Model, again: bool) -> Vec<Effect> {
    let Some(id) = looked_at(model) else {
        model.detail = Detail::default();
        return Vec::new();
    };
    let known = model.detail.whole.as_ref().map(|whole| whole.id);
    let asked = model.detail.asked.map(|asked| asked.session);
    if !again && (asked == Some(id) || (asked.is_none() && known == Some(id))) {
        return Vec::new();
    }
    let ticket = model.ticket();
    if known != Some(id) {
        model.detail.whole = None;
    }
    let stopped = model.detail.asked.replace(Asked { ticket, session: id, since: model.now });
    let stop = stopped.map(|old| Effect::CancelLoad(old.ticket));
    stop.into_iter().chain([Effect::Load(ticket, Query::Detail(id))]).collect()
}

/// Moves through `total` lines of which `page` are shown.
#[must_use]
pub fn scrolled(scroll: usize, motion: Motion, page: usize, total: usize) -> usize {
    let most = total.saturating_sub(page);
    match motion {
        Motion::Up => scroll.saturating_sub(1),
        Motion::Down => scroll + 1,
        Motion::HalfUp => scroll.saturating_sub(page / 2),
        Motion::HalfDown => scroll + page / 2,
        Motion::PageUp => scroll.saturating_sub(page),
        Motion::PageDown => scroll + page,
        Motion::First => 0,
        Motion::Last => most,
    }
    .min(most)
}

/// Draws the panel of the main screen.
pub fn draw_panel(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = model.list.selected().map_or(String::new(), |row| format!("Session {}", row.session.id));
    let inner = frame_of(" 2 Detail ", &title, layout::focused(model) == Panel::Detail, theme, area, frame);
    frame.render_widget(Paragraph::new(lines(model, theme, usize::from(inner.width))), inner);
}

fn lines(model: &Model, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(row) = model.list.selected() else {
        let none = match (model.list.rows.is_empty(), model.list.loading.is_some()) {
            (true, true) => "Nothing is read yet.",
            (true, false) => "No session under the cursor.",
            // Nothing acts on the row that moved up in its place before a person has seen it there.
            (false, _) => "Not in this list any more. Move on.",
        };
        return vec![Line::styled(none, theme.dim)];
    };
    let mut lines = Vec::new();
    let mut put = |label: &str, value: String| lines.push(theme.labelled(label, &value, width));
    let (session, times) = (&row.session, model.times());
    let now = times.now;
    put("Title", text::title(session));
    put("Status", status(session, now, theme));
    put("People", people(session, theme));
    put("Description", text::clean(session.description.as_deref().unwrap_or(theme.signs.none)));
    put("Created", times.instant_in(session.created_at, theme.value_room(width)));
    lines.push(Line::default());
    let current = current_of(&row.active, now);
    match (current, choose(&row.active, AMBIGUOUS_WITHIN, now)) {
        (None, _) => lines.push(Line::styled("No active host record", theme.caution)),
        (Some(record), None) => record_lines(record, times, width, theme, &mut lines),
        (Some(_), Some(choice)) => lines.extend(records::crowd(&row.active, choice, times, theme, width)),
    }
    lines.push(Line::default());
    lines.push(Line::styled("If rotated now", theme.strong));
    let consequence = theme.wrap(&consequence(session, current), width.saturating_sub(2));
    lines.extend(consequence.into_iter().map(|line| Line::styled(format!("  {line}"), theme.plain)));
    lines.push(Line::default());
    history_lines(model, session.id, width, theme, &mut lines);
    lines
}

fn record_lines(record: &HostRecord, times: Times, width: usize, theme: &Theme, lines: &mut Vec<Line<'static>>) {
    lines.push(Line::styled(format!("Host record #{}", record.id), theme.strong));
    let state = match record.state(times.now) {
        RecordState::Active if record.is_revoked() => "revoked: not accepted",
        other => other.word(),
    };
    lines.push(theme.labelled("State", state, width));
    record_fields(record, times, width, theme, lines);
}

fn record_fields(record: &HostRecord, times: Times, width: usize, theme: &Theme, lines: &mut Vec<Line<'static>>) {
    let at = |at| times.instant_in(at, theme.value_room(width));
    let or_never = |end: Option<Timestamp>| end.map_or("never".to_owned(), at);
    let mut put = |label: &str, value: String| lines.push(theme.labelled(label, &value, width));
    put("Fingerprint", record.hash.fingerprint().short());
    put("Made by", text::clean(record.created_by.as_deref().unwrap_or(theme.signs.none)));
    put("Made at", at(record.created_at));
    put("Expires", or_never(record.expires_at));
    put("Last used", or_never(record.last_used_at));
}

fn history_lines(model: &Model, id: SessionId, width: usize, theme: &Theme, lines: &mut Vec<Line<'static>>) {
    let whole = model.detail.whole.as_ref();
    let whole = whole.filter(|whole| whole.id == id);
    let Some(whole) = whole else {
        let (said, style) = unread(model, id, theme);
        lines.push(theme.labelled("History", "", width));
        let again = || format!("{} reads again.", model.keys.main(MainUi::Refresh));
        let said = if style == theme.danger { format!("{said}. {}", again()) } else { said };
        let said = theme.wrap(&said, width.saturating_sub(2));
        lines.extend(said.into_iter().map(|line| Line::styled(format!("  {line}"), style)));
        return;
    };
    lines.push(theme.labelled("History", "", width));
    let chain = format!("  {}", whole.chain_text(theme));
    lines.push(Line::styled(theme.fit(&chain, width), chain_style(whole, theme)));
    lines.extend(whole.entries.iter().take(6).map(|entry| event_line(entry, theme, width)));
}

fn chain_style(whole: &Whole, theme: &Theme) -> Style {
    if matches!(whole.chain, Some(Finding::Damaged(_))) { theme.danger } else { theme.plain }
}

fn event_line(entry: &StoredEntry, theme: &Theme, width: usize) -> Line<'static> {
    let body = entry.parse_body();
    let by = body.as_ref().map_or_else(|| "?".to_owned(), |body| text::clean(&body.by));
    let reason = body.and_then(|body| body.reason).map(|reason| text::clean(&reason)).unwrap_or_default();
    let line = format!("  {} {by}  {reason}", text::padded(&text::clean(&entry.action), 13));
    Line::styled(theme.fit(&line, width), theme.plain)
}

fn status(session: &Session, now: Timestamp, theme: &Theme) -> String {
    let since = session.started_at.filter(|at| session.is_live() && *at <= now);
    let since = since.map(|at| format!(" for {}", at.relative(now))).unwrap_or_default();
    format!("{}{since}", theme.status(session))
}

fn people(session: &Session, theme: &Theme) -> String {
    let count = session.participant_count.map_or(theme.signs.none.to_owned(), |count| count.to_string());
    session.max_participants.map_or(count.clone(), |most| format!("{count} of {most}"))
}

fn consequence(session: &Session, current: Option<&HostRecord>) -> String {
    match (current, session.people()) {
        (None, _) => "it gets a working Host GUID; nobody is signed out".to_owned(),
        (Some(_), people) if people > 0 => format!("the host of {people} people is signed out at once"),
        (Some(_), _) => "its host is signed out at once".to_owned(),
    }
}
