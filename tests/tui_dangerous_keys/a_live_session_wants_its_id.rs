//! Where people are in the session, or it is active, its id is typed.

use crossterm::event::KeyCode;

use crate::support::canned::{crowds, showcase};
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

#[test]
fn duplicates_of_a_live_session_are_consolidated_by_its_id_and_enter() {
    let mut console = Console::on(crowds());
    console.go_to(2);
    console.reach_consolidation();
    console.keys("y");
    console.enter();
    assert!(console.cleaning.is_empty());
    console.keys("2");
    console.enter();
    assert_eq!(console.cleaning.len(), 1);
}

#[test]
fn several_sessions_with_a_live_one_among_them_want_their_number() {
    for (typed, begun) in [("y", 0), ("2", 0), ("33", 0), ("3", 1)] {
        let mut console = Console::on(crowds());
        console.keys("*");
        console.reach_consolidation();
        console.keys(typed);
        console.enter();
        assert_eq!(console.cleaning.len(), begun, "{typed}");
    }
}
