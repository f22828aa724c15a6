//! The new GUID: masked, shown for ten seconds, copied, and wiped on leaving.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Screen, sessions};
use crate::domain::event_id::EventId;
use crate::domain::guid::HostGuid;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::{Certainty, Provisioned};
use crate::tui::effect::{Effect, JobId};
use crate::tui::message::{RevealUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::popup;
use crate::tui::view::times::Times;

/// Seconds for which the GUID is shown.
const SHOWN: i64 = 10;

/// What a GUID looks like: how many digits there are between its hyphens.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// Whether the database holds the new GUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Committed,
    /// The connection was lost after COMMIT; it is being asked.
    Settling,
    /// It does not: the old GUID works.
    NotCommitted,
}

/// A new GUID on its way to a person.
#[derive(Debug)]
pub struct Reveal {
    /// The job that made it.
    pub job: JobId,
    /// The GUID.
    pub guid: HostGuid,
    /// What was done.
    pub provisioned: Provisioned,
    /// Whether the database holds it.
    pub standing: Standing,
    /// Until when it is shown.
    pub shown_until: Option<Timestamp>,
    /// Whether it was ever shown or copied.
    pub handed_over: bool,
    /// Whether "Have you handed it over?" is being asked.
    pub asking: bool,
}

impl Reveal {
    /// Tells whether a GUID that worked before has stopped working.
    fn replaces(&self) -> bool {
        self.provisioned.applied.plan.previous.as_ref().is_some_and(|record| record.is_active)
    }

    /// Gives session, event and certainty of a GUID that works, or may, and that nobody has seen.
    #[must_use]
    pub fn undelivered(&self) -> Option<(SessionId, EventId, Certainty)> {
        let certainty = match self.standing {
            Standing::Committed => Certainty::Committed,
            Standing::Settling => Certainty::Unknown,
            Standing::NotCommitted => return None,
        };
        (!self.handed_over).then_some((self.provisioned.applied.plan.session, self.provisioned.event, certainty))
    }
}

/// Opens the screen for a change that made a GUID.
pub fn open(model: &mut Model, job: JobId, mut provisioned: Provisioned) {
    let Some(guid) = provisioned.guid.take() else {
        return;
    };
    let standing = match provisioned.certainty {
        Certainty::Committed => Standing::Committed,
        Certainty::Unknown => Standing::Settling,
    };
    let reveal = Reveal { job, guid, provisioned, standing, shown_until: None, handed_over: false, asking: false };
    model.screen = Screen::Reveal(Box::new(reveal));
}

/// Carries out what a person does before a new GUID.
pub fn update(model: &mut Model, mut reveal: Box<Reveal>, ui: RevealUi) -> Vec<Effect> {
    let mut effects = Vec::new();
    match ui {
        RevealUi::Show => {
            reveal.shown_until = Some(model.now.plus_seconds(SHOWN));
            reveal.handed_over = true;
            reveal.asking = false;
        }
        RevealUi::Copy => {
            reveal.asking = false;
            effects.push(Effect::Copy(reveal.job, reveal.guid.clone()));
        }
        RevealUi::Leave if reveal.handed_over || reveal.standing == Standing::NotCommitted => {
            return leave(model, &reveal);
        }
        RevealUi::Leave if reveal.asking => reveal.asking = false,
        RevealUi::Leave => {
            reveal.asking = true;
            reveal.shown_until = None;
        }
        RevealUi::Yes if reveal.asking => return leave(model, &reveal),
        RevealUi::Yes => {}
    }
    model.screen = Screen::Reveal(reveal);
    effects
}

/// Leaves; the GUID is dropped here and wipes itself.
fn leave(model: &mut Model, reveal: &Reveal) -> Vec<Effect> {
    model.screen = Screen::Sessions;
    let mut effects = vec![Effect::Forget];
    if let Some((session, event, certainty)) = reveal.undelivered() {
        effects.push(Effect::Undelivered(session, event, certainty));
    }
    if model.quitting {
        effects.push(Effect::Quit);
    } else {
        effects.extend(sessions::refresh(model));
        effects.extend(super::detail::follow_cursor(model, true));
    }
    effects
}

/// Hides the GUID: its time is over, or somebody else may be looking.
pub fn mask(model: &mut Model) {
    if let Screen::Reveal(reveal) = model.screen.beneath() {
        reveal.shown_until = None;
    }
}

/// Hides the GUID when its time is over.
pub fn clock(model: &mut Model) {
    let now = model.now;
    if let Screen::Reveal(reveal) = model.screen.beneath() {
        reveal.shown_until = reveal.shown_until.filter(|end| *end > now);
    }
}

/// Draws the GUID, or its mask.
pub fn draw(model: &Model, reveal: &Reveal, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let session = reveal.provisioned.applied.plan.session;
    let title = format!(" New Host GUID for session {session} ");
    let width = usize::from(popup::inner_width(area));
    let when = when(reveal, model.times(), theme, width);
    let inner = popup(&title, 6 + u16::try_from(when.len()).unwrap_or(0), theme, area, frame);
    let left = reveal.shown_until.map(|end| (end.millis_since(model.now).max(0) + 999) / 1000);
    // Borrowed by the frame, and wiped when it is drawn.
    let clear = left.map(|_| reveal.guid.reveal());
    let guid = match &clear {
        Some(text) => Span::styled(text.as_str(), theme.strong),
        None => Span::styled(GROUPS.map(|digits| theme.signs.mask.repeat(digits)).join("-"), theme.plain),
    };
    let signs = theme.signs;
    let (sign, standing, style) = match reveal.standing {
        Standing::Committed if reveal.replaces() => {
            (signs.good, "committed: the new GUID works, the old one does not", theme.good)
        }
        Standing::Committed => (signs.good, "committed: the new GUID works", theme.good),
        Standing::Settling => ("?", "NOT KNOWN yet whether it was committed; asking the database", theme.caution),
        Standing::NotCommitted => (signs.bad, "NOT committed: this GUID is worthless, the old one works", theme.danger),
    };
    let asked = if reveal.asking { "Have you handed it over? It is shown nowhere else." } else { "" };
    let key = |does| model.keys.of(&Ui::Reveal(does));
    let (show, copy, leave) = (key(RevealUi::Show), key(RevealUi::Copy), key(RevealUi::Leave));
    let keys = if reveal.asking {
        let yes = key(RevealUi::Yes);
        let keys = format!("{yes}: yes, leave   {show}: show   {copy}: copy   {leave}: stay");
        Line::styled(theme.fit(&keys, width), theme.danger)
    } else {
        let show = left.map_or(format!("{show}:show 10 s"), |left| format!("hidden in {left} s"));
        Line::styled(theme.fit(&format!("{show}   {copy}:copy   {leave}:done"), width), theme.strong)
    };
    let record = reveal.provisioned.applied.record.as_ref().map_or(String::new(), |record| {
        format!("record #{} {}, shown once, stored nowhere", record.id, record.hash.fingerprint())
    });
    let mut lines = vec![
        Line::from(vec![Span::styled("GUID   ", theme.dim), guid]),
        Line::default(),
        Line::styled(theme.fit(&format!("{sign} {standing}"), width), style),
        Line::styled(theme.fit(&record, width), theme.dim),
    ];
    lines.extend(when);
    lines.extend([Line::styled(theme.fit(asked, width), theme.danger), keys]);
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Says when the GUID was made, and until when it works.
fn when(reveal: &Reveal, times: Times, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(record) = &reveal.provisioned.applied.record else { return Vec::new() };
    let made = times.exact_instant(reveal.provisioned.applied.at);
    let expires = record.expires_at.map_or("never".to_owned(), |end| times.exact_instant(end));
    let said = [format!("made {made}"), format!("expires {expires}")];
    said.into_iter().map(|line| Line::styled(theme.fit(&line, width), theme.dim)).collect()
}
