//! An import: all of its rows are there, or none.

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
