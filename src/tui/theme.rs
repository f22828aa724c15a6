//! Styles and signs. Default text is the terminal's own, so that dark and light both read; no meaning hangs on colour
//! alone.

use ratatui::style::{Color, Modifier, Style};

pub mod signs;

use signs::Signs;

/// The styles of the console, and the signs that it draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
    pub plain: Style,
    /// Text of less weight.
    pub dim: Style,
    /// Headings and keys.
    pub strong: Style,
    /// The row under the cursor and the focused field.
    pub selection: Style,
    /// What is good and alive.
    pub good: Style,
    /// What wants attention.
    pub caution: Style,
    /// What cannot be undone, and what failed.
    pub danger: Style,
    /// What signs look like.
    pub signs: &'static Signs,
}

impl Theme {
    /// Chooses styles with colours, or without where `NO_COLOR` or `--no-color` asks for that.
    #[must_use]
    pub fn new(colours: bool) -> Self {
        let plain = Style::new();
        let coloured = |colour| if colours { plain.fg(colour) } else { plain };
        Self {
            plain,
            dim: plain.add_modifier(Modifier::DIM),
            strong: plain.add_modifier(Modifier::BOLD),
            selection: plain.add_modifier(Modifier::REVERSED),
            good: coloured(Color::Green),
            caution: coloured(Color::Yellow).add_modifier(Modifier::BOLD),
            danger: coloured(Color::Red).add_modifier(Modifier::BOLD),
            signs: &signs::UNICODE,
        }
    }
}
