//! What is to be done with the duplicates of one session or of several, freshly read, and the one way to doing it.

use super::Screen;
use super::consent::{self, Answer};
use super::reason::ReasonForm;
use crate::config::Profile;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::{Mandate, Planned};
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::{ConfirmUi, Failure, Loaded, Ui};
use crate::tui::model::{Model, RunningJob, Work};
use crate::tui::update::try_again;

mod draw;
mod running;
mod survey;

pub use draw::draw;
pub use running::{CleanUp, ended, one_ended, progress, settled, stop};
pub use survey::{One, Sum, Survey};

/// Sessions of which one question asks: each that has duplicates is read by itself.
const CHUNK: usize = 100;

/// Sessions on their way through the operator's eyes.
#[derive(Debug, Clone)]
pub struct Consolidation {
    /// The form to go back to.
    pub form: Box<ReasonForm>,
    /// By whom, and why.
    pub mandate: Mandate,
    /// The question under way.
    pub ticket: Ticket,
    /// The last session that it asks for.
    pub last: Option<SessionId>,
    /// When the first was asked.
    pub since: Timestamp,
    /// How many sessions were asked for so far.
    pub asked: u64,
    /// What was read so far.
    pub survey: Survey,
    /// When all of it was read.
    pub read_at: Option<Timestamp>,
    /// Why it could not be.
    pub failure: Option<Failure>,
    /// How the session differs from what the operator saw before.
    pub changed: Option<String>,
    /// The last instant at which a key was ignored, or what would be done changed.
    pub quiet_since: Timestamp,
    /// The number as far as it is typed.
    pub typed: String,
    /// The profile in which it is done.
    pub profile: Option<Profile>,
}

impl Consolidation {
    /// Opens the screen and asks for the sessions.
    pub fn open(model: &mut Model, form: Box<ReasonForm>, mandate: Mandate) -> Vec<Effect> {
        let survey = if form.several.is_some() { Survey::Several(Box::default()) } else { Survey::One(None) };
        let ticket = model.ticket();
        let mut shown = Self {
            form,
            mandate,
            ticket,
            last: None,
            since: model.now,
            asked: 0,
            survey,
            read_at: None,
            failure: None,
            changed: None,
            quiet_since: model.now,
            typed: String::new(),
            profile: model.about.profile.clone(),
        };
        let effects = shown.go_on(ticket, model.now);
        model.screen = Screen::Consolidation(Box::new(shown));
        effects
    }

    /// Opens the screen again after a session was met that had changed: what is read now needs a new confirmation.
    pub fn reopen(model: &mut Model, form: Box<ReasonForm>, mandate: Mandate, why: &str) -> Vec<Effect> {
        let effects = Self::open(model, form, mandate);
        if let Screen::Consolidation(shown) = &mut model.screen {
            shown.changed = Some(format!("Nothing was done: {why}."));
        }
        effects
    }

    /// Asks for the next sessions, or notes that all are read.
    fn go_on(&mut self, ticket: Ticket, now: Timestamp) -> Vec<Effect> {
        let chunk = self.form.sessions_after(self.last, CHUNK);
        let Some(last) = chunk.last().copied() else {
            self.read_at = Some(now);
            self.quiet_since = now;
            return Vec::new();
        };
        (self.ticket, self.last) = (ticket, Some(last));
        self.asked += chunk.len() as u64;
        vec![Effect::Load(ticket, Query::Crowded(chunk))]
    }

    /// Tells whether sessions are still being read.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.read_at.is_none() && self.failure.is_none()
    }

    /// Gives what must be typed: the id of a session in which people are, or how many sessions are consolidated where
    /// people are in one of them; in a protected profile either in any case. `None`: `y` is enough.
    #[must_use]
    pub fn wanted(&self) -> Option<String> {
        if self.survey.live() == 0 && !consent::is_protected(self.profile.as_ref()) {
            return None;
        }
        Some(match &self.survey {
            Survey::One(_) => self.form.session.to_string(),
            Survey::Several(sum) => sum.decided.len().to_string(),
        })
    }

    /// Lists what would be done, once all is read.
    fn planned(&self) -> Vec<Planned> {
        if self.read_at.is_none() { Vec::new() } else { self.survey.planned() }
    }

    fn asks(&self, now: Timestamp) -> bool {
        let can_be_done = self.survey.decides() && self.survey.obstacle(now).is_none();
        self.read_at.is_some() && can_be_done && consent::is_quiet(self.quiet_since, now)
    }

    /// Lets another record stay; what would be done is another thing then, and has a quiet of its own.
    fn choose(&mut self, step: isize, now: Timestamp) {
        if let Survey::One(Some(one)) = &mut self.survey {
            one.choose(step);
            self.quiet_since = now;
            self.typed.clear();
        }
    }
}

/// Takes an answer in, and goes on.
pub fn loaded(model: &mut Model, answer: Result<Loaded, Failure>) -> Vec<Effect> {
    let (ticket, now) = (model.ticket(), model.now);
    let Screen::Consolidation(shown) = model.screen.beneath() else { return Vec::new() };
    match answer {
        Ok(Loaded::Crowded(found)) => {
            shown.survey.take_in(found);
            shown.go_on(ticket, now)
        }
        Err(failure) => {
            shown.failure = Some(failure);
            Vec::new()
        }
        Ok(_) => Vec::new(),
    }
}

/// Carries out what a person does before the plan.
pub fn update(model: &mut Model, mut shown: Box<Consolidation>, ui: ConfirmUi) -> Vec<Effect> {
    match ui {
        ConfirmUi::Back => {
            let ticket = shown.ticket;
            model.screen = Screen::Reason(shown.form);
            return vec![Effect::CancelLoad(ticket)];
        }
        ConfirmUi::Refresh => return read_again(model, *shown),
        ConfirmUi::ChooseNext => shown.choose(1, model.now),
        ConfirmUi::ChoosePrevious => shown.choose(-1, model.now),
        ConfirmUi::Type(_) | ConfirmUi::Enter if !shown.asks(model.now) => {
            shown.quiet_since = model.now;
            if shown.survey.wants_a_choice() {
                model.warn("Two records were used close to each other: choose the one that stays first.");
            } else if let Some(why) = shown.survey.obstacle(model.now) {
                model.warn(format!("{why} Choose another one."));
            }
        }
        ConfirmUi::Type(_) | ConfirmUi::Enter | ConfirmUi::Erase => {
            let wanted = shown.wanted();
            let back = model.keys.of(&Ui::Confirm(ConfirmUi::Back));
            match consent::answer(ui, &mut shown.typed, wanted.as_deref(), &back) {
                Answer::Yes => return go(model, shown),
                Answer::NotYet => {}
                Answer::No(why) => model.warn(why),
            }
        }
    }
    model.screen = Screen::Consolidation(shown);
    Vec::new()
}

/// Reads again; what was told about a change of the session stays.
fn read_again(model: &mut Model, shown: Consolidation) -> Vec<Effect> {
    let stopped = Effect::CancelLoad(shown.ticket);
    let mut effects = Consolidation::open(model, shown.form, shown.mandate);
    if let Screen::Consolidation(opened) = &mut model.screen {
        opened.changed = shown.changed;
    }
    effects.insert(0, stopped);
    effects
}

/// Starts what was confirmed: the only place that makes the effect.
fn go(model: &mut Model, shown: Box<Consolidation>) -> Vec<Effect> {
    if let Some(why) = model.connection.offline(model.times()) {
        model.warn(why);
        model.screen = Screen::Consolidation(shown);
        return try_again(model);
    }
    if shown.read_at.is_none_or(|at| consent::is_stale(at, model.now)) {
        model.warn("What was read is over 30 s old, so it was read again. Look at it once more.");
        return read_again(model, *shown);
    }
    let planned = shown.planned();
    let mandate = Box::new(shown.mandate.clone());
    let job = model.job_id();
    let clean_up = CleanUp::of(*shown, &planned);
    model.job =
        Some(RunningJob { id: job, work: Work::CleanUp(Box::new(clean_up)), since: model.now, cancelling: false });
    model.screen = Screen::Sessions;
    vec![Effect::CleanUp { job, planned, mandate }]
}
