//! What a person chose of the console's looks is there the next time, in a real terminal.

use std::path::PathBuf;

use crate::support::desk::Desk;
use crate::support::pty::Console;

fn file(desk: &Desk) -> PathBuf {
    desk.home().join(".local/state/host-provisioner/console.json")
}

fn configure(desk: &Desk, text: &str) {
    let folder = desk.home().join(".config/host-provisioner");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

/// Sorts by title, writes times in UTC, hides the log, and quits.
fn choose(mut console: Console) {
    console.send("stt\\");
    console.sees(&["sort: title", "MADE, UTC"]);
    console.sees_no_more("3 Log");
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn the_next_console_on_the_same_database_looks_as_the_last_one_did_and_one_on_another_does_not() {
    let (desk, other) = (Desk::demo(), Desk::demo());
    choose(desk.console());
    let console = desk.console();
    console.sees(&["sort: title", "MADE, UTC"]);
    assert!(!console.text().contains("3 Log"));
    let url = other.url();
    let console = desk.program((120, 35), &["--database-url", &url], &[]);
    console.sees(&["24 sessions", "3 Log", " AGE"]);
    let kept = std::fs::read_to_string(file(&desk)).unwrap();
    let name = desk.db.path.file_name().unwrap().to_str().unwrap();
    assert!(kept.contains("title") && !kept.contains(name) && !kept.contains("Review"), "{kept}");
}

#[test]
fn each_profile_has_its_own_looks() {
    let (desk, other) = (Desk::demo(), Desk::demo());
    configure(
        &desk,
        &format!("profile = \"a\"\n[profiles.a]\nurl = \"{}\"\n[profiles.b]\nurl = \"{}\"\n", desk.url(), other.url()),
    );
    let mut console = desk.program((120, 35), &[], &[]);
    console.sees(&["[a]", "24 sessions"]);
    console.send("s");
    console.sees(&["sort: title"]);
    console.send("p");
    console.sees(&["Profiles"]);
    console.send("j\r");
    console.sees(&["This is profile b", "24 sessions"]);
    console.send("S");
    console.sees(&["sort: id"]);
    console.send("p");
    console.sees(&["Profiles"]);
    console.send("k\r");
    console.sees(&["This is profile a", "sort: title"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    let console = desk.program((120, 35), &["--profile", "b"], &[]);
    console.sees(&["[b]", "sort: id"]);
}

#[test]
fn nothing_is_kept_where_the_configuration_says_so_and_of_a_demo() {
    let desk = Desk::demo();
    configure(&desk, "[console]\nremember = false\n");
    choose(desk.console());
    assert!(!file(&desk).exists());
    desk.console().sees(&["3 Log", " AGE"]);
    let desk = Desk::empty();
    let console = desk.program((120, 35), &["demo", "--sessions", "24"], &[]);
    console.sees(&["24 sessions"]);
    choose(console);
    assert!(!file(&desk).exists());
}

#[test]
fn a_file_that_cannot_be_used_is_told_in_one_line_of_the_log_and_stops_nobody() {
    let desk = Desk::demo();
    std::fs::create_dir_all(file(&desk).parent().unwrap()).unwrap();
    std::fs::write(file(&desk), "{\"version\":1,").unwrap();
    let mut console = desk.console();
    console.sees(&["3 Log", " AGE"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
    let told = |log: &str| log.matches("what was chosen of the console's looks is not taken from").count();
    assert_eq!(told(&desk.log()), 1, "{}", desk.log());
}

#[test]
fn without_a_place_for_it_the_console_works_and_forgets() {
    let desk = Desk::demo();
    std::fs::create_dir_all(desk.home().join(".local")).unwrap();
    std::fs::write(desk.home().join(".local/state"), "a file where the folder would be").unwrap();
    choose(desk.console());
    desk.console().sees(&["3 Log", " AGE"]);
}
