//! How far the roll-out has come, as far as the newest entries of the history tell.

use super::super::backend::{Backend, fault, statement};
use super::super::error::StoreError;
use super::super::history::AFTER_ALL;
use super::super::rows::get;
use super::super::sql;
use crate::domain::chain::AuditAction;
use crate::domain::time::Timestamp;

/// Entries that are looked at: some tenths of a second, however long the history is.
const NEWEST: i64 = 100_000;

/// What the newest entries of the history tell of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rollout {
    /// Whether a Host GUID was made, replaced, revoked or consolidated.
    pub in_use: bool,
    /// When the last import was, if one is among these entries.
    pub last_import: Option<Timestamp>,
    /// Whether there are older entries, which were not looked at.
    pub cut_short: bool,
}

/// Reads the newest entries by the index of their ids, which go by time.
pub(super) async fn read<B: Backend>(connection: &mut B::Connection) -> Result<Rollout, StoreError> {
    let (imported, end) = (AuditAction::Imported.word().to_owned(), AFTER_ALL.to_owned());
    let found = statement::<B>(sql::NEWEST_ACTIONS).with(imported).with(end).with(NEWEST).rows(connection).await?;
    let Some(row) = found.first() else {
        return Ok(Rollout::default());
    };
    let number = |column| get::<B, i64>(row, column).map_err(fault::<B>);
    let (entries, imports) = (number("Entries")?, number("Imports")?);
    let last_import = get::<B, Option<String>>(row, "LastImport").map_err(fault::<B>)?;
    Ok(Rollout {
        in_use: entries > imports,
        last_import: last_import.as_deref().and_then(Timestamp::parse_fixed_width),
        cut_short: entries >= NEWEST,
    })
}
