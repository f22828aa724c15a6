//! A paste is data for text fields; `tui_pty_paste` sends some to the program itself.

use crate::support::canned::{crowds, showcase};
use crate::support::console::Console;

#[test]
fn a_paste_never_confirms() {
    for (session, pasted) in [(4, "y"), (4, "y\n"), (2, "2\n"), (2, "2")] {
        let mut console = Console::on(showcase());
        console.reach_plan(session);
        console.paste(pasted);
        console.pass(400);
        console.enter();
        assert!(console.started.is_empty(), "{pasted:?}");
    }
}

#[test]
fn a_paste_outside_text_fields_does_nothing_and_says_so() {
    for open in ["", "H", "?", "\n"] {
        let mut console = Console::on(showcase());
        if open == "\n" {
            console.enter()
        } else {
            console.keys(open)
        };
        let before = std::mem::discriminant(&console.model.screen);
        let effects = console.paste("RXqy\n");
        assert_eq!(effects, [], "{open:?}");
        assert_eq!(std::mem::discriminant(&console.model.screen), before);
        assert!(console.notice().starts_with("A paste does nothing here"));
    }
}

#[test]
fn a_paste_consolidates_nothing() {
    for (session, pasted) in [(1, "y"), (1, "y\n"), (2, "2\n")] {
        let mut console = Console::on(crowds());
        console.go_to(session);
        console.reach_consolidation();
        console.paste(pasted);
        console.pass(400);
        console.enter();
        assert!(console.cleaning.is_empty(), "{pasted:?}");
    }
}
