//! What a person does with the mouse, where it is switched on.

use super::Motion;

/// What the mouse did, at a place that comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// Its wheel was turned by a notch, up or down.
    Wheel(Motion),
    /// Its left button was pressed.
    Press,
    /// It was moved with the border of the log in its grip.
    Drag,
    /// It let the border go.
    Release,
}
