//! How the overview looks, in four sizes, without colours, and in ASCII.

use crossterm::event::KeyCode;
use host_provisioner::config::ThemeName;
use host_provisioner::domain::filter::{Name, Test};
use host_provisioner::domain::overview::{Person, Rotations};
use host_provisioner::domain::sanitize::is_hostile;
use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::theme::signs::{ASCII, UNICODE};
use ratatui::style::{Color, Modifier};

use crate::support::canned::{Canned, showcase};
use crate::support::console::Console;
use crate::support::drawn::{assert_screens, lines};
use crate::tui_update_overview::rotated;

#[test]
fn the_overview_shows_records_ages_days_and_people() {
    assert_screens("tui_overview", &rotated(), |console| {
        console.answer();
        console.keys("Oj");
    });
}

#[test]
fn the_chart_that_has_the_keys_is_always_shown() {
    assert_screens("tui_overview_days", &rotated(), |console| {
        console.answer();
        console.keys("O\thh");
        console.press(KeyCode::Tab);
        console.press(KeyCode::Tab);
        console.keys("h");
    });
}

#[test]
fn a_database_without_sessions_says_what_to_do() {
    assert_screens("tui_overview_empty", &Canned::default(), |console| {
        console.answer();
        console.keys("O");
    });
}

#[test]
fn a_slow_count_is_announced() {
    assert_screens("tui_overview_counting", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        console.keys("O");
        console.pass(1300);
    });
}

#[test]
fn a_count_that_failed_is_told() {
    assert_screens("tui_overview_failure", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        console.keys("O");
        console.refuse("the database did not answer within 10s");
    });
}

#[test]
fn a_name_that_means_harm_is_shown_and_not_obeyed() {
    let mut console = Console::on(showcase());
    console.keys("O");
    let name = "Mallory\u{1b}[2K\r\u{202e}Host Manager".to_owned();
    let counted = console.model.overview.read.as_mut().unwrap();
    counted.people = vec![Person { name: name.clone(), made: Rotations { rotations: 1, sessions: 1 } }];
    console.press(KeyCode::BackTab);
    for (columns, lines) in [(120, 35), (80, 24), (60, 16)] {
        console.resize(columns, lines);
        assert!(console.shows("Mallory\\u{1b}[2K"), "{:#?}", console.screen());
        assert!(!console.screen().concat().chars().any(is_hostile));
    }
    console.enter();
    assert!(console.shows("/ by:=\"Mallory\\u{1b}[2K"), "{:#?}", console.screen());
    assert!(!console.screen().concat().chars().any(is_hostile));
    let [by, _] = &console.model.list.wanted().terms[..] else { panic!("a name and an age") };
    assert_eq!(by.test, Test::By(Name { text: name, exact: true }), "the list asks for the very name");
}

/// A console with the cursor on the bar of expired records.
fn on_expired() -> Console {
    let mut console = Console::on(rotated());
    console.keys("Ojj");
    console
}

#[test]
fn in_ascii_and_without_colours_the_same_is_told() {
    let console = on_expired();
    let theme = Theme { signs: &ASCII, ..Theme::new(false) };
    let drawn = console.draw_in(&theme);
    assert!(drawn.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    let told = lines(&drawn);
    assert!(told.iter().all(|line| line.is_ascii()), "{told:#?}");
    let expired = told.iter().find(|line| line.contains("> expired")).unwrap();
    assert!(expired.contains(" 1 #"), "its number, and its bar: {expired}");
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("tui_overview_ascii", told.join("\n"));
    });
}

#[test]
fn the_cursor_is_in_reverse_video_and_bars_have_colours_that_mean_something() {
    let console = on_expired();
    for colours in [true, false] {
        let cells = console.cells_of("▸ expired", colours);
        assert!(cells.iter().all(|cell| cell.modifier.contains(Modifier::REVERSED)), "{cells:?}");
    }
    let bar_of = |name: &str, theme: ThemeName| {
        let theme = Theme::named(theme, &UNICODE);
        let buffer = console.draw_in(&theme);
        let line = lines(&buffer).iter().position(|line| line.contains(name)).unwrap();
        let cells = &buffer.content()[line * 120..][..120];
        cells.iter().find(|cell| cell.symbol() == "█").map(|cell| (cell.fg, cell.bg)).unwrap()
    };
    assert_eq!(bar_of("expired", ThemeName::Dark), (Color::Red, Color::Reset));
    assert_eq!(bar_of("working", ThemeName::Dark), (Color::Green, Color::Reset));
    // A theme whose meanings are backgrounds draws bars in these colours.
    assert_eq!(bar_of("expired", ThemeName::HighContrast), (Color::Indexed(88), Color::Reset));
    assert_eq!(bar_of("expired", ThemeName::Mono), (Color::Reset, Color::Reset));
}
