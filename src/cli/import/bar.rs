//! The bar that shows how far an import is, where stderr is a terminal.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{Style, Volume};
use crate::store::Progress;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the bar has to vanish: a terminal that stands still must not hold the program up.
const GOODBYE: Duration = Duration::from_millis(300);

/// A bar that is being drawn, by a thread of its own.
pub(super) struct Bar(Option<Sender<Sender<()>>>);

/// Shows the bar, unless nobody would see it.
pub(super) fn show(style: Style, progress: &Arc<Progress>, bytes: u64) -> Bar {
    let is_seen = std::io::stderr().is_terminal() && style.volume != Volume::Quiet;
    if !is_seen || style.format.is_for_programs() {
        return Bar(None);
    }
    let (ends, end) = mpsc::channel::<Sender<()>>();
    let progress = Arc::clone(progress);
    let draw = move || {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        // Plain ASCII, and no colour: it says the same everywhere.
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:32}] {percent:>3} %") {
            bar.set_style(style.progress_chars("=> "));
        }
        loop {
            look(&bar, &progress, bytes);
            match end.recv_timeout(PAUSE) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(done) => {
                    bar.finish_and_clear();
                    let _ = done.send(());
                    return;
                }
                Err(RecvTimeoutError::Disconnected) => return bar.finish_and_clear(),
            }
        }
    };
    // Without the thread there is no bar, and nothing else is missing.
    let drawn = thread::Builder::new().name("progress".to_owned()).spawn(draw);
    Bar(drawn.ok().map(|_| ends))
}

fn look(bar: &ProgressBar, progress: &Progress, bytes: u64) {
    let read = progress.bytes.load(Ordering::Relaxed);
    let (waiting, decided) = (progress.waiting.load(Ordering::Relaxed), progress.decided.load(Ordering::Relaxed));
    let (what, done, all) = match (decided, waiting) {
        (0, _) => ("reading", read, bytes.max(read)),
        (all, waiting) if all >= waiting => ("committing", all, all),
        (decided, waiting) => ("importing", decided, waiting),
    };
    bar.set_message(what);
    bar.set_length(all);
    bar.set_position(done);
}

impl Bar {
    /// Takes the bar away.
    pub(super) fn end(self) {
        if let Self(Some(ends)) = self {
            let (done, gone) = mpsc::channel();
            let _ = ends.send(done);
            let _ = gone.recv_timeout(GOODBYE);
        }
    }
}
