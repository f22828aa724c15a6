//! What works on every screen.

use super::{keep_the_cursor_in_sight, pointer, show_what_is_ready};
use crate::tui::effect::Effect;
use crate::tui::message::{Global, Ui};
use crate::tui::model::Model;
use crate::tui::possible::refused;
use crate::tui::screen::{Screen, filter, help, history, log, palette, reveal, verification};

/// Carries it out.
pub(super) fn anywhere(model: &mut Model, global: Global) -> Vec<Effect> {
    match global {
        Global::Help => {
            model.notice = None;
            help::toggle(model);
            show_what_is_ready(model);
            verification::show_findings(model);
            Vec::new()
        }
        Global::Palette => {
            model.notice = None;
            if matches!(model.screen, Screen::Sessions | Screen::Detail(_) | Screen::History(_) | Screen::Overview) {
                palette::open(model);
            }
            Vec::new()
        }
        Global::Redraw => vec![Effect::Redraw],
        Global::Suspend => refused(model, &Ui::Global(global)).unwrap_or_else(|| {
            reveal::mask(model);
            vec![Effect::Suspend]
        }),
        Global::Times => {
            model.time_mode = model.time_mode.next();
            model.say(model.times().sentence());
            Vec::new()
        }
        Global::Mouse => pointer::switch(model),
        Global::Pointer(does, column, row) => pointer::act(model, does, column, row),
        Global::Paste(data) => paste(model, &data),
        Global::Resize(columns, lines) => {
            model.size = (columns, lines);
            reveal::mask(model);
            keep_the_cursor_in_sight(model);
            Vec::new()
        }
        Global::FocusLost => {
            reveal::mask(model);
            Vec::new()
        }
    }
}

/// A paste is data for a text field; anywhere else it does nothing, and says so.
fn paste(model: &mut Model, data: &str) -> Vec<Effect> {
    match &mut model.screen {
        Screen::Filter => return filter::paste(model, data),
        Screen::LogSearch => log::paste(model, data),
        Screen::Reason(form) => form.paste(data),
        Screen::Palette(palette) => palette::paste(palette, data),
        Screen::Help(help) if help.typing => help::paste(help, data),
        Screen::History(shown) if shown.mode == history::Mode::Typing => shown.paste(data),
        Screen::Sessions
        | Screen::Detail(_)
        | Screen::History(_)
        | Screen::Confirm(_)
        | Screen::Consolidation(_)
        | Screen::Report(_)
        | Screen::Reveal(_)
        | Screen::Help(_)
        | Screen::Profiles(_)
        | Screen::Overview
        | Screen::Warnings(_)
        | Screen::Findings(_)
        | Screen::Leave => model.warn("A paste does nothing here: it goes into text fields alone."),
    }
    Vec::new()
}
