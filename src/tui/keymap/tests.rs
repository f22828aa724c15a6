//! What the table must be, whoever adds to it.

use crossterm::event::{KeyCode, KeyModifiers};

use super::*;
use crate::tui::theme::signs::UNICODE;

fn each(check: impl Fn(&Binding)) {
    KeyMap::default().0.iter().for_each(check);
}

#[test]
fn no_key_does_two_things_in_one_context() {
    let map = KeyMap::default();
    for context in Context::ALL {
        let mut seen: Vec<Key> = Vec::new();
        for key in map.0.iter().filter(|binding| binding.context == context).flat_map(|binding| &binding.keys) {
            assert!(!seen.contains(key), "{key} is bound twice in {context:?}");
            seen.push(*key);
        }
    }
}

#[test]
fn every_action_has_a_name_keys_that_can_be_read_and_words() {
    each(|Binding { action, .. }| {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(!action.name.is_empty() && action.name.chars().all(is_name), "{action:?}");
        assert!(!action.help.is_empty(), "{action:?}");
        for key in action.keys.split_whitespace() {
            assert!(Key::parse(key).is_some(), "{key:?} of {}", action.name);
        }
    });
}

#[test]
fn a_name_has_the_same_keys_and_the_same_kind_wherever_it_stands() {
    each(|one| {
        each(|other| {
            if one.action.name == other.action.name {
                let (one, other) = (one.action, other.action);
                assert_eq!((one.keys, one.kind), (other.keys, other.kind), "{}", one.name);
            }
        });
    });
}

#[test]
fn keys_that_belong_to_terminals_are_never_bound() {
    each(|binding| {
        for key in &binding.keys {
            assert_eq!((key.never_bound(), key.modifiers.contains(KeyModifiers::ALT)), (None, false), "{key}");
        }
    });
}

#[test]
fn a_map_without_configuration_is_that_of_the_table() {
    let Configured { map, errors, warnings } = KeyMap::configured(&Given::new());
    assert_eq!((errors, warnings), (vec![], vec![]));
    let keys = |map: &KeyMap| map.0.iter().map(|binding| binding.keys.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&map), keys(&KeyMap::default()));
}

#[test]
fn shift_is_part_of_the_letter() {
    let map = KeyMap::default();
    let upper = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
    assert_eq!(map.message_for(&Screen::Sessions, upper), Some(Ui::Main(MainUi::Rotate)));
    let lower = KeyEvent::new(KeyCode::Char('r'), KeyModifiers::NONE);
    assert_eq!(map.message_for(&Screen::Sessions, lower), Some(Ui::Main(MainUi::ExplainRotate)));
}

#[test]
fn a_letter_is_text_where_text_is_typed() {
    let map = KeyMap::default();
    let question = KeyEvent::new(KeyCode::Char('?'), KeyModifiers::NONE);
    assert!(matches!(map.message_for(&Screen::Filter, question), Some(Ui::Filter(FilterUi::Edit(_)))));
    assert_eq!(map.bindings(&Screen::Filter).next().unwrap().shown(&UNICODE), "F1");
}
