//! The console: a pure reducer, a view, and one runtime that carries effects out.
//!
//! | File | What |
//! |---|---|
//! | `model` | everything that the console knows |
//! | `message`, `effect` | what can happen, and what is to be done: plain data |
//! | `update`, `screen/*` | the reducer, and each screen's part of it |
//! | `view`, `view/*` | the drawing |
//! | `keymap` | keys by name; help and footer are made from it |
//! | `connection` | how old the picture is, and when it is tried again |
//! | `runtime` | the only async part: terminal, timers, jobs, signals |
//! | `terminal`, `clipboard` | the outside world of the terminal |

use std::io;
use std::sync::Arc;

use crate::domain::actor::{Actor, Origin};
use crate::provision::Provisioner;

mod clipboard;
pub mod connection;
pub mod effect;
pub mod keymap;
pub mod log_pane;
pub mod marks;
pub mod message;
pub mod model;
mod runtime;
pub mod screen;
mod terminal;
pub mod theme;
pub mod update;
pub mod view;

/// Sessions that are counted at most; beyond, the header says "over".
pub const COUNT_LIMIT: u32 = 10_000;

/// Milliseconds from which on a question is shown as slow.
pub const SLOW: i64 = 150;

/// What the console needs to know besides the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The name that goes into `CreatedBy` unless another is typed.
    pub operator: Actor,
    /// What the machine knows of the operator.
    pub origin: Origin,
    /// A throwaway world.
    pub demo: bool,
    /// Nobody makes sure whose server it is, or that nobody reads along.
    pub unverified: bool,
    /// What it looks like.
    pub theme: theme::Theme,
}

/// Runs the console until the operator quits or a signal ends it; gives the exit code (0, 129, 130 or 143; 1 after
/// an internal error).
///
/// # Errors
/// The terminal cannot be set up.
pub async fn run(provisioner: Arc<Provisioner>, setup: Setup) -> io::Result<u8> {
    runtime::run(provisioner, setup).await
}
