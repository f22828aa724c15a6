//! How the list keeps up with the database: it is looked at again and again, read again when it changed, and tried again
//! while it is out of reach.

use crate::domain::time::Timestamp;
use crate::tui::effect::Effect;
use crate::tui::log_pane::{Level, LogLine};
use crate::tui::message::Look;
use crate::tui::model::{Following, Model, Tending};
use crate::tui::screen::sessions::Picture;
use crate::tui::screen::{detail, history, sessions};

/// Follows what others do to the database: reads the list again where it is, and watches once that is shown. While a
/// question is under way neither is done, so a slow or busy database is asked no more than it can answer.
pub(super) fn keep_up(model: &mut Model) -> Vec<Effect> {
    if model.list.loading.is_some() {
        return Vec::new();
    }
    match model.following {
        Following::Watching => Vec::new(),
        Following::Resting => watch(model),
        Following::Outdated => {
            model.following = Following::Resting;
            // What could not be read is not held.
            let held = model.connection.frozen.is_some() && model.list.failure.is_none();
            let given_up = model.list.picture == Picture::GivenUp;
            let mut effects = if held || given_up { watch(model) } else { sessions::refresh_unasked(model) };
            if given_up {
                // Nothing is asked for it, so nobody tells how many there are now.
                model.list.numbers.doubt();
            } else {
                model.list.numbers.database_changed();
                effects.extend(detail::follow_cursor(model, true));
            }
            effects.extend(history::freshen(model));
            effects
        }
    }
}

fn watch(model: &mut Model) -> Vec<Effect> {
    model.following = Following::Watching;
    vec![Effect::Watch(model.connection.pause(model.now))]
}

/// Takes in what a look at the database found.
pub(super) fn looked(model: &mut Model, look: Look) {
    match look {
        Look::Changed => {
            model.following = Following::Outdated;
            if model.list.picture != Picture::GivenUp {
                model.list.picture = Picture::Outdated;
            }
            if model.tending == Tending::Done {
                model.tending = Tending::Due;
            }
            if model.connection.frozen.is_some() {
                answers_again(model, model.now);
            }
        }
        Look::Unchanged(at) => {
            model.following = Following::Resting;
            model.connection.hear(at);
            // Rows that were not read again since somebody changed them are not what nobody changed, nor are those that a
            // person holds.
            let held = model.connection.frozen.is_some();
            if model.list.failure.is_none() && model.list.picture != Picture::Outdated && !held {
                model.connection.confirm(at);
            }
        }
        Look::Lost(why) => {
            model.following = Following::Resting;
            if model.connection.trouble.is_none() {
                note(model, format!("The database is out of reach: {why}"), Level::Warn);
            }
            model.connection.lost(model.now);
        }
    }
}

/// Lets the store look after what searches need, while the database is at rest and nobody waits for it. A console that
/// may not write leaves that to others.
pub(super) fn tend(model: &mut Model) -> Option<Effect> {
    let at_rest = model.job.is_none() && model.list.loading.is_none() && model.connection.trouble.is_none();
    let due = model.tending == Tending::Due && model.about.read_only.is_none() && at_rest;
    due.then(|| {
        model.tending = Tending::UnderWay;
        Effect::Tend
    })
}

/// A step was taken, or none was due.
pub(super) fn tended(model: &mut Model, took: bool) -> Option<Effect> {
    model.tending = if took { Tending::Due } else { Tending::Done };
    tend(model)
}

/// The database answered: unless older rows stand beside what was read, all is as it was when it was asked. The next look
/// comes soon.
pub(super) fn regained(model: &mut Model, asked: Timestamp) {
    if model.list.picture != Picture::Outdated {
        model.connection.confirm(asked);
    }
    answers_again(model, asked);
}

/// The database answered, whatever is shown of it.
fn answers_again(model: &mut Model, at: Timestamp) {
    model.connection.hear(at);
    if let Some(trouble) = model.connection.trouble.take() {
        let seconds = model.now.seconds_since(trouble.since).max(0);
        note(model, format!("The database answers again after {seconds} s."), Level::Info);
        if model.following == Following::Watching {
            model.following = Following::Resting;
        }
    }
}

/// Puts a line about the console itself into the log panel.
fn note(model: &mut Model, text: String, level: Level) {
    model.log.push(LogLine { at: model.now, text, level });
}

/// Tries a database again that is out of reach, or reads a picture again that is too old, unless that is being done.
pub fn try_again(model: &mut Model) -> Vec<Effect> {
    if model.list.loading.is_some() { Vec::new() } else { sessions::refresh_unasked(model) }
}
