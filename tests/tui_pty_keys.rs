//! Configured keys in a real terminal.

use crate::support::desk::{Desk, cursor_row};

fn desk_with(file: &str) -> Desk {
    let desk = Desk::demo();
    let folder = desk.home().join(".config/host-provisioner");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), file).unwrap();
    desk
}

#[test]
fn a_configured_key_works_and_the_one_before_does_not() {
    let desk = desk_with("[keys]\nfilter = \"F6\"\nrotate = \"W\"\nhelp = [\"F1\", \"F2\"]\n");
    let mut console = desk.console_with((120, 35), &[], &[]);
    console.sees(&["24 sessions", "F1:help", "F6:filter", "W:rotate"]);
    // The key that filters elsewhere does nothing; what follows it is no text.
    console.send("/R");
    console.send("\x1b[17~");
    console.sees(&["words of the title"]);
    console.send("23\r");
    console.sees(&["1 found"]);
    console.send("W");
    console.sees(&["Rotate the Host GUID"]);
    console.send("\x1b");
    console.sees_no_more("Rotate the Host GUID");
    console.send("\x1b[12~");
    console.sees(&["Keys here", "F6"]);
}

#[test]
fn a_clash_ends_the_console_before_it_begins() {
    let desk = desk_with("[keys]\nfilter = \"F6\"\nsort = [\"s\", \"F6\"]\n");
    let ran = desk.run(&["--json", "list"], "");
    let told = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(
        told.contains("config.toml:3:1: keys.sort: `F6` is given to `filter` too, at ")
            && told.contains("config.toml:2:1"),
        "{told}"
    );
}

#[test]
fn the_palette_goes_to_a_session_and_shows_what_is_said_of_the_configuration() {
    let desk = desk_with("[keys]\nfliter = \"F6\"\n");
    let mut console = desk.console_with((80, 24), &[], &[]);
    console.sees(&["24 sessions", "Configuration: 1 warning. `config check` or :config-warnings lists them."]);
    console.send(":23");
    console.sees(&["go to session 23"]);
    console.send("\r");
    console.wait_for("the cursor on the session", |screen| cursor_row(screen).is_some_and(|row| row.1 == 23));
    console.send(":config-warnings");
    console.sees(&["show the warnings of the configuration"]);
    console.send("\r");
    console.sees(&["Warnings of the configuration", "is `filter` meant?"]);
    console.send("q\x10");
    console.sees(&["Actions", "type to find"]);
    console.send("quit\r");
    assert_eq!(console.exit_code(), 0);
}
