//! Everything that can go wrong with a database, in the words of the person who has to go on.

use std::time::Duration;

use super::{Applied, ReadOnly, Untrusted};
use crate::domain::expected::Conflict;
use crate::domain::host_record::HostRecordId;
use crate::domain::plan::{Declined, Outcome, Refusal};
use crate::domain::session::SessionId;
use crate::drill::Drilled;

/// Why an operation did not end as asked. The text says what happened; [`StoreError::unchanged`] says what was
/// not changed. The engine's own words are the `source`, for the log file alone.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The rule allows nothing.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The session is not as the operator saw it.
    #[error("{0}")]
    Conflict(Box<Conflict>),
    /// Another program changed the record between our read and our write.
    #[error("another program changed the host record of the session in the same moment")]
    Overtaken,
    /// No file is there.
    #[error("there is no database at {path}")]
    Missing {
        /// The file.
        path: String,
    },
    /// The folder of a file that was to be made is not there.
    #[error("the folder of {path} does not exist")]
    NoFolder {
        /// The file.
        path: String,
    },
    /// Something else than a database of ours.
    #[error("{path} is not a database of ours: {why}")]
    NotOurs {
        /// The file.
        path: String,
        /// What it is instead.
        why: String,
    },
    /// The schema is older than this program.
    #[error("the database is not up to date: {count} migration(s) to do")]
    Unmigrated {
        /// How many.
        count: usize,
    },
    /// The schema is newer than this program.
    #[error(
        "the database was made by a newer version of this program (its schema is {found}, this program knows {known})"
    )]
    Newer {
        /// The schema's version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The operating system or the database does not allow it.
    #[error("not allowed: {what}")]
    Denied {
        /// What.
        what: String,
    },
    /// Nothing can be written here.
    #[error("{0}")]
    ReadOnly(ReadOnly),
    /// The server is there, and is not to be trusted.
    #[error("{0}")]
    Untrusted(Untrusted),
    /// The engine is older than what this program is tried with.
    #[error("{what}")]
    TooOld {
        /// Which it is, and which it should be.
        what: String,
    },
    /// Each transaction may meet another connection.
    #[error("the server is reached through a pooler in transaction mode, which this program does not support")]
    Pooled,
    /// Nothing holds the rule against other writers.
    #[error("the index that holds the rule, UX_HostSessions_OneCurrent, {what}")]
    Unguarded {
        /// How it is.
        what: &'static str,
    },
    /// The server is there, and the database is not.
    #[error("the server has no such database")]
    NoDatabase,
    /// Locked by another program, or out of reach.
    #[error("the database is locked or cannot be reached: {what}")]
    Unavailable {
        /// What was tried.
        what: String,
    },
    /// The deadline passed.
    #[error("the database did not answer within {}", humantime::format_duration(*patience))]
    TooSlow {
        /// The deadline.
        patience: Duration,
    },
    /// No room for the write.
    #[error("the disk is full")]
    Full,
    /// The operator or a signal stopped it in time.
    #[error("cancelled")]
    Cancelled,
    /// What was written did not read back as written.
    #[error("the record did not read back as it was written: {what}")]
    ReadBack {
        /// What differs.
        what: &'static str,
    },
    /// COMMIT was sent, and nobody answered.
    #[error("the connection was lost while the change was being committed, and it is not known whether it was")]
    OutcomeUnknown(Box<Applied>),
    /// COMMIT was sent for something else than a change of a host record, and nobody answered.
    #[error("the connection was lost while it was being committed, and it is not known whether {0}")]
    Unsettled(Unsettled),
    /// What was to be imported cannot be read to its end.
    #[error("{what}")]
    Input {
        /// Which file, and why.
        what: String,
    },
    /// A stored value cannot be what it is.
    #[error("the database holds a value that cannot be read: {what}")]
    Corrupt {
        /// Which.
        what: String,
    },
    /// This program panicked; the log file tells where.
    #[error("an internal error stopped the work")]
    Internal,
    /// Anything else.
    #[error("the database refused: {what}")]
    Failed {
        /// The engine's sentence, without values.
        what: String,
    },
}

impl From<Declined> for StoreError {
    fn from(declined: Declined) -> Self {
        match declined {
            Declined::Refused(refusal) => Self::Refused(refusal),
            Declined::Conflict(conflict) => Self::Conflict(conflict),
        }
    }
}

/// What may have been done, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsettled {
    /// A session was to be added.
    #[error("session {0} was added")]
    Session(SessionId),
    /// A log-in was to be noted.
    #[error("LastUsedAt of host record #{0} was set")]
    Touch(HostRecordId),
    /// Migrations were to be run.
    #[error("the database was migrated")]
    Migration,
    /// Rows were to be imported.
    #[error("the rows were imported")]
    Import,
}

impl From<Drilled> for StoreError {
    fn from(drilled: Drilled) -> Self {
        Self::Failed { what: drilled.to_string() }
    }
}

/// What an error leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// Nothing at all was changed.
    Nothing,
    /// It is not known whether a new GUID took the place of the old one.
    Unknown,
    /// It is not known whether the active records were retired.
    UnknownRevocation,
    /// It is not known whether the duplicates were retired.
    UnknownConsolidation,
    /// It is not known whether rows were imported.
    UnknownImport,
}

impl Unchanged {
    /// Gives the second half of the error line.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Nothing => "nothing was changed",
            Self::Unknown => "either the old Host GUID works or the new one, never both",
            Self::UnknownRevocation => "either the old Host GUID still works, or none does",
            Self::UnknownConsolidation => "the Host GUID that stays works; either the others still do, or none of them",
            Self::UnknownImport => "either all of its rows are there, or none of them",
        }
    }
}

impl StoreError {
    /// Tells what was not changed.
    #[must_use]
    pub fn unchanged(&self) -> Unchanged {
        match self {
            Self::OutcomeUnknown(applied) => match applied.plan.outcome {
                Outcome::Revoked => Unchanged::UnknownRevocation,
                Outcome::Consolidated => Unchanged::UnknownConsolidation,
                Outcome::Created | Outcome::Rotated | Outcome::ForceCreated | Outcome::Unchanged => Unchanged::Unknown,
            },
            Self::Unsettled(Unsettled::Import) => Unchanged::UnknownImport,
            _ => Unchanged::Nothing,
        }
    }
}
