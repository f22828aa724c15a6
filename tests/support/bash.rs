//! The commands of a document, run by a shell.

use std::path::Path;
use std::process::{Command, Stdio};

use super::program::{Ran, TestEnv, end_of};

/// Runs a script at the root of this repository, with the program on its path, in the home of `env` and with nothing of
/// the environment but these variables. It ends at the first command that fails.
pub(crate) fn bash(env: &TestEnv, variables: &[(&str, &str)], script: &str) -> Ran {
    let programs = Path::new(env!("CARGO_BIN_EXE_host-provisioner")).parent().unwrap();
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("HOME", env.home("")).env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    command.envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    end_of(command.spawn().unwrap())
}
