//! Completes the word at the cursor of the filter line, one candidate after the other.

use std::collections::BTreeSet;

use tui_input::Input;

use crate::domain::filter::{Candidate, Known, complete};
use crate::store::SessionRow;
use crate::tui::model::Model;

/// The statuses of the web application.
const STATUSES: [&str; 4] = ["Created", "Active", "Completed", "Expired"];

/// Candidates that are gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text before the first of them was put in.
    text: String,
    /// All of them.
    pub candidates: Vec<Candidate>,
    /// The one that is put in.
    pub chosen: usize,
}

/// Lists what could stand at the cursor.
#[must_use]
pub(super) fn candidates(model: &Model) -> Vec<Candidate> {
    let input = &model.list.input;
    let cursor = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(place, _)| place);
    complete(input.value(), cursor, &model.list.known)
}

/// Gathers statuses and names from the rows that a filter begins with: the database is not asked for the sake of a word.
pub(super) fn known(rows: &[SessionRow]) -> Known {
    let statuses = rows.iter().filter_map(|row| row.session.status.as_deref());
    let makers = rows.iter().flat_map(|row| &row.active).filter_map(|record| record.created_by.as_deref());
    let sorted = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
    Known { statuses: sorted(STATUSES.into_iter().chain(statuses).collect()), makers: sorted(makers.collect()) }
}

/// Puts the next candidate in, or the one before.
pub(super) fn step(model: &mut Model, forward: bool) {
    let begun = model.list.completion.take().unwrap_or_else(|| Completion {
        text: model.list.input.value().to_owned(),
        candidates: candidates(model),
        chosen: usize::MAX,
    });
    let count = begun.candidates.len();
    let last = count.saturating_sub(1);
    let chosen = match (begun.chosen, forward) {
        (usize::MAX, true) => 0,
        (usize::MAX, false) => last,
        (chosen, true) => (chosen + 1) % count,
        (chosen, false) => chosen.checked_sub(1).unwrap_or(last),
    };
    let Some(candidate) = begun.candidates.get(chosen) else {
        model.say("Nothing completes this word.");
        return;
    };
    let (text, place) = candidate.put_into(&begun.text);
    let cursor = text.get(..place).map_or(0, |head| head.chars().count());
    model.list.input = Input::new(text).with_cursor(cursor);
    // One alone is there to be gone on with: the next completes what follows it.
    model.list.completion = (count > 1).then_some(Completion { chosen, ..begun });
}
