//! Reading a GUID: from stdin, or from a prompt that does not show it. Never from an argument.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::{Exit, Failure};
use crate::domain::guid::HostGuid;

/// A GUID in braces has 38 characters; whatever is much longer is something else.
const LONGEST: u64 = 1024;

const WHERE: &str = "give it on stdin, or at the prompt";

/// Reads a GUID.
///
/// # Errors
/// Refused when it is none, interrupted by a signal, or nothing could be read.
pub(super) async fn guid(cancel: &CancellationToken) -> Result<HostGuid, Failure> {
    let text = if io::stdin().is_terminal() { hidden(cancel).await? } else { apart(from_stdin, cancel).await? };
    // Some systems begin a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Failure::refused("the GUID", "none was given").hint(WHERE));
    }
    HostGuid::parse(text).map_err(|why| Failure::refused("the GUID", why).hint(WHERE))
}

fn from_stdin() -> io::Result<String> {
    let mut text = String::with_capacity(usize::try_from(LONGEST).unwrap_or(0));
    io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Asks on the terminal.
async fn hidden(cancel: &CancellationToken) -> Result<Zeroizing<String>, Failure> {
    let _as_before = Modes::keep();
    apart(|| rpassword::prompt_password("Host GUID: "), cancel).await
}

/// The modes of the terminal, restored on drop: a prompt that a signal leaves behind leaves its echo off.
struct Modes {
    terminal: File,
    before: Termios,
}

impl Modes {
    fn keep() -> Option<Self> {
        let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
        let before = tcgetattr(&terminal).ok()?;
        Some(Self { terminal, before })
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Reads on a thread of its own, which a signal leaves behind.
async fn apart(
    read: impl FnOnce() -> io::Result<String> + Send + 'static,
    cancel: &CancellationToken,
) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |why: &str| Failure::new(Exit::Failed, "failed", format!("the GUID cannot be read: {why}"));
    let (sender, receiver) = oneshot::channel();
    let work = move || drop(sender.send(read().map(Zeroizing::new)));
    std::thread::Builder::new().spawn(work).map_err(|error| unreadable(&error.to_string()))?;
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Failure::interrupted()),
        text = receiver => match text {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                Err(Failure::refused("the GUID", crate::domain::guid::GuidError).hint(WHERE))
            }
            // Ctrl-c at the prompt may get here before its signal does.
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => Err(Failure::interrupted()),
            Ok(Err(error)) => Err(unreadable(&error.to_string())),
            Err(_) => Err(unreadable("nothing came")),
        },
    }
}
