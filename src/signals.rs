//! HUP, INT and TERM while a command runs: they ask it to stop, and the command decides how.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What a shell adds to a signal's number.
const SHELL_BASE: u8 = 128;

/// Cancels a token at the first signal and remembers which one it was.
#[derive(Debug, Clone)]
pub struct Signals {
    cancel: CancellationToken,
    caught: Arc<AtomicI32>,
}

impl Signals {
    /// Listens from now on. Needs a running tokio runtime.
    ///
    /// # Errors
    /// The operating system's, if it takes no handler.
    pub fn listen() -> io::Result<Self> {
        let signals = Self { cancel: CancellationToken::new(), caught: Arc::new(AtomicI32::new(0)) };
        for kind in [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()] {
            let mut stream = signal(kind)?;
            let Self { cancel, caught } = signals.clone();
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    // The first one names the exit code.
                    let _ = caught.compare_exchange(0, kind.as_raw_value(), Ordering::Relaxed, Ordering::Relaxed);
                    cancel.cancel();
                }
            });
        }
        Ok(signals)
    }

    /// Gives the token that a signal cancels.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Gives the exit code of the signal that was caught: 129, 130 or 143.
    #[must_use]
    pub fn exit_code(&self) -> Option<u8> {
        match self.caught.load(Ordering::Relaxed) {
            0 => None,
            number => u8::try_from(number).ok().map(|number| SHELL_BASE + number),
        }
    }
}
