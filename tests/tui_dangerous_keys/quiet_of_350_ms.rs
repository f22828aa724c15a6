//! A key confirms once the plan has been on the screen, and the keys have been quiet, for 350 ms.

use crossterm::event::KeyCode;

use crate::support::canned::showcase;
use crate::support::console::Console;

#[test]
fn keys_in_the_first_350_milliseconds_are_ignored() {
    for (wait, confirmed) in [(0, 0), (349, 0), (350, 1)] {
        let mut console = Console::on(showcase());
        console.go_to(4);
        console.keys("R");
        console.press(KeyCode::Down);
        console.enter();
        console.pass(wait);
        console.keys("y");
        assert_eq!(console.started.len(), confirmed, "after {wait} ms");
    }
}

#[test]
fn each_ignored_key_prolongs_the_quiet() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys("R");
    console.press(KeyCode::Down);
    console.enter();
    for key in ["y", "x", "y", "7"] {
        console.pass(300);
        console.keys(key);
    }
    console.pass(300);
    console.enter();
    console.pass(349);
    console.keys("y");
    assert!(console.started.is_empty());
    console.pass(350);
    console.keys("y");
    assert_eq!(console.started.len(), 1);
}

#[test]
fn digits_of_the_first_350_milliseconds_are_not_kept() {
    let mut console = Console::on(showcase());
    console.go_to(2);
    console.keys("R");
    console.press(KeyCode::Down);
    console.enter();
    console.keys("2");
    console.pass(400);
    console.enter();
    assert!(console.started.is_empty());
}

#[test]
fn no_key_confirms_before_the_plan_is_there() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys("R");
    console.press(KeyCode::Down);
    console.prompt = false;
    console.enter();
    console.pass(5_000);
    console.keys("y4");
    console.enter();
    assert!(console.started.is_empty());
    console.answer();
    console.keys("y");
    assert!(console.started.is_empty(), "the quiet begins when the plan is shown");
}

#[test]
fn a_plan_for_duplicates_has_a_quiet_of_its_own_after_each_choice() {
    for (wait, begun) in [(0, 0), (349, 0), (350, 1)] {
        let mut console = Console::on(showcase());
        console.go_to(215);
        console.reach_consolidation();
        console.press(KeyCode::Down);
        console.pass(wait);
        console.keys("y");
        assert_eq!(console.cleaning.len(), begun, "after {wait} ms");
    }
}
