//! One entry of the history, whole.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::History;
use crate::domain::chain::{AuditBody, StoredEntry};
use crate::domain::time::Timestamp;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::times::Times;
use crate::tui::view::{frame_of, text};

/// Draws the entry under the cursor.
pub(super) fn draw(model: &Model, history: &History, scroll: usize, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let Some(entry) = history.window.entry() else { return };
    let title = format!(" Entry {} of session {} ", entry.seq, entry.session);
    let found = history.window.entries.len();
    let place = format!("{} of {found} found", history.window.cursor + 1);
    let right = if history.window.search.is_empty() { String::new() } else { place };
    let inner = frame_of(&title, &right, true, theme, area, frame);
    let lines = lines(history, model, theme, usize::from(inner.width));
    frame.render_widget(Paragraph::new(lines.into_iter().skip(scroll).collect::<Vec<_>>()), inner);
}

/// Writes an instant of an entry, or what stands in its place.
pub(super) fn instant(at: &str, write: impl Fn(Timestamp) -> String) -> String {
    Timestamp::parse_fixed_width(at).map_or_else(|| text::clean(at), write)
}

/// Writes the entry under the cursor line by line.
pub(super) fn lines(history: &History, model: &Model, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(entry) = history.window.entry() else { return Vec::new() };
    let both = |at| model.times().exact_instant(at);
    let mut fields = vec![("At", instant(&entry.at, both)), ("Action", text::clean(&entry.action))];
    match entry.parse_body() {
        Some(body) => fields.extend(told(&body, model.times(), theme)),
        None => fields.push(("Body", text::clean(&entry.body))),
    }
    fields.extend(hashes(entry));
    let wrapped = fields.iter().flat_map(|(label, value)| theme.field(label, value, width));
    wrapped.chain(unreadable(entry, theme, width)).collect()
}

fn told(body: &AuditBody, times: Times, theme: &Theme) -> Vec<(&'static str, String)> {
    let none = theme.signs.none;
    let or_none = |text: &Option<String>| text.as_deref().map_or_else(|| none.to_owned(), text::clean);
    let retired = body.retired.iter().map(|id| format!("#{id}")).collect::<Vec<_>>().join(", ");
    let end = |end: &str| instant(end, |end| times.exact_instant(end));
    let expires = body.expires.as_deref().map_or_else(|| "never".to_owned(), end);
    vec![
        ("Reason", or_none(&body.reason)),
        ("By", text::clean(&body.by)),
        ("OS user", text::clean(&body.os_user)),
        ("Client", text::clean(&body.client)),
        ("Record", body.host_session.map_or_else(|| none.to_owned(), |id| format!("#{id}"))),
        ("Retired", if retired.is_empty() { none.to_owned() } else { retired }),
        ("Expires", expires),
        ("Fingerprint", or_none(&body.new_fp)),
        ("Before it", or_none(&body.old_fp)),
    ]
}

/// The beginning of the entry's own hash is enough to compare with another print of it.
fn hashes(entry: &StoredEntry) -> [(&'static str, String); 2] {
    let hash: String = entry.entry_hash.chars().take(12).collect();
    [("Event", text::clean(&entry.event_id)), ("Entry hash", text::clean(&hash))]
}

fn unreadable(entry: &StoredEntry, theme: &Theme, width: usize) -> Option<Line<'static>> {
    let said = format!("{} this entry cannot be read: it was changed past this program", theme.signs.bad);
    entry.parse_body().is_none().then(|| Line::styled(theme.fit(&said, width), theme.danger))
}
