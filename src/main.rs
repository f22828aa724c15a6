//! The program `host-provisioner`.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_provisioner::run(std::env::args_os())
}
