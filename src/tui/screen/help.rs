//! The keys of the screen beneath, made from the live key map.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Screen;
use super::detail::scrolled;
use crate::tui::effect::Effect;
use crate::tui::message::{Motion, PagerUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::popup;

/// The help, and what it goes back to.
#[derive(Debug)]
pub struct Help {
    /// The screen beneath.
    pub back: Box<Screen>,
    /// Lines that are scrolled away.
    pub scroll: usize,
}

/// Opens the help of the present screen, or closes it.
pub fn toggle(model: &mut Model) {
    let screen = std::mem::replace(&mut model.screen, Screen::Sessions);
    model.screen = match screen {
        Screen::Help(help) => *help.back,
        other @ (Screen::Sessions
        | Screen::Filter
        | Screen::Detail(_)
        | Screen::History(_)
        | Screen::Reason(_)
        | Screen::Confirm(_)
        | Screen::Reveal(_)
        | Screen::Profiles(_)
        | Screen::Overview
        | Screen::Leave) => Screen::Help(Help { back: Box::new(other), scroll: 0 }),
    };
}

/// Carries out what a person does in the help.
pub fn update(model: &mut Model, mut help: Help, ui: PagerUi) -> Vec<Effect> {
    match ui {
        PagerUi::Move(motion) => {
            let page = usize::from(model.size.1.saturating_sub(8));
            help.scroll = scrolled(help.scroll, motion, page, model.keys.bindings(&help.back).count() + 1);
            model.screen = Screen::Help(help);
        }
        PagerUi::Back | PagerUi::History | PagerUi::Rotate | PagerUi::Revoke => model.screen = *help.back,
    }
    Vec::new()
}

/// Draws the keys.
pub fn draw(model: &Model, help: &Help, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let keys = model.keys.help(&help.back, theme.signs);
    let rows = u16::try_from(keys.len()).unwrap_or(u16::MAX).saturating_add(2);
    let [down, up, back] = [PagerUi::Move(Motion::Down), PagerUi::Move(Motion::Up), PagerUi::Back]
        .map(|does| model.keys.of(&Ui::Pager(does)));
    let title = format!(" Keys here   ({down} {up} scroll, {back} closes) ");
    let inner = popup(&title, rows, theme, area, frame);
    let width = usize::from(inner.width);
    let lines: Vec<Line<'_>> = keys
        .iter()
        .skip(help.scroll)
        .map(|(keys, does)| {
            Line::from(vec![
                Span::styled(format!("{keys:<22} "), theme.strong),
                Span::styled(theme.fit(does, width.saturating_sub(23)), theme.plain),
            ])
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inner);
}
