//! What a person does with the log: its search and its level.

use tui_input::InputRequest;

use super::Screen;
use crate::tui::effect::Effect;
use crate::tui::message::{LogUi, MainUi};
use crate::tui::model::{Model, Panel};
use crate::tui::view::layout;

/// Characters that can be searched for.
const LIMIT: usize = 200;

/// Begins to search.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    model.focus = Panel::Log;
    model.screen = Screen::LogSearch;
    Vec::new()
}

/// Carries out what a person does in the line of the search.
pub fn update(model: &mut Model, ui: LogUi) -> Vec<Effect> {
    match ui {
        LogUi::Edit(request) => {
            let inserts = matches!(request, InputRequest::InsertChar(_));
            if !inserts || model.log.search.input.value().chars().count() < LIMIT {
                model.log.search.input.handle(request);
                look(model);
            }
        }
        LogUi::Keep => model.screen = Screen::Sessions,
        LogUi::Drop => {
            model.screen = Screen::Sessions;
            clear(model);
        }
    }
    Vec::new()
}

/// Takes a paste in as one line.
pub fn paste(model: &mut Model, data: &str) {
    let input = &mut model.log.search.input;
    let room = LIMIT.saturating_sub(input.value().chars().count());
    for c in data.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room) {
        input.handle(InputRequest::InsertChar(c));
    }
    look(model);
}

fn look(model: &mut Model) {
    let words = model.log.search.input.value().to_owned();
    let page = layout::log_rows(model);
    model.log.search_for(&words, page);
}

/// Takes the search away; the lines stay where they are.
pub fn clear(model: &mut Model) {
    model.log.search.input.reset();
    look(model);
}

/// Goes to the next line that was found, towards the older ones, or back.
pub fn step(model: &mut Model, older: bool) -> Vec<Effect> {
    let page = layout::log_rows(model);
    if !model.log.step(older, page) {
        let which = if model.log.search.count() == 0 {
            "Nothing was found."
        } else if older {
            "This is the oldest line that was found."
        } else {
            "This is the newest line that was found."
        };
        model.say(which);
    }
    Vec::new()
}

/// Shows the lines from the next level on.
pub fn level(model: &mut Model) -> Vec<Effect> {
    let level = model.log.next_level();
    let key = model.keys.main(MainUi::LogLevel);
    model.say(format!("The log shows {}; {key} goes on.", level.words()));
    Vec::new()
}
