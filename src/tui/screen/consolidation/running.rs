//! A consolidation that is under way: how far it is, how it is stopped, and what it came to.

use super::{Consolidation, Survey};
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::provision::{Fate, Mandate, Planned, SessionEnd};
use crate::tui::effect::{Effect, JobId};
use crate::tui::keymap::KeyMap;
use crate::tui::marks::grouped;
use crate::tui::message::{Failure, MainUi};
use crate::tui::model::{Kind, Model, RunningJob, Settling, Work};
use crate::tui::screen::reason::ReasonForm;
use crate::tui::screen::report::Report;
use crate::tui::screen::{Screen, detail, sessions};
use crate::tui::theme::Theme;

/// What is under way.
#[derive(Debug, Clone)]
pub struct CleanUp {
    /// The form that it came from, to go back to when the one session has changed meanwhile.
    pub form: Box<ReasonForm>,
    /// By whom, and why.
    pub mandate: Mandate,
    /// The sessions, in the order in which they are come to.
    pub sessions: Vec<SessionId>,
    /// The sessions that are left to a person.
    pub ambiguous: Vec<SessionId>,
    /// What became of sessions, as far as it was told.
    pub ends: Vec<SessionEnd>,
    /// Whether it is to stop after the session that is under way.
    pub stopping: bool,
}

impl CleanUp {
    pub(super) fn of(shown: Consolidation, planned: &[Planned]) -> Self {
        let ambiguous = match shown.survey {
            Survey::One(_) => Vec::new(),
            Survey::Several(sum) => sum.ambiguous,
        };
        Self {
            form: shown.form,
            mandate: shown.mandate,
            sessions: planned.iter().map(Planned::session).collect(),
            ambiguous,
            ends: Vec::new(),
            stopping: false,
        }
    }

    /// Gives the session that is under way, as far as is known.
    #[must_use]
    pub fn session(&self) -> SessionId {
        let here = self.ends.len().min(self.sessions.len().saturating_sub(1));
        self.sessions.get(here).copied().unwrap_or(self.form.session)
    }

    fn is_one(&self) -> bool {
        self.form.several.is_none()
    }
}

/// Says how far it is.
#[must_use]
pub fn progress(clean_up: &CleanUp, keys: &KeyMap, theme: &Theme, seconds: i64) -> String {
    let (here, all) = (clean_up.ends.len() + 1, clean_up.sessions.len());
    let (session, ellipsis) = (clean_up.session(), theme.signs.ellipsis);
    let number = |count: usize| grouped(count as u64);
    if all <= 1 {
        return format!(
            "Consolidating session {session} {ellipsis} {seconds} s   {} cancels",
            keys.main(MainUi::Cancel)
        );
    }
    let stop = keys.main(MainUi::Back);
    let stop = if clean_up.stopping { "stops after it".to_owned() } else { format!("{stop} stops after it") };
    let here = number(here.min(all));
    format!("Consolidating {here} of {}: session {session} {ellipsis} {seconds} s   {stop}", number(all))
}

/// Lets it end after the session that is under way; `None` where nothing of the kind can be stopped.
pub fn stop(model: &mut Model) -> Option<Vec<Effect>> {
    let job = model.job.as_mut()?;
    let Work::CleanUp(clean_up) = &mut job.work else { return None };
    if clean_up.stopping || clean_up.is_one() {
        return None;
    }
    clean_up.stopping = true;
    let (id, session) = (job.id, clean_up.session());
    model.say(format!("Stopping after session {session}; what is done stays done."));
    Some(vec![Effect::StopJob(id)])
}

/// One session is done with.
pub fn one_ended(model: &mut Model, id: JobId, end: SessionEnd) {
    if let Some(RunningJob { work: Work::CleanUp(clean_up), .. }) = model.job.as_mut().filter(|job| job.id == id) {
        clean_up.ends.push(end);
    }
}

/// All of it is done, or as much as could be.
/// What stays marked is what is left to do.
pub fn ended(model: &mut Model, id: JobId, clean_up: CleanUp, failure: Option<Failure>) -> Vec<Effect> {
    model.marks.unmark(clean_up.ends.iter().filter(|end| !end.fate.is_left()).map(|end| end.session));
    let mut effects = sessions::refresh(model);
    effects.extend(detail::follow_cursor(model, true));
    let lost = clean_up.ends.last().filter(|end| end.fate == Fate::Unknown);
    if let Some((session, event)) = lost.and_then(|end| Some((end.session, end.event?))) {
        model.settling.push(Settling { job: id, session, kind: Kind::Consolidation });
        effects.push(Effect::Settle(id, session, event));
    }
    if !clean_up.is_one() {
        let is_whole = failure.is_none() && clean_up.ends.iter().all(|end| !end.fate.is_left());
        if model.quitting && is_whole && clean_up.ends.len() == clean_up.sessions.len() {
            return vec![Effect::Quit];
        }
        model.quitting = false;
        model.report = Some(Box::new(Report::of(clean_up, failure)));
    } else if let Some(failure) = failure {
        model.quitting = false;
        model.warn_of_change(failure.sentence());
    } else {
        effects.extend(one_is_done(model, clean_up));
    }
    effects
}

/// Tells what became of one session; where it had changed, the plan is read again.
fn one_is_done(model: &mut Model, clean_up: CleanUp) -> Vec<Effect> {
    let Some(end) = clean_up.ends.into_iter().next() else { return Vec::new() };
    let session = end.session;
    match end.fate {
        Fate::Done | Fate::Already | Fate::Planned => {
            let kept = end.kept.map_or(String::new(), |kept| format!(" #{kept}"));
            let retired = end.retired.iter().map(|id: &HostRecordId| format!("#{id}")).collect::<Vec<_>>().join(", ");
            let retired =
                if retired.is_empty() { "no other was active".to_owned() } else { format!("retired: {retired}") };
            model.say_of_change(format!("Session {session} has one active record:{kept} goes on; {retired}."));
            return model.quitting.then_some(Effect::Quit).into_iter().collect();
        }
        Fate::Changed(why) if matches!(model.screen, Screen::Sessions) => {
            model.quitting = false;
            return Consolidation::reopen(model, clean_up.form, clean_up.mandate, &why);
        }
        Fate::Unknown => {
            model.warn_of_change(format!(
                "It is NOT KNOWN yet whether the consolidation of session {session} was committed; asking the database."
            ));
            return Vec::new();
        }
        fate @ (Fate::Changed(_) | Fate::Ambiguous | Fate::Gone | Fate::NotActive | Fate::NotWorking(_)) => {
            let why = fate.why().unwrap_or("it is not as it was read");
            model.warn_of_change(format!("Session {session} was left as it is: {why}."));
        }
    }
    model.quitting = false;
    Vec::new()
}

/// An unknown outcome is known.
pub fn settled(model: &mut Model, session: SessionId, committed: bool) -> Vec<Effect> {
    if committed {
        model.marks.unmark(std::iter::once(session));
        model.say_of_change(format!("It is settled: the consolidation of session {session} was committed."));
        return model.quitting.then_some(Effect::Quit).into_iter().collect();
    }
    model.quitting = false;
    model.warn_of_change(format!(
        "It is settled: the consolidation of session {session} was NOT committed, its Host GUIDs work as before."
    ));
    sessions::refresh(model)
}
