//! The command line: arguments into an [`Action`], results into text, errors into exit codes.
//!
//! One file per subcommand. Data goes to stdout, messages go to stderr; `--json` makes both machine-readable.

use std::ffi::OsString;

use tokio_util::sync::CancellationToken;

use crate::config::Given;
use crate::domain::actor::Origin;
use crate::provision::Provisioner;

mod args;
pub mod audit;
pub mod change;
pub mod config;
mod confirmation;
pub mod consolidate;
mod create;
pub mod delivery;
pub mod demo;
pub mod doctor;
mod documents;
pub mod duplicates;
mod exit;
mod globals;
pub mod history;
pub mod import;
mod json;
pub mod list;
pub mod messages;
pub mod migrate;
mod new_file;
mod one_side;
pub mod output;
mod plan_report;
mod prompt;
mod receipt;
mod revoke;
mod rotate;
pub mod session;
pub mod show;
mod table;
pub mod verify;
mod view;

pub use args::parse;
pub use exit::{Exit, Failure};

/// What the command line asks for, checked as far as that goes without a database.
#[derive(Debug)]
pub enum Action {
    /// The console.
    Console,
    /// A world to try.
    Demo(demo::Demo),
    /// A GUID for a session, or the end of one.
    Change(change::Job),
    /// A session of our own.
    AddSession(session::Add),
    /// Sessions with their host records.
    List(list::List),
    /// One session, whole.
    Show(show::Show),
    /// What was done, by whom and why.
    History(history::History),
    /// Whether a GUID opens a session.
    Verify(verify::Verify),
    /// Whether the history is as it was written.
    AuditVerify,
    /// Sessions with more than one active record.
    Duplicates(duplicates::Duplicates),
    /// One active record left to each session.
    Consolidate(consolidate::Consolidate),
    /// Rows of the tool of before.
    Import(import::Import),
    /// Whether the database can be worked with, step by step.
    Doctor,
    /// What the configuration says, and whether that is right.
    Config(config::ConfigCommand),
    /// The schema brought up to date, or what that would do.
    Migrate(migrate::Migrate),
}

impl Action {
    /// Tells whether what is in a database may be changed.
    #[must_use]
    pub fn changes(&self) -> bool {
        match self {
            Self::Change(job) => !job.is_dry_run(),
            Self::Consolidate(job) => job.changes(),
            Self::Import(job) => !job.is_dry_run(),
            Self::Migrate(job) => !job.is_check(),
            Self::AddSession(_) => true,
            _ => false,
        }
    }
}

/// How results and messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The form of what goes to stdout.
    pub format: output::Format,
    /// How much goes to stderr.
    pub volume: Volume,
}

impl Default for Style {
    fn default() -> Self {
        Self { format: output::Format::Table, volume: Volume::Normal }
    }
}

/// How much goes to stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// Errors alone.
    Quiet,
    /// What happens, warnings, errors.
    Normal,
    /// Also where the database and the log are.
    Verbose,
}

/// A command line, read.
#[derive(Debug)]
pub struct Invocation {
    /// What to do.
    pub action: Action,
    /// What was said about settings.
    pub given: Given,
    /// How to write.
    pub style: Style,
}

/// Why there is nothing to do after reading a command line.
#[derive(Debug)]
pub enum Stop {
    /// Help or version was asked for: text for stdout.
    Text(String),
    /// It cannot be understood.
    Failure(Failure, Style),
}

/// What a command works with.
pub struct Context<'a> {
    /// The use cases, over an open database.
    pub provisioner: &'a Provisioner,
    /// Where messages go.
    pub messages: &'a messages::Messages,
    /// How results are written.
    pub style: Style,
    /// What the machine knows of the caller.
    pub origin: &'a Origin,
    /// Cancelled by a signal.
    pub cancel: &'a CancellationToken,
}

/// Arguments as the operating system gives them, the program's name first.
pub type Arguments = Vec<OsString>;
