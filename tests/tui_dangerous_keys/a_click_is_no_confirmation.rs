//! The mouse points and scrolls. Wherever it is pressed, it opens no form, confirms no plan, and shows or lets go no GUID.

use crossterm::event::{MouseButton, MouseEventKind};

use crate::support::canned::showcase;
use crate::support::console::Console;

/// Presses, turns the wheel, and lets go everywhere on the screen.
fn click_everywhere(console: &mut Console) {
    let button = MouseButton::Left;
    let kinds = [MouseEventKind::Down(button), MouseEventKind::ScrollDown, MouseEventKind::Up(button)];
    let (columns, lines) = console.model.size;
    for (line, column) in (0..lines).flat_map(|line| (0..columns).step_by(3).map(move |column| (line, column))) {
        for kind in kinds {
            console.mouse(kind, column, line);
        }
    }
}

#[test]
fn a_click_opens_no_form() {
    let mut console = Console::on(showcase());
    console.keys("M");
    click_everywhere(&mut console);
    assert!(console.is_on_the_list() && console.started.is_empty());
}

#[test]
fn a_click_in_palette_history_or_overview_does_nothing_but_point() {
    for keys in [":", "H", "O", "O:"] {
        let mut console = Console::on(showcase());
        console.data.rotated_elsewhere(1, -1);
        console.keys("M");
        console.keys(keys);
        let screen = std::mem::discriminant(&console.model.screen);
        click_everywhere(&mut console);
        assert_eq!(std::mem::discriminant(&console.model.screen), screen, "{keys}");
        assert!(console.started.is_empty() && console.model.list.filter.is_empty(), "{keys}");
    }
}

#[test]
fn a_click_confirms_no_plan() {
    for (session, typed) in [(4, ""), (2, "2")] {
        let mut console = Console::on(showcase());
        console.keys("M");
        console.reach_plan(session);
        console.keys(typed);
        let before = console.screen();
        click_everywhere(&mut console);
        assert!(console.started.is_empty());
        assert_eq!(console.screen(), before);
        assert_eq!(console.confirm().typed, typed);
    }
}

#[test]
fn a_click_neither_shows_nor_copies_nor_leaves_a_guid() {
    let mut console = Console::on(showcase());
    console.keys("M");
    console.reach_guid(4);
    let before = console.screen();
    click_everywhere(&mut console);
    assert_eq!(console.screen(), before);
    let reveal = console.reveal();
    assert!(!reveal.handed_over && reveal.shown_until.is_none() && !reveal.asking);
}

#[test]
fn a_click_neither_quits_nor_cancels_a_change() {
    let mut console = Console::on(showcase());
    console.keys("M");
    console.reach_change(4);
    console.keys("q");
    let before = console.screen();
    click_everywhere(&mut console);
    assert_eq!(console.screen(), before);
    assert!(!console.model.quitting && console.model.job.as_ref().is_some_and(|job| !job.cancelling));
}
