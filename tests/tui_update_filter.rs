//! The filter line.

use crossterm::event::KeyCode;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{many, showcase};
use crate::support::console::Console;

#[test]
fn enter_keeps_the_filter_with_the_cursor_on_its_session_if_it_matches() {
    let mut console = Console::on(showcase());
    console.go_to(2);
    console.keys("/review");
    console.enter();
    assert!(console.is_on_the_list());
    assert_eq!(console.ids(), [1, 2]);
    assert_eq!(console.cursor(), Some(2));
}

#[test]
fn enter_keeps_the_filter_with_the_cursor_on_the_first_match_otherwise() {
    let mut console = Console::on(showcase());
    console.go_to(215);
    console.keys("/review");
    console.enter();
    assert_eq!(console.cursor(), Some(1));
    console.keys("R");
    assert_eq!(console.form().session.get(), 1);
}

#[test]
fn esc_in_the_line_takes_the_filter_away() {
    let mut console = Console::on(showcase());
    console.keys("/review");
    console.esc();
    assert!(console.is_on_the_list());
    assert_eq!(console.ids().len(), 8);
    assert_eq!(console.model.list.input.value(), "");
}

#[test]
fn esc_on_the_list_takes_a_kept_filter_away() {
    let mut console = Console::on(showcase());
    console.keys("/review");
    console.enter();
    console.esc();
    assert_eq!(console.ids().len(), 8);
    assert!(!console.model.filter_line_is_shown());
}

#[test]
fn esc_never_quits() {
    let mut console = Console::on(showcase());
    console.keys("z");
    for _ in 0..10 {
        assert!(!console.esc().contains(&Effect::Quit));
        assert!(console.is_on_the_list());
    }
}

#[test]
fn letters_that_mean_something_elsewhere_are_text_here() {
    let mut console = Console::on(showcase());
    console.keys("/qRXy?H");
    assert_eq!(console.model.list.input.value(), "qRXy?H");
    assert!(matches!(console.model.screen, Screen::Filter));
}

#[test]
fn words_are_anded_and_a_number_is_also_an_id() {
    let mut console = Console::on(showcase());
    console.keys("/WORD review");
    assert_eq!(console.ids(), [2]);
    console.ctrl('u');
    console.keys("215");
    assert_eq!(console.ids(), [215]);
}

#[test]
fn blanks_and_moving_in_the_text_ask_nothing() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("/");
    assert_eq!(console.keys(" "), []);
    assert_eq!(console.press(KeyCode::Left), []);
    assert!(matches!(console.keys("a")[..], [Effect::Load(_, Query::Sessions(_))]));
}

/// The text that the list was asked for, and how many questions for rows wait.
fn asked(console: &Console) -> (&str, usize) {
    let rows = console.waiting.iter().filter(|(_, query)| matches!(query, Query::Sessions(_)));
    (&console.model.list.filter, rows.count())
}

#[test]
fn a_slow_database_is_asked_when_typing_rests_and_not_for_every_letter() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("/r");
    assert_eq!(asked(&console), ("r", 1), "the first letter at once");
    console.keys("eview");
    assert_eq!(asked(&console), ("r", 1));
    assert_eq!(console.model.tick(), 50);
    console.pass(99);
    assert_eq!(asked(&console), ("r", 1));
    console.pass(1);
    assert_eq!(asked(&console), ("review", 1), "the question before it is stopped");
    console.pass(500);
    assert_eq!(asked(&console), ("review", 1), "once");
    console.answer();
    assert_eq!(console.ids(), [1, 2]);
}

#[test]
fn enter_asks_at_once_for_what_was_typed() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("/review");
    console.enter();
    assert_eq!(asked(&console), ("review", 1));
    console.answer();
    assert_eq!(console.ids(), [1, 2]);
}

#[test]
fn a_clock_that_is_set_back_does_not_hold_a_text_up() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("/re");
    console.pass(-60_000);
    assert_eq!(asked(&console), ("re", 1));
}

#[test]
fn esc_stops_a_slow_question_first_and_takes_the_filter_away_then() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("/r");
    let asked = console.model.list.loading.clone().unwrap().ticket;
    console.pass(150);
    assert_eq!(console.esc(), [Effect::CancelLoad(asked)]);
    assert_eq!(console.model.list.input.value(), "r");
    assert!(matches!(console.model.screen, Screen::Filter));
    console.esc();
    assert_eq!(console.model.list.input.value(), "");
    assert!(console.is_on_the_list());
}

#[test]
fn a_paste_becomes_one_line_of_text() {
    let mut console = Console::on(showcase());
    console.keys("/");
    console.paste("review\r\nof\tthe");
    assert_eq!(console.model.list.input.value(), "review  of the");
    assert!(matches!(console.model.screen, Screen::Filter), "a line break is no Enter");
    assert_eq!(console.ids(), [2]);
}

#[test]
fn a_filter_has_at_most_200_characters() {
    let mut console = Console::on(showcase());
    console.keys("/");
    console.paste(&"知".repeat(500));
    console.keys("ab");
    assert_eq!(console.model.list.input.value().chars().count(), 200);
}

#[test]
fn a_refresh_under_a_filter_keeps_the_filter_and_the_cursor() {
    let mut console = Console::on(many(300));
    console.keys("/class 1");
    console.enter();
    console.keys("jjj");
    let (cursor, ids) = (console.cursor(), console.ids());
    console.ctrl('r');
    assert_eq!((console.cursor(), console.ids()), (cursor, ids));
}

#[test]
fn rows_of_another_filter_are_never_shown_as_its_matches() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("/review");
    console.enter();
    console.esc();
    assert!(!console.shows("8 found"));
    console.answer();
}

#[test]
fn keys_of_the_language_filter_by_records_and_status() {
    let mut console = Console::on(showcase());
    console.keys("/record:expired");
    assert_eq!(console.ids(), [7]);
    console.ctrl('u');
    console.keys("-record:none -record:duplicate status:created");
    assert_eq!(console.ids(), [4, 5, 7]);
}
