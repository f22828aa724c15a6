//! Next to a key are the same letter small or with Ctrl or Alt, and what the same key does on another screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use host_provisioner::tui::keymap::message_in;
use host_provisioner::tui::message::{ConfirmUi, HistoryUi, MainUi, PagerUi, Ui};
use host_provisioner::tui::screen::Screen;

use crate::support::canned::showcase;
use crate::support::console::Console;

/// Every key that a terminal can send without meaning harm.
fn keys() -> Vec<KeyEvent> {
    let named = [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Backspace, KeyCode::Delete];
    let moving = [KeyCode::Up, KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::PageUp, KeyCode::PageDown];
    let others = [KeyCode::Home, KeyCode::End, KeyCode::Insert].into_iter().chain((1..=12).map(KeyCode::F));
    let codes = (' '..='~').map(KeyCode::Char).chain(named).chain(moving).chain(others);
    let modifiers = [KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT];
    codes.flat_map(|code| modifiers.map(|with| KeyEvent::new(code, with))).collect()
}

/// The screens where letters are no text, by the keys that lead there from the list.
fn console_at(way: &str) -> Console {
    let mut console = Console::on(showcase());
    match way {
        "plan" => console.reach_plan(4),
        "live plan" => console.reach_plan(2),
        "guid" => drop(console.reach_guid(4)),
        "quitting" => {
            console.reach_change(4);
            console.keys("q");
        }
        "plan for duplicates" => {
            console.go_to(215);
            console.reach_consolidation();
        }
        "report" => {
            console.keys("*");
            console.reach_consolidation();
            console.keys("y");
            let started = console.cleaning.pop().expect("it was started");
            console.end_clean_up(&started);
        }
        "detail" => drop(console.enter()),
        "entry" => {
            console.data.rotated_elsewhere(2, -1);
            console.go_to(2);
            console.keys("H");
            console.enter();
        }
        keys => drop(console.keys(keys)),
    }
    console
}

const WAYS: [&str; 11] =
    ["", "detail", "H", "entry", "?", "plan", "live plan", "plan for duplicates", "report", "guid", "quitting"];

/// What a key does, if it opens the form of a change.
fn opens(console: &Console, key: KeyEvent) -> Option<Ui> {
    let opening = [MainUi::Rotate, MainUi::Revoke, MainUi::Consolidate].map(Ui::Main);
    let opening = opening.into_iter().chain([PagerUi::Rotate, PagerUi::Revoke, PagerUi::Consolidate].map(Ui::Pager));
    let opening = opening.chain([HistoryUi::Rotate, HistoryUi::Revoke, HistoryUi::Consolidate].map(Ui::History));
    message_in(&console.model, key).filter(|ui| opening.clone().any(|dangerous| dangerous == *ui))
}

fn letter(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
}

#[test]
fn a_change_begins_with_three_capital_letters_and_with_no_other_key() {
    for way in WAYS {
        let console = console_at(way);
        for key in keys().into_iter().filter(|key| opens(&console, *key).is_some()) {
            assert!(["", "detail", "H", "entry"].contains(&way), "{key:?} on {way:?}");
            assert!(matches!(key.code, KeyCode::Char('R' | 'X' | 'C')), "{key:?} on {way:?}");
            assert!(KeyModifiers::SHIFT.contains(key.modifiers), "{key:?} on {way:?}");
        }
    }
}

#[test]
fn the_small_letter_beside_a_dangerous_one_explains_it() {
    for (small, capital) in
        [("r", "R (a capital letter)"), ("x", "X (a capital letter)"), ("c", "C (a capital letter)")]
    {
        let mut console = Console::on(showcase());
        assert_eq!(console.keys(small), []);
        assert!(console.is_on_the_list());
        assert!(console.notice().starts_with(capital), "{}", console.notice());
    }
}

#[test]
fn a_dangerous_letter_neither_moves_nor_edits_on_another_screen() {
    for way in WAYS {
        let console = console_at(way);
        for key in ['R', 'X', 'C'].map(letter) {
            let does = message_in(&console.model, key);
            let ignored = matches!(does, None | Some(Ui::Confirm(ConfirmUi::Type(_))));
            assert!(ignored || opens(&console, key) == does, "{does:?} on {way:?}");
        }
    }
}

#[test]
fn before_the_plan_of_an_idle_session_y_alone_confirms() {
    for key in keys() {
        let mut console = console_at("plan");
        console.event(key);
        let is_y = key.code == KeyCode::Char('y') && KeyModifiers::SHIFT.contains(key.modifiers);
        assert_eq!(console.started.len(), usize::from(is_y), "{key:?}");
    }
}

#[test]
fn before_a_plan_for_duplicates_y_alone_confirms() {
    for key in keys() {
        let mut console = console_at("plan for duplicates");
        console.event(key);
        let is_y = key.code == KeyCode::Char('y') && KeyModifiers::SHIFT.contains(key.modifiers);
        assert_eq!(console.cleaning.len(), usize::from(is_y), "{key:?}");
    }
}

#[test]
fn before_the_plan_of_a_live_session_no_single_key_confirms() {
    for key in keys() {
        let mut console = console_at("live plan");
        console.event(key);
        console.pass(400);
        console.enter();
        let typed = key.code == KeyCode::Char('2') && KeyModifiers::SHIFT.contains(key.modifiers);
        assert_eq!(console.started.len(), usize::from(typed), "{key:?}, then Enter");
    }
}

#[test]
fn the_letters_around_the_one_that_confirms_do_nothing_at_all() {
    // Of the usual keyboards: QWERTY, QWERTZ, AZERTY, Dvorak.
    for key in "tughj67asxfipTUGHJY".chars() {
        let mut console = console_at("plan");
        assert_eq!(console.event(letter(key)), [], "{key}");
        assert!(matches!(console.model.screen, Screen::Confirm(_)), "{key}");
        assert_eq!(console.notice(), "", "{key}");
    }
}

#[test]
fn the_keys_that_lead_to_a_plan_do_not_confirm_it() {
    let mut console = console_at("plan");
    for key in [KeyCode::Char('R'), KeyCode::Down, KeyCode::Tab, KeyCode::Char(' '), KeyCode::Enter] {
        console.press(key);
        console.pass(400);
    }
    assert!(console.started.is_empty());
}

#[test]
fn a_y_too_many_neither_starts_another_change_nor_lets_a_guid_go() {
    let mut console = console_at("plan");
    console.keys("yyy");
    let started = console.started.pop().unwrap();
    assert!(console.started.is_empty(), "one change");
    console.end(&started);
    console.keys("yyy");
    assert!(!console.reveal().handed_over);
}
