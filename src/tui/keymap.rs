//! The live key map: made from one table, from which keys are read and the help and the footer are made.

use std::collections::BTreeSet;

use crossterm::event::KeyEvent;

use super::message::{ConfirmUi, FilterUi, Global, HelpUi, HistoryUi, LogUi, MainUi, PaletteUi, ReasonUi, Ui};
use super::model::Model;
use super::screen::Screen;
use super::screen::history::Mode;
use super::theme::signs::Signs;
use super::view::layout;

mod action;
mod actions;
mod configured;
mod guards;
mod key;
mod pointer;
mod typing;

pub use action::{Action, Kind};
pub use configured::{Configured, Given};
pub use key::Key;
pub use pointer::pointer_in;

/// What has the keys: screens on which every key means the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The main screen.
    List,
    /// The filter line.
    Filter,
    /// The line in which the log is searched.
    LogSearch,
    /// The form of a change.
    Reason,
    /// A plan.
    Confirm,
    /// A plan for duplicates.
    Consolidation,
    /// A new GUID.
    Reveal,
    /// A text that scrolls.
    Pager,
    /// The history.
    History,
    /// The line of its search.
    Search,
    /// An entry of it.
    Entry,
    /// What a verification found.
    Findings,
    /// The help.
    Help,
    /// The search of the help.
    HelpSearch,
    /// The palette.
    Palette,
    /// A text that nothing is done to but read.
    Text,
    /// The list of profiles.
    Profiles,
    /// The overview.
    Overview,
    /// The question whether to quit.
    Leave,
}

impl Context {
    /// Lists them all.
    pub const ALL: [Self; 19] = [
        Self::List,
        Self::Filter,
        Self::LogSearch,
        Self::Reason,
        Self::Confirm,
        Self::Consolidation,
        Self::Reveal,
        Self::Pager,
        Self::History,
        Self::Search,
        Self::Entry,
        Self::Findings,
        Self::Help,
        Self::HelpSearch,
        Self::Palette,
        Self::Text,
        Self::Profiles,
        Self::Overview,
        Self::Leave,
    ];

    fn of(screen: &Screen) -> Self {
        match screen {
            Screen::Sessions => Self::List,
            Screen::Filter => Self::Filter,
            Screen::LogSearch => Self::LogSearch,
            Screen::Reason(_) => Self::Reason,
            Screen::Confirm(_) => Self::Confirm,
            Screen::Consolidation(_) => Self::Consolidation,
            Screen::Reveal(_) => Self::Reveal,
            Screen::Detail(_) => Self::Pager,
            Screen::Findings(_) => Self::Findings,
            Screen::History(history) => match history.mode {
                Mode::List => Self::History,
                Mode::Typing => Self::Search,
                Mode::Entry { .. } => Self::Entry,
            },
            Screen::Help(help) if help.typing => Self::HelpSearch,
            Screen::Help(_) => Self::Help,
            Screen::Palette(_) => Self::Palette,
            Screen::Warnings(_) | Screen::Report(_) => Self::Text,
            Screen::Profiles(_) => Self::Profiles,
            Screen::Overview => Self::Overview,
            Screen::Leave => Self::Leave,
        }
    }

    /// Tells whether a character is text here, or a part of an id or an answer, and so no action.
    const fn takes(self, character: char) -> bool {
        match self {
            Self::Filter | Self::LogSearch | Self::Reason | Self::Search | Self::HelpSearch | Self::Palette => true,
            Self::Confirm | Self::Consolidation => character.is_ascii_alphanumeric(),
            Self::List
            | Self::Reveal
            | Self::Pager
            | Self::History
            | Self::Entry
            | Self::Findings
            | Self::Help
            | Self::Text
            | Self::Profiles
            | Self::Overview
            | Self::Leave => false,
        }
    }

    /// Says where it is, as a part of a sentence.
    const fn place(self) -> &'static str {
        match self {
            Self::List => "on the list of sessions",
            Self::Filter => "in the filter line",
            Self::LogSearch => "in the search of the log",
            Self::Reason => "in the form of a change",
            Self::Confirm => "before a plan",
            Self::Consolidation => "before a plan for duplicates",
            Self::Reveal => "before a new GUID",
            Self::Pager => "in the detail",
            Self::History => "in the history",
            Self::Search => "in the search of the history",
            Self::Entry => "before an entry of the history",
            Self::Findings => "before what a verification found",
            Self::Help => "in the help",
            Self::HelpSearch => "in the search of the help",
            Self::Palette => "among the actions",
            Self::Text => "in the warnings or a report",
            Self::Profiles => "in the list of profiles",
            Self::Overview => "in the overview",
            Self::Leave => "before the question whether to quit",
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
        Self::of_actions(Action::own_keys)
    }
}

/// Leaves those keys of an action that can be its keys in a context: where characters are text, they are none.
fn keys_in(context: Context, action: &Action, mut keys: Vec<Key>) -> Vec<Key> {
    let is_text = |key: &Key| key.character().is_some_and(|character| context.takes(character));
    keys.retain(|key| action.kind == Kind::Fixed || !is_text(key));
    keys
}

impl KeyMap {
    /// Binds every action to its keys in each context.
    fn of_actions(keys: impl Fn(&Action) -> Vec<Key>) -> Self {
        let of = |context: Context| actions::of(context).map(move |action| (context, action));
        let all = Context::ALL.into_iter().flat_map(of);
        Self(
            all.map(|(context, action)| Binding { action, keys: keys_in(context, action, keys(action)), context })
                .collect(),
        )
    }

    /// Lists the actions of a screen with their keys, the most telling first.
    pub fn bindings(&self, screen: &Screen) -> impl Iterator<Item = &Binding> {
        let context = Context::of(screen);
        self.0.iter().filter(move |binding| binding.context == context)
    }

    /// Names an action of the main screen in a sentence, by its key.
    #[must_use]
    pub fn main(&self, does: MainUi) -> String {
        self.of(&Ui::Main(does))
    }

    /// Names an action in a sentence: by its first key, else by how the palette finds it.
    #[must_use]
    pub fn of(&self, does: &Ui) -> String {
        self.named(does, Key::to_string)
    }

    /// Names an action on a screen, where arrows can be arrows.
    #[must_use]
    pub fn sign(&self, does: &Ui, signs: &Signs) -> String {
        self.named(does, |key| key.sign(signs))
    }

    fn named(&self, does: &Ui, write: impl Fn(&Key) -> String) -> String {
        let bindings = || self.0.iter().filter(|binding| binding.action.does == *does);
        if let Some(key) = bindings().find_map(|binding| binding.keys.first()) {
            return write(key);
        }
        let palette = self.0.iter().find(|binding| binding.action.does == Ui::Global(Global::Palette));
        let palette = palette.and_then(|binding| binding.keys.first()).map_or(String::new(), write);
        let gap = if palette.chars().count() > 1 { " " } else { "" };
        bindings().next().map_or(String::new(), |binding| format!("{palette}{gap}{}", binding.action.name))
    }

    /// Lists the actions of other screens, each once, and where they work.
    pub fn elsewhere(&self, screen: &Screen) -> impl Iterator<Item = (&Binding, &'static str)> {
        let here = Context::of(screen);
        let mut seen: BTreeSet<&str> = self.bindings(screen).map(|binding| binding.action.name).collect();
        let other = self.0.iter().filter(move |binding| binding.context != here && binding.context != Context::Palette);
        other.filter(move |binding| seen.insert(binding.action.name)).map(|binding| (binding, binding.context.place()))
    }

    /// Reads a key on a screen; `None` where it means nothing.
    #[must_use]
    pub fn message_for(&self, screen: &Screen, event: KeyEvent) -> Option<Ui> {
        let pressed = Key::pressed(event);
        let bound = self.bindings(screen).find(|binding| binding.keys.contains(&pressed));
        match (bound, Context::of(screen)) {
            (Some(binding), _) => Some(binding.action.does.clone()),
            (None, Context::Filter) => typing::edit(pressed).map(|request| Ui::Filter(FilterUi::Edit(request))),
            (None, Context::LogSearch) => typing::edit(pressed).map(|request| Ui::Log(LogUi::Edit(request))),
            (None, Context::Search) => typing::edit(pressed).map(|request| Ui::History(HistoryUi::Edit(request))),
            (None, Context::Reason) => typing::edit(pressed).map(|request| Ui::Reason(ReasonUi::Edit(request))),
            // Any other character counts as a key that was ignored: it prolongs the quiet that a confirmation needs.
            (None, Context::Confirm | Context::Consolidation) => {
                pressed.character().map(|c| Ui::Confirm(ConfirmUi::Type(c)))
            }
            (None, Context::HelpSearch) => typing::edit(pressed).map(|request| Ui::Help(HelpUi::Edit(request))),
            (None, Context::Palette) => typing::edit(pressed).map(|request| Ui::Palette(PaletteUi::Edit(request))),
            (
                None,
                Context::List
                | Context::Reveal
                | Context::Pager
                | Context::History
                | Context::Entry
                | Context::Findings
                | Context::Help
                | Context::Text
                | Context::Profiles
                | Context::Overview
                | Context::Leave,
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
