//! A consolidation of several sessions, at the command line and in the console: the second one goes wrong, what is told is
//! true of each, and what is left is done the next time.

use std::time::Duration;

use host_provisioner::drill::{Step, Way};
use serde_json::{Value, json};

use super::DRILL;
use super::commands::name;
use crate::consolidation_kills::{APPLY, Place, SESSIONS, file};
use crate::support::desk::{Desk, quiet};
use crate::support::program::end_of;
use crate::support::pty::Console;

/// The steps of one session, in their order.
const STEPS: [Step; 11] = [
    Step::BeginSession,
    Step::LockSession,
    Step::ReadSession,
    Step::Plan,
    Step::RetireRecord,
    Step::UpdateRecord,
    Step::AppendEntry,
    Step::ReadBack,
    Step::SendCommit,
    Step::HearCommit,
    Step::TellSuccess,
];

/// Tells whether the second session is consolidated once this step is reached.
fn is_committed(step: Step) -> bool {
    matches!(step, Step::HearCommit | Step::TellSuccess)
}

/// Writes a drill that goes wrong in the second session; each has so many records to be retired.
fn in_the_second(step: Step, way: Way, retired: usize) -> String {
    let turn = if step == Step::RetireRecord { retired + 1 } else { 2 };
    format!("{}:{}:{turn}", name(&step), name(&way))
}

/// Applies a plan, of which the first session alone, or all but nothing, or everything is done; then the rest.
fn applied(step: Step, way: Way) {
    let mut place = Place::new(file());
    let drill = in_the_second(step, way, 2);
    let mut command = place.env.command(format!("{APPLY} --json").split(' '));
    let ran = end_of(command.env(DRILL, &drill).spawn().unwrap());
    let what = format!("{drill}\n{}", ran.transcript());
    place.look();
    let done = match (is_committed(step), way) {
        (false, _) => 1,
        (true, Way::Kill) => 2,
        // A lost answer is looked up, and lines of the log are not worth a session.
        (true, Way::Error | Way::Panic) => SESSIONS,
    };
    assert_eq!(place.done, done, "{what}");
    if way == Way::Kill {
        assert_eq!((ran.code, ran.stdout.as_str()), (-1, ""), "{what}");
    } else {
        assert!(place.env.log().contains("drill: "), "not reached: {what}");
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let is_whole = done == SESSIONS;
        let outcome = if is_whole { "consolidated" } else { "partly" };
        assert_eq!((&told["outcome"], &told["consolidated"]), (&json!(outcome), &json!(done)), "{what}");
        assert_eq!(ran.code, i32::from(!is_whole), "{what}");
        let stopped = ran.stderr.contains("; what is done stays done, the rest was not changed")
            && ran.stderr.contains("run the same command again");
        assert_eq!(stopped, !is_whole, "{what}");
    }
    place.end();
}

#[test]
fn an_error_at_any_step_of_the_second_session_of_a_plan_leaves_it_as_it_was_or_done_and_the_plan_goes_on() {
    for step in STEPS {
        applied(step, Way::Error);
    }
}

#[test]
fn a_panic_at_any_step_of_the_second_session_of_a_plan_leaves_it_as_it_was_or_done_and_the_plan_goes_on() {
    for step in STEPS {
        applied(step, Way::Panic);
    }
}

#[test]
fn a_kill_at_any_step_of_the_second_session_of_a_plan_leaves_it_as_it_was_or_done_and_the_plan_goes_on() {
    for step in STEPS {
        applied(step, Way::Kill);
    }
}

#[test]
fn a_plan_that_finds_no_connection_changes_nothing_and_goes_on_the_next_time() {
    for way in [Way::Error, Way::Panic, Way::Kill] {
        let mut place = Place::new(file());
        let mut command = place.env.command(APPLY.split(' '));
        let ran = end_of(command.env(DRILL, format!("connect:{}", name(&way))).spawn().unwrap());
        assert_eq!(ran.code, if way == Way::Kill { -1 } else { 1 }, "{}", ran.transcript());
        place.look();
        assert_eq!(place.done, 0);
        place.end();
    }
}

/// Sessions of the demo world with several active records, in the order in which they are come to.
const CROWDED: usize = 3;

/// How many sessions have more than one active record.
fn left(desk: &Desk) -> usize {
    desk.texts(r#"SELECT "SessionId" FROM "HostSessions" WHERE "IsActive" GROUP BY 1 HAVING count(*) > 1"#).len()
}

/// Marks all sessions that are left, as many as these.
fn mark(console: &mut Console, left: usize) {
    console.sees(&["24 sessions"]);
    console.send("/record:duplicate\r");
    console.sees(&[&format!("{left} found")]);
    console.send("*");
    console.sees(&[&format!("Marked {left}; {left} marked in all.")]);
}

/// Consolidates the marked sessions.
fn consolidate(console: &mut Console, marked: usize) {
    console.send("C");
    console.sees(&["one active record stays"]);
    console.send("\r");
    if marked == 1 {
        console.sees(&["Confirm consolidation", "y: do it"]);
        quiet();
        console.send("y");
    } else {
        console.sees(&[&format!("{marked} sessions, one after the other")]);
        quiet();
        // People are in one of them.
        let typed = console.text().contains("Type the number of sessions to confirm");
        console.send(if typed { format!("{marked}\r") } else { "y".to_owned() }.as_str());
    }
}

/// Begins with all of them, and with this step going wrong in the second one.
fn begun(step: Step, way: Way) -> (Desk, Console) {
    let desk = Desk::demo();
    let first = desk.texts(
        r#"SELECT CAST(count(*) - 1 AS TEXT) FROM "HostSessions" WHERE "IsActive" GROUP BY "SessionId" HAVING count(*) > 1 ORDER BY "SessionId""#,
    );
    assert_eq!(first.len(), CROWDED);
    let drill = in_the_second(step, way, first[0].parse().unwrap());
    let mut console = desk.console_with((120, 35), &[], &[(DRILL, &drill)]);
    mark(&mut console, CROWDED);
    consolidate(&mut console, CROWDED);
    (desk, console)
}

/// The report says what is so; what is left is still marked, and is done from there.
fn reported(step: Step, way: Way) {
    let (desk, mut console) = begun(step, way);
    if is_committed(step) {
        console.sees(&["3 sessions consolidated"]);
        assert_eq!(left(&desk), 0, "{step:?}");
    } else {
        let why = if way == Way::Panic { "an internal error" } else { "this is a drill" };
        console.sees(&["1 session consolidated", "2 sessions not done, and unchanged", why]);
        assert_eq!(left(&desk), 2, "{step:?}");
        console.send("\x1b");
        console.sees_no_more("what was done");
        console.sees(&["marked 2 (0 outside the filter): C acts on these"]);
        consolidate(&mut console, 2);
        console.sees(&["2 sessions consolidated"]);
        assert_eq!(left(&desk), 0, "{step:?}");
    }
    assert!(desk.log().contains("drill: "), "the step was reached");
    assert!(!console.text().contains("panicked"), "a panic does not smear the terminal");
    console.send("\x1b");
    console.sees_no_more("what was done");
    console.sees_no_more("C acts on these");
    desk.cli(&["audit", "verify"]);
    console.send("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn the_console_reports_an_error_at_any_step_of_the_second_session_as_it_is_and_goes_on() {
    for step in STEPS {
        reported(step, Way::Error);
    }
}

#[test]
fn the_console_reports_a_panic_at_any_step_of_the_second_session_as_it_is_and_goes_on() {
    for step in STEPS {
        reported(step, Way::Panic);
    }
}

#[test]
fn a_console_that_is_killed_at_any_step_of_the_second_session_leaves_it_as_it_was_or_done_and_the_next_one_goes_on() {
    for step in STEPS {
        let (desk, console) = begun(step, Way::Kill);
        console.gone_within(Duration::from_secs(20));
        let rest = if is_committed(step) { 1 } else { 2 };
        assert_eq!(left(&desk), rest, "{step:?}");
        desk.cli(&["audit", "verify"]);
        let mut next = desk.console();
        mark(&mut next, rest);
        consolidate(&mut next, rest);
        next.sees(&[if rest == 1 { "has one active record" } else { "2 sessions consolidated" }]);
        assert_eq!(left(&desk), 0, "{step:?}");
        desk.cli(&["audit", "verify"]);
    }
}
