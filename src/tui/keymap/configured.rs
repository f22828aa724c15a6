//! `[keys]`: other keys for the actions of the table.
//!
//! A key that is given goes before one that an action has by itself, so that an action of a later version takes no key
//! away. What must not be lost has guards: the ways out, the keys of a confirmation, and the rule that no key that begins
//! a change stands next to a harmless one.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, Kind};
use super::actions;
use super::{Binding, Context, Key, KeyMap, guards};
use crate::config::{Located, Place, Problem};

/// `[keys]`: the keys of actions by their names, each with the place of the name.
pub type Given = BTreeMap<String, Located<Vec<String>>>;

/// A key map, and what is wrong with the keys that it was made from.
#[derive(Debug)]
pub struct Configured {
    /// The map; not to be used where there are errors.
    pub map: KeyMap,
    /// What is refused.
    pub errors: Vec<Problem>,
    /// What has no effect, or one that is easily overlooked.
    pub warnings: Vec<Problem>,
}

/// The map while it is made.
pub(super) struct Making<'g> {
    chosen: BTreeMap<&'static str, (Vec<Key>, &'g Place)>,
    pub(super) bindings: Vec<Binding>,
    pub(super) errors: BTreeSet<Problem>,
    pub(super) warnings: BTreeSet<Problem>,
}

impl KeyMap {
    /// Makes the map that `[keys]` asks for.
    #[must_use]
    pub fn configured(given: &Given) -> Configured {
        let (errors, warnings) = (BTreeSet::new(), BTreeSet::new());
        let mut making = Making { chosen: BTreeMap::new(), bindings: Vec::new(), errors, warnings };
        for (name, keys) in given {
            making.choose(name, keys);
        }
        making.bindings = KeyMap::of_actions(|action| making.keys(action)).0;
        guards::clashes(&mut making);
        guards::dangerous(&mut making);
        guards::needed(&mut making);
        let Making { bindings, errors, warnings, .. } = making;
        let (errors, warnings) = (errors.into_iter().collect(), warnings.into_iter().collect());
        Configured { map: Self(bindings), errors, warnings }
    }

    /// Lists the actions that `[keys]` can name with their keys, each once.
    pub fn changeable(&self) -> impl Iterator<Item = &Binding> {
        let mut seen = BTreeSet::new();
        let may_change = |binding: &&Binding| binding.action.kind.may_change();
        self.0.iter().filter(may_change).filter(move |binding| seen.insert(binding.action.name))
    }
}

impl<'g> Making<'g> {
    /// Takes an entry in, or says why not.
    fn choose(&mut self, name: &str, Located { value: keys, place }: &'g Located<Vec<String>>) {
        let Some(action) = Context::ALL.into_iter().flat_map(actions::of).find(|action| action.name == name) else {
            let map = KeyMap::default();
            let names = map.changeable().map(|binding| binding.action.name);
            self.warnings.insert(place.unknown("[keys]: the action", name, names));
            return;
        };
        let mut refuse = |why: String| {
            self.errors.insert(place.problem(format!("keys.{name}: {why}")));
        };
        match action.kind {
            Kind::Fixed => {
                return refuse("it is a part of a confirmation, whose keys are the same for everybody".to_owned());
            }
            Kind::Explains(other) => return refuse(format!("its keys are the small letters of `{other}`")),
            Kind::Free | Kind::Needed | Kind::Dangerous => {}
        }
        let mut read = Vec::new();
        for text in keys {
            match guards::key(text, action.kind) {
                Ok(key) if read.contains(&key) => {}
                Ok(key) => read.push(key),
                Err(why) => refuse(why),
            }
        }
        self.chosen.insert(action.name, (read, place));
    }

    /// The given keys of an action, else its own.
    fn keys(&self, action: &Action) -> Vec<Key> {
        let given = |name| self.chosen.get(name).map(|(keys, _)| keys.clone());
        let found = match action.kind {
            Kind::Explains(other) => given(other).map(|keys| keys.into_iter().filter_map(Key::small).collect()),
            Kind::Free | Kind::Needed | Kind::Dangerous | Kind::Fixed => given(action.name),
        };
        found.unwrap_or_else(|| action.own_keys())
    }

    /// Finds where the keys of an action were given; `None` where they are its own.
    pub(super) fn place(&self, action: &Action) -> Option<&'g Place> {
        self.chosen.get(action.name).map(|(_, place)| *place)
    }
}
