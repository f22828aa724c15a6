//! The console beside other programs that show a database in a terminal, on the same file, in the same terminal.
//!
//! `benches/peers` installs them. Each is driven by its own shortest way to rows, in the state that it starts in: the
//! console shows them at once; rainfrog (crates.io, without the engines that are not measured) shows the first hundred
//! of a table that is picked in its menu; harlequin (`PyPI`) runs a statement that is pasted. Whatever a peer waits for
//! is typed as soon as it shows that it takes it. Children of a peer are not counted, which favours it.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::console::{SIZE, first_title, mebibytes};
use crate::pty::Console;
use crate::report::{Report, Target};
use crate::{Scale, turns, worlds};

/// Starts of each, in turn.
const STARTS: usize = 5;

/// Keys that are answered by each.
const KEYS: usize = 200;

/// A program, and how it comes to rows.
struct Way {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    /// What is waited for, and what is typed then.
    steps: Vec<(&'static str, &'static str)>,
    /// A text of the first row.
    rows: String,
    /// What is typed so that the keys that follow go to the rows.
    focus: &'static str,
    /// The seconds until the first rows, of each start.
    starts: Vec<f64>,
}

/// What one program needs, in the order of [`ROWS`].
type Needs = [f64; ROWS.len()];

const ROWS: [(&str, &str); 6] = [
    ("start to first rows, fastest", "ms"),
    ("start to first rows, median", "ms"),
    ("key to frame, median", "ms"),
    ("key to frame, 99th percentile", "ms"),
    ("resident memory", "MiB"),
    ("processor time while idle", "%"),
];

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let sessions = scale.sessions[2];
    let path = runtime.block_on(worlds::demo(sessions));
    report.part(&format!("beside the peers at {sessions} sessions, {} × {}", SIZE.0, SIZE.1));
    let mut ways: Vec<Way> = ways(runtime, &path).into_iter().filter(is_there).collect();
    let home = tempfile::tempdir().unwrap();
    for _ in 0..if report.judges() { STARTS } else { 1 } {
        for way in &mut ways {
            let took = start(home.path(), &path, way).1;
            way.starts.push(took);
        }
    }
    let needs: Vec<(&str, Needs)> =
        ways.iter_mut().map(|way| (way.name, needs(home.path(), &path, scale, way))).collect();
    for (row, (what, unit)) in ROWS.into_iter().enumerate() {
        let ours = needs[0].1[row];
        for (name, values) in &needs {
            // Ahead in every row, or missed.
            let rounded = (ours * 1e3).round() / 1e3;
            let target = if *name == needs[0].0 { Target::None } else { Target::AtLeast(rounded) };
            report.figure(&format!("{what}: {name}"), values[row], unit, target);
        }
    }
}

/// The console first.
fn ways(runtime: &Runtime, path: &Path) -> [Way; 3] {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers");
    let newest = runtime.block_on(first_title(path));
    // The first session of every demo world, which both peers show first.
    let oldest = "Review of the word ISLAM".to_owned();
    let way = |name, program: PathBuf, arguments: &[&str], steps: &[_], rows, focus| Way {
        name,
        program,
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        steps: steps.to_vec(),
        rows,
        focus,
        starts: Vec::new(),
    };
    let database = path.to_str().unwrap();
    [
        way("host-provisioner", env!("CARGO_BIN_EXE_host-provisioner").into(), &[], &[], newest, ""),
        way(
            "rainfrog",
            tools.join("bin/rainfrog"),
            &["--url", &format!("sqlite://{database}")],
            // The last table but one.
            &[("_sqlx_migrations", "Gk\r")],
            oldest.clone(),
            "\x1b3",
        ),
        way(
            "harlequin",
            tools.join("harlequin/bin/harlequin"),
            &["--adapter", "sqlite", "--read-only", "--no-write-history", "--limit", "100", database],
            &[("main", "\x1b[200~select SessionId, Title, Status from Sessions\x1b[201~"), ("from Sessions", "\n")],
            oldest,
            "",
        ),
    ]
}

fn is_there(way: &Way) -> bool {
    let is_there = way.program.exists();
    if !is_there {
        println!("  {} is not installed, so it is not measured: `make bench-peers` installs it", way.name);
    }
    is_there
}

/// Starts a program and leads it to rows; gives it, and the seconds until they were on the screen.
fn start(home: &Path, path: &Path, way: &Way) -> (Console, f64) {
    let url = format!("sqlite:{}", path.display());
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/usr/bin:/bin"),
        ("HOST_PROVISIONER_DATABASE_URL", &url),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let begun = Instant::now();
    let mut console = Console::run(&way.program, home, SIZE, &variables, &way.arguments);
    for (shown, keys) in &way.steps {
        console.sees(&[shown]);
        console.send(keys);
    }
    console.sees(&[&way.rows]);
    (console, begun.elapsed().as_secs_f64())
}

fn needs(home: &Path, path: &Path, scale: &Scale, way: &mut Way) -> Needs {
    let (mut console, _) = start(home, path, way);
    let keys = if scale.idle.as_secs() > 0 { KEYS } else { 4 };
    console.send(way.focus);
    settle(&console);
    let mut took: Vec<f64> = (0..keys).map(|key| answer(&mut console, key)).collect();
    settle(&console);
    let used = console.processor_time().unwrap();
    sleep(scale.idle);
    let used = console.processor_time().unwrap() - used;
    [
        turns::share(&mut way.starts, 0.0) * 1e3,
        turns::share(&mut way.starts, 0.5) * 1e3,
        turns::share(&mut took, 0.5) * 1e3,
        turns::share(&mut took, 0.99) * 1e3,
        mebibytes(&console, "VmRSS:"),
        used as f64 / scale.idle.as_millis() as f64 * 100.0,
    ]
}

/// Waits until a program has drawn nothing for a second: messages that pass by are gone.
fn settle(console: &Console) {
    let mut before = String::new();
    loop {
        let now = console.screen().contents_formatted();
        if now == before {
            return;
        }
        before = now;
        sleep(Duration::from_secs(1));
    }
}

/// Moves to the next row and back in turn; gives the seconds until the screen was another.
fn answer(console: &mut Console, turn: usize) -> f64 {
    // A person's pause.
    sleep(Duration::from_millis(20));
    let before = console.screen().contents_formatted();
    let key = if turn.is_multiple_of(2) { "\x1b[B" } else { "\x1b[A" };
    let begun = Instant::now();
    console.send(key);
    console.wait_for("another frame", |screen| screen.contents_formatted() != before);
    begun.elapsed().as_secs_f64()
}
