//! The overview in a real terminal, on a real database.

use crate::support::desk::{Desk, IDLE, LIVE};
use crate::support::pty::Console;

/// Reads how many sessions the bar under the cursor lists, and by which filter.
fn told(console: &Console) -> (String, String) {
    let text = console.text();
    let line = text.lines().find_map(|line| line.split_once("Enter lists ")).unwrap().1;
    let (count, filter) = line.split_once(": ").unwrap();
    let count = count.split(' ').next().unwrap().to_owned();
    (count, filter.trim_end_matches([' ', '│', '┃', '║']).to_owned())
}

/// Makes the bar under the cursor the filter, and compares the list with what the bar told.
fn lists_what_it_told(console: &mut Console) {
    let (count, filter) = told(console);
    console.send("\r");
    console.sees(&[&format!("/ {filter}"), &format!("{count} found")]);
}

#[test]
fn a_bar_becomes_the_filter_and_the_list_shows_as_many_as_it_told() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.send("O");
    console.sees(&["Records of 24 sessions", "Enter lists", ": record:active"]);
    console.send("jj");
    console.sees(&[": record:expired"]);
    assert_ne!(told(&console).0, "0");
    lists_what_it_told(&mut console);
    console.send("O");
    console.sees(&["Records of 24 sessions", ": record:expired"]);
    console.send("\tG");
    console.sees(&[": age:>=360d"]);
    console.send("k");
    console.sees(&[": age:>=180d age:<360d"]);
    console.send("k");
    console.sees(&["over the policy, 90d.", ": age:>=90d age:<180d"]);
    assert_ne!(told(&console).0, "0");
    lists_what_it_told(&mut console);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn rotations_show_by_day_and_by_whom_once_they_are_counted_again() {
    let desk = Desk::demo();
    for session in [IDLE, IDLE, LIVE] {
        desk.cli(&["create", "--json", "--session-id", &session.to_string(), "--created-by", "Ada Lovelace"]);
    }
    let mut console = desk.console_with((80, 24), &[], &[]);
    console.sees(&["24 sessions"]);
    console.send("O\t\t\t");
    console.sees(&["Host Manager: 5 rotations in 30 days"]);
    console.send("j");
    console.sees(&["Ada Lovelace: 3 rotations in 30 days", "Enter lists 2 sessions: by:=\"Ada Lovelace\" age:<30d"]);
    lists_what_it_told(&mut console);
    desk.cli(&["create", "--json", "--session-id", "3", "--created-by", "Ada Lovelace"]);
    console.send("O");
    console.sees(&["Ada Lovelace: 3 rotations in 30 days"]);
    console.send("\x12");
    console.sees(&["Ada Lovelace: 4 rotations in 30 days", "Enter lists 3 sessions"]);
    console.send("\x1b[Z");
    console.sees(&["sessions: age:<1d"]);
    console.send("\x1b");
    console.sees(&["H:history"]);
}

#[test]
fn the_policy_of_the_configuration_decides_what_is_over_it() {
    let desk = Desk::demo();
    let config = desk.home().join("policy.toml");
    std::fs::write(&config, "[policy]\nmax_age = \"36h\"\n").unwrap();
    let mut console = desk.console_with((120, 35), &["--config", config.to_str().unwrap()], &[]);
    console.sees(&["24 sessions"]);
    console.send("O");
    console.sees(&["over the policy (36h)", "! 36h to 3d"]);
    console.send("\tG");
    console.sees(&[": age:>=6d"]);
    lists_what_it_told(&mut console);
}
