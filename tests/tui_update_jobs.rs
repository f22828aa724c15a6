//! A change under way: one at a time, told line by line, never abandoned.

use host_provisioner::provision::{Certainty, ProvisionEvent};
use host_provisioner::tui::effect::{Effect, JobId};
use host_provisioner::tui::message::{JobEvent, Look};
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{failure, showcase};
use crate::support::console::{Console, Started};
use crate::world::session_id;

fn running() -> (Console, Started) {
    let mut console = Console::on(showcase());
    let started = console.reach_change(4);
    (console, started)
}

fn refused(what: &str) -> JobEvent {
    JobEvent::Ended(Box::new(Err(failure(what))))
}

#[test]
fn one_change_at_a_time() {
    for key in ["R", "X"] {
        let (mut console, _) = running();
        console.keys(key);
        assert!(console.is_on_the_list());
        assert!(console.notice().starts_with("One change at a time"));
    }
}

#[test]
fn the_list_stays_usable_while_a_change_runs() {
    let (mut console, _) = running();
    console.go_to(7);
    console.keys("/review");
    console.enter();
    assert_eq!(console.cursor(), Some(1));
    assert!(console.model.job.is_some());
}

#[test]
fn a_program_that_holds_a_lock_is_not_suspended() {
    let (mut console, started) = running();
    assert_eq!(console.ctrl('z'), []);
    assert!(console.notice().starts_with("A change is under way"));
    console.job(started.job, refused("locked"));
    assert_eq!(console.ctrl('z'), [Effect::Suspend]);
}

#[test]
fn an_event_of_another_change_changes_nothing() {
    let (mut console, started) = running();
    let other = JobId(started.job.0 + 1);
    let before = format!("{:?}", console.model);
    console.job(other, refused("too late"));
    console.job(other, JobEvent::Told(ProvisionEvent::Checking(session_id(4))));
    console.job(other, JobEvent::Settled(true));
    console.job(other, JobEvent::Settled(false));
    assert_eq!(format!("{:?}", console.model), before);
}

#[test]
fn a_change_ends_once() {
    let (mut console, started) = running();
    console.end(&started);
    console.keys("vq");
    console.job(started.job, refused("again"));
    assert_eq!(console.notice(), "");
    assert!(console.is_on_the_list());
}

#[test]
fn the_story_goes_into_the_log_panel_verbatim() {
    let (mut console, started) = running();
    console.job(started.job, JobEvent::Told(ProvisionEvent::Checking(session_id(4))));
    assert!(console.shows("12:00:00Z PROVISIONER: Checking for existing Host Session with Session ID 4"));
}

#[test]
fn a_failure_tells_what_happened_and_what_was_not_changed() {
    let (mut console, started) = running();
    console.job(started.job, refused("the disk is full"));
    assert_eq!(console.notice(), "Nothing was changed: the disk is full.");
    assert!(console.model.notice.as_ref().is_some_and(|notice| notice.bad));
    assert!(console.model.job.is_none());
}

/// The database that ended it often cannot be read either.
#[test]
fn what_became_of_a_change_stays_until_a_key_whatever_cannot_be_read() {
    let (mut console, started) = running();
    console.prompt = false;
    console.job(started.job, refused("nothing listens there"));
    assert!(!console.waiting.is_empty(), "the list is read again");
    console.refuse("nothing listens there");
    assert_eq!(console.notice(), "Nothing was changed: nothing listens there.");
    console.ctrl('r');
    console.refuse("nothing listens there");
    assert!(console.notice().contains("could not be read"), "{}", console.notice());
}

#[test]
fn what_could_not_be_read_is_no_news_once_it_is_read() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.ctrl('r');
    console.refuse("nothing listens there");
    assert!(console.notice().contains("could not be read"), "{}", console.notice());
    console.look(Look::Lost("nothing listens there".to_owned()));
    assert!(console.notice().contains("could not be read"), "{}", console.notice());
    console.look(Look::Changed);
    console.answer();
    assert_eq!(console.notice(), "");
}

#[test]
fn a_conflict_that_ends_a_change_while_the_operator_is_elsewhere_opens_nothing_under_their_fingers() {
    let (mut console, started) = running();
    console.keys("/");
    console.data.rotated_elsewhere(4, -1);
    console.end(&started);
    assert!(matches!(console.model.screen, Screen::Filter));
    assert!(console.notice().contains("R. Sato"), "{}", console.notice());
}

#[test]
fn a_change_ends_with_a_fresh_list() {
    let (mut console, started) = running();
    let old = console.model.list.selected().unwrap().active[0].hash.fingerprint();
    console.end(&started);
    let new = console.model.list.selected().unwrap().active[0].hash.fingerprint();
    assert_ne!(old, new);
}

#[test]
fn a_revocation_says_that_no_guid_works_any_more() {
    let mut console = Console::on(showcase());
    let started = revoking(&mut console);
    console.end(&started);
    assert_eq!(console.notice(), "Session 4 has no active Host GUID any more.");
    assert!(console.is_on_the_list());
}

fn revoking(console: &mut Console) -> Started {
    console.go_to(4);
    console.keys("X");
    console.press(crossterm::event::KeyCode::Down);
    console.enter();
    console.pass(400);
    console.keys("y");
    console.started.last().cloned().unwrap()
}

#[test]
fn a_revocation_of_unknown_outcome_claims_nothing_before_it_is_settled() {
    for (committed, words) in
        [(true, "Session 4 has no active Host GUID any more"), (false, "the revocation of session 4 was NOT committed")]
    {
        let mut console = Console::on(showcase());
        let started = revoking(&mut console);
        let mut end = console.outcome(&started).unwrap();
        end.certainty = Certainty::Unknown;
        let effects = console.job(started.job, JobEvent::Ended(Box::new(Ok(end))));
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Settle(..))));
        assert!(console.notice().contains("NOT KNOWN"), "{}", console.notice());
        console.job(started.job, JobEvent::Settled(committed));
        assert!(console.notice().contains(words), "{}", console.notice());
    }
}

#[test]
fn q_quits_at_once_when_nothing_runs() {
    let mut console = Console::on(showcase());
    assert_eq!(console.keys("q"), [Effect::Quit]);
}

#[test]
fn q_asks_while_a_change_runs() {
    let (mut console, _) = running();
    assert_eq!(console.keys("q"), []);
    assert!(matches!(console.model.screen, Screen::Leave));
    console.esc();
    assert!(console.is_on_the_list());
    assert!(console.model.job.is_some());
}

#[test]
fn quitting_when_done_waits_until_the_guid_is_handed_over() {
    let (mut console, started) = running();
    assert_eq!(console.keys("qy"), []);
    assert!(!console.end(&started).contains(&Effect::Quit));
    console.keys("v");
    assert!(console.keys("q").ends_with(&[Effect::Quit]));
}

#[test]
fn quitting_when_done_is_off_when_the_change_failed() {
    let (mut console, started) = running();
    console.keys("qy");
    assert!(!console.job(started.job, refused("the disk is full")).contains(&Effect::Quit));
    assert!(console.shows("the disk is full"));
}

#[test]
fn a_revocation_that_is_waited_for_quits_when_it_is_done() {
    let mut console = Console::on(showcase());
    let started = revoking(&mut console);
    console.keys("qy");
    assert!(console.end(&started).contains(&Effect::Quit));
}

#[test]
fn a_revocation_of_unknown_outcome_is_settled_before_the_console_quits() {
    let mut console = Console::on(showcase());
    let started = revoking(&mut console);
    console.keys("qy");
    let mut end = console.outcome(&started).unwrap();
    end.certainty = Certainty::Unknown;
    assert!(!console.job(started.job, JobEvent::Ended(Box::new(Ok(end)))).contains(&Effect::Quit));
    assert!(console.job(started.job, JobEvent::Settled(true)).contains(&Effect::Quit));
}

#[test]
fn staying_takes_quitting_back() {
    let (mut console, started) = running();
    console.keys("qyq");
    console.esc();
    console.end(&started);
    console.keys("v");
    assert!(!console.keys("q").contains(&Effect::Quit));
}

#[test]
fn cancelling_is_asked_for_and_told() {
    for cancel in ["qc", "\u{3}"] {
        let (mut console, started) = running();
        let effects = if cancel == "qc" { console.keys("qc") } else { console.ctrl('c') };
        assert_eq!(effects, [Effect::CancelJob(started.job)]);
        assert!(console.model.job.as_ref().is_some_and(|job| job.cancelling));
        assert!(console.notice().starts_with("Cancelling"));
    }
}

#[test]
fn a_change_that_was_committed_in_spite_of_cancelling_shows_its_guid() {
    let (mut console, started) = running();
    console.ctrl('c');
    console.end(&started);
    assert!(matches!(console.model.screen, Screen::Reveal(_)));
}

#[test]
fn ctrl_c_never_quits() {
    let mut console = Console::on(showcase());
    for _ in 0..5 {
        assert_eq!(console.ctrl('c'), []);
    }
    assert_eq!(console.notice(), "Nothing waits. q quits.");
}
