//! What comes from outside without being asked: the terminal's events, and signals.

use std::io;
use std::time::Duration;

use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, poll};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// How long the reader waits for more after a key. It must not be zero: crossterm then looks at nothing, not even at
/// what it has read already.
const MORE: Duration = Duration::from_millis(100);

/// What comes from the terminal.
pub(super) enum Input {
    Event(Event),
    Gone,
}

/// Reads the terminal in a thread of its own. crossterm alone would spin when the terminal vanishes. It is built with
/// `use-dev-tty`, since its other source is told only once that keys wait, and loses that when a resize or more than a
/// buffer of keys comes with them.
pub(super) fn read(input: &mpsc::Sender<Input>) {
    let stdin = io::stdin();
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let ready = match poll(&mut fds, None) {
            Ok(_) => fds[0].revents(),
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => PollFlags::ERR,
        };
        if ready.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            // Nobody listens any more when this fails.
            let _ = input.blocking_send(Input::Gone);
            return;
        }
        while let Ok(true) = crossterm::event::poll(MORE) {
            let Ok(event) = crossterm::event::read() else { break };
            if input.blocking_send(Input::Event(event)).is_err() {
                return;
            }
        }
    }
}

/// The signals that end the console, and the one that tells a new size.
pub(super) struct Signals {
    pub(super) hangup: Signal,
    pub(super) interrupt: Signal,
    pub(super) terminate: Signal,
    pub(super) resize: Signal,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            resize: signal(SignalKind::window_change())?,
        })
    }
}
