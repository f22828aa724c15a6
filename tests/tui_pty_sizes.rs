//! What fits into which terminal, and what shows without colours.

use crate::support::desk::{Desk, IDLE, cursor_row, guid_on, hidden_by, quiet};

#[test]
fn a_large_terminal_has_list_detail_and_log() {
    let desk = Desk::demo();
    let console = desk.console_of(120, 35);
    console.sees(&["1 Sessions", "2 Detail", "3 Log", "If rotated now"]);
}

#[test]
fn a_small_terminal_has_list_and_log_and_enter_opens_the_detail() {
    let desk = Desk::demo();
    let mut console = desk.console_of(80, 24);
    console.sees(&["1 Sessions", "3 Log"]);
    assert!(!console.text().contains("2 Detail"));
    console.send("\r");
    console.sees(&["┏ Session 1 ━", "Group ", "lines 1 to"]);
    console.send("G");
    console.sees(&["If rotated now"]);
    console.send("\x1b");
    console.sees_no_more("┏ Session 1 ━");
}

#[test]
fn the_smallest_terminal_has_the_list_alone() {
    let desk = Desk::demo();
    let console = desk.console_of(60, 16);
    console.sees(&["1 Sessions", "Review of topic 7"]);
    assert!(!console.text().contains("2 Detail") && !console.text().contains("3 Log"));
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_quits() {
    let desk = Desk::demo();
    let mut console = desk.console_with((50, 10), &[], &[]);
    console.sees(&["Too small: 50x10; 60x16 is needed. q quits."]);
    assert_eq!(console.text().trim().lines().count(), 1, "{}", console.text());
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

/// A terminal orders keys and resizes in no way, so keys alone tell: a form would take the `q` as a letter.
#[test]
fn a_terminal_that_is_too_small_takes_no_other_key() {
    let desk = Desk::demo();
    let mut console = desk.console_with((50, 10), &[], &[]);
    console.sees(&["Too small"]);
    console.send("jR/Hq");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_resize_hides_a_guid_that_is_shown() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.rotate_idle("leaked in a chat");
    let guid = hidden_by(&mut console, |console| console.resize(100, 30));
    assert_eq!(guid_on(&console.text()), None);
    assert_eq!(console.reveal(), guid, "v shows it again");
}

#[test]
fn a_resize_gives_each_part_its_new_place() {
    let desk = Desk::demo();
    let console = desk.console_of(60, 16);
    console.resize(120, 35);
    console.sees(&["2 Detail", "3 Log", "If rotated now"]);
    console.resize(80, 24);
    console.sees_no_more("2 Detail");
    console.sees(&["1 Sessions", "3 Log", "24 sessions"]);
}

#[test]
fn the_cursor_row_is_in_reverse_video_without_colours_too() {
    let desk = Desk::demo();
    for variables in [&[][..], &[("NO_COLOR", "1")]] {
        let console = desk.console_with((120, 35), &[], variables);
        console.sees(&["24 sessions", "Review of topic 7"]);
        let screen = console.screen();
        let (row, _) = cursor_row(&screen).unwrap();
        let reversed = |row: u16| (2..70).all(|column| screen.cell(row, column).unwrap().inverse());
        assert!(reversed(row), "{variables:?}");
        assert!(!reversed(row + 1), "{variables:?}");
    }
}

#[test]
fn no_colour_is_used_where_the_environment_asks_for_none() {
    let desk = Desk::demo();
    for (variables, coloured) in [(&[][..], true), (&[("NO_COLOR", "1")], false)] {
        let console = desk.console_with((120, 35), &[], variables);
        console.sees(&["24 sessions", "● Active"]);
        let screen = console.screen();
        let cells = (0..35).flat_map(|row| (0..120).map(move |column| (row, column)));
        let colours = cells
            .filter_map(|(row, column)| screen.cell(row, column))
            .any(|cell| cell.fgcolor() != vt100::Color::Default);
        assert_eq!(colours, coloured, "{variables:?}");
    }
}

#[test]
fn keys_that_come_with_a_resize_are_not_left_waiting() {
    let desk = Desk::demo();
    let mut console = desk.console();
    for columns in [110, 120, 111, 121] {
        console.resize(columns, 35);
        console.send("?");
        console.sees(&["these keys"]);
        console.resize(columns + 1, 35);
        console.send("\x1b");
        console.sees_no_more("these keys");
    }
}

#[test]
fn thousands_of_keys_at_once_are_all_read_without_a_rest() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.send(&format!("{}{}", "j".repeat(3000), "?"));
    console.sees(&["these keys"]);
    let rests = || {
        let used = console.processor_time().unwrap();
        quiet();
        console.processor_time().unwrap() - used < 50
    };
    assert!((0..20).any(|_| rests()), "it spins");
}
