//! `config check`, `config show`, `config path`, and the sample that explains every key.

use serde_json::Value;

use crate::support::program::{Ran, TestEnv};

const SAMPLE: &str = include_str!("../assets/config.sample.toml");

/// A home with a configuration in it.
fn home_with(file: &str) -> TestEnv {
    let env = TestEnv::nowhere();
    std::fs::create_dir_all(env.home(".config/host-provisioner")).unwrap();
    env.file(".config/host-provisioner/config.toml", file.as_bytes());
    env
}

fn run(env: &TestEnv, line: &str) -> Ran {
    Ran::from(env.bare(line.split_whitespace()))
}

/// Finds a setting in what `config show --json` says: value and origin.
fn setting(shown: &Value, key: &str) -> (Value, String) {
    let found = shown.as_array().unwrap().iter().find(|setting| setting["key"] == key);
    let found = found.unwrap_or_else(|| panic!("{key} is not in {shown}"));
    (found["value"].clone(), found["from"].as_str().unwrap().to_owned())
}

#[test]
fn the_sample_is_read_without_an_error_or_a_warning() {
    let env = home_with(SAMPLE);
    let folder = env.home(".config/host-provisioner");
    std::fs::write(folder.join("prod.url"), "postgres://keller:secret@db1/canvas").unwrap();
    env.file(".config/host-provisioner/hmac.key", &[7; 32]);
    env.file("legacy.secret", b"secret");
    assert_eq!(run(&env, "config check").ok(), "nothing is wrong\n");
}

#[test]
fn every_key_of_the_program_is_explained_in_the_sample() {
    let known = host_provisioner::config::known_keys();
    assert!(known.len() >= 14, "{known:?}");
    for full in known {
        let key = full.rsplit('.').next().unwrap();
        let line = SAMPLE.lines().position(|line| line.starts_with(&format!("{key} = ")));
        let line = line.unwrap_or_else(|| panic!("{full} is not in the sample"));
        let before = SAMPLE.lines().nth(line - 1).unwrap();
        let shares_a_comment = before.starts_with("banner = ");
        assert!(before.starts_with('#') || shares_a_comment, "{full} is not explained");
    }
}

#[test]
fn every_role_of_a_theme_is_in_the_sample() {
    let env = home_with(SAMPLE);
    let shown = run(&env, "config show --json --profile staging").json();
    for role in host_provisioner::tui::theme::roles::ROLES {
        assert_ne!(setting(&shown, &format!("theme.{role}")).1, "default", "{role}");
    }
}

#[test]
fn keys_and_styles_are_checked_and_shown_with_the_rest() {
    let env = home_with("[keys]\nfilter = [\"/\", \"F3\"]\nmark = []\n[theme]\ndanger = \"red\"\n");
    let file = env.home(".config/host-provisioner/config.toml").display().to_string();
    let shown = run(&env, "config show --json").json();
    assert_eq!(setting(&shown, "keys.filter"), ("/ F3".into(), format!("{file}:2:1")));
    assert_eq!(setting(&shown, "keys.mark"), (Value::Null, format!("{file}:3:1")));
    assert_eq!(setting(&shown, "keys.refresh"), ("Ctrl-r F5".into(), "default".to_owned()));
    assert_eq!(setting(&shown, "theme.danger"), ("red".into(), format!("{file}:5:1")));
    assert_eq!(setting(&shown, "theme.good"), (Value::Null, "default".to_owned()));
    assert!(!shown.to_string().contains("confirm-idle"), "what cannot be changed is no setting");
    let env = home_with("[keys]\nfilter = \"F10\"\nquit = []\nsrot = \"s\"\n[theme]\ndanger = \"rde\"\n");
    let ran = run(&env, "config check");
    assert_eq!((ran.code, ran.stdout.matches("error: ").count(), ran.stdout.matches("warning: ").count()), (2, 3, 1));
    assert_eq!(run(&env, "list --json").error(2)["kind"], "configuration");
}

#[test]
fn a_check_lists_all_errors_with_their_places_and_exits_2() {
    let env = home_with("timeout = 3\n[policy]\nmax_age = \"old\"\nmaxage = \"1d\"\n");
    let ran = run(&env, "config check");
    assert_eq!(ran.code, 2);
    let file = env.home(".config/host-provisioner/config.toml");
    let starts = [":1:11: timeout: ", ":3:11: policy.max_age: ", ":4:1: [policy]: the key `maxage` is not known"];
    let kinds = ["error: ", "error: ", "warning: "];
    for ((line, kind), start) in ran.stdout.lines().zip(kinds).zip(starts) {
        assert!(line.starts_with(&format!("{kind}{}{start}", file.display())), "{line}");
    }
    assert_eq!(ran.stdout.lines().count(), 3);
    assert_eq!(ran.stderr.trim(), "error: the configuration has 2 errors");
}

#[test]
fn a_check_with_warnings_alone_exits_0() {
    let env = home_with("tiemout = \"3s\"\n");
    let found = run(&env, "config check --json").json();
    assert_eq!((&found["ok"], found["errors"].as_array().unwrap().len()), (&Value::Bool(true), 0));
    assert!(found["warnings"][0].as_str().unwrap().ends_with("is `timeout` meant?"), "{found}");
    // Other commands tell it too, and work.
    let ran = run(&env, "list");
    assert!(ran.stderr.starts_with("warning: ") && ran.stderr.contains("is `timeout` meant?"), "{}", ran.stderr);
    ran.ok();
}

#[test]
fn a_check_finds_what_the_settings_lack_together() {
    let env = home_with("[hash]\nwrite = \"hmac-sha256\"\n");
    assert_eq!(run(&env, "config check").code, 2);
    let env = home_with("profile = \"prd\"\n[profiles.prod]\nurl_file = \"gone\"\n");
    let ran = run(&env, "config check");
    assert!(ran.stdout.contains("error: there is no profile `prd`: there are prod"), "{}", ran.stdout);
    assert!(ran.stdout.contains("warning: ") && ran.stdout.contains("url_file"), "{}", ran.stdout);
}

#[test]
fn the_settings_are_shown_with_where_each_comes_from() {
    let env = home_with(
        "profile = \"prod\"\n[profiles.prod]\nurl_file = \"prod.url\"\nprotected = true\nread_only = true\n\
         [policy]\nmax_age = \"30d\"\n[hash]\nkey_file = \"~/hmac.key\"\n",
    );
    let folder = env.home(".config/host-provisioner");
    std::fs::write(folder.join("prod.url"), "postgres://keller:topsecret@db1/canvas").unwrap();
    let file = folder.join("config.toml").display().to_string();
    let at = |spot: &str| format!("{file}:{spot}");
    let ran = run(&env, "config show --json --timeout 3s");
    assert!(!ran.stdout.contains("topsecret"), "{}", ran.stdout);
    let shown = ran.json();
    assert_eq!(setting(&shown, "profile"), ("prod".into(), at("1:11")));
    assert_eq!(setting(&shown, "database"), ("db1/canvas".into(), "profile prod".to_owned()));
    assert_eq!(setting(&shown, "read_only"), ("true".into(), "profile prod".to_owned()));
    assert_eq!(setting(&shown, "timeout"), ("3s".into(), "--timeout".to_owned()));
    assert_eq!(setting(&shown, "log_level"), ("info".into(), "default".to_owned()));
    assert_eq!(setting(&shown, "policy.max_age"), ("30d".into(), at("7:11")));
    assert_eq!(setting(&shown, "hash.accept"), (Value::Null, "default".to_owned()));
    let key = env.home("hmac.key").display().to_string();
    assert_eq!(setting(&shown, "hash.key_file"), (key.into(), at("9:12")));
    assert_eq!(setting(&shown, "profiles.prod.protected"), ("true".into(), at("4:13")));
    let url_file = folder.join("prod.url").display().to_string();
    assert_eq!(setting(&shown, "profiles.prod.url_file"), (url_file.into(), at("3:12")));
    let variable = Ran::from({
        let mut command = env.bare(["config", "show", "--json"]);
        command.env("HOST_PROVISIONER_DATABASE_URL", "postgres://u:topsecret@db2/canvas");
        command
    });
    assert!(!variable.stdout.contains("topsecret"), "{}", variable.stdout);
    let shown = variable.json();
    assert_eq!(setting(&shown, "database"), ("db2/canvas".into(), "HOST_PROVISIONER_DATABASE_URL".to_owned()));
}

#[test]
fn the_files_are_listed_even_where_one_is_broken() {
    let env = home_with("[broken\n");
    let places = run(&env, "config path --json").json();
    let file = env.home(".config/host-provisioner/config.toml").display().to_string();
    assert_eq!((&places[0]["path"], &places[0]["read"]), (&Value::from(file), &Value::Bool(true)));
    assert_eq!((&places[0]["whose"], &places[1]["whose"]), (&Value::from("user"), &Value::from("system")));
    assert_eq!(run(&env, "config show").code, 2);
    let named = run(&env, "--config /dev/null config path --json").json();
    assert_eq!((named.as_array().unwrap().len(), &named[0]["whose"]), (1, &Value::from("named")));
}
