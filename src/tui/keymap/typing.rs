//! The keys of a text field. They are the same for everybody: `[keys]` does not reach them.

use crossterm::event::{KeyCode, KeyModifiers};
use tui_input::InputRequest;

use super::Key;

/// Reads a key in a text field.
pub(super) fn edit(pressed: Key) -> Option<InputRequest> {
    match (pressed.code, pressed.modifiers) {
        (KeyCode::Char(c), KeyModifiers::NONE) => Some(InputRequest::InsertChar(c)),
        (KeyCode::Backspace, KeyModifiers::NONE) => Some(InputRequest::DeletePrevChar),
        (KeyCode::Delete, KeyModifiers::NONE) => Some(InputRequest::DeleteNextChar),
        (KeyCode::Left, KeyModifiers::NONE) => Some(InputRequest::GoToPrevChar),
        (KeyCode::Right, KeyModifiers::NONE) => Some(InputRequest::GoToNextChar),
        (KeyCode::Left, KeyModifiers::CONTROL) => Some(InputRequest::GoToPrevWord),
        (KeyCode::Right, KeyModifiers::CONTROL) => Some(InputRequest::GoToNextWord),
        (KeyCode::Home, KeyModifiers::NONE) => Some(InputRequest::GoToStart),
        (KeyCode::End, KeyModifiers::NONE) | (KeyCode::End | KeyCode::Char('e'), KeyModifiers::CONTROL) => {
            Some(InputRequest::GoToEnd)
        }
        (KeyCode::Char('w'), KeyModifiers::CONTROL) => Some(InputRequest::DeletePrevWord),
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => Some(InputRequest::DeleteFromStart),
        (..) => None,
    }
}
