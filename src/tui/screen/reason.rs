//! The first step of every change: why, by whom, until when.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::{Input, InputRequest};

use super::Screen;
use super::confirm::Confirm;
use crate::domain::actor::Actor;
use crate::domain::expiry::Expiry;
use crate::domain::host_record::Fingerprint;
use crate::domain::order::Order;
use crate::domain::reason::RotationReason;
use crate::domain::request::{Action, Request};
use crate::domain::session::SessionId;
use crate::domain::snapshot::current_of;
use crate::domain::time::Timestamp;
use crate::store::{Page, SessionFilter, SessionQuery, SessionRow};
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::keymap::KeyMap;
use crate::tui::marks::Aim;
use crate::tui::message::{Failure, Loaded, ReasonUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::update::try_again;
use crate::tui::view::{popup, text};

/// Reasons that are one key away.
pub const QUICK_PICKS: [&str; 4] = ["suspected compromise", "scheduled rotation", "host changed", "lost GUID"];

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new Host GUID.
    Rotate,
    /// No Host GUID any more.
    Revoke,
}

/// The fields, in the order of Tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Why.
    Reason,
    /// By whom.
    By,
    /// Until when; blank is never.
    Expires,
    /// Retire everything and make a new record.
    ForceNew,
}

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
    /// The session.
    pub session: SessionId,
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
        // Refused before it comes here.
        Aim::Gone(_) | Aim::Many(_) | Aim::Range => Vec::new(),
    }
}

/// Asks why the session under the cursor is to be changed, whatever is marked.
pub fn open_for_cursor(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let row = model.list.target().cloned();
    row.map_or_else(Vec::new, |row| show_form(model, purpose, Of { id: row.session.id, row: Some(row) }))
}

/// Asks why this session is to be changed, whatever is marked and wherever the cursor is.
pub fn open_for(model: &mut Model, purpose: Purpose, id: SessionId) -> Vec<Effect> {
    let row = model.list.rows.iter().find(|row| row.session.id == id).cloned();
    show_form(model, purpose, Of { id, row })
}

/// The session of a form, and its row as far as the list has it.
struct Of {
    id: SessionId,
    row: Option<SessionRow>,
}

fn show_form(model: &mut Model, purpose: Purpose, Of { id, row }: Of) -> Vec<Effect> {
    let mut form = Box::new(ReasonForm {
        session: id,
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
    } else {
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
        ReasonUi::GoOn => match form.request(model) {
            // The plan is read freshly, so the age of the list does not matter here.
            Ok(request) => match model.connection.offline() {
                None => return Confirm::open(model, form, request),
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

impl ReasonForm {
    fn fields(&self) -> &'static [Field] {
        match self.purpose {
            Purpose::Rotate => &[Field::Reason, Field::By, Field::Expires, Field::ForceNew],
            Purpose::Revoke => &[Field::Reason, Field::By],
        }
    }

    fn neighbour(&self, step: isize) -> Field {
        let fields = self.fields();
        let here = fields.iter().position(|field| *field == self.field).unwrap_or(0);
        fields[here.saturating_add_signed(step + fields.len().cast_signed()) % fields.len()]
    }

    fn choose(&mut self, step: isize) {
        let count = QUICK_PICKS.len();
        let next = match self.pick {
            None if step > 0 => 0,
            None => count - 1,
            Some(pick) => (pick + count).saturating_add_signed(step) % count,
        };
        self.pick = Some(next);
        self.reason = Input::new(QUICK_PICKS[next].to_owned());
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
            Ok(
                Loaded::Ids(_)
                | Loaded::Marked(..)
                | Loaded::Count(_)
                | Loaded::Detail(..)
                | Loaded::Plan(_)
                | Loaded::Overview(_)
                | Loaded::History(_)
                | Loaded::Found(_)
                | Loaded::Verified(_),
            ) => {}
        }
    }

    /// Reads the fields. The first that does not fit gets the keys.
    fn request(&mut self, model: &Model) -> Result<Request, String> {
        let reason = self.check(Field::Reason, |form| RotationReason::parse(form.reason.value()))?;
        let by = self.check(Field::By, |form| Actor::parse(form.by.value()))?;
        let expiry = self.check(Field::Expires, |form| {
            Expiry::parse(form.expires.value()).and_then(|expiry| expiry.resolve(model.now).map(|_| expiry))
        })?;
        let action = match (self.purpose, self.force_new) {
            (Purpose::Revoke, _) => Action::Revoke,
            (Purpose::Rotate, true) => Action::ForceNew(expiry),
            (Purpose::Rotate, false) => Action::Provision(expiry),
        };
        Ok(Request { session: self.session, action, by, reason: Some(reason), origin: model.about.origin.clone() })
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

/// Draws the form.
pub fn draw(form: &ReasonForm, keys: &KeyMap, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = match form.purpose {
        Purpose::Rotate => " Rotate the Host GUID ",
        Purpose::Revoke => " Revoke the Host GUID ",
    };
    let rows: u16 = if form.purpose == Purpose::Rotate { 13 } else { 11 };
    let inner = popup(title, rows, theme, area, frame);
    let width = usize::from(inner.width);
    let signs = theme.signs;
    let mut lines = vec![
        Line::from(vec![
            Span::styled(format!("Session {}  ", form.session), theme.strong),
            Span::styled(theme.fit(&form.title, width.saturating_sub(16)), theme.plain),
        ]),
        Line::default(),
    ];
    let mut cursor = None;
    let mut put = |field: Field, label: &str, input: &Input, lines: &mut Vec<Line<'static>>| {
        let room = width.saturating_sub(13);
        let scroll = input.visual_scroll(room);
        let focused = form.field == field;
        if focused {
            let column = 13 + input.visual_cursor().saturating_sub(scroll).min(room);
            cursor = Some((u16::try_from(column).unwrap_or(13), u16::try_from(lines.len()).unwrap_or(2)));
        }
        let label_style = if focused { theme.strong } else { theme.plain };
        let sign = if focused { signs.here } else { " " };
        lines.push(Line::from(vec![
            Span::styled(format!("{sign}{label:<12}"), label_style),
            Span::styled(text::window(input.value(), scroll, room), theme.plain),
        ]));
    };
    put(Field::Reason, "Reason", &form.reason, &mut lines);
    let picks = QUICK_PICKS.join(&format!(" {} ", signs.between));
    let arrow = |does| keys.sign(&Ui::Reason(does), signs);
    let (up, down) = (arrow(ReasonUi::PickUp), arrow(ReasonUi::PickDown));
    lines.push(Line::styled(theme.fit(&format!("             {up} {down} {picks}"), width), theme.dim));
    put(Field::By, "By", &form.by, &mut lines);
    if form.purpose == Purpose::Rotate {
        put(Field::Expires, "Expires", &form.expires, &mut lines);
        let examples = ["blank: never", "2026-12-31", "8h", "30d"].join(&format!(" {} ", signs.between));
        lines.push(Line::styled(theme.fit(&format!("             {examples}"), width), theme.dim));
        let focused = form.field == Field::ForceNew;
        let style = if focused { theme.selection } else { theme.plain };
        let (sign, mark) = (if focused { signs.here } else { " " }, if form.force_new { "x" } else { " " });
        let label = format!("{sign}[{mark}] force a new record instead of updating in place");
        lines.push(Line::styled(theme.fit(&label, width), style));
    }
    lines.push(Line::default());
    if let Some(fault) = &form.fault {
        let fault = theme.wrap(&format!("{} {fault}", signs.bad), width);
        lines.extend(fault.into_iter().map(|line| Line::styled(line, theme.danger)));
    } else {
        let [on, next, back] = [ReasonUi::GoOn, ReasonUi::Next, ReasonUi::Back].map(|does| keys.of(&Ui::Reason(does)));
        let told = format!("{on}: read the plan   {next}: next field   {back}: back to the list");
        lines.push(Line::styled(theme.fit(&told, width), theme.dim));
    }
    frame.render_widget(Paragraph::new(lines), inner);
    if let Some((x, y)) = cursor {
        frame.set_cursor_position(Position::new(inner.x + x, inner.y + y));
    }
}
