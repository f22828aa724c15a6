//! Configured keys in a real terminal.

use crate::support::desk::Desk;

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
