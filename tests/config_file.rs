//! Configuration files: which one is heard, what is wrong in one and where, and that nothing is changed then.

use host_provisioner::config::{Config, Given};

use crate::support::program::{Ran, TestEnv};

/// Reads a file as the only one, and lists what is wrong with it: errors, then warnings.
fn problems(text: &str) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, text).unwrap();
    let config = Config::new(Given { config: Some(path), ..Given::default() }).unwrap();
    let told = |problem: &dyn ToString| problem.to_string().replace(&format!("{}/", folder.path().display()), "");
    let errors = config.errors().iter().map(|problem| told(problem)).collect();
    (errors, config.warnings().map(|problem| told(problem)).collect())
}

/// Runs a command under a configuration file.
fn run_under(env: &TestEnv, file: &str, line: &str) -> Ran {
    let path = env.home("given.toml");
    std::fs::write(&path, file).unwrap();
    Ran::from(env.bare(format!("--config {} {line}", path.display()).split_whitespace()))
}

#[test]
fn an_unknown_key_is_a_warning_at_its_place_that_suggests_the_nearest_known_one() {
    let (errors, warnings) = problems(
        "profil = \"prod\"\n\n[profiles.prod]\nurl = \"sqlite:/srv/x.db\"\n  readonly = true\n[policy]\nzebra = 1\n[hsah]\n",
    );
    assert_eq!(errors, [""; 0]);
    assert_eq!(
        warnings,
        [
            "c.toml:1:1: the key `profil` is not known; is `profile` meant?",
            "c.toml:5:3: [profiles.prod]: the key `readonly` is not known; is `read_only` meant?",
            "c.toml:7:1: [policy]: the key `zebra` is not known",
            "c.toml:8:2: the key `hsah` is not known; is `hash` meant?",
        ]
    );
}

#[test]
fn a_wrong_type_or_value_is_an_error_at_its_place() {
    for (text, told) in [
        ("profile = 3", "c.toml:1:11: profile: text in quotes is wanted, not an integer"),
        ("policy = 3", "c.toml:1:1: policy is a table: [policy]"),
        (
            "[policy]\nmax_age = 90",
            "c.toml:2:11: policy.max_age: a length of time such as \"90d\" is wanted, not an integer",
        ),
        ("[policy]\nmax_age = \"1s\"", "c.toml:2:11: policy.max_age: an age is at least 1h, such as 90d"),
        ("timeout = \"2h\"", "c.toml:1:11: timeout: a time-out is 1ms to 1h, such as 10s"),
        ("log_level = \"loud\"", "c.toml:1:13: log_level: a level is error, warn, info, debug or trace"),
        (
            "[hash]\naccept = [\"md5\"]",
            "c.toml:2:10: hash.accept: \"md5\" is no hash scheme: sha256, hmac-sha256, legacy",
        ),
        ("[console]\ntimes = \"UTC\"", "c.toml:2:9: console.times: times are age, local or utc"),
        ("[hash]\nkey_file = \"\"", "c.toml:2:12: hash.key_file: a path is wanted; it is empty"),
        ("[keys]\nquit = 1", "c.toml:2:8: quit: text in quotes is wanted, not an integer"),
        ("profiles.prod = 1", "c.toml:1:10: profiles.prod is a table: [profiles.prod]"),
        (
            "[profiles.\"a b\"]\nurl = \"sqlite:/x\"",
            "c.toml:1:11: a profile's name has 1 to 32 letters, digits, `-` and `_`",
        ),
        ("[profiles.p]\nread_only = true", "c.toml:1:11: profiles.p names no database: url, or url_file"),
        (
            "[profiles.p]\nurl = \"sqlite:/x\"\ncolour = \"mauve\"",
            "c.toml:3:10: profiles.p.colour: a colour is red, green, yellow, blue, magenta or cyan",
        ),
        (
            "[profiles.p]\nurl = \"sqlite:/x\"\nbanner = \"two words\"",
            "c.toml:3:10: profiles.p.banner: a banner is one word of at most 16 characters",
        ),
        ("[profiles.p]\nurl = \"sqlite:/x\"\nurl_file = \"y\"", "c.toml:3:12: give `url` or `url_file`, not both"),
        (
            "[profiles.p]\nurl = \"sqlite:x.db\"",
            "c.toml:2:7: profiles.p.url: the file is named from the root, as in sqlite:/srv/sessions.db",
        ),
        (
            "[profiles.p]\nurl = \"postgres://u:topsecret@db1/canvas\"",
            "c.toml:2:7: profiles.p.url: a password does not belong here: give `url_file`, or PGPASSFILE",
        ),
    ] {
        assert_eq!(problems(text).0, [told], "{text}");
    }
}

#[test]
fn every_broken_line_is_told_with_its_place() {
    let (errors, _) = problems("profile = \n[policy\nmax_age = \"90d\"\n");
    assert!(errors.len() >= 2, "{errors:?}");
    assert!(errors[0].starts_with("c.toml:1:11: not TOML: ") && errors[1].starts_with("c.toml:2:"), "{errors:?}");
}

#[test]
fn an_error_in_the_file_ends_any_command_before_it_begins_and_repeats_no_password() {
    let env = TestEnv::nowhere();
    let broken = "[profiles.p]\nurl = \"postgres://u:topsecret@db1/canvas\"\n";
    for line in ["list --json", "create --session-id 1 --json", "migrate --json", "doctor --json"] {
        let ran = run_under(&env, broken, line);
        assert!(!ran.stderr.contains("topsecret"), "{}", ran.stderr);
        let error = ran.error(2);
        assert_eq!(error["kind"], "configuration");
        assert!(error["message"].as_str().unwrap().contains("given.toml:2:7: profiles.p.url: a password"), "{error}");
    }
    assert!(!env.home(".local/share").exists(), "nothing was made");
}

#[test]
fn a_file_that_is_named_must_be_there_and_readable_and_usual_ones_need_not_be_there() {
    let env = TestEnv::empty();
    let gone = env.run("--config /nowhere/config.toml list --json").error(2);
    assert!(gone["message"].as_str().unwrap().starts_with("/nowhere/config.toml: the configuration cannot be read"));
    env.run("list").ok();
    std::fs::create_dir_all(env.home(".config/host-provisioner/config.toml")).unwrap();
    let folder = env.run("list --json").error(2);
    assert!(folder["message"].as_str().unwrap().contains("cannot be read"), "{folder}");
}
