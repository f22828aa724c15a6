//! `[theme]`: other styles for the roles of a theme, in words: `red bold`, `white on #802020`, `208`.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use ratatui::style::{Color, Modifier, Style};

use super::Theme;
use crate::config::{Located, Problem, nearest};

/// `[theme]` without its name: styles in words by their roles, each with the place of the role.
pub type Given = BTreeMap<String, Located<String>>;

/// The roles that a style can be given to.
pub const ROLES: [&str; 7] = ["plain", "dim", "strong", "selection", "good", "caution", "danger"];

/// The colours that have names; those of the terminal.
const COLOURS: [&str; 17] = [
    "reset",
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "darkgray",
    "lightred",
    "lightgreen",
    "lightyellow",
    "lightblue",
    "lightmagenta",
    "lightcyan",
    "white",
];

const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// What shows a row under the cursor without a colour.
const SEEN: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED);

/// A theme, and what is wrong with the styles that it was made from.
#[derive(Debug)]
pub struct Styled {
    /// The theme; not to be used where there are errors.
    pub theme: Theme,
    /// What is refused.
    pub errors: Vec<Problem>,
    /// What has no effect.
    pub warnings: Vec<Problem>,
}

impl Theme {
    /// Gives the theme with other styles.
    #[must_use]
    pub fn styled(mut self, given: &Given) -> Styled {
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        for (name, Located { value, place }) in given {
            let Some(role) = self.role(name) else {
                warnings.push(place.unknown("[theme]: the key", name, ROLES.into_iter().chain(["name"])));
                continue;
            };
            match style(value) {
                Ok(style) => *role = style,
                Err(why) => errors.push(place.problem(format!("theme.{name}: {why}"))),
            }
        }
        if let Some(Located { place, .. }) = given.get("selection")
            && let Err(why) = self.selection_is_seen()
        {
            errors.push(place.problem(format!("theme.selection: {why}")));
        }
        Styled { theme: self, errors, warnings }
    }

    /// Takes the colours away where none are wanted; a role that has nothing else looks as in `mono`, the theme that
    /// was chosen then.
    #[must_use]
    pub fn without_colours(mut self, mono: Self) -> Self {
        let mut mono = mono;
        for name in ROLES {
            let (Some(role), Some(plain)) = (self.role(name), mono.role(name)) else { continue };
            let kept = Style::new().add_modifier(role.add_modifier);
            *role = if role.add_modifier.is_empty() { *plain } else { kept };
        }
        if !self.selection.add_modifier.intersects(SEEN) {
            self.selection = self.selection.add_modifier(Modifier::REVERSED);
        }
        self
    }

    fn role(&mut self, name: &str) -> Option<&mut Style> {
        Some(match name {
            "plain" => &mut self.plain,
            "dim" => &mut self.dim,
            "strong" => &mut self.strong,
            "selection" => &mut self.selection,
            "good" => &mut self.good,
            "caution" => &mut self.caution,
            "danger" => &mut self.danger,
            _ => return None,
        })
    }

    /// Checks that the row under the cursor differs from others, and that what it says can be read there.
    fn selection_is_seen(&self) -> Result<(), String> {
        let Some(ground) = self.selection.bg.filter(|colour| *colour != Color::Reset) else {
            let seen = self.selection.add_modifier.intersects(SEEN);
            let told = "nobody would see the row under the cursor: it needs `reversed`, `underlined` or `on COLOUR`";
            return if seen { Ok(()) } else { Err(told.to_owned()) };
        };
        let roles = [("good", self.good), ("caution", self.caution), ("danger", self.danger)];
        let lost = roles.into_iter().find(|(_, style)| style.fg == Some(ground) && style.bg.is_none());
        lost.map_or(Ok(()), |(name, _)| Err(format!("text in the colour of `{name}` could not be read on it")))
    }
}

/// Reads a style: a colour, `on` and a colour, and modifiers, in any order.
fn style(text: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word == "on" {
            let ground = words.next().ok_or("a colour is wanted after `on`")?;
            style = style.bg(colour(ground)?);
        } else if let Some((_, modifier)) = MODIFIERS.iter().find(|(name, _)| *name == word) {
            style = style.add_modifier(*modifier);
        } else if style.fg.is_some() {
            return Err(format!("`{word}` is one colour too many: one for the text, and one after `on`"));
        } else {
            style = style.fg(colour(word)?);
        }
    }
    if style.fg.is_some() && style.fg == style.bg {
        return Err("text in the colour of its background cannot be read".to_owned());
    }
    Ok(style)
}

fn colour(word: &str) -> Result<Color, String> {
    Color::from_str(word).map_err(|_unknown| {
        let known = COLOURS.into_iter().chain(MODIFIERS.map(|(name, _)| name));
        let meant = nearest(word, known).map_or_else(String::new, |meant| format!("; is `{meant}` meant?"));
        format!("`{word}` is no colour (a name, #rrggbb, or a number up to 255) and no modifier{meant}")
    })
}
