//! The terminal is always given back, however the console ends.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::desk::{Desk, IDLE, cursor_row};
use crate::support::pty::{Console, SWITCHES, count, eventually};

/// Checks beyond what every ending is checked for: each switch was thrown once, and back once.
fn each_switch_once(console: &Console) {
    let raw = console.raw();
    for (on, off) in SWITCHES {
        assert_eq!((count(&raw, on), count(&raw, off)), (1, 1), "{on:?}, {off:?}");
    }
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let desk = Desk::demo();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut console = desk.console();
        assert!(!console.is_cooked(), "the console reads single keys");
        console.signal(signal);
        assert_eq!(console.exit_code(), code);
        each_switch_once(&console);
    }
}

#[test]
fn quitting_gives_the_terminal_back() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    each_switch_once(&console);
}

#[test]
fn a_signal_while_a_change_waits_rolls_it_back() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.go_to(IDLE);
    let lock = desk.lock();
    console.plan_rotation("leaked in a chat");
    console.send("y");
    console.sees(&["Working on session 23"]);
    console.signal(Signal::TERM);
    assert_eq!(console.exit_code(), 143);
    each_switch_once(&console);
    lock.release();
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_window_that_is_closed_ends_the_console_at_once_and_quietly() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console();
    console.close_window();
    let spent = console.gone_within(Duration::from_secs(3));
    assert!(spent < 500, "it span for {spent} ms");
    assert_eq!(desk.dump(), before);
}

#[test]
fn suspending_gives_the_terminal_back_until_the_program_goes_on() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.send("\x1a");
    eventually("the process is stopped", || console.state() == Some('T'));
    assert!(console.is_cooked());
    for (_, off) in SWITCHES {
        console.receives(off, 1);
    }
    console.signal_group(Signal::CONT);
    for (on, _) in SWITCHES {
        console.receives(on, 2);
    }
    console.sees(&["24 sessions", "Review of topic 7"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

/// What has a terminal report the mouse, and what ends that.
const MOUSE: [(&str, &str); 3] =
    [("\x1b[?1000h", "\x1b[?1000l"), ("\x1b[?1002h", "\x1b[?1002l"), ("\x1b[?1006h", "\x1b[?1006l")];

#[test]
fn the_mouse_is_left_to_the_terminal_until_it_is_asked_for_and_given_back_once_each_time() {
    let desk = Desk::demo();
    let mut console = desk.console();
    let thrown = |console: &Console| MOUSE.map(|(on, off)| (count(&console.raw(), on), count(&console.raw(), off)));
    assert_eq!(thrown(&console), [(0, 0); 3]);
    console.send("M");
    console.sees(&["The mouse is on"]);
    assert_eq!(thrown(&console), [(1, 0); 3]);
    let (line, session) = cursor_row(&console.screen()).unwrap();
    // A press two rows below the cursor (xterm control sequences, "SGR" reports, which count from 1).
    console.send(&format!("\x1b[<0;10;{}M\x1b[<0;10;{}m", line + 3, line + 3));
    console.wait_for("the cursor on the row", |screen| cursor_row(screen).is_some_and(|row| row.0 == line + 2));
    assert_ne!(cursor_row(&console.screen()).unwrap().1, session);
    console.send("\x1b[<64;10;5M");
    console.wait_for("the cursor back up", |screen| cursor_row(screen).is_some_and(|row| row.1 == session));

    console.send("\x1a");
    eventually("the process is stopped", || console.state() == Some('T'));
    assert_eq!(thrown(&console), [(1, 1); 3], "not to the shell");
    console.signal_group(Signal::CONT);
    console.receives(MOUSE[2].0, 2);
    console.sees(&["24 sessions"]);
    console.send("M");
    console.sees(&["The mouse is off"]);
    assert_eq!(thrown(&console), [(2, 2); 3]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(thrown(&console), [(2, 2); 3], "what is off is not switched off again");
}

/// Checks that the mouse was asked for once, and given back once.
fn mouse_once(console: &Console) {
    for (on, off) in MOUSE {
        assert_eq!((count(&console.raw(), on), count(&console.raw(), off)), (1, 1), "{on:?}, {off:?}");
    }
}

#[test]
fn a_console_that_is_ended_gives_the_mouse_back() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.send("M");
    console.sees(&["The mouse is on: M gives it back"]);
    console.signal(Signal::TERM);
    assert_eq!(console.exit_code(), 143);
    mouse_once(&console);
}

#[test]
fn a_console_that_panics_gives_the_mouse_back() {
    let desk = Desk::demo();
    let mut console = desk.console_with((120, 35), &[], &[("HOST_PROVISIONER_DRILL", "hand-over:panic")]);
    console.sees(&["24 sessions"]);
    console.send("M");
    console.sees(&["The mouse is on: M gives it back"]);
    console.go_to(IDLE);
    console.plan_rotation("leaked in a chat");
    console.send("y");
    assert_eq!(console.exit_code(), 1);
    mouse_once(&console);
}
