//! The log panel: what the provisioner tells, in a ring that never grows.

use std::collections::VecDeque;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::message::Motion;
use super::theme::Theme;
use super::view::frame_of;
use crate::domain::time::Timestamp;

/// Lines that are kept.
const CAPACITY: usize = 10_000;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was told.
    pub at: Timestamp,
    /// The event's text, verbatim.
    pub text: String,
    /// Whether it is bad news.
    pub bad: bool,
}

/// The lines and how they are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    lines: VecDeque<LogLine>,
    /// Lines that the ring has let go, or that never got in.
    pub dropped: u64,
    /// Lines between the newest and the lowest that is shown; 0 follows.
    back: usize,
    /// Whether the panel is shown.
    pub shown: bool,
    /// Lines more (or fewer) than the screen's own choice.
    pub extra: i16,
}

impl Default for Log {
    fn default() -> Self {
        Self { lines: VecDeque::new(), dropped: 0, back: 0, shown: true, extra: 0 }
    }
}

impl Log {
    /// Appends a line. A reader who has scrolled back stays where they are.
    pub fn push(&mut self, line: LogLine) {
        if self.lines.len() == CAPACITY {
            self.lines.pop_front();
            self.dropped += 1;
        }
        self.lines.push_back(line);
        if self.back > 0 {
            self.back = (self.back + 1).min(self.lines.len().saturating_sub(1));
        }
    }

    /// Gives the lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &LogLine> {
        self.lines.iter()
    }

    /// Moves through the lines, `page` at a time.
    pub fn scroll(&mut self, motion: Motion, page: usize) {
        let most = self.lines.len().saturating_sub(page);
        self.back = match motion {
            Motion::Up => self.back + 1,
            Motion::Down => self.back.saturating_sub(1),
            Motion::HalfUp => self.back + page / 2,
            Motion::HalfDown => self.back.saturating_sub(page / 2),
            Motion::PageUp => self.back + page,
            Motion::PageDown => self.back.saturating_sub(page),
            Motion::First => most,
            Motion::Last => 0,
        }
        .min(most);
    }

    /// Gives the lines that fit, the lowest last.
    fn window(&self, height: usize) -> impl Iterator<Item = &LogLine> {
        let end = self.lines.len().saturating_sub(self.back);
        self.lines.range(end.saturating_sub(height)..end)
    }
}

/// Draws the panel.
pub fn draw(log: &Log, focused: bool, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let state = if log.back == 0 { "following".to_owned() } else { format!("{} lines back", log.back) };
    let dropped = if log.dropped > 0 { format!("   {} dropped", log.dropped) } else { String::new() };
    let count = if log.lines.len() == 1 { "1 line".to_owned() } else { format!("{} lines", log.lines.len()) };
    let right = format!("{state}   {count}{dropped}");
    let inner = frame_of(" 3 Log ", &right, focused, theme, area, frame);
    let width = usize::from(inner.width);
    let lines: Vec<Line<'_>> = log
        .window(usize::from(inner.height))
        .map(|line| {
            let style = if line.bad { theme.danger } else { theme.plain };
            let stamp = line.at.utc().format("%H:%M:%SZ ").to_string();
            Line::from(vec![
                Span::styled(stamp, theme.dim),
                Span::styled(theme.fit(&line.text, width.saturating_sub(10)), style),
            ])
        })
        .collect();
    if lines.is_empty() {
        let hint = Line::styled("Nothing has been done in this console yet.", theme.dim);
        frame.render_widget(Paragraph::new(hint), inner);
    } else {
        frame.render_widget(Paragraph::new(lines), inner);
    }
}
