//! From one database to another.

use std::sync::{Arc, PoisonError};

use super::{Runtime, Task};
use crate::tui::Opened;
use crate::tui::effect::Ticket;
use crate::tui::message::{Arrival, Failure, Message};
use crate::tui::model::About;
use crate::tui::remembered::{Memory, Remembered};

impl Runtime {
    /// Opens the database of a profile, beside the present one.
    pub(super) fn open_another(&mut self, ticket: Ticket, name: Option<String>) {
        // Where it arrives, the model is of the other one; until then, there is little to choose.
        drop(self.keep());
        let (opening, arrived, about) = ((self.open)(name), Arc::clone(&self.arrived), self.model.about.clone());
        let handle = self.spawn(Task::Open(ticket), async move {
            let answer = match opening.await {
                Ok(Opened { provisioner, profile, memory, unverified }) => {
                    let store = provisioner.store();
                    let about = About {
                        database: store.name(),
                        profile,
                        unverified,
                        read_only: store.read_only(),
                        writes: provisioner.hasher().writes(),
                        ..about
                    };
                    let remembered = memory.as_ref().and_then(Memory::recall);
                    let arrival = Arrival { about, now: store.clock().now(), remembered };
                    *arrived.lock().unwrap_or_else(PoisonError::into_inner) = Some((ticket, provisioner, memory));
                    Ok(Box::new(arrival))
                }
                Err(what) => Err(Failure { what, unchanged: String::new(), conflict: None }),
            };
            Some(Message::Opened(ticket, answer))
        });
        self.loads.insert(ticket, handle);
    }

    /// Works on the database that was opened. Whatever still asks the one before is stopped: it may hang.
    pub(super) fn adopt(&mut self, ticket: Ticket) {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((_, provisioner, memory)) = arrived.filter(|(arrived, ..)| *arrived == ticket) else { return };
        (self.memory, self.kept) = (memory, Remembered::of(&self.model));
        for (_, handle) in self.loads.drain() {
            self.kinds.remove(&handle.id());
            handle.abort();
        }
        if let Some(watch) = self.watch.take() {
            watch.abort();
        }
        self.marker = Arc::default();
        let left = std::mem::replace(&mut self.provisioner, provisioner);
        tracing::info!("the console went from {} to {}", left.store().name(), self.provisioner.store().name());
        self.spawn(Task::Other, async move {
            left.store().close().await;
            None
        });
    }
}
