//! The console without a terminal: keys go through the key map and the reducer, questions are answered from memory.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use host_provisioner::config::TimeMode;
use host_provisioner::domain::actor::{Actor, Origin};
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::hash::HashScheme;
use host_provisioner::domain::overview::MaxAge;
use host_provisioner::domain::request::Request;
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::Timestamp;
use host_provisioner::provision::{Mandate, Planned, Provisioned, SessionEnd};
use host_provisioner::tui::effect::{Effect, JobId, Query, Ticket};
use host_provisioner::tui::keymap::{message_in, pointer_in};
use host_provisioner::tui::message::{Failure, Global, JobEvent, Loaded, Look, Message, Ui};
use host_provisioner::tui::model::{About, Model};
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::confirm::Confirm;
use host_provisioner::tui::screen::consolidation::Consolidation;
use host_provisioner::tui::screen::reason::ReasonForm;
use host_provisioner::tui::screen::report::Report;
use host_provisioner::tui::screen::reveal::Reveal;
use host_provisioner::tui::update::{start, update};

use super::canned::Canned;
use crate::world::{guid, hours};

/// The GUID that the first change makes.
pub(crate) const GUID: &str = "00000000-0000-4000-8000-000000000002";

/// A change that was started.
#[derive(Debug, Clone)]
pub(crate) struct Started {
    pub(crate) job: JobId,
    pub(crate) request: Request,
    pub(crate) expected: Expected,
}

/// A consolidation that was started.
#[derive(Debug, Clone)]
pub(crate) struct CleaningUp {
    pub(crate) job: JobId,
    pub(crate) planned: Vec<Planned>,
    pub(crate) mandate: Mandate,
}

/// A console, its clock, its database, and what it wanted done.
pub(crate) struct Console {
    pub(crate) model: Model,
    pub(crate) now: Timestamp,
    pub(crate) data: Canned,
    /// Questions that are not answered yet.
    pub(crate) waiting: Vec<(Ticket, Query)>,
    /// Every change that was started.
    pub(crate) started: Vec<Started>,
    /// Every consolidation that was started.
    pub(crate) cleaning: Vec<CleaningUp>,
    /// Whether questions are answered at once.
    pub(crate) prompt: bool,
}

pub(crate) fn about() -> About {
    About {
        database: "sqlite demo.db".to_owned(),
        profile: None,
        places: Vec::new(),
        operator: Actor::parse("M. Keller").unwrap(),
        origin: Origin { os_user: "mkeller".to_owned(), client: "bastion2 host-provisioner/0.1.0".to_owned() },
        warnings: Vec::new(),
        times: TimeMode::Age,
        demo: false,
        max_age: MaxAge::new(std::time::Duration::from_hours(90 * 24)),
        unverified: false,
        read_only: None,
        writes: HashScheme::Sha256,
    }
}

impl Console {
    /// A console of 120×35 on this data, with everything read.
    pub(crate) fn on(data: Canned) -> Self {
        Self::sized(data, (120, 35))
    }

    pub(crate) fn sized(data: Canned, size: (u16, u16)) -> Self {
        let mut console = Self::unread(data, size);
        console.answer();
        console
    }

    /// A console that has asked for its first rows.
    pub(crate) fn unread(data: Canned, size: (u16, u16)) -> Self {
        let now = hours(0);
        let model = Model::new(about(), now, size);
        let mut console = Self { model, now, data, waiting: vec![], started: vec![], cleaning: vec![], prompt: true };
        let effects = start(&mut console.model);
        console.note(&effects);
        console
    }

    fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Load(ticket, query) => self.waiting.push((*ticket, query.clone())),
                Effect::CancelLoad(ticket) => self.waiting.retain(|(waits, _)| waits != ticket),
                // Whoever asked the database before is stopped.
                Effect::Adopt(_) => self.waiting.clear(),
                Effect::Provision { job, request, expected } => {
                    let (request, expected) = ((**request).clone(), (**expected).clone());
                    self.started.push(Started { job: *job, request, expected });
                }
                Effect::CleanUp { job, planned, mandate } => {
                    let (planned, mandate) = (planned.clone(), (**mandate).clone());
                    self.cleaning.push(CleaningUp { job: *job, planned, mandate });
                }
                _ => {}
            }
        }
    }

    /// Takes a message in, after the clock, as the runtime does.
    pub(crate) fn send(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = update(&mut self.model, Message::Clock(self.now));
        effects.extend(update(&mut self.model, message));
        self.note(&effects);
        if self.prompt {
            self.answer();
        }
        effects
    }

    /// Answers every question, and those that the answers lead to.
    pub(crate) fn answer(&mut self) {
        while !self.waiting.is_empty() {
            let (ticket, query) = self.waiting.remove(0);
            let answer = self.data.answer(&query, self.now);
            self.loaded(ticket, answer);
        }
    }

    /// Answers every question with a failure.
    pub(crate) fn refuse(&mut self, what: &str) {
        for (ticket, _) in std::mem::take(&mut self.waiting) {
            self.loaded(ticket, Err(super::canned::failure(what)));
        }
    }

    pub(crate) fn loaded(&mut self, ticket: Ticket, answer: Result<Loaded, Failure>) -> Vec<Effect> {
        update(&mut self.model, Message::Clock(self.now));
        let effects = update(&mut self.model, Message::Loaded(ticket, answer));
        self.note(&effects);
        effects
    }

    /// Presses a key; a key that means nothing here does nothing.
    pub(crate) fn event(&mut self, event: KeyEvent) -> Vec<Effect> {
        match message_in(&self.model, event) {
            Some(ui) => self.send(Message::Ui(ui)),
            None => Vec::new(),
        }
    }

    pub(crate) fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.event(KeyEvent::new(code, KeyModifiers::NONE))
    }

    pub(crate) fn ctrl(&mut self, letter: char) -> Vec<Effect> {
        self.event(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))
    }

    pub(crate) fn enter(&mut self) -> Vec<Effect> {
        self.press(KeyCode::Enter)
    }

    pub(crate) fn esc(&mut self) -> Vec<Effect> {
        self.press(KeyCode::Esc)
    }

    /// Types characters one after the other.
    pub(crate) fn keys(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|c| self.press(KeyCode::Char(c))).collect()
    }

    /// The mouse does something at a column and a line.
    pub(crate) fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        match pointer_in(&self.model, event) {
            Some(ui) => self.send(Message::Ui(ui)),
            None => Vec::new(),
        }
    }

    fn global(&mut self, global: Global) -> Vec<Effect> {
        self.send(Message::Ui(Ui::Global(global)))
    }

    pub(crate) fn paste(&mut self, data: &str) -> Vec<Effect> {
        self.global(Global::Paste(data.to_owned()))
    }

    pub(crate) fn resize(&mut self, columns: u16, lines: u16) -> Vec<Effect> {
        self.global(Global::Resize(columns, lines))
    }

    pub(crate) fn lose_focus(&mut self) -> Vec<Effect> {
        self.global(Global::FocusLost)
    }

    /// Lets time pass; the clock ticks once at its end.
    pub(crate) fn pass(&mut self, milliseconds: i64) {
        self.now = Timestamp::new(self.now.utc() + chrono::TimeDelta::milliseconds(milliseconds));
        let effects = update(&mut self.model, Message::Clock(self.now));
        self.note(&effects);
        if self.prompt && !effects.is_empty() {
            self.answer();
        }
    }

    /// Puts the cursor on this session.
    pub(crate) fn go_to(&mut self, number: i64) {
        self.keys("g");
        while self.cursor() != Some(number) {
            let before = self.cursor();
            self.keys("j");
            assert_ne!(self.cursor(), before, "session {number} is in the list");
        }
    }

    /// Goes from the list to the plan of a rotation, long enough ago for keys to count.
    pub(crate) fn reach_plan(&mut self, number: i64) {
        self.go_to(number);
        self.keys("R");
        self.press(KeyCode::Down);
        self.enter();
        self.pass(400);
    }

    /// Rotates an idle session up to the running change.
    pub(crate) fn reach_change(&mut self, number: i64) -> Started {
        self.reach_plan(number);
        self.keys("y");
        self.started.last().cloned().expect("the change was started")
    }

    /// Rotates an idle session up to the new GUID.
    pub(crate) fn reach_guid(&mut self, number: i64) -> Started {
        let started = self.reach_change(number);
        self.end(&started);
        started
    }

    /// What carrying a started change out comes to.
    pub(crate) fn outcome(&mut self, started: &Started) -> Result<Provisioned, Failure> {
        let number = self.started.iter().filter(|other| other.job.0 <= started.job.0).count() as u64;
        self.data.change(&started.request, &started.expected, guid(number), self.now)
    }

    /// Carries a started change out.
    pub(crate) fn end(&mut self, started: &Started) -> Vec<Effect> {
        let end = self.outcome(started);
        self.job(started.job, JobEvent::Ended(Box::new(end)))
    }

    /// Carries a started consolidation out up to so many sessions, and tells of each.
    pub(crate) fn clean_up(&mut self, started: &CleaningUp, sessions: usize) -> Vec<SessionEnd> {
        let mut ends = Vec::new();
        for planned in started.planned.iter().take(sessions) {
            let end = self.data.consolidate(planned, &started.mandate, self.now);
            ends.push(end.clone());
            self.job(started.job, JobEvent::OneEnded(end));
        }
        ends
    }

    /// Carries a started consolidation out to its end.
    pub(crate) fn end_clean_up(&mut self, started: &CleaningUp) -> Vec<Effect> {
        let ends = self.clean_up(started, usize::MAX);
        self.job(started.job, JobEvent::CleanedUp(ends, None))
    }

    /// Goes from the list to the plan of a consolidation of what is marked or under the cursor.
    pub(crate) fn reach_consolidation(&mut self) {
        self.keys("C");
        self.enter();
        self.pass(400);
    }

    /// A look at the database ends.
    pub(crate) fn look(&mut self, look: Look) -> Vec<Effect> {
        self.send(Message::Looked(look))
    }

    pub(crate) fn job(&mut self, job: JobId, event: JobEvent) -> Vec<Effect> {
        self.send(Message::Job(job, event))
    }

    pub(crate) fn cursor(&self) -> Option<i64> {
        self.model.list.cursor.map(SessionId::get)
    }

    /// The ids in the window.
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.model.list.rows.iter().map(|row| row.session.id.get()).collect()
    }

    pub(crate) fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| &notice.text)
    }

    pub(crate) fn is_on_the_list(&self) -> bool {
        matches!(self.model.screen, Screen::Sessions)
    }

    pub(crate) fn form(&self) -> &ReasonForm {
        match &self.model.screen {
            Screen::Reason(form) => form,
            other => panic!("the reason form is not shown, but {other:?}"),
        }
    }

    pub(crate) fn confirm(&self) -> &Confirm {
        match &self.model.screen {
            Screen::Confirm(confirm) => confirm,
            other => panic!("no plan is shown, but {other:?}"),
        }
    }

    pub(crate) fn consolidation(&self) -> &Consolidation {
        match &self.model.screen {
            Screen::Consolidation(shown) => shown,
            other => panic!("no plan for duplicates is shown, but {other:?}"),
        }
    }

    pub(crate) fn report(&self) -> &Report {
        match &self.model.screen {
            Screen::Report(report) => report,
            other => panic!("no report is shown, but {other:?}"),
        }
    }

    pub(crate) fn reveal(&self) -> &Reveal {
        match &self.model.screen {
            Screen::Reveal(reveal) => reveal,
            other => panic!("no GUID is shown, but {other:?}"),
        }
    }
}
