//! The console in a real terminal: how soon it shows rows, how soon it answers keys, what it needs.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use host_provisioner::domain::order::Order;
use host_provisioner::store::{Page, SessionFilter, SessionQuery};
use tokio::runtime::Runtime;

use crate::pty::Console;
use crate::report::{Report, Target};
use crate::{Scale, turns, worlds};

/// A filter that no session fits, and that takes each title many times to find out: no index has two letters.
const SLOW: &str = "e ";
const REPEATED: usize = 95;
const NOWHERE: &str = "qz";

/// How long keys are pressed while it runs.
const QUERY: Duration = Duration::from_secs(5);

const STARTS: usize = 20;

pub(crate) const SIZE: (u16, u16) = (120, 35);

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let sessions = scale.sessions[2];
    let path = runtime.block_on(worlds::demo(sessions));
    let title = runtime.block_on(first_title(&path));
    report.part(&format!("the console at {sessions} sessions, {} × {}", SIZE.0, SIZE.1));
    at_work(scale, report, &format!("sqlite:{}", path.display()), &title, Target::AtMost(50.0));
}

/// Measures the console in the largest world on a server. How soon that lets somebody in is the server's.
pub(crate) fn on_server(scale: &Scale, report: &mut Report, url: &str) {
    report.part(&format!("the console at {} sessions on a server, {} × {}", scale.sessions[2], SIZE.0, SIZE.1));
    at_work(scale, report, url, "Review of topic 1", Target::None);
}

fn at_work(scale: &Scale, report: &mut Report, url: &str, title: &str, start_up: Target) {
    let home = tempfile::tempdir().unwrap();
    let starts = if report.judges() { STARTS } else { 1 };
    let mut took: Vec<f64> = (0..starts).map(|_| start(home.path(), url, title).1).collect();
    report.figure("start to first rows, fastest", turns::share(&mut took, 0.0) * 1e3, "ms", Target::None);
    report.figure("start to first rows, median", turns::share(&mut took, 0.5) * 1e3, "ms", start_up);
    let (mut console, _) = start(home.path(), url, title);
    walk(&mut console);
    memory(&console, report);
    idle(&console, scale.idle, report);
    keys(&mut console, report);
    memory(&console, report);
}

pub(crate) async fn first_title(path: &Path) -> String {
    let query = SessionQuery { filter: SessionFilter::default(), order: Order::default(), page: Page::First, limit: 1 };
    let row = worlds::open(path).await.sessions(&query).await.unwrap().remove(0);
    row.session.title.unwrap().chars().take(10).collect()
}

/// Starts the console; gives it, and the seconds until its first rows were on the screen.
fn start(home: &Path, url: &str, title: &str) -> (Console, f64) {
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("TERM", "xterm-256color"),
        ("PATH", "/usr/bin:/bin"),
        ("HOST_PROVISIONER_DATABASE_URL", url),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let begun = Instant::now();
    let console = Console::start(home, SIZE, &variables, &[]);
    console.sees(&[title]);
    (console, begun.elapsed().as_secs_f64())
}

/// To the end of the list and through some pages, so that memory is what it is in use.
fn walk(console: &mut Console) {
    for keys in ["G", "\x1b[5~", "\x1b[5~", "\x1b[5~", "g", "\x1b[6~", "\x1b[6~", "\x1b[6~"] {
        console.send(keys);
        sleep(Duration::from_millis(100));
    }
}

fn memory(console: &Console, report: &mut Report) {
    report.figure("resident memory", mebibytes(console, "VmRSS:"), "MiB", Target::AtMost(20.0));
    report.figure("resident memory at its highest", mebibytes(console, "VmHWM:"), "MiB", Target::None);
}

/// Reads a line of `/proc/PID/status` (`man 5 proc_pid_status`).
pub(crate) fn mebibytes(console: &Console, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", console.pid.as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

fn idle(console: &Console, alone: Duration, report: &mut Report) {
    sleep(alone / 20);
    let used = console.processor_time().unwrap();
    sleep(alone);
    let used = console.processor_time().unwrap() - used;
    let share = used as f64 / alone.as_millis() as f64 * 100.0;
    report.figure("processor time while idle", share, "%", Target::AtMost(0.3));
}

/// Opens and closes the help, first with nothing else to do, then while a slow query runs.
fn keys(console: &mut Console, report: &mut Report) {
    let judges = report.judges();
    let mut alone = answers(console, |_, so_far| judges && so_far < 200);
    console.send(&format!("/\x1b[200~{}{NOWHERE}\x1b[201~", SLOW.repeat(REPEATED)));
    console.sees(&[NOWHERE]);
    console.send("\r");
    if judges {
        console.sees(&["loading"]);
    }
    let begun = Instant::now();
    let mut took =
        answers(console, |console, _| judges && begun.elapsed() < QUERY && console.text().contains("loading"));
    report.figure("how long the slow query ran meanwhile", begun.elapsed().as_secs_f64(), "s", Target::None);
    report.figure("keys pressed meanwhile", took.len() as f64, "", Target::None);
    for (share, name, target) in [(0.5, "median", Target::None), (0.99, "99th percentile", Target::AtMost(16.0))] {
        let (alone, took) = (turns::share(&mut alone, share), turns::share(&mut took, share));
        report.figure(&format!("key to frame without the query, {name}"), alone * 1e3, "ms", Target::None);
        report.figure(&format!("key to frame, {name}"), took * 1e3, "ms", target);
    }
}

/// Opens and closes the help, at least twice, as long as is wanted; gives the seconds that each key took.
fn answers(console: &mut Console, goes_on: impl Fn(&Console, usize) -> bool) -> Vec<f64> {
    let mut took = Vec::new();
    while took.len() < 4 || goes_on(console, took.len()) {
        took.push(answer(console, "?", |text| text.contains("Keys here")));
        took.push(answer(console, "\x1b", |text| !text.contains("Keys here")));
    }
    took
}

/// Gives the seconds from a key to the frame that answers it.
fn answer(console: &mut Console, key: &str, is_so: impl Fn(&str) -> bool) -> f64 {
    // A person's pause; an escape right before another key would be a part of it.
    sleep(Duration::from_millis(5));
    let begun = Instant::now();
    console.send(key);
    console.wait_for(key, |screen| is_so(&screen.contents()));
    begun.elapsed().as_secs_f64()
}
