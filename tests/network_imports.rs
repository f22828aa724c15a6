//! An import, and a plan that is applied, on a network that loses the COMMIT or the answer to it: what is told is true, and
//! the same again settles it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli_import_refusals::{record, session, write_files};
use crate::support::postgres::TestPg;
use crate::support::program::Ran;
use crate::support::proxy::{Cut, Fault, How, Then, commit};
use crate::support::site::{ROWS, Site};

const DEADLINE: Duration = Duration::from_secs(6);

const IMPORT: &str =
    "import --sessions sessions.csv --host-sessions host_sessions.csv --skip-bad left.jsonl --timeout 6s --json";

fn cut(forwarded: bool, how: How, then: Then) -> Fault {
    Fault::Cut(Cut { at: commit, forwarded, how, then })
}

/// Imports two sessions and a bad row through a network that is cut at the COMMIT.
fn imported(forwarded: bool, how: How, then: Then) -> (Site, Ran) {
    let site = Site::of(TestPg::empty());
    let records = [record("1", "1", "one"), record("2", "1", "two"), record("x", "2", "no id")];
    write_files(&site.env, &[session("1", "x"), session("2", "y")], &records);
    site.proxy.set(cut(forwarded, how, then));
    // The deadline is that of each step, and there are some before the COMMIT.
    let ran = site.start(IMPORT, "").ends_within(DEADLINE + DEADLINE / 2);
    assert_eq!(site.proxy.cuts(), 1, "{}", ran.transcript());
    assert_eq!(number(&site, r#"SELECT count(*) FROM "HostSessions""#), if forwarded { 2 } else { 0 });
    assert_eq!(number(&site, r#"SELECT count(*) FROM "HostSessionEvents""#), if forwarded { 2 } else { 0 });
    (site, ran)
}

fn number(site: &Site, query: &str) -> i64 {
    site.wait(site.db.number(query))
}

/// The same import again: everything is there in the end, once, and the guard of the flag stands.
fn settled_by_the_same_import(site: &Site, was_there: bool) {
    let line = IMPORT.replace("left.jsonl", "again.jsonl");
    let again = site.straight(&line, "");
    let told: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(told["outcome"], if was_there { "unchanged" } else { "imported" }, "{told}");
    assert_eq!(again.code, 3, "the bad row is bad again: {}", again.transcript());
    let audit = site.straight("audit verify --json", "").json();
    assert_eq!((&audit["damage"], &audit["entries"]), (&json!([]), &json!(2)));
    let flagged = r#"UPDATE "HostSessions" SET "LegacyDuplicate" = true"#;
    assert!(site.wait(site.db.try_sql(flagged)).unwrap_err().contains("LegacyDuplicate cannot be set"));
}

#[test]
fn an_import_whose_commit_got_through_is_told_as_done_whatever_became_of_the_answer() {
    for how in [How::Reset, How::Close] {
        let (site, ran) = imported(true, how, Then::Same);
        assert_eq!(ran.code, 3, "the bad row: {}", ran.transcript());
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&told["outcome"], &told["host_sessions"]["imported"]), (&json!("imported"), &json!(2)));
        assert!(site.env.home("left.jsonl").exists());
        settled_by_the_same_import(&site, true);
    }
}

#[test]
fn an_import_whose_commit_got_lost_is_told_as_not_done_and_keeps_no_rows_aside() {
    for how in [How::Reset, How::Close] {
        let (site, ran) = imported(false, how, Then::Same);
        assert_eq!(ran.stdout, "");
        let error = ran.error(7);
        assert!(error["message"].as_str().unwrap().ends_with("; nothing was changed"), "{error}");
        assert!(!site.env.home("left.jsonl").exists());
        settled_by_the_same_import(&site, false);
    }
}

#[test]
fn an_import_that_nobody_can_tell_of_is_told_as_unknown_and_the_same_again_settles_it() {
    for forwarded in [true, false] {
        let (site, ran) = imported(forwarded, How::Reset, Then::Dark);
        assert_eq!(ran.stdout, "");
        let error = ran.error(10);
        assert_eq!(error["kind"], "outcome_unknown");
        assert!(error["message"].as_str().unwrap().contains("not known"), "{error}");
        assert!(!error["message"].as_str().unwrap().contains("nothing was changed"), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("import the same files again"), "{error}");
        assert!(site.env.home("left.jsonl").exists(), "it may have been left out");
        settled_by_the_same_import(&site, forwarded);
    }
}

/// Sessions 1 to 8 with two active records each, the older of which is in use, and a plan.
fn with_plan() -> Site {
    let more = r#"
        INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "IsActive")
            SELECT id + 20, id, 'more ' || id, now(), 'Host Manager', true FROM generate_series(1, 8) AS id;
        UPDATE "HostSessions" SET "LastUsedAt" = now() WHERE "HostSessionId" < 20;"#;
    let rows = format!("{ROWS}{more}");
    let site = Site::of(async move { TestPg::with_old_rows(&rows).await });
    site.straight("consolidate --plan plan.json", "").ok();
    site
}

const APPLY: &str = "consolidate --apply plan.json --timeout 3s --json";

/// What a report says: the outcome, how many are consolidated, and how many had been before.
fn sums(ran: &Ran) -> (String, i64, i64) {
    let told: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.transcript()));
    (
        told["outcome"].as_str().unwrap().to_owned(),
        told["consolidated"].as_i64().unwrap(),
        told["already"].as_i64().unwrap(),
    )
}

/// How many sessions have one active record, and it is the one that was to stay.
fn consolidated(site: &Site) -> i64 {
    number(
        site,
        r#"SELECT count(*) FROM (SELECT "SessionId" FROM "HostSessions" WHERE "IsActive" GROUP BY 1
            HAVING count(*) = 1 AND max("HostSessionId") < 20) AS s"#,
    )
}

/// The same plan again does the rest, and nothing twice.
fn settled_by_the_same_plan(site: &Site, were_done: i64) {
    let again = site.straight(APPLY, "");
    assert_eq!((again.code, sums(&again)), (0, ("consolidated".to_owned(), 8 - were_done, were_done)));
    assert_eq!(consolidated(site), 8);
    let audit = site.straight("audit verify --json", "").json();
    assert_eq!((&audit["damage"], &audit["entries"]), (&json!([]), &json!(8)));
}

#[test]
fn each_session_of_a_plan_whose_commit_got_through_is_told_as_done_whatever_became_of_the_answer() {
    for how in [How::Silence, How::Reset, How::Close] {
        let site = with_plan();
        site.proxy.set(cut(true, how, Then::Same));
        let ran = site.start(APPLY, "").ends_within(Duration::from_secs(40));
        assert_eq!((ran.code, sums(&ran)), (0, ("consolidated".to_owned(), 8, 0)), "{how:?}: {}", ran.stderr);
        assert_eq!((site.proxy.cuts(), consolidated(&site)), (8, 8));
        settled_by_the_same_plan(&site, 8);
    }
}

#[test]
fn a_plan_whose_first_commit_got_lost_stops_and_says_that_nothing_more_was_changed() {
    for how in [How::Silence, How::Reset, How::Close] {
        let site = with_plan();
        site.proxy.set(cut(false, how, Then::Same));
        let ran = site.start(APPLY, "").ends_within(Duration::from_secs(6));
        assert_eq!(sums(&ran), ("partly".to_owned(), 0, 0), "{how:?}");
        assert_eq!(consolidated(&site), 0);
        let error = ran.error(7);
        let told = "what is done stays done, the rest was not changed";
        assert!(error["message"].as_str().unwrap().ends_with(told), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("run the same command again"), "{error}");
        settled_by_the_same_plan(&site, 0);
    }
}

#[test]
fn a_plan_whose_first_commit_nobody_can_tell_of_stops_and_the_same_plan_settles_it() {
    for forwarded in [true, false] {
        let site = with_plan();
        site.proxy.set(cut(forwarded, How::Reset, Then::Dark));
        let ran = site.start(APPLY, "").ends_within(Duration::from_secs(6));
        assert_eq!(sums(&ran), ("partly".to_owned(), 0, 0), "{}", ran.transcript());
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let [one] = &told["sessions"].as_array().unwrap()[..] else { panic!("{told}") };
        assert_eq!((&one["session_id"], &one["outcome"]), (&json!(1), &json!("unknown")));
        let done = i64::from(forwarded);
        assert_eq!(consolidated(&site), done);
        let error = ran.error(10);
        assert!(error["message"].as_str().unwrap().contains("session 1"), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("run the same command again"), "{error}");
        let event = one["event_id"].as_str().unwrap();
        let history = site.straight("history --session-id 1 --json", "").ok();
        assert_eq!(history.contains(event), forwarded, "the attempt is looked up by its name");
        settled_by_the_same_plan(&site, done);
    }
}
