//! What README promises, held: its commands, its exit codes, its pictures, the version that it names.

use crate::support::fixtures;
use crate::support::program::TestEnv;

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The lines of the shell blocks, without their comments.
fn commands() -> Vec<String> {
    let readme = read("README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).map(|line| line.split(" # ").next().unwrap().trim().to_owned()).collect()
}

/// Splits a line at blanks outside of double quotes, which is all that README uses.
fn words(line: &str) -> Vec<String> {
    let mut quoted = false;
    let apart = |c: char| {
        quoted ^= c == '"';
        c == ' ' && !quoted
    };
    line.split(apart).filter(|word| !word.is_empty()).map(|word| word.replace('"', "")).collect()
}

#[test]
fn every_command_of_the_readme_is_understood() {
    let env = TestEnv::empty();
    env.run("session add --title first").ok();
    // The files that README imports.
    fixtures::write_files(&env);
    let folder = env.home("srv");
    std::fs::create_dir_all(&folder).unwrap();
    // The profile is the one that README shows.
    let configuration = env.home(".config/host-provisioner");
    std::fs::create_dir_all(&configuration).unwrap();
    let shown = read("README.md").split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    std::fs::write(configuration.join("config.toml"), shown).unwrap();
    std::fs::write(configuration.join("prod.url"), env.url()).unwrap();
    let mut seen = 0;
    for line in commands().iter().filter(|line| line.starts_with("host-provisioner ")) {
        let line = line.replace("/srv/", &format!("{}/", folder.display()));
        let (line, stdin) = line.split_once(" < ").map_or((line.as_str(), false), |(line, _)| (line, true));
        let mut arguments = words(line).split_off(1);
        // The console alone needs a terminal: its line is held by asking for help.
        if arguments.last().is_some_and(|last| last.starts_with("sqlite:")) || arguments == ["--profile", "prod"] {
            arguments.push("--help".to_owned());
        }
        let ran = if stdin {
            env.feed(&arguments.join(" "), "6ba39809-bc5a-498e-956a-fcbb3f39e017")
        } else {
            env.run_with(arguments)
        };
        assert_ne!(ran.code, 2, "{line}: {}", ran.stderr);
        seen += 1;
    }
    assert!(seen >= 14, "only {seen} commands were found");
}

#[test]
fn every_make_target_of_the_readme_and_the_guide_is_there() {
    let makefile = read("Makefile");
    let guide = format!("{}\n{}", read("README.md"), read("CONTRIBUTING.md"));
    let named = guide.split("make ").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next());
    let targets = ["demo", "test", "lint", "soak", "bench", "mutants", "pictures"];
    assert!(targets.iter().all(|target| makefile.contains(&format!("\n{target}:"))));
    assert!(named.filter(|word| targets.contains(word)).count() >= 5);
}

#[test]
fn the_readme_names_the_oldest_rust_that_builds_this() {
    let cargo = read("Cargo.toml");
    let version = cargo.split("rust-version = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(read("README.md").contains(&format!("Rust {version} or newer")), "{version}");
}

#[test]
fn every_picture_of_the_readme_is_there_and_shows_no_guid() {
    let readme = read("README.md");
    let pictures: Vec<&str> =
        readme.split("](assets/screenshots/").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert_eq!(pictures.len(), 5);
    for picture in pictures {
        let svg = read(&format!("assets/screenshots/{picture}"));
        assert!(svg.contains("Host") && svg.contains("Provisioner"), "{picture}");
        assert_eq!(crate::support::desk::guid_on(&svg), None, "{picture}");
    }
}

#[test]
fn every_file_that_the_documents_link_to_is_there() {
    let mut seen = 0;
    for (document, folder) in
        [("README.md", ""), ("CONTRIBUTING.md", ""), ("docs/shared-database.md", "docs/"), ("docs/rollout.md", "docs/")]
    {
        for link in read(document).split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if !link.contains("://") {
                assert!(!read(&format!("{folder}{link}")).is_empty(), "{document}: {link}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 6, "only {seen} links were found");
}

#[test]
fn the_documents_name_the_oldest_postgresql_that_is_taken() {
    let code = read("src/store/postgres.rs");
    let oldest = code.split("const OLDEST: i64 = ").nth(1).unwrap().split("_000;").next().unwrap();
    let version: u32 = oldest.parse().unwrap();
    assert!(read("README.md").contains(&format!("PostgreSQL {} is the oldest", version / 10)));
    assert!(read("docs/shared-database.md").contains(&format!("PostgreSQL {} or newer", version / 10)));
}
