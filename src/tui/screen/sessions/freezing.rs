//! Holds the rows as they are: what others do to the database moves nothing under the eyes of the operator. Only the rows
//! are held: the detail tells what is, and whatever acts reads anew.

use super::{Land, refresh, sorting};
use crate::domain::time::Timestamp;
use crate::tui::effect::Effect;
use crate::tui::message::MainUi;
use crate::tui::model::Model;

/// Freezes the list, or lets it follow the database again, and reads it.
pub fn toggle(model: &mut Model) -> Vec<Effect> {
    if model.connection.frozen.take().is_some() {
        model.list.numbers.outdated = true;
        model.say("The list follows the database again.");
        return refresh(model);
    }
    let [freeze, again] = [MainUi::Freeze, MainUi::Refresh].map(|does| model.keys.main(does));
    model.say(format!("The rows stay as they are: {freeze} or {again} lets them follow the database again."));
    model.connection.frozen = model.connection.confirmed.or(Some(model.now));
    // A change that is being read would still move them.
    let stopped = model.list.loading.take_if(|loading| loading.unasked);
    stopped.map(|loading| Effect::CancelLoad(loading.ticket)).into_iter().collect()
}

/// Other rows were read, as a person asked for: they are held from then on.
pub fn read(model: &mut Model, land: Land, asked: Timestamp) {
    if land != Land::InPlace {
        model.connection.frozen = model.connection.frozen.map(|_| asked);
    }
}

/// Reads again because a person asked, and follows from then on.
pub fn read_again(model: &mut Model) -> Vec<Effect> {
    model.connection.frozen = None;
    sorting::read_again(model)
}
