//! The themes of the console, by name.

use std::fmt;
use std::str::FromStr;

/// A theme of the console.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// The colours of the terminal itself, for a dark background.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// No colours.
    Mono,
    /// Colours on backgrounds of their own, far apart in lightness.
    HighContrast,
    /// Colours that those who cannot tell red from green can tell apart.
    ColourBlind,
}

impl ThemeName {
    /// Lists them all.
    pub const ALL: [Self; 5] = [Self::Dark, Self::Light, Self::Mono, Self::HighContrast, Self::ColourBlind];

    /// Gives the name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "colour-blind",
        }
    }
}

impl fmt::Display for ThemeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for ThemeName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|theme| theme.word() == text);
        named.ok_or("a theme is dark, light, mono, high-contrast or colour-blind")
    }
}
