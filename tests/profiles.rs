//! Profiles on the command line: which database is meant, and what a protected one asks for.

use crate::support::program::{Ran, TestEnv};

/// A home with a configuration in it, whose profile `prod` is protected and `spare` is another database.
struct Place {
    env: TestEnv,
    spare: TestEnv,
}

impl Place {
    fn new() -> Self {
        let (env, spare) = (TestEnv::with_sessions(), TestEnv::with_sessions());
        let file = format!(
            "[profiles.prod]\nurl = \"{}\"\nprotected = true\n[profiles.spare]\nurl = \"{}\"\n",
            env.url(),
            spare.url()
        );
        std::fs::create_dir_all(env.home(".config/host-provisioner")).unwrap();
        env.file(".config/host-provisioner/config.toml", file.as_bytes());
        Self { env, spare }
    }

    /// Runs a command line that names no database but by its own flags.
    fn run(&self, line: &str) -> Ran {
        Ran::from(self.env.bare(line.split_whitespace()))
    }

    /// Runs a command line with variables.
    fn run_with(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = self.env.bare(line.split_whitespace());
        command.envs(variables.iter().copied());
        Ran::from(command)
    }

    /// Counts the records of both databases: of `prod` and of `spare`.
    fn records(&self) -> (usize, usize) {
        let all = r#"SELECT "HostGuidHash" FROM "HostSessions""#;
        (self.env.texts(all).len(), self.spare.texts(all).len())
    }
}

#[test]
fn a_change_in_a_protected_profile_that_nothing_confirms_is_refused_before_it_begins() {
    let place = Place::new();
    place.run("--profile prod create --session-id 2 --confirm 2@prod").ok();
    let before = place.env.dump();
    for line in [
        "create --session-id 1",
        "create --session-id 1 --force-new",
        "rotate --host-session-id 1",
        "revoke --session-id 2",
        "create --session-id 1 --confirm 1@spare",
        "create --session-id 1 --confirm 2@prod",
        "rotate --host-session-id 1 --confirm 2@prod",
    ] {
        let error = place.run(&format!("--profile prod --json {line}")).error(8);
        assert_eq!(error["kind"], "not_confirmed", "{line}");
        assert!(error["message"].as_str().unwrap().ends_with("; nothing was changed"), "{error}");
        let id = line.split(' ').nth(2).unwrap();
        assert!(error["hint"].as_str().unwrap().contains(&format!("--confirm {id}@prod")), "{error}");
    }
    assert_eq!(place.env.dump(), before);
}

#[test]
fn a_plan_of_another_database_is_not_applied_in_a_protected_profile() {
    let place = Place::new();
    // It is told by the file's name.
    std::fs::copy(&place.spare.db.path, place.env.home("trial.db")).unwrap();
    let trial = format!("\n[profiles.trial]\nurl = \"sqlite:{}\"\n", place.env.home("trial.db").display());
    let file = place.env.home(".config/host-provisioner/config.toml");
    let known = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, known + &trial).unwrap();
    for profile in ["prod", "trial"] {
        place.run(&format!("--profile {profile} consolidate --plan {profile}.json -q")).ok();
    }
    let error = place.run("--profile prod --json consolidate --apply trial.json").error(8);
    assert!(
        error["message"].as_str().unwrap().contains("the plan was made on sqlite trial.db, and this is sqlite test.db"),
        "{error}"
    );
    for line in [
        "--profile prod consolidate --apply prod.json",
        "--profile prod consolidate --apply trial.json --dry-run",
        "--profile trial consolidate --apply prod.json",
    ] {
        place.run(line).ok();
    }
}

#[test]
fn the_named_id_with_the_profile_confirms_a_change() {
    let place = Place::new();
    place.run("--profile prod create --session-id 1 --confirm 1@prod").ok();
    place.run("--profile prod create --session-id 2 --confirm 2@prod").ok();
    place.run("--profile prod rotate --host-session-id 2 --confirm 2@prod").ok();
    place.run("--profile prod revoke --session-id 1 --confirm 1@prod").ok();
    assert_eq!(place.records(), (2, 0));
}

#[test]
fn an_expected_record_confirms_a_change_in_a_protected_profile() {
    let place = Place::new();
    place.run("--profile prod create --session-id 1 --expect none").ok();
    assert_eq!(place.run("--profile prod create --session-id 1 --expect none").code, 6);
}

#[test]
fn a_dry_run_in_a_protected_profile_needs_no_confirmation() {
    let place = Place::new();
    place.run("--profile prod create --session-id 1 --dry-run").ok();
    assert_eq!(place.records(), (0, 0));
}

#[test]
fn an_unprotected_profile_asks_for_nothing_but_takes_no_wrong_confirmation() {
    let place = Place::new();
    place.run("--profile spare create --session-id 1").ok();
    place.run("--profile spare create --session-id 1 --confirm 1@spare").ok();
    assert_eq!(place.run("--profile spare create --session-id 1 --confirm 1@prod").code, 8);
}

#[test]
fn a_read_only_profile_refuses_writes_and_reads_on() {
    let env = TestEnv::with_sessions();
    let file = format!("[profiles.replica]\nurl = \"{}\"\nread_only = true\n", env.url());
    let path = env.file("c.toml", file.as_bytes());
    let run = |line: &str| Ran::from(env.bare(format!("--config {path} --profile replica {line}").split_whitespace()));
    run("list").ok();
    assert_eq!(run("create --session-id 1").code, 4);
}

#[test]
fn the_flag_goes_before_the_variable_and_the_variable_before_the_file() {
    let place = Place::new();
    let titles = |ran: Ran| ran.json()[0]["title"].as_str().unwrap().to_owned();
    place.spare.sql(r#"UPDATE "Sessions" SET "Title" = 'spare'"#);
    place.env.sql(r#"UPDATE "Sessions" SET "Title" = 'prod'"#);
    let named = "profile = \"spare\"\n";
    let file = place.env.home(".config/host-provisioner/config.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{named}{text}")).unwrap();
    assert_eq!(titles(place.run("list --json")), "spare");
    assert_eq!(titles(place.run_with("list --json", &[("HOST_PROVISIONER_PROFILE", "prod")])), "prod");
    let url = place.env.url();
    assert_eq!(titles(place.run_with("list --json", &[("HOST_PROVISIONER_DATABASE_URL", &url)])), "prod");
    assert_eq!(
        titles(place.run_with("list --json --profile spare", &[("HOST_PROVISIONER_DATABASE_URL", &url)])),
        "spare"
    );
    assert_eq!(
        titles(place.run_with(
            &format!("list --json --database-url {url}"),
            &[("HOST_PROVISIONER_PROFILE", "spare"), ("HOST_PROVISIONER_DATABASE_URL", "sqlite:/nowhere/x.db")]
        )),
        "prod"
    );
}

#[test]
fn two_names_for_the_database_at_one_level_are_refused() {
    let place = Place::new();
    assert_eq!(place.run("list --profile prod --database-url sqlite:/x.db").code, 2);
    let both = [("HOST_PROVISIONER_PROFILE", "prod"), ("HOST_PROVISIONER_DATABASE_URL", "sqlite:/x.db")];
    let error = place.run_with("list --json", &both).error(2);
    assert!(error["message"].as_str().unwrap().contains("HOST_PROVISIONER_DATABASE_URL and HOST_PROVISIONER_PROFILE"));
}

#[test]
fn an_unknown_profile_is_refused_with_the_names_that_there_are() {
    let place = Place::new();
    for ran in
        [place.run("list --json --profile prd"), place.run_with("list --json", &[("HOST_PROVISIONER_PROFILE", "prd")])]
    {
        assert_eq!(ran.error(2)["message"], "there is no profile `prd`: there are prod, spare");
    }
    let none = Ran::from(place.spare.bare(["list", "--json", "--profile", "prd"])).error(2);
    assert_eq!(none["message"], "there is no profile `prd`: the configuration has none");
}

#[test]
fn a_profile_reads_its_url_with_a_password_from_a_file_beside_the_configuration() {
    let env = TestEnv::with_sessions();
    env.file("prod.url", format!("{}\n", env.url()).as_bytes());
    let path = env.file("c.toml", b"profile = \"prod\"\n[profiles.prod]\nurl_file = \"prod.url\"\n");
    let run = || Ran::from(env.bare(["--config", &path, "list", "--json"]));
    assert_eq!(run().json().as_array().unwrap().len(), 3);
    std::fs::remove_file(env.home("prod.url")).unwrap();
    let error = run().error(2);
    assert!(error["message"].as_str().unwrap().contains("c.toml:3:12: url_file"), "{error}");
}

#[test]
fn the_users_file_goes_before_the_systems_setting_by_setting() {
    let place = Place::new();
    let system = place.env.home("xdg/host-provisioner");
    std::fs::create_dir_all(&system).unwrap();
    let url = place.spare.url();
    std::fs::write(
        system.join("config.toml"),
        format!("[profiles.prod]\nurl = \"{url}\"\nread_only = true\n[profiles.more]\nurl = \"{url}\"\n"),
    )
    .unwrap();
    let folders = place.env.home("xdg");
    let variables = [("XDG_CONFIG_DIRS", folders.to_str().unwrap())];
    // The user's file says which database, the system's that it is only read.
    let error = place.run_with("--profile prod create --session-id 1 --confirm 1@prod --json", &variables).error(4);
    assert_eq!(error["kind"], "read_only");
    place.run_with("--profile more create --session-id 1", &variables).ok();
    assert_eq!(place.records(), (0, 1));
}
