//! The filter line: all words hold, each in the title in any case; a number also matches its id.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::InputRequest;

use super::{Screen, sessions};
use crate::tui::effect::Effect;
use crate::tui::message::FilterUi;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::{layout, text};

/// Characters that a filter may have.
const LIMIT: usize = 200;

/// Carries out what a person does in the filter line.
pub fn update(model: &mut Model, ui: FilterUi) -> Vec<Effect> {
    match ui {
        FilterUi::Edit(request) => edit(model, request),
        FilterUi::Keep => {
            model.screen = Screen::Sessions;
            let height = layout::list_rows(model);
            sessions::return_to_anchor(model, height)
        }
        FilterUi::Discard => {
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
    apply(model)
}

/// Takes a paste in as one line.
pub fn paste(model: &mut Model, data: &str) -> Vec<Effect> {
    let room = LIMIT.saturating_sub(model.list.input.value().chars().count());
    for c in data.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room) {
        model.list.input.handle(InputRequest::InsertChar(c));
    }
    apply(model)
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

fn apply(model: &mut Model) -> Vec<Effect> {
    let wanted = model.list.input.value().trim().to_owned();
    if wanted == model.list.filter {
        return Vec::new();
    }
    model.list.filter = wanted;
    model.marks.filter_changed();
    sessions::load_first(model)
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
