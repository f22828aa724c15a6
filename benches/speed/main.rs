//! Measures the program against its targets, as ratios within one run where it can: `make bench`.
//!
//! What is compared is done in turn (A, B, A, B, …), so that what else the machine does falls on both. Names after
//! `--` choose parts. Without `--bench`, as under `cargo test`, every part runs once on small worlds and judges nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench prints, fails by panicking, and divides counts"
)]

mod audit;
mod audit_world;
mod console;
mod floor;
mod import;
mod pages;
mod peers;
#[path = "../../tests/support/postgres.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod postgres;
#[path = "../../tests/support/pty.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod pty;
mod report;
mod rotations;
mod server;
mod turns;
mod worlds;

use std::time::Duration;

use report::Report;

/// How much is measured.
struct Scale {
    /// Sessions of the demo worlds, the smallest first.
    sessions: [u32; 3],
    /// Entries of the long history.
    entries: u32,
    /// Host records that are imported, and as many sessions.
    imported: u32,
    /// Turns of what is compared.
    turns: usize,
    /// How long each side rotates on a server, each time it is its turn.
    spell: Duration,
    /// How long the console is left alone.
    idle: Duration,
}

const FULL: Scale = Scale {
    sessions: [1_000, 100_000, 1_000_000],
    entries: 1_000_000,
    imported: 1_000_000,
    turns: 400,
    spell: Duration::from_secs(3),
    idle: Duration::from_secs(30),
};

const SMALL: Scale = Scale {
    sessions: [20, 30, 40],
    entries: 100,
    imported: 200,
    turns: 2,
    spell: Duration::from_secs(1),
    idle: Duration::from_millis(100),
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let full = arguments.iter().any(|argument| argument == "--bench");
    let chosen: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|name| *name == part);
    let scale = if full { FULL } else { SMALL };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut report = Report::new(full);
    if wanted("rotations") {
        rotations::measure(&runtime, &scale, &mut report);
    }
    if wanted("pages") {
        pages::measure(&runtime, &scale, &mut report);
    }
    if wanted("server") {
        server::measure(&runtime, &scale, &mut report);
    }
    if wanted("import") {
        import::measure(&runtime, &scale, &mut report);
    }
    if wanted("audit") {
        audit::measure(&runtime, &scale, &mut report);
    }
    if wanted("console") {
        console::measure(&runtime, &scale, &mut report);
    }
    // Only when it is asked for: it needs what others made.
    if chosen.iter().any(|name| *name == "peers") {
        peers::measure(&runtime, &scale, &mut report);
    }
    report.end();
}
