//! From several active records to one: what is shown is what is done, session by session.

use crossterm::event::KeyCode;
use host_provisioner::domain::host_record::HostRecordId;
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::Timestamp;
use host_provisioner::provision::{Decision, Planned};
use host_provisioner::store::ReadOnly;
use host_provisioner::tui::message::{Look, Message};

use crate::support::canned::{Canned, crowds, idle, of};
use crate::support::console::{CleaningUp, Console};
use crate::world::{duplicate, record, session_id};

fn console() -> Console {
    Console::on(crowds())
}

/// A console before the plan of one session.
fn before_plan_of(session: i64) -> Console {
    let mut console = console();
    console.go_to(session);
    console.reach_consolidation();
    console
}

pub(crate) fn decisions(started: &CleaningUp) -> Vec<(i64, i64)> {
    let of = |planned: &Planned| match planned {
        Planned::Decided(Decision { session, keep, .. }) => (session.get(), keep.get()),
        Planned::Undecided(session) => panic!("{session} is not decided"),
    };
    started.planned.iter().map(of).collect()
}

pub(crate) fn started(console: &Console) -> CleaningUp {
    let [started] = &console.cleaning[..] else { panic!("{} were started", console.cleaning.len()) };
    started.clone()
}

pub(crate) fn active(console: &Console, session: i64) -> Vec<i64> {
    let records = console.data.tables.records_of(session_id(session));
    records.iter().filter(|record| record.is_active).map(|record| record.id.get()).collect()
}

#[test]
fn y_consolidates_an_idle_session_by_the_rule_and_a_reason_is_not_needed() {
    let mut console = before_plan_of(1);
    console.keys("y");
    let started = started(&console);
    assert_eq!(decisions(&started), [(1, 10)]);
    assert_eq!((started.mandate.reason.is_none(), started.mandate.by.as_str()), (true, "M. Keller"));
    assert!(console.is_on_the_list());
    console.end_clean_up(&started);
    assert_eq!(active(&console, 1), [10]);
    assert!(console.notice().contains("#10 goes on; retired: #11"), "{}", console.notice());
    assert!(console.model.job.is_none());
}

#[test]
fn the_one_that_is_marked_is_unmarked_once_it_is_consolidated() {
    let mut console = console();
    console.go_to(1);
    console.keys(" ");
    console.go_to(2);
    console.reach_consolidation();
    console.keys("y");
    let started = started(&console);
    assert_eq!((decisions(&started), console.model.marks.ids.len()), (vec![(1, 10)], 1));
    console.end_clean_up(&started);
    assert!(console.model.marks.ids.is_empty());
}

#[test]
fn a_reason_that_is_given_goes_along_and_one_that_is_too_short_is_refused() {
    let mut console = console();
    console.go_to(1);
    console.keys("Cno");
    console.enter();
    assert!(console.form().fault.is_some());
    console.keys("t needed");
    console.enter();
    console.pass(400);
    console.keys("y");
    assert_eq!(started(&console).mandate.reason.unwrap().shown(), "not needed");
}

#[test]
fn a_person_may_let_another_record_stay_and_that_is_shown_before_it_counts() {
    let mut console = before_plan_of(2);
    console.press(KeyCode::Down);
    console.keys("2");
    console.enter();
    assert!(console.cleaning.is_empty(), "what would be done has just changed");
    assert!(console.shows("you chose it; the rule keeps #21: it was used last"));
    console.pass(400);
    console.keys("2");
    console.enter();
    assert_eq!(decisions(&started(&console)), [(2, 22)]);
}

#[test]
fn where_all_have_expired_whoever_lets_one_stay_is_told_that_no_guid_works_then() {
    let mut world = crowds();
    world.tables.records.iter_mut().filter(|record| record.session.get() == 6).for_each(|record| {
        record.expires_at = Some(Timestamp::parse_written("2020-01-01 00:00:00").unwrap());
    });
    let mut console = Console::on(world);
    console.go_to(6);
    console.reach_consolidation();
    assert!(console.shows("has expired: no Host GUID of this session works then."), "{:#?}", console.screen());
}

#[test]
fn whoever_lets_an_expired_record_stay_is_told_that_it_cannot_while_another_one_works() {
    let mut console = before_plan_of(6);
    assert!(!console.shows("has expired"), "the rule keeps the other one");
    console.press(KeyCode::Down);
    assert!(console.shows("#60 cannot stay: it has expired, and another one works."), "{:#?}", console.screen());
    assert!(console.shows("choose the one that stays") && !console.shows("y: do it"));
    console.pass(400);
    console.keys("y");
    let told = "#60 cannot stay: it has expired, and another one works. Choose another one.";
    assert_eq!((console.notice(), console.cleaning.len()), (told, 0));
    console.press(KeyCode::Up);
    console.pass(400);
    console.keys("y");
    assert_eq!(decisions(&started(&console)), [(6, 61)], "the other one can");
}

#[test]
fn of_an_ambiguous_session_nothing_is_done_until_a_person_has_chosen() {
    let mut console = before_plan_of(3);
    console.keys("y");
    assert!(console.notice().contains("choose the one that stays"), "{}", console.notice());
    for (key, keep) in [(KeyCode::Down, 30), (KeyCode::Up, 32)] {
        let mut console = before_plan_of(3);
        console.press(key);
        console.pass(400);
        console.keys("y");
        assert_eq!(decisions(&started(&console)), [(3, keep)]);
    }
    console.press(KeyCode::Down);
    console.press(KeyCode::Down);
    console.press(KeyCode::Down);
    console.press(KeyCode::Down);
    console.pass(400);
    console.keys("y");
    assert_eq!(decisions(&started(&console)), [(3, 30)], "after the last comes the first");
}

#[test]
fn a_session_with_one_record_or_none_has_nothing_to_do() {
    for session in [4, 5] {
        let mut console = before_plan_of(session);
        assert!(console.shows("no more than one active record") && console.shows("There is nothing to do."));
        console.keys("y");
        console.enter();
        assert!(console.cleaning.is_empty());
    }
}

#[test]
fn a_session_that_changed_meanwhile_is_left_and_its_new_plan_needs_a_new_confirmation() {
    let mut console = before_plan_of(1);
    console.data.tables.record_mut(HostRecordId::new(11).unwrap()).last_used_at = Some(console.now);
    console.keys("y");
    let first = started(&console);
    console.end_clean_up(&first);
    assert_eq!(active(&console, 1), [10, 11]);
    let changed = console.consolidation().changed.clone().unwrap();
    assert!(changed.starts_with("Nothing was done"), "{changed}");
    console.keys("y");
    assert_eq!(console.cleaning.len(), 1, "nothing goes on by itself");
    console.press(KeyCode::Up);
    console.pass(400);
    console.keys("y");
    assert_eq!(console.cleaning.len(), 2);
    assert_ne!(console.cleaning[0].planned, console.cleaning[1].planned);
}

#[test]
fn a_plan_that_is_over_30_seconds_old_is_read_again_instead_of_done() {
    let mut console = before_plan_of(1);
    console.pass(30_001);
    console.keys("y");
    assert!(console.cleaning.is_empty());
    assert!(console.notice().contains("read again"), "{}", console.notice());
    console.pass(400);
    console.keys("y");
    assert_eq!(console.cleaning.len(), 1);
}

#[test]
fn a_plan_that_could_not_be_read_confirms_nothing() {
    let mut console = console();
    console.go_to(1);
    console.keys("C");
    console.prompt = false;
    console.enter();
    console.refuse("the database did not answer within 10s");
    console.pass(1_000);
    console.keys("y");
    assert!(console.cleaning.is_empty());
    assert!(console.shows("the database did not answer within 10s"));
}

#[test]
fn nothing_is_begun_where_nothing_may_be_changed_and_the_reason_is_said() {
    type Lock = fn(&mut Console);
    let locks: [(Lock, &str); 4] = [
        (|console| console.model.about.read_only = Some(ReadOnly::Asked), "Nothing can be changed"),
        (|console| drop(console.send(Message::Looked(Look::Lost("no route to host".to_owned())))), "out of reach"),
        (|console| console.pass(31_000), "s old, so nothing is changed"),
        (
            |console| {
                console.go_to(4);
                console.keys("R");
                console.press(KeyCode::Down);
                console.enter();
                console.pass(400);
                console.keys("y");
            },
            "One change at a time",
        ),
    ];
    for (lock, why) in locks {
        let mut console = console();
        console.prompt = why == "One change at a time";
        lock(&mut console);
        console.keys("C");
        assert!(console.is_on_the_list(), "{why}");
        assert!(console.notice().contains(why), "{why}: {}", console.notice());
    }
}

#[test]
fn the_detail_shows_every_active_record_which_would_stay_and_why() {
    let mut console = console();
    console.go_to(2);
    let told = console.screen().join("\n");
    for part in [
        "3 active records",
        "#20",
        "#21",
        "#22",
        "stays",
        "used 1 h ago",
        "never used",
        "expires in 9 d",
        "by Old Tool",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(told.contains("#21 stays if consolidated"), "{told}");
    console.go_to(3);
    assert!(console.shows("#30 and #31 were used close"), "{:#?}", console.screen());
}

#[test]
fn the_full_detail_compares_the_active_records_above_the_fields_of_each() {
    for size in [(120, 35), (80, 24)] {
        let mut console = Console::sized(crowds(), size);
        console.go_to(2);
        console.enter();
        let told = console.screen().join("\n");
        for part in
            ["3 active records", "▸ #21", "#20", "#22", "used 1 h ago", "by Old Tool", "#21 stays if consolidated"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}

#[test]
fn where_it_is_refused_the_reader_of_a_detail_or_a_history_stays_there_and_is_told_why() {
    for way in ["", "H"] {
        let mut console = console();
        console.go_to(2);
        console.enter();
        console.keys(way);
        let title = if way.is_empty() { " Session 2 " } else { "History of session 2" };
        console.model.about.read_only = Some(ReadOnly::Asked);
        console.keys("C");
        assert!(console.shows(title), "{:#?}", console.screen());
        assert!(console.notice().contains("Nothing can be changed"), "{}", console.notice());
    }
}

#[test]
fn nothing_of_a_stored_hash_is_shown() {
    for session in [1, 2, 3] {
        let console = before_plan_of(session);
        let told = console.screen().join("");
        for record in console.data.tables.records_of(SessionId::new(session).unwrap()) {
            assert!(told.contains(&record.hash.fingerprint().short()));
            assert!(!told.contains(&record.hash.as_str()[..10]), "{told}");
        }
    }
}

#[test]
fn a_marked_session_is_the_one_that_is_meant_wherever_the_cursor_is() {
    let mut console = console();
    console.go_to(1);
    console.keys(" ");
    console.go_to(5);
    console.reach_consolidation();
    console.keys("y");
    assert_eq!(decisions(&started(&console)), [(1, 10)]);
}

#[test]
fn many_records_are_scrolled_so_that_the_one_that_stays_is_in_sight() {
    let records = (0..40).map(|number| of(1, duplicate(100 + number))).chain([of(1, record(99))]).collect();
    let mut console = Console::sized(Canned::new(vec![idle(1, "Crowd")], records), (60, 16));
    console.reach_consolidation();
    assert!(console.shows("#139"), "{:#?}", console.screen());
    console.press(KeyCode::Down);
    assert!(console.shows("▸ #99"), "{:#?}", console.screen());
    assert!(console.shows("and 39 more"));
}
