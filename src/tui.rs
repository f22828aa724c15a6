//! The console: a pure reducer, a view, and one runtime that carries effects out.
//!
//! | File | What |
//! |---|---|
//! | `model` | everything that the console knows |
//! | `message`, `effect` | what can happen, and what is to be done: plain data |
//! | `update`, `screen/*` | the reducer, and each screen's part of it |
//! | `view`, `view/*` | the drawing |
//! | `keymap` | keys by name; help and footer are made from it |
//! | `look` | keys and styles as configured |
//! | `fuzzy` | actions by the letters that are typed of them |
//! | `possible` | what can be done now, and why the rest cannot |
//! | `remembered` | what a person chose, kept for the next time |
//! | `connection` | how old the picture is, and when it is tried again |
//! | `runtime` | the only async part: terminal, timers, jobs, signals |
//! | `terminal`, `clipboard` | the outside world of the terminal |

use std::io;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::config::{Colour, Profile, TimeMode};
use crate::domain::actor::{Actor, Origin};
use crate::domain::overview::MaxAge;
use crate::provision::Provisioner;
use crate::tui::remembered::Memory;

mod clipboard;
pub mod connection;
pub mod effect;
pub mod fuzzy;
pub mod keymap;
pub mod log_pane;
pub mod look;
pub mod marks;
pub mod message;
pub mod model;
pub mod possible;
pub mod remembered;
mod runtime;
pub mod screen;
mod terminal;
pub mod theme;
pub mod update;
pub mod view;

/// Milliseconds from which on a question is shown as slow.
pub const SLOW: i64 = 150;

/// A database that the console works on.
pub struct Opened {
    /// The use cases over it.
    pub provisioner: Arc<Provisioner>,
    /// The profile that named it.
    pub profile: Option<Profile>,
    /// What was chosen of the console's looks; `None` where nothing is kept.
    pub memory: Option<Memory>,
    /// Nobody makes sure whose server it is, or that nobody reads along.
    pub unverified: bool,
}

/// Opens the database of a profile, or, without a name, the one that the program was started with; else says why not.
pub type Open = Arc<dyn Fn(Option<String>) -> BoxFuture<'static, Result<Opened, String>> + Send + Sync>;

/// A database that the console can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of its profile; `None` for the one that the program was started with.
    pub name: Option<String>,
    /// The word of its banner.
    pub banner: String,
    /// The colour of that word.
    pub colour: Option<Colour>,
    /// Engine and database, or where they are told.
    pub database: String,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether every change wants the session's id.
    pub protected: bool,
}

/// What the console needs to know besides the database.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The name that goes into `CreatedBy` unless another is typed.
    pub operator: Actor,
    /// What the machine knows of the operator.
    pub origin: Origin,
    /// A throwaway world.
    pub demo: bool,
    /// The databases that there are.
    pub places: Vec<Place>,
    /// The age from which on a Host GUID should be rotated.
    pub max_age: MaxAge,
    /// Its keys, and what it looks like.
    pub look: look::Look,
    /// How times are written.
    pub times: TimeMode,
    /// What is said of the configuration.
    pub warnings: Vec<String>,
}

/// Runs the console until the operator quits or a signal ends it; gives the exit code (0, 129, 130 or 143; 1 after
/// an internal error).
///
/// # Errors
/// The terminal cannot be set up.
pub async fn run(opened: Opened, open: Open, setup: Setup) -> io::Result<u8> {
    runtime::run(opened, open, setup).await
}
