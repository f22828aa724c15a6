//! Who may name what: the layers of `src/`, and the shape of its files.
//!
//! ```text
//! domain  ←  store  ←  provision  ←  cli
//!                                ←  tui          lib.rs alone wires them together
//! ```

mod planted;
mod rules;
mod shape;
mod source;

use std::path::{Path, PathBuf};

/// Every Rust file below a folder of the project, by its path from the root with `/`, and its text.
fn files_below(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(folder).unwrap();
        let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn every_file_of_the_program_names_only_what_its_layer_may_name() {
    let files = files_below("src");
    assert!(files.iter().any(|(path, _)| path == "src/domain/plan.rs"), "the program's files are found");
    let violations: Vec<String> = files.iter().flat_map(|(path, text)| rules::violations(path, text)).collect();
    assert_none(&violations);
}

#[test]
fn every_file_of_the_tests_and_benches_is_short() {
    let files = ["tests", "benches"].map(files_below).concat();
    let violations: Vec<String> = files.iter().flat_map(|(path, text)| rules::violations(path, text)).collect();
    assert_none(&violations);
}

#[test]
fn no_file_of_the_tests_is_forgotten() {
    let files = files_below("tests");
    let (_, main) = files.iter().find(|(path, _)| path == "tests/main.rs").unwrap();
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_none(&shape::forgotten(main, &paths));
}
