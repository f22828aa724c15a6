//! Draws what would be done.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Consolidation, One, Sum, Survey};
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::tui::marks::grouped;
use crate::tui::message::{ConfirmUi, Ui};
use crate::tui::model::Model;
use crate::tui::screen::records::{self, Fate};
use crate::tui::screen::{consent, sheet};
use crate::tui::theme::Theme;
use crate::tui::view::popup;

/// What a host notices.
const IMPACT: &str = "a host who uses a retired GUID is signed out at once";

/// Lines that a plan has beside those of its records.
const BESIDE: u16 = 12;

/// Draws the plan.
pub fn draw(model: &Model, shown: &Consolidation, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(popup::inner_width(area));
    let (question, cursor) = ask(model, shown, theme, width);
    let sheet = sheet::Sheet {
        title: shown.form.purpose.question(),
        body: body(model, shown, theme, width, area.height),
        command: command(shown, theme, width),
        question,
        cursor,
    };
    sheet.draw(theme, area, frame);
}

fn body(model: &Model, shown: &Consolidation, theme: &Theme, width: usize, height: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(changed) = &shown.changed {
        lines.extend(sheet::warning(changed, theme, width));
    }
    if shown.read_at.is_none() {
        lines.extend(sheet::unread(shown.failure.as_ref(), shown.since, model.now, theme, width));
        if let Survey::Several(_) = shown.survey {
            let (asked, all) = (grouped(shown.asked), grouped(shown.form.several.as_ref().map_or(1, SessionSet::len)));
            lines.push(Line::styled(theme.fit(&format!("{asked} of {all} sessions asked for"), width), theme.dim));
        }
        return lines;
    }
    match &shown.survey {
        Survey::One(None) => {
            let none = format!("Session {} has no more than one active record.", shown.form.session);
            lines.push(Line::styled(theme.fit(&none, width), theme.plain));
            return lines;
        }
        Survey::One(Some(one)) => {
            let room = usize::from(height.saturating_sub(BESIDE)).max(2);
            lines.extend(one_session(model, one, room, theme, width));
        }
        Survey::Several(sum) => lines.extend(several(shown, sum, theme, width)),
    }
    lines.extend(sheet::why(shown.mandate.reason.as_ref(), &shown.mandate.by, theme, width));
    lines
}

/// The records, as many as there is room for, with the one that stays among them. Times stand beside their ages: of each
/// record, or where that has no room, of the one that stays.
fn one_session(model: &Model, one: &One, room: usize, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![sheet::heading(&one.crowded.session, theme, width), Line::default()];
    let records = &one.crowded.active;
    let first = one.place().unwrap_or(0).saturating_sub(room - 1);
    let has_room = 2 * records.len() <= room;
    for record in records.iter().skip(first).take(room) {
        lines.push(records::line(record, Fate::of(one.keep, record.id), model.times(), theme, width));
        if has_room || one.keep == Some(record.id) {
            lines.push(records::beside(record, model.times(), theme, width));
        }
    }
    let unseen = records.len().saturating_sub(room);
    if unseen > 0 {
        let more = format!("  {} and {unseen} more", theme.signs.ellipsis);
        lines.push(Line::styled(theme.fit(&more, width), theme.caution));
    }
    lines.push(Line::default());
    if let Some(kept) = one.place().and_then(|place| records.get(place)) {
        let none = format!("#{} has expired: no Host GUID of this session works then.", kept.id);
        if let Some(told) = one.obstacle(model.now).or(kept.is_expired(model.now).then_some(none)) {
            lines.extend(sheet::warning(&told, theme, width));
        }
    }
    let label = one.keep.map_or("Open".to_owned(), |keep| format!("Why #{keep} stays"));
    lines.extend(sheet::labelled(&label, &one.why(), theme, width));
    lines.extend(sheet::labelled("Impact", IMPACT, theme, width));
    lines
}

fn several(shown: &Consolidation, sum: &Sum, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let number = |count: usize| grouped(count as u64);
    let crowded = sum.decided.len() + sum.ambiguous.len();
    let head = format!("{} marked sessions, {} with several active records", grouped(shown.asked), number(crowded));
    let mut lines = vec![Line::styled(theme.fit(&head, width), theme.strong), Line::default()];
    let mut put = |label: &str, text: &str| lines.extend(sheet::labelled(label, text, theme, width));
    put("Consolidate", &format!("{} sessions, one after the other", number(sum.decided.len())));
    put("Retire", &format!("{} records; one stays in each, by the rule", number(sum.goes)));
    if !sum.ambiguous.is_empty() {
        let left = format!("{} ambiguous: {}", number(sum.ambiguous.len()), listed(&sum.ambiguous, theme));
        put("Left to a person", &left);
    }
    if sum.live > 0 {
        put("Live", &format!("people are in {} of them", number(sum.live)));
    }
    put("Impact", IMPACT);
    lines
}

/// Names some sessions, and tells of how many it says nothing.
fn listed(sessions: &[SessionId], theme: &Theme) -> String {
    const NAMED: usize = 20;
    let named = sessions.iter().take(NAMED).map(SessionId::to_string).collect::<Vec<_>>().join(", ");
    match sessions.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} {} and {} more", theme.signs.ellipsis, grouped(more as u64)),
    }
}

/// The command for one session; the marked ones of several are in no file.
fn command(shown: &Consolidation, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Survey::One(Some(one)) = &shown.survey else { return Vec::new() };
    let Some(keep) = one.keep.filter(|_| shown.read_at.is_some()) else { return Vec::new() };
    let session = shown.form.session;
    let what = format!("consolidate --session-id {session} --keep {keep}");
    sheet::command(&what, session, shown.profile.as_ref(), theme, width)
}

/// Asks for the confirmation; gives the column of the cursor where something is typed.
fn ask(model: &Model, shown: &Consolidation, theme: &Theme, width: usize) -> (Vec<Line<'static>>, Option<usize>) {
    let line = |text: &str, style| Line::styled(theme.fit(text, width), style);
    let [back, again] = [ConfirmUi::Back, ConfirmUi::Refresh].map(|does| model.keys.of(&Ui::Confirm(does)));
    let Some(read_at) = shown.read_at else {
        let told = format!("Nothing was changed.   {again}: read again   {back}: back");
        return (vec![Line::default(), line(&told, theme.dim)], None);
    };
    let age = format!("Read {} s ago.", model.now.seconds_since(read_at).max(0));
    let arrow = |does| model.keys.sign(&Ui::Confirm(does), theme.signs);
    let arrows = format!("{} {}", arrow(ConfirmUi::ChoosePrevious), arrow(ConfirmUi::ChooseNext));
    if shown.survey.wants_a_choice() || shown.survey.obstacle(model.now).is_some() {
        let told = format!("{age} {arrows}: choose the one that stays   {back}: back   {again}: read again");
        return (vec![Line::default(), line(&told, theme.caution)], None);
    }
    if !shown.survey.decides() {
        return (vec![Line::default(), line(&format!("There is nothing to do.   {back}: back"), theme.strong)], None);
    }
    let is_one = matches!(shown.survey, Survey::One(_));
    let other = if is_one { format!("   {arrows}: another stays") } else { String::new() };
    let Some(_) = shown.wanted() else {
        let told = format!("{age} y: do it{other}   {back}: back   {again}: read again");
        return (vec![Line::default(), line(&told, theme.strong)], None);
    };
    let (alive, words) = if is_one {
        ("The session is live.", "Type its id to confirm")
    } else {
        ("Some are live.", "Type the number of sessions to confirm")
    };
    let why = consent::why_typed(shown.profile.as_ref(), alive);
    let (prompt, cursor) = sheet::prompt(words, &shown.typed, theme);
    let told = line(&format!("{age} {why}{other}   {back}: back   {again}: read again"), theme.caution);
    (vec![Line::default(), told, prompt], Some(cursor))
}
