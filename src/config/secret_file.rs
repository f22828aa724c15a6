//! Keys and secrets, which come from files alone: an argument or a variable would be read by others.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use super::origin::{Origin, Sourced};
use crate::domain::secret::Secret;

/// No key or secret is longer; whatever is, is another file.
const LONGEST: u64 = 64 * 1024;

/// Why a key or a secret cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{named} {path}: {why}")]
pub struct SecretFileError {
    named: String,
    path: String,
    why: String,
}

impl SecretFileError {
    /// Names the flag, or the key of the configuration file and its place.
    fn new(path: &Sourced<PathBuf>, key: &str, why: String) -> Self {
        let named = match &path.origin {
            Origin::Flag(_) | Origin::Variable(_) | Origin::Default => path.origin.to_string(),
            Origin::File(place) => format!("{place}: {key}"),
        };
        Self { named, path: path.value.display().to_string(), why }
    }
}

/// Reads the key of `hmac-sha256`: the bytes as they are, in a file that only its owner, who must be us, can open.
pub(super) fn key(path: &Sourced<PathBuf>) -> Result<Secret, SecretFileError> {
    let fail = |why: String| SecretFileError::new(path, "key_file", why);
    let file = File::open(&path.value).map_err(|error| fail(error.to_string()))?;
    let metadata = file.metadata().map_err(|error| fail(error.to_string()))?;
    let mode = metadata.permissions().mode() & 0o777;
    if !metadata.is_file() {
        return Err(fail("it is not a file".to_owned()));
    }
    if mode & 0o077 != 0 {
        return Err(fail(format!("other users may open it (mode {mode:04o}): chmod 600")));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(fail("it belongs to another user".to_owned()));
    }
    read(file).map(Secret::new).map_err(fail)
}

/// Reads the application's secret: any length, one line break at its end stripped.
pub(super) fn legacy_secret(path: &Sourced<PathBuf>) -> Result<Secret, SecretFileError> {
    let fail = |why: String| SecretFileError::new(path, "legacy_secret_file", why);
    let mut bytes = File::open(&path.value).map_err(|error| error.to_string()).and_then(read).map_err(fail)?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    Ok(Secret::new(bytes))
}

fn read(file: File) -> Result<Vec<u8>, String> {
    // Room for all of it from the start: a growing buffer would leave copies behind.
    let size = file.metadata().map_or(0, |metadata| metadata.len()).min(LONGEST);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LONGEST { Err("it is too long for a secret".to_owned()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn file(bytes: &[u8], mode: u32) -> (tempfile::TempDir, Sourced<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, Sourced { value: path, origin: Origin::Flag("--hash-key-file") })
    }

    #[test]
    fn a_key_is_taken_byte_by_byte() {
        let (_folder, path) = file(b"0123456789abcdef0123456789abcdef\n", 0o600);
        assert_eq!(key(&path).unwrap().bytes().len(), 33);
    }

    #[test]
    fn a_key_that_others_can_open_is_refused() {
        for mode in [0o640, 0o604, 0o660, 0o610] {
            let (_folder, path) = file(&[7; 32], mode);
            assert!(key(&path).unwrap_err().to_string().contains("chmod 600"), "{mode:o}");
        }
    }

    #[test]
    fn one_line_break_is_stripped_from_the_application_secret() {
        for (bytes, secret) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a"), ("", "")] {
            let (_folder, path) = file(bytes.as_bytes(), 0o644);
            assert_eq!(legacy_secret(&path).unwrap().bytes(), secret.as_bytes(), "{bytes:?}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let nowhere = Sourced { value: PathBuf::from("/nowhere/key"), origin: Origin::Flag("--hash-key-file") };
        assert!(key(&nowhere).unwrap_err().to_string().contains("/nowhere/key"));
    }
}
