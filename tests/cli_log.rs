//! The log file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::program::TestEnv;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_log_is_for_its_owner_alone_and_has_the_lines_of_stderr() {
    let env = TestEnv::with_sessions();
    let ran = env.run("create --session-id 1 --created-by Keller");
    let folder = env.home(".local/state/host-provisioner/log");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let name = files[0].file_name().unwrap().to_str().unwrap();
    let day = name.strip_prefix("host-provisioner.").and_then(|rest| rest.strip_suffix(".log"));
    assert!(day.is_some_and(|day| day.len() == "2026-11-23".len()), "{name}");
    assert_eq!((mode(&folder), mode(&files[0])), (0o700, 0o600));
    let log = env.log();
    for (logged, told) in log.lines().zip(ran.stderr.lines()) {
        assert!(logged.contains(told), "{logged}");
    }
    assert_eq!(log.lines().count(), ran.stderr.lines().count());
    let event = &env.texts(r#"SELECT "EventId" FROM "HostSessionEvents""#)[0];
    let last = log.lines().last().unwrap();
    let fields = format!("session_id=1 host_session_id=1 event_id={event}");
    assert!(last.contains(" INFO ") && last.ends_with(&fields), "{last}");
}

#[test]
fn no_input_forges_a_line_of_the_log() {
    let env = TestEnv::with_sessions();
    let name = "Keller\n2026-01-01T00:00:00.000000Z INFO  PROVISIONER: forged\u{1b}[2J";
    let ran = env.run_with(["create", "--session-id", "1", "--created-by", name]);
    assert_eq!(ran.code, 0);
    for text in [ran.stderr, env.log()] {
        assert!(!text.lines().any(|line| line.starts_with("2026-01-01")), "{text}");
        assert!(text.contains(r"Keller\u{a}2026") && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn a_log_that_cannot_be_written_is_one_warning_and_no_obstacle() {
    let env = TestEnv::with_sessions();
    fs::write(env.home(".local"), "in the way").unwrap();
    let ran = env.run("list");
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.starts_with("warning: there is no log of this run"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1);
    let ran = env.run("list --json");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn the_log_stands_where_xdg_says() {
    let env = TestEnv::with_sessions();
    let state = env.home("state");
    let output = env.command(["create", "--session-id", "1"]).env("XDG_STATE_HOME", &state).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(state.join("host-provisioner/log").is_dir());
}

#[test]
fn verbose_says_where_the_database_and_the_log_are() {
    let env = TestEnv::with_sessions();
    let ran = env.run("list -v");
    assert!(ran.stderr.contains("log: ") && ran.stderr.contains(&format!("database: {}\n", env.db.path.display())));
}

#[test]
fn the_log_level_is_obeyed() {
    let env = TestEnv::with_sessions();
    env.run("create --session-id 1 --log-level error").ok();
    assert_eq!(env.log(), "");
    assert_eq!(env.run("create --session-id 77 --log-level error").code, 5);
    assert!(env.log().contains("ERROR PROVISIONER-ERROR: there is no session 77"));
}
