//! Marks and takes marks away: one by one, a range, all that match.

use super::SessionList;
use crate::domain::order::Order;
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::store::{Page, SessionQuery, SessionRow};
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query};
use crate::tui::marks::{Gather, Gathering, Marks, grouped};
use crate::tui::message::Failure;
use crate::tui::model::{Model, Panel};
use crate::tui::view::layout;

/// Ids that one question asks for.
const PAGE: u32 = 5_000;

/// Marks the session under the cursor, or takes its mark away.
pub fn toggle(model: &mut Model) -> Vec<Effect> {
    if let Some(row) = under_the_cursor(model) {
        model.marks.toggle(row.session.id);
    }
    Vec::new()
}

/// Gives the row that a mark would be put on; says why there is none.
fn under_the_cursor(model: &mut Model) -> Option<SessionRow> {
    if !layout::panels(model).contains(&Panel::Sessions) {
        model.say("The sessions are not shown: z shows all panels.");
        return None;
    }
    let target = model.list.target().cloned();
    if target.is_none() {
        model.say("There is no session under the cursor.");
    }
    target
}

/// Begins a range, or marks it up to the cursor.
pub fn range(model: &mut Model) -> Vec<Effect> {
    let Some(here) = under_the_cursor(model) else {
        return Vec::new();
    };
    let Some(from) = model.marks.range.take() else {
        model.say(format!("A range begins at session {}: move, then v marks it; Esc drops it.", here.session.id));
        model.marks.range = Some(Box::new(here));
        return Vec::new();
    };
    if let Some(rows) = between(&model.list, from.session.id, here.session.id) {
        let sessions = rows.iter().map(|row| row.session.id).collect();
        mark(model, &sessions);
        return Vec::new();
    }
    let (from, here) = (from.session.id, here.session.id);
    gather(model, Gather::UpTo(from.max(here)), Page::From(from.min(here)))
}

/// Gives the rows from one session to another, if the window has both.
fn between(list: &SessionList, one: SessionId, other: SessionId) -> Option<&[SessionRow]> {
    let place = |id| list.rows.iter().position(|row| row.session.id == id);
    let (one, other) = (place(one)?, place(other)?);
    list.rows.get(one.min(other)..=one.max(other))
}

/// Lists the places in the window that a range covers so far, to be shown.
#[must_use]
pub fn begun(model: &Model) -> std::ops::Range<usize> {
    let list = &model.list;
    let (Some(from), Some(here)) = (&model.marks.range, list.position()) else {
        return 0..0;
    };
    let above = list.rows.first().is_some_and(|row| from.session.id < row.session.id);
    let place = list.rows.iter().position(|row| row.session.id == from.session.id);
    let place = place.unwrap_or(if above { 0 } else { list.rows.len() - 1 });
    place.min(here)..place.max(here) + 1
}

fn mark(model: &mut Model, sessions: &SessionSet) {
    if sessions.is_empty() {
        model.say("No session matches: nothing was marked.");
        return;
    }
    let new = model.marks.add(sessions);
    let (found, all) = (grouped(sessions.len()), grouped(model.marks.ids.len()));
    let before = sessions.len() - new;
    let before = if before == 0 { String::new() } else { format!(", {} of them were before", grouped(before)) };
    model.say(format!("Marked {found}{before}; {all} marked in all. u unmarks all."));
}

/// Marks all sessions that match the filter.
pub fn all(model: &mut Model) -> Vec<Effect> {
    model.marks.range = None;
    gather(model, Gather::All, Page::First)
}

/// Takes all marks away.
pub fn clear(model: &mut Model) -> Vec<Effect> {
    let stopped = model.marks.gathering.take().map(|gathering| Effect::CancelLoad(gathering.ticket));
    let marked = model.marks.ids.len();
    model.marks = Marks::default();
    model.say(match marked {
        0 => "Nothing is marked.".to_owned(),
        1 => "Unmarked 1 session.".to_owned(),
        many => format!("Unmarked {} sessions.", grouped(many)),
    });
    stopped.into_iter().collect()
}

/// Asks for the first sessions to be marked; what was being gathered is given up.
fn gather(model: &mut Model, what: Gather, page: Page) -> Vec<Effect> {
    let ticket = model.ticket();
    let filter = model.list.wanted();
    let query = SessionQuery { filter: filter.clone(), order: Order::default(), page, limit: PAGE };
    let gathering = Gathering { ticket, since: model.now, filter, what, found: SessionSet::default() };
    let stopped = model.marks.gathering.replace(Box::new(gathering));
    let stop = stopped.map(|old| Effect::CancelLoad(old.ticket));
    stop.into_iter().chain([Effect::Load(ticket, Query::Ids(query))]).collect()
}

/// Takes a page of sessions to be marked in, and asks for the next one, or marks them all.
pub fn gathered(model: &mut Model, answer: Result<Vec<SessionId>, Failure>) -> Vec<Effect> {
    let Some(mut gathering) = model.marks.gathering.take() else {
        return Vec::new();
    };
    let ids = match answer {
        Ok(ids) => ids,
        Err(failure) => {
            model.warn(format!("Nothing was marked: {}.", failure.what));
            return Vec::new();
        }
    };
    let last = ids.last().copied().filter(|_| ids.len() >= PAGE as usize);
    let (wanted, is_over) = match gathering.what {
        Gather::All => (ids.len(), false),
        Gather::UpTo(end) => (ids.partition_point(|id| *id <= end), ids.last().is_some_and(|id| *id >= end)),
    };
    gathering.found.extend(ids.into_iter().take(wanted));
    let Some(last) = last.filter(|_| !is_over) else {
        mark(model, &gathering.found);
        if gathering.filter != model.list.wanted() {
            model.marks.filter_changed();
        }
        return Vec::new();
    };
    let ticket = model.ticket();
    gathering.ticket = ticket;
    let query = SessionQuery {
        filter: gathering.filter.clone(),
        order: Order::default(),
        page: Page::After(last.into()),
        limit: PAGE,
    };
    model.marks.gathering = Some(gathering);
    vec![Effect::Load(ticket, Query::Ids(query))]
}

/// Stops what is gathered, or gives a range up.
pub fn stop(model: &mut Model) -> Option<Vec<Effect>> {
    if let Some(gathering) = model.marks.gathering.take() {
        model.say("Stopped; nothing was marked.");
        return Some(vec![Effect::CancelLoad(gathering.ticket)]);
    }
    model.marks.range.take().map(|_| {
        model.say("The range is given up; nothing was marked.");
        Vec::new()
    })
}

/// Says how far gathering is, once that takes its time.
#[must_use]
pub fn progress(model: &Model) -> Option<String> {
    let gathering = model.marks.gathering.as_ref()?;
    let millis = model.now.millis_since(gathering.since);
    let found = grouped(gathering.found.len());
    (millis >= SLOW).then(|| format!("Marking: {found} so far, {} s   Esc stops it, and marks nothing", millis / 1000))
}
