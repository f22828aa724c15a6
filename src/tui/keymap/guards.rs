//! What `[keys]` must not do.

use super::action::Kind;
use super::configured::Making;
use super::{Binding, Key, KeyMap, keys_in};

/// Reads a key for an action of this kind.
pub(super) fn key(text: &str, kind: Kind) -> Result<Key, String> {
    let no_key = || format!("`{text}` is no key; one is like R, Ctrl-r, F5, PgDn or Space");
    if text.to_ascii_lowercase().starts_with("alt-") {
        return Err(format!("`{text}` is never bound: a terminal sends it as Esc and a key"));
    }
    let key = Key::parse(text).ok_or_else(no_key)?;
    if let Some(why) = key.never_bound() {
        return Err(format!("`{text}` is never bound: {why}"));
    }
    if kind == Kind::Dangerous && key.small().is_none() {
        return Err(format!("it begins a change, which takes a capital letter, and `{text}` is none"));
    }
    Ok(key)
}

/// A key that was given goes before one that an action has by itself; two that were given clash.
pub(super) fn clashes(making: &mut Making<'_>) {
    for one in 0..making.bindings.len() {
        for other in 0..making.bindings.len() {
            let (a, b) = (&making.bindings[one], &making.bindings[other]);
            let shared: Vec<Key> = a.keys.iter().copied().filter(|key| b.keys.contains(key)).collect();
            if one != other && a.context == b.context && making.place(a.action).is_some() {
                for key in shared {
                    clash(making, one, other, key);
                }
            }
        }
    }
}

/// Settles that a key was given to `one`, and that `other` has it too.
fn clash(making: &mut Making<'_>, one: usize, other: usize, key: Key) {
    let (a, b) = (making.bindings[one].action, making.bindings[other].action);
    let Some(place) = making.place(a) else { return };
    let there = making.place(b);
    match (there, b.kind) {
        (Some(there), _) if place < there => {}
        (Some(there), _) => {
            let told = format!("keys.{}: `{key}` is given to `{}` too, at {there}", a.name, b.name);
            making.errors.insert(place.problem(told));
        }
        (None, Kind::Dangerous) if a.kind == Kind::Dangerous => {
            making.errors.insert(place.problem(format!("keys.{}: `{key}` is the key of `{}`", a.name, b.name)));
        }
        // What is next to the key of a change has a rule of its own.
        (None, Kind::Dangerous | Kind::Explains(_)) => {}
        (None, Kind::Fixed) => {
            let told = format!("keys.{}: `{key}` is a key of a confirmation there: {}", a.name, b.help);
            making.errors.insert(place.problem(told));
        }
        (None, Kind::Free | Kind::Needed) => {
            making.bindings[other].keys.retain(|its| *its != key);
            if making.bindings[other].keys.is_empty() && b.kind == Kind::Free {
                let (a, b) = (a.name, b.name);
                let told = format!(
                    "keys.{a}: `{b}` has no key now, as `{key}` was its own; `{b} = []` says that this is meant"
                );
                making.warnings.insert(place.problem(told));
            }
        }
    }
}

/// A key that begins a change does nothing else on any screen, and the small letter beside it nothing on its own: not
/// here, and not where nobody has configured anything, since that is what fingers learn.
pub(super) fn dangerous(making: &mut Making<'_>) {
    let own = KeyMap::default();
    let harmless = |binding: &&Binding| !matches!(binding.action.kind, Kind::Dangerous | Kind::Explains(_));
    let mut found = Vec::new();
    for danger in making.bindings.iter().filter(|binding| binding.action.kind == Kind::Dangerous) {
        let begins = danger.action.name;
        for other in making.bindings.iter().filter(harmless) {
            if let (Some(key), Some(place)) = (too_near(danger, other), making.place(other.action)) {
                let name = other.action.name;
                found.push(place.problem(format!(
                    "keys.{name}: `{key}` is the key of `{begins}`, or next to it, and that begins a change"
                )));
            }
        }
        let Some(place) = making.place(danger.action) else { continue };
        for other in own.0.iter().filter(harmless) {
            if let Some(key) = too_near(danger, other) {
                let name = other.action.name;
                found.push(place.problem(format!(
                    "keys.{begins}: it begins a change, and `{key}` is known as the key of `{name}`"
                )));
            }
        }
    }
    making.errors.extend(found);
}

/// Finds the key of another action that is one of a dangerous one, or beside it on its screen.
fn too_near(danger: &Binding, other: &Binding) -> Option<Key> {
    let beside = |key: Key, its: &Key| key == *its || (other.context == danger.context && Some(key) == its.small());
    other.keys.iter().copied().find(|key| danger.keys.iter().any(|its| beside(*key, its)))
}

/// The ways out, and to the help, have a key wherever they are.
pub(super) fn needed(making: &mut Making<'_>) {
    let mut found = Vec::new();
    for binding in
        making.bindings.iter().filter(|binding| binding.action.kind == Kind::Needed && binding.keys.is_empty())
    {
        let name = binding.action.name;
        if let Some(place) = making.place(binding.action) {
            found.push(place.problem(format!(
                "keys.{name}: it must have a key on every screen, and one that is no character where text is typed"
            )));
            continue;
        }
        let own = keys_in(binding.context, binding.action, binding.action.own_keys());
        let took = making.bindings.iter().filter(|other| other.context == binding.context);
        let took = took.filter(|other| other.keys.iter().any(|key| own.contains(key)));
        found.extend(took.filter_map(|other| {
            let told = format!("keys.{}: it leaves no key to `{name}`, which must have one", other.action.name);
            Some(making.place(other.action)?.problem(told))
        }));
    }
    making.errors.extend(found);
}
