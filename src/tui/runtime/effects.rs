//! Carries the reducer's effects out.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

use super::copies::Copies;
use super::{Runtime, Task, ask};
use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::guid::HostGuid;
use crate::domain::request::Request;
use crate::domain::session::SessionId;
use crate::provision::{AuditReport, Certainty, Mandate, Planned, SessionEnd};
use crate::tui::clipboard;
use crate::tui::effect::{Effect, JobId, Ticket};
use crate::tui::message::{JobEvent, Loaded, Message, Progress};
use crate::tui::screen::verification::KEPT;
use crate::tui::update::tell;

/// Sessions and entries that a verification goes through between two words.
const TOLD_AFTER: u64 = 5000;

impl Runtime {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out_one(effect);
        }
    }

    fn carry_out_one(&mut self, effect: Effect) {
        let provisioner = Arc::clone(&self.provisioner);
        match effect {
            Effect::Load(ticket, query) => {
                let task = async move { Some(Message::Loaded(ticket, ask::load(&provisioner, query).await)) };
                let handle = self.spawn(Task::Load(ticket), task);
                self.loads.insert(ticket, handle);
            }
            Effect::Verify(ticket, session) => self.verify(ticket, session),
            Effect::CancelLoad(ticket) => {
                if let Some(handle) = self.loads.remove(&ticket) {
                    self.kinds.remove(&handle.id());
                    handle.abort();
                }
            }
            Effect::Open(ticket, name) => self.open_another(ticket, name),
            Effect::Adopt(ticket) => self.adopt(ticket),
            Effect::Watch(pause) => {
                let seen = Arc::clone(&self.marker);
                let look = async move { Some(Message::Looked(ask::look(&provisioner, &seen, pause).await)) };
                let handle = self.spawn(Task::Other, look);
                if let Some(before) = self.watch.replace(handle) {
                    before.abort();
                }
            }
            Effect::Tend => {
                self.spawn(Task::Other, async move { Some(Message::Tended(ask::tend(&provisioner).await)) });
            }
            Effect::Provision { job, request, expected } => self.provision(job, request, expected),
            Effect::CleanUp { job, planned, mandate } => self.clean_up(job, planned, mandate),
            Effect::StopJob(job) => {
                if let Some(stop) = self.stops.get(&job) {
                    stop.cancel();
                }
            }
            Effect::CancelJob(job) => {
                if let Some(cancel) = self.cancels.get(&job) {
                    cancel.cancel();
                }
            }
            Effect::Settle(job, session, event) => {
                self.spawn(Task::Other, async move { Some(ask::settle(&provisioner, job, session, event).await) });
            }
            Effect::Undelivered(session, event, certainty) => self.undelivered(session, event, certainty),
            Effect::Copy(job, guid) => self.copy(job, guid),
            Effect::Forget => {
                if let Some(copies) = &self.copies {
                    copies.forget();
                }
                self.wipe();
            }
            Effect::Mouse(on) => {
                if self.terminal.switch_mouse(on).is_err() {
                    self.exit = Some(129);
                }
            }
            Effect::Redraw => self.wipe(),
            Effect::Suspend => {
                if self.terminal.suspend().is_err() {
                    self.exit = Some(129);
                }
                self.resized();
            }
            Effect::Quit => self.exit = Some(0),
        }
    }

    fn wipe(&mut self) {
        self.outdated = true;
        if self.terminal.wipe().is_err() {
            self.exit = Some(129);
        }
    }

    /// Works through sessions. Its story and how far it is may be dropped when the console is behind; its end is not.
    fn clean_up(&mut self, job: JobId, planned: Vec<Planned>, mandate: Box<Mandate>) {
        let (provisioner, messages) = (Arc::clone(&self.provisioner), self.messages.clone());
        let (cancel, stop, dropped) = (CancellationToken::new(), CancellationToken::new(), Arc::clone(&self.dropped));
        (self.cancels, self.stops) = (HashMap::from([(job, cancel.clone())]), HashMap::from([(job, stop.clone())]));
        self.spawn(Task::Change(job), async move {
            let tell = |line| {
                if messages.try_send(Message::Job(job, JobEvent::Told(line))).is_err() {
                    dropped.fetch_add(1, Ordering::Relaxed);
                }
            };
            let mut ended = |end: &SessionEnd| {
                // A picture of how far it is that comes too late is none.
                let _ = messages.try_send(Message::Job(job, JobEvent::OneEnded(end.clone())));
                if stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let done = provisioner.clean_up(&planned, &mandate, &tell, &mut ended, &cancel).await;
            let failure = done.error.as_ref().map(ask::failure);
            let end = Message::Job(job, JobEvent::CleanedUp(done.ends, failure));
            match messages.send(end).await {
                Ok(()) => None,
                Err(unsent) => Some(unsent.0),
            }
        });
    }

    fn provision(&mut self, job: JobId, request: Box<Request>, expected: Box<Expected>) {
        let (provisioner, messages) = (Arc::clone(&self.provisioner), self.messages.clone());
        let (cancel, dropped) = (CancellationToken::new(), Arc::clone(&self.dropped));
        // One change at a time: what an older one could be cancelled by is of no use.
        self.cancels.clear();
        self.cancels.insert(job, cancel.clone());
        self.spawn(Task::Change(job), async move {
            let tell = |line| {
                if messages.try_send(Message::Job(job, JobEvent::Told(line))).is_err() {
                    dropped.fetch_add(1, Ordering::Relaxed);
                }
            };
            let end = provisioner.change(&request, &expected, &tell, &cancel).await;
            let end = end.map_err(|error| ask::failure(&error));
            // Through the same channel as its story, so that the end comes last.
            let end = Message::Job(job, JobEvent::Ended(Box::new(end)));
            match messages.send(end).await {
                Ok(()) => None,
                Err(unsent) => Some(unsent.0),
            }
        });
    }

    /// Verifies on a connection of its own. What it tells on the way may be lost; its answer is not.
    fn verify(&mut self, ticket: Ticket, session: Option<SessionId>) {
        let (provisioner, messages) = (Arc::clone(&self.provisioner), self.messages.clone());
        let handle = self.spawn(Task::Load(ticket), async move {
            let tell = |progress| drop(messages.try_send(Message::Verifying(ticket, progress)));
            let next = AtomicU64::new(TOLD_AFTER);
            let told = |report: &AuditReport| {
                let AuditReport { sessions, entries, damaged, .. } = *report;
                if sessions + entries >= next.load(Ordering::Relaxed) {
                    next.store(sessions + entries + TOLD_AFTER, Ordering::Relaxed);
                    tell(Progress::Read { entries, damaged });
                }
            };
            let count = async {
                if let (None, Ok(entries)) = (session, provisioner.store().count_entries().await) {
                    tell(Progress::About(entries));
                }
            };
            let (found, ()) = tokio::join!(provisioner.verify_histories(session, KEPT, &told), count);
            let found = found.map(|report| Loaded::Verified(Box::new(report)));
            Some(Message::Loaded(ticket, found.map_err(|error| ask::failure(&error))))
        });
        self.loads.insert(ticket, handle);
    }

    fn copy(&mut self, job: JobId, guid: HostGuid) {
        if !clipboard::in_tmux() {
            let result = clipboard::copy_by_osc52(&guid);
            self.take(Message::Copied(job, result));
            return;
        }
        let copied = self.copies.get_or_insert_with(Copies::begin).copy(guid);
        self.spawn(Task::Other, async move { Some(Message::Copied(job, copied.await)) });
    }

    pub(super) fn undelivered(&mut self, session: SessionId, event: EventId, certainty: Certainty) {
        let lines = std::sync::Mutex::new(Vec::new());
        self.provisioner.undelivered(session, event, certainty, &|line| {
            lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        });
        for line in lines.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            tell(&mut self.model, &line);
        }
    }
}
