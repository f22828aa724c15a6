//! Several programs at once.

use crate::support::program::{Ran, TestEnv, end_of};

/// Starts the same command line several times at once and waits for all.
fn at_once(env: &TestEnv, count: usize, line: &str) -> Vec<Ran> {
    let children: Vec<_> = (0..count).map(|_| env.command(line.split(' ')).spawn().unwrap()).collect();
    children.into_iter().map(end_of).collect()
}

#[test]
fn of_rivals_who_saw_the_same_record_exactly_one_rotates_it() {
    let env = TestEnv::with_sessions();
    let created = env.run("create --session-id 1 --json").json();
    let line = format!("create --session-id 1 --expect {}", created["fingerprint"].as_str().unwrap());
    let ended = at_once(&env, 6, &line);
    let mut codes: Vec<i32> = ended.iter().map(|ran| ran.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 6, 6, 6, 6, 6]);
    let winner = ended.iter().find(|ran| ran.code == 0).unwrap();
    assert_eq!(env.feed("verify --session-id 1", &winner.stdout).code, 0);
    assert_eq!(env.run("audit verify --json").json()["entries"], 2);
}

#[test]
fn rivals_who_expect_nothing_all_rotate_and_the_last_guid_is_the_one_that_works() {
    let env = TestEnv::with_sessions();
    let ended = at_once(&env, 6, "create --session-id 1");
    let accepted = ended.into_iter().map(Ran::ok).filter(|guid| env.feed("verify --session-id 1", guid).code == 0);
    assert_eq!(accepted.count(), 1);
    assert_eq!(env.texts(r#"SELECT count(*) FROM "HostSessions" WHERE "IsActive""#), ["1"]);
    assert_eq!(env.run("audit verify --json").json()["entries"], 6);
}

#[test]
fn a_default_database_is_made_once_by_many() {
    let env = TestEnv::nowhere();
    let children: Vec<_> = (0..6).map(|_| env.bare(["session", "add", "--title", "x"]).spawn().unwrap()).collect();
    let mut ids: Vec<String> = children.into_iter().map(|child| end_of(child).ok()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["1\n", "2\n", "3\n", "4\n", "5\n", "6\n"]);
}
