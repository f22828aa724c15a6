//! The program as somebody with fewer powers: tests often run as root, whom no permission binds.

use std::process::{Command, Stdio};

/// Runs a command inside of another program, with the same environment and place.
pub(crate) fn within(outer: &[&str], inner: &Command) -> Command {
    let mut command = Command::new(outer[0]);
    command.args(&outer[1..]).arg(inner.get_program()).args(inner.get_args()).env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(inner.get_current_dir().unwrap());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Lets the permissions of files and folders bind whoever runs the tests.
pub(crate) fn bound_by_permissions(command: Command) -> Command {
    if rustix::process::geteuid().is_root() {
        within(&["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"], &command)
    } else {
        command
    }
}
