//! What a connection may do, as the engine says of itself.

use chrono::{DateTime, Utc};

use super::backend::{Backend, fault, statement};
use super::error::StoreError;
use super::rows::get;
use crate::domain::time::Timestamp;

/// Why nothing can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadOnly {
    /// This program was told not to write.
    #[error("this is a read-only connection")]
    Asked,
    /// The user of the database may not change host records, or not append to their history.
    #[error("this database user may not write all that a change writes")]
    Privilege,
    /// The operating system's user may not write the file of the database.
    #[error("this user may not write the database file")]
    File,
    /// The same of a file that `SQLite` keeps beside it, which may be left over from somebody else's reading.
    #[error("this user may not write the -wal or -shm file beside the database file")]
    FilesBeside,
    /// The same of the folder, in which these files would have to be made.
    #[error("this user may not write the folder of the database file")]
    Folder,
    /// The server follows another one.
    #[error("this server is a standby, which takes no writes")]
    Standby,
    /// The server, the database or the user is set to read-only.
    #[error("this server is set to read-only")]
    Server,
}

impl ReadOnly {
    /// Says what to do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Asked => "leave --read-only out, or read_only of the profile",
            Self::Privilege => "the owner of the database grants the operator's role (assets/roles.postgres.sql)",
            Self::File => "`ls -l` shows whose it is: its owner, or root, can give it to this user",
            Self::FilesBeside => {
                "`ls -l` shows their owner and modes, and `chmod` mends these; never remove a -wal file, it holds what was committed"
            }
            Self::Folder => "SQLite makes files beside the database while it works: let this user write the folder",
            Self::Standby => "connect to the primary server",
            Self::Server => "default_transaction_read_only is on for this server, database or user",
        }
    }
}

/// What a connection found out about itself.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// What keeps it from writing, if anything does.
    pub(super) obstacle: Option<ReadOnly>,
    /// The privileges that it lacks for a change, in words.
    pub(super) missing: String,
    /// The server's clock, if there is a server.
    pub(super) now: Option<Timestamp>,
}

/// Asks what this connection may do.
pub(super) async fn read<B: Backend>(connection: &mut B::Connection) -> Result<Standing, StoreError> {
    let Some(asked) = B::STANDING else {
        return Ok(Standing::default());
    };
    let found = statement::<B>(asked).rows(connection).await?;
    let row = found.first().ok_or_else(|| StoreError::Corrupt { what: "the server's state".to_owned() })?;
    let holds = |column| get::<B, bool>(row, column).map_err(fault::<B>);
    let missing = get::<B, String>(row, "missing").map_err(fault::<B>)?;
    let obstacle = match (holds("standby")?, holds("read_only")?, missing.is_empty()) {
        (true, _, _) => Some(ReadOnly::Standby),
        (false, true, _) => Some(ReadOnly::Server),
        (false, false, false) => Some(ReadOnly::Privilege),
        (false, false, true) => None,
    };
    let now = get::<B, DateTime<Utc>>(row, "now").map(Timestamp::new).map_err(fault::<B>)?;
    Ok(Standing { obstacle, missing, now: Some(now) })
}
