//! `import`, on the exported rows of the old tool.

use std::io::Write as _;

use serde_json::json;

use crate::support::fixtures::{self, as_json_lines, known_guids, web_database};
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;

const IMPORT: &str = "import --sessions sessions.csv --host-sessions host_sessions.csv";

fn exported<D: Outside>(env: TestEnv<D>) -> TestEnv<D> {
    fixtures::write_files(&env);
    env
}

fn on_postgres() -> TestEnv<TestPg> {
    exported(TestEnv::around(|runtime| runtime.block_on(TestPg::empty())))
}

/// The records and whether each is a duplicate, as text.
const FLAGS: &str = r#"SELECT CAST("HostSessionId" AS text) || ' ' || CASE WHEN "LegacyDuplicate" THEN 'duplicate' ELSE '' END
    FROM "HostSessions" ORDER BY "HostSessionId""#;

/// What `migrate` makes of the same rows.
fn flags_of_a_migration() -> Vec<String> {
    let migrated = TestEnv::around(|runtime| {
        runtime.block_on(async {
            let db = web_database().await;
            db.migrate().await.unwrap();
            db
        })
    });
    migrated.texts(FLAGS)
}

fn carries_everything_over<D: Outside>(env: &TestEnv<D>) {
    let done = env.run(&format!("{IMPORT} --created-by Mover --json")).json();
    assert_eq!(
        done,
        json!({
            "schema_version": 1, "outcome": "imported",
            "sessions": {"read": 300, "imported": 300, "unchanged": 0, "bad": 0, "conflicts": 0},
            "host_sessions": {"read": 345, "imported": 345, "unchanged": 0, "bad": 0, "conflicts": 0},
            "duplicates": 83, "entries": 300, "left_out": 0, "left_out_rows": [], "kept_in": null,
        })
    );
    let flags = env.texts(FLAGS);
    assert_eq!(flags, flags_of_a_migration());
    assert_eq!(flags.iter().filter(|row| row.ends_with("duplicate")).count(), 83);
    for (session, record, guid, is_active) in known_guids() {
        let verify = format!("verify --session-id {session} --legacy-secret-file secret --json");
        let expired = {
            let shown = env.run(&format!("show --session-id {session} --json")).json();
            let records = shown["records"].as_array().unwrap().clone();
            let own = records.into_iter().find(|row| row["host_session_id"] == json!(record)).unwrap();
            own["expires_at"].as_str().is_some_and(|end| end < "2026-11")
        };
        let code = env.feed(&verify, &guid.reveal()).code;
        assert_eq!(code, if is_active && !expired { 0 } else { 9 }, "session {session}");
    }
    let clean = env.run("audit verify --json").json();
    assert_eq!((&clean["sessions"], &clean["entries"], &clean["damage"]), (&json!(300), &json!(300), &json!([])));
    let before = env.dump();
    let again = env.run(&format!("{IMPORT} --json")).json();
    assert_eq!((&again["outcome"], &again["entries"]), (&json!("unchanged"), &json!(0)));
    assert_eq!((&again["sessions"]["unchanged"], &again["host_sessions"]["unchanged"]), (&json!(300), &json!(345)));
    assert_eq!(env.dump(), before);
}

#[test]
fn all_rows_come_with_their_ids_and_flags_old_guids_work_and_the_second_time_changes_nothing() {
    carries_everything_over(&exported(TestEnv::empty()));
}

#[test]
fn the_same_is_so_on_a_server() {
    carries_everything_over(&on_postgres());
}

fn rehearses<D: Outside>(env: &TestEnv<D>) {
    let before = env.dump();
    let would = env.run(&format!("{IMPORT} --dry-run --json")).json();
    assert_eq!(
        (&would["outcome"], &would["duplicates"], &would["entries"]),
        (&json!("planned"), &json!(83), &json!(300))
    );
    assert_eq!(env.dump(), before);
    let told = env.run(&format!("{IMPORT} --dry-run"));
    assert_eq!(told.stderr, "dry run: nothing was changed\n");
    let told = told.ok();
    assert!(told.contains("duplicates flagged would be: 83"));
    assert_eq!(env.run(&format!("{IMPORT} --dry-run --read-only")).ok(), told, "it needs no right to write");
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    rehearses(&exported(TestEnv::empty()));
    rehearses(&on_postgres());
}

#[test]
fn lines_of_json_bring_the_same_rows_as_csv() {
    let (csv, json) = (exported(TestEnv::empty()), TestEnv::empty());
    csv.run(IMPORT).ok();
    json.file("s.jsonl", as_json_lines(fixtures::SESSIONS).as_bytes());
    json.file("h.jsonl", as_json_lines(fixtures::HOST_SESSIONS).as_bytes());
    json.run("import --sessions s.jsonl --host-sessions h.jsonl").ok();
    let tables = |env: &TestEnv| ["Sessions", "HostSessions"].map(|table| env.wait(env.db.dump_table(table))).concat();
    assert_eq!(tables(&csv), tables(&json));
}

#[test]
fn one_line_tells_of_it_and_nothing_tells_a_hash() {
    let env = exported(TestEnv::empty());
    let done = env.run(&format!("{IMPORT} --created-by Mover"));
    let line = "PROVISIONER-IMPORT: 300 Sessions and 345 Host Sessions imported by Mover";
    assert_eq!(done.stderr, format!("{line}\n"));
    env.check("import", &done.transcript());
    let log = env.log();
    assert_eq!(log.lines().filter(|entry| entry.contains(line)).count(), 1);
    assert!(!log.contains("xQqAr5CJXxLZ7LlDHn5Ko2Eo5QP2AC99M6Mn801+hXY="));
    assert_eq!(env.run("history --session-id 1 --json").json()[0]["by"], json!("Mover"));
}

#[test]
fn whoever_waits_at_a_terminal_sees_how_far_it_is_and_nothing_of_that_stays() {
    let env = exported(TestEnv::empty());
    let pipe = env.home("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut terminal = env.in_a_terminal(&["import", "--sessions", "sessions.csv", "--host-sessions", "pipe"]);
    let mut end = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let (first, rest) = fixtures::HOST_SESSIONS.split_at(1000);
    end.write_all(first.as_bytes()).unwrap();
    terminal.sees(&["reading [="]);
    end.write_all(rest.as_bytes()).unwrap();
    drop(end);
    terminal.sees(&["PROVISIONER-IMPORT: 300 Sessions and 345 Host Sessions", "duplicates flagged: 83", "[exit 0]"]);
    assert!(!terminal.text().contains("[="), "{}", terminal.text());
    assert_eq!(terminal.exit_code(), 0);
}

#[test]
fn imported_sessions_are_rotated_and_searched_like_others() {
    let env = exported(TestEnv::empty());
    env.run(IMPORT).ok();
    let (guid, before) = (env.guid(3), env.texts(FLAGS));
    assert_eq!(env.feed("verify --session-id 3", &guid).code, 0);
    assert!(before.iter().all(|row| row != "3 duplicate"), "the rotation left one active record");
    let found = env.run("list --search patience --limit 1000 --json").json();
    let expected = env.texts(r#"SELECT "SessionId" FROM "Sessions" WHERE "Title" LIKE '%patience%'"#);
    assert_eq!(found.as_array().unwrap().len(), expected.len());
    assert_eq!(env.texts(r#"SELECT count(*) FROM "SessionTitleChanges""#), ["0"]);
    let clean = env.run("audit verify --json").json();
    assert_eq!(clean["damage"], json!([]));
    // Now the session is under the rule, and its rows are not what they were.
    let refused = env.run(IMPORT);
    assert_eq!(refused.code, 6, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("host_sessions.csv:3:HostGuidHash: the database has this record with another value")
    );
}

#[test]
fn the_guards_of_the_schema_are_the_same_afterwards() {
    let env = exported(TestEnv::empty());
    let schema = "SELECT name || ': ' || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    let before = env.texts(schema);
    env.run(IMPORT).ok();
    assert_eq!(env.texts(schema), before);
}
