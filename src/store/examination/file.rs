//! The steps that `SQLite` has instead of a network: the file, and who may open it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use async_trait::async_trait;
use sqlx::Sqlite;

use super::super::deadline::Deadline;
use super::super::error::StoreError;
use super::super::settings::Settings;
use super::super::sqlite;
use super::{Examined, Finding, Step};

/// Everybody on the machine: reading, writing, both.
const OTHERS: u32 = 0o007;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

#[async_trait]
impl Examined for Sqlite {
    const STEPS: &'static [Step] =
        &[Step::File, Step::Version, Step::Schema, Step::Writable, Step::RoundTrip, Step::Index];
    const VERSION: &'static str = "SELECT sqlite_version() AS version";
    const READABLE: Option<&'static str> = None;
    const RULE_INDEX: &'static str = r#"SELECT EXISTS (SELECT 1 FROM pragma_index_list('HostSessions') AS l
            WHERE l.name = i.name AND l."unique" = 1)
        AND i.sql LIKE '%("SessionId")%WHERE "IsActive" AND NOT "LegacyDuplicate"' AS holds
        FROM sqlite_schema AS i WHERE i.type = 'index' AND i.name = 'UX_HostSessions_OneCurrent'"#;
    const TITLE_INDEX: Option<&'static str> = None;
    type Way = ();

    async fn approach(settings: &Settings, _: Step, (): &mut (), _: &Deadline) -> Result<Finding, StoreError> {
        let path = sqlite::file_of(settings)?;
        sqlite::inspect(path)?;
        look_at(path)
    }
}

/// Tells the modes of file and folder. Who may write either may put any hash there.
fn look_at(path: &Path) -> Result<Finding, StoreError> {
    let gone = |_| StoreError::Missing { path: path.display().to_string() };
    let file = fs::metadata(path).map_err(gone)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::metadata(folder).map_err(gone)?;
    let mode = |metadata: &fs::Metadata| metadata.permissions().mode() & 0o1777;
    let detail = format!("{:04o}, {} bytes, in a folder of {:04o}", mode(&file), file.size(), mode(&folder));
    let open_folder = mode(&folder) & OTHERS_WRITE != 0 && mode(&folder) & STICKY == 0;
    Ok(match (mode(&file) & OTHERS != 0, open_folder) {
        (true, _) => Finding::but(detail, "every user of this machine may open the file: chmod o-rwx"),
        (false, true) => Finding::but(detail, "every user of this machine may replace the file: chmod o-w its folder"),
        (false, false) => Finding::fine(detail),
    })
}
