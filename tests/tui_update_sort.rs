//! The order of the list, and jumps.

use host_provisioner::domain::session::SessionId;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::{Look, MainUi, Message, Ui};

use crate::support::canned::{Canned, idle, of, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::{hours, record, session_id};

/// Sessions whose titles and records run against their ids.
fn mixed(count: i64) -> Canned {
    let sessions = (1..=count).map(|number| idle(number, &format!("Class {:04}", count - number))).collect();
    let aged = |number: i64| {
        let mut record = record(number + 1000);
        record.created_at = hours(-number);
        of(number, record)
    };
    Canned::new(sessions, (1..=count).map(aged).collect())
}

/// Presses `s` until the list is sorted so.
fn sort_by(console: &mut Console, word: &str) {
    while console.model.list.order.key.word() != word {
        console.keys("s");
    }
}

fn jump(console: &mut Console, number: i64) -> Vec<Effect> {
    console.send(Message::Ui(Ui::Main(MainUi::Jump(session_id(number)))))
}

#[test]
fn s_goes_through_the_columns_and_says_which() {
    let mut console = Console::on(showcase());
    let mut words = Vec::new();
    for _ in 0..8 {
        console.keys("s");
        words.push(console.model.list.order.key.word());
        assert!(console.notice().starts_with(&format!("Sorted by {}", words.last().unwrap())));
    }
    assert_eq!(words, ["title", "status", "people", "record", "age", "by", "expires", "id"]);
}

#[test]
fn the_column_that_sorts_has_an_arrow_and_capital_s_turns_it() {
    let mut console = Console::on(showcase());
    assert!(console.shows("ID ↑"), "{:#?}", console.screen());
    console.keys("s");
    assert!(console.shows("TITLE ↑"));
    console.keys("S");
    assert!(console.shows("TITLE ↓") && console.shows("sort: title ↓"), "{:#?}", console.screen());
    assert!(console.notice().contains("from the greatest"));
}

#[test]
fn sorting_reads_the_other_order_over_all_pages() {
    let mut console = Console::on(mixed(1000));
    console.keys("s");
    assert_eq!(console.cursor(), Some(1000), "a cursor on the first row stays there");
    for step in 1..1000 {
        console.keys("j");
        assert_eq!(console.cursor(), Some(1000 - step));
    }
    console.keys("j");
    assert_eq!(console.cursor(), Some(1));
    console.keys("g");
    assert_eq!(console.cursor(), Some(1000));
    console.keys("G");
    assert_eq!(console.cursor(), Some(1));
    for step in 1..1000 {
        console.keys("k");
        assert_eq!(console.cursor(), Some(1 + step));
    }
}

#[test]
fn the_cursor_stays_on_its_session_when_the_order_changes() {
    let mut console = Console::on(mixed(1000));
    console.go_to(40);
    for keys in ["s", "S", "s", "S"] {
        console.keys(keys);
        assert_eq!(console.cursor(), Some(40), "{keys}");
    }
}

#[test]
fn a_question_in_the_old_order_is_stopped() {
    let mut console = Console::on(mixed(300));
    console.prompt = false;
    console.keys("s");
    let asked = console.model.list.loading.clone().unwrap().ticket;
    assert!(console.keys("s").contains(&Effect::CancelLoad(asked)));
}

#[test]
fn a_range_that_was_begun_is_dropped_with_its_order() {
    let mut console = Console::on(mixed(50));
    console.keys("vjjs");
    assert!(console.notice().contains("dropped"), "{}", console.notice());
    console.keys("v");
    assert!(console.model.marks.ids.is_empty());
}

#[test]
fn a_range_follows_the_order_beyond_the_rows_in_memory() {
    let mut console = Console::on(mixed(1000));
    console.keys("sjjvGkv");
    let marked: Vec<i64> = console.model.marks.ids.after(None).map(SessionId::get).collect();
    assert_eq!(marked, (2..=998).collect::<Vec<_>>());
}

#[test]
fn marks_stay_on_their_sessions_in_every_order() {
    let mut console = Console::on(mixed(50));
    console.go_to(7);
    console.keys(" s");
    assert!(console.shows("▸✓    7"), "{:#?}", console.screen());
}

#[test]
fn a_jump_goes_to_a_session_far_away() {
    let mut console = Console::on(mixed(1000));
    jump(&mut console, 777);
    assert_eq!(console.cursor(), Some(777));
    console.keys("kj");
    assert_eq!(console.cursor(), Some(777), "with the rows before it");
    sort_by(&mut console, "age");
    jump(&mut console, 12);
    assert_eq!(console.cursor(), Some(12));
}

#[test]
fn a_jump_to_no_session_says_so_and_leaves_the_list_as_it_is() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    let ids = console.ids();
    jump(&mut console, 100);
    assert_eq!((console.cursor(), console.ids()), (Some(4), ids));
    assert_eq!(console.notice(), "There is no session 100. / finds one by its title.");
    console.keys("/review");
    console.enter();
    jump(&mut console, 215);
    assert_eq!(console.notice(), "There is no session 215, or the filter hides it: Esc takes the filter away.");
    assert_eq!(console.ids(), [1, 2]);
}

#[test]
fn a_sorted_list_has_its_screens() {
    assert_screens("tui_sorted", &showcase(), |console| {
        console.answer();
        console.keys("sssSj");
    });
}

#[test]
fn a_refresh_of_a_sorted_list_asks_for_the_rows_that_it_has() {
    let mut console = Console::on(mixed(1000));
    console.keys("s");
    console.prompt = false;
    console.send(Message::Looked(Look::Changed));
    let limit = console.waiting.iter().find_map(|(_, query)| match query {
        Query::Sessions(query) => Some(query.limit),
        _ => None,
    });
    assert_eq!(limit, Some(100));
}
