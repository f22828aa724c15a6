//! Looks up what has become of the marked sessions: which are gone, and how many of them the filter hides.

use std::collections::HashSet;

use super::SessionList;
use crate::domain::session::SessionId;
use crate::domain::session_set::SessionSet;
use crate::tui::effect::{Effect, Query};
use crate::tui::marks::{Lookup, Marks};
use crate::tui::message::Failure;
use crate::tui::model::Model;

/// Marks of which one question asks.
const CHUNK: usize = 500;
/// Marks that are looked up at most: what a filter hides of more is not worth what it costs to know.
const MOST: u64 = 10_000;
/// Sessions that a sentence names at most.
const NAMED: usize = 5;

/// Begins to look marked sessions up, once the list is read and what is known of them may not be so any more.
pub fn look_up(model: &mut Model) -> Vec<Effect> {
    if !model.marks.outdated || model.list.loading.is_some() {
        return Vec::new();
    }
    model.marks.outdated = false;
    let marks = &mut model.marks;
    if marks.ids.len() > MOST {
        return Vec::new();
    }
    if are_all_shown(&model.list, marks) {
        found(model, &SessionSet::default(), 0);
        return Vec::new();
    }
    ask(model, None, SessionSet::default(), 0)
}

fn are_all_shown(list: &SessionList, marks: &Marks) -> bool {
    let rows: HashSet<SessionId> = list.rows.iter().map(|row| row.session.id).collect();
    marks.ids.len() <= rows.len() as u64 && marks.ids.after(None).all(|id| rows.contains(&id))
}

/// Asks about the marks after one, if there are any.
fn ask(model: &mut Model, after: Option<SessionId>, gone: SessionSet, hidden: u64) -> Vec<Effect> {
    let chunk: Vec<SessionId> = model.marks.ids.after(after).take(CHUNK).collect();
    let Some(last) = chunk.last().copied() else {
        found(model, &gone, hidden);
        return Vec::new();
    };
    let ticket = model.ticket();
    model.marks.lookup = Some(Box::new(Lookup { ticket, asked: chunk.clone(), last, gone, hidden }));
    vec![Effect::Load(ticket, Query::Marked(chunk, model.list.wanted()))]
}

/// Takes an answer in, and goes on.
pub fn looked_up(model: &mut Model, answer: Result<(Vec<SessionId>, u64), Failure>) -> Vec<Effect> {
    let Some(mut lookup) = model.marks.lookup.take() else {
        return Vec::new();
    };
    // A failure is told by the list, which is read from the same place; what was known of the marks stays.
    let Ok((there, shown)) = answer else {
        return Vec::new();
    };
    lookup.hidden += (there.len() as u64).saturating_sub(shown);
    lookup.gone.extend(lookup.asked.iter().copied().filter(|id| there.binary_search(id).is_err()));
    ask(model, Some(lookup.last), lookup.gone, lookup.hidden)
}

fn found(model: &mut Model, gone: &SessionSet, hidden: u64) {
    // A mark may have been taken away meanwhile.
    let gone: SessionSet = gone.after(None).filter(|id| model.marks.ids.contains(*id)).collect();
    let new: Vec<SessionId> = gone.after(None).filter(|id| !model.marks.gone.contains(*id)).collect();
    model.marks.gone = gone;
    model.marks.hidden = Some(hidden);
    let named = new.iter().take(NAMED).map(SessionId::to_string).collect::<Vec<_>>().join(", ");
    match new.len() {
        0 => {}
        1 => model.warn(format!("Session {named}, which is marked, is gone.")),
        many if many > NAMED => model.warn(format!("{many} marked sessions are gone: {named} and others.")),
        many => model.warn(format!("{many} marked sessions are gone: {named}.")),
    }
}
