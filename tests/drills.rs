//! Each step of a change goes wrong in each way, at the command line and in the console: all of it is done, or nothing.

#[cfg(debug_assertions)]
mod commands;
#[cfg(debug_assertions)]
mod console;
#[cfg(debug_assertions)]
mod consolidations;
#[cfg(debug_assertions)]
mod imports;
#[cfg(debug_assertions)]
mod titles;

use crate::support::program::{TestEnv, end_of};

const DRILL: &str = "HOST_PROVISIONER_DRILL";

/// `make soak` runs this in a release build.
#[test]
fn a_debug_build_alone_takes_part_in_drills() {
    let env = TestEnv::with_sessions();
    let mut command = env.command(["create", "--session-id", "1"]);
    let ran = end_of(command.env(DRILL, "append-entry:error").spawn().unwrap());
    assert_eq!(ran.code, i32::from(cfg!(debug_assertions)), "{}", ran.transcript());
    assert_eq!(env.log().contains("drill"), cfg!(debug_assertions));
}
