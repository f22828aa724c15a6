//! What a running change reports, and what becomes of it.

use crate::domain::request::Request;
use crate::domain::session::SessionId;
use crate::provision::{Certainty, ProvisionEvent, Provisioned};
use crate::tui::effect::{Effect, JobId};
use crate::tui::log_pane::{Level, LogLine};
use crate::tui::message::{Failure, JobEvent, MainUi, RevealUi, Ui};
use crate::tui::model::{Kind, Model, RunningJob, Settling, Work};
use crate::tui::screen::confirm::Confirm;
use crate::tui::screen::consolidation::CleanUp;
use crate::tui::screen::reason::ReasonForm;
use crate::tui::screen::{Screen, consolidation, detail, reveal, sessions};

/// Takes a report of a change in.
pub(super) fn job(model: &mut Model, id: JobId, event: JobEvent) -> Vec<Effect> {
    match event {
        JobEvent::Told(line) => {
            if model.job.as_ref().is_some_and(|job| job.id == id) {
                tell(model, &line);
            }
            Vec::new()
        }
        JobEvent::Ended(end) => {
            let Some(running) = model.job.take_if(|job| job.id == id) else {
                return Vec::new();
            };
            match (*end, running.work) {
                (Ok(provisioned), _) => done(model, id, provisioned),
                (Err(failure), Work::Change { form, request }) => failed(model, form, *request, &failure),
                (Err(failure), Work::CleanUp(work)) => cleaned_up(model, id, *work, Some(failure)),
            }
        }
        JobEvent::OneEnded(end) => {
            consolidation::one_ended(model, id, end);
            Vec::new()
        }
        JobEvent::CleanedUp(ends, failure) => {
            let Some(RunningJob { work: Work::CleanUp(work), .. }) = model.job.take_if(|job| job.id == id) else {
                return Vec::new();
            };
            cleaned_up(model, id, CleanUp { ends, ..*work }, failure)
        }
        JobEvent::Settled(committed) => {
            let Some(place) = model.settling.iter().position(|settling| settling.job == id) else {
                return Vec::new();
            };
            let settling = model.settling.remove(place);
            settled(model, settling, committed)
        }
    }
}

/// Puts a line of the story into the log panel.
pub fn tell(model: &mut Model, line: &ProvisionEvent) {
    let level = if line.is_error() { Level::Error } else { Level::Info };
    model.log.push(LogLine { at: model.now, text: line.to_string(), level });
}

fn done(model: &mut Model, id: JobId, provisioned: Provisioned) -> Vec<Effect> {
    let session = provisioned.applied.plan.session;
    let mut effects = sessions::refresh(model);
    effects.extend(detail::follow_cursor(model, true));
    let revoked = provisioned.guid.is_none();
    let known = provisioned.certainty == Certainty::Committed;
    if !known {
        let kind = if revoked { Kind::Revocation } else { Kind::Provision };
        model.settling.push(Settling { job: id, session, kind });
        effects.push(Effect::Settle(id, session, provisioned.event));
    }
    match (revoked, known) {
        (false, _) => {
            model.ready = Some((id, provisioned));
            show_what_is_ready(model);
        }
        (true, true) => effects.extend(revocation_is_done(model, session)),
        (true, false) => model.warn_of_change(format!(
            "It is NOT KNOWN yet whether the revocation of session {session} was committed; asking the database."
        )),
    }
    effects
}

fn cleaned_up(model: &mut Model, id: JobId, work: CleanUp, failure: Option<Failure>) -> Vec<Effect> {
    let effects = consolidation::ended(model, id, work, failure);
    show_what_is_ready(model);
    effects
}

fn revocation_is_done(model: &mut Model, session: SessionId) -> Option<Effect> {
    model.say_of_change(format!("Session {session} has no active Host GUID any more."));
    model.quitting.then_some(Effect::Quit)
}

/// Opens the reveal screen, but never under the fingers of a person who is doing something else.
pub(super) fn show_what_is_ready(model: &mut Model) {
    if !matches!(model.screen, Screen::Sessions) {
        if model.ready.is_some() {
            let back = model.keys.main(MainUi::Back);
            model.say(format!("The new Host GUID is ready: {back}, back to the list, shows it."));
        } else if model.report.is_some() {
            let back = model.keys.main(MainUi::Back);
            model.say(format!("The consolidation is over: {back}, back to the list, shows what was done."));
        }
        return;
    }
    if let Some(report) = model.report.take() {
        model.screen = Screen::Report(report);
        return;
    }
    if let Some((job, provisioned)) = model.ready.take() {
        reveal::open(model, job, provisioned);
    }
}

fn failed(model: &mut Model, form: Box<ReasonForm>, request: Request, failure: &Failure) -> Vec<Effect> {
    model.quitting = false;
    let calm = matches!(model.screen, Screen::Sessions);
    if let Some(conflict) = failure.conflict.as_ref().filter(|_| calm) {
        return Confirm::reopen(model, form, request, conflict);
    }
    model.warn_of_change(failure.sentence());
    sessions::refresh(model)
}

fn settled(model: &mut Model, settling: Settling, committed: bool) -> Vec<Effect> {
    let Settling { job: id, session, kind } = settling;
    if kind == Kind::Consolidation {
        return consolidation::settled(model, session, committed);
    }
    if kind == Kind::Revocation {
        if committed {
            return revocation_is_done(model, session).into_iter().collect();
        }
        model.quitting = false;
        model.warn_of_change(format!(
            "It is settled: the revocation of session {session} was NOT committed, its Host GUID works."
        ));
        return sessions::refresh(model);
    }
    if let Screen::Reveal(reveal) = model.screen.beneath()
        && reveal.job == id
    {
        reveal.standing = if committed { reveal::Standing::Committed } else { reveal::Standing::NotCommitted };
        return Vec::new();
    }
    match (model.ready.take_if(|(job, _)| *job == id), committed) {
        (Some((job, provisioned)), true) => {
            model.ready = Some((job, Provisioned { certainty: Certainty::Committed, ..provisioned }));
        }
        (None, true) => model.say_of_change("It is settled: the change was committed, the new Host GUID works."),
        (Some(_) | None, false) => {
            model.quitting = false;
            model.warn_of_change("It is settled: the change was NOT committed, the old Host GUID works.");
        }
    }
    Vec::new()
}

pub(super) fn copied(model: &mut Model, job: JobId, result: Result<String, String>) -> Vec<Effect> {
    match result {
        Ok(how) => {
            if let Screen::Reveal(reveal) = model.screen.beneath()
                && reveal.job == job
            {
                reveal.handed_over = true;
            }
            model.say(how);
        }
        Err(why) => {
            let show = model.keys.of(&Ui::Reveal(RevealUi::Show));
            model.warn(format!("{why}; {show} shows it instead"));
        }
    }
    Vec::new()
}
