//! What the console makes of `[keys]` and `[theme]`.

use super::keymap::{Configured, KeyMap};
use super::theme::Theme;
use super::theme::roles::ROLES;
use super::theme::signs::{ASCII, UNICODE};
use crate::config::{Config, Origin, Problem, Setting, Sourced, ThemeName};

/// Keys and styles, as configured.
#[derive(Debug, Clone)]
pub struct Look {
    /// The keys.
    pub keys: KeyMap,
    /// The styles and signs.
    pub theme: Theme,
}

impl Look {
    /// Reads the settings; gives what is refused, and what has no effect.
    #[must_use]
    pub fn of(config: &Config) -> (Self, Vec<Problem>, Vec<Problem>) {
        let Configured { map: keys, mut errors, mut warnings } = KeyMap::configured(&config.keys());
        let Sourced { value: name, origin } = config.theme();
        let named = Theme::named(name, if config.ascii() { &ASCII } else { &UNICODE });
        let styled = named.styled(&config.styles());
        errors.extend(styled.errors);
        warnings.extend(styled.warnings);
        // Who chooses `mono` in a file may add colours to it there; whoever refuses colours for this run gets none.
        let refused = name == ThemeName::Mono && !matches!(origin, Origin::File(_));
        let theme = if refused { styled.theme.without_colours(named) } else { styled.theme };
        (Self { keys, theme }, errors, warnings)
    }

    /// Lists keys and styles as settings.
    #[must_use]
    pub fn settings(&self, config: &Config) -> Vec<Setting> {
        let (styles, given) = (config.styles(), config.keys());
        let from = |place: Option<String>| place.unwrap_or_else(|| "default".to_owned());
        let role = |name: &&str| {
            let style = styles.get(*name);
            Setting {
                key: format!("theme.{name}"),
                value: style.map(|style| style.value.clone()),
                from: from(style.map(|style| style.place.to_string())),
            }
        };
        let keys = self.keys.changeable().map(|binding| {
            let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
            Setting {
                key: format!("keys.{}", binding.action.name),
                value: Some(keys.join(" ")).filter(|keys| !keys.is_empty()),
                from: from(given.get(binding.action.name).map(|keys| keys.place.to_string())),
            }
        });
        ROLES.iter().map(role).chain(keys).collect()
    }
}
