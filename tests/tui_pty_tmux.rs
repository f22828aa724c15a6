//! In tmux a GUID is copied into a buffer of its own, and taken back. How long it stays is tested where the time is kept
//! (`tui::runtime::copies`).

use rustix::process::{Pid, Signal, kill_process};

use crate::support::desk::{Desk, IDLE, MASK, quiet};
use crate::support::pty::eventually;
use crate::support::tmux::Tmux;

/// Rotates the idle session up to its new GUID, and copies that.
fn rotated_and_copied(desk: &Desk) -> Tmux<'_> {
    let tmux = Tmux::console(desk);
    tmux.types(&format!("/{IDLE}"));
    tmux.sees(&["1 found"]);
    tmux.press("Enter");
    tmux.sees(&["row 1/1", "▸", "H:history"]);
    tmux.types("R");
    tmux.sees(&["Rotate the Host GUID"]);
    tmux.types("leaked in a chat");
    tmux.press("Enter");
    tmux.sees(&["Confirm rotation", "Read 0 s ago"]);
    quiet();
    tmux.types("y");
    tmux.sees(&["New Host GUID for session", MASK]);
    copy(&tmux);
    tmux
}

fn copy(tmux: &Tmux<'_>) {
    tmux.types("c");
    tmux.sees(&["Copied to a tmux buffer (prefix ]), deleted after 60 s", MASK]);
}

/// Gives the one buffer there is.
fn the_buffer(tmux: &Tmux<'_>) -> String {
    let buffers = tmux.buffers();
    assert_eq!(buffers, [format!("host-provisioner-{}", tmux.pid())]);
    buffers.concat()
}

#[test]
fn a_copy_is_in_a_named_tmux_buffer_until_the_guid_is_left() {
    let desk = Desk::demo();
    let tmux = rotated_and_copied(&desk);
    let guid = tmux.buffer(&the_buffer(&tmux));
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
    assert_eq!(guid.len(), 36, "the GUID alone");
    assert!(!desk.log().contains(&guid) && !tmux.text().contains(&guid));
    tmux.press("Escape");
    tmux.sees(&["H:history"]);
    eventually("the buffer is deleted", || tmux.buffers().is_empty());
}

#[test]
fn a_second_copy_takes_the_place_of_the_first() {
    let desk = Desk::demo();
    let tmux = rotated_and_copied(&desk);
    let guid = tmux.buffer(&the_buffer(&tmux));
    tmux.run(&["delete-buffer", "-b", &the_buffer(&tmux)]);
    copy(&tmux);
    eventually("it is there again", || !tmux.buffers().is_empty());
    assert_eq!(tmux.buffer(&the_buffer(&tmux)), guid);
}

#[test]
fn a_console_that_is_ended_takes_its_copy_with_it_and_no_other() {
    let desk = Desk::demo();
    let tmux = rotated_and_copied(&desk);
    tmux.run(&["set-buffer", "-b", "another", "not ours"]);
    let number = tmux.pid().parse().unwrap();
    kill_process(Pid::from_raw(number).unwrap(), Signal::TERM).unwrap();
    eventually("the program is gone", || tmux.is_dead());
    assert_eq!(tmux.buffers(), ["another"]);
}

/// Titles to which this program and tmux give other columns.
const TITLES: &str = "UPDATE Sessions SET Title = CASE SessionId % 4 WHEN 0 THEN '🇩🇪🇫🇷 two flags' WHEN 1 THEN 'क्षत्रिय' \
    WHEN 2 THEN '👍🏽 e' || char(769) || char(65534) || ' ' || SessionId ELSE 'plain ' || SessionId END";

/// The rows of the list, once they stay as they are.
fn settled(tmux: &Tmux<'_>) -> Vec<String> {
    let mut before = Vec::new();
    loop {
        quiet();
        let screen = tmux.text();
        let lines: Vec<String> = screen.lines().filter_map(|line| line.split('┃').nth(1)).map(str::to_owned).collect();
        if lines == before {
            return lines;
        }
        before = lines;
    }
}

#[test]
fn nothing_of_a_title_stays_where_another_row_takes_its_place() {
    let desk = Desk::demo();
    desk.sql(TITLES);
    let tmux = Tmux::console(&desk);
    // Ages may change at any moment.
    tmux.types("t");
    for order in ["TITLE ↑", "STATUS ↑", "PEOPLE ↑", "HOST RECORD ↑"] {
        tmux.types("s");
        tmux.sees(&[order]);
        let drawn = settled(&tmux);
        tmux.press("C-l");
        assert!(drawn.len() > 20);
        assert_eq!(settled(&tmux), drawn, "by {order}, redrawn and as it was");
    }
}
