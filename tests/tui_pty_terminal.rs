//! The terminal is always given back, however the console ends.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::desk::{Desk, IDLE};
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
