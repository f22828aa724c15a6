//! The reason form, and where a paste goes.

use crossterm::event::KeyCode;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::request::Action;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::reason::{Field, QUICK_PICKS};

use crate::support::canned::showcase;
use crate::support::console::Console;

fn form() -> Console {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys("R");
    console
}

#[test]
fn tab_goes_round_the_fields_and_shift_tab_back() {
    let mut console = form();
    for field in [Field::By, Field::Expires, Field::ForceNew, Field::Reason] {
        console.press(KeyCode::Tab);
        assert_eq!(console.form().field, field);
    }
    console.press(KeyCode::BackTab);
    assert_eq!(console.form().field, Field::ForceNew);
}

#[test]
fn a_revocation_has_neither_expiry_nor_force() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys("X");
    for field in [Field::By, Field::Reason] {
        console.press(KeyCode::Tab);
        assert_eq!(console.form().field, field);
    }
}

#[test]
fn down_and_up_go_through_the_quick_picks() {
    let mut console = form();
    for pick in QUICK_PICKS.iter().chain(&QUICK_PICKS[..1]) {
        console.press(KeyCode::Down);
        assert_eq!(console.form().reason.value(), *pick);
    }
    console.press(KeyCode::Up);
    assert_eq!(console.form().reason.value(), QUICK_PICKS[3]);
}

#[test]
fn space_is_text_in_a_field_and_a_toggle_on_force_new() {
    let mut console = form();
    console.keys("a b");
    assert_eq!(console.form().reason.value(), "a b");
    assert!(!console.form().force_new);
    console.press(KeyCode::BackTab);
    console.keys(" ");
    assert!(console.form().force_new);
    console.keys(" x");
    assert!(!console.form().force_new);
}

#[test]
fn enter_asks_for_the_plan_of_what_was_typed() {
    let mut console = form();
    console.keys("lost GUID, R and X");
    console.press(KeyCode::Tab);
    console.ctrl('u');
    console.keys("r.sato");
    console.press(KeyCode::Tab);
    console.keys("8h");
    console.enter();
    let request = &console.confirm().request;
    assert_eq!(request.session.get(), 4);
    assert_eq!(request.reason.as_ref().unwrap().as_str(), "lost GUID, R and X");
    assert_eq!(request.by.as_str(), "r.sato");
    assert_eq!(request.action, Action::Provision(Expiry::parse("8h").unwrap()));
    assert!(console.started.is_empty());
}

#[test]
fn a_blank_expiry_is_never_and_the_operator_is_the_default() {
    let mut console = form();
    console.keys("lost");
    console.enter();
    assert_eq!(console.confirm().request.action, Action::Provision(Expiry::Never));
    assert_eq!(console.confirm().request.by.as_str(), "M. Keller");
}

#[test]
fn force_new_goes_into_the_request() {
    let mut console = form();
    console.keys("lost");
    console.press(KeyCode::BackTab);
    console.keys(" ");
    console.enter();
    assert_eq!(console.confirm().request.action, Action::ForceNew(Expiry::Never));
}

#[test]
fn what_is_wrong_is_said_and_its_field_gets_the_keys() {
    for (field, tabs, text) in [
        (Field::Reason, 0, "ab"),
        (Field::Reason, 0, "leaked 6ba39809-bc5a-498e-956a-fcbb3f39e017"),
        (Field::By, 1, ""),
        (Field::Expires, 2, "tomorrow"),
        (Field::Expires, 2, "2020-01-01"),
    ] {
        let mut console = form();
        console.press(KeyCode::Down);
        for _ in 0..tabs {
            console.press(KeyCode::Tab);
        }
        console.ctrl('u');
        console.keys(text);
        console.press(KeyCode::Tab);
        console.enter();
        assert_eq!(console.form().field, field, "{text}");
        assert!(console.form().fault.is_some(), "{text}");
        assert!(console.shows("✗ "));
        assert!(console.waiting.is_empty() && console.started.is_empty());
    }
}

#[test]
fn typing_takes_the_fault_away() {
    let mut console = form();
    console.enter();
    assert!(console.form().fault.is_some());
    console.keys("x");
    assert!(console.form().fault.is_none());
}

#[test]
fn esc_goes_back_to_the_list() {
    let mut console = form();
    console.keys("q?");
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn a_paste_becomes_one_line_and_never_enter() {
    let mut console = form();
    console.paste("host\r\nchanged\u{1b}[2J\n");
    assert_eq!(console.form().reason.value(), "host  changed [2J");
}

#[test]
fn fields_have_limits() {
    let mut console = form();
    console.paste(&"x".repeat(900));
    assert_eq!(console.form().reason.value().chars().count(), 500);
    console.press(KeyCode::Tab);
    console.paste(&"x".repeat(900));
    assert_eq!(console.form().by.value().chars().count(), 128);
}

#[test]
fn a_paste_on_the_force_toggle_does_nothing() {
    let mut console = form();
    console.press(KeyCode::BackTab);
    console.paste(" x ");
    assert!(!console.form().force_new);
    assert!(matches!(console.model.screen, Screen::Reason(_)));
}
