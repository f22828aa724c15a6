//! Reads the mouse.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::tui::message::{Global, Motion, Pointer, Ui};
use crate::tui::model::Model;
use crate::tui::view::layout;

/// Reads what the mouse did; `None` where it means nothing.
///
/// Only what may change something is read: a movement draws nothing.
#[must_use]
pub fn pointer_in(model: &Model, event: MouseEvent) -> Option<Ui> {
    let does = match event.kind {
        MouseEventKind::ScrollUp => Pointer::Wheel(Motion::Up),
        MouseEventKind::ScrollDown => Pointer::Wheel(Motion::Down),
        MouseEventKind::Down(MouseButton::Left) => Pointer::Press,
        MouseEventKind::Drag(MouseButton::Left) if model.log.gripped => Pointer::Drag,
        MouseEventKind::Up(MouseButton::Left) if model.log.gripped => Pointer::Release,
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => return None,
    };
    let (columns, lines) = model.size;
    let reads = model.mouse && !layout::too_small(columns, lines);
    reads.then_some(Ui::Global(Global::Pointer(does, event.column, event.row)))
}
