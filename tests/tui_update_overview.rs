//! The overview: what is counted, when, and how a bar becomes the filter of the list.

use crossterm::event::KeyCode;
use host_provisioner::domain::overview::{Chart, MaxAge};
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::Look;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::overview::Counts;

use crate::support::canned::{Canned, showcase};
use crate::support::console::Console;
use crate::world::hours;

/// The showcase, of which some were rotated in these days.
pub(crate) fn rotated() -> Canned {
    let mut data = showcase();
    for (session, hour) in [(1, -30), (2, -30), (5, -100), (5, -2), (3, -24 * 40), (3, -24 * 20)] {
        data.rotated_elsewhere(session, hour);
    }
    data
}

fn console() -> Console {
    Console::on(rotated())
}

fn counts(console: &Console) -> &Counts {
    assert!(matches!(console.model.screen, Screen::Overview), "{:?}", console.model.screen);
    &console.model.overview
}

fn filter_here(console: &Console) -> String {
    counts(console).bar().unwrap().filter.to_string()
}

fn asks(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::Overview(_))))
}

#[test]
fn it_is_counted_when_it_is_opened_and_kept_for_the_next_time() {
    let mut console = console();
    let effects = console.keys("O");
    assert!(
        matches!(&effects[..], [Effect::Load(_, Query::Overview(max_age))] if *max_age == console.model.about.max_age)
    );
    assert_eq!(counts(&console).read.as_ref().unwrap().at, hours(0));
    console.esc();
    assert!(console.is_on_the_list());
    console.pass(125_000);
    assert_eq!(console.keys("O"), [], "it is shown with its age");
    assert!(console.shows("counted 2 min ago"));
    assert!(asks(&console.ctrl('r')));
    assert!(console.shows("counted <1 min ago"));
}

#[test]
fn the_policy_is_the_configurations() {
    let mut console = console();
    console.model.about.max_age = MaxAge::new(std::time::Duration::from_hours(24));
    console.keys("O");
    assert!(console.shows("over the policy (1d)"));
    assert!(console.shows("! 4d and more"));
}

#[test]
fn every_bar_becomes_the_filter_and_the_list_has_as_many_as_it_told() {
    for (place, chart) in Chart::ALL.into_iter().enumerate() {
        let mut bar = 0;
        loop {
            let mut console = console();
            console.keys("O");
            (0..place).for_each(|_| drop(console.press(KeyCode::Tab)));
            console.keys("g");
            (0..bar).for_each(|_| drop(console.keys("j")));
            assert_eq!(counts(&console).chart, chart);
            let bars = counts(&console).read.as_ref().unwrap().bars(chart);
            let told = counts(&console).bar().unwrap();
            assert_eq!(told, bars[bar]);
            console.enter();
            assert!(console.is_on_the_list());
            assert_eq!(console.model.list.filter, told.filter.to_string());
            assert_eq!(console.model.list.input.value(), console.model.list.filter);
            assert_eq!(console.ids().len() as u64, told.sessions, "{told:?}");
            bar += 1;
            if bar == bars.len() {
                break;
            }
        }
    }
}

#[test]
fn the_cursor_goes_from_bar_to_bar_and_stays_where_it_was_in_each_chart() {
    let mut console = console();
    console.keys("O");
    assert_eq!(filter_here(&console), "record:active");
    console.keys("kjj");
    assert_eq!(filter_here(&console), "record:expired");
    console.press(KeyCode::Tab);
    console.press(KeyCode::Right);
    console.press(KeyCode::Down);
    assert_eq!(filter_here(&console), "age:>=60d age:<90d");
    console.press(KeyCode::Tab);
    assert_eq!(filter_here(&console), "age:<1d", "the newest day");
    console.keys("jh");
    assert_eq!(filter_here(&console), "age:>=1d age:<2d");
    console.keys("g");
    assert_eq!(filter_here(&console), "age:>=29d age:<30d");
    console.press(KeyCode::Tab);
    assert!(filter_here(&console).starts_with("by:="));
    console.press(KeyCode::Tab);
    assert_eq!(filter_here(&console), "record:expired");
    console.press(KeyCode::BackTab);
    console.press(KeyCode::BackTab);
    assert_eq!(filter_here(&console), "age:>=29d age:<30d");
    console.keys("GqO");
    assert_eq!(filter_here(&console), "age:<1d", "and the next time");
}

#[test]
fn a_slow_count_shows_and_escape_stops_it_before_it_leaves() {
    let mut console = console();
    console.prompt = false;
    console.keys("O");
    let (ticket, _) = console.waiting[0].clone();
    // There is nothing to move on yet, and the cursor of the days stays on the newest.
    console.press(KeyCode::Tab);
    console.press(KeyCode::Tab);
    console.keys("kg");
    console.pass(149);
    assert!(!console.shows("Esc stops"), "nothing flickers");
    assert!(console.shows("Counting …"));
    console.pass(1151);
    assert!(console.shows("counting, 1.3 s   Esc stops"));
    assert_eq!(console.esc(), [Effect::CancelLoad(ticket)]);
    assert!(console.shows("Counting was stopped") && console.shows("Ctrl-r counts, Esc goes back"));
    assert_eq!(console.esc(), []);
    assert!(console.is_on_the_list());
    console.keys("O");
    console.answer();
    assert_eq!(filter_here(&console), "age:<1d");
}

#[test]
fn leaving_stops_what_nobody_will_look_at_and_a_late_answer_changes_nothing() {
    let mut console = console();
    console.prompt = false;
    console.keys("O");
    let (ticket, query) = console.waiting[0].clone();
    assert_eq!(console.esc(), [Effect::CancelLoad(ticket)]);
    assert!(console.is_on_the_list());
    let late = console.data.answer(&query, console.now);
    console.loaded(ticket, late);
    assert!(console.model.overview.read.is_none());
}

#[test]
fn counting_again_stops_the_question_before() {
    let mut console = console();
    console.prompt = false;
    console.keys("O");
    let (first, _) = console.waiting[0].clone();
    let effects = console.ctrl('r');
    assert!(matches!(&effects[..], [Effect::CancelLoad(old), Effect::Load(..)] if *old == first));
}

#[test]
fn a_failure_says_what_to_do_and_keeps_what_was_counted_before() {
    let mut console = console();
    console.prompt = false;
    console.keys("O");
    console.refuse("the database did not answer within 10s");
    assert!(console.shows("✗ The sessions could not be counted: the database did not answer within 10s."));
    assert!(console.shows("Nothing was changed. Ctrl-r tries again, Esc goes back."));
    assert_eq!(console.enter(), []);
    assert_eq!(console.notice(), "There is no bar here to list the sessions of.");
    console.ctrl('r');
    console.answer();
    assert!(console.shows("Records of 8 sessions"));
    console.ctrl('r');
    console.refuse("the database did not answer within 10s");
    assert!(console.shows("Records of 8 sessions") && console.shows("not counted again"));
    assert!(console.notice().starts_with("The sessions could not be counted:"));
}

#[test]
fn while_it_is_shown_the_list_below_follows_the_database_and_nothing_is_counted_unasked() {
    let mut console = console();
    console.keys("O");
    let effects = console.look(Look::Changed);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::Sessions(_)))));
    assert!(!asks(&effects));
}

#[test]
fn another_database_has_counts_of_its_own() {
    let mut console = console();
    console.keys("Oq");
    assert!(console.model.overview.read.is_some());
    let about = console.model.about.clone();
    console.model.arrive(about, hours(0));
    assert!(console.model.overview.read.is_none());
}

#[test]
fn a_new_guid_waits_until_the_overview_is_left() {
    let mut console = console();
    let started = console.reach_change(1);
    console.keys("O");
    console.end(&started);
    assert_eq!(console.notice(), "The new Host GUID is ready: Esc, back to the list, shows it.");
    assert!(matches!(console.model.screen, Screen::Overview));
    console.esc();
    assert_eq!(console.reveal().job, started.job);
}
