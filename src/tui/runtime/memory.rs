//! Keeps what the person chose.

use tokio::task::{JoinHandle, spawn_blocking};

use super::Runtime;
use crate::tui::remembered::Remembered;

impl Runtime {
    /// Keeps it, unless nothing was chosen anew; gives what can be waited for.
    pub(super) fn keep(&mut self) -> Option<JoinHandle<()>> {
        let memory = self.memory.clone()?;
        let chosen = Remembered::of(&self.model);
        let before = std::mem::replace(&mut self.kept, chosen);
        (before != chosen).then(|| spawn_blocking(move || memory.keep(chosen)))
    }
}
