//! What `import` makes of input that pauses, of files that change under its hands, and of ids at the end of the numbers.

use std::io::Write as _;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli_import_refusals::{IMPORT, RECORDS, record, session, write_files};
use crate::support::database::TestDb;
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::{TestEnv, end_of};

fn on_postgres() -> TestEnv<TestPg> {
    TestEnv::around(|runtime| runtime.block_on(TestPg::empty()))
}

/// What a producer does between two rows.
const PAUSE: Duration = Duration::from_millis(4500);

/// Imports through a pipe that pauses longer than the time-out.
fn waits_for_input_as_long_as_it_takes<D: Outside>(env: &TestEnv<D>) {
    write_files(env, &[session("2", "x")], &[]);
    let pipe = env.home("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let line = "import --sessions sessions.csv --host-sessions pipe --timeout 3s";
    let child = env.command(line.split(' ')).spawn().unwrap();
    let mut end = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    // More rows than are handed over at once, so that the database has some of them when the pause comes.
    let rows: String = (1..=6000).map(|id| record(&id.to_string(), "2", &format!("hash {id}"))).collect();
    end.write_all(format!("{RECORDS}\r\n{rows}").as_bytes()).unwrap();
    std::thread::sleep(PAUSE);
    // Meanwhile nobody waits for it, and nobody sees anything of it.
    env.run("session add --title meanwhile").ok();
    assert_eq!(env.texts(r#"SELECT "Title" FROM "Sessions""#), ["meanwhile"]);
    end.write_all(record("6001", "2", "the last").as_bytes()).unwrap();
    drop(end);
    let ran = end_of(child);
    assert_eq!(ran.code, 0, "{}", ran.transcript());
    assert_eq!(env.texts(r#"SELECT CAST(count(*) AS TEXT) FROM "HostSessions""#), ["6001"]);
}

#[test]
fn a_pause_of_the_input_that_is_longer_than_the_time_out_ends_nothing() {
    waits_for_input_as_long_as_it_takes(&TestEnv::empty());
}

#[test]
fn the_same_is_so_on_a_server() {
    waits_for_input_as_long_as_it_takes(&on_postgres());
}

#[test]
fn a_server_that_ends_idle_connections_does_not_end_one_that_waits_for_input() {
    let env = on_postgres();
    let name = &env.db.name;
    env.sql(&format!("ALTER DATABASE \"{name}\" SET idle_session_timeout = '2s'"));
    waits_for_input_as_long_as_it_takes(&env);
}

#[test]
fn a_database_that_was_replaced_while_its_input_was_waited_for_is_told() {
    let env = TestEnv::empty();
    env.run("session add --title kept").ok();
    write_files(&env, &[session("2", "x")], &[]);
    let pipe = env.home("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let line = "import --sessions sessions.csv --host-sessions pipe";
    let child = env.command(line.split(' ')).spawn().unwrap();
    let mut end = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    end.write_all(format!("{RECORDS}\r\n").as_bytes()).unwrap();
    has_open(&child, "test.db");
    // By now it most likely is the import that has it open, and not the look at it before.
    std::thread::sleep(Duration::from_millis(700));
    // Somebody puts a copy in its place.
    let (file, copy) = (&env.db.path, env.db.path.with_extension("copy"));
    std::fs::copy(file, &copy).unwrap();
    std::fs::rename(&copy, file).unwrap();
    end.write_all(record("1", "2", "one").as_bytes()).unwrap();
    drop(end);
    let ran = end_of(child);
    assert_eq!(ran.code, 7, "{}", ran.transcript());
    assert!(
        ran.stderr.contains("its file is no longer the one that was opened; nothing was changed"),
        "{}",
        ran.stderr
    );
    assert_eq!(env.texts(r#"SELECT "Title" FROM "Sessions""#), ["kept"]);
}

/// Waits until a process has a file open.
fn has_open(child: &Child, name: &str) {
    let begun = Instant::now();
    let is_open = || {
        let open = std::fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
        open.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok()).any(|path| path.ends_with(name))
    };
    while !is_open() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{name} was not opened");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Starts an import of a file with a bad row, and changes the file while another writer keeps the import waiting.
fn changed_meanwhile(line: &str, change: impl FnOnce(&TestEnv)) -> (TestEnv, crate::support::program::Ran) {
    let env = TestEnv::empty();
    write_files(
        &env,
        &[session("1", "x")],
        &[record("1", "1", "one"), record("x", "1", "two"), record("3", "1", "abc")],
    );
    let lock = env.wait(async {
        let mut other = env.db.open().await;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        other
    });
    let child = env.command(line.split(' ')).spawn().unwrap();
    has_open(&child, "host_sessions.csv");
    // Its rows have all come to the database when it waits for the other one.
    std::thread::sleep(Duration::from_millis(300));
    change(&env);
    env.wait(async {
        let mut lock = lock;
        sqlx::raw_sql("ROLLBACK").execute(&mut lock).await.unwrap();
    });
    let ran = end_of(child);
    (env, ran)
}

#[test]
fn a_file_that_is_written_to_while_it_is_imported_is_refused_and_no_row_of_another_is_kept() {
    for line in [IMPORT.to_owned(), format!("{IMPORT} --skip-bad left.jsonl")] {
        let (env, ran) = changed_meanwhile(&format!("{line} --timeout 20s"), |env| {
            let path = env.home("host_sessions.csv");
            let text = std::fs::read_to_string(&path).unwrap();
            // As long as it was.
            std::fs::write(&path, text.replace("x,1,two", "x,1,xyz").replace("3,1,abc", "3,1,def")).unwrap();
        });
        assert_eq!(ran.code, 2, "{line}: {}", ran.transcript());
        assert!(
            ran.stderr.contains("host_sessions.csv was written to while it was imported; nothing was changed"),
            "{line}: {}",
            ran.stderr
        );
        assert!(!env.home("left.jsonl").exists());
        assert_eq!(env.texts(r#"SELECT count(*) FROM "Sessions""#), ["0"]);
    }
}

#[test]
fn a_file_that_gets_shorter_meanwhile_is_refused() {
    let (env, ran) = changed_meanwhile(&format!("{IMPORT} --skip-bad left.jsonl --timeout 20s"), |env| {
        std::fs::write(env.home("host_sessions.csv"), "").unwrap();
    });
    assert!(ran.code != 0 && ran.stderr.contains("was written to while it was imported"), "{}", ran.transcript());
    assert!(ran.stderr.contains("nothing was changed") && !env.home("left.jsonl").exists(), "{}", ran.stderr);
}

/// Whoever writes a new file and gives it the old one's name leaves the old one as it is.
#[test]
fn a_file_whose_place_another_takes_is_imported_as_it_was() {
    let (env, ran) = changed_meanwhile(&format!("{IMPORT} --skip-bad left.jsonl --timeout 20s"), |env| {
        env.file("new", b"something else");
        std::fs::rename(env.home("new"), env.home("host_sessions.csv")).unwrap();
    });
    assert_eq!(ran.code, 3, "{}", ran.transcript());
    let kept: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(env.home("left.jsonl")).unwrap()).unwrap();
    assert_eq!(kept["row"], json!(record("x", "1", "two").trim_end()));
}

/// Rows with the greatest id that there is are bad: what comes behind them could have none.
fn leaves_room_for_new_ids<D: Outside>(env: &TestEnv<D>) {
    let last = i64::MAX.to_string();
    write_files(
        env,
        &[session("1", "x"), session(&last, "last")],
        &[record("1", "1", "one"), record(&last, "1", "last")],
    );
    let refused = env.run(IMPORT);
    assert_eq!(refused.code, 2, "{}", refused.transcript());
    for (file, line, column) in [("sessions.csv", 3, "SessionId"), ("host_sessions.csv", 3, "HostSessionId")] {
        let told = format!("{file}:{line}:{column}: too great: behind 9000000000000000000 there would be no room");
        assert!(refused.stderr.contains(&told), "{}", refused.stderr);
    }
    assert_eq!(env.run(&format!("{IMPORT} --skip-bad left.jsonl")).code, 3);
    assert_eq!(env.run("session add --title next --json").json()["session_id"], json!(2));
    assert_eq!(env.run("create --session-id 2 --json").json()["host_session_id"], json!(2));
}

#[test]
fn an_import_leaves_room_for_new_ids() {
    leaves_room_for_new_ids::<TestDb>(&TestEnv::empty());
    leaves_room_for_new_ids(&on_postgres());
}

/// A server gives ids by a sequence of its own, which such a row does not move; an import must not either.
#[test]
fn a_row_at_the_end_of_the_numbers_that_another_program_put_there_takes_no_ids_away() {
    let env = on_postgres();
    env.sql(&format!(
        r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt")
           VALUES ({}, gen_random_uuid(), 'last', now(), now())"#,
        i64::MAX
    ));
    write_files(&env, &[session("7", "x")], &[record("9", "7", "one")]);
    env.run(IMPORT).ok();
    assert_eq!(env.run("session add --title next --json").json()["session_id"], json!(8));
    assert_eq!(env.run("create --session-id 8 --json").json()["host_session_id"], json!(10));
}
