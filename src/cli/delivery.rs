//! Handing a GUID over: is there somebody to take it, and has it been written?
//!
//! It goes straight to descriptor 1, past the buffers of the standard library, which nobody wipes.

use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, fstat, major, minor};
use rustix::io::{Errno, write};
use rustix::stdio::stdout;

use super::exit::{Exit, Failure};
use crate::drill::{self, Step};

/// `/dev/null` (Linux, Documentation/admin-guide/devices.txt). A program started with a closed descriptor 1 finds
/// this here instead: the standard library reopens it so.
const DEV_NULL: (u32, u32) = (1, 3);

/// Checks before anything is changed that stdout can be written.
///
/// # Errors
/// A failure with exit code 1: closed, without a reader, or full.
pub fn check() -> Result<(), Failure> {
    let closed = |why: &str| {
        Failure::new(
            Exit::Failed,
            "stdout_closed",
            format!("the Host GUID could not be handed over: {why}; nothing was changed"),
        )
        .hint("the GUID is shown once, on stdout: let a terminal, a pipe or a file take it")
    };
    let status = fstat(stdout()).ok().ok_or_else(|| closed("stdout is closed"))?;
    let device = (major(status.st_rdev), minor(status.st_rdev));
    if FileType::from_raw_mode(status.st_mode) == FileType::CharacterDevice && device == DEV_NULL {
        return Err(closed("stdout is closed or /dev/null"));
    }
    if has_no_reader() {
        return Err(closed("nobody reads the pipe"));
    }
    match write(stdout(), &[]) {
        Ok(_) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
        Err(error) => Err(closed(&format!("stdout cannot be written ({})", io::Error::from(error)))),
    }
}

/// Asks the kernel whether a pipe has lost its reader, or a terminal its window.
fn has_no_reader() -> bool {
    let fd = stdout();
    let mut asked = [PollFd::new(&fd, PollFlags::OUT)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
    poll(&mut asked, Some(&now)).is_ok() && asked[0].revents().intersects(gone)
}

/// Writes all bytes to descriptor 1.
///
/// # Errors
/// The operating system's, after which nobody can say how much has arrived.
pub fn hand_over(bytes: &[u8]) -> io::Result<()> {
    drill::at(Step::HandOver).map_err(io::Error::other)?;
    let mut left = bytes;
    while !left.is_empty() {
        match write(stdout(), left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => left = left.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let fd = stdout();
                poll(&mut [PollFd::new(&fd, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
