//! The plan, freshly read, and the one way to a change.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Screen;
use super::consent::{self, Answer};
use super::reason::{ReasonForm, Seen};
use super::sheet::{self, Sheet};
use crate::config::Profile;
use crate::domain::expected::Conflict;
use crate::domain::hash::HashScheme;
use crate::domain::plan::Outcome;
use crate::domain::request::{Action, Request};
use crate::domain::time::Timestamp;
use crate::provision::{Preview, describe, warnings};
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::{ConfirmUi, Failure, Ui};
use crate::tui::model::{Model, RunningJob, Work};
use crate::tui::theme::Theme;
use crate::tui::theme::signs::UNICODE;
use crate::tui::update::try_again;
use crate::tui::view::times::Times;
use crate::tui::view::{popup, text};

/// A request on its way through the operator's eyes.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The form to go back to.
    pub form: Box<ReasonForm>,
    /// What is asked.
    pub request: Request,
    /// The question for the plan.
    pub ticket: Ticket,
    /// When it was asked.
    pub since: Timestamp,
    /// The plan.
    pub preview: Option<Preview>,
    /// Why there is none.
    pub failure: Option<Failure>,
    /// How the session differs from what the operator saw before.
    pub changed: Option<String>,
    /// The last instant at which a key was ignored, or the plan appeared.
    pub quiet_since: Timestamp,
    /// The id as far as it is typed.
    pub typed: String,
    /// The scheme that new hashes are written in.
    pub writes: HashScheme,
    /// The profile in which it is done.
    pub profile: Option<Profile>,
}

impl Confirm {
    /// Opens the screen and asks for the plan.
    pub fn open(model: &mut Model, form: Box<ReasonForm>, request: Request) -> Vec<Effect> {
        let ticket = model.ticket();
        let confirm = Self {
            form,
            request: request.clone(),
            ticket,
            since: model.now,
            preview: None,
            failure: None,
            changed: None,
            quiet_since: model.now,
            typed: String::new(),
            writes: model.about.writes,
            profile: model.about.profile.clone(),
        };
        model.screen = Screen::Confirm(Box::new(confirm));
        vec![Effect::Load(ticket, Query::Plan(Box::new(request)))]
    }

    /// Opens the screen again after a change met another one: the new plan needs a new confirmation.
    pub fn reopen(model: &mut Model, form: Box<ReasonForm>, request: Request, conflict: &Conflict) -> Vec<Effect> {
        let effects = Self::open(model, form, request);
        if let Screen::Confirm(confirm) = &mut model.screen {
            confirm.changed = Some(format!("Nothing was done: {conflict}."));
        }
        effects
    }

    /// Takes the plan in.
    pub fn loaded(&mut self, answer: Result<Preview, Failure>, times: Times) {
        self.quiet_since = times.now;
        self.typed.clear();
        match answer {
            Ok(preview) => {
                let found = preview.plan.previous.as_ref().filter(|record| record.is_active);
                let found = found.map(|record| record.hash.fingerprint());
                if self.changed.is_none() && self.form.seen.differs_from(found.as_ref()) {
                    self.changed = Some(changed_since(&preview, times));
                }
                self.form.seen = Seen::Current(found);
                self.preview = Some(preview);
                self.failure = None;
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Tells whether the plan is still being read.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.preview.is_none() && self.failure.is_none()
    }

    /// Tells whether the session's id must be typed: people are in it, or would notice, or the profile is protected.
    #[must_use]
    pub fn wants_id(&self) -> bool {
        self.preview
            .as_ref()
            .is_some_and(|preview| preview.session.is_live() || consent::is_protected(self.profile.as_ref()))
    }

    fn asks(&self, model: &Model) -> bool {
        let fresh = consent::is_quiet(self.quiet_since, model.now);
        self.preview.as_ref().is_some_and(|preview| preview.plan.outcome != Outcome::Unchanged) && fresh
    }
}

fn changed_since(preview: &Preview, times: Times) -> String {
    match &preview.last_change {
        Some(change) => format!(
            "The session changed since the list was read: last by {} {}.",
            text::clean(&change.by),
            times.exact_instant(change.at)
        ),
        None => "The session changed since the list was read, by another program.".to_owned(),
    }
}

/// Reads the plan again; what was told about a change of the session stays.
fn read_again(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    let stopped = Effect::CancelLoad(confirm.ticket);
    let mut effects = Confirm::open(model, confirm.form, confirm.request);
    if let Screen::Confirm(opened) = &mut model.screen {
        opened.changed = confirm.changed;
    }
    effects.insert(0, stopped);
    effects
}

/// Carries out what a person does before a plan.
pub fn update(model: &mut Model, mut confirm: Box<Confirm>, ui: ConfirmUi) -> Vec<Effect> {
    match ui {
        ConfirmUi::Back => {
            let ticket = confirm.ticket;
            model.screen = Screen::Reason(confirm.form);
            return vec![Effect::CancelLoad(ticket)];
        }
        ConfirmUi::Refresh => return read_again(model, *confirm),
        ConfirmUi::Type(_) | ConfirmUi::Enter if !confirm.asks(model) => confirm.quiet_since = model.now,
        ConfirmUi::Type(_)
        | ConfirmUi::Enter
        | ConfirmUi::Erase
        | ConfirmUi::ChooseNext
        | ConfirmUi::ChoosePrevious => {
            let wanted = confirm.wants_id().then(|| confirm.request.session.to_string());
            let back = model.keys.of(&Ui::Confirm(ConfirmUi::Back));
            match consent::answer(ui, &mut confirm.typed, wanted.as_deref(), &back) {
                Answer::Yes => return go(model, confirm),
                Answer::NotYet => {}
                Answer::No(why) => model.warn(why),
            }
        }
    }
    model.screen = Screen::Confirm(confirm);
    Vec::new()
}

/// Starts the change that was confirmed: the only place that makes the effect.
fn go(model: &mut Model, confirm: Box<Confirm>) -> Vec<Effect> {
    let Some(preview) = &confirm.preview else {
        model.screen = Screen::Confirm(confirm);
        return Vec::new();
    };
    if let Some(why) = model.connection.offline(model.times()) {
        model.warn(why);
        model.screen = Screen::Confirm(confirm);
        return try_again(model);
    }
    if consent::is_stale(preview.read_at, model.now) {
        model.warn("The plan was over 30 s old, so it was read again. Look at it once more.");
        return Confirm::open(model, confirm.form, confirm.request);
    }
    let expected = Box::new(preview.expected.clone());
    let request = Box::new(confirm.request);
    let job = model.job_id();
    let work = Work::Change { form: confirm.form, request: request.clone() };
    model.job = Some(RunningJob { id: job, work, since: model.now, cancelling: false });
    model.screen = Screen::Sessions;
    vec![Effect::Provision { job, request, expected }]
}

/// Draws the plan.
pub fn draw(model: &Model, confirm: &Confirm, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(popup::inner_width(area));
    let command = confirm.preview.as_ref().map(|preview| command(confirm, preview, theme));
    let (session, profile) = (confirm.request.session, confirm.profile.as_ref());
    let (question, cursor) = ask(model, confirm, theme, width);
    let sheet = Sheet {
        title: confirm.form.purpose.question(),
        body: body(model, confirm, theme, width),
        command: command.map_or_else(Vec::new, |what| sheet::command(&what, session, profile, theme, width)),
        question,
        cursor,
    };
    sheet.draw(theme, area, frame);
}

fn body(model: &Model, confirm: &Confirm, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(changed) = &confirm.changed {
        lines.extend(sheet::warning(changed, theme, width));
    }
    let Some(preview) = &confirm.preview else {
        lines.extend(sheet::unread(confirm.failure.as_ref(), confirm.since, model.now, theme, width));
        return lines;
    };
    let times = model.times();
    lines.push(sheet::heading(&preview.session, theme, width));
    lines.push(Line::default());
    for line in describe(&preview.plan, &preview.session, &|at| times.exact_instant(at)) {
        lines.extend(sheet::labelled(&line.label, &line.text.replace(UNICODE.to, theme.signs.to), theme, width));
    }
    // Before what the operator has typed: on a small screen the last lines give way.
    for warning in warnings(&preview.plan, confirm.writes) {
        lines.extend(sheet::warning(&warning, theme, width));
    }
    lines.extend(sheet::why(confirm.request.reason.as_ref(), &confirm.request.by, theme, width));
    lines
}

/// Writes the command that does the same; reason and name are left to the reader, who must quote them.
fn command(confirm: &Confirm, preview: &Preview, theme: &Theme) -> String {
    let reason = theme.signs.ellipsis;
    let id = confirm.request.session;
    let expires = preview.plan.expires_at.map_or(String::new(), |end| format!(" --expires {end}"));
    match confirm.request.action {
        Action::Revoke => format!("revoke --session-id {id} --rotation-reason {reason}"),
        Action::Consolidate(keep) => format!("consolidate --session-id {id} --keep {keep}"),
        Action::ForceNew(_) => format!("create --session-id {id} --force-new{expires} --rotation-reason {reason}"),
        Action::Provision(_) | Action::RotateRecord(..) => {
            format!("create --session-id {id}{expires} --rotation-reason {reason}")
        }
    }
}

/// Asks for the confirmation; gives the column of the cursor where something is typed.
fn ask(model: &Model, confirm: &Confirm, theme: &Theme, width: usize) -> (Vec<Line<'static>>, Option<usize>) {
    let line = |text: &str, style| Line::styled(theme.fit(text, width), style);
    let [back, again] = [ConfirmUi::Back, ConfirmUi::Refresh].map(|does| model.keys.of(&Ui::Confirm(does)));
    let Some(preview) = &confirm.preview else {
        return (
            vec![
                Line::default(),
                line(&format!("Nothing was changed.   {again}: read again   {back}: back"), theme.dim),
            ],
            None,
        );
    };
    let age = format!("Read {} s ago.", model.now.seconds_since(preview.read_at).max(0));
    if preview.plan.outcome == Outcome::Unchanged {
        return (vec![Line::default(), line(&format!("There is nothing to do.   {back}: back"), theme.strong)], None);
    }
    if confirm.wants_id() {
        let why = consent::why_typed(confirm.profile.as_ref(), "The session is live.");
        let (prompt, cursor) = sheet::prompt("Type its id to confirm", &confirm.typed, theme);
        let told = line(&format!("{age} {why}   {back}: back   {again}: read again"), theme.caution);
        return (vec![Line::default(), told, prompt], Some(cursor).filter(|_| confirm.failure.is_none()));
    }
    (vec![Line::default(), line(&format!("{age} y: do it   {back}: back   {again}: read again"), theme.strong)], None)
}
