//! A row of cells as a session or a host record.

use std::borrow::Cow;
use std::mem;

use super::cell::{Cell, Why};
use super::{Blame, Imported};
use crate::domain::hash::HashScheme;
use crate::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use crate::domain::session::{Session, SessionId};

/// A row that is made of the cells of its table's columns, in their order.
pub trait Typed: Imported {
    /// Reads them; as many cells as the table has columns.
    ///
    /// # Errors
    /// The column that is to blame, and why; the cell is not quoted.
    fn read(cells: &mut [Cell<'_>]) -> Result<Self, Blame>;
}

/// The cells of a row, taken from left to right.
struct Cells<'c, 'a> {
    columns: &'static [&'static str],
    row: &'c mut [Cell<'a>],
    next: usize,
}

impl<'a> Cells<'_, 'a> {
    /// Takes the next one, and blames its column for what is wrong with it.
    fn take<T>(&mut self, read: impl FnOnce(Cell<'a>) -> Result<T, Why>) -> Result<T, Blame> {
        let (place, cell) = (self.next, self.row.get_mut(self.next).map(mem::take).unwrap_or_default());
        self.next += 1;
        read(cell).map_err(|why| (self.columns.get(place).copied(), why))
    }
}

const NO_ID: Why = Cow::Borrowed("not an id");

impl Typed for Session {
    fn read(cells: &mut [Cell<'_>]) -> Result<Self, Blame> {
        let mut cells = Cells { columns: Self::TABLE.columns(), row: cells, next: 0 };
        Ok(Self {
            id: cells.take(|cell| SessionId::new(cell.own_id()?).ok_or(NO_ID))?,
            group_id: cells.take(|cell| cell.guid())?,
            title: cells.take(|cell| cell.text(200))?,
            description: cells.take(|cell| cell.text(1000))?,
            status: cells.take(|cell| cell.text(50))?,
            participant_count: cells.take(|cell| cell.number())?,
            max_participants: cells.take(|cell| cell.number())?,
            started_at: cells.take(|cell| cell.time())?,
            ended_at: cells.take(|cell| cell.time())?,
            expires_at: cells.take(|cell| cell.time())?,
            created_at: cells.take(|cell| cell.required_time())?,
            modified_at: cells.take(|cell| cell.required_time())?,
        })
    }
}

impl Typed for HostRecord {
    fn read(cells: &mut [Cell<'_>]) -> Result<Self, Blame> {
        let mut cells = Cells { columns: Self::TABLE.columns(), row: cells, next: 0 };
        Ok(Self {
            id: cells.take(|cell| HostRecordId::new(cell.own_id()?).ok_or(NO_ID))?,
            session: cells.take(|cell| SessionId::new(cell.id()?).ok_or(NO_ID))?,
            hash: cells.take(hash)?,
            created_at: cells.take(|cell| cell.required_time())?,
            expires_at: cells.take(|cell| cell.time())?,
            last_used_at: cells.take(|cell| cell.time())?,
            created_by: cells.take(|cell| cell.text(128))?,
            revoked_at: cells.take(|cell| cell.time())?,
            revoked_by: cells.take(|cell| cell.text(128))?,
            is_active: cells.take(|cell| cell.bit())?,
            legacy_duplicate: false,
        })
    }
}

/// Reads a hash. One that only this program writes has a history, and the tool of before knows none.
fn hash(cell: Cell<'_>) -> Result<StoredHash, Why> {
    let text = cell.required_text(128)?;
    if text.chars().any(char::is_control) {
        return Err(Cow::Borrowed("control characters, which no hash has"));
    }
    let hash = StoredHash::new(text);
    if HashScheme::of(&hash).is_some_and(HashScheme::is_ours) {
        return Err(Cow::Borrowed("a hash that this program wrote, whose history no import brings"));
    }
    Ok(hash)
}
