//! The mouse: off until it is asked for; then it scrolls what is under it, points, and drags the border of the log.

use crossterm::event::{MouseButton, MouseEventKind};
use host_provisioner::provision::ProvisionEvent;
use host_provisioner::tui::effect::Effect;
use host_provisioner::tui::model::Panel;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::update::tell;
use host_provisioner::tui::view::layout;

use crate::support::canned::{Canned, many, showcase};
use crate::support::console::Console;
use crate::world::session_id;

const PRESS: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const RELEASE: MouseEventKind = MouseEventKind::Up(MouseButton::Left);
const DOWN: MouseEventKind = MouseEventKind::ScrollDown;
const UP: MouseEventKind = MouseEventKind::ScrollUp;

/// A console with the mouse on, and fifty lines in its log.
fn with_mouse(data: Canned, size: (u16, u16)) -> Console {
    let mut console = Console::sized(data, size);
    for number in 1..=50 {
        tell(&mut console.model, &ProvisionEvent::Checking(session_id(number)));
    }
    assert_eq!(console.keys("M"), [Effect::Mouse(true)]);
    console
}

/// The line of the screen that holds a text.
fn line_of(console: &Console, text: &str) -> u16 {
    let found = console.screen().iter().position(|line| line.contains(text));
    u16::try_from(found.unwrap_or_else(|| panic!("{text} is drawn"))).unwrap()
}

fn log_rows(console: &Console) -> usize {
    layout::log_rows(&console.model)
}

#[test]
fn the_mouse_is_the_terminals_until_it_is_asked_for_and_after_it_is_given_back() {
    let mut console = Console::on(showcase());
    assert_eq!(console.mouse(PRESS, 5, 5), []);
    assert_eq!(console.mouse(DOWN, 5, 5), []);
    assert_eq!(console.cursor(), Some(1));
    assert_eq!(console.keys("M"), [Effect::Mouse(true)]);
    assert!(console.notice().starts_with("The mouse is on"));
    console.mouse(DOWN, 5, 5);
    assert_eq!(console.cursor(), Some(4));
    assert_eq!(console.keys("M"), [Effect::Mouse(false)]);
    assert_eq!(console.notice(), "The mouse is off: the terminal selects text again.");
    console.mouse(DOWN, 5, 5);
    assert_eq!(console.cursor(), Some(4));
}

#[test]
fn the_wheel_scrolls_the_panel_under_it_whichever_has_the_keys() {
    for size in [(120, 35), (80, 24)] {
        let mut console = with_mouse(many(300), size);
        let log = line_of(&console, " 3 Log ") + 1;
        console.keys("3");
        console.mouse(DOWN, 5, 5);
        console.mouse(DOWN, 5, 5);
        console.mouse(UP, 5, 5);
        assert_eq!(console.cursor(), Some(4), "{size:?}");
        console.keys("1");
        console.mouse(UP, 5, log);
        assert!(console.shows("3 lines back") && console.shows("Session ID 47"), "{size:?}");
        console.mouse(DOWN, 5, log);
        assert!(console.shows("following"), "{size:?}");
        assert_eq!((console.cursor(), console.model.focus), (Some(4), Panel::Sessions));
    }
}

#[test]
fn a_list_that_the_wheel_reaches_the_end_of_is_read_on() {
    let mut console = with_mouse(many(300), (120, 35));
    for _ in 0..120 {
        console.mouse(DOWN, 5, 5);
    }
    assert_eq!(console.cursor(), Some(300));
}

#[test]
fn a_click_puts_the_cursor_on_a_session_and_gives_its_panel_the_keys() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        for filter in ["", "/review\n"] {
            let mut console = with_mouse(showcase(), size);
            filter.chars().for_each(|c| drop(if c == '\n' { console.enter() } else { console.keys(&c.to_string()) }));
            console.keys("3");
            let line = line_of(&console, "Review of the word");
            console.mouse(PRESS, 10, line);
            assert_eq!((console.cursor(), console.model.focus), (Some(2), Panel::Sessions), "{size:?} {filter:?}");
            // Header, border, headings and footer: no session is there.
            for line in [0, line_of(&console, "1 Sessions"), line_of(&console, "TITLE"), size.1 - 1] {
                console.mouse(PRESS, 10, line);
                assert_eq!(console.cursor(), Some(2), "{size:?} {line}");
            }
        }
    }
}

#[test]
fn a_click_gives_a_panel_the_keys() {
    let mut console = with_mouse(showcase(), (120, 35));
    let log = line_of(&console, " 3 Log ") + 2;
    console.mouse(PRESS, 100, 5);
    assert_eq!(console.model.focus, Panel::Detail);
    console.mouse(PRESS, 5, log);
    assert_eq!(console.model.focus, Panel::Log);
    console.mouse(PRESS, 10, 20);
    assert_eq!((console.model.focus, console.cursor()), (Panel::Sessions, Some(1)), "below the last row");
    console.keys("3");
    console.mouse(MouseEventKind::Down(MouseButton::Right), 5, 5);
    console.mouse(MouseEventKind::Moved, 5, 5);
    assert_eq!((console.model.focus, console.cursor()), (Panel::Log, Some(1)), "no other button, no movement");
}

#[test]
fn the_border_of_the_log_is_dragged_between_its_least_and_its_most() {
    for size in [(120, 35), (80, 24)] {
        let mut console = with_mouse(showcase(), size);
        let border = line_of(&console, " 3 Log ");
        let rows = log_rows(&console);
        assert_eq!(console.mouse(DRAG, 9, border - 2), [], "nothing is in its grip yet");
        assert_eq!(log_rows(&console), rows);
        console.mouse(PRESS, 9, border);
        console.mouse(DRAG, 9, border - 2);
        assert_eq!((line_of(&console, " 3 Log "), log_rows(&console)), (border - 2, rows + 2), "{size:?}");
        console.mouse(DRAG, 9, 0);
        assert_eq!(line_of(&console, " 3 Log "), 7, "six lines are left to the list");
        console.mouse(DRAG, 9, size.1 - 1);
        assert_eq!(log_rows(&console), 1);
        console.mouse(DRAG, 9, border);
        console.mouse(RELEASE, 9, border);
        console.mouse(DRAG, 9, border - 4);
        assert_eq!((line_of(&console, " 3 Log "), log_rows(&console)), (border, rows), "it was let go");
    }
}

#[test]
fn the_wheel_scrolls_what_has_the_whole_screen() {
    let mut console = with_mouse(showcase(), (80, 24));
    console.keys("?");
    let first = console.screen();
    console.mouse(DOWN, 5, 5);
    assert_ne!(console.screen(), first);
    console.mouse(UP, 5, 5);
    assert_eq!(console.screen(), first);
    console.mouse(PRESS, 5, 5);
    assert!(matches!(console.model.screen, Screen::Help(_)));
}

#[test]
fn before_a_form_or_in_the_filter_line_the_mouse_does_nothing() {
    for keys in ["R", "/rev", "3/rev"] {
        let mut console = with_mouse(showcase(), (120, 35));
        console.keys(keys);
        let before = console.screen();
        for kind in [PRESS, DRAG, RELEASE, DOWN, UP] {
            assert_eq!(console.mouse(kind, 20, 6), [], "{keys} {kind:?}");
        }
        assert_eq!(console.screen(), before, "{keys}");
    }
}

#[test]
fn a_terminal_that_is_too_small_takes_nothing_of_the_mouse() {
    let mut console = with_mouse(showcase(), (120, 35));
    console.resize(50, 10);
    assert_eq!(console.mouse(DOWN, 5, 5), []);
    assert_eq!(console.cursor(), Some(1));
}

#[test]
fn a_click_in_the_palette_points_at_an_action_and_does_nothing() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = with_mouse(showcase(), size);
        console.keys(":");
        for _ in 0..3 {
            console.press(crossterm::event::KeyCode::PageDown);
        }
        let before = console.screen();
        let line = line_of(&console, "║ ▸") - 4;
        assert_eq!(console.mouse(PRESS, 30, line), []);
        assert_eq!(line_of(&console, "║ ▸"), line, "it goes where it was pressed, and nothing scrolls");
        let moved = |lines: Vec<String>| lines.concat().replace(['▸', ' '], "");
        assert_eq!(moved(console.screen()), moved(before));
        let name = console.screen()[usize::from(line)].clone();
        for outside in [(1, 0), (30, line_of(&console, " Actions "))] {
            console.mouse(PRESS, outside.0, outside.1);
            assert_eq!(console.screen()[usize::from(line)], name);
        }
        assert!(matches!(console.model.screen, Screen::Palette(_)));
    }
}

#[test]
fn a_click_in_the_history_points_at_an_entry() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut data = showcase();
        (1..=40).for_each(|hour| data.rotated_elsewhere(2, hour - 50));
        let mut console = with_mouse(data, size);
        console.keys("jH");
        console.mouse(DOWN, 5, 5);
        let line = line_of(&console, "▸") + 3;
        console.mouse(PRESS, 9, line);
        assert_eq!(line_of(&console, "▸"), line, "{size:?}");
        let Screen::History(history) = &console.model.screen else { panic!("{:?}", console.model.screen) };
        assert_eq!(history.window.cursor, 6, "{size:?}");
        for outside in [0, line_of(&console, "ACTION"), size.1 - 4, size.1 - 1] {
            console.mouse(PRESS, 9, outside);
        }
        assert_eq!(line_of(&console, "▸"), line, "{size:?}: no entry is there");
    }
}

#[test]
fn a_click_on_a_bar_of_the_overview_points_at_it_and_lists_nothing() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = with_mouse(crate::tui_update_overview::rotated(), size);
        console.keys("O");
        let line = line_of(&console, "expired");
        assert_eq!(console.mouse(PRESS, 6, line), []);
        assert!(console.shows("▸ expired") && console.shows("The current record has expired."), "{size:?}");
        // On the smallest there is room for one chart alone.
        if size.1 < 24 {
            continue;
        }
        let ages = line_of(&console, "Age of records");
        let column = if size.0 >= 100 { 70 } else { 6 };
        console.mouse(PRESS, column, ages + 2);
        assert_eq!(line_of(&console, "▸"), line_of(&console, "Age of records") + 2, "{size:?}");
        assert!(matches!(console.model.screen, Screen::Overview));
    }
    let mut console = with_mouse(crate::tui_update_overview::rotated(), (120, 35));
    console.keys("O");
    let line = line_of(&console, "Rotations a day");
    console.mouse(PRESS, 2, line + 2);
    assert!(console.shows("2026-10-23 12:00Z → 2026-10-24 12:00Z"), "{:#?}", console.screen());
}
