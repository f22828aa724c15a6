//! What is said of the configuration, in full.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::Screen;
use super::detail::scrolled;
use crate::tui::effect::Effect;
use crate::tui::message::{MainUi, PagerUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_of, layout};

/// The screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Warnings {
    /// Lines that are scrolled away.
    pub scroll: usize,
}

/// Says at the start that there are some, and where they stand.
pub fn announce(model: &mut Model) {
    let count = match model.about.warnings.len() {
        0 => return,
        1 => "1 warning".to_owned(),
        many => format!("{many} warnings"),
    };
    let show = model.keys.main(MainUi::Warnings);
    model.say(format!("Configuration: {count}. `config check` or {show} lists them."));
}

/// Carries out what a person does before them.
pub fn update(model: &mut Model, shown: Warnings, ui: PagerUi) -> Vec<Effect> {
    let (columns, page) = layout::page(model);
    match ui {
        PagerUi::Move(motion) => {
            let total = lines(model, &Theme::new(false), columns).len();
            model.screen = Screen::Warnings(Warnings { scroll: scrolled(shown.scroll, motion, page, total) });
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

/// Draws them.
pub fn draw(model: &Model, shown: Warnings, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let inner = frame_of(" Warnings of the configuration ", "", true, theme, area, frame);
    let lines = lines(model, theme, usize::from(inner.width));
    frame.render_widget(Paragraph::new(lines.into_iter().skip(shown.scroll).collect::<Vec<_>>()), inner);
}

fn lines(model: &Model, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for warning in &model.about.warnings {
        lines
            .extend(theme.wrap(&format!("! {warning}"), width).into_iter().map(|line| Line::styled(line, theme.plain)));
        lines.push(Line::default());
    }
    let back = model.keys.of(&Ui::Pager(PagerUi::Back));
    let told = format!("The files are read again at the next start. {back} goes back.");
    lines.extend(theme.wrap(&told, width).into_iter().map(|line| Line::styled(line, theme.dim)));
    lines
}
