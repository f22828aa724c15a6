//! Times: as ages, by this machine's clock, in UTC; and what has both whatever is asked for.

use crossterm::event::KeyCode;
use host_provisioner::config::TimeMode;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::time::{Timestamp, Zone};
use host_provisioner::tui::model::Model;

use crate::support::canned::{Canned, crowds, idle, of, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::{duplicate, hours, record};

/// Central Europe in 2026: the clocks go back an hour on October 25, at 01:00 UTC.
fn central_europe(at: Timestamp) -> i32 {
    let back = Timestamp::parse_fixed_width("2026-10-25T01:00:00.000000Z").unwrap();
    if at < back { 7200 } else { 3600 }
}

fn there(model: &mut Model) {
    model.zone = Zone::Place(central_europe);
}

fn console(data: Canned) -> Console {
    let mut console = Console::on(data);
    there(&mut console.model);
    console
}

/// Two sessions with a record: one of summer, one of this winter.
fn seasons() -> Canned {
    let of_summer = HostRecord { created_at: hours(-24 * 60), ..record(18) };
    let of_winter = HostRecord { created_at: hours(-24 * 3), expires_at: Some(hours(24 * 9)), ..record(19) };
    Canned::new(vec![idle(1, "Summer"), idle(2, "Winter")], vec![of(1, of_summer), of(2, of_winter)])
}

#[test]
fn a_key_goes_from_ages_to_the_clock_of_this_machine_to_utc_and_says_so() {
    let mut console = console(seasons());
    assert!(console.shows(" AGE") && console.shows(" 60 d") && console.shows("Made at     60 d (2026-09-23 12:00Z)"));
    assert_eq!(console.keys("t"), []);
    assert_eq!(console.notice(), "Times are told by this machine's clock (+01).");
    assert!(console.shows("MADE, LOCAL") && console.shows("Made at     2026-09-23 14:00+02 (60 d)"));
    console.keys("t");
    assert_eq!(console.notice(), "Times are told in UTC.");
    assert!(console.shows("MADE, UTC") && console.shows("Made at     2026-09-23 12:00Z (60 d)"));
    console.keys("t");
    assert_eq!((console.notice(), console.model.time_mode), ("Times are told as ages.", TimeMode::Age));
}

#[test]
fn summer_time_is_that_of_each_instant() {
    let mut console = console(seasons());
    console.keys("t");
    assert!(console.shows("2026-09-23 14:00") && console.shows("2026-11-19 13:00"));
}

#[test]
fn the_number_of_further_records_does_not_look_like_a_distance_from_utc() {
    let mut data = seasons();
    data.tables.records.extend([of(2, duplicate(20)), of(2, duplicate(21))]);
    let mut console = console(data);
    assert!(console.shows(" 3 d +2"));
    console.keys("t");
    assert!(console.shows(" +2 2026-11-19 13:00"));
}

#[test]
fn a_time_is_written_alike_on_every_screen_that_has_letters_for_keys() {
    for (keys, told) in [
        ("\n", "2026-11-22 11:00+01 (2 h)"),
        ("H", "2026-11-22 11:00:00+01"),
        ("H\n", "2026-11-22 11:00:00+01 (2 h ago)"),
        ("O", "counted 2026-11-22 13:00+01"),
        ("O\t\t", "2026-11-22 13:00+01"),
    ] {
        let mut console = console(seasons());
        console.data.rotated_elsewhere(2, -2);
        console.go_to(2);
        for key in keys.chars() {
            match key {
                '\n' => drop(console.enter()),
                '\t' => drop(console.press(KeyCode::Tab)),
                letter => drop(console.keys(&letter.to_string())),
            }
        }
        console.model.notice = None;
        assert!(!console.shows("+01"), "{keys:?}");
        console.keys("t");
        console.model.notice = None;
        assert!(console.shows(told), "{keys:?}\n{}", console.screen().join("\n"));
    }
}

#[test]
fn a_plan_a_history_and_a_new_guid_have_the_time_beside_the_age_whatever_is_asked_for() {
    let mut console = console(seasons());
    for _ in TimeMode::ALL {
        for (absolute, age) in [("2026-12-01 12:00:00Z", "in 9 d"), ("2026-12-01 13:00:00+01", "in 9 d")] {
            let is_shown = (console.model.time_mode == TimeMode::Local) == absolute.ends_with("+01");
            console.reach_plan(2);
            let plan = console.screen().join("\n");
            assert_eq!(plan.contains(absolute), is_shown, "{plan}");
            assert!(plan.contains(age), "{plan}");
            console.esc();
            console.esc();
        }
        console.keys("t");
    }
    console.reach_guid(2);
    for (made, expires) in [
        ("made <1 min ago (2026-11-22 12:00", "expires never"),
        ("made 2026-11-22 13:00", "expires never"),
        ("made 2026-11-22 12:00", "expires never"),
    ] {
        assert!(console.shows(made) && console.shows("<1 min") && console.shows(expires), "{made}");
        console.keys("t");
    }
    console.keys("vq");
    console.keys("H");
    for told in ["2026-11-22 12:00Z <1 min", "2026-11-22 13:00:0", "2026-11-22 12:00:0"] {
        assert!(console.shows(told), "{}", console.screen().join("\n"));
        console.keys("t");
    }
}

#[test]
fn a_plan_for_duplicates_has_times_beside_ages_in_every_size() {
    for size in [(120, 35), (80, 24), (60, 16)] {
        let mut console = Console::sized(crowds(), size);
        for told in [
            ["used 5 h ago, ", "    used 2026-11-22 07:00Z, made 2026-11-18 08:00Z"],
            ["used 2026-11-22 07:00Z, ", "    used 5 h ago, made 4 d ago"],
        ] {
            console.reach_consolidation();
            assert!(told.iter().all(|told| console.shows(told)), "{size:?}\n{}", console.screen().join("\n"));
            console.esc();
            console.esc();
            console.keys("t");
        }
    }
}

#[test]
fn before_a_plan_and_in_text_the_key_is_a_letter_like_any_other() {
    let mut console = console(seasons());
    console.reach_plan(1);
    console.keys("t");
    assert_eq!(console.model.time_mode, TimeMode::Age);
}

#[test]
fn ages_change_with_the_minute_and_not_before() {
    let mut console = console(seasons());
    let face = console.model.face();
    console.pass(59_000);
    console.look(host_provisioner::tui::message::Look::Unchanged(console.now));
    assert_eq!(console.model.face(), face);
    console.pass(1000);
    assert_ne!(console.model.face(), face);
}

#[test]
fn times_by_this_machines_clock_fit_every_size() {
    assert_screens("tui_times_local", &showcase(), |console| {
        there(&mut console.model);
        console.answer();
        console.keys("t");
        console.pass(1);
    });
}

#[test]
fn the_history_in_utc_fits_every_size() {
    let mut data = showcase();
    data.rotated_elsewhere(2, -30);
    data.rotated_elsewhere(2, -2);
    data.name_entries();
    assert_screens("tui_times_history", &data, |console| {
        console.answer();
        console.keys("jHtt");
    });
}
