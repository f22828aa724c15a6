//! What has another value by now stays where it is until somebody asks for the order again.

use host_provisioner::tui::message::{Look, Message};

use crate::support::canned::{Canned, idle, many, of};
use crate::support::console::Console;
use crate::world::{hours, record, session_id};

/// Sessions in the order of their records' ages, the youngest first.
fn by_age(count: i64) -> Console {
    let sessions = (1..=count).map(|number| idle(number, &format!("Class {number}"))).collect();
    let aged = |number: i64| {
        let mut record = record(number + 1000);
        record.created_at = hours(-number);
        of(number, record)
    };
    let mut console = Console::on(Canned::new(sessions, (1..=count).map(aged).collect()));
    console.keys("sssss");
    assert_eq!(console.model.list.order.key.word(), "age");
    console
}

#[test]
fn a_session_that_others_rotate_stays_where_it_is_with_its_new_record() {
    let mut console = by_age(9);
    console.go_to(5);
    console.data.rotated_elsewhere(5, 0);
    console.data.rotated_elsewhere(8, 0);
    console.send(Message::Looked(Look::Changed));
    assert_eq!(console.ids(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(console.cursor(), Some(5));
    let age = console.model.list.rows[4].active[0].created_at;
    assert_eq!(age, hours(0), "the row is a fresh one");
    assert!(console.shows("Ctrl-r sorts again"), "{:#?}", console.screen());
    console.keys("R");
    assert_eq!(console.form().session, session_id(5));
}

#[test]
fn the_order_comes_when_a_person_asks_and_the_cursor_stays_on_its_session() {
    let mut console = by_age(9);
    console.go_to(5);
    console.data.rotated_elsewhere(5, 0);
    console.send(Message::Looked(Look::Changed));
    console.ctrl('r');
    assert_eq!(console.cursor(), Some(5));
    console.keys("g");
    assert_eq!(console.ids(), [5, 1, 2, 3, 4, 6, 7, 8, 9]);
    assert!(!console.shows("sorts again"));
}

#[test]
fn pages_go_on_without_gap_or_repetition_though_rows_have_moved() {
    let mut console = by_age(300);
    let last_in_memory = *console.ids().last().unwrap();
    assert!(last_in_memory < 300, "another page is to come");
    // One to the end of the order: a page that went on from there would leave the rest out.
    for (number, to) in [(1, 0), (50, 0), (last_in_memory, -1000)] {
        console.data.rotated_elsewhere(number, to);
    }
    console.send(Message::Looked(Look::Changed));
    for step in 2..=300 {
        console.keys("j");
        assert_eq!(console.cursor(), Some(step));
    }
}

#[test]
fn a_vanished_row_leaves_its_place_and_locks_r_in_a_sorted_list_too() {
    let mut console = by_age(9);
    console.go_to(5);
    console.data.remove(5);
    console.send(Message::Looked(Look::Changed));
    assert_eq!(console.ids(), [1, 2, 3, 4, 6, 7, 8, 9]);
    console.keys("R");
    assert!(console.is_on_the_list());
    assert!(console.notice().contains("gone"), "{}", console.notice());
}

#[test]
fn a_list_in_the_order_of_ids_has_new_sessions_in_their_places_and_the_cursor_on_its_own() {
    let mut console = Console::on(many(9));
    console.data.remove(3);
    console.ctrl('r');
    console.go_to(5);
    console.data.sessions.insert(2, idle(3, "New"));
    console.data.tables.sessions.insert(2, session_id(3));
    console.send(Message::Looked(Look::Changed));
    assert_eq!((console.ids(), console.cursor()), ((1..=9).collect(), Some(5)));
}
