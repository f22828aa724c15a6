//! In the console: the terminal is never lost, a GUID that works is shown or told as undelivered, and work goes on.

use std::time::Duration;

use host_provisioner::drill::{Step, Way};

use super::DRILL;
use super::commands::name;
use crate::support::desk::{Desk, IDLE};
use crate::support::pty::Console;

/// A desk, a GUID that works, everything in the database, and a console where this step goes wrong in this way.
struct Drill {
    desk: Desk,
    old: String,
    before: String,
    console: Console,
}

impl Drill {
    fn new(drill: &str) -> Self {
        let desk = Desk::demo();
        let old = desk.rotated_guid(IDLE);
        let before = desk.dump();
        let console = desk.console_with((120, 35), &[], &[(DRILL, drill)]);
        Self { desk, old, before, console }
    }

    /// Confirms a rotation.
    fn confirmed(drill: &str) -> Self {
        let mut this = Self::new(drill);
        this.console.sees(&["24 sessions"]);
        this.console.go_to(IDLE);
        this.console.plan_rotation("leaked in a chat");
        this.console.send("y");
        this
    }

    /// Sees that nothing was done and that the console lives on.
    fn nothing_is_done(mut self, said: &str) {
        self.console.sees(&[said]);
        assert_eq!(self.desk.dump(), self.before);
        assert_eq!(self.desk.verdict(IDLE, &self.old), "accepted");
        self.console.send("q");
        assert_eq!(self.console.exit_code(), 0);
        self.was_reached().goes_on();
    }

    /// Sees the new GUID, and that it works.
    fn all_is_done(mut self) {
        self.console.sees(&["New Host GUID for session 23"]);
        let new = self.console.reveal();
        assert_eq!(
            (self.desk.verdict(IDLE, &new), self.desk.verdict(IDLE, &self.old)),
            ("accepted".into(), "rejected".into())
        );
        assert!(!self.desk.log().contains(&new));
        self.was_reached().goes_on();
    }

    fn was_reached(&self) -> &Self {
        assert!(self.desk.log().contains("drill: "), "the step was reached");
        self
    }

    /// Sees that it was killed: that the step was reached needs no other proof.
    fn is_gone(&self) {
        self.console.gone_within(Duration::from_secs(20));
    }

    fn goes_on(&self) {
        self.desk.cli(&["audit", "verify"]);
        let next = self.desk.rotated_guid(IDLE);
        assert_eq!(self.desk.verdict(IDLE, &next), "accepted");
    }
}

/// The steps of a rotation before its COMMIT, in their order; the GUID is made before the transaction.
const BEFORE: [Step; 8] = [
    Step::MakeGuid,
    Step::LockSession,
    Step::ReadSession,
    Step::Plan,
    Step::UpdateRecord,
    Step::AppendEntry,
    Step::ReadBack,
    Step::SendCommit,
];

/// Those after it.
const AFTER: [Step; 2] = [Step::HearCommit, Step::TellSuccess];

fn drill(step: Step, way: Way) -> String {
    format!("{}:{}", name(&step), name(&way))
}

#[test]
fn a_change_that_fails_before_its_commit_is_told_as_not_done_and_the_console_lives_on() {
    for step in BEFORE {
        Drill::confirmed(&drill(step, Way::Error)).nothing_is_done("Nothing was changed: ");
    }
}

#[test]
fn a_change_that_panics_before_its_commit_is_told_as_not_done_and_the_console_lives_on() {
    for step in BEFORE {
        // Outside of the store nobody catches it who knows that nothing was begun.
        let looked_up = "Look the session up before you try again: ";
        let said = if step == Step::MakeGuid { looked_up } else { "Nothing was changed: " };
        Drill::confirmed(&drill(step, Way::Panic)).nothing_is_done(said);
    }
}

#[test]
fn a_change_that_fails_or_panics_after_its_commit_shows_its_guid() {
    for (step, way) in AFTER.into_iter().flat_map(|step| [(step, Way::Error), (step, Way::Panic)]) {
        Drill::confirmed(&drill(step, way)).all_is_done();
    }
}

#[test]
fn a_console_that_is_killed_before_its_commit_leaves_the_old_guid_working() {
    for step in BEFORE {
        let drill = Drill::confirmed(&drill(step, Way::Kill));
        drill.is_gone();
        assert_eq!(drill.desk.dump(), drill.before, "{step:?}");
        assert_eq!(drill.desk.verdict(IDLE, &drill.old), "accepted", "{step:?}");
        drill.goes_on();
    }
}

#[test]
fn a_console_that_is_killed_after_its_commit_leaves_a_rotation_in_the_history() {
    for step in AFTER.into_iter().chain([Step::HandOver]) {
        let drill = Drill::confirmed(&drill(step, Way::Kill));
        drill.is_gone();
        assert_eq!(drill.desk.verdict(IDLE, &drill.old), "rejected", "{step:?}");
        assert!(drill.desk.cli(&["history", "--session-id", "23"]).contains("leaked in a chat"), "{step:?}");
        drill.goes_on();
    }
}

#[test]
fn a_console_that_is_killed_while_it_draws_changes_nothing() {
    let drill = Drill::new("draw:kill");
    drill.is_gone();
    assert_eq!(drill.desk.dump(), drill.before);
    drill.goes_on();
}

#[test]
fn a_console_that_cannot_show_a_new_guid_gives_the_terminal_back_and_logs_it_as_undelivered() {
    for drill in ["hand-over:error", "hand-over:panic"] {
        let mut drill = Drill::confirmed(drill);
        assert_eq!(drill.console.exit_code(), 1);
        drill.console.sees(&["an internal error ended the console"]);
        assert_eq!(drill.desk.verdict(IDLE, &drill.old), "rejected");
        assert!(drill.desk.log().contains("the new Host GUID of session 23 was not delivered; it is committed"));
        drill.was_reached().goes_on();
    }
}

#[test]
fn a_console_that_cannot_begin_or_draw_ends_and_gives_the_terminal_back() {
    for (drill, code) in [("connect:error", 1), ("connect:panic", 1), ("draw:error", 129), ("draw:panic", 1)] {
        let mut drill = Drill::new(drill);
        assert_eq!(drill.console.exit_code(), code);
        assert!(!drill.console.text().contains("panicked"), "a panic does not smear the terminal");
        assert_eq!(drill.desk.dump(), drill.before);
        drill.was_reached().goes_on();
    }
}
