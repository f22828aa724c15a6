//! What became of several sessions.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::Screen;
use super::consolidation::CleanUp;
use super::detail::scrolled;
use crate::domain::session::SessionId;
use crate::provision::{Fate, SessionEnd};
use crate::tui::effect::Effect;
use crate::tui::keymap::KeyMap;
use crate::tui::marks::grouped;
use crate::tui::message::{Failure, MainUi, Motion, PagerUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, text};

/// A consolidation of several sessions that ended.
#[derive(Debug, Clone)]
pub struct Report {
    /// What became of each session that was come to.
    pub ends: Vec<SessionEnd>,
    /// The sessions that were not come to, and the one that failed.
    pub not_done: usize,
    /// Why not.
    pub stopped: Option<String>,
    /// The sessions that were left to a person from the start.
    pub ambiguous: Vec<SessionId>,
    /// Lines that are scrolled away.
    pub scroll: usize,
}

impl Report {
    /// Sums up what is over.
    #[must_use]
    pub fn of(clean_up: CleanUp, failure: Option<Failure>) -> Self {
        let CleanUp { sessions, ambiguous, ends, stopping, .. } = clean_up;
        let not_done = sessions.len().saturating_sub(ends.len());
        let unknown = ends.last().filter(|end| end.fate == Fate::Unknown && not_done > 0);
        let unknown = unknown.map(|end| format!("it is not known yet what became of session {}", end.session));
        let by_key = (stopping && not_done > 0).then(|| "stopped by a key".to_owned());
        let stopped = failure.map(|failure| failure.what).or(unknown).or(by_key);
        Self { ends, not_done, stopped, ambiguous, scroll: 0 }
    }
}

/// Carries out what a person does in the report.
pub fn update(model: &mut Model, mut report: Box<Report>, ui: PagerUi) -> Vec<Effect> {
    match ui {
        PagerUi::Move(motion) => {
            let (columns, lines) = model.size;
            let width = usize::from(popup::inner_width(Rect::new(0, 0, columns, lines)));
            let total = lines_of(&report, &model.keys, &Theme::new(false), width).len();
            report.scroll = scrolled(report.scroll, motion, usize::from(room(lines)), total);
            model.screen = Screen::Report(report);
        }
        PagerUi::Back
        | PagerUi::History
        | PagerUi::Rotate
        | PagerUi::Revoke
        | PagerUi::Consolidate
        | PagerUi::Verify => {
            model.screen = Screen::Sessions;
        }
    }
    Vec::new()
}

/// Counts the lines of the report that fit on a screen of so many.
fn room(lines: u16) -> u16 {
    lines.saturating_sub(5)
}

/// Draws the report.
pub fn draw(report: &Report, keys: &KeyMap, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(popup::inner_width(area));
    let lines = lines_of(report, keys, theme, width);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let [down, up, back] =
        [PagerUi::Move(Motion::Down), PagerUi::Move(Motion::Up), PagerUi::Back].map(|does| keys.of(&Ui::Pager(does)));
    let title = format!(" Consolidation: what was done   ({down} {up} scroll, {back} closes) ");
    let inner = popup(&title, rows, theme, area, frame);
    frame.render_widget(Paragraph::new(lines.into_iter().skip(report.scroll).collect::<Vec<_>>()), inner);
}

fn lines_of(report: &Report, keys: &KeyMap, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let signs = theme.signs;
    let consolidate = keys.main(MainUi::Consolidate);
    let mut lines = Vec::new();
    let mut put = |sign: &str, sentence: String, style| {
        let wrapped = theme.wrap(&sentence, width.saturating_sub(2)).into_iter().enumerate();
        lines.extend(
            wrapped.map(|(index, part)| Line::styled(format!("{} {part}", if index == 0 { sign } else { " " }), style)),
        );
    };
    let count = |fate: &Fate| report.ends.iter().filter(|end| end.fate == *fate).count();
    let retired = report.ends.iter().map(|end| end.retired.len()).sum::<usize>();
    put(
        signs.good,
        format!("{} consolidated, {} retired", sessions(count(&Fate::Done)), records(retired)),
        theme.strong,
    );
    if count(&Fate::Already) > 0 {
        put(" ", format!("{} had been before", sessions(count(&Fate::Already))), theme.plain);
    }
    for end in report.ends.iter().filter(|end| end.fate.is_left()) {
        let why = text::clean(end.fate.why().unwrap_or_default());
        // What changed is told with its session.
        let names = matches!(end.fate, Fate::Changed(_));
        let session = if names { String::new() } else { format!(" session {}:", end.session) };
        let told = format!("left as it is:{session} {why}");
        put("!", told, theme.caution);
    }
    if !report.ambiguous.is_empty() {
        let ids = report.ambiguous.iter().map(SessionId::to_string).collect::<Vec<_>>().join(", ");
        let left = sessions(report.ambiguous.len());
        put(
            "?",
            format!("{left} ambiguous, left to a person, who chooses there with {consolidate}: {ids}"),
            theme.caution,
        );
    }
    if report.not_done > 0 {
        let why = report.stopped.as_deref().map_or(String::new(), |why| format!(": {}", text::clean(why)));
        put(signs.none, format!("{} not done, and unchanged{why}", sessions(report.not_done)), theme.caution);
    }
    if report.not_done > 0 || !report.ambiguous.is_empty() || report.ends.iter().any(|end| end.fate.is_left()) {
        lines.push(Line::default());
        let [filter, mark] = [MainUi::Filter, MainUi::MarkAll].map(|does| keys.main(does));
        let rest = format!("{filter} record:duplicate shows what is left; {mark} marks it, {consolidate} goes on.");
        lines.extend(theme.wrap(&rest, width).into_iter().map(|line| Line::styled(line, theme.dim)));
    }
    lines
}

fn sessions(count: usize) -> String {
    if count == 1 { "1 session".to_owned() } else { format!("{} sessions", grouped(count as u64)) }
}

fn records(count: usize) -> String {
    if count == 1 { "1 record".to_owned() } else { format!("{} records", grouped(count as u64)) }
}
