//! From the palette to the action that is chosen there.

use super::{person, show_what_is_ready};
use crate::tui::effect::Effect;
use crate::tui::message::PaletteUi;
use crate::tui::model::Model;
use crate::tui::screen::palette::{self, Next, Palette};
use crate::tui::screen::{Screen, overview};

/// What is chosen in the palette is done as if its key had been pressed on the screen beneath.
pub(super) fn from_palette(model: &mut Model, palette: Palette, ui: PaletteUi) -> Vec<Effect> {
    match palette::update(model, palette, ui) {
        Next::Stay(palette) => model.screen = Screen::Palette(palette),
        Next::Leave(screen) => {
            model.screen = screen;
            show_what_is_ready(model);
        }
        Next::Do(screen, does) => {
            model.screen = screen;
            // What was asked for a screen that is left is asked for nobody.
            let left = !matches!(model.screen.beneath(), Screen::Overview);
            let stop = if left { overview::stop(model) } else { None };
            return stop.into_iter().chain(person(model, does)).collect();
        }
    }
    Vec::new()
}
