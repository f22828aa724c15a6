//! Where people are in the session, or it is active, its id is typed.

use crossterm::event::KeyCode;

use crate::support::canned::showcase;
use crate::support::console::Console;

#[test]
fn y_never_confirms_a_live_session() {
    let mut console = Console::on(showcase());
    console.reach_plan(2);
    for key in ["y", "Y", "yes"] {
        console.keys(key);
        console.enter();
        console.pass(400);
    }
    assert!(console.started.is_empty());
    assert_eq!(console.confirm().typed, "");
}

#[test]
fn a_live_session_is_confirmed_by_its_id_and_enter() {
    let mut console = Console::on(showcase());
    console.reach_plan(2);
    console.keys("2");
    assert!(console.started.is_empty(), "the id alone is not enough");
    console.enter();
    assert_eq!(console.started.len(), 1);
}

#[test]
fn a_session_with_people_in_it_is_live_whatever_its_status() {
    let mut data = showcase();
    data.sessions[0].participant_count = Some(1);
    let mut console = Console::on(data);
    console.reach_plan(1);
    console.keys("y");
    assert!(console.started.is_empty());
    console.keys("1");
    console.enter();
    assert_eq!(console.started.len(), 1);
}

#[test]
fn the_typed_id_must_be_the_whole_id() {
    for typed in ["", "2", "21", "2155", "0215", "125", "15"] {
        let mut data = showcase();
        data.sessions[7].status = Some("Active".to_owned());
        let mut console = Console::on(data);
        console.reach_plan(215);
        console.keys(typed);
        console.enter();
        assert!(console.started.is_empty(), "{typed:?}");
    }
}

#[test]
fn backspace_takes_back_a_digit() {
    let mut console = Console::on(showcase());
    console.reach_plan(2);
    console.keys("1");
    console.press(KeyCode::Backspace);
    console.keys("2");
    console.enter();
    assert_eq!(console.started.len(), 1);
}
