//! Verifying histories from the console: beside everything else, with its progress told, and its findings to go through.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::{Screen, history};
use crate::domain::audit::Damage;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::AuditReport;
use crate::tui::effect::{Effect, Ticket};
use crate::tui::log_pane::{Level, LogLine};
use crate::tui::message::{Failure, FindingsUi, Loaded, MainUi, Motion, Progress};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_of, layout, text};

/// Faults that are kept to be shown; the others are counted.
pub const KEPT: usize = 1000;

/// A verification under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verifying {
    /// Its name.
    pub ticket: Ticket,
    /// Whose history; `None` is everybody's.
    pub session: Option<SessionId>,
    /// When it began.
    pub since: Timestamp,
    /// Entries that were verified so far.
    pub entries: u64,
    /// Faults that were found so far.
    pub damaged: u64,
    /// Entries that there are, about.
    pub of: Option<u64>,
}

/// What the last verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whose history; `None` is everybody's.
    pub session: Option<SessionId>,
    /// When it began: it saw the history as it was then.
    pub at: Timestamp,
    /// Entries that were verified.
    pub entries: u64,
    /// Faults that were found.
    pub damaged: u64,
}

/// The findings of a verification.
#[derive(Debug)]
pub struct Findings {
    /// What was found.
    pub report: Box<AuditReport>,
    /// The line under the cursor.
    pub cursor: usize,
    /// Where leaving leads.
    pub back: Box<Screen>,
}

/// Begins to verify the history of a session, or of all.
pub fn begin(model: &mut Model, session: Option<SessionId>) -> Vec<Effect> {
    if model.verifying.is_some() {
        let stop = model.keys.main(MainUi::Cancel);
        model.say(format!("A verification is under way; {stop} in the list or the history stops it."));
        return Vec::new();
    }
    let ticket = model.ticket();
    let since = model.now;
    model.verifying = Some(Verifying { ticket, session, since, entries: 0, damaged: 0, of: None });
    note(model, format!("AUDIT: verifying {}", whose(session)), Level::Info);
    vec![Effect::Verify(ticket, session)]
}

/// Stops the verification under way, if there is one.
pub fn stop(model: &mut Model) -> Option<Effect> {
    let stopped = model.verifying.take()?;
    model.say("Stopped verifying; what was not read is not verified.");
    let Verifying { session, entries, .. } = stopped;
    note(
        model,
        format!("AUDIT: stopped verifying {} after {}", whose(session), counted(entries, "entry", "entries")),
        Level::Info,
    );
    Some(Effect::CancelLoad(stopped.ticket))
}

/// Takes in how far a verification is.
pub fn progress(model: &mut Model, ticket: Ticket, progress: Progress) {
    let Some(verifying) = model.verifying.as_mut().filter(|verifying| verifying.ticket == ticket) else { return };
    match progress {
        Progress::Read { entries, damaged } => (verifying.entries, verifying.damaged) = (entries, damaged),
        Progress::About(entries) => verifying.of = Some(entries),
    }
}

/// Tells whether a question is a verification's.
#[must_use]
pub fn asked(model: &Model, ticket: Ticket) -> bool {
    model.verifying.is_some_and(|verifying| verifying.ticket == ticket)
}

/// Takes in what a verification found.
pub fn ended(model: &mut Model, answer: Result<Loaded, Failure>) {
    let Some(verifying) = model.verifying.take() else { return };
    match answer {
        Ok(Loaded::Verified(report)) => found(model, verifying, report),
        Err(failure) => {
            let said = format!("Not verified: {}", failure.what);
            note(model, format!("AUDIT: {} not verified: {}", whose(verifying.session), failure.what), Level::Warn);
            model.warn(said);
        }
        Ok(_) => {}
    }
}

fn found(model: &mut Model, Verifying { session, since, .. }: Verifying, report: Box<AuditReport>) {
    let AuditReport { sessions, entries, damaged, .. } = *report;
    model.verified = Some(Verified { session, at: since, entries, damaged });
    let read = format!(
        "{} of {} in {}",
        counted(entries, "entry", "entries"),
        counted(sessions, "session", "sessions"),
        text::waited(since, model.now)
    );
    if damaged == 0 {
        let old = match report.unaudited {
            0 => String::new(),
            count => format!("; {} with nothing to verify", counted(count, "session", "sessions")),
        };
        note(model, format!("AUDIT: verified {}: intact, {read}{old}", whose(session)), Level::Info);
        model.say(format!("Verified {}: intact, {read}{old}.", whose(session)));
        return;
    }
    let faults = counted(damaged, "thing is", "things are");
    note(
        model,
        format!("AUDIT: verified {}: {faults} not as the history left them, {read}", whose(session)),
        Level::Error,
    );
    model.findings = Some(report);
    show_findings(model);
    if model.findings.is_some() {
        model.warn("The verification found damage: back in the list or the history it is shown.");
    }
}

/// Shows findings that wait, but never under the fingers of a person who is doing something else.
pub fn show_findings(model: &mut Model) {
    let calm = match &model.screen {
        Screen::Sessions | Screen::Detail(_) => true,
        Screen::History(history) => history.mode == history::Mode::List,
        Screen::Filter
        | Screen::LogSearch
        | Screen::Reason(_)
        | Screen::Confirm(_)
        | Screen::Consolidation(_)
        | Screen::Report(_)
        | Screen::Reveal(_)
        | Screen::Help(_)
        | Screen::Profiles(_)
        | Screen::Palette(_)
        | Screen::Overview
        | Screen::Warnings(_)
        | Screen::Findings(_)
        | Screen::Leave => false,
    };
    if let Some(report) = model.findings.take_if(|_| calm) {
        let back = Box::new(std::mem::replace(&mut model.screen, Screen::Sessions));
        model.screen = Screen::Findings(Findings { report, cursor: 0, back });
    }
}

/// Carries out what a person does before the findings.
pub fn update(model: &mut Model, mut findings: Findings, ui: FindingsUi) -> Vec<Effect> {
    match ui {
        FindingsUi::Move(motion) => {
            let last = findings.report.damage.len().saturating_sub(1);
            findings.cursor = moved(findings.cursor, motion, rows(model), last);
        }
        FindingsUi::Open => {
            let damage = findings.report.damage.get(findings.cursor);
            let place = damage.map(|damage| (SessionId::new(damage.session), damage.seq));
            match place {
                Some((Some(session), seq)) => {
                    return history::open_at(model, session, seq, Screen::Findings(findings));
                }
                Some((None, _)) => model.say("No session can have that id."),
                None => {}
            }
        }
        FindingsUi::Back => {
            model.screen = *findings.back;
            return Vec::new();
        }
    }
    model.screen = Screen::Findings(findings);
    Vec::new()
}

fn rows(model: &Model) -> usize {
    layout::page(model).1.saturating_sub(1).max(1)
}

fn moved(cursor: usize, motion: Motion, page: usize, last: usize) -> usize {
    match motion {
        Motion::Up => cursor.saturating_sub(1),
        Motion::Down => cursor + 1,
        Motion::HalfUp => cursor.saturating_sub(page / 2),
        Motion::HalfDown => cursor + page / 2,
        Motion::PageUp => cursor.saturating_sub(page),
        Motion::PageDown => cursor + page,
        Motion::First => 0,
        Motion::Last => last,
    }
    .min(last)
}

/// Draws the findings.
pub fn draw(model: &Model, findings: &Findings, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let report = &findings.report;
    let title = format!(" {} not as the history left them ", counted(report.damaged, "thing is", "things are"));
    let right = format!("{} verified", counted(report.entries, "entry", "entries"));
    let inner = frame_of(&title, &right, true, theme, area, frame);
    let (width, rows) = (usize::from(inner.width), rows(model));
    let first = findings.cursor.saturating_sub(rows - 1);
    let shown = report.damage.iter().enumerate().skip(first).take(rows);
    let mut lines: Vec<Line<'_>> =
        shown.map(|(place, damage)| line(damage, place == findings.cursor, theme, width)).collect();
    lines.resize(rows, Line::default());
    lines.push(Line::styled(theme.fit(&advice(report), width), theme.dim));
    frame.render_widget(Paragraph::new(lines), inner);
}

fn line(damage: &Damage, here: bool, theme: &Theme, width: usize) -> Line<'static> {
    let sign = if here { theme.signs.here } else { " " };
    let said = theme.fit(&format!("{sign} {} {damage}", theme.signs.bad), width);
    Line::styled(said, if here { theme.selection } else { theme.danger })
}

fn advice(report: &AuditReport) -> String {
    let listed = u64::try_from(report.damage.len()).unwrap_or(u64::MAX);
    match report.damaged.saturating_sub(listed) {
        0 => "Somebody changed the database past this program; compare with a backup.".to_owned(),
        more => format!("and {more} more: host-provisioner audit verify lists all; compare with a backup."),
    }
}

/// Says how far the verification under way is, and which key stops it, in so many columns.
#[must_use]
pub fn words(model: &Model, theme: &Theme, width: usize) -> Option<String> {
    let verifying = model.verifying.as_ref()?;
    let millis = model.now.millis_since(verifying.since).max(0);
    let of = verifying.of.map_or(String::new(), |of| format!(" of about {of}"));
    let rate =
        u64::try_from(millis).ok().filter(|millis| *millis >= 1000).map(|millis| verifying.entries * 1000 / millis);
    let rate = rate.map_or(String::new(), |rate| format!(", {rate} a second"));
    let damaged = match verifying.damaged {
        0 => String::new(),
        count => format!(", {} {count} DAMAGED", theme.signs.bad),
    };
    let (sign, whose) = (theme.turn(verifying.since, model.now), whose(verifying.session));
    let stop = format!("   {} stops it", model.keys.main(MainUi::Cancel));
    let entries = verifying.entries;
    // The rate gives way first, then how many there are, then whose they are; how to stop it, and damage, never do.
    let forms = [
        format!("{sign} Verifying {whose}: {entries}{of} entries{rate}{damaged}{stop}"),
        format!("{sign} Verifying {whose}: {entries}{of} entries{damaged}{stop}"),
        format!("{sign} Verifying {whose}: {entries} entries{damaged}{stop}"),
        format!("{sign} Verifying: {entries} entries{damaged}{stop}"),
        format!("{sign} {entries}{damaged}{stop}"),
    ];
    let fits = |form: &&String| text::width(form) < width;
    forms.iter().find(fits).or(forms.last()).cloned()
}

/// Says how the history of a screen was verified last, if it was.
#[must_use]
pub fn last_words(model: &Model, session: Option<SessionId>, theme: &Theme) -> Option<String> {
    let verified = model.verified.filter(|verified| verified.session == session)?;
    let when = format!("verified {}", model.times().told(verified.at.min(model.now)));
    Some(match verified.damaged {
        0 => format!("{when}: intact"),
        count => format!("{when}: {} {count} DAMAGED", theme.signs.bad),
    })
}

fn whose(session: Option<SessionId>) -> String {
    session.map_or_else(|| "all histories".to_owned(), |session| format!("the history of session {session}"))
}

fn counted(count: u64, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {more}") }
}

fn note(model: &mut Model, text: String, level: Level) {
    model.log.push(LogLine { at: model.now, text, level });
}
