//! What the mouse does, where it is switched on: it scrolls, and it points. It begins no change, confirms none, and shows
//! no GUID: before a form, a plan or a GUID it does nothing.

use ratatui::layout::Position;

use super::{keep_the_cursor_in_sight, person};
use crate::tui::effect::Effect;
use crate::tui::message::{
    FindingsUi, Global, HistoryUi, Motion, OverviewUi, PagerUi, PaletteUi, Pointer, ProfilesUi, Ui,
};
use crate::tui::model::{Model, Panel};
use crate::tui::screen::{Screen, detail, history, overview, palette, sessions};
use crate::tui::view::layout;

/// Lines that a notch of the wheel scrolls.
const NOTCH: usize = 3;

/// Switches it on, or off.
pub(super) fn switch(model: &mut Model) -> Vec<Effect> {
    model.mouse = !model.mouse;
    model.log.gripped = false;
    let key = model.keys.of(&Ui::Global(Global::Mouse));
    model.say(if model.mouse {
        format!("The mouse is on: {key} gives it back to the terminal.")
    } else {
        "The mouse is off: the terminal selects text again.".to_owned()
    });
    vec![Effect::Mouse(model.mouse)]
}

/// Carries out what it did.
pub(super) fn act(model: &mut Model, does: Pointer, column: u16, row: u16) -> Vec<Effect> {
    if !model.mouse {
        return Vec::new();
    }
    let at = Position::new(column, row);
    match (does, &model.screen) {
        (Pointer::Release, _) => {
            model.log.gripped = false;
            Vec::new()
        }
        (Pointer::Wheel(motion), Screen::Sessions) => scroll_panel(model, motion, at),
        (Pointer::Wheel(motion), screen) => match scrolls(screen, motion) {
            Some(ui) => (0..NOTCH).flat_map(|_| person(model, ui.clone())).collect(),
            None => Vec::new(),
        },
        (Pointer::Press, Screen::Sessions) => press(model, at),
        (Pointer::Drag, Screen::Sessions) => {
            model.log.extra = layout::log_extra_at(model, row);
            keep_the_cursor_in_sight(model);
            Vec::new()
        }
        (Pointer::Press, Screen::Palette(_)) => {
            palette::point_at(model, at);
            Vec::new()
        }
        (Pointer::Press, Screen::Overview) => {
            overview::point_at(model, at);
            Vec::new()
        }
        (Pointer::Press, Screen::History(_)) => history::point_at(model, at),
        (Pointer::Press | Pointer::Drag, _) => Vec::new(),
    }
}

/// What a line of scrolling is on a screen of its own.
fn scrolls(screen: &Screen, motion: Motion) -> Option<Ui> {
    match screen {
        Screen::Detail(_) | Screen::Help(_) | Screen::Warnings(_) | Screen::Report(_) => {
            Some(Ui::Pager(PagerUi::Move(motion)))
        }
        Screen::History(_) => Some(Ui::History(HistoryUi::Move(motion))),
        Screen::Palette(_) => Some(Ui::Palette(PaletteUi::Move(motion))),
        Screen::Profiles(_) => Some(Ui::Profiles(ProfilesUi::Move(motion))),
        Screen::Overview => Some(Ui::Overview(OverviewUi::Move(motion))),
        Screen::Findings(_) => Some(Ui::Findings(FindingsUi::Move(motion))),
        Screen::Sessions
        | Screen::Filter
        | Screen::LogSearch
        | Screen::Reason(_)
        | Screen::Confirm(_)
        | Screen::Consolidation(_)
        | Screen::Reveal(_)
        | Screen::Leave => None,
    }
}

/// Scrolls the panel under the pointer, whichever has the keys. The detail does not scroll in its panel.
fn scroll_panel(model: &mut Model, motion: Motion, at: Position) -> Vec<Effect> {
    match layout::panel_at(model, at) {
        Some(Panel::Sessions) => {
            model.notice = None;
            let height = layout::list_rows(model);
            let mut effects: Vec<Effect> = (0..NOTCH).flat_map(|_| sessions::step(model, motion, height)).collect();
            effects.extend(detail::follow_cursor(model, false));
            effects
        }
        Some(Panel::Log) => {
            let page = layout::log_rows(model);
            (0..NOTCH).for_each(|_| model.log.scroll(motion, page));
            Vec::new()
        }
        Some(Panel::Detail) | None => Vec::new(),
    }
}

/// Gives the keys to the panel under the pointer. On a row it puts the cursor there; on the log's upper border it takes
/// that into its grip.
fn press(model: &mut Model, at: Position) -> Vec<Effect> {
    let Some(panel) = layout::panel_at(model, at) else { return Vec::new() };
    model.notice = None;
    model.focus = panel;
    model.log.gripped = panel == Panel::Log && layout::is_border_of_log(model, at);
    let Some(row) = layout::list_row_at(model, at) else { return Vec::new() };
    let mut effects = sessions::point_at(model, row);
    effects.extend(detail::follow_cursor(model, false));
    effects
}
