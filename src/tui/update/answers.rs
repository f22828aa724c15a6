//! Who gets the answer to a question.

use super::following::regained;
use crate::domain::session::SessionId;
use crate::store::Page;
use crate::tui::effect::{Effect, Ticket};
use crate::tui::message::{Failure, Loaded, MainUi};
use crate::tui::model::Model;
use crate::tui::screen::sessions::{counting, freezing, marked, marking};
use crate::tui::screen::{Screen, consolidation, detail, history, overview, sessions, verification};
use crate::tui::view::layout;

/// Takes the answer to a question in; one that nobody waits for any more changes nothing.
pub(super) fn loaded(model: &mut Model, ticket: Ticket, answer: Result<Loaded, Failure>) -> Vec<Effect> {
    if history::asked(model, ticket) {
        return history::loaded(model, answer);
    }
    if verification::asked(model, ticket) {
        verification::ended(model, answer);
        return Vec::new();
    }
    if model.list.loading.as_ref().is_some_and(|loading| loading.ticket == ticket) {
        return list_loaded(model, answer);
    }
    if model.marks.gathering.as_ref().is_some_and(|gathering| gathering.ticket == ticket) {
        return match answer {
            Ok(Loaded::Ids(ids)) => marking::gathered(model, Ok(ids)),
            Err(failure) => marking::gathered(model, Err(failure)),
            Ok(_) => Vec::new(),
        };
    }
    if model.marks.lookup.as_ref().is_some_and(|lookup| lookup.ticket == ticket) {
        return match answer {
            Ok(Loaded::Marked(there, shown)) => marked::looked_up(model, Ok((there, shown))),
            Err(failure) => marked::looked_up(model, Err(failure)),
            Ok(_) => Vec::new(),
        };
    }
    if model.overview.loading.is_some_and(|(asked, _)| asked == ticket) {
        return overview::loaded(model, answer);
    }
    if model.list.numbers.estimating.is_some_and(|(asked, _)| asked == ticket) {
        counting::estimated(model, if let Ok(Loaded::Estimate(estimate)) = answer { Some(estimate) } else { None });
        return Vec::new();
    }
    if model.list.numbers.counting.is_some_and(|counting| counting.ticket == ticket) {
        match answer {
            Ok(Loaded::Count(count)) => counting::counted(model, Ok(count)),
            Err(failure) => counting::counted(model, Err(failure)),
            Ok(_) => {}
        }
        return Vec::new();
    }
    if let Some(asked) = model.detail.asked.take_if(|asked| asked.ticket == ticket) {
        detail_loaded(model, asked.session, answer);
        return Vec::new();
    }
    of_screen(model, ticket, answer)
}

fn detail_loaded(model: &mut Model, id: SessionId, answer: Result<Loaded, Failure>) {
    match answer {
        Ok(Loaded::Detail(snapshot, entries)) => {
            model.reads_again();
            model.detail.whole = Some(detail::Whole::new(id, *snapshot, entries));
            model.detail.failure = None;
        }
        Err(failure) => {
            model.warn_of_reading(format!("The detail could not be read: {}", failure.what));
            model.detail.failure = Some((id, failure.what));
        }
        Ok(_) => {}
    }
}

/// The answer to a question of a form or a plan.
fn of_screen(model: &mut Model, ticket: Ticket, answer: Result<Loaded, Failure>) -> Vec<Effect> {
    let (now, times) = (model.now, model.times());
    match model.screen.beneath() {
        Screen::Confirm(confirm) if confirm.ticket == ticket => match answer {
            Ok(Loaded::Plan(preview)) => confirm.loaded(Ok(*preview), times),
            Err(failure) => confirm.loaded(Err(failure), times),
            Ok(_) => {}
        },
        Screen::Reason(form) if form.ticket == Some(ticket) => form.loaded(answer, now),
        Screen::Consolidation(shown) if shown.ticket == ticket => return consolidation::loaded(model, answer),
        Screen::Sessions
        | Screen::Filter
        | Screen::LogSearch
        | Screen::Detail(_)
        | Screen::History(_)
        | Screen::Reason(_)
        | Screen::Confirm(_)
        | Screen::Consolidation(_)
        | Screen::Report(_)
        | Screen::Reveal(_)
        | Screen::Help(_)
        | Screen::Palette(_)
        | Screen::Profiles(_)
        | Screen::Overview
        | Screen::Warnings(_)
        | Screen::Findings(_)
        | Screen::Leave => {}
    }
    Vec::new()
}

fn list_loaded(model: &mut Model, answer: Result<Loaded, Failure>) -> Vec<Effect> {
    let Some(loading) = model.list.loading.take() else {
        return Vec::new();
    };
    match answer {
        Ok(Loaded::Sessions(rows)) => {
            model.reads_again();
            let height = layout::list_rows(model);
            sessions::loaded(model, &loading.page, loading.land, rows, height);
            regained(model, loading.since);
            if matches!(loading.page, Page::First | Page::Last | Page::From(_)) {
                model.marks.look_again();
                freezing::read(model, loading.land, loading.since);
            }
            let mut effects = sessions::more(model);
            if let Some(next) = &mut model.list.loading {
                next.unasked = loading.unasked;
            }
            effects.extend(detail::follow_cursor(model, false));
            return effects;
        }
        Err(failure) => {
            // While the database is out of reach the header says so, and what was said about a key stays.
            if !(loading.unasked && model.connection.trouble.is_some()) {
                let again = model.keys.main(MainUi::Refresh);
                model
                    .warn_of_reading(format!("The sessions could not be read: {}. {again} tries again.", failure.what));
            }
            sessions::failed(model, loading.land, failure);
        }
        Ok(_) => {}
    }
    Vec::new()
}
