//! The filter line: a text of the language of `domain::filter`. One that is not understood leaves the list as it is.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::InputRequest;

use super::{Screen, sessions};
use crate::domain::time::Timestamp;
use crate::store::SessionFilter;
use crate::tui::effect::Effect;
use crate::tui::message::FilterUi;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::{layout, text};

/// Milliseconds without a key after which a text is asked for while another question is under way.
const PAUSE: i64 = 100;

/// Characters that a filter may have.
const LIMIT: usize = 200;

/// Carries out what a person does in the filter line.
pub fn update(model: &mut Model, ui: FilterUi) -> Vec<Effect> {
    match ui {
        FilterUi::Edit(request) => edit(model, request),
        FilterUi::Keep if !is_understood(model) => Vec::new(),
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
    changed(model)
}

/// Begins to filter: the session under the cursor is where the way back leads.
pub fn begin(model: &mut Model) {
    model.screen = Screen::Filter;
    model.list.anchor = model.list.selected().cloned();
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

/// Tells whether the text can be a filter; says which word cannot, and what would be right.
fn is_understood(model: &mut Model) -> bool {
    let wrong = SessionFilter::parse(model.list.input.value());
    if let Err(wrong) = &wrong {
        model.warn(format!("{wrong}."));
    }
    wrong.is_ok()
}

/// Draws the line; while it is edited, with the cursor.
pub fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let typing = matches!(model.screen, Screen::Filter);
    let input = &model.list.input;
    let width = usize::from(area.width.saturating_sub(3));
    let scroll = input.visual_scroll(width);
    let shown = text::window(input.value(), scroll, width);
    let style = if typing { theme.strong } else { theme.plain };
    frame.render_widget(
        Paragraph::new(Line::from(vec![Span::styled("/ ", theme.strong), Span::styled(shown, style)])),
        area,
    );
    if typing {
        let column = input.visual_cursor().saturating_sub(scroll);
        frame.set_cursor_position(Position::new(area.x + 2 + u16::try_from(column).unwrap_or(0), area.y));
    }
}
