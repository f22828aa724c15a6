//! The real console beside another operator: what they do shows by itself.

use crate::support::desk::Desk;
use crate::support::postgres::TestPg;

/// The short fingerprint in an answer of the command line.
fn fingerprint(answer: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    answer["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_rotation_by_another_operator_shows_and_the_cursor_stays() {
    let desk = Desk::demo();
    let mut console = desk.console();
    console.send("jj");
    console.sees(&["▸     3 ", "Session 3"]);
    let answer = desk.cli(&["create", "--json", "--session-id", "5"]);
    console.sees(&[&fingerprint(&answer), "▸     3 ", "Session 3"]);
}

#[test]
fn on_a_server_too_a_rotation_by_another_operator_shows() {
    let desk = Desk::empty();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime.block_on(TestPg::of_entity_framework());
    runtime.block_on(db.migrate()).unwrap();
    let url = db.url();
    let mut console = desk.program((120, 35), &[], &[("HOST_PROVISIONER_DATABASE_URL", &url)]);
    console.sees(&["postgres ", "300 sessions", "Session 1"]);
    console.send("jj");
    console.sees(&["Session 3"]);
    let file = desk.home().join("url");
    std::fs::write(&file, &url).unwrap();
    let answer =
        desk.run(&["create", "--json", "--session-id", "5", "--database-url-file", file.to_str().unwrap()], "");
    assert!(answer.status.success(), "{answer:?}");
    console.sees(&[&fingerprint(std::str::from_utf8(&answer.stdout).unwrap()), "Session 3"]);
}
