//! The plan, freshly read, and the one way to a change.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Screen;
use super::reason::{Purpose, ReasonForm, Seen};
use crate::config::Profile;
use crate::domain::expected::Conflict;
use crate::domain::hash::HashScheme;
use crate::domain::plan::Outcome;
use crate::domain::request::{Action, Request};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::provision::{Preview, describe, warnings};
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::{ConfirmUi, Failure, Ui};
use crate::tui::model::{Model, RunningJob};
use crate::tui::theme::Theme;
use crate::tui::theme::signs::UNICODE;
use crate::tui::update::try_again;
use crate::tui::view::{popup, text};

/// Milliseconds of quiet that the keys need after the plan is shown: a paste or a held key confirms nothing.
const GRACE: i64 = 350;

/// Milliseconds after which a plan is read again before it can be confirmed.
const STALE: i64 = 30_000;

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
    pub fn loaded(&mut self, answer: Result<Preview, Failure>, now: Timestamp) {
        self.quiet_since = now;
        self.typed.clear();
        match answer {
            Ok(preview) => {
                let found = preview.plan.previous.as_ref().filter(|record| record.is_active);
                let found = found.map(|record| record.hash.fingerprint());
                if self.changed.is_none() && self.form.seen.differs_from(found.as_ref()) {
                    self.changed = Some(changed_since(&preview));
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
        self.preview.as_ref().is_some_and(|preview| preview.session.is_live() || self.protected().is_some())
    }

    fn protected(&self) -> Option<&Profile> {
        self.profile.as_ref().filter(|profile| profile.protected)
    }

    fn asks(&self, model: &Model) -> bool {
        let fresh = model.now.millis_since(self.quiet_since) >= GRACE;
        self.preview.as_ref().is_some_and(|preview| preview.plan.outcome != Outcome::Unchanged) && fresh
    }
}

fn changed_since(preview: &Preview) -> String {
    match &preview.last_change {
        Some(change) => format!(
            "The session changed since the list was read: last by {} at {}.",
            text::clean(&change.by),
            change.at.whole_seconds()
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
        ConfirmUi::Type(c) if confirm.wants_id() => {
            if c.is_ascii_digit() && confirm.typed.len() < 19 {
                confirm.typed.push(c);
            }
        }
        ConfirmUi::Type('y') => return go(model, confirm),
        ConfirmUi::Type(_) => {}
        ConfirmUi::Erase => {
            confirm.typed.pop();
        }
        ConfirmUi::Enter if confirm.wants_id() && confirm.typed == confirm.request.session.to_string() => {
            return go(model, confirm);
        }
        ConfirmUi::Enter if confirm.wants_id() => {
            let back = model.keys.of(&Ui::Confirm(ConfirmUi::Back));
            model.warn(format!("Type {} to confirm; {back} goes back.", confirm.request.session));
        }
        ConfirmUi::Enter => {
            let back = model.keys.of(&Ui::Confirm(ConfirmUi::Back));
            model.warn(format!("Enter alone confirms nothing: y does, {back} goes back."));
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
    if let Some(why) = model.connection.offline() {
        model.warn(why);
        model.screen = Screen::Confirm(confirm);
        return try_again(model);
    }
    if model.now.millis_since(preview.read_at) > STALE {
        model.warn("The plan was over 30 s old, so it was read again. Look at it once more.");
        return Confirm::open(model, confirm.form, confirm.request);
    }
    let expected = Box::new(preview.expected.clone());
    let request = Box::new(confirm.request);
    let job = model.job_id();
    model.job =
        Some(RunningJob { id: job, form: confirm.form, request: request.clone(), since: model.now, cancelling: false });
    model.screen = Screen::Sessions;
    vec![Effect::Provision { job, request, expected }]
}

/// Draws the plan.
pub fn draw(model: &Model, confirm: &Confirm, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = match confirm.form.purpose {
        Purpose::Rotate => " Confirm rotation ",
        Purpose::Revoke => " Confirm revocation ",
    };
    let width = usize::from(popup::inner_width(area));
    let mut lines = body(model, confirm, theme, width);
    let (command, question) = (command_lines(confirm, theme, width), ask(model, confirm, theme, width));
    // Half a command would be another command: where it does not fit, it is left out.
    if lines.len() + command.len() + question.len() <= usize::from(area.height.saturating_sub(2)) {
        lines.extend(command);
    }
    let body = lines.len();
    lines.extend(question);
    let inner = popup(title, u16::try_from(lines.len()).unwrap_or(u16::MAX), theme, area, frame);
    // On a small screen the question matters more than the last lines of the plan.
    let height = usize::from(inner.height);
    if lines.len() > height {
        let surplus = (lines.len() - height + 1).min(body);
        let hidden = format!("{} {surplus} more lines: a taller screen shows them", theme.signs.ellipsis);
        lines.splice(body - surplus..body, [Line::styled(theme.fit(&hidden, width), theme.caution)]);
    }
    let last = u16::try_from(lines.len()).unwrap_or(1).saturating_sub(1);
    frame.render_widget(Paragraph::new(lines), inner);
    if confirm.wants_id() && confirm.failure.is_none() {
        let column = ID_PROMPT.chars().count() + confirm.typed.len();
        frame.set_cursor_position(Position::new(inner.x + u16::try_from(column).unwrap_or(0), inner.y + last));
    }
}

const ID_PROMPT: &str = "Type its id to confirm: [";

fn body(model: &Model, confirm: &Confirm, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(changed) = &confirm.changed {
        lines.extend(
            theme.wrap(&format!("! {changed}"), width).into_iter().map(|line| Line::styled(line, theme.caution)),
        );
    }
    let Some(preview) = &confirm.preview else {
        lines.push(match &confirm.failure {
            Some(failure) => Line::styled(
                theme.fit(&format!("{} {}", theme.signs.bad, text::clean(&failure.what)), width),
                theme.danger,
            ),
            None => Line::raw(format!(
                "Reading the plan {} {} s",
                theme.signs.ellipsis,
                model.now.seconds_since(confirm.since).max(0)
            )),
        });
        return lines;
    };
    lines.push(heading(&preview.session, theme, width));
    lines.push(Line::default());
    for line in describe(&preview.plan, &preview.session) {
        lines.extend(labelled(&line.label, &line.text.replace(UNICODE.to, theme.signs.to), theme, width));
    }
    // Before what the operator has typed: on a small screen the last lines give way.
    for warning in warnings(&preview.plan, confirm.writes) {
        lines.extend(
            theme.wrap(&format!("! {warning}"), width).into_iter().map(|line| Line::styled(line, theme.caution)),
        );
    }
    let reason = confirm.request.reason.as_ref().map_or(String::new(), crate::domain::reason::RotationReason::shown);
    lines.extend(labelled("Reason", &reason, theme, width));
    lines.extend(labelled("By", &confirm.request.by.to_string(), theme, width));
    lines
}

/// Lays out a label and its value, over as many lines as that takes.
fn labelled(label: &str, value: &str, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let parts = theme.wrap(value, width.saturating_sub(27)).into_iter().enumerate();
    let line = |(index, part): (usize, String)| {
        let label = if index == 0 { label } else { "" };
        Line::from(vec![Span::styled(format!("{label:<26} "), theme.dim), Span::styled(part, theme.plain)])
    };
    parts.map(line).collect()
}

fn command_lines(confirm: &Confirm, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let shown = confirm.preview.as_ref().map(|preview| command(confirm, preview, theme));
    shown.map_or_else(Vec::new, |command| labelled("Same on the command line", &command, theme, width))
}

fn heading(session: &Session, theme: &Theme, width: usize) -> Line<'static> {
    let people = session.people();
    let state = if people > 0 { format!("{}, {people} people", theme.status(session)) } else { theme.status(session) };
    let id = format!("Session {}  ", session.id);
    let room = width.saturating_sub(id.len() + text::width(&state) + 2);
    Line::from(vec![
        Span::styled(id, theme.strong),
        Span::styled(format!("{}  ", theme.fit(&text::title(session), room)), theme.plain),
        Span::styled(state, if session.is_live() { theme.good } else { theme.plain }),
    ])
}

/// Writes the command that does the same; reason and name are left to the reader, who must quote them.
fn command(confirm: &Confirm, preview: &Preview, theme: &Theme) -> String {
    let reason = theme.signs.ellipsis;
    let id = confirm.request.session;
    let expires = preview.plan.expires_at.map_or(String::new(), |end| format!(" --expires {end}"));
    let what = match confirm.request.action {
        Action::Revoke => format!("revoke --session-id {id} --rotation-reason {reason}"),
        Action::Consolidate(keep) => format!("consolidate --session-id {id} --keep {keep}"),
        Action::ForceNew(_) => format!("create --session-id {id} --force-new{expires} --rotation-reason {reason}"),
        Action::Provision(_) | Action::RotateRecord(..) => {
            format!("create --session-id {id}{expires} --rotation-reason {reason}")
        }
    };
    let profile = confirm.profile.as_ref().map_or(String::new(), |profile| format!("--profile {} ", profile.name));
    let confirmed = confirm.protected().map_or(String::new(), |profile| format!(" --confirm {id}@{}", profile.name));
    format!("host-provisioner {profile}{what}{confirmed}")
}

/// Says why the id is to be typed.
fn why_id(confirm: &Confirm) -> String {
    match confirm.protected() {
        Some(profile) => format!("The profile {} is protected.", profile.name),
        None => "The session is live.".to_owned(),
    }
}

fn ask(model: &Model, confirm: &Confirm, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let line = |text: &str, style| Line::styled(theme.fit(text, width), style);
    let [back, again] = [ConfirmUi::Back, ConfirmUi::Refresh].map(|does| model.keys.of(&Ui::Confirm(does)));
    let Some(preview) = &confirm.preview else {
        let told = format!("Nothing was changed.   {again}: read again   {back}: back");
        return vec![Line::default(), line(&told, theme.dim)];
    };
    let age = format!("Read {} s ago.", model.now.seconds_since(preview.read_at).max(0));
    if preview.plan.outcome == Outcome::Unchanged {
        return vec![Line::default(), line(&format!("There is nothing to do.   {back}: back"), theme.strong)];
    }
    if confirm.wants_id() {
        return vec![
            Line::default(),
            line(&format!("{age} {}   {back}: back   {again}: read again", why_id(confirm)), theme.caution),
            Line::from(vec![
                Span::styled(ID_PROMPT, theme.strong),
                Span::styled(confirm.typed.clone(), theme.strong),
                Span::styled("_] Enter", theme.strong),
            ]),
        ];
    }
    vec![Line::default(), line(&format!("{age} y: do it   {back}: back   {again}: read again"), theme.strong)]
}
