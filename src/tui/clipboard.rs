//! Copies a GUID to where the operator's terminal can paste it from, and says no more than is known.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::guid::HostGuid;

/// Seconds after which a tmux buffer is deleted.
pub(super) const KEPT_SECONDS: u64 = 60;

/// The tmux buffer's name: by process, so that two consoles do not delete each other's.
fn buffer_name() -> String {
    format!("host-provisioner-{}", std::process::id())
}

/// Tells whether copying goes through tmux.
pub(super) fn in_tmux() -> bool {
    std::env::var_os("TMUX").is_some_and(|socket| !socket.is_empty())
}

/// Copies through tmux into a named buffer, and on to the terminal around it where tmux is set up so.
pub(super) fn copy_by_tmux(guid: &HostGuid) -> Result<String, String> {
    let failed = |_error| "tmux did not take the GUID".to_owned();
    let mut child = Command::new("tmux")
        .args(["load-buffer", "-b", &buffer_name(), "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let text = guid.reveal();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err("tmux did not take the GUID".to_owned());
    }
    Ok(format!(
        "Copied to a tmux buffer (prefix ]), deleted after {KEPT_SECONDS} s; everyone on this tmux server can read it till then."
    ))
}

/// Deletes the tmux buffer; none there is as good.
pub(super) fn forget_by_tmux() {
    let delete = Command::new("tmux")
        .args(["delete-buffer", "-b", &buffer_name()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(error) = delete {
        tracing::warn!("the tmux buffer was not deleted: {error}");
    }
}

/// Hands the GUID to the terminal by OSC 52 (xterm control sequences, "Manipulate Selection Data").
pub(super) fn copy_by_osc52(guid: &HostGuid) -> Result<String, String> {
    let encoded = Zeroizing::new(STANDARD.encode(guid.reveal().as_bytes()));
    let sequence = Zeroizing::new(format!("\x1b]52;c;{}\x07", *encoded));
    let mut out = io::stdout().lock();
    out.write_all(sequence.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|_gone| "the terminal did not take the GUID".to_owned())?;
    Ok("Sent to the terminal's clipboard (OSC 52). Not every terminal takes it: paste it to be sure.".to_owned())
}
