//! The first step of every change: why, by whom, until when.

use tui_input::{Input, InputRequest};

use super::Screen;
use super::confirm::Confirm;
use super::consolidation::Consolidation;
use crate::domain::actor::Actor;
use crate::domain::expiry::Expiry;
use crate::domain::host_record::Fingerprint;
use crate::domain::order::Order;
use crate::domain::reason::RotationReason;
use crate::domain::request::{Action, Request};
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::domain::snapshot::current_of;
use crate::domain::time::Timestamp;
use crate::provision::Mandate;
use crate::store::{Page, SessionFilter, SessionQuery, SessionRow};
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::marks::Aim;
use crate::tui::message::{Failure, Loaded, ReasonUi};
use crate::tui::model::Model;
use crate::tui::update::try_again;
use crate::tui::view::text;

mod draw;
mod purpose;

pub use draw::draw;
pub use purpose::{Field, Purpose, QUICK_PICKS};

/// What was seen of a session's current record before its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: its row is not read yet.
    Unread,
    /// Its fingerprint, or that there is none.
    Current(Option<Fingerprint>),
}

impl Seen {
    /// Tells whether what is found now is not what was seen.
    #[must_use]
    pub fn differs_from(&self, found: Option<&Fingerprint>) -> bool {
        match self {
            Self::Unread => false,
            Self::Current(seen) => seen.as_ref() != found,
        }
    }
}

/// The form, with what the list showed of its session.
#[derive(Debug, Clone)]
pub struct ReasonForm {
    /// The session; the first where there are several.
    pub session: SessionId,
    /// All sessions, where there are several.
    pub several: Option<SessionSet>,
    /// Its title, safe to show.
    pub title: String,
    /// What the list showed of its current record.
    pub seen: Seen,
    /// The question for a session that the list does not show.
    pub ticket: Option<Ticket>,
    /// What the form is for.
    pub purpose: Purpose,
    /// The field that has the keys.
    pub field: Field,
    /// Why.
    pub reason: Input,
    /// By whom.
    pub by: Input,
    /// Until when.
    pub expires: Input,
    /// Retire everything and make a new record.
    pub force_new: bool,
    /// The quick pick that was chosen last.
    pub pick: Option<usize>,
    /// What is wrong, after Enter.
    pub fault: Option<String>,
}

/// Asks why the marked session, else the one under the cursor, is to be changed.
pub fn open(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    match model.marks.aim() {
        Aim::Cursor => open_for_cursor(model, purpose),
        Aim::One(id) => open_for(model, purpose, id),
        Aim::Many(_) if purpose == Purpose::Consolidate => {
            let several = model.marks.ids.clone();
            let first = several.after(None).next();
            first.map_or_else(Vec::new, |id| show_form(model, purpose, Of { id, row: None, several: Some(several) }))
        }
        // Refused before it comes here.
        Aim::Gone(_) | Aim::Many(_) | Aim::Range => Vec::new(),
    }
}

/// Asks why the session under the cursor is to be changed, whatever is marked.
pub fn open_for_cursor(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let row = model.list.target().cloned();
    let of = row.map(|row| Of { id: row.session.id, row: Some(row), several: None });
    of.map_or_else(Vec::new, |of| show_form(model, purpose, of))
}

/// Asks why this session is to be changed, whatever is marked and wherever the cursor is.
pub fn open_for(model: &mut Model, purpose: Purpose, id: SessionId) -> Vec<Effect> {
    let row = model.list.rows.iter().find(|row| row.session.id == id).cloned();
    show_form(model, purpose, Of { id, row, several: None })
}

/// The session of a form, and its row as far as the list has it; or several sessions.
struct Of {
    id: SessionId,
    row: Option<SessionRow>,
    several: Option<SessionSet>,
}

fn show_form(model: &mut Model, purpose: Purpose, Of { id, row, several }: Of) -> Vec<Effect> {
    let mut form = Box::new(ReasonForm {
        session: id,
        several,
        title: String::new(),
        seen: Seen::Unread,
        ticket: None,
        purpose,
        field: Field::Reason,
        reason: Input::default(),
        by: Input::new(model.about.operator.as_str().to_owned()),
        expires: Input::default(),
        force_new: false,
        pick: None,
        fault: None,
    });
    let mut effects = Vec::new();
    if let Some(row) = row {
        form.take_row(&row, model.now);
    } else if form.several.is_none() {
        // The keys that follow are meant for the form: it opens at once, and its title comes after it.
        let ticket = model.ticket();
        form.ticket = Some(ticket);
        let query =
            SessionQuery { filter: SessionFilter::default(), order: Order::default(), page: Page::From(id), limit: 1 };
        effects.push(Effect::Load(ticket, Query::Sessions(query)));
    }
    model.screen = Screen::Reason(form);
    effects
}

/// Carries out what a person does in the form.
pub fn update(model: &mut Model, mut form: Box<ReasonForm>, ui: ReasonUi) -> Vec<Effect> {
    match ui {
        ReasonUi::Edit(request) => form.edit(request),
        ReasonUi::Space if form.field == Field::ForceNew => form.force_new = !form.force_new,
        ReasonUi::Space => form.edit(InputRequest::InsertChar(' ')),
        ReasonUi::Next => form.field = form.neighbour(1),
        ReasonUi::Previous => form.field = form.neighbour(-1),
        ReasonUi::PickDown => form.choose(1),
        ReasonUi::PickUp => form.choose(-1),
        ReasonUi::Back => {
            model.screen = Screen::Sessions;
            return Vec::new();
        }
        ReasonUi::GoOn => match form.asked(model) {
            // The plan is read freshly, so the age of the list does not matter here.
            Ok(asked) => match model.connection.offline(model.times()) {
                None => {
                    return match asked {
                        Asked::Change(request) => Confirm::open(model, form, request),
                        Asked::CleanUp(mandate) => Consolidation::open(model, form, mandate),
                    };
                }
                Some(why) => {
                    model.screen = Screen::Reason(form);
                    model.warn(why);
                    return try_again(model);
                }
            },
            Err(fault) => form.fault = Some(fault),
        },
    }
    model.screen = Screen::Reason(form);
    Vec::new()
}

/// What a form asks for, once its fields are read.
enum Asked {
    Change(Request),
    CleanUp(Mandate),
}

impl ReasonForm {
    /// Lists so many of the sessions, in the order of ids, after one of them.
    pub(super) fn sessions_after(&self, after: Option<SessionId>, most: usize) -> Vec<SessionId> {
        match &self.several {
            Some(several) => several.after(after).take(most).collect(),
            None => Some(self.session).filter(|_| after.is_none()).into_iter().collect(),
        }
    }

    fn neighbour(&self, step: isize) -> Field {
        let fields = self.purpose.fields();
        let here = fields.iter().position(|field| *field == self.field).unwrap_or(0);
        fields[here.saturating_add_signed(step + fields.len().cast_signed()) % fields.len()]
    }

    fn choose(&mut self, step: isize) {
        let picks = self.purpose.quick_picks();
        let count = picks.len();
        let next = match self.pick {
            None if step > 0 => 0,
            None => count - 1,
            Some(pick) => (pick + count).saturating_add_signed(step) % count,
        };
        self.pick = Some(next);
        self.reason = Input::new(picks[next].to_owned());
        self.field = Field::Reason;
        self.fault = None;
    }

    /// Gives the focused text field and the characters that it may have.
    fn input(&mut self) -> Option<(&mut Input, usize)> {
        match self.field {
            Field::Reason => Some((&mut self.reason, 500)),
            Field::By => Some((&mut self.by, 128)),
            Field::Expires => Some((&mut self.expires, 40)),
            Field::ForceNew => None,
        }
    }

    fn edit(&mut self, request: InputRequest) {
        self.fault = None;
        let Some((input, limit)) = self.input() else {
            return;
        };
        let inserts = matches!(request, InputRequest::InsertChar(_));
        if !inserts || input.value().chars().count() < limit {
            input.handle(request);
        }
    }

    /// Takes a paste in as data: one line, no control characters.
    pub fn paste(&mut self, data: &str) {
        for c in data.trim_end_matches(['\r', '\n']).chars() {
            self.edit(InputRequest::InsertChar(if c.is_control() { ' ' } else { c }));
        }
    }

    fn take_row(&mut self, row: &SessionRow, now: Timestamp) {
        self.title = text::title(&row.session);
        self.seen = Seen::Current(current_of(&row.active, now).map(|record| record.hash.fingerprint()));
    }

    /// Takes in what was read of a session that the list does not show.
    pub fn loaded(&mut self, answer: Result<Loaded, Failure>, now: Timestamp) {
        self.ticket = None;
        match answer {
            Ok(Loaded::Sessions(rows)) => match rows.first().filter(|row| row.session.id == self.session) {
                Some(row) => self.take_row(row, now),
                None => self.fault = Some(format!("session {} is gone", self.session)),
            },
            Err(failure) => self.fault = Some(format!("the session could not be read: {}", failure.what)),
            Ok(_) => {}
        }
    }

    /// Reads the fields. The first that does not fit gets the keys.
    fn asked(&mut self, model: &Model) -> Result<Asked, String> {
        let needs_none = self.purpose == Purpose::Consolidate && self.reason.value().trim().is_empty();
        let reason = if needs_none {
            None
        } else {
            Some(self.check(Field::Reason, |form| RotationReason::parse(form.reason.value()))?)
        };
        let by = self.check(Field::By, |form| Actor::parse(form.by.value()))?;
        let expiry = self.check(Field::Expires, |form| {
            Expiry::parse(form.expires.value()).and_then(|expiry| expiry.resolve(model.now).map(|_| expiry))
        })?;
        let origin = model.about.origin.clone();
        let action = match (self.purpose, self.force_new) {
            (Purpose::Consolidate, _) => return Ok(Asked::CleanUp(Mandate { by, reason, origin })),
            (Purpose::Revoke, _) => Action::Revoke,
            (Purpose::Rotate, true) => Action::ForceNew(expiry),
            (Purpose::Rotate, false) => Action::Provision(expiry),
        };
        Ok(Asked::Change(Request { session: self.session, action, by, reason, origin }))
    }

    fn check<T, E: std::fmt::Display>(
        &mut self,
        field: Field,
        parse: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, String> {
        parse(self).map_err(|error| {
            self.field = field;
            error.to_string()
        })
    }
}
