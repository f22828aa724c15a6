//! Profiles in a real terminal, over two files.

use crate::support::desk::{Desk, IDLE, quiet};
use crate::support::pty::Console;

/// A desk whose configuration knows its database as the protected `prod`, and another one as `spare`.
fn desks() -> (Desk, Desk) {
    let (desk, other) = (Desk::demo(), Desk::demo());
    other.sql(r#"UPDATE "Sessions" SET "Title" = 'Spare class'"#);
    let file = format!(
        "profile = \"spare\"\n[profiles.prod]\nurl = \"{}\"\nprotected = true\nbanner = \"LIVE\"\ncolour = \"red\"\n\
         [profiles.spare]\nurl = \"{}\"\n",
        desk.url(),
        other.url()
    );
    let folder = desk.home().join(".config/host-provisioner");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), file).unwrap();
    (desk, other)
}

/// Goes to the first profile, which is `prod`.
fn go_to_prod(console: &mut Console) {
    console.send("p");
    console.sees(&["[LIVE]", "[spare]", "protected", "here"]);
    console.send("k\r");
    console.sees(&["This is profile prod"]);
}

#[test]
fn another_profile_shows_its_own_rows_under_its_banner_and_changes_its_own_database() {
    let (desk, other) = desks();
    let (before, untouched) = (desk.dump(), other.dump());
    let mut console = desk.program((120, 35), &[], &[]);
    console.sees(&["[spare]", "Spare class", "24 sessions"]);
    go_to_prod(&mut console);
    console.sees(&["[LIVE]", "24 sessions", "Review of topic 7"]);
    console.sees_no_more("Spare class");
    console.go_to(IDLE);
    console.plan_rotation("leaked in a chat");
    console.sees(&["The profile prod is protected."]);
    console.send("y");
    console.send(&format!("{IDLE}"));
    quiet();
    console.send("\r");
    console.sees(&["New Host GUID for session"]);
    let guid = console.reveal();
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
    assert_ne!(desk.dump(), before);
    assert_eq!(other.dump(), untouched);
}

#[test]
fn another_profile_can_be_opened_when_the_present_database_is_gone() {
    let (desk, other) = desks();
    let mut console = desk.program((120, 35), &[], &[]);
    console.sees(&["Spare class", "24 sessions"]);
    for end in ["", "-wal", "-shm"] {
        let name = |more: &str| format!("{}{end}{more}", other.db.path.display());
        let _ = std::fs::rename(name(""), name(".away"));
    }
    console.send("\x12");
    console.sees(&["could not be read"]);
    go_to_prod(&mut console);
    console.sees(&["Review of topic 7"]);
    // And what is gone cannot be gone back to: it is said, and nothing else changes.
    console.send("p");
    console.sees(&["[LIVE]", "here"]);
    console.send("j\r");
    console.sees(&["nothing was switched"]);
    console.send("\x1b");
    console.sees_no_more("nothing was switched");
    console.sees(&["Review of topic 7"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_database_without_a_profile_can_be_gone_back_to() {
    let (desk, _other) = desks();
    let mut console = desk.console_with((120, 35), &[], &[]);
    console.sees(&["Review of topic 7", "24 sessions"]);
    console.send("p");
    console.sees(&["[as started]", "here", "[spare]"]);
    console.send("jj\r");
    console.sees(&["Spare class"]);
    console.send("p");
    console.sees(&["[as started]"]);
    console.send("kk\r");
    console.sees(&["Review of topic 7"]);
    console.sees_no_more("[spare]");
}
