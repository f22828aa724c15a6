//! What `import` refuses, sets aside and is stopped by.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::store_contract::OLD_ROWS;
use crate::support::fixtures;
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::{TestEnv, end_of};
use crate::support::roles::{Roles, run_on};

pub(crate) const IMPORT: &str = "import --sessions sessions.csv --host-sessions host_sessions.csv";
pub(crate) const SESSIONS: &str = "SessionId,GroupId,Title,Description,Status,ParticipantCount,MaxParticipants,StartedAt,EndedAt,ExpiresAt,CreatedAt,ModifiedAt";
pub(crate) const RECORDS: &str =
    "HostSessionId,SessionId,HostGuidHash,CreatedAt,ExpiresAt,LastUsedAt,CreatedBy,RevokedAt,RevokedBy,IsActive";
const TIME: &str = "2026-09-04 08:28:00.9886237";

pub(crate) fn session(id: &str, title: &str) -> String {
    format!("{id},DE562439-E9C1-4823-A960-89BCA71F3D1A,{title},NULL,Created,0,NULL,NULL,NULL,NULL,{TIME},{TIME}\r\n")
}

pub(crate) fn record(id: &str, session: &str, hash: &str) -> String {
    format!("{id},{session},{hash},{TIME},NULL,NULL,NULL,NULL,NULL,1\r\n")
}

/// A database without rows, and these files.
fn with_files(sessions: &[String], records: &[String]) -> TestEnv {
    let env = TestEnv::empty();
    write_files(&env, sessions, records);
    env
}

/// Writes both files.
pub(crate) fn write_files<D: Outside>(env: &TestEnv<D>, sessions: &[String], records: &[String]) {
    env.file("sessions.csv", format!("{SESSIONS}\r\n{}", sessions.concat()).as_bytes());
    env.file("host_sessions.csv", format!("{RECORDS}\r\n{}", records.concat()).as_bytes());
}

/// Good rows of session 1, and bad ones of every kind.
fn mixed() -> TestEnv {
    with_files(
        &[
            session("1", "\"Commas, and\r\na line break\""),
            session("2", &"x".repeat(201)),
            session("1", "again"),
            "3,too few\r\n".to_owned(),
            session("4", "\u{1b}[2Jhostile, and a column more"),
        ],
        &[
            record("1", "1", "hash one"),
            record("2", "2", "hash of a bad session"),
            record("1", "1", "hash of the same id"),
            record("3", "1", "hash one"),
            record("x", "1", "hash without an id"),
            record("4", "1", "hash four"),
        ],
    )
}

#[test]
fn every_bad_row_is_told_and_nothing_is_changed() {
    let env = mixed();
    let before = env.dump();
    let ran = env.run(IMPORT);
    assert_eq!(ran.code, 2);
    env.check("import_bad_rows", &ran.transcript());
    assert_eq!(env.dump(), before);
    assert!(!ran.stderr.contains("hash o") && !env.log().contains("hash o"));
    let dry = env.run(&format!("{IMPORT} --dry-run"));
    assert_eq!((dry.code, &dry.stderr.replace("dry run: nothing was changed\n", "")), (2, &ran.stderr));
}

#[test]
fn programs_get_the_bad_rows_in_the_report() {
    let ran = mixed().run(&format!("{IMPORT} --json"));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&report["outcome"], &report["left_out"]), (&json!("refused"), &json!(8)));
    assert_eq!(report["sessions"], json!({"read": 5, "imported": 0, "unchanged": 0, "bad": 4, "conflicts": 0}));
    let rows = report["left_out_rows"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    let first = json!({"file": "sessions.csv", "line": 4, "column": "Title",
        "reason": "201 characters; at most 200 fit", "kind": "bad"});
    assert_eq!(rows[0], first);
    assert_eq!(ran.error(2)["kind"], "bad_rows");
}

#[test]
fn bad_rows_are_set_aside_as_they_stood_and_come_once_they_are_mended() {
    let env = mixed();
    let line = format!("{IMPORT} --skip-bad left.jsonl");
    let ran = env.run(&line);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("8 rows are bad, and left out\nhint: they are kept in left.jsonl\n"), "{}", ran.stderr);
    assert_eq!(env.texts(r#"SELECT "HostSessionId" || ' ' || "LegacyDuplicate" FROM "HostSessions""#), ["1 1", "4 0"]);
    let place = env.home("left.jsonl");
    assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    let kept = std::fs::read_to_string(&place).unwrap();
    assert!(!kept.contains('\u{1b}'), "a terminal may be shown the file");
    let kept: Vec<Value> = kept.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kept.len(), 8);
    let rows = |table: &str| -> Vec<&str> {
        kept.iter().filter(|row| row["table"] == table).map(|row| row["row"].as_str().unwrap()).collect()
    };
    assert!(rows("Sessions").contains(&session("1", "again").trim_end()));
    assert!(rows("HostSessions").contains(&record("2", "2", "hash of a bad session").trim_end()));
    let again = env.run(&line);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("left.jsonl cannot be written"), "{}", again.stderr);
    // Mended by hand.
    env.file("s2.csv", format!("{SESSIONS}\n{}", session("2", "short")).as_bytes());
    env.file("h2.csv", format!("{RECORDS}\n{}", record("2", "2", "hash of a bad session")).as_bytes());
    env.run("import --sessions s2.csv --host-sessions h2.csv").ok();
    assert_eq!(env.run("audit verify --json").json()["damage"], json!([]));
}

#[test]
fn where_no_row_is_bad_none_is_kept() {
    let env = with_files(&[session("1", "x")], &[record("1", "1", "one")]);
    env.run(&format!("{IMPORT} --skip-bad left.jsonl")).ok();
    assert!(!env.home("left.jsonl").exists());
    let names = std::fs::read_dir(env.home(".")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.filter(|name| name.to_string_lossy().starts_with(".tmp")).count() == 0);
}

#[test]
fn each_bad_row_is_told_up_to_a_hundred_thousand() {
    let rows: Vec<String> = (1..=100_500).map(|_| session("x", "y")).collect();
    let env = with_files(&rows, &[]);
    let ran = env.run(IMPORT);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr.lines().filter(|line| line.contains(":SessionId: ")).count(), 100_000);
    let end = "\nand 500 more, each of which --skip-bad FILE keeps\nerror: 100500 rows are bad; nothing was changed\n";
    assert!(ran.stderr.contains(end), "{}", &ran.stderr[ran.stderr.len().saturating_sub(500)..]);
    let report: Value = serde_json::from_str(&env.run(&format!("{IMPORT} --json")).stdout).unwrap();
    assert_eq!((report["left_out_rows"].as_array().unwrap().len(), &report["left_out"]), (100_000, &json!(100_500)));
}

#[test]
fn a_session_that_changed_since_is_a_conflict_and_can_be_left_as_it_is() {
    let env = with_files(&[session("1", "x"), session("2", "y")], &[record("1", "1", "one")]);
    env.run(IMPORT).ok();
    env.sql(r#"UPDATE "Sessions" SET "Status" = 'Active' WHERE "SessionId" = 1"#);
    let before = env.dump();
    let ran = env.run(IMPORT);
    assert_eq!(ran.code, 6);
    env.check("import_conflict", &ran.transcript());
    assert_eq!(env.dump(), before);
    assert_eq!(env.run(&format!("{IMPORT} --skip-bad left.jsonl")).code, 3);
    assert_eq!(env.dump(), before);
}

#[test]
fn files_that_cannot_be_read_at_all_are_refused_before_anything_else() {
    let env = with_files(&[session("1", "x")], &[]);
    env.file("empty", b"");
    env.file("secret", b"1,1,xQqAr5CJXxLZ7LlDHn5Ko2Eo5QP2AC99M6Mn801+hXY=\n");
    env.file("utf16", b"\xff\xfeS\0e\0");
    let before = env.dump();
    for (file, said) in [
        ("nowhere", "nowhere cannot be read: No such file"),
        (".", ". cannot be read: is a directory"),
        ("empty", "it is empty"),
        ("secret", "does not name the column HostSessionId"),
        ("utf16", "UTF-16"),
        ("sessions.csv", "column 2 of its first line is none of HostSessions"),
    ] {
        let ran = env.run(&format!("import --sessions sessions.csv --host-sessions {file}"));
        assert_eq!(ran.code, 2, "{file}: {}", ran.stderr);
        assert!(ran.stderr.contains(said) && ran.stderr.contains("nothing was changed"), "{file}: {}", ran.stderr);
        assert!(!ran.stderr.contains("xQqAr5"), "{}", ran.stderr);
    }
    assert_eq!(env.run("import --sessions sessions.csv").code, 2);
    assert_eq!(env.dump(), before);
    let nowhere = env.run(&format!("{IMPORT} --skip-bad no/such/folder"));
    assert_eq!(nowhere.code, 2, "{}", nowhere.stderr);
}

#[test]
fn a_read_only_database_takes_nothing() {
    let env = with_files(&[session("1", "x")], &[]);
    let ran = env.run(&format!("{IMPORT} --read-only"));
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert_eq!(env.texts(r#"SELECT count(*) FROM "Sessions""#), ["0"]);
}

#[test]
fn a_protected_profile_wants_the_import_confirmed() {
    let env = with_files(&[session("1", "x")], &[]);
    let config = format!("[profiles.prod]\nurl = \"{}\"\nprotected = true\n", env.url());
    env.file("config.toml", config.as_bytes());
    let run = |more: &str| {
        let line = format!("{IMPORT} --config config.toml --profile prod {more}");
        end_of(env.bare(line.split_whitespace()).spawn().unwrap())
    };
    for (more, code) in [("", 8), ("--confirm import@dev", 8), ("--dry-run", 0), ("--confirm import@prod", 0)] {
        let ran = run(more);
        assert_eq!(ran.code, code, "{more}: {}", ran.stderr);
        let there = env.texts(r#"SELECT count(*) FROM "Sessions""#);
        assert_eq!(there, [if more.ends_with("prod") { "1" } else { "0" }], "{more}");
    }
}

/// While it waits for more of its input, nobody waits for it, and a signal ends it.
#[test]
fn a_signal_ends_it_and_others_write_meanwhile() {
    let env = with_files(&[session("1", "x")], &[]);
    let pipe = env.home("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = env.command("import --sessions sessions.csv --host-sessions pipe".split(' ')).spawn().unwrap();
    let mut end = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    end.write_all(format!("{RECORDS}\n{}", record("1", "1", "one")).as_bytes()).unwrap();
    env.run("session add --title meanwhile").ok();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
    let ran = end_of(child);
    assert_eq!(ran.code, 143, "{}", ran.stderr);
    drop(end);
    assert_eq!(env.texts(r#"SELECT "Title" FROM "Sessions""#), ["meanwhile"]);
    assert_eq!(env.texts(r#"SELECT count(*) FROM "HostSessions""#), ["0"]);
}

/// The line of names has not come yet.
#[test]
fn a_signal_ends_it_before_there_is_a_row() {
    let env = with_files(&[session("1", "x")], &[]);
    let pipe = env.home("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = env.command("import --sessions sessions.csv --host-sessions pipe".split(' ')).spawn().unwrap();
    let end = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
    let ran = end_of(child);
    assert_eq!(ran.code, 143, "{}", ran.stderr);
    drop(end);
}

/// What is left out for one row's sake is not another row that ends with a carriage return alone.
#[test]
fn rows_that_end_with_a_carriage_return_are_told_apart() {
    let env = TestEnv::empty();
    let lines = |names: &str, rows: &[String]| format!("{names}\r\n{}", rows.concat()).replace("\r\n", "\r");
    env.file("sessions.csv", lines(SESSIONS, &[session("5", "five"), session("6", "six")]).as_bytes());
    let records = [record("1", "5", "one"), record("2", "6", "two"), record("3", "7", "of no session")];
    env.file("host_sessions.csv", lines(RECORDS, &records).as_bytes());
    let ran = env.run(&format!("{IMPORT} --skip-bad left.jsonl --json"));
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert_eq!(env.texts(r#"SELECT "HostSessionId" || ' ' || "SessionId" FROM "HostSessions""#), ["1 5", "2 6"]);
    assert_eq!(env.run("audit verify --json").json()["damage"], json!([]));
}

/// The history never tells of a row that is not there.
#[test]
fn where_the_database_keeps_a_row_out_silently_nothing_comes() {
    let env = with_files(&[session("1", "x")], &[record("1", "1", "one")]);
    env.run("list").ok();
    for table in ["Sessions", "HostSessions", "HostSessionEvents"] {
        env.sql(&format!(r#"CREATE TRIGGER "Silent" BEFORE INSERT ON "{table}" BEGIN SELECT RAISE(IGNORE); END"#));
        let ran = env.run(IMPORT);
        assert_eq!(ran.code, 1, "{table}: {}", ran.stderr);
        assert!(ran.stderr.contains("0 rows came where 1 were to"), "{table}: {}", ran.stderr);
        for table in ["Sessions", "HostSessions", "HostSessionEvents"] {
            assert_eq!(env.texts(&format!(r#"SELECT count(*) FROM "{table}""#)), ["0"]);
        }
        env.sql(r#"DROP TRIGGER "Silent""#);
    }
}

#[test]
fn names_of_files_are_shown_without_what_a_terminal_would_do() {
    let env = TestEnv::empty();
    let name = "a\u{1b}[2J\nerror: forged";
    env.file(name, format!("{SESSIONS}\nx\n").as_bytes());
    env.file("h.csv", format!("{RECORDS}\n").as_bytes());
    let ran = env.run_with(["import", "--sessions", name, "--host-sessions", "h.csv"]);
    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains('\u{1b}') && !ran.stderr.contains("\nerror: forged"), "{}", ran.stderr);
}

#[test]
fn on_a_server_the_owner_alone_may_import() {
    let env = TestEnv::nowhere();
    fixtures::write_files(&env);
    let roles = env.wait(async { Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await });
    let before = env.wait(roles.db.dump());
    for (role, said) in [("operator", "only the owner of the tables may import"), ("viewer", "may not write")] {
        let url = env.wait(roles.login(role));
        let ran = run_on(&env, &url, IMPORT, "");
        assert_eq!((ran.code, ran.stdout.as_str()), (4, ""), "{role}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{role}: {}", ran.stderr);
    }
    assert_eq!(env.wait(roles.db.dump()), before);
}
