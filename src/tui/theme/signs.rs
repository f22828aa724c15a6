//! The signs that the program itself draws, in two sets: one of Unicode, one of ASCII alone for terminals and fonts that
//! have no more. No other file of the console has a character outside of ASCII in its text; what comes from databases and
//! people is drawn as it is in both.

use ratatui::symbols::{bar, border};

/// A set of signs.
#[derive(Debug, PartialEq, Eq)]
pub struct Signs {
    /// Where something is left out, or goes on.
    pub ellipsis: &'static str,
    /// What is alive.
    pub live: &'static str,
    /// What failed, or is over.
    pub bad: &'static str,
    /// What succeeded.
    pub good: &'static str,
    /// The row or field that has the keys.
    pub here: &'static str,
    /// As much, or more.
    pub at_least: &'static str,
    /// From the old to the new.
    pub to: &'static str,
    /// Nothing is there.
    pub none: &'static str,
    /// Between the items of a line.
    pub between: &'static str,
    /// Stands for each digit of a GUID that is not shown.
    pub mask: &'static str,
    /// The key with the arrow up.
    pub up: &'static str,
    /// The key with the arrow down.
    pub down: &'static str,
    /// The least comes first.
    pub ascending: &'static str,
    /// The greatest comes first.
    pub descending: &'static str,
    /// What turns while something is under way, a column each.
    pub spinner: [&'static str; 4],
    /// The border of a panel.
    pub border: border::Set<'static>,
    /// The border of the panel that has the keys.
    pub focused_border: border::Set<'static>,
    /// The border of a dialog.
    pub dialog_border: border::Set<'static>,
    /// What bars are made of.
    pub bars: bar::Set<'static>,
}

/// The signs for terminals of today.
pub static UNICODE: Signs = Signs {
    ellipsis: "…",
    live: "●",
    bad: "✗",
    good: "✓",
    here: "▸",
    at_least: "≥",
    to: "→",
    none: "–",
    between: "·",
    mask: "•",
    up: "↑",
    down: "↓",
    ascending: "↑",
    descending: "↓",
    spinner: SPINNER,
    border: border::PLAIN,
    focused_border: border::THICK,
    dialog_border: border::DOUBLE,
    bars: bar::NINE_LEVELS,
};

/// The signs of `--ascii`.
pub static ASCII: Signs = Signs {
    ellipsis: "...",
    live: "*",
    bad: "x",
    good: "+",
    here: ">",
    at_least: ">=",
    to: "->",
    none: "-",
    between: "|",
    mask: "*",
    up: "Up",
    down: "Down",
    ascending: "^",
    descending: "v",
    spinner: SPINNER,
    border: frame("-", "|", "+"),
    focused_border: frame("=", "#", "#"),
    dialog_border: frame("=", "|", "+"),
    bars: bar::Set {
        full: "#",
        seven_eighths: "#",
        three_quarters: "#",
        five_eighths: "#",
        half: "=",
        three_eighths: "-",
        one_quarter: "-",
        one_eighth: ".",
        empty: " ",
    },
};

const SPINNER: [&str; 4] = ["|", "/", "-", "\\"];

const fn frame(horizontal: &'static str, vertical: &'static str, corner: &'static str) -> border::Set<'static> {
    border::Set {
        top_left: corner,
        top_right: corner,
        bottom_left: corner,
        bottom_right: corner,
        vertical_left: vertical,
        vertical_right: vertical,
        horizontal_top: horizontal,
        horizontal_bottom: horizontal,
    }
}
