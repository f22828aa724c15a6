//! How a command ends: exit code, kind and hint of everything that can go wrong.

use serde_json::json;

use crate::config::ConfigError;
use crate::domain::event_id::EventId;
use crate::domain::plan::Refusal;
use crate::domain::session::SessionId;
use crate::store::{StoreError, Unchanged, Unsettled, Untrusted};

/// The exit codes of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Failed, nothing changed.
    Failed,
    /// Usage or configuration.
    Usage,
    /// Some of many are done, others were left as they were.
    Partly,
    /// Authentication, privilege, read-only.
    NotAllowed,
    /// No such session or record.
    NotFound,
    /// Changed since it was seen, or not the current record.
    Conflict,
    /// Unreachable, locked or too slow; nothing changed.
    Unavailable,
    /// A protected profile wants a confirmation.
    NotConfirmed,
    /// A GUID was rejected, or the history is damaged.
    Rejected,
    /// Neither done nor not done, as far as is known.
    Unknown,
    /// Done, but the GUID, or the report, reached nobody.
    NotDelivered,
    /// A signal stopped it cleanly: 128 and the signal's number.
    Signal(u8),
}

impl Exit {
    /// Gives the code for the shell.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partly => 3,
            Self::NotAllowed => 4,
            Self::NotFound => 5,
            Self::Conflict => 6,
            Self::Unavailable => 7,
            Self::NotConfirmed => 8,
            Self::Rejected => 9,
            Self::Unknown => 10,
            Self::NotDelivered => 11,
            Self::Signal(code) => code,
        }
    }
}

/// What an operator holds of a change whose outcome is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownEnd {
    /// The new GUID, on stdout.
    Delivered,
    /// Nothing: stdout did not take the new GUID.
    NotDelivered,
    /// Nothing: a revocation makes no GUID.
    Revocation,
    /// Nothing: the record that stays keeps its GUID.
    Consolidation,
}

/// The code of INT, for a stop that no signal caused.
const INTERRUPTED: u8 = 130;

/// Why a command did not end with exit code 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// One word for programs.
    pub kind: &'static str,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Lines of this program's own that follow the message, such as its help.
    pub details: Option<String>,
    /// Whether the message has been told already, as a line of the log.
    pub told: bool,
}

impl Failure {
    /// Makes a failure without a hint.
    #[must_use]
    pub fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Self {
        Self { exit, kind, message: message.into(), hint: None, details: None, told: false }
    }

    /// Refuses the value of a flag, which is not repeated: it may be a secret.
    #[must_use]
    pub fn refused(flag: &str, why: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, "usage", format!("{flag}: {why}"))
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Tells of a change that failed: what happened and what was not changed, which its log line has said already.
    #[must_use]
    pub fn of_change(error: &StoreError) -> Self {
        let failure = Self::from(error);
        let message = format!("{error}; {}", error.unchanged().sentence());
        Self { message, told: true, ..failure }
    }

    /// Tells that a command that changes something did not get so far.
    #[must_use]
    pub fn before_any_change(self) -> Self {
        Self { message: format!("{}; nothing was changed", self.message), ..self }
    }

    /// Tells that a signal stopped a command that changes nothing, or had not begun to.
    #[must_use]
    pub fn interrupted() -> Self {
        Self::from(&StoreError::Cancelled)
    }

    /// Tells that nobody knows whether a change was committed, and how to find out.
    #[must_use]
    pub fn unknown(session: SessionId, event: EventId, kind: UnknownEnd) -> Self {
        let unchanged = match kind {
            UnknownEnd::Delivered | UnknownEnd::NotDelivered => Unchanged::Unknown,
            UnknownEnd::Revocation => Unchanged::UnknownRevocation,
            UnknownEnd::Consolidation => Unchanged::UnknownConsolidation,
        };
        let message = format!(
            "the connection was lost while the change was being committed, and it is not known whether it was; {}",
            unchanged.sentence()
        );
        let history = format!("`host-provisioner history --session-id {session}`");
        let hint = match kind {
            UnknownEnd::Delivered => format!(
                "give the GUID on stdout to `host-provisioner verify --session-id {session}`: accepted means committed, \
                 and {history} shows event {event}; rejected means that nothing was changed, unless the server commits it \
                 yet: ask again before you rotate"
            ),
            UnknownEnd::NotDelivered => {
                format!("stdout did not take the GUID: rotate again; {history} shows event {event} if it was committed")
            }
            UnknownEnd::Consolidation => {
                format!(
                    "{history} shows event {event} if it was committed; consolidate again: what is done stays as it is"
                )
            }
            UnknownEnd::Revocation => {
                format!("{history} shows event {event} if it was committed; else nothing was changed yet: revoke again")
            }
        };
        Self { told: true, ..Self::new(Exit::Unknown, "outcome_unknown", message) }.hint(hint)
    }

    /// Tells that a committed GUID reached nobody.
    #[must_use]
    pub fn not_delivered(why: &std::io::Error) -> Self {
        let message = format!("rotated, GUID not delivered, rotate again: stdout cannot be written ({why})");
        Self::new(Exit::NotDelivered, "not_delivered", message)
    }

    /// Tells that the program itself failed, outside of what undoes its changes by itself.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        let message = format!("an internal error ended the {what}; no change is half done");
        let hint = "the log file tells more; `history` and `audit verify` show what was done";
        Self::new(Exit::Failed, "internal", message).hint(hint)
    }

    /// Writes the one object that stderr holds under `--json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        super::json::text(&json!({"error": {"kind": self.kind, "message": self.message, "hint": self.hint}}))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl From<&StoreError> for Failure {
    fn from(error: &StoreError) -> Self {
        let (exit, kind, hint) = classify(error);
        Self { hint: hint.map(ToOwned::to_owned), ..Self::new(exit, kind, error.to_string()) }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = error.hint().map(ToOwned::to_owned);
        Self { hint, ..Self::new(Exit::Usage, "configuration", error.to_string()) }
    }
}

/// The one place that knows which exit code and which hint belong to which error.
fn classify(error: &StoreError) -> (Exit, &'static str, Option<&'static str>) {
    const MIGRATE: &str = "`host-provisioner migrate` makes it, or brings it up to date";
    const GUARD: &str = "the owner of the database makes it again: DROP INDEX IF EXISTS \"UX_HostSessions_OneCurrent\"; \
        CREATE UNIQUE INDEX \"UX_HostSessions_OneCurrent\" ON \"HostSessions\" (\"SessionId\") \
        WHERE \"IsActive\" AND NOT \"LegacyDuplicate\"";
    match error {
        StoreError::Refused(Refusal::SessionNotFound(_)) => {
            (Exit::NotFound, "session_not_found", Some("`host-provisioner list` shows the sessions that there are"))
        }
        StoreError::Refused(Refusal::NotActive { .. }) => {
            (Exit::Conflict, "not_active", Some("`host-provisioner show` shows the records of the session"))
        }
        StoreError::Refused(Refusal::NotWorking { .. }) => (
            Exit::Conflict,
            "not_working",
            Some("keep a record that works, or rotate the session, which retires all others"),
        ),
        StoreError::Refused(Refusal::NotCurrent { .. }) => {
            (Exit::Conflict, "not_current", Some("`host-provisioner show` shows the records of the session"))
        }
        StoreError::Refused(Refusal::Expiry(_)) => (Exit::Usage, "usage", None),
        StoreError::Conflict(_) => (
            Exit::Conflict,
            "conflict",
            Some("look at the session with `host-provisioner show`, then decide again with --expect"),
        ),
        StoreError::Overtaken => (Exit::Conflict, "conflict", Some("look at the session again, then decide again")),
        StoreError::Missing { .. } => (Exit::Usage, "database_missing", Some(MIGRATE)),
        StoreError::NoFolder { .. } => (Exit::Usage, "folder_missing", Some("make the folder first")),
        StoreError::NotOurs { .. } => {
            (Exit::Usage, "not_a_database", Some("is --database-url what you meant? nothing was touched"))
        }
        StoreError::Unmigrated { .. } => (Exit::Usage, "unmigrated", Some(MIGRATE)),
        StoreError::Newer { .. } => (Exit::Usage, "newer_schema", Some("use the newer host-provisioner")),
        StoreError::Denied { .. } => {
            (Exit::NotAllowed, "denied", Some("`host-provisioner doctor` examines step by step what this user may do"))
        }
        StoreError::ReadOnly(why) => (Exit::NotAllowed, "read_only", Some(why.hint())),
        StoreError::Untrusted(why @ Untrusted::File(_)) => (Exit::Usage, "configuration", Some(why.hint())),
        StoreError::Untrusted(why) => (Exit::NotAllowed, "untrusted", Some(why.hint())),
        StoreError::TooOld { .. } => (Exit::Usage, "too_old", Some("connect to a newer one, or have it updated")),
        StoreError::Pooled => {
            (Exit::Usage, "pooled", Some("connect to the server itself, or to a pool in session mode"))
        }
        StoreError::Unguarded { .. } => (Exit::Usage, "unguarded", Some(GUARD)),
        StoreError::NoDatabase => {
            (Exit::Usage, "database_missing", Some("the owner of the server makes it: CREATE DATABASE …"))
        }
        StoreError::Unavailable { .. } => (Exit::Unavailable, "unavailable", Some("try again")),
        StoreError::TooSlow { .. } => (Exit::Unavailable, "timeout", Some("try again, or wait longer with --timeout")),
        StoreError::Full => (Exit::Failed, "disk_full", Some("free some room, then try again")),
        StoreError::Cancelled => (Exit::Signal(INTERRUPTED), "interrupted", None),
        StoreError::ReadBack { .. } => (Exit::Failed, "read_back", Some("another program writes this database too")),
        StoreError::OutcomeUnknown(_) => (Exit::Unknown, "outcome_unknown", None),
        StoreError::Unsettled(Unsettled::Session(_)) => (
            Exit::Unknown,
            "outcome_unknown",
            Some("`host-provisioner show` finds the session if it was added; else add it again"),
        ),
        StoreError::Unsettled(Unsettled::Touch(_)) => {
            (Exit::Unknown, "outcome_unknown", Some("the GUID is accepted; `verify --touch` again sets it"))
        }
        StoreError::Unsettled(Unsettled::Migration) => {
            (Exit::Unknown, "outcome_unknown", Some("`host-provisioner migrate --check` tells what is left to do"))
        }
        StoreError::Unsettled(Unsettled::Import) => (
            Exit::Unknown,
            "outcome_unknown",
            Some("import the same files again: what is there already stays as it is"),
        ),
        StoreError::Input { .. } => (Exit::Usage, "input", None),
        StoreError::Corrupt { .. } => {
            (Exit::Failed, "corrupt", Some("`host-provisioner audit verify` and the log file tell more"))
        }
        StoreError::Internal => (Exit::Failed, "internal", Some("the log file tells more")),
        StoreError::Failed { .. } => (Exit::Failed, "failed", Some("the log file tells more")),
    }
}
