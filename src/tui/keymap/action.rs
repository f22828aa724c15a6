//! What an action is, and how the table of actions is written.

use super::Key;
use crate::tui::message::Ui;

/// Something that a key can do in one context.
#[derive(Debug)]
pub struct Action {
    /// Its name in `[keys]`; the same in every context where it means the same.
    pub name: &'static str,
    /// Its keys unless others are configured, separated by blanks; empty where it has none.
    pub keys: &'static str,
    /// What happens.
    pub does: Ui,
    /// What it does, for help and palette.
    pub help: &'static str,
    /// What it does in a word or two, for the footer; empty where it is not worth its room.
    pub footer: &'static str,
    /// What becomes of its keys when others are configured.
    pub kind: Kind,
}

/// What may be done to the keys of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any keys, or none.
    Free,
    /// The way out, or to the help: it always has a key.
    Needed,
    /// The first step of a change: a key that nobody presses by the way.
    Dangerous,
    /// A part of a confirmation: its keys are the same for everybody.
    Fixed,
    /// Explains the dangerous action of this name: its keys are the small letters of that one's.
    Explains(&'static str),
}

impl Kind {
    /// Tells whether `[keys]` can give it others.
    pub(super) const fn may_change(self) -> bool {
        match self {
            Self::Free | Self::Needed | Self::Dangerous => true,
            Self::Fixed | Self::Explains(_) => false,
        }
    }
}

impl Action {
    /// Gives its keys unless others are configured.
    pub(super) fn own_keys(&self) -> Vec<Key> {
        self.keys.split(' ').filter_map(Key::parse).collect()
    }
}

pub(super) const fn action(
    name: &'static str,
    keys: &'static str,
    does: Ui,
    help: &'static str,
    footer: &'static str,
) -> Action {
    Action { name, keys, does, help, footer, kind: Kind::Free }
}

pub(super) const fn needed(mut action: Action) -> Action {
    action.kind = Kind::Needed;
    action
}

pub(super) const fn dangerous(mut action: Action) -> Action {
    action.kind = Kind::Dangerous;
    action
}

pub(super) const fn fixed(mut action: Action) -> Action {
    action.kind = Kind::Fixed;
    action
}

pub(super) const fn explains(dangerous: &'static str, mut action: Action) -> Action {
    action.kind = Kind::Explains(dangerous);
    action
}
