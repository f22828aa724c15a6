//! One key with its modifiers, and how it is written.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::theme::signs::Signs;

/// A key with its modifiers; Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub(super) code: KeyCode,
    /// Control or nothing: other modifiers are bound by nobody.
    pub(super) modifiers: KeyModifiers,
}

/// Keys that have a name and no character.
const NAMED: [(&str, KeyCode); 16] = [
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Space", KeyCode::Char(' ')),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
];

impl Key {
    /// Reads a key as people write it: `R`, `Ctrl-r`, `F5`, `PgUp`, `Space`. `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(letter) = text.strip_prefix("Ctrl-") {
            let code = single(letter).filter(|c| !c.is_control()).map(|c| KeyCode::Char(c.to_ascii_lowercase()));
            return code.map(|code| Self { code, modifiers: KeyModifiers::CONTROL });
        }
        let named = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, code)| *code);
        let function = || text.strip_prefix('F')?.parse().ok().filter(|n| (1..=12).contains(n)).map(KeyCode::F);
        let character = || single(text).filter(|c| !c.is_whitespace() && !c.is_control()).map(KeyCode::Char);
        let code = named.or_else(function).or_else(character)?;
        Some(Self { code, modifiers: KeyModifiers::NONE })
    }

    /// Says why the key is bound to nothing, if that is so.
    pub(super) fn never_bound(self) -> Option<&'static str> {
        if self.code == KeyCode::F(10) {
            return Some("desktop terminals open their menu with it");
        }
        let KeyCode::Char(letter) = self.code else { return None };
        if !self.modifiers.contains(KeyModifiers::CONTROL) {
            return None;
        }
        match letter {
            'i' => Some("terminals send the same byte for Tab"),
            'm' => Some("terminals send the same byte for Enter"),
            '[' => Some("terminals send the same byte for Esc"),
            'h' | 'j' | 'k' => {
                Some("tmux and vim move between panes with it, and terminals send its byte for other keys")
            }
            'a' | 'b' => Some("tmux and screen take it as their prefix"),
            's' | 'q' => Some("terminals stop and start their output with it"),
            '\\' => Some("terminals end a program with it"),
            'a'..='z' => None,
            _ => Some("terminals do not send Ctrl with it"),
        }
    }

    /// Gives the small letter on the same key; `None` where this is no capital letter.
    pub(super) fn small(self) -> Option<Self> {
        let capital = self.character().filter(char::is_ascii_uppercase)?;
        Some(Self { code: KeyCode::Char(capital.to_ascii_lowercase()), ..self })
    }

    /// Gives the key that was pressed.
    #[must_use]
    pub fn pressed(event: KeyEvent) -> Self {
        Self { code: event.code, modifiers: event.modifiers.difference(KeyModifiers::SHIFT) }
    }

    /// Gives the character that the key types into a text, if it does.
    #[must_use]
    pub fn character(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }

    /// Writes the key for a screen: with arrows as arrows where that is possible.
    #[must_use]
    pub fn sign(self, signs: &Signs) -> String {
        match self.code {
            KeyCode::Up => signs.up.to_owned(),
            KeyCode::Down => signs.down.to_owned(),
            _ => self.to_string(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let control = if self.modifiers.contains(KeyModifiers::CONTROL) { "Ctrl-" } else { "" };
        if let Some((name, _)) = NAMED.iter().find(|(_, code)| *code == self.code) {
            return write!(f, "{control}{name}");
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{control}{c}"),
            KeyCode::F(number) => write!(f, "{control}F{number}"),
            other => write!(f, "{control}{other}"),
        }
    }
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in ["R", "r", "?", ":", "\\", "F5", "F12", "Ctrl-r", "PgDn", "Shift-Tab", "Space", "Esc", "é"] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_key_is_not_read() {
        for text in ["", " ", "gg", "F0", "F13", "Ctrl-", "Ctrl-rr", "Alt-x", "Meta", "\t", "\u{1b}"] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn control_knows_no_capitals_as_the_terminal_does() {
        assert_eq!(Key::parse("Ctrl-R"), Key::parse("Ctrl-r"));
    }
}
