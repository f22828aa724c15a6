//! At the command line: what a command says is true, and the next command works.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;

use clap::ValueEnum;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::drill::{Step, Way};
use host_provisioner::store::{self, Settings, Target};

use super::{DRILL, imports, titles};
use crate::support::database::TestDb;
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::{Ran, TestEnv, end_of};
use crate::support::requests::{opens, provision, provisioner};
use crate::support::world::{OLD_TOOL, ROWS, give_guid, world};

/// What a change leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaves {
    NewGuid,
    Nothing,
    /// One of the records that there were.
    OneAsItWas,
}

/// A change, and the steps that are its own between the plan and the entry.
struct Change {
    line: &'static str,
    session: i64,
    leaves: Leaves,
    writes: &'static [Step],
}

const CHANGES: [Change; 5] = [
    change("create --session-id 2", OLD_TOOL.duplicates, Leaves::NewGuid, &[Step::RetireRecord, Step::UpdateRecord]),
    change("create --session-id 3", OLD_TOOL.no_record, Leaves::NewGuid, &[Step::InsertRecord]),
    change(
        "create --session-id 2 --force-new",
        OLD_TOOL.duplicates,
        Leaves::NewGuid,
        &[Step::RetireRecord, Step::InsertRecord],
    ),
    change("revoke --session-id 2", OLD_TOOL.duplicates, Leaves::Nothing, &[Step::RetireRecord]),
    change(
        "consolidate --session-id 2 --keep 21",
        OLD_TOOL.duplicates,
        Leaves::OneAsItWas,
        &[Step::RetireRecord, Step::UpdateRecord],
    ),
];

const fn change(line: &'static str, session: i64, leaves: Leaves, writes: &'static [Step]) -> Change {
    Change { line, session, leaves, writes }
}

impl Change {
    fn makes_guid(&self) -> bool {
        self.leaves == Leaves::NewGuid
    }

    /// Lists the steps that it takes, in their order.
    fn steps(&self) -> Vec<Step> {
        let before =
            [Step::Connect, Step::BeginSession, Step::MakeGuid, Step::LockSession, Step::ReadSession, Step::Plan];
        let after =
            [Step::AppendEntry, Step::ReadBack, Step::SendCommit, Step::HearCommit, Step::TellSuccess, Step::HandOver];
        let all = before.iter().chain(self.writes).chain(&after);
        let takes = |step: &Step| match step {
            Step::MakeGuid => self.makes_guid(),
            Step::BeginSession => self.leaves == Leaves::OneAsItWas,
            // A list of sessions and what became of them is no GUID: it is written like any other list.
            Step::HandOver => self.leaves != Leaves::OneAsItWas,
            _ => true,
        };
        all.copied().filter(takes).collect()
    }
}

/// What is so after a step went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing was changed, and this is said.
    Undone(&'static str),
    /// All of it was, and the GUID handed over.
    Done,
    /// All of it was, and nobody has the GUID.
    Undelivered,
}

/// Tells what must be so. No arm catches all: a new step must be thought about.
fn end(step: Step, way: Way) -> End {
    match step {
        Step::Connect => End::Undone("error: "),
        Step::BeginSession => End::Undone("the rest was not changed"),
        Step::MakeGuid if way == Way::Panic => End::Undone("no change is half done"),
        Step::MakeGuid
        | Step::LockSession
        | Step::ReadSession
        | Step::Plan
        | Step::RetireRecord
        | Step::UpdateRecord
        | Step::InsertRecord
        | Step::AppendEntry
        | Step::ReadBack
        | Step::SendCommit => End::Undone("; nothing was changed"),
        // A lost answer is looked up; lines of the log are not worth a GUID.
        Step::HearCommit | Step::TellSuccess if way != Way::Kill => End::Done,
        Step::HearCommit | Step::TellSuccess | Step::HandOver => End::Undelivered,
        Step::StageRows | Step::HoldTables | Step::InsertRows => unreachable!("a change imports nothing"),
        Step::IndexTitles => unreachable!("a change of a record changes no title"),
        Step::Draw => unreachable!("a command draws nothing"),
    }
}

pub(super) fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().unwrap().get_name().to_owned()
}

/// A file of its own, made once and copied, and the GUID that opens the session with duplicates.
fn file() -> (TestEnv, HostGuid) {
    static MADE: OnceLock<(Vec<u8>, String)> = OnceLock::new();
    let (bytes, old) = MADE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let db = runtime.block_on(world());
        let old = runtime.block_on(give_guid(&db));
        runtime.block_on(db.sql("PRAGMA wal_checkpoint(TRUNCATE)"));
        (std::fs::read(&db.path).unwrap(), old.reveal().to_string())
    });
    let copied = |_: &_| {
        let db = TestDb::nowhere();
        std::fs::write(&db.path, bytes).unwrap();
        db
    };
    (TestEnv::around(copied), HostGuid::parse(old).unwrap())
}

/// The same on a server.
fn server() -> (TestEnv<TestPg>, HostGuid) {
    let env = TestEnv::around(|runtime| runtime.block_on(TestPg::with_old_rows(ROWS)));
    let old = env.wait(give_guid(&env.db));
    (env, old)
}

/// Runs the change with one step going wrong, and checks everything that can be checked afterwards.
fn drilled<D: Outside>(env: &TestEnv<D>, old: &HostGuid, change: &Change, step: Step, way: Way) {
    let drill = format!("{}:{}", name(&step), name(&way));
    let before = env.dump();
    let mut command = env.command(change.line.split(' '));
    let ran = end_of(command.env(DRILL, &drill).spawn().unwrap());
    let what = format!("{}: {drill}\n{}{}", change.line, ran.transcript(), env.log_if_any());
    // Killed, it may not have written its log; not reached, it would not have been killed.
    assert!(way == Way::Kill || what.contains(&format!("WARN  drill: {drill}")), "not reached: {what}");
    told_truly(change, way, end(step, way), &ran, &env.log_if_any(), &what);
    let undone = matches!(end(step, way), End::Undone(_));
    assert_eq!(env.dump() == before, undone, "{what}");
    let active = match (undone, change.leaves) {
        (true, _) if change.session == OLD_TOOL.duplicates => "3",
        (false, Leaves::NewGuid | Leaves::OneAsItWas) => "1",
        (true, _) | (false, Leaves::Nothing) => "0",
    };
    let query = format!(
        r#"SELECT CAST(count(*) AS text) FROM "HostSessions" WHERE "SessionId" = {} AND "IsActive" AND "RevokedAt" IS NULL"#,
        change.session
    );
    assert_eq!(env.texts(&query), [active], "{what}");
    goes_on(change, undone, old, &ran.stdout, env, &what);
}

/// The exit code, stdout and the sentences are those of what happened, and no GUID is where it does not belong.
fn told_truly(change: &Change, way: Way, end: End, ran: &Ran, log: &str, what: &str) {
    for text in [&ran.stderr, log] {
        assert!(guids(text).is_empty(), "{what}");
    }
    if way == Way::Kill {
        assert_eq!((ran.code, ran.stdout.as_str()), (-1, ""), "{what}");
        return;
    }
    let (code, said) = match end {
        End::Undone(said) => (1, said),
        End::Undelivered if change.makes_guid() => (11, "rotated, GUID not delivered, rotate again"),
        End::Done | End::Undelivered => (0, ""),
    };
    assert_eq!(ran.code, code, "{what}");
    assert!(ran.stderr.contains(said) && !ran.stderr.contains("panicked"), "{what}");
    let handed_over = usize::from(end == End::Done && change.makes_guid());
    assert_eq!(guids(&ran.stdout).len(), handed_over, "{what}");
    assert_eq!(log.contains("was not delivered"), code == 11, "{what}");
    assert_eq!(log.contains("internal error at"), way == Way::Panic, "{what}");
}

/// Whoever had a GUID that works still has one, the history is whole, and a rotation works.
fn goes_on<D: Outside>(change: &Change, undone: bool, old: &HostGuid, stdout: &str, env: &TestEnv<D>, what: &str) {
    env.wait(async {
        let target = Target::parse(&env.url()).unwrap();
        let settings = Settings { target, timeout: Duration::from_secs(10), read_only: false };
        let provisioner = provisioner(&store::connect(settings, None).await.unwrap());
        let concerned = change.session == OLD_TOOL.duplicates;
        assert_eq!(opens(&provisioner, OLD_TOOL.duplicates, old).await, undone || !concerned, "{what}");
        if let [new] = &guids(stdout)[..] {
            assert!(opens(&provisioner, change.session, &HostGuid::parse(new).unwrap()).await, "{what}");
        }
        let report = provisioner.verify_audit().await.unwrap();
        assert_eq!((report.damage.len(), report.entries), (0, u64::from(!undone)), "{what}");
        let next = provision(&provisioner, change.session).await;
        assert!(opens(&provisioner, change.session, &next).await, "{what}");
        let report = provisioner.verify_audit().await.unwrap();
        assert_eq!((report.damage.len(), report.entries), (0, 1 + u64::from(!undone)), "{what}");
        provisioner.store().close().await;
    });
}

/// Finds what has the form of a Host GUID; an event's id is of another version.
fn guids(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words.filter(|word| word.len() == 36 && word.as_bytes()[14] == b'4').collect()
}

fn all(way: Way) {
    for change in &CHANGES {
        for step in change.steps() {
            let (env, old) = file();
            drilled(&env, &old, change, step, way);
            assert_eq!(env.texts("PRAGMA integrity_check"), ["ok"], "{}: {step:?}", change.line);
        }
    }
    // What rotates and what creates take every step that writes.
    for change in &CHANGES[..2] {
        for step in change.steps() {
            let (env, old) = server();
            drilled(&env, &old, change, step, way);
        }
    }
}

#[test]
fn an_error_at_any_step_leaves_all_or_nothing_done_and_says_which() {
    all(Way::Error);
}

#[test]
fn a_panic_at_any_step_leaves_all_or_nothing_done_and_says_which() {
    all(Way::Panic);
}

#[test]
fn a_kill_at_any_step_leaves_all_or_nothing_done() {
    all(Way::Kill);
}

#[test]
fn every_step_that_has_a_name_is_drilled() {
    let steps = CHANGES.iter().flat_map(Change::steps).chain(imports::STEPS).chain(titles::STEPS);
    let drilled: BTreeSet<String> = steps.map(|step| name(&step)).collect();
    let named: BTreeSet<String> = Step::value_variants().iter().filter(|step| **step != Step::Draw).map(name).collect();
    assert_eq!(drilled, named);
}
