//! The live key map: one table, from which keys are read and the help and the footer are made.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::InputRequest;

use super::message::{ConfirmUi, FilterUi, Global, LeaveUi, MainUi, Motion, PagerUi, ReasonUi, RevealUi, Ui};
use super::model::{Model, Panel};
use super::screen::Screen;
use super::view::layout;

/// A key with its modifiers; Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key(KeyCode, KeyModifiers);

/// Keys that do one thing.
struct Binding {
    keys: &'static [Key],
    does: Ui,
    /// The keys in words.
    shown: &'static str,
    /// What they do; the second is for the footer, empty where it is not worth its room.
    help: &'static str,
    footer: &'static str,
}

const fn key(code: KeyCode) -> Key {
    Key(code, KeyModifiers::NONE)
}

const fn char(c: char) -> Key {
    Key(KeyCode::Char(c), KeyModifiers::NONE)
}

const fn ctrl(c: char) -> Key {
    Key(KeyCode::Char(c), KeyModifiers::CONTROL)
}

const fn bind(
    keys: &'static [Key],
    does: Ui,
    shown: &'static str,
    help: &'static str,
    footer: &'static str,
) -> Binding {
    Binding { keys, does, shown, help, footer }
}

static GLOBAL: [Binding; 2] = [
    bind(&[ctrl('l')], Ui::Global(Global::Redraw), "Ctrl-l", "draw everything again", ""),
    bind(&[ctrl('z')], Ui::Global(Global::Suspend), "Ctrl-z", "suspend the program", ""),
];

/// Help by letter, where letters are no text.
static HELP: Binding = bind(&[char('?'), key(KeyCode::F(1))], Ui::Global(Global::Help), "? F1", "these keys", "help");
/// Help where letters are text, or where `?` closes it.
static HELP_IN_TEXT: Binding = bind(&[key(KeyCode::F(1))], Ui::Global(Global::Help), "F1", "these keys", "help");

macro_rules! motions {
    ($wrap:path) => {
        [
            bind(&[char('j'), key(KeyCode::Down)], $wrap(Motion::Down), "j ↓", "down", ""),
            bind(&[char('k'), key(KeyCode::Up)], $wrap(Motion::Up), "k ↑", "up", ""),
            bind(&[ctrl('d')], $wrap(Motion::HalfDown), "Ctrl-d", "half a page down", ""),
            bind(&[ctrl('u')], $wrap(Motion::HalfUp), "Ctrl-u", "half a page up", ""),
            bind(&[key(KeyCode::PageDown)], $wrap(Motion::PageDown), "PgDn", "a page down", ""),
            bind(&[key(KeyCode::PageUp)], $wrap(Motion::PageUp), "PgUp", "a page up", ""),
            bind(&[char('g'), key(KeyCode::Home)], $wrap(Motion::First), "g Home", "to the first", ""),
            bind(&[char('G'), key(KeyCode::End)], $wrap(Motion::Last), "G End", "to the last", ""),
        ]
    };
}

const fn main_move(motion: Motion) -> Ui {
    Ui::Main(MainUi::Move(motion))
}

const fn pager_move(motion: Motion) -> Ui {
    Ui::Pager(PagerUi::Move(motion))
}

static MAIN_MOTIONS: [Binding; 8] = motions!(main_move);
static PAGER_MOTIONS: [Binding; 8] = motions!(pager_move);

static MAIN: [Binding; 19] = [
    bind(&[char('/')], Ui::Main(MainUi::Filter), "/", "filter by words of the title, or by id", "filter"),
    bind(&[char('R')], Ui::Main(MainUi::Rotate), "R", "rotate the Host GUID of the session under the cursor", "rotate"),
    bind(&[char('r')], Ui::Main(MainUi::ExplainRotate), "r", "explains R", ""),
    bind(&[char('H')], Ui::Main(MainUi::History), "H", "history of the session", "history"),
    bind(&[key(KeyCode::Enter)], Ui::Main(MainUi::Open), "Enter", "detail of the session", "detail"),
    bind(&[char('q')], Ui::Main(MainUi::Quit), "q", "quit", "quit"),
    bind(&[char('X')], Ui::Main(MainUi::Revoke), "X", "revoke: no Host GUID works any more", "revoke"),
    bind(&[key(KeyCode::Tab)], Ui::Main(MainUi::NextPanel), "Tab", "next panel", "panel"),
    bind(&[key(KeyCode::BackTab)], Ui::Main(MainUi::PreviousPanel), "Shift-Tab", "panel before", ""),
    bind(&[char('1')], Ui::Main(MainUi::Focus(Panel::Sessions)), "1", "the sessions", ""),
    bind(&[char('2')], Ui::Main(MainUi::Focus(Panel::Detail)), "2", "the detail", ""),
    bind(&[char('3')], Ui::Main(MainUi::Focus(Panel::Log)), "3", "the log", ""),
    bind(&[char('z')], Ui::Main(MainUi::Zoom), "z", "the panel alone, and back", ""),
    bind(&[char('L'), char('\\')], Ui::Main(MainUi::ToggleLog), "L \\", "show or hide the log", ""),
    bind(&[char('=')], Ui::Main(MainUi::ResizeLog(1)), "=", "larger log", ""),
    bind(&[char('-')], Ui::Main(MainUi::ResizeLog(-1)), "-", "smaller log", ""),
    bind(&[key(KeyCode::Esc)], Ui::Main(MainUi::Back), "Esc", "one level up: stop reading, zoom, filter", ""),
    bind(&[ctrl('r'), key(KeyCode::F(5))], Ui::Main(MainUi::Refresh), "Ctrl-r F5", "read again", ""),
    bind(&[ctrl('c')], Ui::Main(MainUi::Cancel), "Ctrl-c", "cancel what waits", ""),
];

static FILTER: [Binding; 2] = [
    bind(&[key(KeyCode::Enter)], Ui::Filter(FilterUi::Keep), "Enter", "keep the filter, back to the list", "keep"),
    bind(&[key(KeyCode::Esc), ctrl('c')], Ui::Filter(FilterUi::Discard), "Esc", "take the filter away", "take away"),
];

static REASON: [Binding; 7] = [
    bind(
        &[key(KeyCode::Enter)],
        Ui::Reason(ReasonUi::GoOn),
        "Enter",
        "read the plan; nothing is changed yet",
        "read the plan",
    ),
    bind(&[key(KeyCode::Tab)], Ui::Reason(ReasonUi::Next), "Tab", "next field", "next field"),
    bind(&[key(KeyCode::BackTab)], Ui::Reason(ReasonUi::Previous), "Shift-Tab", "field before", ""),
    bind(&[key(KeyCode::Down)], Ui::Reason(ReasonUi::PickDown), "↓", "next quick pick", "quick pick"),
    bind(&[key(KeyCode::Up)], Ui::Reason(ReasonUi::PickUp), "↑", "quick pick before", ""),
    bind(&[char(' ')], Ui::Reason(ReasonUi::Space), "Space", "toggle force-new when it has the keys", ""),
    bind(&[key(KeyCode::Esc), ctrl('c')], Ui::Reason(ReasonUi::Back), "Esc", "back to the list", "back"),
];

static CONFIRM: [Binding; 5] = [
    bind(&[char('y')], Ui::Confirm(ConfirmUi::Type('y')), "y", "do it, when the session is idle", ""),
    bind(&[key(KeyCode::Enter)], Ui::Confirm(ConfirmUi::Enter), "id, Enter", "do it, when the session is live", ""),
    bind(&[key(KeyCode::Backspace)], Ui::Confirm(ConfirmUi::Erase), "Backspace", "take back a digit", ""),
    bind(
        &[ctrl('r'), key(KeyCode::F(5))],
        Ui::Confirm(ConfirmUi::Refresh),
        "Ctrl-r",
        "read the plan again",
        "read again",
    ),
    bind(&[key(KeyCode::Esc), ctrl('c')], Ui::Confirm(ConfirmUi::Back), "Esc", "back to the form", "back"),
];

static REVEAL: [Binding; 4] = [
    bind(&[char('v')], Ui::Reveal(RevealUi::Show), "v", "show the GUID for 10 s", "show 10 s"),
    bind(&[char('c')], Ui::Reveal(RevealUi::Copy), "c", "copy the GUID", "copy"),
    bind(&[key(KeyCode::Esc), char('q')], Ui::Reveal(RevealUi::Leave), "Esc q", "done: it is wiped", "done"),
    bind(&[char('y')], Ui::Reveal(RevealUi::Yes), "y", "yes, it is handed over", ""),
];

static PAGER: [Binding; 4] = [
    bind(&[char('H')], Ui::Pager(PagerUi::History), "H", "history, and back", "history"),
    bind(&[char('R')], Ui::Pager(PagerUi::Rotate), "R", "rotate this session", "rotate"),
    bind(&[char('X')], Ui::Pager(PagerUi::Revoke), "X", "revoke this session", "revoke"),
    bind(
        &[key(KeyCode::Esc), key(KeyCode::Enter), char('q'), ctrl('c')],
        Ui::Pager(PagerUi::Back),
        "Esc q",
        "back",
        "back",
    ),
];

static HELP_SCREEN: [Binding; 1] = [bind(
    &[key(KeyCode::Esc), key(KeyCode::Enter), char('q'), char('?'), ctrl('c')],
    Ui::Pager(PagerUi::Back),
    "Esc q",
    "back",
    "back",
)];

static LEAVE: [Binding; 3] = [
    bind(&[char('y'), char('q')], Ui::Leave(LeaveUi::WhenDone), "y", "quit when it is done", "quit when done"),
    bind(&[char('c'), ctrl('c')], Ui::Leave(LeaveUi::CancelJob), "c", "cancel the change", "cancel it"),
    bind(&[key(KeyCode::Esc), char('n')], Ui::Leave(LeaveUi::Stay), "Esc", "stay", "stay"),
];

/// Gives the bindings of a screen, the most telling first.
fn bindings(screen: &Screen) -> Vec<&'static Binding> {
    let (own, motions, help): (&[Binding], &[Binding], &'static Binding) = match screen {
        Screen::Sessions => (&MAIN, &MAIN_MOTIONS, &HELP),
        Screen::Filter => (&FILTER, &[], &HELP_IN_TEXT),
        Screen::Reason(_) => (&REASON, &[], &HELP_IN_TEXT),
        Screen::Confirm(_) => (&CONFIRM, &[], &HELP),
        Screen::Reveal(_) => (&REVEAL, &[], &HELP),
        Screen::Detail(_) | Screen::History(_) => (&PAGER, &PAGER_MOTIONS, &HELP),
        Screen::Help(_) => (&HELP_SCREEN, &PAGER_MOTIONS, &HELP_IN_TEXT),
        Screen::Leave => (&LEAVE, &[], &HELP),
    };
    std::iter::once(help).chain(own).chain(motions).chain(&GLOBAL).collect()
}

/// Reads a key; `None` where it means nothing.
///
/// Where the terminal is too small nothing is readable: only leaving makes sense, and only where it asks nothing.
#[must_use]
pub fn message_in(model: &Model, event: KeyEvent) -> Option<Ui> {
    let (columns, lines) = model.size;
    if layout::too_small(columns, lines) {
        let quits = |ui: &Ui| *ui == Ui::Main(MainUi::Quit) && model.may_quit_unseen();
        return message_for(&Screen::Sessions, event).filter(quits);
    }
    message_for(&model.screen, event)
}

/// Reads a key on a screen; `None` where it means nothing.
#[must_use]
pub fn message_for(screen: &Screen, event: KeyEvent) -> Option<Ui> {
    let pressed = Key(event.code, event.modifiers.difference(KeyModifiers::SHIFT));
    let bound = bindings(screen).into_iter().find(|binding| binding.keys.contains(&pressed));
    match (bound, screen) {
        (Some(binding), _) => Some(binding.does.clone()),
        (None, Screen::Filter) => edit(pressed).map(|request| Ui::Filter(FilterUi::Edit(request))),
        (None, Screen::Reason(_)) => edit(pressed).map(|request| Ui::Reason(ReasonUi::Edit(request))),
        // Any other character counts as a key that was ignored: it prolongs the quiet that a confirmation needs.
        (None, Screen::Confirm(_)) => match pressed {
            Key(KeyCode::Char(c), KeyModifiers::NONE) => Some(Ui::Confirm(ConfirmUi::Type(c))),
            Key(..) => None,
        },
        (
            None,
            Screen::Sessions
            | Screen::Reveal(_)
            | Screen::Detail(_)
            | Screen::History(_)
            | Screen::Help(_)
            | Screen::Leave,
        ) => None,
    }
}

/// Reads a key in a text field.
fn edit(pressed: Key) -> Option<InputRequest> {
    match pressed {
        Key(KeyCode::Char(c), KeyModifiers::NONE) => Some(InputRequest::InsertChar(c)),
        Key(KeyCode::Backspace, KeyModifiers::NONE) => Some(InputRequest::DeletePrevChar),
        Key(KeyCode::Delete, KeyModifiers::NONE) => Some(InputRequest::DeleteNextChar),
        Key(KeyCode::Left, KeyModifiers::NONE) => Some(InputRequest::GoToPrevChar),
        Key(KeyCode::Right, KeyModifiers::NONE) => Some(InputRequest::GoToNextChar),
        Key(KeyCode::Left, KeyModifiers::CONTROL) => Some(InputRequest::GoToPrevWord),
        Key(KeyCode::Right, KeyModifiers::CONTROL) => Some(InputRequest::GoToNextWord),
        Key(KeyCode::Home, KeyModifiers::NONE) => Some(InputRequest::GoToStart),
        Key(KeyCode::End | KeyCode::Char('e'), KeyModifiers::CONTROL) | Key(KeyCode::End, KeyModifiers::NONE) => {
            Some(InputRequest::GoToEnd)
        }
        Key(KeyCode::Char('w'), KeyModifiers::CONTROL) => Some(InputRequest::DeletePrevWord),
        Key(KeyCode::Char('u'), KeyModifiers::CONTROL) => Some(InputRequest::DeleteFromStart),
        Key(..) => None,
    }
}

/// Lists the keys of a screen and what they do.
#[must_use]
pub fn help(screen: &Screen) -> Vec<(String, &'static str)> {
    bindings(screen).into_iter().map(|binding| (binding.shown.to_owned(), binding.help)).collect()
}

/// Lists the keys that the footer of a screen names.
pub fn footer(screen: &Screen) -> impl Iterator<Item = (&'static str, &'static str)> {
    bindings(screen)
        .into_iter()
        .filter(|binding| !binding.footer.is_empty())
        .map(|binding| (binding.shown.split(' ').next().unwrap_or(binding.shown), binding.footer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_screen() -> Vec<Screen> {
        vec![
            Screen::Sessions,
            Screen::Filter,
            Screen::Detail(super::super::screen::detail::Drawer::default()),
            Screen::Help(super::super::screen::help::Help {
                back: Box::new(Screen::Sessions),
                keys: Vec::new(),
                scroll: 0,
            }),
            Screen::Leave,
        ]
    }

    #[test]
    fn no_key_does_two_things_on_one_screen() {
        for screen in every_screen() {
            let mut seen: Vec<Key> = Vec::new();
            for binding in bindings(&screen) {
                for key in binding.keys {
                    assert!(!seen.contains(key), "{key:?} is bound twice");
                    seen.push(*key);
                }
            }
        }
    }

    #[test]
    fn keys_that_belong_to_terminals_are_never_bound() {
        for screen in every_screen() {
            for binding in bindings(&screen) {
                for Key(code, modifiers) in binding.keys {
                    assert!(!modifiers.contains(KeyModifiers::ALT));
                    assert_ne!(*code, KeyCode::F(10));
                    if modifiers.contains(KeyModifiers::CONTROL) {
                        assert!(!matches!(
                            code,
                            KeyCode::Char('h' | 'j' | 'k' | 'a' | 'b' | 's' | 'q' | '\\' | 'i' | 'm' | '[')
                        ));
                    }
                }
            }
        }
    }

    #[test]
    fn shift_is_part_of_the_letter() {
        let upper = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(message_for(&Screen::Sessions, upper), Some(Ui::Main(MainUi::Rotate)));
        let lower = KeyEvent::new(KeyCode::Char('r'), KeyModifiers::NONE);
        assert_eq!(message_for(&Screen::Sessions, lower), Some(Ui::Main(MainUi::ExplainRotate)));
    }
}
