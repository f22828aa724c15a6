//! Who calls: what the machine knows, whatever name is typed.

use crate::domain::actor::{Actor, Origin};

/// Finds the operating system's user by uid (never by `$USER`), and the host's name.
#[must_use]
pub fn origin() -> Origin {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Origin { os_user: os_user(), client: format!("{host} {}", client()) }
}

/// Gives the program and its version, such as `host-provisioner/0.1.0`.
fn client() -> String {
    format!("{}/{}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

/// A uid without an entry in the user database still names somebody.
fn os_user() -> String {
    let by_number = || format!("uid {}", rustix::process::geteuid().as_raw());
    whoami::username().ok().filter(|name| Actor::parse(name).is_ok()).unwrap_or_else(by_number)
}

/// Gives the name of a change that was given none: the operating system's user.
#[must_use]
pub fn fallback(origin: &Origin) -> Option<Actor> {
    Actor::parse(&origin.os_user).ok()
}
