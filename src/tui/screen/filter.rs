//! The filter line: a text of the language of `domain::filter`. One that is not understood leaves the list as it is.

use tui_input::{Input, InputRequest};

use super::{Screen, sessions};
use crate::domain::time::Timestamp;
use crate::store::SessionFilter;
use crate::tui::effect::Effect;
use crate::tui::message::FilterUi;
use crate::tui::model::{Model, Panel};
use crate::tui::view::layout;

mod completion;
mod line;

pub use completion::Completion;
pub use line::draw;

/// Milliseconds without a key after which a text is asked for while another question is under way.
const PAUSE: i64 = 100;

/// Characters that a filter may have.
const LIMIT: usize = 200;

/// Carries out what a person does in the filter line.
pub fn update(model: &mut Model, ui: FilterUi) -> Vec<Effect> {
    match ui {
        FilterUi::Edit(request) => edit(model, request),
        FilterUi::Complete | FilterUi::CompleteBack => {
            completion::step(model, ui == FilterUi::Complete);
            changed(model)
        }
        FilterUi::Keep if !is_understood(model) => {
            if let Err(wrong) = SessionFilter::parse(model.list.input.value()) {
                model.warn(format!("Not a filter yet: {wrong}."));
            }
            Vec::new()
        }
        FilterUi::Keep => {
            let mut effects = apply(model);
            model.screen = Screen::Sessions;
            let height = layout::list_rows(model);
            effects.extend(sessions::return_to_anchor(model, height));
            effects
        }
        FilterUi::Discard => {
            if let Some(stopped) = sessions::stop_slow(model) {
                return vec![stopped];
            }
            model.screen = Screen::Sessions;
            clear(model)
        }
    }
}

/// Edits the text; a new text is a new question.
pub fn edit(model: &mut Model, request: InputRequest) -> Vec<Effect> {
    let inserts = matches!(request, InputRequest::InsertChar(_));
    if inserts && model.list.input.value().chars().count() >= LIMIT {
        return Vec::new();
    }
    model.list.input.handle(request);
    model.list.completion = None;
    changed(model)
}

/// Asks for a new text at once where nothing is being asked, else when nobody has typed for a moment: a slow database
/// is not given a question for every letter.
fn changed(model: &mut Model) -> Vec<Effect> {
    let busy = model.list.typed_at.is_some() || model.list.loading.as_ref().is_some_and(|loading| !loading.unasked);
    if busy && wanted(model) != model.list.filter {
        model.list.typed_at = Some(model.now);
        return Vec::new();
    }
    apply(model)
}

/// Asks for the text of the line when its time has come.
pub fn clock(model: &mut Model) -> Vec<Effect> {
    // A clock that was set back makes nobody wait.
    let rests = |typed: Timestamp| !(0..PAUSE).contains(&model.now.millis_since(typed));
    if model.list.typed_at.is_some_and(rests) { apply(model) } else { Vec::new() }
}

/// Takes a paste in as one line.
pub fn paste(model: &mut Model, data: &str) -> Vec<Effect> {
    let room = LIMIT.saturating_sub(model.list.input.value().chars().count());
    for c in data.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room) {
        model.list.input.handle(InputRequest::InsertChar(c));
    }
    model.list.completion = None;
    changed(model)
}

/// Begins to filter: the session under the cursor is where the way back leads.
pub fn begin(model: &mut Model) {
    model.screen = Screen::Filter;
    model.list.anchor = model.list.selected().cloned();
    if !model.list.rows.is_empty() {
        model.list.known = completion::known(&model.list.rows);
    }
}

/// Puts a filter in that was made elsewhere, and shows the list from its first match.
pub fn put_in(model: &mut Model, filter: &SessionFilter) -> Vec<Effect> {
    let list = &mut model.list;
    (list.input, list.completion, list.anchor) = (Input::from(filter.to_string()), None, None);
    (model.screen, model.focus, model.zoom) = (Screen::Sessions, Panel::Sessions, false);
    apply(model)
}

/// Takes the filter away. The cursor stays on its session.
pub fn clear(model: &mut Model) -> Vec<Effect> {
    model.list.input.reset();
    model.list.anchor = model.list.anchor.take().or_else(|| model.list.selected().cloned());
    let mut effects = apply(model);
    let height = layout::list_rows(model);
    effects.extend(sessions::return_to_anchor(model, height));
    effects
}

fn wanted(model: &Model) -> String {
    model.list.input.value().trim().to_owned()
}

fn apply(model: &mut Model) -> Vec<Effect> {
    model.list.typed_at = None;
    let wanted = wanted(model);
    if wanted == model.list.filter || !is_understood(model) {
        return Vec::new();
    }
    model.list.filter = wanted;
    model.marks.filter_changed();
    sessions::load_first(model)
}

/// Tells whether the text can be a filter. Which word cannot, and what would be right, stands below the line.
#[must_use]
pub fn is_understood(model: &Model) -> bool {
    SessionFilter::parse(model.list.input.value()).is_ok()
}
