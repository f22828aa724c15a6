//! A GUID that nobody can take is not made; one that nobody took is told about.

use std::fs::OpenOptions;
use std::process::Command;

use crate::support::confined::{with_small_disk, within};
use crate::support::program::{Ran, TestEnv, end_of};
use crate::support::world::ROWS;

/// Both commands that hand a GUID over.
const DELIVERING: [&str; 2] = ["create --session-id 1", "rotate --host-session-id 1"];

/// Runs the same command without and with `--json` on a stdout that `spoil` chooses: exit 1, and nothing changed.
fn refused(spoil: impl Fn(&mut Command)) {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let before = env.dump();
    for line in DELIVERING {
        let mut command = env.command(line.split(' '));
        spoil(&mut command);
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with("error: the Host GUID could not be handed over"), "{stderr}");
        let mut command = env.command(line.split(' ').chain(["--json"]));
        spoil(&mut command);
        let output = command.output().unwrap();
        let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["error"]["kind"], "stdout_closed");
    }
    assert_eq!(env.dump(), before);
}

fn open(path: &str) -> std::fs::File {
    OpenOptions::new().write(true).open(path).unwrap()
}

#[test]
fn a_full_device_is_found_before_anything_changes() {
    refused(|command| {
        command.stdout(open("/dev/full"));
    });
}

/// Changes whose report, and not a GUID, goes to stdout.
const REPORTING: [&str; 3] = ["session add --title new", "consolidate --session-id 2", "migrate"];

#[test]
fn so_it_is_where_a_report_would_go_there_alone() {
    let env = TestEnv::with_old_rows(ROWS);
    let before = env.dump();
    for line in REPORTING {
        let ran = redirected(&env, line, ">/dev/full");
        assert_eq!(ran.code, 1, "{line}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: stdout cannot be written: No space left on device"), "{}", ran.stderr);
        assert!(ran.stderr.contains("; nothing was changed\nhint: "), "{}", ran.stderr);
        assert_eq!(env.dump(), before, "{line}");
    }
    for line in REPORTING {
        assert_eq!(redirected(&env, line, ">/dev/null").code, 0, "{line}: nobody wants to read it");
    }
}

#[test]
fn a_report_that_cannot_be_written_any_more_is_told_as_that_of_something_that_is_done() {
    let env = TestEnv::with_old_rows(ROWS);
    let disk = tempfile::tempdir().unwrap();
    for (line, done) in [
        ("session add --title new", r#"SELECT "Title" FROM "Sessions" WHERE "Title" = 'new'"#),
        (
            "consolidate --session-id 2",
            r#"SELECT "SessionId" FROM "HostSessions" WHERE "SessionId" = 2 AND "IsActive""#,
        ),
    ] {
        let full =
            with_small_disk(disk.path(), r#"fill 0; exec "$0" "$@" >"$DISK/report""#, &env.command(line.split(' ')));
        let ran = Ran::from(full);
        assert_eq!(ran.code, 11, "{line}: {}", ran.stderr);
        let told = "it is done and stays done, but stdout cannot be written: No space left on device";
        assert!(ran.stderr.contains(told) && ran.stderr.contains("hint: look at what is there"), "{}", ran.stderr);
        assert_eq!(env.texts(done).len(), 1, "{line}");
    }
}

#[test]
fn dev_null_counts_as_closed() {
    refused(|command| {
        command.stdout(open("/dev/null"));
    });
}

#[test]
fn a_pipe_without_a_reader_is_found_before_anything_changes() {
    refused(|command| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(writer);
    });
}

#[test]
fn a_descriptor_that_is_only_for_reading_is_found_before_anything_changes() {
    refused(|command| {
        command.stdout(std::fs::File::open("/etc/passwd").unwrap());
    });
}

/// Lets a shell redirect the streams of a command.
fn redirected(env: &TestEnv, line: &str, how: &str) -> Ran {
    Ran::from(within(&["sh", "-c", &format!(r#"exec "$0" "$@" {how}"#)], &env.command(line.split(' '))))
}

#[test]
fn a_closed_stdout_is_found_before_anything_changes() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let before = env.dump();
    for line in DELIVERING {
        let ran = redirected(&env, line, ">&-");
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(
            ran.stderr.starts_with("error: the Host GUID could not be handed over: stdout is closed"),
            "{}",
            ran.stderr
        );
        assert_eq!(redirected(&env, &format!("{line} --json"), ">&-").error(1)["kind"], "stdout_closed");
    }
    assert_eq!(env.dump(), before);
}

#[test]
fn a_closed_or_full_stderr_keeps_no_guid_from_being_handed_over() {
    let env = TestEnv::with_sessions();
    for how in ["2>&-", "2>/dev/full", "<&- 2>&-"] {
        let guid = redirected(&env, "create --session-id 1", how).ok();
        assert_eq!(env.feed("verify --session-id 1", &guid).stdout, "accepted\n", "{how}");
    }
}

#[test]
fn a_closed_stdin_is_an_empty_one() {
    let env = TestEnv::with_sessions();
    let before = env.dump();
    let lines = ["verify --session-id 1", "create --session-id 1 --rotation-reason-file -"];
    let told = lines.map(|line| redirected(&env, line, "<&-").transcript());
    env.check("closed_stdin", &told.join("\n"));
    assert_eq!(env.dump(), before);
}

#[test]
fn nothing_is_made_on_the_way_to_a_closed_stdout() {
    let env = TestEnv::nowhere();
    let output = env.bare(["create", "--session-id", "1"]).stdout(open("/dev/null")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!env.home(".local/share").exists());
}

#[test]
fn a_dry_run_may_go_to_dev_null() {
    let env = TestEnv::with_sessions();
    let mut command = env.command(["create", "--session-id", "1", "--dry-run"]);
    assert_eq!(command.stdout(open("/dev/null")).output().unwrap().status.code(), Some(0));
}

#[test]
fn a_guid_goes_into_a_file_as_well() {
    let env = TestEnv::with_sessions();
    let path = env.home("guid");
    let mut command = env.command(["create", "--session-id", "1"]);
    let status = command.stdout(std::fs::File::create(&path).unwrap()).status().unwrap();
    assert_eq!(status.code(), Some(0));
    let guid = std::fs::read_to_string(&path).unwrap();
    assert_eq!(env.feed("verify --session-id 1", &guid).stdout, "accepted\n");
}

/// Starts a rotation that waits for the database, lets its reader go away, and then lets it commit.
fn reader_lost_before_the_commit(line: &str) -> (TestEnv, String, Ran) {
    let env = TestEnv::with_sessions();
    let old = env.guid(1);
    let mut other = env.wait(env.db.open());
    env.wait(async { sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await }).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = env.command(line.split(' '));
    let child = command.stdout(writer).spawn().unwrap();
    // The builder holds a copy of the writing end.
    drop(command);
    // Its stdout has been checked once it looks for the record: the second time in this log.
    while env.log().matches("PROVISIONER: Checking").count() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    drop(reader);
    env.wait(async { sqlx::raw_sql("ROLLBACK").execute(&mut other).await }).unwrap();
    env.wait(sqlx::Connection::close(other)).unwrap();
    (env, old, end_of(child))
}

#[test]
fn a_guid_that_could_not_be_written_after_the_commit_is_exit_code_eleven() {
    let (env, old, ran) = reader_lost_before_the_commit("create --session-id 1 --created-by Keller");
    env.check("not_delivered", &ran.transcript());
    assert_eq!(env.feed("verify --session-id 1", &old).code, 9);
    assert!(env.log().contains("the new Host GUID of session 1 was not delivered"));
}

#[test]
fn a_guid_that_could_not_be_written_is_one_object_under_json() {
    let (_env, _old, ran) = reader_lost_before_the_commit("create --session-id 1 --json");
    assert_eq!(ran.error(11)["kind"], "not_delivered");
}
