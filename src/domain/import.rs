//! Rows of the tool of before: read from its export, and made into what the rule lets them become.
//!
//! [`Rows`] reads a file row by row: CSV as the tools of SQL Server export it (`NULL`, fractions of seven digits, bits of
//! 0 and 1, GUIDs in any case), or an object of JSON a line. A row becomes a [`Session`] or a [`HostRecord`], or it is
//! told as a [`Fault`]. [`merge()`] decides what the rows of one session become beside what the database holds of it.

use std::borrow::Cow;

use super::host_record::HostRecord;
use super::session::Session;

mod cell;
mod csv_rows;
mod json_rows;
mod merge;
mod quotes;
mod rows;
mod typed;

pub use cell::LAST_ID;
pub use merge::{Before, Brought, Clash, Current, Incoming, Merged, merge};
pub use rows::{InputError, Rows};
pub use typed::Typed;

/// One of the two tables that are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// `Sessions`.
    Sessions,
    /// `HostSessions`.
    HostSessions,
}

impl Table {
    /// Gives its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sessions => "Sessions",
            Self::HostSessions => "HostSessions",
        }
    }

    /// Lists its columns, as the web application has them.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Sessions => &[
                "SessionId",
                "GroupId",
                "Title",
                "Description",
                "Status",
                "ParticipantCount",
                "MaxParticipants",
                "StartedAt",
                "EndedAt",
                "ExpiresAt",
                "CreatedAt",
                "ModifiedAt",
            ],
            Self::HostSessions => &[
                "HostSessionId",
                "SessionId",
                "HostGuidHash",
                "CreatedAt",
                "ExpiresAt",
                "LastUsedAt",
                "CreatedBy",
                "RevokedAt",
                "RevokedBy",
                "IsActive",
            ],
        }
    }
}

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The byte at which it begins.
    pub offset: u64,
    /// Its bytes, without the line break.
    pub length: u64,
}

/// A row that was read, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// Where.
    pub place: Place,
    /// What it says.
    pub value: T,
}

/// What keeps a row out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The row is wrong in itself, or beside the others of the input.
    Bad,
    /// The row is not what the database holds.
    Conflict,
}

/// A row that cannot be imported. It never quotes the row: a stored hash may stand in any column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The table whose file it stands in.
    pub table: Table,
    /// Where.
    pub place: Place,
    /// The column, where one is to blame.
    pub column: Option<&'static str>,
    /// Why.
    pub reason: Cow<'static, str>,
    /// Whether the input is to blame, or what is there already.
    pub kind: FaultKind,
}

/// What a column is blamed for, before the row's place is known.
type Blame = (Option<&'static str>, Cow<'static, str>);

/// A row of one of the two tables.
pub trait Imported: Sized + Send {
    /// Its table.
    const TABLE: Table;

    /// Finds the first column in which two rows with the same key differ.
    fn difference(&self, other: &Self) -> Option<&'static str>;
}

/// Gives the first name whose values differ.
fn first_difference<const N: usize>(columns: [(&'static str, bool); N]) -> Option<&'static str> {
    columns.into_iter().find(|(_, same)| !same).map(|(column, _)| column)
}

impl Imported for Session {
    const TABLE: Table = Table::Sessions;

    fn difference(&self, other: &Self) -> Option<&'static str> {
        first_difference([
            ("GroupId", self.group_id.eq_ignore_ascii_case(&other.group_id)),
            ("Title", self.title == other.title),
            ("Description", self.description == other.description),
            ("Status", self.status == other.status),
            ("ParticipantCount", self.participant_count == other.participant_count),
            ("MaxParticipants", self.max_participants == other.max_participants),
            ("StartedAt", self.started_at == other.started_at),
            ("EndedAt", self.ended_at == other.ended_at),
            ("ExpiresAt", self.expires_at == other.expires_at),
            ("CreatedAt", self.created_at == other.created_at),
            ("ModifiedAt", self.modified_at == other.modified_at),
        ])
    }
}

impl Imported for HostRecord {
    const TABLE: Table = Table::HostSessions;

    /// `LegacyDuplicate` is not compared: no export has it.
    fn difference(&self, other: &Self) -> Option<&'static str> {
        first_difference([
            ("SessionId", self.session == other.session),
            ("HostGuidHash", self.hash == other.hash),
            ("CreatedAt", self.created_at == other.created_at),
            ("ExpiresAt", self.expires_at == other.expires_at),
            ("LastUsedAt", self.last_used_at == other.last_used_at),
            ("CreatedBy", self.created_by == other.created_by),
            ("RevokedAt", self.revoked_at == other.revoked_at),
            ("RevokedBy", self.revoked_by == other.revoked_by),
            ("IsActive", self.is_active == other.is_active),
        ])
    }
}
