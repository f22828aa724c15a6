//! The detail in the reducer: it is about its session, wherever the cursor of the list is.

use crossterm::event::KeyCode;
use host_provisioner::tui::message::Look;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{many, showcase};
use crate::support::console::Console;
use crate::world::session_id;

/// The detail of this session.
fn opened(number: i64, size: (u16, u16)) -> Console {
    let mut console = Console::sized(showcase(), size);
    console.go_to(number);
    console.enter();
    console
}

fn session_of(console: &Console) -> Option<i64> {
    if let Screen::Detail(full) = &console.model.screen { Some(full.session.get()) } else { None }
}

#[test]
fn everything_that_show_tells_is_there() {
    let mut console = Console::sized(showcase(), (120, 60));
    console.data.rotated_elsewhere(215, -3);
    console.go_to(215);
    console.enter();
    let screen = console.screen().join("\n");
    for label in [
        "Title",
        "Description",
        "Status",
        "People",
        "Started",
        "Ended",
        "Expires",
        "Group",
        "Created",
        "Modified",
        "Host record #32",
        "Fingerprint",
        "Made by",
        "Made at",
        "Last used",
        "Host record #31",
        "Host record #30",
        "Retired",
        "1 entry, chain intact",
        "suspected compromise",
    ] {
        assert!(screen.contains(label), "{label} in {screen}");
    }
}

#[test]
fn a_record_that_was_removed_from_outside_since_is_not_shown_any_more() {
    let mut console = opened(215, (120, 60));
    assert!(console.shows("Host record #30"));
    console.data.tables.records.retain(|record| record.id.get() != 30);
    console.look(Look::Changed);
    assert!(!console.shows("Host record #30") && console.shows("Host record #31"));
}

#[test]
fn rotation_revocation_and_history_are_those_of_its_session() {
    for (key, verb) in [("R", "Rotate"), ("X", "Revoke"), ("C", "Consolidate")] {
        let mut console = opened(5, (80, 24));
        console.keys(key);
        assert_eq!(console.form().session, session_id(5));
        assert!(console.shows(verb));
    }
    let mut console = opened(5, (80, 24));
    console.keys("H");
    assert!(console.shows("History of session 5"));
    console.esc();
    assert_eq!(session_of(&console), Some(5));
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn a_session_that_is_removed_meanwhile_is_told_to_be_gone() {
    let mut console = opened(4, (120, 35));
    console.data.remove(4);
    console.look(Look::Changed);
    assert!(console.shows("There is no session 4 any more."), "{:#?}", console.screen());
    assert_eq!(session_of(&console), Some(4));
    console.keys("R");
    assert_eq!(console.form().session, session_id(4));
    assert!(console.shows("session 4 is gone"), "{:#?}", console.screen());
}

#[test]
fn it_scrolls_to_its_ends_and_no_further() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = opened(215, size);
        let top = console.screen();
        for key in [KeyCode::Up, KeyCode::PageUp, KeyCode::Home] {
            console.press(key);
            assert_eq!(console.screen(), top, "{key:?}");
        }
        console.keys("G");
        let bottom = console.screen();
        assert!(bottom.iter().any(|line| line.contains("History   none")), "{bottom:#?}");
        for key in [KeyCode::Down, KeyCode::PageDown, KeyCode::End] {
            console.press(key);
            assert_eq!(console.screen(), bottom, "{key:?}");
        }
        console.keys("g");
        assert_eq!(console.screen(), top);
    }
}

#[test]
fn a_jump_under_way_does_not_take_the_detail_to_another_session() {
    let mut console = Console::on(many(300));
    console.go_to(3);
    console.prompt = false;
    console.keys("G");
    console.enter();
    console.answer();
    assert_eq!(session_of(&console), Some(3));
    assert!(console.shows("Class 3 "));
}
