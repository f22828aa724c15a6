//! Styles and signs. Default text is the terminal's own, so that dark and light both read; no meaning hangs on colour
//! alone.

use ratatui::style::Style;

pub mod banner;
mod palette;
pub mod roles;
pub mod signs;

use signs::Signs;

use crate::config::ThemeName;

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
    /// Gives the styles with colours, or without.
    #[must_use]
    pub fn new(colours: bool) -> Self {
        let name = if colours { ThemeName::default() } else { ThemeName::Mono };
        Self::named(name, &signs::UNICODE)
    }
}
