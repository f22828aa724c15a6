//! `duplicates` and `consolidate`, on the exported rows of the old tool. What is public here is told of
//! PostgreSQL, too, by `postgres_consolidate`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use host_provisioner::domain::time::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::support::fixtures::{APPLICATION_SECRET, known_guids, web_database};
use crate::support::outside::Outside;
use crate::support::program::{Ran, TestEnv, end_of};

const ACTIVE: &str = r#"SELECT count(*) FROM "HostSessions" WHERE "IsActive""#;

/// The fixtures, migrated.
pub(crate) fn old_rows() -> TestEnv {
    let env = TestEnv::around(|runtime| {
        runtime.block_on(async {
            let db = web_database().await;
            db.migrate().await.unwrap();
            db
        })
    });
    env.file("secret", APPLICATION_SECRET.as_bytes());
    env
}

pub(crate) fn listed(env: &TestEnv<impl Outside>) -> Vec<Value> {
    env.run("duplicates --json").json().as_array().unwrap().clone()
}

fn is_ambiguous(session: &Value) -> bool {
    session["ambiguous"].as_bool().unwrap()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

/// Writes the plan `plan.json`, lets a person change it, and gives what it holds.
fn plan(env: &TestEnv<impl Outside>, decide: impl Fn(&mut Value)) -> Value {
    env.run("consolidate --plan plan.json -q").ok();
    let mut plan = read(env);
    plan["sessions"].as_array_mut().unwrap().iter_mut().for_each(decide);
    std::fs::write(env.home("plan.json"), plan.to_string()).unwrap();
    plan
}

fn read(env: &TestEnv<impl Outside>) -> Value {
    serde_json::from_str(&std::fs::read_to_string(env.home("plan.json")).unwrap()).unwrap()
}

fn apply(env: &TestEnv<impl Outside>) -> Ran {
    env.run("consolidate --apply plan.json --created-by Cleaner --rotation-reason clean-up --json")
}

/// Lists the active records of a session.
fn active(env: &TestEnv<impl Outside>, session: i64) -> Vec<String> {
    let records = r#"SELECT CAST("HostSessionId" AS TEXT) FROM "HostSessions" WHERE "IsActive" AND "SessionId" = "#;
    env.texts(&format!("{records}{session} ORDER BY \"HostSessionId\""))
}

/// Gives the records of a session that may stay: those whose time is not over, or all where none is such.
pub(crate) fn may_stay(session: &Value) -> Vec<Value> {
    let now = SystemClock.now().to_string();
    let records = session["records"].as_array().unwrap();
    let works = |record: &&Value| record["expires_at"].as_str().is_none_or(|end| *end > *now);
    let some = if records.iter().any(|record| works(&record)) {
        records.iter().filter(works).collect()
    } else {
        records.iter().collect::<Vec<_>>()
    };
    some.into_iter().map(|record| record["host_session_id"].clone()).collect()
}

pub(crate) fn first_that_works(session: &Value) -> Value {
    may_stay(session)[0].clone()
}

/// Lets the first record of each ambiguous session stay that works.
fn keep_first(session: &mut Value) {
    if session["ambiguous"].as_bool().unwrap() {
        session["keep"] = first_that_works(session);
    }
}

#[test]
fn duplicates_names_the_sessions_with_several_active_records_and_which_one_stays() {
    let env = old_rows();
    let several =
        r#"SELECT "SessionId" FROM "HostSessions" WHERE "IsActive" GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"#;
    let ids: Vec<String> = listed(&env).iter().map(|session| session["session_id"].to_string()).collect();
    assert_eq!(ids, env.texts(several));
    for session in listed(&env).iter().filter(|session| !is_ambiguous(session)) {
        let records = session["records"].as_array().unwrap();
        assert_eq!(records.len(), session["goes"].as_array().unwrap().len() + 1, "{session}");
        assert!(records.iter().any(|record| record["host_session_id"] == session["stays"]), "{session}");
    }
    assert!(listed(&env).iter().any(is_ambiguous), "the fixtures have some");
    let text = env.run("duplicates --limit 2");
    assert!(text.stderr.contains("there are more: --after"), "{}", text.stderr);
    assert!(text.ok().contains("FATE"));
}

#[test]
fn a_plan_changes_nothing_and_is_for_its_owner_alone() {
    let env = old_rows();
    let before = env.dump();
    let told = env.run("consolidate --plan plan.json --json").json();
    let ambiguous: Vec<Value> =
        listed(&env).iter().filter(|it| is_ambiguous(it)).map(|it| it["session_id"].clone()).collect();
    assert_eq!(told["outcome"], "planned");
    assert_eq!(told["ambiguous"], json!(ambiguous));
    assert_eq!(env.dump(), before);
    let mode = std::fs::metadata(env.home("plan.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let plan = read(&env);
    assert_eq!(plan["sessions"].as_array().unwrap().len(), listed(&env).len());
    assert_eq!(plan["sessions"][0]["digest"].as_str().unwrap().len(), 64);
}

#[test]
fn a_plan_is_never_written_over() {
    let env = old_rows();
    env.file("plan.json", b"decisions");
    let error = env.run("consolidate --plan plan.json --json").error(2);
    assert_eq!(error["kind"], "plan_file");
    assert_eq!(std::fs::read_to_string(env.home("plan.json")).unwrap(), "decisions");
}

#[test]
fn what_is_ambiguous_is_left_until_a_person_names_the_one_that_stays() {
    ambiguous_ones_are_left(&old_rows());
}

pub(crate) fn ambiguous_ones_are_left(env: &TestEnv<impl Outside>) {
    let ambiguous = listed(env).iter().filter(|it| is_ambiguous(it)).count();
    plan(env, |_| ());
    let ran = apply(env);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((report["outcome"].as_str(), report["left"].as_u64()), (Some("partly"), Some(ambiguous as u64)));
    assert_eq!(listed(env).len(), ambiguous, "they alone are left");
    std::fs::remove_file(env.home("plan.json")).unwrap();
    plan(env, keep_first);
    assert_eq!(apply(env).json()["outcome"], "consolidated");
    assert!(listed(env).is_empty());
}

#[test]
fn exactly_the_guids_of_the_kept_records_work_afterwards_and_the_history_is_sound() {
    let env = old_rows();
    let had = env.texts(r#"SELECT count(DISTINCT "SessionId") FROM "HostSessions" WHERE "IsActive""#);
    let plan = plan(&env, keep_first);
    let kept: BTreeMap<i64, i64> = plan["sessions"].as_array().unwrap().iter().map(kept).collect();
    apply(&env).ok();
    assert_eq!(env.texts(ACTIVE), had, "one for each session that had any");
    for (session, record, guid, was_active) in known_guids() {
        let stays = was_active && kept.get(&session).is_none_or(|kept| *kept == record);
        let line = format!("verify --session-id {session} --legacy-secret-file secret");
        let expired = env.texts(&format!(
            r#"SELECT "ExpiresAt" IS NOT NULL AND julianday("ExpiresAt") < julianday('now') FROM "HostSessions" WHERE "HostSessionId" = {record}"#
        ));
        let accepted = env.feed(&line, &guid.reveal()).code == 0;
        assert_eq!(accepted, stays && expired == ["0"], "session {session}, record {record}");
    }
    assert_eq!(env.run("audit verify --json").json()["damage"], json!([]));
}

fn kept(session: &Value) -> (i64, i64) {
    let keep = if session["keep"].is_null() { &session["stays"] } else { &session["keep"] };
    (number(&session["session_id"]), number(keep))
}

#[test]
fn a_session_that_changed_since_the_plan_is_skipped_and_reported() {
    changed_ones_are_skipped(&old_rows());
}

pub(crate) fn changed_ones_are_skipped(env: &TestEnv<impl Outside>) {
    let plan = plan(env, keep_first);
    let first = number(&plan["sessions"][0]["session_id"]);
    let record = number(&plan["sessions"][0]["records"][0]["host_session_id"]);
    env.sql(&format!(
        r#"UPDATE "HostSessions" SET "LastUsedAt" = '2026-11-01 10:00:00' WHERE "HostSessionId" = {record}"#
    ));
    let before = active(env, first);
    let ran = apply(env);
    assert_eq!(ran.code, 3);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let end = &report["sessions"][0];
    assert_eq!((number(&end["session_id"]), &end["outcome"]), (first, &json!("changed")));
    assert_eq!(active(env, first), before);
    assert_eq!(report["left"], 1);
}

#[test]
fn a_record_that_has_expired_since_the_plan_does_not_stay_in_the_place_of_one_that_works() {
    let env = old_rows();
    let sessions = plan(&env, |_| ())["sessions"].as_array().unwrap().clone();
    let id = number(&sessions.iter().find(|session| !is_ambiguous(session)).unwrap()["session_id"]);
    let soon = SystemClock.now().utc() + chrono::TimeDelta::seconds(3);
    let of_it = format!(r#"WHERE "SessionId" = {id} AND "IsActive""#);
    // One expires soon and is used last, so that it stays until then.
    env.sql(&format!(
        r#"UPDATE "HostSessions" SET "ExpiresAt" = NULL, "LastUsedAt" = NULL {of_it};
           UPDATE "HostSessions" SET "ExpiresAt" = '{}', "LastUsedAt" = '2026-01-01 00:00:00'
           WHERE "HostSessionId" = (SELECT min("HostSessionId") FROM "HostSessions" {of_it})"#,
        soon.format("%Y-%m-%d %H:%M:%S")
    ));
    env.run(&format!("consolidate --session-id {id} --plan late.json -q")).ok();
    let (before, expiring) = (active(&env, id), active(&env, id)[0].clone());
    std::thread::sleep((soon - SystemClock.now().utc()).to_std().unwrap_or_default());
    for flag in ["", " --dry-run"] {
        let ran = env.run(&format!("consolidate --apply late.json --json{flag}"));
        assert_eq!(ran.code, 3, "{}", ran.transcript());
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let end = &report["sessions"][0];
        assert_eq!((&end["outcome"], &end["kept"]), (&json!("not_working"), &json!(null)), "{report}");
        assert_eq!(active(&env, id), before);
    }
    let error = env.run(&format!("consolidate --session-id {id} --keep {expiring} --json")).error(6);
    assert_eq!(error["kind"], "not_working");
    assert_eq!(active(&env, id), before);
}

#[test]
fn two_who_apply_the_same_plan_do_not_stand_in_each_others_way() {
    let env = old_rows();
    let sessions = plan(&env, keep_first)["sessions"].as_array().unwrap().len();
    let begin = || env.command(["consolidate", "--apply", "plan.json", "--json", "-q"]).spawn().unwrap();
    let ends = [begin(), begin()].map(end_of);
    let done: usize = ends
        .iter()
        .map(|end| {
            let report: Value = serde_json::from_str(&end.stdout).unwrap();
            assert_eq!((end.code, &report["left"]), (0, &json!(0)), "{}", end.transcript());
            usize::try_from(number(&report["consolidated"])).unwrap()
        })
        .sum();
    assert_eq!(done, sessions);
}

#[test]
fn a_plan_that_an_editor_gave_a_byte_order_mark_is_read() {
    let env = old_rows();
    plan(&env, keep_first);
    let text = std::fs::read_to_string(env.home("plan.json")).unwrap();
    std::fs::write(env.home("plan.json"), format!("\u{feff}{text}")).unwrap();
    apply(&env).ok();
}

#[test]
fn a_plan_that_was_applied_is_applied_again_without_a_change() {
    again_is_nothing(&old_rows());
}

pub(crate) fn again_is_nothing(env: &TestEnv<impl Outside>) {
    plan(env, keep_first);
    let done = apply(env).json()["consolidated"].clone();
    let before = env.dump();
    for flag in ["", " --dry-run"] {
        let again = env.run(&format!("consolidate --apply plan.json --json{flag}")).json();
        assert_eq!((&again["consolidated"], &again["already"]), (&json!(0), &done), "{flag}");
    }
    assert_eq!(env.dump(), before);
}

#[test]
fn a_dry_run_of_a_plan_changes_nothing() {
    dry_run_is_nothing(&old_rows());
}

pub(crate) fn dry_run_is_nothing(env: &TestEnv<impl Outside>) {
    plan(env, keep_first);
    let before = env.dump();
    let report = env.run("consolidate --apply plan.json --dry-run --json").json();
    assert!(report["sessions"].as_array().unwrap().iter().all(|end| end["outcome"] == "planned"), "{report}");
    assert_eq!(env.dump(), before);
}

#[test]
fn one_session_is_consolidated_at_once_and_by_the_record_that_is_named() {
    one_at_once(&old_rows());
}

pub(crate) fn one_at_once(env: &TestEnv<impl Outside>) {
    let sessions = listed(env);
    let decided = sessions.iter().find(|session| !is_ambiguous(session)).unwrap();
    let id = number(&decided["session_id"]);
    env.run(&format!("consolidate --session-id {id} --created-by Cleaner --json")).ok();
    assert_eq!(active(env, id), [decided["stays"].to_string()]);

    let ambiguous = sessions.iter().find(|it| is_ambiguous(it)).unwrap();
    let id = number(&ambiguous["session_id"]);
    let before = env.dump();
    let ran = env.run(&format!("consolidate --session-id {id} --json"));
    assert_eq!((ran.code, env.dump() == before), (3, true), "the rule does not decide");
    let keep = first_that_works(ambiguous).to_string();
    let ran = env.run(&format!("consolidate --session-id {id} --keep {keep} --created-by Cleaner"));
    assert!(
        ran.stderr.contains(&format!("PROVISIONER-CONSOLIDATE: Host Session {keep} kept for Session {id} by Cleaner"))
    );
    ran.ok();
    assert_eq!(active(env, id), [keep]);
    let history = env.run(&format!("history --session-id {id} --json")).json();
    assert_eq!((&history[0]["action"], &history[0]["by"]), (&json!("consolidated"), &json!("Cleaner")));
}

#[test]
fn what_cannot_be_is_refused_with_its_code_and_changes_nothing() {
    let env = old_rows();
    let id = number(&listed(&env).iter().find(|session| !is_ambiguous(session)).unwrap()["session_id"]);
    let before = env.dump();
    assert_eq!(env.run("consolidate --json").error(2)["kind"], "usage");
    assert_eq!(env.run("consolidate --apply nowhere.json --json").error(2)["kind"], "plan_file");
    assert_eq!(env.run("consolidate --session-id 99999 --json").error(5)["kind"], "session_not_found");
    assert_eq!(env.run(&format!("consolidate --session-id {id} --keep 99999 --json")).error(6)["kind"], "not_active");
    assert_eq!(env.run("consolidate --plan a.json --apply b.json --json").error(2)["kind"], "usage");
    assert_eq!(env.run("consolidate --plan - --json").error(2)["kind"], "usage");
    let alone =
        r#"SELECT "SessionId" FROM "HostSessions" WHERE "IsActive" GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 LIMIT 1"#;
    let alone = &env.texts(alone)[0];
    let error = env.run(&format!("consolidate --session-id {alone} --keep 99999 --json")).error(6);
    assert_eq!(error["kind"], "not_active", "also where there is nothing to choose");
    let read_only = env.run(&format!("consolidate --session-id {id} --read-only --json"));
    assert_eq!(read_only.code, 4, "{}", read_only.stderr);
    assert_eq!(env.dump(), before);
}

#[test]
fn a_plan_that_contradicts_itself_is_refused_whole() {
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit); 5] = [
        ("not among its records", |plan| plan["sessions"][0]["keep"] = json!(987_654)),
        ("`goes` does not name", |plan| {
            let sessions = plan["sessions"].as_array_mut().unwrap();
            sessions.iter_mut().find(|session| session["ambiguous"] == false).unwrap()["goes"] = json!([]);
        }),
        ("twice", |plan| plan["sessions"][1] = plan["sessions"][0].clone()),
        ("digest", |plan| plan["sessions"][0]["digest"] = json!("abc")),
        ("its version is 9", |plan| plan["schema_version"] = json!(9)),
    ];
    let env = old_rows();
    let sound = plan(&env, keep_first);
    let before = env.dump();
    for (why, edit) in edits {
        let mut plan = sound.clone();
        edit(&mut plan);
        std::fs::write(env.home("plan.json"), plan.to_string()).unwrap();
        let error = apply(&env).error(2);
        assert!(error["message"].as_str().unwrap().contains(why), "{why}: {error}");
    }
    assert_eq!(env.dump(), before);
}

#[test]
fn without_duplicates_there_is_nothing_to_list_or_to_do() {
    let env = TestEnv::with_sessions();
    assert_eq!(env.run("duplicates --json").json(), json!([]));
    assert_eq!(env.run("consolidate --dry-run --json").json(), json!([]));
    assert_eq!(env.run("consolidate --session-id 1 --json").json()["sessions"], json!([]));
}
