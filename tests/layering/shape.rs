//! The shape of files: how long they are, what they are called, whether they are compiled at all.

use crate::layering::source::Source;

const LINES: usize = 400;
const LINES_OF_MAIN: usize = 15;

/// The one file of the console that has characters outside of ASCII in its code: `--ascii` chooses others there.
const SIGNS: &str = "src/tui/theme/signs.rs";

fn has_sign(code: &str) -> bool {
    !code.is_ascii() || code.contains("\\u{")
}

/// Tells whether a file holds only tests.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("tests.rs")
}

/// Lists what is wrong with the shape of a file.
pub(crate) fn violations(path: &str, text: &str, source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    if path.ends_with("/mod.rs") {
        found.push(format!("{path}: is called mod.rs; `foo.rs` stands beside `foo/`"));
    }
    let inline_tests = source.tests_from.filter(|_| !is_test_file(path));
    let lines = inline_tests.map_or(text.lines().count(), |line| line - 1);
    if lines > LINES {
        found.push(format!("{path}: has {lines} lines, more than {LINES}"));
    }
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    let code = text.lines().filter(is_code).count();
    if path == "src/main.rs" && code > LINES_OF_MAIN {
        found.push(format!("{path}: has {code} lines of code, more than {LINES_OF_MAIN}"));
    }
    if path.starts_with("src/tui") && path != SIGNS && !is_test_file(path) {
        let code = text.lines().take(inline_tests.map_or(usize::MAX, |line| line - 1)).zip(1..);
        let drawn = code.filter(|(line, _)| has_sign(line.split("//").next().unwrap_or_default()));
        found.extend(drawn.map(|(_, line)| format!("{path}:{line}: draws a sign that {SIGNS} does not know")));
    }
    if path.starts_with("src/") {
        found.extend(
            source.loose_tests.iter().map(|line| {
                format!("{path}:{line}: declares a module of tests, or one by #[path], without #[cfg(test)]")
            }),
        );
    }
    found
}

/// Lists the files right in `tests/` that `tests/main.rs` does not declare.
pub(crate) fn forgotten(main: &str, paths: &[&str]) -> Vec<String> {
    let declared = Source::read(&[], main).expect("tests/main.rs is Rust").declared;
    let modules = paths.iter().filter_map(|path| path.strip_prefix("tests/")?.strip_suffix(".rs"));
    modules
        .filter(|name| !name.contains('/') && *name != "main" && !declared.iter().any(|module| module == name))
        .map(|name| format!("tests/{name}.rs: is not listed in tests/main.rs, so it never runs"))
        .collect()
}
