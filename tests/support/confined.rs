//! The program as somebody with fewer powers: tests often run as root, whom no permission binds.

use std::path::Path;
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

/// Mounts a disk of a megabyte at `$DISK`; `fill N` leaves N pages of it free.
const DISK: &str = r#"set -eu
mount -t tmpfs -o size=1m none "$DISK"
fill() {
    rm -f "$DISK/filler"
    dd if=/dev/zero of="$DISK/filler" bs=4096 2>/dev/null || true
    truncate -s "-$(($1 * 4096))" "$DISK/filler"
}
"#;

/// Runs a shell script with a small disk of its own at `$DISK`, gone when it ends; `"$0" "$@"` is the command.
///
/// A mount needs root, or a kernel that lets every user be root among mounts of their own.
pub(crate) fn with_small_disk(disk: &Path, script: &str, command: &Command) -> Command {
    let may_mount = Command::new("unshare").args(["--mount", "true"]).output().is_ok_and(|ran| ran.status.success());
    let unshare: &[&str] = if may_mount { &["unshare", "--mount"] } else { &["unshare", "--mount", "--map-root-user"] };
    let mut outer = within(&[unshare, &["sh", "-c", &format!("{DISK}{script}")]].concat(), command);
    outer.env("DISK", disk);
    outer
}
