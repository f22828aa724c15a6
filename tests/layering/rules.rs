//! The table of who may name what.

use crate::layering::shape;
use crate::layering::source::{Named, Source};

/// What the files of one layer must not name.
struct Layer {
    name: &'static str,
    /// Other layers, as `crate::…`.
    layers: &'static [&'static str],
    /// Names that must not occur in any path.
    names: &'static [&'static str],
    /// Modules, as neighbours in a path.
    modules: &'static [(&'static str, &'static str)],
}

const LAYERS: [Layer; 8] = [
    Layer {
        name: "domain",
        layers: &["store", "provision", "cli", "tui", "config", "telemetry"],
        names: &[
            "async",
            "await",
            "async_trait",
            "futures",
            "futures_util",
            "tokio",
            "tokio_util",
            "sqlx",
            "clap",
            "ratatui",
            "crossterm",
        ],
        modules: &[("std", "fs"), ("std", "net"), ("std", "env"), ("std", "process")],
    },
    Layer {
        name: "store",
        layers: &["provision", "cli", "tui", "config"],
        names: &["clap", "ratatui", "crossterm", "HostGuid"],
        modules: &[],
    },
    Layer { name: "provision", layers: &["cli", "tui"], names: &["clap", "ratatui", "crossterm"], modules: &[] },
    Layer { name: "cli", layers: &["tui"], names: &["ratatui", "crossterm"], modules: &[] },
    Layer { name: "tui", layers: &["cli"], names: &["clap"], modules: &[] },
    Layer { name: "config", layers: &["cli", "tui"], names: &["clap"], modules: &[] },
    Layer { name: "telemetry", layers: &["cli", "tui"], names: &[], modules: &[] },
    Layer { name: "drill", layers: &["store", "provision", "cli", "tui"], names: &[], modules: &[] },
];

/// The parts of the console that are pure functions of what they are given.
const PURE: Layer = Layer {
    name: "a pure part of tui",
    layers: &[],
    names: &[
        "tokio",
        "crossterm",
        "async",
        "await",
        "SystemTime",
        "Instant",
        "SystemClock",
        "Utc",
        "rand",
        "Uuid",
        "generate",
        "stdout",
        "stderr",
    ],
    modules: &[("std", "env"), ("chrono", "Local")],
};

/// What prints, which the pure parts must not.
const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Lists what a file names and must not name, and what is wrong with its shape.
///
/// `path` is the path from the project's root, with `/`.
pub(crate) fn violations(path: &str, text: &str) -> Vec<String> {
    let module = module_of(path);
    let Some(source) = Source::read(&module, text) else {
        return vec![format!("{path}: is not readable as Rust")];
    };
    let mut found = shape::violations(path, text, &source);
    if path.starts_with("src/") {
        let layer = LAYERS.iter().find(|layer| module.first().is_some_and(|name| name == layer.name));
        let layers = layer.into_iter().chain(is_pure(path).then_some(&PURE));
        let is_test_file = shape::is_test_file(path);
        if is_pure(path) && !is_test_file {
            found.extend(printing(path, &source));
        }
        for layer in layers {
            found.extend(source.names.iter().flat_map(|named| forbidden(path, layer, named, is_test_file)));
        }
        found.extend(everywhere(path, &module, &source));
    }
    found
}

/// `src/store/rows.rs` is `["store", "rows"]`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs")).unwrap_or_default();
    inside.split('/').filter(|part| !matches!(*part, "" | "lib" | "main" | "mod")).map(str::to_owned).collect()
}

fn is_pure(path: &str) -> bool {
    let first = module_of(path).get(1).cloned().unwrap_or_default();
    path.starts_with("src/tui/")
        && (first.starts_with("view") || ["model", "message", "effect", "update", "screen"].contains(&first.as_str()))
}

fn is_reducer(path: &str) -> bool {
    path == "src/tui/update.rs" || path.starts_with("src/tui/update/") || path.starts_with("src/tui/screen/")
}

/// Lists what one path of the code breaks. Tests may name crates and modules, but no layer above.
fn forbidden(path: &str, layer: &Layer, mention: &Named, is_test_file: bool) -> Vec<String> {
    let segments = &mention.segments;
    let in_test = mention.in_test || is_test_file;
    let tell = |what: String| format!("{path}:{}: {} must not name {what}", mention.line, layer.name);
    let second = segments.get(1).filter(|_| segments[0] == "crate");
    let layers = layer.layers.iter().filter(|layer| second.is_some_and(|name| name == **layer || name == "*"));
    let names = layer.names.iter().filter(|name| !in_test && segments.iter().any(|segment| segment == **name));
    let modules = layer.modules.iter().filter(|pair| !in_test && has_neighbours(segments, **pair));
    layers
        .map(|layer| tell(format!("crate::{layer}")))
        .chain(names.map(|name| tell((*name).to_owned())))
        .chain(modules.map(|(outer, inner)| tell(format!("{outer}::{inner}"))))
        .collect()
}

fn printing(path: &str, source: &Source) -> Vec<String> {
    let calls = source.macros.iter().filter(|call| !call.in_test && PRINTING.contains(&call.name.as_str()));
    calls.map(|call| format!("{path}:{}: {} must not name {}!", call.line, PURE.name, call.name)).collect()
}

/// Tells whether a path leads through `outer::inner`, or takes all of `outer`.
fn has_neighbours(segments: &[String], (outer, inner): (&str, &str)) -> bool {
    segments.windows(2).any(|pair| pair[0] == outer && (pair[1] == inner || pair[1] == "*"))
}

/// Lists what no file may do, tests in `src/` included.
fn everywhere(path: &str, module: &[String], source: &Source) -> Vec<String> {
    let in_store = module.first().is_some_and(|layer| layer == "store");
    let mut found = Vec::new();
    for Named { segments, line, .. } in &source.names {
        if !in_store && segments.iter().any(|segment| segment == "sqlx") {
            found.push(format!("{path}:{line}: names sqlx outside of store"));
        }
        if path != "src/main.rs" && has_neighbours(segments, ("process", "exit")) {
            found.push(format!("{path}:{line}: names process::exit outside of main"));
        }
        if segments.iter().any(|segment| segment == "AssertSqlSafe") {
            found.push(format!("{path}:{line}: names AssertSqlSafe; statements are constants"));
        }
    }
    let formats = |name: &str| ["format", "format_args", "write", "writeln"].contains(&name);
    for call in source.macros.iter().filter(|call| formats(&call.name)) {
        if call.texts.iter().any(|text| begins_like_sql(text)) {
            found.push(format!("{path}:{}: formats SQL; statements are constants", call.line));
        }
    }
    if is_reducer(path) {
        let told =
            source.catch_alls.iter().map(|line| format!("{path}:{line}: catches all in a reducer; name each case"));
        found.extend(told);
    }
    found
}

/// Tells whether a literal of the code, quotes included, begins with a word of SQL in capitals.
fn begins_like_sql(literal: &str) -> bool {
    const WORDS: [&str; 9] = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "PRAGMA", "WITH"];
    let text = literal.trim_start_matches(['r', 'b', '#']).trim_start_matches('"');
    let text = text.trim_start_matches("\\n").trim_start_matches('\\').trim_start();
    WORDS.iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| rest.starts_with(|next: char| next.is_whitespace() || next == '\\'))
    })
}
