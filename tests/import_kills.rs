//! An import is killed, again and again, at moments that are drawn: all of it is there or nothing, and the same import goes
//! through the next time.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::consolidation_kills::{nobody_is_left, seed};
use crate::process_kills::KILLS;
use crate::support::database::TestDb;
use crate::support::draw::{Draw, SEED, given};
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;

/// Kills unless [`KILLS`] says otherwise: then it is a tenth of that.
const FEW: u64 = 20;

/// Kills of a client of a server; else a hundredth.
const FEW_ON_A_SERVER: u64 = 8;

/// Sessions of the export: enough that an import of them takes a while.
const SESSIONS: &str = "3000";

const IMPORT: &str =
    "import --sessions world/sessions.csv --host-sessions world/host_sessions.csv --timeout 120s --json";

/// What there is of an import: sessions, records, entries, and records that are flagged.
const COUNTS: &str = r#"SELECT CAST((SELECT count(*) FROM "Sessions") AS TEXT) || ' '
    || CAST((SELECT count(*) FROM "HostSessions") AS TEXT) || ' '
    || CAST((SELECT count(*) FROM "HostSessionEvents") AS TEXT) || ' '
    || CAST((SELECT count(*) FROM "HostSessions" WHERE "LegacyDuplicate") AS TEXT)"#;

const NOTHING: &str = "0 0 0 0";

/// A database beside an export.
fn place<D: Outside>(env: TestEnv<D>) -> TestEnv<D> {
    let maker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/make.py");
    let made = Command::new("python3").arg(maker).args(["7", SESSIONS]).arg(env.home("world")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    env
}

/// What a whole import leaves, and how long it takes.
fn whole<D: Outside>(env: &TestEnv<D>) -> (String, Duration) {
    let begun = Instant::now();
    env.run(IMPORT).json();
    let took = begun.elapsed();
    (env.texts(COUNTS).concat(), took)
}

/// The history is whole, and nobody can set the flag of a duplicate.
fn is_sound<D: Outside>(env: &TestEnv<D>) {
    assert_eq!(env.run("audit verify --json").json()["damage"], json!([]));
    let flagged = r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "IsActive", "LegacyDuplicate")
        VALUES (1, 'flagged', '2026-09-04 08:28:00', true, true)"#;
    let refused = env.wait(env.db.try_sql(flagged)).unwrap_err();
    assert!(refused.contains("LegacyDuplicate cannot be set"), "{refused}");
}

fn kills<D: Outside>(kills: u64, seed: u64, make: impl Fn() -> TestEnv<D>, settle: impl Fn(&TestEnv<D>)) -> String {
    let mut draw = Draw(seed);
    let (all, mut spread) = whole(&place(make()));
    let (mut env, mut midway, mut done) = (place(make()), 0, 0);
    for _ in 0..kills {
        let mut child = env.command(IMPORT.split(' ')).spawn().unwrap();
        thread::sleep(draw.below(spread));
        let was_running = child.try_wait().unwrap().is_none();
        // However fast the machine is now, most imports are to be met while they run.
        spread = spread.mul_f64(if was_running { 1.06 } else { 0.7 });
        child.kill().unwrap();
        child.wait_with_output().unwrap();
        settle(&env);
        is_sound(&env);
        let there = env.texts(COUNTS).concat();
        assert!(there == NOTHING || there == all, "{there}, where {all} are to come");
        midway += u64::from(was_running);
        if there == all || draw.next().is_multiple_of(4) {
            let again: Value = env.run(IMPORT).json();
            assert_eq!(again["outcome"], if there == all { "unchanged" } else { "imported" });
            assert_eq!(env.texts(COUNTS), [all.as_str()]);
            is_sound(&env);
            (env, done) = (place(make()), done + 1);
        }
    }
    let sum = format!("{kills} kills, {midway} of a running import; {done} imports carried to their end");
    assert!(midway >= kills / 2, "{sum}");
    sum
}

#[test]
fn whenever_an_import_is_killed_all_of_it_is_there_or_nothing_and_the_same_goes_through() {
    let many = given(KILLS).map_or(FEW, |kills| kills / 10);
    let seed = seed("imports");
    // Shown when the test fails.
    println!("moments drawn with {SEED}={seed}");
    let sound = |env: &TestEnv| assert_eq!(env.texts("PRAGMA integrity_check"), ["ok"]);
    println!("{}", kills::<TestDb>(many, seed, TestEnv::empty, sound));
}

#[test]
fn whenever_an_import_into_a_server_is_killed_all_of_it_is_there_or_nothing_and_the_same_goes_through() {
    let seed = seed("imports into a server");
    println!("moments drawn with {SEED}={seed}");
    let make = || TestEnv::around(|runtime| runtime.block_on(TestPg::empty()));
    let many = given(KILLS).map_or(FEW_ON_A_SERVER, |kills| kills / 100);
    println!("{}", kills(many, seed, make, nobody_is_left));
}
