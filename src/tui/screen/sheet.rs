//! How a plan is laid out that is to be confirmed: what would be done, the command that does the same, and the question.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::config::Profile;
use crate::domain::actor::Actor;
use crate::domain::reason::RotationReason;
use crate::domain::session::{Session, SessionId};
use crate::domain::time::Timestamp;
use crate::tui::message::Failure;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, text};

/// The parts of a plan, from top to bottom.
pub(super) struct Sheet {
    /// The words in the border.
    pub(super) title: &'static str,
    /// What would be done.
    pub(super) body: Vec<Line<'static>>,
    /// The command that does the same.
    pub(super) command: Vec<Line<'static>>,
    /// What confirms it.
    pub(super) question: Vec<Line<'static>>,
    /// The column of the last line where something is typed.
    pub(super) cursor: Option<usize>,
}

impl Sheet {
    /// Draws it in the middle.
    pub(super) fn draw(self, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
        let Self { title, body: mut lines, command, question, cursor } = self;
        let width = usize::from(popup::inner_width(area));
        let room = usize::from(area.height.saturating_sub(2)).saturating_sub(question.len());
        // Half a command would be another command: where it does not fit, it is left out.
        if lines.len() + command.len() <= room {
            lines.extend(command);
        } else if lines.len() > room {
            lines.retain(|line| line.width() > 0);
        }
        let body = lines.len();
        lines.extend(question);
        let inner = popup(title, u16::try_from(lines.len()).unwrap_or(u16::MAX), theme, area, frame);
        // On a small screen the question matters more than the last lines of the plan.
        let height = usize::from(inner.height);
        if lines.len() > height {
            let surplus = (lines.len() - height + 1).min(body);
            let hidden = format!("{} {surplus} more lines: a taller screen shows them", theme.signs.ellipsis);
            lines.splice(body - surplus..body, [Line::styled(theme.fit(&hidden, width), theme.caution)]);
        }
        let last = u16::try_from(lines.len()).unwrap_or(1).saturating_sub(1);
        frame.render_widget(Paragraph::new(lines), inner);
        if let Some(column) = cursor {
            frame.set_cursor_position(Position::new(inner.x + u16::try_from(column).unwrap_or(0), inner.y + last));
        }
    }
}

/// Lays out a warning.
pub(super) fn warning(sentence: &str, theme: &Theme, width: usize) -> impl Iterator<Item = Line<'static>> {
    let style = theme.caution;
    theme.wrap(&format!("! {sentence}"), width).into_iter().map(move |line| Line::styled(line, style))
}

/// Says that the plan is being read, or why it could not be.
pub(super) fn unread(
    failure: Option<&Failure>,
    since: Timestamp,
    now: Timestamp,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'static>> {
    let (said, style) = if let Some(failure) = failure {
        (format!("{} {}", theme.signs.bad, text::clean(&failure.what)), theme.danger)
    } else {
        let seconds = now.seconds_since(since).max(0);
        (format!("Reading the plan {} {seconds} s", theme.signs.ellipsis), theme.plain)
    };
    theme.wrap(&said, width).into_iter().map(|line| Line::styled(line, style)).collect()
}

/// Names the session.
pub(super) fn heading(session: &Session, theme: &Theme, width: usize) -> Line<'static> {
    let people = session.people();
    let state = if people > 0 { format!("{}, {people} people", theme.status(session)) } else { theme.status(session) };
    let id = format!("Session {}  ", session.id);
    let room = width.saturating_sub(id.len() + text::width(&state) + 2);
    Line::from(vec![
        Span::styled(id, theme.strong),
        Span::styled(format!("{}  ", theme.fit(&text::title(session), room)), theme.plain),
        Span::styled(state, if session.is_live() { theme.good } else { theme.plain }),
    ])
}

/// Columns from which labels stand in a column of their own.
const WIDE: usize = 66;

/// Lays out a label and its value, over as many lines as that takes.
pub(super) fn labelled(label: &str, value: &str, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    if width < WIDE {
        let lines = theme.wrap(&format!("{label}: {value}"), width).into_iter();
        return lines.map(|line| Line::styled(line, theme.plain)).collect();
    }
    let parts = theme.wrap(value, width.saturating_sub(27)).into_iter().enumerate();
    let line = |(index, part): (usize, String)| {
        let label = if index == 0 { label } else { "" };
        Line::from(vec![Span::styled(format!("{label:<26} "), theme.dim), Span::styled(part, theme.plain)])
    };
    parts.map(line).collect()
}

/// Lays out why, and by whom.
pub(super) fn why(reason: Option<&RotationReason>, by: &Actor, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let reason = reason.map_or("none".to_owned(), RotationReason::shown);
    let mut lines = labelled("Reason", &reason, theme, width);
    lines.extend(labelled("By", &by.to_string(), theme, width));
    lines
}

/// Writes the command that does the same to a session.
pub(super) fn command(
    what: &str,
    session: SessionId,
    profile: Option<&Profile>,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'static>> {
    let name = profile.map_or(String::new(), |profile| format!("--profile {} ", profile.name));
    let protected = profile.filter(|profile| profile.protected);
    let confirmed = protected.map_or(String::new(), |profile| format!(" --confirm {session}@{}", profile.name));
    labelled("Same on the command line", &format!("host-provisioner {name}{what}{confirmed}"), theme, width)
}

/// Asks for something that is typed; gives the column of the cursor, too.
pub(super) fn prompt(words: &str, typed: &str, theme: &Theme) -> (Line<'static>, usize) {
    let style = theme.strong;
    let line = Line::styled(format!("{words}: [{typed}_] Enter"), style);
    (line, text::width(words) + 3 + typed.len())
}
