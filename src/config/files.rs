//! Which configuration files there are, the most important first.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::base_strategy::{BaseStrategy as _, Xdg};

use super::PROGRAM;
use super::document::{self, Document, Reading};
use super::place::{Place, Problem};

/// No configuration is longer; whatever is, is another file.
const LONGEST: u64 = 1024 * 1024;

/// Where the system's files are when `XDG_CONFIG_DIRS` names no folder (XDG Base Directory Specification 0.8).
const SYSTEM: &str = "/etc/xdg";

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Named by `--config` or its variable: no other file is read.
    Named,
    /// The user's own.
    User,
    /// The system's, for all users.
    System,
}

/// A place where a configuration file is looked for, and what was found.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// The file.
    pub path: Arc<Path>,
    /// Whose it is.
    pub role: Role,
    /// Whether it is there.
    pub found: bool,
    /// What is wrong with it.
    pub errors: Vec<Problem>,
    /// What in it has no effect.
    pub warnings: Vec<Problem>,
    pub(super) document: Document,
}

/// Reads the files: the named one alone, else the user's and the system's where they are.
pub(super) fn read(named: Option<PathBuf>) -> Vec<ConfigFile> {
    let places = match named {
        Some(path) => vec![(path, Role::Named)],
        None => usual(std::env::var_os("XDG_CONFIG_DIRS")),
    };
    places.into_iter().map(|(path, role)| file(path.into(), role)).collect()
}

fn usual(system: Option<OsString>) -> Vec<(PathBuf, Role)> {
    let user = Xdg::new().ok().map(|folders| (folders.config_dir(), Role::User));
    let system = system.filter(|folders| !folders.is_empty()).unwrap_or_else(|| SYSTEM.into());
    let system = std::env::split_paths(&system).filter(|folder| folder.is_absolute()).map(|path| (path, Role::System));
    user.into_iter().chain(system).map(|(folder, role)| (folder.join(PROGRAM).join("config.toml"), role)).collect()
}

fn file(path: Arc<Path>, role: Role) -> ConfigFile {
    let missing = |error: &io::Error| {
        role != Role::Named && matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
    };
    let (found, reading) = match text(&path) {
        Ok(text) => (true, document::read(&path, &text)),
        Err(error) if missing(&error) => (false, Reading::default()),
        // What it would have protected is not known, so it is not passed over.
        Err(error) => {
            let problem = Place::file(&path).problem(format!("the configuration cannot be read: {error}"));
            (true, Reading { errors: vec![problem], ..Reading::default() })
        }
    };
    let Reading { document, errors, warnings, .. } = reading;
    ConfigFile { path, role, found, errors, warnings, document }
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST { Err(io::Error::other("it is too long for a configuration")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_folders_are_those_of_the_specification() {
        let system = |folders: Option<&str>| {
            let places = usual(folders.map(OsString::from)).into_iter().filter(|(_, role)| *role == Role::System);
            places.map(|(path, _)| path.display().to_string()).collect::<Vec<_>>()
        };
        let usual = ["/etc/xdg/host-provisioner/config.toml"];
        assert_eq!(system(None), usual);
        assert_eq!(system(Some("")), usual);
        assert_eq!(
            system(Some("/a:relative:/b")),
            ["/a/host-provisioner/config.toml", "/b/host-provisioner/config.toml"]
        );
    }
}
