//! The guard itself: what is planted is found, and what is allowed is not.

use crate::layering::rules::violations;
use crate::layering::shape::forgotten;

/// Checks that the guard finds something in this file, and that it tells this.
fn assert_found(path: &str, text: &str, told: &str) {
    let found = violations(path, text);
    assert!(found.iter().any(|line| line.contains(told)), "{path}: {text}\nfound {found:?}");
    assert!(found.iter().all(|line| line.starts_with(path)), "{found:?}");
}

fn assert_clean(path: &str, text: &str) {
    assert_eq!(violations(path, text), Vec::<String>::new(), "{path}: {text}");
}

#[test]
fn what_a_layer_must_not_name_is_found_in_it() {
    let async_words = ["tokio", "async_trait", "futures_util", "tokio_util", "sqlx", "clap", "ratatui", "crossterm"];
    let table: [(&str, &[&str]); 5] = [
        ("domain", &async_words),
        ("store", &["clap", "ratatui", "crossterm"]),
        ("provision", &["sqlx", "clap", "ratatui", "crossterm"]),
        ("cli", &["sqlx", "ratatui", "crossterm"]),
        ("tui", &["sqlx", "clap"]),
    ];
    for (layer, names) in table {
        for name in names {
            for path in [format!("src/{layer}.rs"), format!("src/{layer}/x.rs"), format!("src/{layer}/x/y.rs")] {
                assert_found(&path, &format!("use {name}::Thing;"), name);
                assert_found(&path, &format!("fn f() {{ {name}::thing(); }}"), name);
                assert_found(&path, &format!("#[derive({name}::Thing)] struct S;"), name);
                assert_found(&path, &format!("use {{std::fmt, {name}::Thing as Other}};"), name);
            }
        }
    }
}

#[test]
fn layers_above_are_found_by_every_way_to_write_them() {
    let table: [(&str, &[&str]); 7] = [
        ("domain", &["store", "provision", "cli", "tui", "config", "telemetry"]),
        ("store", &["provision", "cli", "tui", "config"]),
        ("provision", &["cli", "tui"]),
        ("cli", &["tui"]),
        ("tui", &["cli"]),
        ("config", &["cli", "tui"]),
        ("telemetry", &["cli", "tui"]),
    ];
    for (layer, others) in table {
        for other in others {
            let told = format!("crate::{other}");
            let path = format!("src/{layer}/x.rs");
            assert_found(&path, &format!("use crate::{other}::Thing;"), &told);
            assert_found(&path, &format!("use crate::{{domain::time, {other}}};"), &told);
            assert_found(&path, &format!("fn f() {{ crate::{other}::thing() }}"), &told);
            assert_found(&path, &format!("use super::super::{other}::Thing;"), &told);
            assert_found(&path, &format!("use super::{{super::{other}}};"), &told);
            assert_found(&path, &format!("mod inner {{ use super::super::super::{other}; }}"), &told);
            assert_found(&path, "use crate::*;", &told);
            assert_found(&format!("src/{layer}.rs"), &format!("use super::{other};"), &told);
            assert_found(&path, &format!("#[cfg(test)] mod tests {{ use crate::{other}; }}"), &told);
        }
    }
}

#[test]
fn what_is_asynchronous_or_outside_is_found_in_the_domain() {
    let path = "src/domain/x.rs";
    assert_found(path, "async fn f() {}", "async");
    assert_found(path, "fn f() { g().await; }", "await");
    for module in ["fs", "net", "env", "process"] {
        assert_found(path, &format!("use std::{module};"), module);
        assert_found(path, &format!("use std::{{fmt, {module}::Thing}};"), module);
        assert_found(path, &format!("fn f() {{ ::std::{module}::thing() }}"), module);
    }
    assert_found(path, "use std::*;", "std::fs");
}

#[test]
fn the_store_must_not_see_a_guid() {
    assert_found("src/store/apply.rs", "fn f(guid: &HostGuid) {}", "HostGuid");
    assert_found("src/store/apply.rs", "use crate::domain::guid::HostGuid;", "HostGuid");
}

#[test]
fn the_pure_parts_of_the_console_must_not_reach_outside() {
    let names = ["tokio", "crossterm", "SystemTime", "Instant", "SystemClock", "Utc", "rand", "Uuid", "std::env"];
    let pure = ["model", "message", "effect", "update", "view", "view_list", "screen", "screen/reason", "update/jobs"];
    for part in pure {
        let path = format!("src/tui/{part}.rs");
        for name in names {
            assert_found(&path, &format!("fn f() {{ {name}::thing(); }}"), name);
        }
        assert_found(&path, "use ratatui::crossterm::event::KeyEvent;", "crossterm");
        assert_found(&path, "fn f() { HostGuid::generate(); }", "generate");
        assert_found(&path, "async fn f() {}", "async");
        assert_found(&path, "fn f() { println!(\"x\"); }", "println!");
        assert_found(&path, "fn f() { std::eprintln!(\"x\"); }", "eprintln!");
    }
    for part in ["runtime", "keymap", "terminal"] {
        assert_clean(&format!("src/tui/{part}.rs"), "use crossterm::event::KeyEvent; use tokio::time::Instant;");
    }
}

#[test]
fn sqlx_is_found_outside_of_the_store() {
    for path in ["src/lib.rs", "src/main.rs", "src/config.rs", "src/other.rs", "src/storeroom.rs", "src/tui/x_tests.rs"]
    {
        assert_found(path, "use sqlx::Row;", "sqlx");
    }
    for path in ["src/store.rs", "src/store/rows.rs", "src/store/sqlite/open.rs"] {
        assert_clean(path, "use sqlx::Row;");
    }
}

#[test]
fn process_exit_is_found_outside_of_main() {
    for text in
        ["fn f() { std::process::exit(1) }", "use std::process::{ExitCode, exit};", "fn f() { process::exit(1) }"]
    {
        for path in ["src/lib.rs", "src/cli/exit.rs", "src/tui.rs"] {
            assert_found(path, text, "process::exit");
        }
        assert_clean("src/main.rs", text);
    }
    assert_clean("src/lib.rs", "use std::process::ExitCode;");
}

#[test]
fn sql_that_is_not_constant_is_found() {
    assert_found("src/store/sql.rs", "use sqlx::AssertSqlSafe;", "AssertSqlSafe");
    for word in ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "PRAGMA"] {
        for path in ["src/store/sql.rs", "src/lib.rs"] {
            assert_found(path, &format!("fn f() {{ format!(\"{word} {{x}}\"); }}"), "formats SQL");
            assert_found(path, &format!("fn f() {{ std::format!(r#\"\n  {word}\n{{x}}\"#); }}"), "formats SQL");
            assert_found(path, &format!("fn f() {{ write!(text, \"{word} {{}}\", x); }}"), "formats SQL");
        }
        assert_clean("src/store/sql.rs", &format!("const ALL: &str = \"{word} 1\";"));
    }
    assert_clean("src/cli/x.rs", "fn f() { format!(\"Update of {x}; UPDATED {y}\"); }");
}

#[test]
fn an_arm_that_catches_all_is_found_in_a_reducer() {
    for arm in ["_ => 1", "A | _ => 1", "(_, _) => 1", "(_, ..) => 1"] {
        let text = format!("fn f() {{ match x {{ B {{ .. }} => 2, {arm} }} }}");
        for path in ["src/tui/update.rs", "src/tui/update/jobs.rs", "src/tui/screen/reason.rs"] {
            assert_found(path, &text, "catches all");
        }
        assert_clean("src/tui/keymap.rs", &text);
    }
    let named = "fn f() { match x { A(_) => 1, (B, _) => 2, C { .. } => 3, () => 4 }; g(|_| 5); let _ = 6; }";
    assert_clean("src/tui/update.rs", named);
    assert_clean("src/tui/update.rs", "#[cfg(test)] mod tests { fn f() { match x { _ => 1 } } }");
}

#[test]
fn a_file_of_more_than_400_lines_is_found_but_inline_tests_at_the_end_are_free() {
    let (fits, long) = ("fn f() {}\n".repeat(400), "fn f() {}\n".repeat(401));
    let tests = format!("/// Tests.\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    for path in ["src/domain/x.rs", "src/domain/x_tests.rs", "tests/x.rs", "tests/support/x.rs"] {
        assert_clean(path, &fits);
        assert_found(path, &long, "401 lines");
    }
    assert_clean("src/domain/x.rs", &format!("{fits}{tests}"));
    assert_found("src/domain/x.rs", &format!("{long}{tests}"), "401 lines");
    assert_found("src/domain/x.rs", &format!("{tests}{fits}"), "805 lines");
    assert_found("src/domain/x_tests.rs", &format!("{fits}{tests}"), "805 lines");
}

#[test]
fn main_has_15_lines_of_code_at_most() {
    let body = |lines: usize| format!("//! The program.\n\nfn main() {{\n{}}}\n", "    run();\n".repeat(lines));
    assert_clean("src/main.rs", &body(13));
    assert_found("src/main.rs", &body(14), "16 lines of code");
    assert_clean("src/lib.rs", &body(14));
}

#[test]
fn a_file_called_mod_is_found() {
    assert_found("src/store/mod.rs", "", "mod.rs");
    assert_found("tests/support/mod.rs", "", "mod.rs");
}

#[test]
fn tests_that_are_compiled_into_the_program_are_found() {
    assert_found("src/domain/x.rs", "mod x_tests;", "without #[cfg(test)]");
    assert_found("src/domain/x.rs", "#[path = \"y.rs\"] mod x;", "without #[cfg(test)]");
    assert_clean("src/domain/x.rs", "#[cfg(test)] mod x_tests;");
    assert_clean("src/domain/x.rs", "#[cfg(test)] #[path = \"x_tests.rs\"] mod tests;");
    assert_clean("src/domain/x.rs", "#[path = \"x_tests.rs\"] #[cfg(test)] mod tests;");
}

#[test]
fn a_test_file_that_main_does_not_list_is_found() {
    let main = "//! All.\nmod a;\n// mod b;\n/* mod c; */\nmod e { mod d; }\nconst X: &str = \"mod b;\";";
    let paths = ["tests/main.rs", "tests/a.rs", "tests/b.rs", "tests/c.rs", "tests/d.rs", "tests/a/inner.rs"];
    let told = forgotten(main, &paths);
    let names: Vec<&str> = told.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(names, ["tests/b.rs", "tests/c.rs", "tests/d.rs"]);
}

#[test]
fn comments_and_texts_name_nothing() {
    let text = r##"
        //! Unlike tokio, `sqlx::Row` and crate::store are named in words alone: std::process::exit.
        /// [`clap`] and /* nested */ HostGuid.
        /* use sqlx; /* nested: use tokio; */ async */
        const A: &str = "use sqlx; \" AssertSqlSafe";
        const B: &str = r#"use tokio; " async"#;
        const C: char = '"';
        fn f<'tokio>(x: &'tokio str) {}
    "##;
    assert_clean("src/domain/x.rs", &text.replace("'tokio", "'a"));
}

#[test]
fn what_the_table_allows_is_clean() {
    assert_clean("src/domain/x.rs", "use super::plan::Plan; use crate::domain::time; use std::{fmt, time::Duration};");
    assert_clean("src/domain.rs", "pub mod plan; pub(crate) use self::plan::store;");
    assert_clean(
        "src/store/x.rs",
        "use crate::domain::plan; use super::config; use tokio::time; let clap_like = config;",
    );
    assert_clean("src/store.rs", "mod provision; use provision::Thing; use self::cli::Thing;");
    assert_clean("src/provision/x.rs", "use crate::{domain::guid::HostGuid, store::Store, config}; async fn f() {}");
    assert_clean("src/cli/x.rs", "use crate::{config, domain, provision, store}; use clap::Args;");
    assert_clean(
        "src/tui/runtime.rs",
        "use crate::{config, domain, provision, store}; async fn f() { tokio::spawn(g()).await; }",
    );
    assert_clean(
        "src/tui/view.rs",
        "use ratatui::Frame; use crate::domain::time::Timestamp; fn f() { write!(x, \"y\"); }",
    );
    assert_clean("src/lib.rs", "pub mod cli; pub mod tui; async fn run() { cli::run(tui::run, store::connect()) }");
}

#[test]
fn inline_tests_may_name_crates_and_modules_that_their_layer_may_not() {
    let tests = "#[cfg(test)] mod tests { use std::fs; fn f() { tokio::spawn(x()); HostGuid::generate(); } }";
    for path in ["src/domain/x.rs", "src/store/x.rs", "src/tui/update.rs"] {
        assert_clean(path, tests);
        assert_found(path, &format!("{tests} use ratatui::crossterm::X; use std::env; fn g(x: HostGuid) {{}}"), path);
    }
    assert_clean("src/domain/x_tests.rs", "use std::fs;");
}

#[test]
fn what_is_no_rust_is_told() {
    assert_found("src/domain/x.rs", "fn f( {", "not readable");
}

#[test]
fn a_sign_that_ascii_terminals_cannot_draw_is_found_in_the_console() {
    for path in ["src/tui.rs", "src/tui/view.rs", "src/tui/screen/x.rs"] {
        for line in ["fn f() -> &'static str { \"wait …\" }", "const C: char = '\\u{2026}';"] {
            assert_found(path, line, "draws a sign");
            assert_clean("src/tui/theme/signs.rs", line);
            assert_clean("src/cli/x.rs", line);
            assert_clean(path, &format!("#[cfg(test)]\nmod tests {{\n    {line}\n}}"));
        }
        assert_clean(path, "//! → and …\nfn f() {} // – ");
    }
}
