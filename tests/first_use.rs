//! Several processes of the program at once, on the first use of the default database.

use std::process::{Command, Stdio};

/// Starts the program in an empty home, where nothing was ever made.
fn program(home: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host-provisioner"));
    command.env_clear().env("HOME", home).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn eight_processes_on_first_use_all_find_an_empty_database() {
    let home = tempfile::tempdir().unwrap();
    let running: Vec<_> = (0..8).map(|_| program(home.path()).args(["list", "--json"]).spawn().unwrap()).collect();
    for process in running {
        let end = process.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&end.stdout), String::from_utf8_lossy(&end.stderr));
        assert!(end.status.success(), "{} {err}", end.status);
        assert_eq!((out.trim(), err.trim()), ("[]", ""));
    }
}

#[test]
fn eight_processes_that_add_a_session_on_first_use_add_eight() {
    let home = tempfile::tempdir().unwrap();
    let add = |number: i32| {
        let title = format!("Session {number}");
        program(home.path()).args(["session", "add", "--title", &title, "--json"]).spawn().unwrap()
    };
    let running: Vec<_> = (0..8).map(add).collect();
    for process in running {
        let end = process.wait_with_output().unwrap();
        assert!(end.status.success(), "{} {}", end.status, String::from_utf8_lossy(&end.stderr));
    }
    let listed = program(home.path()).args(["list", "--json"]).output().unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 8);
}
