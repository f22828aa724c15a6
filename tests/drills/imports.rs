//! An import: all of its rows are there, or none.

use std::fmt::Write as _;

use host_provisioner::drill::{Step, Way};

use super::DRILL;
use super::commands::name;
use crate::support::fixtures;
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::{TestEnv, end_of};

/// The steps of an import, in their order.
pub(super) const STEPS: [Step; 7] = [
    Step::Connect,
    Step::StageRows,
    Step::HoldTables,
    Step::InsertRows,
    Step::AppendEntry,
    Step::SendCommit,
    Step::HearCommit,
];

const LINE: [&str; 5] = ["import", "--sessions", "sessions.csv", "--host-sessions", "host_sessions.csv"];

fn drilled<D: Outside>(env: &TestEnv<D>, step: Step, way: Way) {
    let drill = format!("{}:{}", name(&step), name(&way));
    fixtures::write_files(env);
    let before = env.dump();
    let ran = end_of(env.command(LINE).env(DRILL, &drill).spawn().unwrap());
    let what = format!("{drill}\n{}{}", ran.transcript(), env.log_if_any());
    assert!(way == Way::Kill || what.contains(&format!("WARN  drill: {drill}")), "not reached: {what}");
    let done = step == Step::HearCommit;
    let code = match (done, way) {
        (_, Way::Kill) => -1,
        // A lost answer is looked up.
        (true, Way::Error | Way::Panic) => 0,
        (false, Way::Error | Way::Panic) => 1,
    };
    assert_eq!(ran.code, code, "{what}");
    assert!(
        done || way == Way::Kill || step == Step::Connect || ran.stderr.contains("; nothing was changed"),
        "{what}"
    );
    assert!(!ran.stderr.contains("panicked"), "{what}");
    assert_eq!(env.dump() == before, !done, "{what}");
    // The guards stand as they stood.
    let again = env.run_with(LINE).ok();
    assert!(again.contains("300") && again.contains("345"), "{what}{again}");
    let flagged = r#"UPDATE "HostSessions" SET "LegacyDuplicate" = true WHERE "HostSessionId" = 1"#;
    let refused = env.wait(env.db.try_sql(flagged)).unwrap_err();
    assert!(refused.contains("LegacyDuplicate cannot be set"), "{what}{refused}");
    assert!(env.run("audit verify").ok().contains("Entries          300"), "{what}");
}

/// At every step, in a file and on a server.
fn all(way: Way) {
    for step in STEPS {
        let env = TestEnv::empty();
        drilled(&env, step, way);
        assert_eq!(env.texts("PRAGMA integrity_check"), ["ok"], "{step:?}");
        drilled(&TestEnv::around(|runtime| runtime.block_on(TestPg::empty())), step, way);
    }
}

/// More sessions than are written at once, each with a record.
const MANY: i64 = 10_100;

fn write_many<D: Outside>(env: &TestEnv<D>) {
    let (mut sessions, mut records) = (String::new(), String::new());
    for id in 1..=MANY {
        let group = format!("DE562439-E9C1-4823-A960-{id:012}");
        let times = "NULL,NULL,NULL,2026-09-04 08:28:00,2026-09-04 08:28:00";
        writeln!(sessions, "{id},{group},one of many,NULL,Created,0,100,{times}").unwrap();
        let hash = format!("{id:043}=");
        writeln!(records, "{id},{id},{hash},2026-09-04 08:28:00,NULL,NULL,API User,NULL,NULL,1").unwrap();
    }
    let head = |text: &str| text.lines().next().unwrap().to_owned();
    env.file("sessions.csv", format!("{}\n{sessions}", head(fixtures::SESSIONS)).as_bytes());
    env.file("host_sessions.csv", format!("{}\n{records}", head(fixtures::HOST_SESSIONS)).as_bytes());
}

/// What was written before the second part goes with it.
fn drilled_in_the_second_part<D: Outside>(env: &TestEnv<D>, step: Step, way: Way) {
    let drill = format!("{}:{}:2", name(&step), name(&way));
    write_many(env);
    let before = env.dump();
    let ran = end_of(env.command(LINE).env(DRILL, &drill).spawn().unwrap());
    let what = format!("{drill}\n{}{}", ran.transcript(), env.log_if_any());
    assert_eq!(ran.code, if way == Way::Kill { -1 } else { 1 }, "{what}");
    assert!(way == Way::Kill || what.contains("WARN  drill: "), "not reached: {what}");
    assert!(way == Way::Kill || ran.stderr.contains("; nothing was changed"), "{what}");
    assert!(env.dump() == before, "{what}");
    env.run_with(LINE).ok();
    let count = r#"SELECT CAST(count(*) AS text) FROM "HostSessions" WHERE "IsActive""#;
    assert_eq!(env.texts(count), [MANY.to_string()], "{what}");
}

#[test]
fn whatever_goes_wrong_in_the_second_part_of_an_import_leaves_nothing_of_the_first() {
    for (step, way) in [
        (Step::InsertRows, Way::Error),
        (Step::AppendEntry, Way::Panic),
        (Step::InsertRows, Way::Kill),
        (Step::AppendEntry, Way::Kill),
    ] {
        drilled_in_the_second_part(&TestEnv::empty(), step, way);
        drilled_in_the_second_part(&TestEnv::around(|runtime| runtime.block_on(TestPg::empty())), step, way);
    }
}

#[test]
fn an_error_at_any_step_of_an_import_leaves_all_or_nothing_of_it() {
    all(Way::Error);
}

#[test]
fn a_panic_at_any_step_of_an_import_leaves_all_or_nothing_of_it() {
    all(Way::Panic);
}

#[test]
fn a_kill_at_any_step_of_an_import_leaves_all_or_nothing_of_it() {
    all(Way::Kill);
}
