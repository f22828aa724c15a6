//! Whether this user may write a database file. `SQLite` opens one that it may not write all the same, and tells so at the
//! first write: too late for somebody who has given a reason and confirmed a plan.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::standing::ReadOnly;

/// Finds what keeps this user from writing a database, if anything does. Its folder matters as long as the files beside it
/// (<https://sqlite.org/walformat.html>, 1) are still to be made.
pub(super) fn obstacle(file: &Path) -> Option<ReadOnly> {
    // They stand beside the file itself, whatever link led to it.
    let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let file = real.as_path();
    let may_write = |path: &Path| access(path, Access::WRITE_OK).is_ok();
    if !may_write(file) {
        return Some(ReadOnly::File);
    }
    let beside = ["-wal", "-shm"].map(|end| with_end(file, end));
    if beside.iter().any(|path| path.exists() && !may_write(path)) {
        return Some(ReadOnly::FilesBeside);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let are_there = beside.iter().all(|path| path.exists());
    (!are_there && !may_write(folder)).then_some(ReadOnly::Folder)
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}
