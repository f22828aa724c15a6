//! Rotations killed at random moments: the file stays sound, and whoever holds the newest GUID was told so.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader};
use std::process::{ChildStderr, Output};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::program::TestEnv;

/// Rotations that are killed, if no more are needed to meet both sides of the commit.
const KILLS: u32 = 60;

/// Beyond this the test gives up meeting both sides.
const AT_MOST: u32 = 300;

/// Kills that each side of the commit must have seen.
const EACH_SIDE: u32 = 5;

/// Set to the seed of a failed run, it draws the same numbers again.
const SEED: &str = "HOST_PROVISIONER_TEST_SEED";

const ROTATE: &str = "create --session-id 1 --created-by Keller --timeout 120s";

fn seed() -> u64 {
    let given = std::env::var(SEED).ok().map(|seed| seed.parse().expect("a seed is a number"));
    given.unwrap_or_else(|| RandomState::new().hash_one("kills"))
}

/// Numbers that look random (`SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: Duration) -> Duration {
        end.mul_f64(f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX))
    }
}

/// From where the moment of a kill is counted.
#[derive(Debug, Clone, Copy)]
enum Since {
    Start,
    /// The program tells its plan inside of the transaction, right before the first write.
    Plan,
}

/// What is in the database, by other means than the program.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    entries: u32,
    current: String,
}

fn seen(env: &TestEnv) -> Seen {
    let number = |query| env.texts(query)[0].parse().unwrap();
    Seen {
        entries: number(r#"SELECT count(*) FROM "HostSessionEvents" WHERE "SessionId" = 1"#),
        current: env.texts(r#"SELECT "HostGuidHash" FROM "HostSessions" WHERE "IsActive""#).join(", "),
    }
}

fn wait_for_plan(stderr: &mut BufReader<ChildStderr>) {
    let _ = stderr.lines().map_while(Result::ok).find(|line| line.contains("Updating existing Host Session"));
}

/// Starts a rotation and kills it so long after.
fn killed(env: &TestEnv, since: Since, after: Duration) -> Output {
    let mut child = env.command(ROTATE.split(' ')).spawn().unwrap();
    // Kept open to the end: the program dies of the kill alone.
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    if let Since::Plan = since {
        wait_for_plan(&mut stderr);
    }
    thread::sleep(after);
    child.kill().unwrap();
    child.wait_with_output().unwrap()
}

/// The GUID that a run handed over whole.
fn acknowledged(output: &Output) -> Option<String> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    let guid = text.strip_suffix('\n').map(str::to_owned);
    assert!(guid.is_some() || !output.status.success(), "a GUID that was not handed over: {output:?}");
    guid
}

fn assert_sound(env: &TestEnv, now: &Seen) {
    assert_eq!(env.texts("PRAGMA integrity_check"), ["ok"]);
    let current =
        r#"SELECT count(*) FROM "HostSessions" WHERE "SessionId" = 1 AND "IsActive" AND NOT "LegacyDuplicate""#;
    assert_eq!(env.texts(current), ["1"]);
    assert_eq!(env.run("audit verify --json").json()["entries"], now.entries);
}

/// How long a rotation takes here and now that nobody kills.
fn usual(env: &TestEnv) -> Duration {
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            env.guid(1);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn whenever_a_rotation_is_killed_it_is_done_or_not_and_the_newest_guid_handed_over_works_until_a_later_entry() {
    let env = TestEnv::with_sessions();
    let seed = seed();
    // Shown when the test fails.
    println!("moments drawn with {SEED}={seed}");
    let mut draw = Draw(seed);
    let mut spread = usual(&env);
    let mut newest = env.guid(1);
    let mut before = seen(&env);
    // The number of entries when the newest GUID was handed over.
    let mut told_at = before.entries;
    let (mut undone, mut done, mut untold, mut in_a_row) = (0, 0, 0, 0_u32);
    for round in 0..AT_MOST {
        if round >= KILLS && undone.min(done) >= EACH_SIDE {
            break;
        }
        let (since, end) = if round % 2 == 0 { (Since::Start, spread) } else { (Since::Plan, spread / 4) };
        let after = draw.below(end);
        let output = killed(&env, since, after);
        // Half of the time the program itself is the first to find what is left.
        if round % 4 < 2 {
            env.run("audit verify").ok();
        }
        let now = seen(&env);
        let told = acknowledged(&output);
        let what = format!("kill {round}, {after:?} since {since:?}: {before:?}, {now:?}, told: {}", told.is_some());
        println!("{what}");
        assert_sound(&env, &now);
        if now.entries == before.entries {
            assert_eq!((now.current.as_str(), &told), (before.current.as_str(), &None), "{what}");
            undone += 1;
            in_a_row += 1;
        } else {
            assert!(now.entries == before.entries + 1 && now.current != before.current, "{what}");
            done += 1;
            untold += u32::from(told.is_none());
            in_a_row = 0;
        }
        if let Some(guid) = told {
            (newest, told_at) = (guid, now.entries);
        }
        let works = env.feed("verify --session-id 1", &newest).code;
        assert_eq!(works, if told_at == now.entries { 0 } else { 9 }, "{what}");
        // A machine that became slower needs longer moments.
        if in_a_row >= 8 {
            (spread, in_a_row) = (spread * 3 / 2, 0);
        }
        before = now;
    }
    println!("{undone} killed before the commit, {done} after it, {untold} of them untold, within {spread:?}");
    assert!(undone >= EACH_SIDE && done >= EACH_SIDE, "{undone} killed before the commit, {done} after it");
}
