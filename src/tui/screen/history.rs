//! The history of one session, newest first, with the state of its chain.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::detail::{self, Whole, scrolled};
use super::reason::{self, Purpose};
use super::{Screen, sessions};
use crate::domain::audit::Finding;
use crate::domain::chain::StoredEntry;
use crate::domain::session::SessionId;
use crate::tui::effect::Effect;
use crate::tui::message::{PagerUi, Ui};
use crate::tui::model::Model;
use crate::tui::possible::refused;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_of, layout, text};

/// The history screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Whose.
    pub session: SessionId,
    /// Lines that are scrolled away.
    pub scroll: usize,
}

/// Opens the history of the session under the cursor, freshly read.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some(session) = model.list.target().map(|row| row.session.id) else { return Vec::new() };
    model.screen = Screen::History(History { session, scroll: 0 });
    let mut effects = sessions::hold(model);
    effects.extend(detail::follow_cursor(model, true));
    effects
}

/// Carries out what a person does in the history.
pub fn update(model: &mut Model, history: History, ui: PagerUi) -> Vec<Effect> {
    let (columns, page) = layout::page(model);
    match ui {
        PagerUi::Move(motion) => {
            let total = lines(model, &history, &Theme::new(false), columns).len();
            let scroll = scrolled(history.scroll, motion, page, total);
            model.screen = Screen::History(History { scroll, ..history });
            Vec::new()
        }
        PagerUi::History | PagerUi::Back => {
            model.screen = Screen::Sessions;
            Vec::new()
        }
        PagerUi::Rotate | PagerUi::Revoke => {
            // Where it is refused, the reader stays where they are.
            model.screen = Screen::History(history);
            let purpose = if ui == PagerUi::Rotate { Purpose::Rotate } else { Purpose::Revoke };
            refused(model, &Ui::Pager(ui)).unwrap_or_else(|| reason::open_for_cursor(model, purpose))
        }
    }
}

/// Draws the history.
pub fn draw(model: &Model, history: &History, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let state = whole(model, history)
        .map_or_else(|| format!("reading {}", theme.signs.ellipsis), |whole| whole.chain_text(theme));
    let title = format!(" History of session {} ", history.session);
    let inner = frame_of(&title, &state, true, theme, area, frame);
    let lines = lines(model, history, theme, usize::from(inner.width));
    frame.render_widget(Paragraph::new(lines.into_iter().skip(history.scroll).collect::<Vec<_>>()), inner);
}

fn whole<'a>(model: &'a Model, history: &History) -> Option<&'a Whole> {
    let mine = |whole: &&Whole| whole.id == history.session;
    model.detail.whole.as_ref().filter(mine)
}

fn lines(model: &Model, history: &History, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(whole) = whole(model, history) else {
        return vec![Line::styled(format!("Reading the history {}", theme.signs.ellipsis), theme.plain)];
    };
    let mut lines = Vec::new();
    if whole.snapshot.session.is_none() {
        let gone = format!("There is no session {} any more.", history.session);
        lines.push(Line::styled(theme.fit(&gone, width), theme.caution));
    }
    if let Some(Finding::Damaged(damage)) = &whole.chain {
        for found in damage {
            lines.push(Line::styled(theme.fit(&format!("{} {found}", theme.signs.bad), width), theme.danger));
        }
        lines.push(Line::default());
    }
    if whole.entries.is_empty() {
        lines.push(Line::styled("Nothing was done to this session with this program yet.", theme.plain));
        let [rotate, back] = [PagerUi::Rotate, PagerUi::Back].map(|does| model.keys.of(&Ui::Pager(does)));
        let told = format!("{rotate} rotates its Host GUID and begins its history; {back} goes back.");
        lines.push(Line::styled(theme.fit(&told, width), theme.dim));
    }
    lines.extend(whole.entries.iter().flat_map(|entry| entry_lines(entry, theme, width)));
    if i64::try_from(whole.entries.len()).is_ok_and(|count| count < whole.snapshot.head.seq) {
        lines.push(Line::styled("Older entries: host-provisioner history --session-id ID --before SEQ", theme.dim));
    }
    lines
}

fn entry_lines(entry: &StoredEntry, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let signs = theme.signs;
    let Some(body) = entry.parse_body() else {
        let line = format!("{:>4}  {} this entry cannot be read", entry.seq, signs.bad);
        return vec![Line::styled(line, theme.danger)];
    };
    let at = text::clean(&body.at).replace('T', " ");
    let at: String = at.chars().take(19).collect();
    let record = body.host_session.map_or(String::new(), |id| format!("#{id}"));
    let short = |fp: Option<String>| fp.map_or(signs.none.to_owned(), |fp| text::clean(&fp).chars().take(12).collect());
    let head = format!("{:>4}  {at}Z  {:<13} {record:<6} by {}", entry.seq, body.action.word(), text::clean(&body.by));
    let mut lines = vec![Line::styled(theme.fit(&head, width), theme.strong)];
    let mut put = |label: &str, value: String| {
        lines.push(Line::styled(theme.fit(&format!("      {label:<12} {value}"), width), theme.plain));
    };
    put("reason", body.reason.map_or(signs.none.to_owned(), |reason| text::clean(&reason)));
    put("fingerprint", format!("{} {} {}", short(body.old_fp), signs.to, short(body.new_fp)));
    if !body.retired.is_empty() {
        put("retired", body.retired.iter().map(|id| format!("#{id}")).collect::<Vec<_>>().join(", "));
    }
    if let Some(end) = body.expires {
        put("expires", text::clean(&end));
    }
    put("from", text::clean(&format!("{} on {}", body.os_user, body.client)));
    lines
}
