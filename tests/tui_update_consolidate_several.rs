//! Several sessions at once: what is done, what is left, how it is stopped, and the report.

use host_provisioner::domain::session::SessionId;
use host_provisioner::provision::Fate;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::JobEvent;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{crowds, failure, many, of};
use crate::support::console::{CleaningUp, Console};
use crate::tui_update_consolidate::{active, decisions, started};
use crate::world::{duplicate, session_id};

/// A console before the plan of all that have duplicates.
fn before_plan_of_all() -> Console {
    let mut console = Console::on(crowds());
    console.keys("/record:duplicate");
    console.enter();
    console.keys("*");
    console.reach_consolidation();
    console
}

#[test]
fn all_that_are_marked_are_summed_up_and_the_ambiguous_ones_left() {
    let mut console = before_plan_of_all();
    let told = console.screen().join("\n");
    for part in ["4 marked sessions, 4 with several active records", "3 sessions", "4 records", "1 ambiguous: 3"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    console.keys("y");
    assert!(console.cleaning.is_empty(), "people are in one of them");
    console.keys("3");
    console.enter();
    assert_eq!(decisions(&started(&console)), [(1, 10), (2, 21), (6, 61)]);
}

#[test]
fn the_strip_tells_how_far_it_is_and_the_report_what_was_done() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    assert!(console.shows("Consolidating 1 of 3: session 1"));
    let ends = console.clean_up(&started, 1);
    assert!(console.shows("Consolidating 2 of 3: session 2"));
    console.keys("jk");
    assert!(console.is_on_the_list(), "the list stays usable");
    let rest = CleaningUp { planned: started.planned[1..].to_vec(), ..started.clone() };
    let ends = ends.into_iter().chain(console.clean_up(&rest, 9)).collect();
    console.job(started.job, JobEvent::CleanedUp(ends, None));
    assert_eq!((console.report().not_done, &console.report().ambiguous[..]), (0, &[session_id(3)][..]));
    for part in ["3 sessions consolidated, 4 records retired", "1 session ambiguous"] {
        assert!(console.shows(part), "{part}: {:#?}", console.screen());
    }
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn esc_stops_after_the_session_that_is_under_way_and_what_is_left_is_told() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    assert!(console.shows("Esc stops after it"));
    assert!(console.esc().contains(&Effect::StopJob(started.job)));
    assert!(console.model.job.is_some(), "it goes on to the end of that session");
    assert!(!console.esc().contains(&Effect::StopJob(started.job)), "once");
    let ends = console.clean_up(&started, 1);
    console.job(started.job, JobEvent::CleanedUp(ends, None));
    for part in ["1 session consolidated", "2 sessions not done, and unchanged: stopped by a key", "record:duplicate"] {
        assert!(console.shows(part), "{part}: {:#?}", console.screen());
    }
    assert_eq!([1, 2, 6].map(|session| active(&console, session).len()), [1, 3, 2]);
}

#[test]
fn what_changed_and_what_the_database_refused_stands_in_the_report() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    console.data.rotated_elsewhere(1, -1);
    let ends = console.clean_up(&started, 2);
    assert!(matches!(ends[0].fate, Fate::Changed(_)));
    console.job(started.job, JobEvent::CleanedUp(ends, Some(failure("the disk is full"))));
    for part in
        ["1 session consolidated", "left as it is: session 1 changed", "1 session not done, and unchanged: the disk"]
    {
        assert!(console.shows(part), "{part}: {:#?}", console.screen());
    }
}

#[test]
fn work_that_ended_by_an_internal_error_tells_what_is_known_of_it() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    console.clean_up(&started, 2);
    console.job(started.job, JobEvent::Ended(Box::new(Err(failure("an internal error ended the work")))));
    assert_eq!((console.report().ends.len(), console.report().not_done), (2, 1));
    assert!(console.shows("an internal error ended the work"));
}

#[test]
fn an_outcome_that_is_not_known_stops_the_rest_and_is_settled() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    let mut ends = console.clean_up(&started, 2);
    ends[1].fate = Fate::Unknown;
    let effects = console.job(started.job, JobEvent::CleanedUp(ends, None));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Settle(job, id, _) if *job == started.job && id.get() == 2))
    );
    assert!(console.shows("not known yet what became of session 2"));
    console.esc();
    console.job(started.job, JobEvent::Settled(false));
    assert!(console.notice().contains("session 2 was NOT committed"), "{}", console.notice());
}

#[test]
fn a_report_waits_until_a_person_is_back_on_the_list() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    console.keys("H");
    console.end_clean_up(&started);
    assert!(matches!(console.model.screen, Screen::History(_)));
    assert!(console.notice().contains("Esc, back to the list, shows what was done"), "{}", console.notice());
    console.esc();
    assert_eq!(console.report().ends.len(), 3);
}

#[test]
fn sessions_are_read_a_hundred_at_a_time_and_esc_stops_that() {
    let mut data = many(250);
    data.tables.records.extend((1..=250).map(|number| of(number, duplicate(number + 5000))));
    let mut console = Console::on(data);
    console.keys("*");
    console.keys("C");
    console.prompt = false;
    console.enter();
    let asked = |console: &Console| match &console.waiting[..] {
        [(_, Query::Crowded(ids))] => ids.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(&console), 100);
    let (ticket, query) = console.waiting.remove(0);
    let answer = console.data.answer(&query, console.now);
    console.loaded(ticket, answer);
    assert_eq!(asked(&console), 100);
    assert!(console.shows("200 of 250 sessions asked for"));
    let effects = console.esc();
    assert!(matches!(effects[..], [Effect::CancelLoad(_)]));
    assert!(console.waiting.is_empty() && matches!(console.model.screen, Screen::Reason(_)));
    console.prompt = true;
    console.enter();
    assert!(console.shows("Consolidate                250 sessions"), "{:#?}", console.screen());
}

#[test]
fn while_it_runs_no_other_change_begins_and_quitting_asks() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    console.keys("u");
    for key in ["R", "X", "C"] {
        console.keys(key);
        assert!(console.is_on_the_list() && console.notice().contains("One change at a time"), "{key}");
    }
    console.keys("q");
    assert!(matches!(console.model.screen, Screen::Leave));
    console.keys("y");
    let started = started(&console);
    let effects = console.end_clean_up(&started);
    assert!(effects.contains(&Effect::Quit), "{effects:?}");
}

#[test]
fn quitting_stays_for_the_report_where_something_was_left() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    console.keys("qy");
    let started = started(&console);
    let ends = console.clean_up(&started, 1);
    let effects = console.job(started.job, JobEvent::CleanedUp(ends, Some(failure("the disk is full"))));
    assert!(!effects.contains(&Effect::Quit));
    assert_eq!(console.report().not_done, 2);
}

#[test]
fn ctrl_c_cancels_the_one_that_is_under_way() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let job = started(&console).job;
    assert!(console.ctrl('c').contains(&Effect::CancelJob(job)));
}

#[test]
fn an_event_of_another_job_changes_nothing() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    let other = host_provisioner::tui::effect::JobId(started.job.0 + 1);
    let end = console.data.consolidate(&started.planned[0], &started.mandate, console.now);
    console.job(other, JobEvent::OneEnded(end.clone()));
    console.job(other, JobEvent::CleanedUp(vec![end], None));
    assert!(console.model.job.is_some() && console.shows("Consolidating 1 of 3"));
}

fn marked(console: &Console) -> Vec<i64> {
    console.model.marks.ids.after(None).map(SessionId::get).collect()
}

#[test]
fn what_is_consolidated_is_unmarked_and_what_is_left_to_a_person_stays_marked() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    assert_eq!(marked(&console), [1, 2, 3, 6], "until it is over");
    let started = started(&console);
    console.end_clean_up(&started);
    console.esc();
    assert_eq!(marked(&console), [3]);
    assert!(console.shows("marked 1 (0 outside the filter)"), "{:#?}", console.screen());
}

#[test]
fn what_changed_and_what_was_not_come_to_stays_marked_unless_a_person_unmarks_it_meanwhile() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    console.data.rotated_elsewhere(1, -1);
    let ends = console.clean_up(&started, 2);
    console.go_to(3);
    console.keys(" ");
    console.job(started.job, JobEvent::CleanedUp(ends, Some(failure("the disk is full"))));
    assert_eq!(marked(&console), [1, 6], "session 1 changed, 6 was not come to");
}

#[test]
fn what_an_internal_error_left_stays_marked_and_nothing_else() {
    let mut console = before_plan_of_all();
    console.keys("3");
    console.enter();
    let started = started(&console);
    console.clean_up(&started, 2);
    console.job(started.job, JobEvent::Ended(Box::new(Err(failure("an internal error ended the work")))));
    assert_eq!(marked(&console), [3, 6]);
}

#[test]
fn a_session_whose_outcome_is_not_known_stays_marked_until_it_is() {
    for committed in [false, true] {
        let mut console = before_plan_of_all();
        console.keys("3");
        console.enter();
        let started = started(&console);
        let mut ends = console.clean_up(&started, 2);
        ends[1].fate = Fate::Unknown;
        console.job(started.job, JobEvent::CleanedUp(ends, None));
        console.esc();
        assert_eq!(marked(&console), [2, 3, 6]);
        console.job(started.job, JobEvent::Settled(committed));
        assert_eq!(marked(&console), if committed { vec![3, 6] } else { vec![2, 3, 6] });
    }
}
