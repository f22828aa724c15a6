//! What a theme does to the screen, and `--ascii`.

use host_provisioner::config::ThemeName;
use host_provisioner::domain::session::Session;
use host_provisioner::tui::message::JobEvent;
use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::theme::signs::{ASCII, UNICODE};
use ratatui::style::{Color, Modifier};

use crate::support::canned::{Canned, failure, of, showcase};
use crate::support::console::Console;
use crate::support::desk::Desk;
use crate::support::drawn::lines;
use crate::world::{hours, record, session};

#[test]
fn bad_news_are_told_by_colour_weight_and_sign_in_every_theme() {
    let mut console = Console::on(showcase());
    let started = console.reach_change(4);
    console.job(started.job, JobEvent::Ended(Box::new(Err(failure("the disk is full")))));
    for (name, front, back) in [
        (ThemeName::Dark, Color::Red, Color::Reset),
        (ThemeName::Light, Color::Indexed(124), Color::Reset),
        (ThemeName::Mono, Color::Reset, Color::Reset),
        (ThemeName::HighContrast, Color::Indexed(231), Color::Indexed(88)),
        (ThemeName::ColourBlind, Color::Indexed(167), Color::Reset),
    ] {
        for cell in console.cells_in("✗ Nothing was changed: the disk is full.", &Theme::named(name, &UNICODE)) {
            assert_eq!((cell.fg, cell.bg), (front, back), "{name}");
            assert!(cell.modifier.contains(Modifier::BOLD), "{name}");
        }
    }
}

#[test]
fn the_cursor_row_is_in_reverse_video_in_every_theme() {
    let mut console = Console::on(showcase());
    console.go_to(7);
    for name in ThemeName::ALL {
        let theme = Theme::named(name, &UNICODE);
        let reversed =
            |text| console.cells_in(text, &theme).iter().all(|cell| cell.modifier.contains(Modifier::REVERSED));
        assert!(reversed("7 Expired host"), "{name}");
        assert!(!reversed("1 Review of topic 7"), "{name}");
    }
}

/// Data of ASCII alone, with something of every kind that has a sign.
fn plain() -> Canned {
    let long = "a title that is far too long for every column that there will ever be ".repeat(4);
    let live = Session { title: Some(long.clone()), status: Some("Active".to_owned()), ..session(2) };
    let mut expired = of(2, record(5));
    expired.expires_at = Some(hours(-1));
    let nothing = Session { title: None, description: None, status: None, participant_count: None, ..session(3) };
    let idle = Session { title: Some(long), status: Some("Ended".to_owned()), participant_count: None, ..session(1) };
    Canned::new(vec![idle, live, nothing], vec![of(1, record(4)), expired])
}

fn assert_ascii(console: &Console, place: &str) {
    for line in lines(&console.draw_in(&Theme::named(ThemeName::Dark, &ASCII))) {
        assert!(line.is_ascii(), "{place}: {line}");
    }
}

#[test]
fn in_ascii_no_screen_has_a_sign_of_the_programs_own_that_is_not() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut unread = Console::unread(plain(), size);
        unread.pass(1300);
        assert_ascii(&unread, "reading");
        unread.refuse("the disk is gone");
        assert_ascii(&unread, "failure");
        for keys in ["", "r", "?", "H", "/re", "/zebra", "R", "X", "z", "L", "  "] {
            let mut console = Console::sized(plain(), size);
            console.keys(keys);
            assert_ascii(&console, keys);
        }
        let mut console = Console::sized(plain(), size);
        console.enter();
        assert_ascii(&console, "detail");
        console.esc();
        console.keys("R");
        console.enter();
        assert_ascii(&console, "what is wrong in the form");
        console.esc();
        console.reach_plan(2);
        assert_ascii(&console, "plan of a live session");
        console.esc();
        console.esc();
        let started = console.reach_change(1);
        assert_ascii(&console, "running");
        console.keys("q");
        assert_ascii(&console, "whether to quit");
        console.esc();
        console.end(&started);
        assert_ascii(&console, "masked");
        console.keys("q");
        assert_ascii(&console, "handed over?");
        console.keys("v");
        assert_ascii(&console, "shown");
        console.esc();
        console.keys("H");
        assert_ascii(&console, "history");
    }
}

#[test]
fn in_ascii_data_is_drawn_as_it_is() {
    let titled = Session { title: Some("知識 – café …".to_owned()), ..session(1) };
    let console = Console::on(Canned::new(vec![titled], vec![]));
    let drawn = lines(&console.draw_in(&Theme::named(ThemeName::Dark, &ASCII)));
    assert!(drawn.iter().any(|line| line.contains("知識 – café …")), "{drawn:?}");
}

#[test]
fn the_flags_reach_the_terminal_and_a_theme_by_name_goes_before_no_color() {
    let desk = Desk::demo();
    let console = desk.console_with((120, 35), &["--ascii", "--theme", "light"], &[("NO_COLOR", "1")]);
    console.sees(&["24 sessions", "* Active", "#="]);
    let screen = console.screen();
    let cells = (0..35).flat_map(|row| (0..120).map(move |column| (row, column)));
    let greens = cells.filter_map(|(row, column)| screen.cell(row, column));
    assert!(greens.filter(|cell| cell.fgcolor() == vt100::Color::Idx(22)).count() > 0, "light has a green of its own");
}
