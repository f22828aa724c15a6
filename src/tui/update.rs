//! The reducer: what happens changes the model and says what to do. Pure: no I/O, no clock, no randomness.

use super::effect::{Effect, JobId};
use super::log_pane::{Level, LogLine};
use super::message::{Failure, JobEvent, MainUi, Message, RevealUi, Ui};
use super::model::{Model, Panel, Settling};
use super::screen::confirm::Confirm;
use super::screen::sessions::marked;
use super::screen::{
    Screen, confirm, detail, filter, help, history, leave, log, main, overview, profiles, reason, reveal, sessions,
    verification, warnings,
};
use super::view::layout;
use crate::domain::session::SessionId;
use crate::provision::{Certainty, ProvisionEvent, Provisioned};

mod answers;
mod anywhere;
mod following;
mod from_palette;

use answers::loaded;
use anywhere::anywhere;
pub use following::try_again;
use following::{keep_up, looked};
use from_palette::from_palette;

/// Starts: asks for the first rows.
pub fn start(model: &mut Model) -> Vec<Effect> {
    warnings::announce(model);
    sessions::load_first(model)
}

/// Takes one message in.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = match message {
        Message::Clock(now) => {
            // A clock that was set back cannot tell how long a GUID has been shown.
            if now < model.now {
                reveal::mask(model);
            }
            model.now = now;
            reveal::clock(model);
            return filter::clock(model);
        }
        Message::Ui(ui) => person(model, ui),
        Message::Job(id, event) => job(model, id, event),
        Message::Loaded(ticket, answer) => loaded(model, ticket, answer),
        Message::Verifying(ticket, progress) => {
            verification::progress(model, ticket, progress);
            return Vec::new();
        }
        Message::Looked(look) => {
            looked(model, look);
            Vec::new()
        }
        Message::Opened(ticket, answer) => profiles::opened(model, ticket, answer),
        Message::Copied(job, result) => copied(model, job, result),
    };
    effects.extend(keep_up(model));
    effects.extend(marked::look_up(model));
    effects
}

fn person(model: &mut Model, ui: Ui) -> Vec<Effect> {
    let screen = match ui {
        Ui::Global(global) => return anywhere(model, global),
        Ui::Main(_)
        | Ui::Filter(_)
        | Ui::Reason(_)
        | Ui::Confirm(_)
        | Ui::Reveal(_)
        | Ui::Pager(_)
        | Ui::Help(_)
        | Ui::Log(_)
        | Ui::Palette(_)
        | Ui::History(_)
        | Ui::Findings(_)
        | Ui::Profiles(_)
        | Ui::Overview(_)
        | Ui::Leave(_) => {
            model.notice = None;
            std::mem::replace(&mut model.screen, Screen::Sessions)
        }
    };
    // A key that was meant for another screen does nothing.
    let effects = match (ui, screen) {
        (Ui::Main(ui), Screen::Sessions) => main::update(model, ui),
        (Ui::Filter(ui), Screen::Filter) => {
            model.screen = Screen::Filter;
            filter::update(model, ui)
        }
        (Ui::Log(ui), Screen::LogSearch) => {
            model.screen = Screen::LogSearch;
            log::update(model, ui)
        }
        (Ui::Reason(ui), Screen::Reason(form)) => reason::update(model, form, ui),
        (Ui::Confirm(ui), Screen::Confirm(confirm)) => confirm::update(model, confirm, ui),
        (Ui::Reveal(ui), Screen::Reveal(reveal)) => reveal::update(model, reveal, ui),
        (Ui::Pager(ui), Screen::Detail(full)) => detail::full::update(model, full, ui),
        (Ui::Findings(ui), Screen::Findings(shown)) => verification::update(model, shown, ui),
        (Ui::History(ui), Screen::History(shown)) => history::update(model, shown, ui),
        (Ui::Pager(ui), Screen::Help(shown)) => help::update(model, shown, ui),
        (Ui::Pager(ui), Screen::Warnings(shown)) => warnings::update(model, shown, ui),
        (Ui::Help(ui), Screen::Help(shown)) => help::search(model, shown, ui),
        (Ui::Palette(ui), Screen::Palette(shown)) => return from_palette(model, shown, ui),
        (Ui::Profiles(ui), Screen::Profiles(shown)) => profiles::update(model, shown, ui),
        (Ui::Overview(ui), Screen::Overview) => overview::update(model, ui),
        (Ui::Leave(ui), Screen::Leave) => leave::update(model, ui),
        (
            Ui::Global(_)
            | Ui::Main(_)
            | Ui::Filter(_)
            | Ui::Reason(_)
            | Ui::Confirm(_)
            | Ui::Reveal(_)
            | Ui::Pager(_)
            | Ui::Help(_)
            | Ui::Log(_)
            | Ui::Palette(_)
            | Ui::History(_)
            | Ui::Findings(_)
            | Ui::Profiles(_)
            | Ui::Overview(_)
            | Ui::Leave(_),
            other,
        ) => {
            model.screen = other;
            Vec::new()
        }
    };
    show_what_is_ready(model);
    verification::show_findings(model);
    keep_the_cursor_in_sight(model);
    effects
}

/// A key can change how many rows fit.
fn keep_the_cursor_in_sight(model: &mut Model) {
    if layout::panels(model).contains(&Panel::Sessions) {
        let height = layout::list_rows(model);
        model.list.scroll_into_view(height);
    }
}

fn job(model: &mut Model, id: JobId, event: JobEvent) -> Vec<Effect> {
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
            match *end {
                Ok(provisioned) => done(model, id, provisioned),
                Err(failure) => failed(model, running, &failure),
            }
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
        model.settling.push(Settling { job: id, session, revoked });
        effects.push(Effect::Settle(id, session, provisioned.event));
    }
    match (revoked, known) {
        (false, _) => {
            model.ready = Some((id, provisioned));
            show_what_is_ready(model);
        }
        (true, true) => effects.extend(revocation_is_done(model, session)),
        (true, false) => model.warn(format!(
            "It is NOT KNOWN yet whether the revocation of session {session} was committed; asking the database."
        )),
    }
    effects
}

fn revocation_is_done(model: &mut Model, session: SessionId) -> Option<Effect> {
    model.say(format!("Session {session} has no active Host GUID any more."));
    model.quitting.then_some(Effect::Quit)
}

/// Opens the reveal screen, but never under the fingers of a person who is doing something else.
fn show_what_is_ready(model: &mut Model) {
    if !matches!(model.screen, Screen::Sessions) {
        if model.ready.is_some() {
            let back = model.keys.main(MainUi::Back);
            model.say(format!("The new Host GUID is ready: {back}, back to the list, shows it."));
        }
        return;
    }
    if let Some((job, provisioned)) = model.ready.take() {
        reveal::open(model, job, provisioned);
    }
}

fn failed(model: &mut Model, running: super::model::RunningJob, failure: &Failure) -> Vec<Effect> {
    model.quitting = false;
    let calm = matches!(model.screen, Screen::Sessions);
    if let Some(conflict) = failure.conflict.as_ref().filter(|_| calm) {
        return Confirm::reopen(model, running.form, *running.request, conflict);
    }
    model.warn(format!("{}; {}.", failure.what, failure.unchanged));
    sessions::refresh(model)
}

fn settled(model: &mut Model, settling: Settling, committed: bool) -> Vec<Effect> {
    let Settling { job: id, session, revoked } = settling;
    if revoked {
        if committed {
            return revocation_is_done(model, session).into_iter().collect();
        }
        model.quitting = false;
        model.warn(format!(
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
        (None, true) => model.say("It is settled: the change was committed, the new Host GUID works."),
        (Some(_) | None, false) => {
            model.quitting = false;
            model.warn("It is settled: the change was NOT committed, the old Host GUID works.");
        }
    }
    Vec::new()
}

fn copied(model: &mut Model, job: JobId, result: Result<String, String>) -> Vec<Effect> {
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
