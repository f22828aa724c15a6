//! From the palette to the action that is chosen there.

use super::{person, show_what_is_ready};
use crate::tui::effect::Effect;
use crate::tui::message::PaletteUi;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screen::palette::{self, Next, Palette};

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
            return person(model, does);
        }
    }
    Vec::new()
}
