//! The console and its database: the first use, read-only, and a database that goes wrong underneath.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::desk::{Desk, IDLE};

#[test]
fn the_first_use_makes_the_default_database_and_says_what_to_do_next() {
    let desk = Desk::empty();
    let mut console = desk.program((120, 35), &[], &[]);
    console.sees(&["There are no sessions yet.", "session add --title", "host-provisioner demo"]);
    let file = desk.home().join(".local/share/host-provisioner/host-provisioner.db");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    let added = desk.run(&["session", "add", "--title", "Morning class"], "");
    assert!(added.status.success(), "{added:?}");
    console.send("\x12");
    console.sees(&["Morning class"]);
    console.sees_no_more("There are no sessions yet.");
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_read_only_console_says_so_and_why_nothing_can_be_changed() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.console_with((120, 35), &["--read-only"], &[]);
    console.sees(&["[read-only]", "24 sessions"]);
    for key in ["R", "X"] {
        console.send(key);
        console.sees(&["Nothing can be changed: this is a read-only connection;"]);
        assert!(!console.text().contains("the Host GUID"));
        console.send("j");
        console.sees_no_more("Nothing can be changed");
    }
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_list_that_cannot_be_read_is_told_and_the_console_lives_on() {
    let desk = Desk::demo();
    let mut console = desk.console();
    desk.sql(r#"ALTER TABLE "Sessions" RENAME TO "Elsewhere""#);
    console.send("\x12");
    console.sees(&["could not be read", "✗ not read"]);
    console.sees(&["Review of topic 7"]);
    desk.sql(r#"ALTER TABLE "Elsewhere" RENAME TO "Sessions""#);
    console.send("\x12");
    console.sees_no_more("not read");
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_change_elsewhere_is_told_before_the_plan_can_be_confirmed() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    let other = desk.rotated_guid(IDLE);
    console.plan_rotation("leaked in a chat");
    console.sees(&["The session changed since the list was read: last by"]);
    console.send("\x1b");
    console.sees(&["Rotate the Host GUID"]);
    assert_eq!(desk.verdict(IDLE, &other), "accepted");
}

#[test]
fn a_change_elsewhere_after_the_plan_is_a_conflict_and_not_overwritten() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.go_to(IDLE);
    console.plan_rotation("leaked in a chat");
    let other = desk.rotated_guid(IDLE);
    console.send("y");
    console.sees(&["Confirm rotation", "Nothing was done", "PROVISIONER-ERROR"]);
    assert_eq!(desk.verdict(IDLE, &other), "accepted");
}

#[test]
fn a_lock_that_outlasts_the_deadline_is_told_and_changes_nothing() {
    let desk = Desk::demo();
    let before = desk.dump();
    let mut console = desk.program((120, 35), &["--timeout", "1s", "--database-url", &desk.url()], &[]);
    console.sees(&["24 sessions"]);
    console.go_to(IDLE);
    let lock = desk.lock();
    console.plan_rotation("leaked in a chat");
    console.send("y");
    console.sees(&["PROVISIONER-ERROR"]);
    lock.release();
    assert_eq!(desk.dump(), before);
    console.rotate_idle("leaked in a chat");
}

/// Takes the database away; gives it back.
fn take_away(desk: &Desk) -> impl Fn() + use<'_> {
    let name = |end: &str, more: &str| format!("{}{more}{end}", desk.db.path.display());
    let rename = move |from: &str, to: &str| {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::rename(name(end, from), name(end, to));
        }
    };
    rename("", ".away");
    move || rename(".away", "")
}

#[test]
fn a_database_file_that_is_gone_is_told_and_is_read_again_when_it_is_back() {
    let desk = Desk::demo();
    let mut console = desk.console();
    let give_back = take_away(&desk);
    console.sees(&["✗ offline since", "The database is out of reach: there is no database at"]);
    console.send("R");
    console.sees(&["nothing can be changed now"]);
    assert!(!desk.db.path.exists(), "nothing makes another database in its place");
    give_back();
    console.sees(&["● live", "The database answers again after"]);
    console.send("R");
    console.sees(&["Rotate the Host GUID"]);
}

#[test]
fn a_database_that_was_replaced_is_the_one_that_is_changed() {
    let desk = Desk::demo();
    let mut console = desk.console();
    let other = Desk::demo();
    other.sql(
        r#"UPDATE "Sessions" SET "Title" = 'Restored class' WHERE "SessionId" = 23; PRAGMA wal_checkpoint(TRUNCATE)"#,
    );
    let _never_given_back = take_away(&desk);
    std::fs::copy(&other.db.path, &desk.db.path).unwrap();
    console.go_to(IDLE);
    console.sees(&["Restored class"]);
    console.rotate_idle("after a restore");
    let guid = console.reveal();
    assert_eq!(desk.verdict(IDLE, &guid), "accepted");
}
