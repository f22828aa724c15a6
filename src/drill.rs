//! Drills: a debug build fails, panics or is killed at one named step when `HOST_PROVISIONER_DRILL=STEP:WAY` says so;
//! `STEP:WAY:N` means only the Nth time that it is reached.
//!
//! The tests prove with them that no step leaves a change half done. A release build does not read the variable.

#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ValueEnum;

/// The steps of a change in their order (semantics, "Provision"), then the console's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// The connection is open.
    Connect,
    /// One session of a plan is about to be consolidated.
    BeginSession,
    /// The GUID is made and hashed, in memory alone.
    MakeGuid,
    /// The transaction has begun and has the session to itself.
    LockSession,
    /// The snapshot is read.
    ReadSession,
    /// The plan is made, and told.
    Plan,
    /// A record is retired; there may be more to retire.
    RetireRecord,
    /// The record has its new hash.
    UpdateRecord,
    /// The new record is there.
    InsertRecord,
    /// The history has its entry.
    AppendEntry,
    /// Some rows of an import wait for their transaction.
    StageRows,
    /// The transaction of an import has begun, and other writers wait.
    HoldTables,
    /// Some rows of an import are in their tables.
    InsertRows,
    /// Some changed titles are in the index, and still noted as changed.
    IndexTitles,
    /// What was written has been read back, and the GUID opens it.
    ReadBack,
    /// COMMIT is about to be sent.
    SendCommit,
    /// COMMIT is acknowledged.
    HearCommit,
    /// Success is about to be told.
    TellSuccess,
    /// The GUID is about to be handed over.
    HandOver,
    /// A frame is about to be drawn.
    Draw,
}

/// How a step goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// It returns an error.
    Error,
    /// It panics.
    Panic,
    /// The process is killed, and nothing of it runs any more.
    Kill,
}

/// What a step returns that a drill made fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is a drill")]
pub struct Drilled;

/// Goes wrong here, if a drill is on at this step.
///
/// # Errors
/// [`Drilled`], in a drill and in a debug build alone.
pub fn at(step: Step) -> Result<(), Drilled> {
    #[cfg(debug_assertions)]
    strike(step)?;
    #[cfg(not(debug_assertions))]
    let _ = step;
    Ok(())
}

#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "that is what is drilled")]
fn strike(step: Step) -> Result<(), Drilled> {
    /// How often the step was reached.
    static REACHED: AtomicUsize = AtomicUsize::new(0);
    let asked = std::env::var("HOST_PROVISIONER_DRILL").unwrap_or_default();
    let Some((name, way)) = asked.split_once(':').filter(|(name, _)| Step::from_str(name, false) == Ok(step)) else {
        return Ok(());
    };
    let (way, turn) = way.split_once(':').map_or((way, None), |(way, turn)| (way, turn.parse().ok()));
    let reached = REACHED.fetch_add(1, Ordering::Relaxed) + 1;
    if turn.is_some_and(|turn: usize| turn != reached) {
        return Ok(());
    }
    tracing::warn!("drill: {name}:{way}");
    match Way::from_str(way, false) {
        Ok(Way::Error) => Err(Drilled),
        Ok(Way::Panic) => panic!("{Drilled}"),
        Ok(Way::Kill) => {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
            Ok(())
        }
        Err(_) => Ok(()),
    }
}
