//! How the main screen looks, in four sizes.

use crossterm::event::KeyCode;
use host_provisioner::domain::actor::Actor;
use host_provisioner::domain::host_record::HostRecord;

use crate::support::canned::{Canned, of, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::{duplicate, hours, record};

#[test]
fn the_list_shows_every_kind_of_session() {
    assert_screens("tui_list", &showcase(), |console| {
        console.answer();
        console.keys("j");
    });
}

#[test]
fn a_server_that_nobody_verified_is_said_beside_the_name_whatever_the_width() {
    for (columns, lines) in [(60, 16), (80, 24), (120, 35)] {
        let mut console = Console::sized(showcase(), (columns, lines));
        console.model.about.operator = Actor::parse("Wilhelmina van der Heijden").unwrap();
        assert!(!console.shows("TLS"));
        console.model.about.unverified = true;
        assert!(console.shows("[TLS not verified]"), "{columns}×{lines}");
    }
}

#[test]
fn an_empty_database_tells_what_to_do_next() {
    assert_screens("tui_empty", &Canned::default(), Console::answer);
}

#[test]
fn rows_that_are_not_read_yet_are_announced() {
    assert_screens("tui_reading", &showcase(), |console| console.pass(1300));
}

#[test]
fn a_failed_first_read_says_what_happened_and_what_to_do() {
    assert_screens("tui_read_failure", &showcase(), |console| {
        console.refuse("the database is locked or cannot be reached: reading sessions");
    });
}

#[test]
fn a_failed_refresh_keeps_the_rows() {
    assert_screens("tui_refresh_failure", &showcase(), |console| {
        console.answer();
        console.prompt = false;
        console.ctrl('r');
        console.refuse("the database did not answer within 10s");
    });
}

#[test]
fn the_filter_line_shows_what_is_typed() {
    assert_screens("tui_filter", &showcase(), |console| {
        console.answer();
        console.keys("/review of");
    });
}

#[test]
fn a_filter_that_nothing_matches_says_how_to_take_it_away() {
    assert_screens("tui_nothing_matches", &showcase(), |console| {
        console.answer();
        console.keys("/zebra");
        console.enter();
    });
}

#[test]
fn the_detail_covers_the_list() {
    assert_screens("tui_detail", &showcase(), |console| {
        console.answer();
        console.data.rotated_elsewhere(215, -3);
        console.go_to(215);
        console.enter();
    });
}

#[test]
fn the_detail_tells_of_every_record_and_scrolls_to_the_history() {
    let mut data = showcase();
    let ended = Some(hours(-1));
    let retired = |number| HostRecord { is_active: false, revoked_at: ended, ..record(number) };
    let by = Some("Mallory\u{1b}[2K".to_owned());
    data.tables.records.push(of(215, HostRecord { revoked_by: by, ..retired(28) }));
    data.tables.records.push(of(215, HostRecord { expires_at: ended, ..duplicate(29) }));
    assert_screens("tui_detail_records", &data, |console| {
        console.answer();
        console.go_to(215);
        console.enter();
        console.keys("G");
    });
}

#[test]
fn a_panel_can_have_the_whole_screen() {
    assert_screens("tui_zoom", &showcase(), |console| {
        console.answer();
        console.press(KeyCode::Tab);
        console.keys("z");
    });
}

#[test]
fn a_notice_stands_above_the_footer() {
    assert_screens("tui_notice", &showcase(), |console| {
        console.answer();
        console.keys("r");
    });
}

#[test]
fn marks_have_a_sign_and_the_border_says_what_a_key_acts_on() {
    assert_screens("tui_marks", &showcase(), |console| {
        console.answer();
        console.keys("j jj vjj");
    });
}

#[test]
fn several_marks_are_counted_in_the_border() {
    assert_screens("tui_marks_several", &showcase(), |console| {
        console.answer();
        console.keys(" jjvjvkkR");
    });
}

/// Part of a number would be another number, and part of a word another word.
#[test]
fn what_does_not_fit_its_column_says_that_it_is_cut() {
    let mut data = showcase();
    let session = &mut data.sessions[0];
    (session.status, session.participant_count) = (Some("Postponed again".to_owned()), Some(i64::from(i32::MAX)));
    let console = Console::on(data);
    let rows = console.screen().join("\n");
    assert!(rows.contains("Postponed … ") && rows.contains(" 21474… "), "{rows}");
}

/// Another program may leave a record active that it has revoked: its GUID does not work.
#[test]
fn an_active_record_that_is_revoked_is_not_shown_as_one_that_works() {
    let mut data = showcase();
    let record =
        data.tables.records.iter_mut().find(|record| record.is_current() && record.is_valid(hours(0))).unwrap();
    record.revoked_at = Some(hours(-1));
    let (session, id) = (record.session.get(), record.id);
    let mut console = Console::on(data);
    console.go_to(session);
    for part in [&format!("#{id} ✗ revoked"), "State       revoked: not accepted"] {
        assert!(console.shows(part), "{part}: {}", console.screen().join("\n"));
    }
}
