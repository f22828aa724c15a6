//! What acts is a session, not a place in the list.

use host_provisioner::tui::screen::Screen;

use crate::support::canned::{idle, many, showcase};
use crate::support::console::Console;
use crate::world::session_id;

#[test]
fn a_refresh_keeps_the_cursor_on_its_session_when_rows_come_before_it() {
    let mut console = Console::on(showcase());
    console.go_to(215);
    console.data.sessions.insert(7, idle(100, "New"));
    console.ctrl('r');
    assert_eq!(console.cursor(), Some(215));
    console.keys("R");
    assert_eq!(console.form().session, session_id(215));
}

#[test]
fn a_refresh_keeps_the_cursor_on_its_session_when_rows_before_it_vanish() {
    let mut console = Console::on(showcase());
    console.go_to(7);
    console.data.remove(2);
    console.ctrl('r');
    console.keys("R");
    assert_eq!(console.form().session, session_id(7));
}

#[test]
fn the_form_keeps_its_session_whatever_the_list_reads_meanwhile() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.prompt = false;
    console.keys("G");
    console.ctrl('r');
    console.keys("R");
    let chosen = console.form().session;
    console.data.remove(chosen.get());
    console.answer();
    assert_eq!(console.form().session, chosen);
}

#[test]
fn the_detail_of_one_session_never_rotates_another() {
    for open in ["H", "\n"] {
        let mut console = Console::on(many(300));
        console.go_to(3);
        console.prompt = false;
        console.keys("G");
        if open == "H" {
            console.keys("H")
        } else {
            console.enter()
        };
        console.answer();
        console.keys("R");
        if let Screen::Reason(form) = &console.model.screen {
            assert_eq!(form.session, session_id(3));
        }
    }
}
