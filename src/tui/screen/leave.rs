//! The question whether to quit while a change is under way.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::Screen;
use crate::tui::effect::Effect;
use crate::tui::message::LeaveUi;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::popup;

/// Carries out what a person answers.
pub fn update(model: &mut Model, ui: LeaveUi) -> Vec<Effect> {
    model.screen = Screen::Sessions;
    match ui {
        LeaveUi::Stay => {
            model.quitting = false;
            Vec::new()
        }
        LeaveUi::WhenDone => {
            model.quitting = true;
            super::main::quit_when_idle(model)
        }
        LeaveUi::CancelJob => super::main::cancel_job(model),
    }
}

/// Draws the question.
pub fn draw(theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let inner = popup(" A change is under way ", 5, theme, area, frame);
    let width = usize::from(inner.width);
    let line = |text: &str, style| Line::styled(theme.fit(text, width), style);
    let lines = vec![
        line("It is never abandoned half way.", theme.plain),
        Line::default(),
        line("y    quit as soon as it is done and its GUID is handed over", theme.strong),
        line("c    cancel it, if it is not being committed already", theme.strong),
        line("Esc  stay", theme.strong),
    ];
    frame.render_widget(Paragraph::new(lines), inner);
}
