//! When the row under the cursor is gone, its neighbour is not what the operator meant.

use crate::support::canned::showcase;
use crate::support::console::Console;

#[test]
fn nothing_acts_when_the_row_under_the_cursor_vanished_until_the_next_movement() {
    for key in ["R", "X", "C", "H"] {
        let mut console = Console::on(showcase());
        console.go_to(4);
        console.data.remove(4);
        console.ctrl('r');
        console.keys(key);
        assert!(console.is_on_the_list(), "{key}");
        console.enter();
        assert!(console.is_on_the_list());
        console.keys(key);
        assert!(console.is_on_the_list(), "{key} is refused again");
        console.keys("k");
        console.keys(key);
        assert!(!console.is_on_the_list(), "{key} acts again");
    }
}

#[test]
fn a_second_refresh_does_not_make_the_neighbour_the_chosen_one() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.data.remove(4);
    console.ctrl('r');
    console.ctrl('r');
    console.keys("R");
    assert!(console.is_on_the_list());
    assert!(console.notice().contains("gone"), "{}", console.notice());
}
