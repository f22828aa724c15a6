//! What stands where there is nothing to show yet, or nothing at all: it says so, and what to do next.

use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::session::Session;
use host_provisioner::domain::time::Timestamp;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{Canned, idle, many, of, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::record;

const SIZES: [(u16, u16); 3] = [(120, 35), (80, 24), (60, 16)];

/// A console that waits for an answer for longer than a person overlooks.
fn waiting(size: (u16, u16), keys: &str) -> Console {
    let mut console = Console::sized(many(300), size);
    console.prompt = false;
    console.keys(keys);
    console.pass(1300);
    console
}

#[test]
fn what_takes_long_in_the_list_says_what_it_is_and_that_a_key_stops_it() {
    for size in SIZES {
        for (keys, told) in [
            ("G", "Going to the last session, 1.3 s; Esc stops it"),
            ("s", "Reading the sessions, 1.3 s; Esc stops it"),
        ] {
            let mut console = waiting(size, keys);
            assert!(console.shows(told), "{size:?} {keys}\n{}", console.screen().join("\n"));
            assert_eq!(console.esc().len(), 1);
            assert!(console.model.list.loading.is_none() && console.notice().starts_with("Stopped reading."));
        }
    }
}

#[test]
fn what_is_quick_says_nothing() {
    let mut console = Console::on(many(300));
    console.prompt = false;
    console.keys("G");
    console.pass(149);
    assert!(!console.shows("Going to"));
    console.pass(1);
    assert!(console.shows("Going to the last session, 0.1 s"));
}

#[test]
fn a_filter_that_takes_long_is_named_in_place_of_rows() {
    assert_screens("tui_searching", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        console.keys("/review");
        console.enter();
        console.model.list.rows.clear();
        console.pass(1300);
    });
}

#[test]
fn a_detail_that_is_not_read_yet_says_how_long_that_takes() {
    assert_screens("tui_detail_reading", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        console.keys("j");
        console.enter();
        console.pass(1300);
    });
}

#[test]
fn a_detail_that_could_not_be_read_says_so_and_does_not_go_on_reading() {
    assert_screens("tui_detail_failure", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        console.keys("j");
        console.refuse("the database did not answer within 10s");
        console.enter();
    });
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.keys("j");
    console.refuse("the database did not answer within 10s");
    assert!(console.shows("did not answer within") && !console.shows("eading session"));
    console.prompt = true;
    console.keys("kj");
    assert!(!console.shows("did not answer within"), "coming back reads it");
}

#[test]
fn why_a_plan_could_not_be_read_is_told_whole_in_every_size() {
    let why = "the database did not answer within 10s, and neither did anything else on the way to it";
    for size in SIZES {
        for keys in ["R", "C"] {
            let mut console = Console::sized(showcase(), size);
            console.go_to(215);
            console.prompt = false;
            console.keys(keys);
            console.press(crossterm::event::KeyCode::Down);
            console.enter();
            console.refuse(why);
            let told = console.screen().join(" ").replace(['║', '┃', '│'], " ");
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(size.0 > 80 || told.contains(why), "{size:?} {keys}: {told}");
            assert!(told.contains("Nothing was changed."), "{size:?} {keys}: {told}");
        }
    }
}

#[test]
fn a_history_whose_reading_was_stopped_does_not_say_that_there_is_none() {
    for size in SIZES {
        let mut console = Console::sized(showcase(), size);
        console.prompt = false;
        console.keys("H");
        console.pass(1300);
        assert!(console.shows("1.3 s; Esc stops it"), "{size:?}");
        console.esc();
        assert!(matches!(console.model.screen, Screen::History(_)));
        assert!(console.shows("Reading was stopped") && !console.shows("Nothing was done"), "{size:?}");
    }
}

#[test]
fn times_and_texts_that_cannot_be_read_are_words_in_their_places() {
    let lost = Timestamp::UNREADABLE;
    let unreadable = Session {
        title: Some("\u{fffd}".to_owned()),
        created_at: lost,
        modified_at: lost,
        started_at: Some(lost),
        ..idle(1, "")
    };
    let record = HostRecord {
        created_at: lost,
        expires_at: Some(Timestamp::ENDLESS),
        last_used_at: Some(lost),
        created_by: None,
        ..record(11)
    };
    let data = Canned::new(vec![unreadable, idle(2, "Class 2")], vec![of(1, record), of(2, crate::world::record(12))]);
    assert_screens("tui_unreadable", &data, |console| {
        console.answer();
        console.keys("ttt");
        console.model.notice = None;
    });
}

#[test]
fn how_to_stop_a_verification_is_told_in_every_size() {
    use host_provisioner::tui::effect::Effect;
    use host_provisioner::tui::message::{Message, Progress};
    for size in SIZES {
        for damaged in [0, 12_345] {
            let mut console = Console::sized(showcase(), size);
            console.keys("H");
            console.press(crossterm::event::KeyCode::Tab);
            let Some(Effect::Verify(ticket, None)) = console.keys("V").pop() else { panic!("it is verified") };
            console.pass(2000);
            let entries = 123_456_789;
            console.send(Message::Verifying(ticket, Progress::About(987_654_321)));
            console.send(Message::Verifying(ticket, Progress::Read { entries, damaged }));
            let told = console.screen().concat();
            assert!(told.contains("Ctrl-c stops it") && told.contains("123456789"), "{size:?} {told}");
            assert_eq!(told.contains("12345 DAMAGED"), damaged > 0, "{size:?} {told}");
        }
    }
}
