//! A plan that is being applied is killed, again and again: each session is done whole or not at all, and the same plan
//! goes on where it stopped.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process_kills::KILLS;
use crate::support::database::TestDb;
use crate::support::draw::{Draw, SEED, given};
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;

/// Kills unless [`KILLS`] says otherwise: then it is a tenth of that.
const FEW: u64 = 60;

/// Kills of a client of a server; else a hundredth.
const FEW_ON_A_SERVER: u64 = 12;

pub(crate) const SESSIONS: usize = 12;
const RECORDS: usize = 3;

/// Lines that the program writes of each session: checking, two records retired, one kept.
const LINES: u64 = 4;

/// A kill comes so long at most after the line that it waits for.
const SOON: Duration = Duration::from_millis(3);

pub(crate) const APPLY: &str = "consolidate --apply plan.json --created-by Cleaner --timeout 120s";

/// Sessions with three active records each, the first of which was used.
fn rows() -> String {
    let mut rows = String::new();
    for session in 1..=SESSIONS {
        writeln!(
            rows,
            r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt")
               VALUES ({session}, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Session {session}', '2025-11-19 08:28:00', '2025-11-19 08:28:00');"#
        )
        .unwrap();
        for record in 0..RECORDS {
            let (id, used) = (session * 10 + record, if record == 0 { "'2026-01-01 00:00:00'" } else { "NULL" });
            writeln!(
                rows,
                r#"INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "LastUsedAt", "IsActive")
                   VALUES ({id}, {session}, 'hash {id}', '2025-11-20 08:28:00', {used}, '1');"#
            )
            .unwrap();
        }
    }
    rows
}

/// A database, its plan, and how many sessions are consolidated.
pub(crate) struct Place<D> {
    pub(crate) env: TestEnv<D>,
    /// The record that stays, by session.
    stays: BTreeMap<i64, i64>,
    pub(crate) done: usize,
}

impl<D: Outside> Place<D> {
    pub(crate) fn new(env: TestEnv<D>) -> Self {
        env.run("consolidate --plan plan.json -q").ok();
        let plan: Value = serde_json::from_str(&std::fs::read_to_string(env.home("plan.json")).unwrap()).unwrap();
        let of = |session: &Value| (session["session_id"].as_i64().unwrap(), session["stays"].as_i64().unwrap());
        let stays: BTreeMap<i64, i64> = plan["sessions"].as_array().unwrap().iter().map(of).collect();
        assert_eq!(stays.len(), SESSIONS);
        Self { env, stays, done: 0 }
    }

    /// Gives pairs of numbers from outside, the second ones by the first.
    fn pairs(&self, table: &str, second: &str, such: &str) -> BTreeMap<i64, Vec<i64>> {
        let query = format!(
            r#"SELECT CAST("SessionId" AS TEXT) || ' ' || CAST("{second}" AS TEXT) FROM "{table}" {such} ORDER BY "{second}""#
        );
        let mut pairs: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for text in self.env.texts(&query) {
            let (first, second) = text.split_once(' ').unwrap();
            pairs.entry(first.parse().unwrap()).or_default().push(second.parse().unwrap());
        }
        pairs
    }

    /// Looks past the program: each session is done whole, once, or is as it was; those that are done are the first ones.
    pub(crate) fn look(&mut self) {
        let active = self.pairs("HostSessions", "HostSessionId", r#"WHERE "IsActive""#);
        let entries = self.pairs("HostSessionEvents", "Seq", "");
        let is_done = |(session, stays): (&i64, &i64)| {
            let (active, entries) = (&active[session], entries.get(session).map_or(0, Vec::len));
            let is_done = entries == 1;
            let wanted = if is_done { vec![*stays] } else { (0..3).map(|place| session * 10 + place).collect() };
            assert!(entries <= 1 && *active == wanted, "session {session}: {entries} entries, active {active:?}");
            is_done
        };
        let done: Vec<bool> = self.stays.iter().map(is_done).collect();
        let count = done.iter().filter(|done| **done).count();
        assert!(done.is_sorted_by_key(|done| !done), "one was passed over: {done:?}");
        assert!(count >= self.done, "what was done is undone: {count} of {}", self.done);
        let audit = self.env.run("audit verify --json").json();
        assert_eq!((&audit["damage"], &audit["entries"]), (&json!([]), &json!(count)));
        self.done = count;
    }

    /// Kills the program so long after it wrote so many lines, unless it ended before.
    fn kill(&self, lines: u64, after: Duration) {
        let mut child = self.env.command(APPLY.split(' ')).spawn().unwrap();
        // Kept open to the end: the program dies of the kill alone.
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let told = stderr.by_ref().lines().map_while(Result::ok).filter(|line| line.contains("PROVISIONER"));
        told.take(usize::try_from(lines).unwrap()).for_each(drop);
        thread::sleep(after);
        child.kill().unwrap();
        child.wait_with_output().unwrap();
    }

    /// Kills it at a moment that is drawn.
    fn kill_at_random(&mut self, draw: &mut Draw) {
        let left = (SESSIONS - self.done) as u64 * LINES;
        self.kill(draw.next() % left, draw.below(SOON));
    }

    /// Applies the plan to its end: what is left is done, and nothing twice; then there is nothing to do any more.
    pub(crate) fn end(mut self) {
        let run = || self.env.run(&format!("{APPLY} --json")).json();
        let (left, was_done) = (SESSIONS - self.done, self.done);
        let report = run();
        assert_eq!(
            (&report["outcome"], &report["consolidated"], &report["already"], &report["left"]),
            (&json!("consolidated"), &json!(left), &json!(was_done), &json!(0))
        );
        let before = self.env.dump();
        assert_eq!(run()["already"], json!(SESSIONS));
        assert_eq!(self.env.dump(), before);
        self.look();
        assert_eq!(self.done, SESSIONS);
    }
}

pub(crate) fn seed(name: &str) -> u64 {
    given(SEED).unwrap_or_else(|| RandomState::new().hash_one(name))
}

/// Kills so often, and begins anew where everything is done; gives what there is to say of it.
fn kills<D: Outside>(kills: u64, seed: u64, make: impl Fn() -> TestEnv<D>, settle: impl Fn(&TestEnv<D>)) -> String {
    let (mut draw, mut place) = (Draw(seed), Place::new(make()));
    let (mut midway, mut ended) = (0, 0);
    for _ in 0..kills {
        place.kill_at_random(&mut draw);
        settle(&place.env);
        place.look();
        midway += u64::from((1..SESSIONS).contains(&place.done));
        // A place is killed some times, then carried to its end.
        if place.done == SESSIONS || draw.next().is_multiple_of(5) {
            std::mem::replace(&mut place, Place::new(make())).end();
            ended += 1;
        }
    }
    place.end();
    let sum =
        format!("{kills} kills, {midway} with some sessions done and some not; {ended} plans carried to their end");
    assert!(midway >= kills / 4, "{sum}");
    sum
}

pub(crate) fn file() -> TestEnv {
    TestEnv::with_old_rows(&rows())
}

#[test]
fn whenever_a_plan_is_killed_each_session_is_done_whole_or_not_and_the_same_plan_goes_on() {
    let many = given(KILLS).map_or(FEW, |kills| kills / 10);
    let seed = seed("plans");
    // Shown when the test fails.
    println!("moments drawn with {SEED}={seed}");
    let sound = |env: &TestEnv| assert_eq!(env.texts("PRAGMA integrity_check"), ["ok"]);
    println!("{}", kills::<TestDb>(many, seed, file, sound));
}

/// A server may still carry out what a dead client sent.
pub(crate) fn nobody_is_left(env: &TestEnv<TestPg>) {
    let others =
        "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while env.texts(others) != ["0"] {
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn whenever_a_client_of_a_server_is_killed_the_same_plan_goes_on() {
    let make = || TestEnv::around(|runtime| runtime.block_on(TestPg::with_old_rows(&rows())));
    let seed = seed("clients");
    println!("moments drawn with {SEED}={seed}");
    let many = given(KILLS).map_or(FEW_ON_A_SERVER, |kills| kills / 100);
    println!("{}", kills(many, seed, make, nobody_is_left));
}
