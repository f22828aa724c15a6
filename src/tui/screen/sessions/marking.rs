//! Marks and takes marks away: one by one, a range, all that match.

use super::SessionList;
use crate::domain::order::Order;
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::store::{Page, SessionQuery, SessionRow};
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query};
use crate::tui::marks::{Gather, Gathering, Marks, grouped};
use crate::tui::message::{Failure, MainUi};
use crate::tui::model::Model;

/// Ids that one question asks for.
const PAGE: u32 = 5_000;

/// Marks the session under the cursor, or takes its mark away.
pub fn toggle(model: &mut Model) -> Vec<Effect> {
    if let Some(row) = model.list.target() {
        model.marks.toggle(row.session.id);
    }
    Vec::new()
}

/// Begins a range, or marks it up to the cursor.
pub fn range(model: &mut Model) -> Vec<Effect> {
    let Some(here) = model.list.target().cloned() else {
        return Vec::new();
    };
    let Some(from) = model.marks.range.take() else {
        let (mark, drop) = (model.keys.main(MainUi::MarkRange), model.keys.main(MainUi::Back));
        let id = here.session.id;
        model.say(format!("A range begins at session {id}: move, then {mark} marks it; {drop} drops it."));
        model.marks.range = Some(Box::new(here));
        return Vec::new();
    };
    if let Some(rows) = between(&model.list, from.session.id, here.session.id) {
        let sessions = rows.iter().map(|row| row.session.id).collect();
        mark(model, &sessions);
        return Vec::new();
    }
    let list = &model.list;
    let backward = list.order.compare(&list.place_of(&here), &list.place_of(&from)).is_lt();
    let (begin, end) = if backward { (here, *from) } else { (*from, here) };
    gather(model, Gather::Range { to: end.session.id }, Page::From(begin.session.id))
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
    let is_before = |row: &SessionRow| list.order.compare(&list.place_of(from), &list.place_of(row)).is_lt();
    let above = list.rows.first().is_some_and(is_before);
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
    let unmark = model.keys.main(MainUi::UnmarkAll);
    model.say(format!("Marked {found}{before}; {all} marked in all. {unmark} unmarks all."));
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
        0 => "What was begun to be marked is dropped.".to_owned(),
        1 => "Unmarked 1 session.".to_owned(),
        many => format!("Unmarked {} sessions.", grouped(many)),
    });
    stopped.into_iter().collect()
}

/// Asks for the first sessions to be marked; what was being gathered is given up.
fn gather(model: &mut Model, what: Gather, page: Page) -> Vec<Effect> {
    let gathering = Gathering {
        ticket: model.ticket(),
        since: model.now,
        filter: model.list.wanted(),
        order: if what == Gather::All { Order::default() } else { model.list.order },
        what,
        from: page,
        found: SessionSet::default(),
    };
    let ask = question(&gathering);
    let stopped = model.marks.gathering.replace(Box::new(gathering));
    stopped.map(|old| Effect::CancelLoad(old.ticket)).into_iter().chain([ask]).collect()
}

fn question(gathering: &Gathering) -> Effect {
    let Gathering { filter, order, from, .. } = gathering;
    let query = SessionQuery { filter: filter.clone(), order: *order, page: from.clone(), limit: PAGE };
    Effect::Load(gathering.ticket, Query::Ids(query))
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
    // A page that was to begin with a session begins elsewhere when that is gone, or has left the filter.
    if let Page::From(first) = gathering.from
        && ids.first() != Some(&first)
    {
        return changed_meanwhile(model, first);
    }
    let is_full = ids.len() >= PAGE as usize;
    let last = ids.last().copied().filter(|_| is_full);
    let end = match gathering.what {
        Gather::All => None,
        Gather::Range { to } => Some((to, ids.iter().position(|id| *id == to))),
    };
    let wanted = end.and_then(|(_, place)| place).map_or(ids.len(), |place| place + 1);
    gathering.found.extend(ids.into_iter().take(wanted));
    match (end, last) {
        (Some((_, Some(_))), _) | (None, None) => mark_gathered(model, &gathering),
        (Some((to, None)), None) => return changed_meanwhile(model, to),
        (Some((_, None)) | None, Some(last)) => {
            gathering.ticket = model.ticket();
            gathering.from = match gathering.what {
                Gather::All => Page::After(last.into()),
                Gather::Range { .. } => Page::From(last),
            };
            let ask = question(&gathering);
            model.marks.gathering = Some(gathering);
            return vec![ask];
        }
    }
    Vec::new()
}

fn mark_gathered(model: &mut Model, gathering: &Gathering) {
    mark(model, &gathering.found);
    if gathering.filter != model.list.wanted() {
        model.marks.filter_changed();
    }
}

fn changed_meanwhile(model: &mut Model, session: SessionId) -> Vec<Effect> {
    model.warn(format!("Nothing was marked: session {session} left the list meanwhile. Try once more."));
    Vec::new()
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
    let (stop, seconds) = (model.keys.main(MainUi::Back), millis / 1000);
    (millis >= SLOW).then(|| format!("Marking: {found} so far, {seconds} s   {stop} stops it, and marks nothing"))
}
