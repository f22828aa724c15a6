//! Reading a GUID: from stdin, or from a prompt that does not show it. Never from an argument.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::{Exit, Failure};
use crate::domain::guid::HostGuid;

/// A GUID in braces has 38 characters; whatever is much longer is something else.
const LONGEST: u64 = 1024;

/// Reads a GUID.
///
/// # Errors
/// Refused when it is none, interrupted by a signal, or nothing could be read.
pub(super) async fn guid(cancel: &CancellationToken) -> Result<HostGuid, Failure> {
    let text = if io::stdin().is_terminal() { hidden(cancel).await? } else { apart(from_stdin, cancel).await? };
    HostGuid::parse(&text).map_err(|why| Failure::refused("the GUID", why).hint("give it on stdin, or at the prompt"))
}

fn from_stdin() -> io::Result<String> {
    let mut text = String::with_capacity(usize::try_from(LONGEST).unwrap_or(0));
    io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Asks on the terminal. A signal leaves it as it was: with its echo.
async fn hidden(cancel: &CancellationToken) -> Result<Zeroizing<String>, Failure> {
    let terminal = File::options().read(true).write(true).open("/dev/tty").ok();
    let before = terminal.as_ref().and_then(|terminal| tcgetattr(terminal).ok());
    let typed = apart(|| rpassword::prompt_password("Host GUID: "), cancel).await;
    if let (Err(_), Some(terminal), Some(before)) = (&typed, &terminal, &before) {
        let _ = tcsetattr(terminal, OptionalActions::Now, before);
    }
    typed
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
                Err(Failure::refused("the GUID", crate::domain::guid::GuidError))
            }
            Ok(Err(error)) => Err(unreadable(&error.to_string())),
            Err(_) => Err(unreadable("nothing came")),
        },
    }
}
