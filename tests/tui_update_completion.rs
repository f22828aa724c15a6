//! The filter line helps to write: it completes words, and marks the one that is wrong.

use crossterm::event::KeyCode;
use host_provisioner::tui::screen::Screen;
use ratatui::style::Modifier;

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::support::drawn::assert_screens;

fn typed(text: &str) -> Console {
    let mut console = Console::on(showcase());
    console.keys("/");
    console.keys(text);
    console
}

fn line(console: &Console) -> &str {
    console.model.list.input.value()
}

#[test]
fn tab_completes_the_word_at_the_cursor() {
    let mut console = typed("review st");
    console.press(KeyCode::Tab);
    assert_eq!(line(&console), "review status:");
    console.keys("act");
    console.press(KeyCode::Tab);
    assert_eq!(line(&console), "review status:Active");
    assert_eq!(console.ids(), [2], "and the list follows");
}

#[test]
fn tab_goes_round_the_candidates_and_shift_tab_back() {
    let mut console = typed("record:");
    let mut seen = Vec::new();
    for _ in 0..6 {
        console.press(KeyCode::Tab);
        seen.push(line(&console).to_owned());
    }
    let words = ["none", "active", "expired", "expiring", "duplicate", "none"];
    assert_eq!(seen, words.map(|word| format!("record:{word}")));
    console.press(KeyCode::BackTab);
    assert_eq!(line(&console), "record:duplicate");
    console.keys(" x");
    console.press(KeyCode::Tab);
    assert_eq!(line(&console), "record:duplicate x", "nothing completes that");
    assert_eq!(console.notice(), "Nothing completes this word.");
}

#[test]
fn candidates_are_shown_below_the_line_with_what_they_mean() {
    assert!(typed("rec").shows("Tab: record:"));
    assert!(typed("record:e").shows("Tab: expired  expiring"));
    assert!(typed("record:d").shows("duplicate  legacy duplicates"));
}

#[test]
fn names_that_the_list_shows_are_offered() {
    let mut console = typed("by:old");
    console.press(KeyCode::Tab);
    assert_eq!(line(&console), "by:\"Old Tool\"");
}

#[test]
fn the_wrong_word_is_underlined_without_colours_too_and_said_below() {
    let console = typed("review colour:red topic");
    for colours in [true, false] {
        let cells = console.cells_of("colour:", colours);
        assert!(cells.iter().all(|cell| cell.modifier.contains(Modifier::UNDERLINED)), "{cells:?}");
        let others = console.cells_of("review ", colours);
        assert!(others.iter().all(|cell| !cell.modifier.contains(Modifier::UNDERLINED)));
    }
    assert!(console.shows("✗ there is no `colour:`"), "{:#?}", console.screen());
}

#[test]
fn a_word_that_is_still_typed_is_not_called_wrong() {
    let console = typed("record:ex");
    assert!(!console.shows("✗"), "{:#?}", console.screen());
    assert!(typed("record:ex ").shows("✗ `record:` takes none"));
    assert!(typed("record:exx").shows("✗ `record:` takes none"));
}

#[test]
fn a_text_that_is_no_filter_leaves_the_list_as_it_is_and_enter_says_why() {
    let mut console = typed("review r:");
    assert_eq!(console.ids(), [1, 2], "as the last right text had it");
    assert!(console.shows("r:"));
    console.press(KeyCode::Backspace);
    console.keys("ecord:foo");
    console.enter();
    assert!(matches!(console.model.screen, Screen::Filter));
    assert!(console.notice().starts_with("Not a filter yet: `record:` takes"), "{}", console.notice());
    console.esc();
    assert!(console.is_on_the_list());
    assert_eq!(console.ids().len(), 8);
}

#[test]
fn the_help_of_the_filter_line_is_shown_while_it_is_edited() {
    assert_screens("tui_filter_wrong", &showcase(), |console| {
        console.answer();
        console.keys("/review status:active age:old ");
    });
    assert_screens("tui_filter_candidates", &showcase(), |console| {
        console.answer();
        console.keys("/record:");
        console.press(KeyCode::Tab);
        console.press(KeyCode::Tab);
    });
}

#[test]
fn a_hostile_name_is_offered_harmless() {
    let mut data = showcase();
    data.sessions[0].status = Some("Evil\u{1b}[2J".to_owned());
    let mut console = Console::on(data);
    console.keys("/status:ev");
    assert!(console.shows("Evil\\u{1b}[2J"), "{:#?}", console.screen());
    console.press(KeyCode::Tab);
    assert!(console.screen().iter().all(|line| !line.contains('\u{1b}')));
}
