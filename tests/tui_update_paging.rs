//! The window of rows: it slides over the table and never grows with it.

use host_provisioner::store::Page;
use host_provisioner::tui::effect::Query;

use crate::support::canned::many;
use crate::support::console::Console;
use crate::world::session_id;

fn page_of(console: &Console) -> Option<Page> {
    let page = |query: &Query| if let Query::Sessions(query) = query { Some(query.page.clone()) } else { None };
    console.waiting.iter().find_map(|(_, query)| page(query))
}

fn assert_in_order(console: &Console) {
    let ids = console.ids();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
    assert!(ids.len() <= 400, "{} rows", ids.len());
    assert!(ids.contains(&console.cursor().unwrap()));
}

#[test]
fn going_down_reads_on_before_the_rows_end() {
    let mut console = Console::on(many(1000));
    console.prompt = false;
    while page_of(&console).is_none() {
        console.keys("j");
    }
    assert_eq!(page_of(&console), Some(Page::After(session_id(100).into())));
    assert!(console.cursor() < Some(100), "the cursor has not reached the end yet");
    let cursor = console.cursor();
    console.answer();
    assert_eq!(console.cursor(), cursor);
    assert_eq!(console.ids().len(), 200);
}

#[test]
fn the_window_slides_down_to_the_end_and_up_to_the_start() {
    let mut console = Console::on(many(1000));
    for step in 1..1000 {
        console.keys("j");
        assert_eq!(console.cursor(), Some(step + 1));
        assert_in_order(&console);
    }
    console.keys("jj");
    assert_eq!(console.cursor(), Some(1000));
    assert!(console.model.list.at_end);
    for step in (1..1000).rev() {
        console.keys("k");
        assert_eq!(console.cursor(), Some(step));
        assert_in_order(&console);
    }
    assert!(console.model.list.at_start);
}

#[test]
fn big_g_goes_to_the_last_and_small_g_to_the_first() {
    let mut console = Console::on(many(1000));
    console.keys("G");
    assert_eq!(console.cursor(), Some(1000));
    assert!(console.shows("Class 1000"));
    console.keys("g");
    assert_eq!(console.cursor(), Some(1));
    assert!(console.shows("Class 1 "));
}

#[test]
fn pages_move_by_what_fits() {
    let mut console = Console::on(many(1000));
    let height = i64::try_from(host_provisioner::tui::view::layout::list_rows(&console.model)).unwrap();
    console.ctrl('d');
    assert_eq!(console.cursor(), Some(1 + height / 2));
    console.press(crossterm::event::KeyCode::PageDown);
    assert_eq!(console.cursor(), Some(1 + height / 2 + height));
    console.press(crossterm::event::KeyCode::PageUp);
    console.ctrl('u');
    assert_eq!(console.cursor(), Some(1));
}

#[test]
fn rows_that_come_while_the_cursor_has_gone_elsewhere_do_not_make_the_window_grow() {
    let mut console = Console::on(many(3000));
    for _ in 0..20 {
        console.prompt = false;
        while page_of(&console).is_none() {
            console.keys("j");
        }
        if console.model.list.at_start {
            console.keys("g");
        }
        console.answer();
        assert_in_order(&console);
        while page_of(&console).is_none() && console.cursor() < Some(2990) {
            console.press(crossterm::event::KeyCode::PageDown);
        }
        if console.model.list.at_start {
            console.keys("g");
        }
        console.answer();
        assert_in_order(&console);
    }
}

#[test]
fn rows_above_that_come_while_the_cursor_has_gone_down_do_not_make_the_window_grow() {
    let mut console = Console::on(many(3000));
    console.keys("G");
    for _ in 0..20 {
        console.prompt = false;
        while page_of(&console).is_none() {
            console.press(crossterm::event::KeyCode::PageUp);
        }
        if console.model.list.at_end {
            console.keys("G");
        }
        console.answer();
        assert_in_order(&console);
    }
}

#[test]
fn the_row_under_the_cursor_is_always_drawn() {
    for size in [(120, 35), (80, 24), (60, 16), (60, 300)] {
        let mut console = Console::sized(many(700), size);
        for keys in ["jjjj", "G", "kkk", "g", "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj"] {
            console.keys(keys);
            let row = format!("▸{:>6}", console.cursor().unwrap());
            assert!(console.shows(&row), "{size:?} {keys} {row}");
        }
        for _ in 0..60 {
            console.ctrl('d');
        }
        assert!(console.shows(&format!("▸{:>6}", console.cursor().unwrap())), "{size:?}");
    }
}

#[test]
fn a_refresh_in_the_middle_keeps_window_and_place() {
    let mut console = Console::on(many(1000));
    for _ in 0..25 {
        console.ctrl('d');
    }
    let (cursor, top, first) = (console.cursor(), console.model.list.top, console.ids()[0]);
    console.ctrl('r');
    assert_eq!((console.cursor(), console.model.list.top, console.ids()[0]), (cursor, top, first));
    assert_in_order(&console);
}

#[test]
fn the_row_under_the_cursor_stays_drawn_when_panels_take_its_room() {
    let mut console = Console::on(many(100));
    for _ in 1..host_provisioner::tui::view::layout::list_rows(&console.model) {
        console.keys("j");
    }
    for keys in ["===", "LL", "zz", "/"] {
        console.keys(keys);
        assert!(console.shows(&format!("▸{:>6}", console.cursor().unwrap())), "{keys}");
    }
}
