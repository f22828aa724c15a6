//! How many sessions there are, and match: estimates come by themselves, an exact number when it is asked for.

use host_provisioner::domain::estimate::{Count, Estimate};
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::Look;

use crate::support::canned::{Canned, many};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;

/// Some hundred sessions that are said to be more than a million.
fn million() -> Canned {
    let estimate = Estimate { all: Count::About(1_203_400), found: Count::About(345_678) };
    Canned { estimate: Some(estimate), ..many(300) }
}

fn is_waited_for(console: &Console, wanted: fn(&Query) -> bool) -> bool {
    console.waiting.iter().any(|(_, query)| wanted(query))
}

fn counts(console: &Console) -> bool {
    is_waited_for(console, |query| matches!(query, Query::Count(_)))
}

#[test]
fn the_title_and_the_row_tell_an_estimate_from_a_number() {
    let mut console = Console::on(million());
    assert!(console.shows("~1.20M sessions") && console.shows("row 1/~1.20M"));
    console.keys("/class");
    console.enter();
    assert!(console.shows("~350,000 found of ~1.20M") && console.shows("row 1/~350,000"));
    let few = Console::on(many(30));
    assert!(few.shows("30 sessions") && few.shows("row 1/30"));
}

#[test]
fn how_many_there_are_is_asked_once_the_rows_are_there() {
    let mut console = Console::unread(million(), (120, 35));
    console.prompt = false;
    let estimates = |console: &Console| is_waited_for(console, |query| matches!(query, Query::Estimate(_)));
    assert!(!estimates(&console));
    console.answer();
    console.keys("/class");
    assert!(!estimates(&console), "the rows of the filter come first");
}

#[test]
fn an_estimate_of_another_filter_is_dropped() {
    let mut console = Console::on(million());
    console.prompt = false;
    console.keys("/cl");
    console.pass(200);
    while !console.waiting.iter().any(|(_, query)| matches!(query, Query::Estimate(_))) {
        let (ticket, query) = console.waiting.remove(0);
        let answer = console.data.answer(&query, console.now);
        console.loaded(ticket, answer);
    }
    let (old, _) = console.waiting.iter().find(|(_, query)| matches!(query, Query::Estimate(_))).cloned().unwrap();
    let effects = console.keys("a");
    assert!(effects.contains(&Effect::CancelLoad(old)), "{effects:?}");
    let answer = console.data.answer(&Query::Estimate("cl".parse().unwrap()), console.now);
    console.loaded(old, answer);
    assert_eq!(console.model.list.numbers.found, None);
}

#[test]
fn a_key_counts_exactly_and_what_was_counted_has_its_time_once_it_may_have_changed() {
    let mut console = Console::on(million());
    console.keys("#");
    assert_eq!(console.notice(), "Counted: 300 in all.");
    assert!(console.shows("300 sessions") && console.shows("row 1/300"));
    console.keys("#");
    assert_eq!(console.notice(), "The number is exact as it is: 300.");
    console.look(Look::Changed);
    assert!(
        console.shows("300 sessions at 12:00Z") && console.shows("row 1/~300"),
        "an estimate does not take its place"
    );
    console.keys("#");
    assert_eq!(console.notice(), "Counted: 300 in all.");
    console.ctrl('r');
    assert!(console.shows("~1.20M sessions"));
}

#[test]
fn what_matches_is_counted_and_another_filter_has_another_number() {
    let mut console = Console::on(million());
    console.keys("/class 1");
    console.enter();
    console.keys("#");
    assert_eq!(console.notice(), "Counted: 138 match the filter.");
    assert!(console.shows("138 found of ~1.20M"));
    console.keys("/");
    console.keys("0");
    console.enter();
    assert!(console.shows("13 found of ~1.20M"), "the list shows all of them");
}

#[test]
fn counting_goes_on_beside_everything_else_and_esc_stops_it() {
    let mut console = Console::on(million());
    console.prompt = false;
    console.keys("#");
    let (ticket, _) = console.waiting[0].clone();
    console.keys("jj");
    assert_eq!(console.cursor(), Some(3));
    console.pass(1300);
    assert!(console.shows("Counting the sessions, 1.3 s   Esc stops it"));
    console.keys("#");
    assert_eq!(console.notice(), "It is being counted: Esc stops it.");
    assert_eq!(console.esc(), [Effect::CancelLoad(ticket)]);
    assert_eq!(console.notice(), "Stopped counting.");
    console.loaded(ticket, Ok(host_provisioner::tui::message::Loaded::Count(7)));
    assert!(console.shows("~1.20M sessions"), "an answer that comes all the same is dropped");
    console.keys("#");
    assert!(counts(&console));
    console.ctrl('c');
    assert!(!counts(&console), "as Ctrl-c does");
}

#[test]
fn a_change_while_it_is_counted_is_a_change_since() {
    let mut console = Console::on(million());
    console.prompt = false;
    console.keys("#");
    console.look(Look::Changed);
    console.answer();
    assert!(console.shows("300 sessions at 12:00Z"));
}

#[test]
fn a_new_filter_stops_counting() {
    let mut console = Console::on(million());
    console.prompt = false;
    console.keys("#");
    console.keys("/x");
    assert!(!counts(&console));
}

#[test]
fn a_count_that_failed_says_so_and_the_estimate_stays() {
    let mut console = Console::on(million());
    console.prompt = false;
    console.keys("#");
    console.refuse("the database did not answer within 10s");
    assert_eq!(
        console.notice(),
        "The sessions could not be counted: the database did not answer within 10s. # tries again."
    );
    assert!(console.shows("~1.20M sessions"));
}

#[test]
fn where_nothing_can_be_said_the_list_says_that_it_is_filtered() {
    let unknown = Estimate { all: Count::About(1_203_400), found: Count::Unknown };
    let mut console = Console::on(Canned { estimate: Some(unknown), ..many(300) });
    console.keys("/class");
    console.enter();
    assert!(console.shows("filtered of ~1.20M") && console.shows("row 1 "));
}

#[test]
fn estimates_have_room_at_every_size() {
    assert_screens("tui_estimates", &million(), |console| {
        console.answer();
        console.keys("/class");
        console.enter();
        console.keys("#s");
        console.look(Look::Changed);
        console.keys("j");
    });
}

#[test]
fn a_search_that_was_stopped_found_nobody_knows_how_many() {
    let mut console = Console::on(million());
    console.keys("/class 29");
    console.enter();
    console.prompt = false;
    console.keys("/");
    console.keys("9");
    console.enter();
    console.pass(500);
    console.esc();
    assert!(!console.shows("0 found"));
    console.prompt = true;
    console.keys("#");
    assert_eq!(console.notice(), "Counted: 1 match the filter.");
}

#[test]
fn rows_that_were_left_in_their_places_are_not_counted() {
    let mut console = Console::on(many(30));
    console.keys("s");
    assert!(console.shows("30 sessions"));
    console.data.estimate = Some(Estimate { all: Count::Exact(31), found: Count::Exact(31) });
    console.look(Look::Changed);
    assert!(console.shows("31 sessions") && console.shows("row 1/31"));
}

#[test]
fn a_number_that_a_change_may_have_made_wrong_is_exact_no_more() {
    let exact = Estimate { all: Count::Exact(5_000), found: Count::Exact(5_000) };
    let mut console = Console::on(Canned { estimate: Some(exact), ..many(500) });
    assert!(console.shows("5,000 sessions") && !console.shows("~5,000"));
    console.prompt = false;
    console.look(Look::Changed);
    console.pass(500);
    console.esc();
    assert!(console.shows("~5,000 sessions"), "its reading was stopped");
}

/// Asks for an estimate, which takes so long.
fn estimate(console: &mut Console, millis: i64) {
    console.prompt = false;
    console.ctrl('r');
    answer_until(console, asks);
    console.pass(millis);
    console.answer();
}

fn asks(console: &Console) -> bool {
    is_waited_for(console, |query| matches!(query, Query::Estimate(_)))
}

fn answer_until(console: &mut Console, seen: fn(&Console) -> bool) {
    while !seen(console) {
        let (ticket, query) = console.waiting.remove(0);
        let answer = console.data.answer(&query, console.now);
        console.loaded(ticket, answer);
    }
}

#[test]
fn estimates_that_nobody_asked_for_rest_as_long_as_ten_of_them_take() {
    let mut console = Console::on(million());
    estimate(&mut console, 300);
    console.look(Look::Changed);
    console.answer();
    assert!(!asks(&console), "it took 300 ms");
    console.pass(3_000);
    console.look(Look::Changed);
    answer_until(&mut console, asks);
}

#[test]
fn while_estimates_rest_no_number_of_before_a_change_is_exact_and_a_clock_that_is_set_back_ends_that() {
    let exact = Estimate { all: Count::Exact(5_000), found: Count::Exact(5_000) };
    let mut console = Console::on(Canned { estimate: Some(exact), ..many(500) });
    estimate(&mut console, 300);
    assert!(console.shows("5,000 sessions") && !console.shows("~5,000"));
    console.look(Look::Changed);
    console.answer();
    assert!(console.shows("~5,000 sessions") && !asks(&console));
    console.pass(-3_600_000);
    console.look(Look::Changed);
    answer_until(&mut console, asks);
    console.answer();
    assert!(console.shows("5,000 sessions") && !console.shows("~5,000"));
}
