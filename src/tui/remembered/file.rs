//! The file in which it is kept: JSON, in the folder of the user's state, mode 0600. Each write puts a whole file in the
//! place of the one before, so that there is never half a one, under a lock of the folder.
//!
//! ```json
//! {"version":1,"databases":[{"of":"profile prod","sort":"age","descending":true,"times":"utc","log_shown":true,"log_lines":0}]}
//! ```

use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{LOG_LINES, Remembered};
use crate::domain::order::{Order, SortKey};

/// The form that this program writes.
const VERSION: u32 = 1;

/// Databases that are kept, those that were left last.
const KEPT: usize = 100;

/// Bytes that are read of a file at most; a hundred databases take a tenth of it.
const MOST: u64 = 256 * 1024;

/// The way to what is remembered of one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// The file.
    pub file: PathBuf,
    /// What the database is called in it: its profile, or a digest of where it is.
    pub of: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    databases: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    of: String,
    sort: String,
    descending: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<String>,
    log_shown: bool,
    log_lines: i16,
}

/// What was found in place of what is remembered.
enum Found {
    /// Such a file; an empty one where there is none.
    Read(Written),
    /// One of a later version, which is left alone.
    Newer,
    /// Something else, and what is wrong with it.
    Unusable(String),
}

impl Memory {
    /// Reads what is remembered. What cannot be used is as if there were nothing, and one line of the log file says why.
    #[must_use]
    pub fn recall(&self) -> Option<Remembered> {
        let entry = match self.read() {
            Found::Read(written) => written.databases.into_iter().find(|entry| entry.of == self.of)?,
            Found::Newer => {
                self.tell("it is of a later version of this program");
                return None;
            }
            Found::Unusable(why) => {
                self.tell(&why);
                return None;
            }
        };
        let remembered = entry.remembered();
        if remembered.is_none() {
            self.tell("it holds words that are not known");
        }
        remembered
    }

    /// Keeps it. Where that is not possible, the next console begins as if nothing had been chosen, and one line of the log
    /// file says why.
    pub fn keep(&self, remembered: Remembered) {
        if let Err(error) = self.write(remembered) {
            tracing::warn!("what was chosen of the console's looks is not kept in {}: {error}", self.file.display());
        }
    }

    fn tell(&self, why: &str) {
        tracing::warn!("what was chosen of the console's looks is not taken from {}: {why}", self.file.display());
    }

    fn read(&self) -> Found {
        let mut text = String::new();
        match File::open(&self.file).and_then(|file| file.take(MOST).read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Found::Read(Written { version: VERSION, databases: Vec::new() });
            }
            Err(error) => return Found::Unusable(error.to_string()),
        }
        // A later version may have another form altogether, but for its number.
        let value: serde_json::Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => return Found::Unusable(error.to_string()),
        };
        if value["version"].as_u64().is_some_and(|version| version > u64::from(VERSION)) {
            return Found::Newer;
        }
        serde_json::from_value(value).map_or_else(|error| Found::Unusable(error.to_string()), Found::Read)
    }

    fn write(&self, remembered: Remembered) -> io::Result<()> {
        let folder = self.file.parent().ok_or_else(|| io::Error::other("it is in no folder"))?;
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // Consoles that end together each add their own.
        let held = File::open(folder)?;
        held.lock()?;
        let others = match self.read() {
            Found::Read(written) => written.databases,
            Found::Newer => return Err(io::Error::other("it is of a later version of this program")),
            Found::Unusable(_) => Vec::new(),
        };
        let own = Entry::new(self.of.clone(), remembered);
        let databases = [own].into_iter().chain(others.into_iter().filter(|entry| entry.of != self.of));
        let written = Written { version: VERSION, databases: databases.take(KEPT).collect() };
        // Made with mode 0600, and gone again unless it takes its place.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &written)?;
        file.write_all(b"\n")?;
        file.persist(&self.file)?;
        Ok(())
    }
}

impl Entry {
    fn new(of: String, Remembered { order, times, log_shown, log_lines }: Remembered) -> Self {
        let times = times.map(|mode| mode.to_string());
        let (sort, descending) = (order.key.word().to_owned(), order.descending);
        Self { of, sort, descending, times, log_shown, log_lines }
    }

    fn remembered(self) -> Option<Remembered> {
        let key = SortKey::ALL.into_iter().find(|key| key.word() == self.sort)?;
        let times = match self.times {
            Some(word) => Some(word.parse().ok()?),
            None => None,
        };
        let (order, (least, most)) = (Order { key, descending: self.descending }, LOG_LINES);
        Some(Remembered { order, times, log_shown: self.log_shown, log_lines: self.log_lines.clamp(least, most) })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::config::TimeMode;

    const CHOSEN: Remembered = Remembered {
        order: Order { key: SortKey::Age, descending: true },
        times: Some(TimeMode::Universal),
        log_shown: false,
        log_lines: 3,
    };

    fn memory(folder: &tempfile::TempDir, of: &str) -> Memory {
        Memory { file: folder.path().join("state/console.json"), of: of.to_owned() }
    }

    fn put(memory: &Memory, text: &str) {
        std::fs::create_dir_all(memory.file.parent().unwrap()).unwrap();
        std::fs::write(&memory.file, text).unwrap();
    }

    #[test]
    fn each_database_has_its_own_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let (prod, staging) = (memory(&folder, "profile prod"), memory(&folder, "profile staging"));
        assert_eq!((prod.recall(), prod.file.exists()), (None, false));
        let other = Remembered { times: None, ..CHOSEN };
        prod.keep(CHOSEN);
        staging.keep(other);
        assert_eq!((prod.recall(), staging.recall()), (Some(CHOSEN), Some(other)));
        assert_eq!(prod.file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let files = std::fs::read_dir(prod.file.parent().unwrap()).unwrap().count();
        assert_eq!(files, 1, "nothing else is left behind");
    }

    #[test]
    fn what_is_broken_or_unknown_is_as_nothing_and_is_replaced() {
        let entry = |sort: &str, times: &str| {
            format!(
                r#"{{"version":1,"databases":[{{"of":"x","sort":"{sort}","descending":false,"times":"{times}","log_shown":true,"log_lines":1}}]}}"#
            )
        };
        let broken = ["", "{", "[]", "{\"version\":1}", "\0\0\0", &entry("colour", "utc"), &entry("id", "swatch")];
        for text in broken {
            let folder = tempfile::tempdir().unwrap();
            let memory = memory(&folder, "x");
            put(&memory, text);
            assert_eq!(memory.recall(), None, "{text}");
            memory.keep(CHOSEN);
            assert_eq!(memory.recall(), Some(CHOSEN), "{text}");
        }
    }

    #[test]
    fn the_file_of_a_later_version_is_neither_read_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder, "x");
        let later = r#"{"version":2,"views":{"x":{"sort":"age"}}}"#;
        put(&memory, later);
        assert_eq!(memory.recall(), None);
        memory.keep(CHOSEN);
        assert_eq!(std::fs::read_to_string(&memory.file).unwrap(), later);
    }

    #[test]
    fn a_number_beyond_all_bounds_is_held_within_them() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder, "x");
        memory.keep(Remembered { log_lines: i16::MAX, ..CHOSEN });
        assert_eq!(memory.recall().unwrap().log_lines, 40);
    }

    #[test]
    fn a_hundred_databases_are_kept_the_last_ones() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..=100 {
            memory(&folder, &number.to_string()).keep(CHOSEN);
        }
        assert_eq!((memory(&folder, "0").recall(), memory(&folder, "1").recall()), (None, Some(CHOSEN)));
        assert!(memory(&folder, "1").file.metadata().unwrap().len() < MOST / 8);
    }

    #[test]
    fn a_place_that_cannot_be_written_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("state"), "a file where the folder would be").unwrap();
        let memory = memory(&folder, "x");
        memory.keep(CHOSEN);
        assert_eq!(memory.recall(), None);
    }

    #[test]
    fn consoles_that_keep_at_once_each_keep_their_own() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for number in 0..4 {
                let memory = memory(&folder, &format!("profile {number}"));
                scope.spawn(move || {
                    for lines in 0..50 {
                        memory.keep(Remembered { log_lines: lines % 40, ..CHOSEN });
                        assert!(!matches!(memory.read(), Found::Unusable(_)));
                    }
                });
            }
        });
        for number in 0..4 {
            let kept = memory(&folder, &format!("profile {number}")).recall();
            assert_eq!(kept, Some(Remembered { log_lines: 49 % 40, ..CHOSEN }), "{number}");
        }
    }
}
