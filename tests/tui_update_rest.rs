//! What moves by itself, the help, and texts that scroll.

use crossterm::event::KeyCode;
use host_provisioner::provision::ProvisionEvent;
use host_provisioner::tui::effect::Effect;
use host_provisioner::tui::keymap::KeyMap;
use host_provisioner::tui::message::{JobEvent, Look, Message};
use host_provisioner::tui::model::REST;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::world::session_id;

#[test]
fn nothing_moves_on_the_list_at_rest() {
    let mut console = Console::on(showcase());
    for keys in ["", "j", "/x", "?"] {
        console.keys(keys);
        assert_eq!(console.model.tick(), REST, "{keys}");
        let face = console.model.face();
        for _ in 0..10 {
            console.pass(1000);
            console.look(Look::Unchanged(console.now));
            assert_eq!(console.model.face(), face, "{keys}");
        }
        console.pass(60_000);
        console.look(Look::Unchanged(console.now));
        assert_ne!(console.model.face(), face, "but ages are in minutes");
    }
}

#[test]
fn a_terminal_that_is_too_small_takes_no_key_but_the_one_that_quits() {
    let mut console = Console::on(showcase());
    let cursor = console.cursor();
    for size in [(59, 16), (60, 15), (1, 1)] {
        console.resize(size.0, size.1);
        for key in "jkgGRXHyvcn/z?123 L-=\\".chars() {
            assert_eq!(console.keys(&key.to_string()), [], "{key}");
        }
        assert_eq!((console.enter(), console.esc(), console.ctrl('r')), (vec![], vec![], vec![]));
        assert!(console.is_on_the_list() && console.cursor() == cursor && console.model.log.shown);
        assert_eq!(console.keys("q"), [Effect::Quit]);
    }
    console.resize(120, 35);
    console.keys("R");
    console.resize(50, 10);
    assert_eq!(console.keys("q"), [], "not before a form");
    assert_eq!(console.form().reason.value(), "");
}

#[test]
fn a_spinner_ticks_five_times_a_second_and_only_while_it_shows() {
    let mut console = Console::unread(showcase(), (80, 24));
    assert_eq!(console.model.tick(), 200);
    console.answer();
    assert_eq!(console.model.tick(), REST);
    let started = console.reach_change(4);
    assert_eq!(console.model.tick(), 200);
    console.end(&started);
    assert_eq!(console.model.tick(), REST, "a masked GUID does not move");
}

#[test]
fn ages_tick_once_a_second() {
    let mut console = Console::on(showcase());
    console.reach_plan(4);
    assert_eq!(console.model.tick(), 1000);
    console.keys("y");
    let started = console.started.pop().unwrap();
    console.end(&started);
    console.keys("v");
    assert_eq!(console.model.tick(), 1000);
}

#[test]
fn a_plan_that_could_not_be_read_does_not_tick() {
    let mut console = Console::on(showcase());
    console.keys("R");
    console.press(KeyCode::Down);
    console.prompt = false;
    console.enter();
    assert_eq!(console.model.tick(), 200);
    console.refuse("the database did not answer within 10s");
    assert_eq!(console.model.tick(), REST);
}

#[test]
fn a_clock_message_alone_asks_for_nothing() {
    let mut console = Console::on(showcase());
    let now = console.now.plus_seconds(3600);
    assert_eq!(console.send(Message::Clock(now)), []);
}

#[test]
fn the_help_names_the_keys_of_the_screen_beneath_and_goes_back_to_it() {
    let mut console = Console::on(showcase());
    console.keys("?");
    assert!(console.shows("rotate the Host GUID of the session under the cursor"));
    console.keys("?");
    assert!(console.is_on_the_list());
    console.keys("Rleaked");
    console.press(KeyCode::F(1));
    assert!(console.shows("quick pick before"));
    console.esc();
    assert_eq!(console.form().reason.value(), "leaked");
}

#[test]
fn the_key_that_opens_the_help_closes_it() {
    let mut console = Console::on(showcase());
    console.keys("/");
    console.press(KeyCode::F(1));
    console.press(KeyCode::F(1));
    assert!(matches!(console.model.screen, Screen::Filter));
}

#[test]
fn every_key_of_the_help_can_be_scrolled_to() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = Console::sized(showcase(), size);
        let last = KeyMap::default().bindings(&Screen::Sessions).last().unwrap().action.help;
        console.keys("?G");
        // A narrow screen has it on two lines, whole.
        let screen = console.screen().concat().replace('║', " ");
        let words: Vec<&str> = screen.split_whitespace().collect();
        assert!(words.join(" ").contains(last), "{size:?}: {last}");
    }
}

#[test]
fn the_last_entry_of_a_history_can_be_reached() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = Console::sized(showcase(), size);
        for hour in 1..20 {
            console.data.rotated_elsewhere(4, hour - 30);
        }
        console.go_to(4);
        console.keys("HG");
        let screen = console.screen();
        let last = screen.iter().rposition(|line| line.contains("2026-11-")).unwrap_or_else(|| panic!("{size:?}"));
        assert!(screen[last].starts_with("┃▸ 2026-11-21"), "{size:?} {screen:#?}");
        assert!(screen[last].contains("       1 rotated "), "{size:?} {screen:#?}");
    }
}

#[test]
fn the_last_line_of_a_detail_can_be_scrolled_to() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = Console::sized(showcase(), size);
        console.data.sessions[1].participant_count = Some(i64::MAX);
        for hour in 1..8 {
            console.data.rotated_elsewhere(2, hour - 30);
        }
        console.ctrl('r');
        console.go_to(2);
        console.enter();
        console.keys("G");
        let shown = console.screen().iter().filter(|line| line.contains("  rotated ")).count();
        assert_eq!(shown, 7, "{size:?} {:#?}", console.screen());
    }
}

#[test]
fn redrawing_and_suspending_are_left_to_the_runtime() {
    let mut console = Console::on(showcase());
    assert_eq!(console.ctrl('l'), [Effect::Redraw]);
    assert_eq!(console.ctrl('z'), [Effect::Suspend]);
}

#[test]
fn a_line_of_the_story_is_stamped_with_the_time_of_its_telling() {
    let mut console = Console::on(showcase());
    let started = console.reach_change(4);
    console.pass(61_000);
    console.job(started.job, JobEvent::Told(ProvisionEvent::NoneFound(session_id(4))));
    assert!(console.shows("12:01:01Z PROVISIONER: No existing Host Session found"));
}

#[test]
fn a_question_is_shown_as_slow_from_150_milliseconds_on() {
    let mut console = Console::unread(showcase(), (80, 24));
    console.pass(149);
    assert!(!console.shows("loading"));
    console.pass(1);
    assert!(console.shows("… loading 0.1 s"));
}

#[test]
fn the_history_of_a_session_that_is_gone_says_so() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.prompt = false;
    console.keys("H");
    console.data.remove(4);
    console.answer();
    assert!(console.shows("There is no session 4 any more."), "{:#?}", console.screen());
}
