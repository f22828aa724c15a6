//! Rotations killed at random moments: the file stays sound, and whoever holds the newest GUID was told so.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader};
use std::process::{ChildStderr, Output};
use std::thread;
use std::time::{Duration, Instant};

use host_provisioner::domain::guid::HostGuid;

use crate::support::draw::{Draw, SEED, given};
use crate::support::program::TestEnv;
use crate::support::requests::{opens, provisioner};

/// Set to a number, it is how many rotations are killed: `make soak` kills ten thousand.
pub(crate) const KILLS: &str = "HOST_PROVISIONER_TEST_KILLS";

/// Rotations that are killed otherwise.
const FEW: u64 = 300;

/// Kills after which a new database is begun: verifying a long history takes long.
const ON_ONE_DATABASE: u64 = 500;

const ROTATE: &str = "create --session-id 1 --created-by Keller --timeout 120s";

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
    entries: u64,
    current: String,
}

/// Looks at the file past the program: it is sound, and one record is active.
fn seen(env: &TestEnv) -> Seen {
    let rows = env.texts(
        r#"SELECT * FROM pragma_integrity_check
           UNION ALL SELECT CAST(count(*) AS TEXT) FROM "HostSessionEvents" WHERE "SessionId" = 1
           UNION ALL SELECT "HostGuidHash" FROM "HostSessions" WHERE "SessionId" = 1 AND "IsActive""#,
    );
    let [sound, entries, current] = &rows[..] else { panic!("not sound, or not one record: {rows:?}") };
    assert_eq!(sound, "ok");
    Seen { entries: entries.parse().unwrap(), current: current.clone() }
}

/// Looks at the file as a process would that opens it anew: gives the number of entries, all of which verify, and
/// whether a GUID works.
fn verified(env: &TestEnv, guid: &str) -> (u64, bool) {
    env.wait(async {
        let provisioner = provisioner(&env.db.store().await);
        let report = provisioner.verify_audit().await.unwrap();
        assert_eq!(report.damage, []);
        let works = opens(&provisioner, 1, &HostGuid::parse(guid).unwrap()).await;
        // Nobody has the file open when the next one is killed, so that what is left is found anew.
        provisioner.store().close().await;
        (report.entries, works)
    })
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

/// What became of a rotation that was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Undone,
    Told,
    Untold,
}

/// A database, and what its operators know.
struct Place {
    env: TestEnv,
    seen: Seen,
    /// The newest GUID that was handed over whole, and the number of entries at that time.
    newest: (String, u64),
}

impl Place {
    fn new() -> Self {
        let env = TestEnv::with_sessions();
        let newest = (env.guid(1), 1);
        Self { seen: seen(&env), env, newest }
    }

    /// How long a rotation takes here and now that nobody kills.
    fn usual(&mut self) -> Duration {
        let start = Instant::now();
        self.newest = (self.env.guid(1), self.newest.1 + 1);
        let end = start.elapsed();
        self.seen = seen(&self.env);
        end
    }

    /// Kills one rotation, and looks at what is left: half of the time it is the program that finds it first.
    fn kill(&mut self, since: Since, after: Duration, program_first: bool) -> Fate {
        let told = acknowledged(&killed(&self.env, since, after));
        let newest = told.as_ref().unwrap_or(&self.newest.0);
        let early = program_first.then(|| verified(&self.env, newest));
        let now = seen(&self.env);
        let (entries, works) = early.unwrap_or_else(|| verified(&self.env, newest));
        let what = format!("{after:?} since {since:?}: {:?}, {now:?}, told: {}", self.seen, told.is_some());
        let fate = match (now.entries - self.seen.entries, &told) {
            (0, None) => Fate::Undone,
            (1, None) => Fate::Untold,
            (1, Some(_)) => Fate::Told,
            _ => panic!("{what}"),
        };
        assert_eq!(now.current == self.seen.current, fate == Fate::Undone, "{what}");
        if let Some(guid) = told {
            self.newest = (guid, now.entries);
        }
        assert_eq!((entries, works), (now.entries, self.newest.1 == now.entries), "{what}");
        self.seen = now;
        fate
    }
}

#[test]
fn whenever_a_rotation_is_killed_it_is_done_or_not_and_the_newest_guid_handed_over_works_until_a_later_entry() {
    let seed = given(SEED).unwrap_or_else(|| RandomState::new().hash_one("kills"));
    let kills = given(KILLS).unwrap_or(FEW);
    // Shown when the test fails.
    println!("moments drawn with {SEED}={seed}");
    let (mut draw, mut place) = (Draw(seed), Place::new());
    // Moments are drawn below these.
    let usual = place.usual();
    let mut spreads = [(Since::Start, usual), (Since::Plan, usual / 4)];
    let mut fates = Vec::new();
    for round in 0..kills {
        if round > 0 && round % ON_ONE_DATABASE == 0 {
            place = Place::new();
        }
        let (since, spread) = &mut spreads[usize::from(round % 2 == 1)];
        let fate = place.kill(*since, draw.below(*spread), round % 4 < 2);
        // As many moments before the commit as after it, however fast the machine is now.
        *spread = spread.mul_f64(if fate == Fate::Undone { 1.06 } else { 0.94 });
        fates.push(fate);
    }
    let [undone, told, untold] =
        [Fate::Undone, Fate::Told, Fate::Untold].map(|fate| fates.iter().filter(|one| **one == fate).count());
    let sum = format!("{undone} undone, {told} done and told, {untold} done and not told; within {spreads:?}");
    println!("{sum}");
    assert!(undone.min(told + untold) >= fates.len() / 10, "{sum}");
    assert!(untold > 0 || kills < FEW, "some come after COMMIT and before the GUID is out: {sum}");
}
