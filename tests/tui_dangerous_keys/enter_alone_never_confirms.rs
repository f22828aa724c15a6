//! Enter opens and goes on; it never destroys.

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::world::session_id;

#[test]
fn enter_alone_never_confirms() {
    for session in [2, 4] {
        let mut console = Console::on(showcase());
        console.reach_plan(session);
        for _ in 0..5 {
            console.enter();
            console.pass(400);
        }
        assert!(console.started.is_empty());
        assert_eq!(console.confirm().request.session, session_id(session));
    }
}

#[test]
fn enter_upon_enter_changes_nothing_wherever_it_begins() {
    for way in ["", "/", "H", "?", "R", "X", "C", "Rleaked"] {
        let mut console = Console::on(showcase());
        console.keys(way);
        for _ in 0..20 {
            console.enter();
            console.pass(400);
        }
        assert!(console.started.is_empty() && console.cleaning.is_empty(), "{way:?}");
    }
}
