//! The live key map: made from one table, from which keys are read and the help and the footer are made.

use crossterm::event::KeyEvent;

use super::message::{ConfirmUi, FilterUi, MainUi, ReasonUi, Ui};
use super::model::Model;
use super::screen::Screen;
use super::theme::signs::Signs;
use super::view::layout;

mod actions;
mod key;
mod typing;

pub use actions::{Action, Kind};
pub use key::Key;

/// What has the keys: screens on which every key means the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The main screen.
    List,
    /// The filter line.
    Filter,
    /// The form of a change.
    Reason,
    /// A plan.
    Confirm,
    /// A new GUID.
    Reveal,
    /// A text that scrolls.
    Pager,
    /// The help.
    Help,
    /// The list of profiles.
    Profiles,
    /// The question whether to quit.
    Leave,
}

impl Context {
    /// Lists them all.
    pub const ALL: [Self; 9] = [
        Self::List,
        Self::Filter,
        Self::Reason,
        Self::Confirm,
        Self::Reveal,
        Self::Pager,
        Self::Help,
        Self::Profiles,
        Self::Leave,
    ];

    fn of(screen: &Screen) -> Self {
        match screen {
            Screen::Sessions => Self::List,
            Screen::Filter => Self::Filter,
            Screen::Reason(_) => Self::Reason,
            Screen::Confirm(_) => Self::Confirm,
            Screen::Reveal(_) => Self::Reveal,
            Screen::Detail(_) | Screen::History(_) => Self::Pager,
            Screen::Help(_) => Self::Help,
            Screen::Profiles(_) => Self::Profiles,
            Screen::Leave => Self::Leave,
        }
    }

    /// Tells whether a character is text here, and so no action, except where the text has no use for it.
    const fn takes_text(self) -> bool {
        match self {
            Self::Filter | Self::Reason => true,
            Self::List | Self::Confirm | Self::Reveal | Self::Pager | Self::Help | Self::Profiles | Self::Leave => {
                false
            }
        }
    }
}

/// An action with the keys that it has.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The action.
    pub action: &'static Action,
    /// Its keys; none where it is reached in another way alone.
    pub keys: Vec<Key>,
    context: Context,
}

impl Binding {
    /// Writes the keys, separated by blanks.
    #[must_use]
    pub fn shown(&self, signs: &Signs) -> String {
        self.keys.iter().map(|key| key.sign(signs)).collect::<Vec<_>>().join(" ")
    }
}

/// The keys of every context.
#[derive(Debug, Clone)]
pub struct KeyMap(Vec<Binding>);

impl Default for KeyMap {
    fn default() -> Self {
        let all = Context::ALL.into_iter().flat_map(|context| {
            actions::of(context).map(move |action| Binding { action, keys: default_keys(action, context), context })
        });
        Self(all.collect())
    }
}

/// Gives the keys that an action has without a configuration. Where characters are text, those are none of them.
fn default_keys(action: &Action, context: Context) -> Vec<Key> {
    let is_text = |key: &Key| context.takes_text() && key.character().is_some() && action.kind != Kind::Fixed;
    // The help of the help is the help: what opens it closes it.
    let closes = |key: &Key| context == Context::Help && action.name == "help" && key.character().is_some();
    let keys = action.keys.split(' ').filter_map(Key::parse);
    keys.filter(|key| !is_text(key) && !closes(key)).collect()
}

impl KeyMap {
    /// Lists the actions of a screen with their keys, the most telling first.
    pub fn bindings(&self, screen: &Screen) -> impl Iterator<Item = &Binding> {
        let context = Context::of(screen);
        self.0.iter().filter(move |binding| binding.context == context)
    }

    /// Lists the keys of a screen and what they do.
    #[must_use]
    pub fn help(&self, screen: &Screen, signs: &Signs) -> Vec<(String, &'static str)> {
        self.bindings(screen).map(|binding| (binding.shown(signs), binding.action.help)).collect()
    }

    /// Lists the keys that the footer of a screen names.
    pub fn footer(&self, screen: &Screen, signs: &Signs) -> impl Iterator<Item = (String, &'static str)> {
        let named = self.bindings(screen).filter(|binding| !binding.action.footer.is_empty());
        named.filter_map(|binding| binding.keys.first().map(|key| (key.sign(signs), binding.action.footer)))
    }

    /// Reads a key on a screen; `None` where it means nothing.
    #[must_use]
    pub fn message_for(&self, screen: &Screen, event: KeyEvent) -> Option<Ui> {
        let pressed = Key::pressed(event);
        let bound = self.bindings(screen).find(|binding| binding.keys.contains(&pressed));
        match (bound, Context::of(screen)) {
            (Some(binding), _) => Some(binding.action.does.clone()),
            (None, Context::Filter) => typing::edit(pressed).map(|request| Ui::Filter(FilterUi::Edit(request))),
            (None, Context::Reason) => typing::edit(pressed).map(|request| Ui::Reason(ReasonUi::Edit(request))),
            // Any other character counts as a key that was ignored: it prolongs the quiet that a confirmation needs.
            (None, Context::Confirm) => pressed.character().map(|c| Ui::Confirm(ConfirmUi::Type(c))),
            (
                None,
                Context::List | Context::Reveal | Context::Pager | Context::Help | Context::Profiles | Context::Leave,
            ) => None,
        }
    }
}

/// Reads a key; `None` where it means nothing.
///
/// Where the terminal is too small nothing is readable: only leaving makes sense, and only where it asks nothing.
#[must_use]
pub fn message_in(model: &Model, event: KeyEvent) -> Option<Ui> {
    let (columns, lines) = model.size;
    if layout::too_small(columns, lines) {
        let quits = |ui: &Ui| *ui == Ui::Main(MainUi::Quit) && model.may_quit_unseen();
        return model.keys.message_for(&Screen::Sessions, event).filter(quits);
    }
    model.keys.message_for(&model.screen, event)
}

#[cfg(test)]
mod tests;
