//! What snapshots cannot hold: styles, the cursor, and characters that must never reach a terminal.

use host_provisioner::domain::sanitize::is_hostile;
use host_provisioner::domain::session::Session;
use host_provisioner::tui::message::JobEvent;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::support::canned::{Canned, failure, of, showcase};
use crate::support::console::Console;
use crate::world::{record, session};

fn assert_all(cells: &[Cell], modifier: Modifier, colour: Color) {
    for cell in cells {
        assert!(cell.modifier.contains(modifier), "{cell:?}");
        assert_eq!(cell.fg, colour, "{cell:?}");
    }
}

#[test]
fn the_row_under_the_cursor_is_in_reverse_video_and_has_a_sign() {
    for colours in [true, false] {
        let mut console = Console::on(showcase());
        console.go_to(7);
        let cells = console.cells_of("▸     7 Expired host", colours);
        assert!(cells.iter().all(|cell| cell.modifier.contains(Modifier::REVERSED)));
        let others = console.cells_of("      1 Review of topic 7", colours);
        assert!(others.iter().all(|cell| !cell.modifier.contains(Modifier::REVERSED)));
    }
}

#[test]
fn bad_news_are_bold_and_red_and_worded_without_colours() {
    for (colours, colour) in [(true, Color::Red), (false, Color::Reset)] {
        let mut console = Console::on(showcase());
        let started = console.reach_change(4);
        console.job(started.job, JobEvent::Ended(Box::new(Err(failure("the disk is full")))));
        assert_all(&console.cells_of("✗ Nothing was changed: the disk is full.", colours), Modifier::BOLD, colour);
    }
}

#[test]
fn a_worthless_guid_is_bold_and_red_and_worded_without_colours() {
    for (colours, colour) in [(true, Color::Red), (false, Color::Reset)] {
        let mut console = Console::on(showcase());
        console.reach_guid(4);
        console.keys("q");
        assert_all(&console.cells_of("Have you handed it over?", colours), Modifier::BOLD, colour);
    }
}

#[test]
fn a_damaged_chain_is_bold_and_red_and_worded_without_colours() {
    for (colours, colour) in [(true, Color::Red), (false, Color::Reset)] {
        let mut data = showcase();
        data.rotated_elsewhere(4, -1);
        data.tables.entries[0].body.push(' ');
        let mut console = Console::on(data);
        console.go_to(4);
        assert_all(&console.cells_of("1 entry, ✗ 1 DAMAGED", colours), Modifier::BOLD, colour);
        console.keys("H");
        assert_all(&console.cells_of("✗ session 4, entry 1", colours), Modifier::BOLD, colour);
    }
}

#[test]
fn without_colours_no_cell_has_one() {
    let mut console = Console::on(showcase());
    for keys in ["", "R", "?"] {
        console.keys(keys);
        let buffer = console.draw(false);
        assert!(buffer.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    }
}

#[test]
fn ordinary_text_has_the_colours_of_the_terminal() {
    let console = Console::on(showcase());
    let cells = console.cells_of("Two hosts too many", true);
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
}

#[test]
fn a_live_session_and_a_bad_record_are_told_by_words_too() {
    let console = Console::on(showcase());
    for words in ["● Active", "✗ expired", "! duplicate", "none"] {
        assert!(console.shows(words), "{words}");
    }
}

/// Every text that a database or a person can give, with every kind of harm in it.
fn hostile() -> Canned {
    let harm = |field: &str| {
        Some(format!("{field}\u{1b}[2J\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{200d}\u{feff}\u{ad}\u{2028}\r\n\t\0end"))
    };
    let session =
        Session { title: harm("t"), description: harm("d"), status: harm("s"), participant_count: None, ..session(1) };
    let mut row = of(1, record(5));
    row.created_by = harm("c");
    let mut data = Canned::new(vec![session], vec![row]);
    data.rotated_elsewhere(1, -3);
    data.tables.records[0].created_by = harm("c");
    let entry = &mut data.tables.entries[0];
    entry.action = harm("a").unwrap();
    entry.body = entry.body.replace("R. Sato", "R\\u001b[2J\\u202e\\u200b").replace("bastion2", "b\\u009b2J");
    entry.body = entry.body.replace("suspected compromise", "why\\u001b]52;c;aGk=\\u0007\\u2066");
    data
}

fn assert_harmless(console: &Console, what: &str) {
    for cell in console.draw(true).content() {
        assert!(!cell.symbol().chars().any(is_hostile), "{what}: {:?}", cell.symbol());
    }
}

#[test]
fn no_hostile_character_reaches_a_cell() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut data = hostile();
        let mut console = Console::sized(data.clone(), size);
        console.model.about.database = "sqlite a\u{1b}[2J\u{202e}b.db".to_owned();
        for keys in ["", "\r", "q", "H", "q", "/", "R"] {
            if keys == "\r" {
                console.enter()
            } else {
                console.keys(keys)
            };
            if keys == "/" {
                console.paste("\u{202e}abc\u{200b}\u{1b}");
                assert_harmless(&console, "filter");
                console.esc();
            }
            assert_harmless(&console, keys);
        }
        console.paste("because \u{202e}\u{200b}\u{feff}of\u{1b}[2J");
        assert_harmless(&console, "reason");
        console.enter();
        console.pass(400);
        assert_harmless(&console, "confirm");
        console.keys("y");
        let started = console.started.pop().unwrap();
        data.rotated_elsewhere(1, -1);
        data.tables.entries[1].body = data.tables.entries[1].body.replace("R. Sato", "R\\u001b[2J\\u202e");
        console.data = data;
        console.end(&started);
        assert_harmless(&console, "conflict");
        console.pass(400);
        console.esc();
        console.esc();
        console.model.warn("x\u{1b}[2J\u{202e}");
        assert_harmless(&console, "notice");
    }
}

#[test]
fn the_failure_of_a_read_is_drawn_harmless() {
    let mut console = Console::unread(hostile(), (80, 24));
    console.refuse("no\u{1b}[2J\u{202e}\u{200b}");
    assert_harmless(&console, "failure");
}
