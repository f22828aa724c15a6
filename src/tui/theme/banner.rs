//! What a profile's banner looks like: its word in reverse video, in its colour where there are colours.

use ratatui::style::{Color, Modifier, Style};

use super::Theme;
use crate::config::Colour;

/// Chooses the style; the word itself tells as much.
#[must_use]
pub fn style(theme: &Theme, colour: Option<Colour>) -> Style {
    let style = theme.strong.add_modifier(Modifier::REVERSED);
    // A theme that has no colour for danger has none at all.
    let colour = colour.filter(|_| theme.danger.fg.or(theme.danger.bg).is_some());
    colour.map_or(style, |colour| style.fg(terminals(colour)))
}

fn terminals(colour: Colour) -> Color {
    match colour {
        Colour::Red => Color::Red,
        Colour::Green => Color::Green,
        Colour::Yellow => Color::Yellow,
        Colour::Blue => Color::Blue,
        Colour::Magenta => Color::Magenta,
        Colour::Cyan => Color::Cyan,
    }
}
