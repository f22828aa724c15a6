//! Command lines and settings that are refused, before anything starts.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::program::TestEnv;

#[test]
fn every_refused_value_ends_with_exit_code_two_and_changes_nothing() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let before = env.dump();
    let (long, reason) = ("é".repeat(129), "x".repeat(501));
    let title = "t".repeat(201);
    for arguments in [
        vec!["create"],
        vec!["create", "--session-id"],
        vec!["create", "--session-id", "0"],
        vec!["create", "--session-id", "-1"],
        vec!["create", "--session-id", "1.5"],
        vec!["create", "--session-id", "9223372036854775808"],
        vec!["create", "--session-id", "one"],
        vec!["show", "--session-id", "0"],
        vec!["history", "--session-id", "0"],
        vec!["verify", "--session-id", "0"],
        vec!["revoke", "--session-id", "0"],
        vec!["rotate", "--host-session-id", "0"],
        vec!["rotate", "--host-session-id", "1", "--force-new"],
        vec!["rotate", "--session-id", "1"],
        vec!["create", "--session-id", "1", "--created-by", &long],
        vec!["create", "--session-id", "1", "--created-by", "  "],
        vec!["create", "--session-id", "1", "--created-by", "Keller 6ba39809-bc5a-498e-956a-fcbb3f39e017"],
        vec!["create", "--session-id", "1", "--rotation-reason", "ab"],
        vec!["create", "--session-id", "1", "--rotation-reason", &reason],
        vec!["create", "--session-id", "1", "--rotation-reason", "leaked 6ba39809-bc5a-498e-956a-fcbb3f39e017"],
        vec!["create", "--session-id", "1", "--rotation-reason", "good", "--rotation-reason-file", "-"],
        vec!["create", "--session-id", "1", "--rotation-reason-file", "-"],
        vec!["create", "--session-id", "1", "--rotation-reason-file", "/nowhere/reason"],
        vec!["create", "--session-id", "1", "--expires", "2020-01-01"],
        vec!["create", "--session-id", "1", "--expires", "tomorrow"],
        vec!["create", "--session-id", "1", "--expires", "9000y"],
        vec!["create", "--session-id", "1", "--expires", ""],
        vec!["create", "--session-id", "1", "--expires", " "],
        vec!["create", "--session-id", "1", "--expires", "2099-12-31T23:59:60Z"],
        vec!["create", "--session-id", "1", "--expires", "2099-12-31 18:00"],
        vec!["create", "--session-id", "1", "--expect", "b04de77"],
        vec!["create", "--session-id", "1", "--expect", "nothing"],
        vec!["revoke", "--session-id", "1", "--dry-run"],
        vec!["session", "add"],
        vec!["session", "add", "--title", " "],
        vec!["session", "add", "--title", &title],
        vec!["session", "add", "--title", "x", "--status", ""],
        vec!["session"],
        vec!["list", "--limit", "0"],
        vec!["list", "--record", "lost"],
        vec!["list", "--after", "0"],
        vec!["history", "--before", "yesterday"],
        vec!["list", "--timeout", "10"],
        vec!["list", "--timeout", "0s"],
        vec!["list", "--output", "xml"],
        vec!["list", "--json", "--output", "csv"],
        vec!["list", "--hash-write", "md5"],
        vec!["list", "--hash-write", "legacy"],
        vec!["list", "--hash-write", "hmac-sha256"],
        vec!["list", "--hash-accept", "legacy"],
        vec!["list", "-q", "-v"],
        vec!["list", "--database-url", "mysql://db1/canvas"],
        vec!["list", "--database-url", "postgres://db1:port/canvas"],
        vec!["list", "--database-url", "postgres://db1/canvas?sslmod=require"],
        vec!["list", "--database-url", "sqlite::memory:"],
        vec!["list", "--database-url-file", "/nowhere/url"],
        vec!["frobnicate"],
        vec![],
        vec!["tui"],
    ] {
        let ran = env.run_with(&arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("6ba39809"), "{arguments:?}: {}", ran.stderr);
        let error = env.run_with(arguments.iter().copied().chain(["--json"])).error_unless_json_conflicts();
        assert!(error.is_none_or(|error| error["message"].as_str().is_some_and(|text| !text.is_empty())));
    }
    assert_eq!(env.dump(), before);
}

#[test]
fn refusals_say_what_is_wrong_and_what_to_do() {
    let env = TestEnv::with_sessions();
    let before = env.dump();
    env.file("long", "x".repeat(501).as_bytes());
    env.file("guid", b"leaked 6ba39809-bc5a-498e-956a-fcbb3f39e017");
    env.file("latin1", b"caf\xe9 closed");
    env.file("surrogate", b"lone \xed\xa0\x80 surrogate");
    let nobody = format!("create --session-id 1 --created-by {}", "é".repeat(129));
    env.check_session(
        "refusals",
        &[
            "create --session-id 0",
            "create --session-id -1",
            "create --session-id 9223372036854775808",
            "create --session-id one",
            "rotate --host-session-id 9223372036854775808",
            "revoke --session-id 1.5",
            "create",
            "create --sesion-id 1",
            "create --json",
            "create --session-id 1 --rotation-reason ab",
            "create --session-id 1 --rotation-reason-file long",
            "create --session-id 1 --rotation-reason-file guid",
            "create --session-id 1 --rotation-reason-file latin1",
            "create --session-id 1 --rotation-reason-file surrogate",
            "create --session-id 1 --rotation-reason-file missing",
            &nobody,
            "create --session-id 1 --expect b04de77",
            "create --session-id 1 --expires 2020-01-01 --json",
            "create --session-id 1 --expires tomorrow",
            "list --hash-write legacy",
            "list --hash-write hmac-sha256",
            "list --database-url postgres://db1:port/canvas",
            "list --database-url postgres://db1/canvas?sslmod=require",
            "list --record lost",
        ],
    );
    assert_eq!(env.dump(), before);
}

#[test]
fn arguments_that_are_no_text_are_refused() {
    let env = TestEnv::with_sessions();
    let before = env.dump();
    for flag in ["--session-id", "--rotation-reason", "--created-by", "--expires", "--expect", "--database-url"] {
        let bytes = OsString::from_vec(b"1\xff\xed\xa0\x80".to_vec());
        let arguments = ["create", flag].map(OsString::from).into_iter().chain([bytes]);
        let ran = env.run_with(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{flag}");
        assert!(
            ran.stderr.starts_with("error: invalid UTF-8 was detected in one or more arguments\n"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(env.dump(), before);
}

#[test]
fn without_a_terminal_the_console_is_help_on_stderr() {
    let env = TestEnv::with_sessions();
    for arguments in [vec![], vec!["tui"]] {
        let ran = env.run_with(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.starts_with("error: the console needs a terminal\n\n"), "{}", ran.stderr);
        assert!(ran.stderr.contains("Usage: host-provisioner [OPTIONS] [COMMAND]\n"), "{}", ran.stderr);
    }
    assert_eq!(env.run_with(["--json"]).error(2)["kind"], "no_terminal");
}

#[test]
fn help_and_version_go_to_stdout() {
    let env = TestEnv::nowhere();
    let help = env.run("--help").ok().split_whitespace().collect::<Vec<_>>().join(" ");
    let codes = help.split_once("Exit codes: 0 done").unwrap().1;
    for code in 1..=11 {
        assert!(codes.contains(&format!(", {code} ")), "{code}: {codes}");
    }
    assert_eq!(env.run("--version").ok(), format!("host-provisioner {}\n", env!("CARGO_PKG_VERSION")));
    assert!(env.run("create --help").ok().contains("--rotation-reason-file"));
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    let env = TestEnv::with_sessions();
    for url in
        ["postgres://u:hunter2@db1/canvas", "postgres://db1/canvas?password=hunter2", "sqlite:x.db?password=hunter2"]
    {
        for command in ["list", "demo --no-tui", "migrate --check"] {
            let ran = env.run(&format!("{command} --database-url {url}"));
            assert_eq!(ran.code, 2, "{url}");
            assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        }
    }
    assert!(!env.log_if_any().contains("hunter2"));
}

#[test]
fn a_flag_goes_before_the_environment() {
    let (env, other) = (TestEnv::with_sessions(), TestEnv::empty());
    assert_eq!(env.run_with(["list", "--json", "--database-url", &other.url()]).ok(), "[]\n");
    let file = env.file("url", format!("{}\n", other.url()).as_bytes());
    assert_eq!(env.run_with(["list", "--json", "--database-url-file", &file]).ok(), "[]\n");
    assert_eq!(env.run_with(["list", "--database-url-file", &file, "--database-url", &other.url()]).code, 2);
}

#[test]
fn global_options_on_both_sides_of_a_command_are_held_against_each_other() {
    let (env, other) = (TestEnv::with_sessions(), TestEnv::empty());
    let (before, url) = (env.dump(), other.url());
    for line in [
        &format!("--database-url {} session add --title x --database-url {url}", env.url()),
        &format!("--database-url {url} session --database-url-file /nowhere add --title x"),
        "--json list --output csv",
        "--output csv list --json",
        "-q list -v",
        "--timeout 1s list --timeout 2s",
    ] {
        let ran = env.run(line);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains("cannot be used"), "{line}: {}", ran.stderr);
    }
    assert_eq!((env.dump(), other.texts(r#"SELECT "Title" FROM "Sessions""#).len()), (before, 0));
    assert_eq!(env.run("--json list --timeout 9s").code, 0);
}

#[test]
fn a_key_that_others_could_read_is_refused() {
    let env = TestEnv::with_sessions();
    let (key, short) = (env.file("key", &[7; 32]), env.file("short", &[7; 31]));
    let with = |key: &str| env.run_with(["list", "--json", "--hash-write", "hmac-sha256", "--hash-key-file", key]);
    with(&key).ok();
    assert!(with(&short).error(2)["message"].as_str().unwrap().contains("31 bytes"));
    for mode in [0o640, 0o604] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        assert!(with(&key).error(2)["message"].as_str().unwrap().contains("chmod 600"));
    }
    assert_eq!(with("/nowhere/key").error(2)["kind"], "configuration");
}
