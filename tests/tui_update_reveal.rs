//! The new GUID: masked, shown for ten seconds, handed over or reported as lost, and gone.

use host_provisioner::provision::Certainty;
use host_provisioner::tui::effect::{Effect, JobId};
use host_provisioner::tui::message::{Global, JobEvent, Message, Ui};
use host_provisioner::tui::model::REST;
use host_provisioner::tui::screen::Screen;

use crate::support::canned::{event, showcase};
use crate::support::console::{Console, GUID};
use crate::world::{guid, session_id};

fn revealed() -> Console {
    let mut console = Console::on(showcase());
    console.reach_guid(4);
    console
}

#[test]
fn the_guid_is_masked_at_first() {
    let console = revealed();
    assert!(console.shows("New Host GUID for session 4"));
    assert!(!console.shows(GUID));
    assert!(console.shows("••••••••-••••-••••-••••-••••••••••••"));
}

#[test]
fn v_shows_the_guid_for_ten_seconds_by_the_clock() {
    let mut console = revealed();
    console.keys("v");
    assert!(console.shows(GUID));
    console.pass(9_999);
    assert!(console.shows(GUID) && console.shows("hidden in 1 s"));
    console.pass(1);
    assert!(!console.shows(GUID));
    assert_eq!(console.model.tick(), REST);
}

#[test]
fn the_guid_is_masked_on_resize_suspend_and_loss_of_focus() {
    for global in [Global::Resize(80, 24), Global::Suspend, Global::FocusLost] {
        let mut console = revealed();
        console.keys("v");
        console.send(Message::Ui(Ui::Global(global.clone())));
        assert!(!console.shows(GUID), "{global:?}");
    }
}

#[test]
fn the_guid_is_masked_when_the_clock_is_set_back() {
    let mut console = revealed();
    console.keys("v");
    console.pass(-3_600_000);
    assert!(!console.shows(GUID));
    console.keys("v");
    assert!(console.shows(GUID) && console.shows("hidden in 10 s"));
}

#[test]
fn the_guid_is_masked_beneath_the_help_and_after_it() {
    let mut console = revealed();
    console.keys("v?");
    assert!(!console.shows(GUID));
    console.lose_focus();
    console.esc();
    assert!(!console.shows(GUID));
    console.keys("v?");
    console.pass(10_000);
    console.esc();
    assert!(!console.shows(GUID));
}

#[test]
fn no_other_key_shows_the_guid() {
    let mut console = revealed();
    console.keys("Vyjkg1 ");
    console.enter();
    console.ctrl('v');
    console.paste("v");
    assert!(!console.shows(GUID));
}

#[test]
fn leaving_asks_while_it_was_neither_shown_nor_copied() {
    for leave in ["q", "\u{1b}"] {
        let mut console = revealed();
        if leave == "q" {
            console.keys("q")
        } else {
            console.esc()
        };
        assert!(console.shows("Have you handed it over?"));
        if leave == "q" {
            console.keys("q")
        } else {
            console.esc()
        };
        assert!(!console.reveal().asking, "leaving again takes the question back");
        assert!(matches!(console.model.screen, Screen::Reveal(_)));
    }
}

#[test]
fn y_leaves_only_when_it_was_asked() {
    let mut console = revealed();
    console.keys("y");
    assert!(matches!(console.model.screen, Screen::Reveal(_)));
    console.keys("q");
    let effects = console.keys("y");
    assert!(console.is_on_the_list());
    assert!(effects.contains(&Effect::Forget));
}

#[test]
fn a_guid_that_was_left_unseen_is_reported_undelivered() {
    let mut console = revealed();
    console.keys("q");
    assert!(console.keys("y").contains(&Effect::Undelivered(session_id(4), event(), Certainty::Committed)));
}

#[test]
fn a_guid_that_was_shown_leaves_without_a_question_and_is_forgotten() {
    let mut console = revealed();
    console.keys("v");
    let effects = console.esc();
    assert!(console.is_on_the_list());
    assert!(effects.contains(&Effect::Forget));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Undelivered(..))), "{effects:?}");
}

#[test]
fn c_hands_the_guid_to_the_clipboard_and_leaving_asks_until_that_worked() {
    let mut console = revealed();
    let job = console.reveal().job;
    assert_eq!(console.keys("c"), [Effect::Copy(job, guid(1))]);
    console.send(Message::Copied(job, Err("the terminal did not take it".to_owned())));
    console.esc();
    assert!(console.reveal().asking);
    console.keys("c");
    console.send(Message::Copied(job, Ok("Sent to the terminal".to_owned())));
    assert_eq!(console.notice(), "Sent to the terminal");
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn the_copy_of_an_older_guid_is_no_copy_of_this_one() {
    let mut console = revealed();
    console.send(Message::Copied(JobId(console.reveal().job.0 - 1), Ok("Sent to the terminal".to_owned())));
    console.esc();
    assert!(console.reveal().asking);
}

#[test]
fn the_guid_is_gone_from_the_model_after_leaving() {
    let mut console = revealed();
    console.keys("vq");
    assert!(console.model.ready.is_none());
    assert!(console.is_on_the_list());
    for key in ["v", "c", "y"] {
        let effects = console.keys(key);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Copy(..))));
    }
    assert!(!console.shows(GUID));
}

#[test]
fn no_lines_of_the_log_and_no_debug_text_hold_the_guid() {
    let mut console = revealed();
    console.keys("v");
    assert!(!format!("{:?}", console.model).contains(GUID));
    assert!(console.model.log.lines().all(|line| !line.text.contains(GUID)));
}

#[test]
fn a_guid_that_becomes_ready_while_the_operator_types_waits_for_the_list() {
    for (there, back) in [("/", "\n"), ("H", "q"), ("?", "q"), ("\n", "q")] {
        let mut console = Console::on(showcase());
        let started = console.reach_change(4);
        if there == "\n" {
            console.enter()
        } else {
            console.keys(there)
        };
        console.end(&started);
        assert!(!matches!(console.model.screen, Screen::Reveal(_)), "{there:?}");
        assert!(console.notice().contains("ready"), "{there:?}: {}", console.notice());
        if back == "\n" {
            console.enter()
        } else {
            console.keys(back)
        };
        assert_eq!(console.reveal().job, started.job, "{there:?}");
        assert!(!console.shows(GUID));
    }
}

#[test]
fn a_guid_that_waits_for_the_list_blocks_the_next_change() {
    let mut console = Console::on(showcase());
    let started = console.reach_change(4);
    console.keys("H");
    console.end(&started);
    console.keys("R");
    assert!(matches!(console.model.screen, Screen::History(_)), "a refusal leaves the reader in place");
    assert!(console.notice().contains("The new Host GUID is ready"), "{}", console.notice());
    console.esc();
    assert_eq!(console.reveal().job, started.job);
}

/// Rotates session 4, and loses the connection after COMMIT was sent.
fn unsettled() -> (Console, JobId, Vec<Effect>) {
    let mut console = Console::on(showcase());
    let started = console.reach_change(4);
    let mut end = console.outcome(&started).unwrap();
    end.certainty = Certainty::Unknown;
    let effects = console.job(started.job, JobEvent::Ended(Box::new(Ok(end))));
    (console, started.job, effects)
}

#[test]
fn an_unknown_outcome_is_told_and_asked_about() {
    let (console, job, effects) = unsettled();
    assert!(effects.contains(&Effect::Settle(job, session_id(4), event())));
    assert!(console.shows("NOT KNOWN yet whether it was committed"));
}

#[test]
fn a_settled_outcome_is_told_on_the_screen_that_shows_it() {
    for (committed, words) in
        [(true, "✓ committed: the new GUID works"), (false, "✗ NOT committed: this GUID is worthless")]
    {
        let (mut console, job, _) = unsettled();
        console.job(job, JobEvent::Settled(committed));
        assert!(console.shows(words), "{words}");
        assert!(!console.shows("NOT KNOWN"));
    }
}

#[test]
fn a_guid_that_was_left_unseen_before_it_was_settled_is_not_reported_as_committed() {
    let (mut console, _, _) = unsettled();
    console.keys("q");
    assert!(console.keys("y").contains(&Effect::Undelivered(session_id(4), event(), Certainty::Unknown)));
}

#[test]
fn a_worthless_guid_is_left_without_a_question_and_is_not_undelivered() {
    let (mut console, job, _) = unsettled();
    console.job(job, JobEvent::Settled(false));
    let effects = console.esc();
    assert!(console.is_on_the_list());
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Undelivered(..))));
}

#[test]
fn an_outcome_that_is_settled_after_leaving_is_told_as_a_notice() {
    for (committed, words) in [(true, "the new Host GUID works"), (false, "the old Host GUID works")] {
        let (mut console, job, _) = unsettled();
        console.keys("vq");
        console.job(job, JobEvent::Settled(committed));
        assert!(console.notice().contains(words), "{}", console.notice());
    }
}

#[test]
fn the_settling_of_another_change_is_not_taken_for_this_ones() {
    let (mut console, job, _) = unsettled();
    console.job(JobId(job.0 + 100), JobEvent::Settled(true));
    assert!(console.shows("NOT KNOWN yet whether it was committed"));
    assert_eq!(console.notice(), "");
}

#[test]
fn an_outcome_that_is_settled_before_it_was_shown_is_shown_settled() {
    for committed in [true, false] {
        let mut console = Console::on(showcase());
        let started = console.reach_change(4);
        console.keys("/");
        let mut end = console.outcome(&started).unwrap();
        end.certainty = Certainty::Unknown;
        console.job(started.job, JobEvent::Ended(Box::new(Ok(end))));
        console.job(started.job, JobEvent::Settled(committed));
        console.enter();
        assert_eq!(matches!(console.model.screen, Screen::Reveal(_)), committed);
        assert!(!console.shows("NOT KNOWN"));
    }
}
