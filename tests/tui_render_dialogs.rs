//! How the dialogs look, in four sizes.

use crossterm::event::KeyCode;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::session::Session;
use host_provisioner::provision::{Certainty, ProvisionEvent};
use host_provisioner::store::ReadOnly;
use host_provisioner::tui::message::JobEvent;

use crate::support::canned::{Canned, of, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::{duplicate, hours, record, record_id, session, session_id};

/// Whether the terminal can show anything but its size.
fn fits(console: &Console) -> bool {
    console.model.size.0 >= 60
}

#[test]
fn the_reason_form_shows_what_is_wrong() {
    assert_screens("tui_reason", &showcase(), |console| {
        console.answer();
        console.go_to(5);
        console.keys("Rlost GUID");
        console.press(KeyCode::Tab);
        console.press(KeyCode::Tab);
        console.keys("yesterday");
        console.enter();
    });
}

#[test]
fn the_form_of_a_revocation_is_shorter() {
    assert_screens("tui_reason_revoke", &showcase(), |console| {
        console.answer();
        console.go_to(4);
        console.keys("X");
        console.press(KeyCode::Down);
    });
}

#[test]
fn the_plan_of_an_idle_session_asks_for_y() {
    assert_screens("tui_confirm_idle", &showcase(), |console| {
        console.answer();
        console.reach_plan(5);
        console.pass(2_000);
    });
}

#[test]
fn the_plan_of_a_session_without_a_record_signs_nobody_out() {
    assert_screens("tui_confirm_first", &showcase(), |console| {
        console.answer();
        console.reach_plan(1);
    });
}

#[test]
fn the_plan_of_a_live_session_asks_for_its_id() {
    assert_screens("tui_confirm_live", &showcase(), |console| {
        console.answer();
        console.reach_plan(2);
        console.keys("2");
    });
}

/// A live session with two duplicates and a title that means harm; its record has an end.
fn crowded() -> Canned {
    let title =
        Some("知識 \u{202e}gpj.exe and a title that goes on for longer than any screen is wide, on and on".to_owned());
    let ending = HostRecord { expires_at: Some(hours(24 * 9)), ..record(32) };
    let records = vec![of(215, duplicate(30)), of(215, duplicate(31)), of(215, ending)];
    Canned::new(vec![Session { title, ..session(215) }], records)
}

#[test]
fn the_plan_lists_duplicates_and_the_expiry_that_it_takes_away() {
    assert_screens("tui_confirm_duplicates", &crowded(), |console| {
        console.answer();
        console.reach_plan(215);
        console.keys("21");
    });
}

#[test]
fn the_plan_after_a_conflict_says_by_whom() {
    assert_screens("tui_confirm_conflict", &showcase(), |console| {
        console.answer();
        let started = console.reach_change(4);
        console.data.rotated_elsewhere(4, -1);
        console.end(&started);
    });
}

#[test]
fn a_plan_that_is_being_read_says_for_how_long() {
    assert_screens("tui_confirm_loading", &showcase(), |console| {
        console.answer();
        console.keys("R");
        console.press(KeyCode::Down);
        console.prompt = false;
        console.enter();
        console.pass(3_200);
    });
}

#[test]
fn a_plan_that_could_not_be_read_says_that_nothing_was_changed() {
    assert_screens("tui_confirm_failure", &showcase(), |console| {
        console.answer();
        console.keys("R");
        console.press(KeyCode::Down);
        console.prompt = false;
        console.enter();
        console.refuse("the database did not answer within 10s");
    });
}

#[test]
fn a_plan_without_work_asks_nothing() {
    assert_screens("tui_confirm_nothing", &showcase(), |console| {
        console.answer();
        console.keys("X");
        console.press(KeyCode::Down);
        console.enter();
    });
}

#[test]
fn a_running_change_has_a_strip_and_its_story() {
    assert_screens("tui_running", &showcase(), |console| {
        console.answer();
        let started = console.reach_change(4);
        let (session, record) = (session_id(4), record_id(23));
        for line in [
            ProvisionEvent::Checking(session),
            ProvisionEvent::Found(session, record),
            ProvisionEvent::Updating(session, record),
        ] {
            console.job(started.job, JobEvent::Told(line));
        }
        console.pass(1_400);
    });
}

#[test]
fn the_question_whether_to_quit() {
    assert_screens("tui_leave", &showcase(), |console| {
        console.answer();
        console.reach_change(4);
        console.keys("q");
    });
}

#[test]
fn a_new_guid_is_masked() {
    assert_screens("tui_reveal_masked", &showcase(), |console| {
        console.answer();
        console.reach_guid(4);
    });
}

#[test]
fn a_new_guid_is_shown() {
    assert_screens("tui_reveal_shown", &showcase(), |console| {
        console.answer();
        console.reach_guid(4);
        console.keys("v");
        console.pass(3_000);
    });
}

#[test]
fn leaving_a_new_guid_asks() {
    assert_screens("tui_reveal_asking", &showcase(), |console| {
        console.answer();
        console.reach_guid(4);
        console.keys("q");
    });
}

/// Shows a GUID whose COMMIT was not answered.
fn unsettled(console: &mut Console) -> host_provisioner::tui::effect::JobId {
    console.answer();
    let started = console.reach_change(4);
    let mut end = console.outcome(&started).unwrap();
    end.certainty = Certainty::Unknown;
    console.job(started.job, JobEvent::Ended(Box::new(Ok(end))));
    started.job
}

#[test]
fn a_guid_of_unknown_outcome_says_so() {
    assert_screens("tui_reveal_settling", &showcase(), |console| {
        unsettled(console);
    });
}

#[test]
fn a_guid_that_was_not_committed_says_that_it_is_worthless() {
    assert_screens("tui_reveal_not_committed", &showcase(), |console| {
        let job = unsettled(console);
        console.job(job, JobEvent::Settled(false));
    });
}

#[test]
fn the_help_lists_the_keys_of_the_list() {
    assert_screens("tui_help", &showcase(), |console| {
        console.answer();
        console.keys("?");
    });
}

#[test]
fn bad_news_stand_above_the_footer() {
    assert_screens("tui_bad_news", &showcase(), |console| {
        console.answer();
        console.model.about.read_only = Some(ReadOnly::Asked);
        console.model.about.demo = true;
        console.keys("R");
        assert!(!fits(console) || console.shows("✗ Nothing can be changed"));
    });
}
