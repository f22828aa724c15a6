//! A clock that was set back: what the database holds is later than now. Rotations go on, and nothing gets out of order.

use serde_json::{Value, json};

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::support::program::TestEnv;
use crate::support::requests::{PROVISION, SetClock, apply_as, request};

const LATER: &str = "2099-01-01T00:00:00.000000Z";

/// Sessions 1 and 2 with two entries each, of 2099: their instants, and their event ids.
fn of_2099() -> TestEnv {
    let env = TestEnv::with_sessions();
    env.wait(async {
        let store = env.db.store_at(SetClock::at(LATER)).await;
        for turn in 1..=4 {
            // The first 48 bits are the milliseconds since 1970.
            let event = format!("03b3d512-ac00-7000-8000-00000000000{turn}").parse().unwrap();
            apply_as(event, &*store, &request(1 + turn % 2, PROVISION), &format!("hash {turn}")).await.unwrap();
        }
        store.close().await;
    });
    env
}

fn seqs(history: &Value) -> Vec<(i64, i64)> {
    let number = |entry: &Value, field: &str| entry[field].as_i64().unwrap();
    history.as_array().unwrap().iter().map(|entry| (number(entry, "session"), number(entry, "seq"))).collect()
}

#[test]
fn a_rotation_goes_on_and_the_chain_verifies() {
    let env = of_2099();
    let receipt = env.run("create --session-id 1 --json").json();
    assert!(receipt["created_at"].as_str().unwrap() < LATER);
    assert_eq!(env.feed("verify --session-id 1", receipt["host_guid"].as_str().unwrap()).stdout, "accepted\n");
    assert_eq!(env.run("audit verify --json").json()["entries"], 5);
    env.run("revoke --session-id 1").ok();
    env.run("create --session-id 1 --force-new --expires 8h").ok();
    assert_eq!(env.run("audit verify --json").json()["entries"], 7);
}

#[test]
fn the_history_of_a_session_keeps_the_order_of_its_chain() {
    let env = of_2099();
    env.guid(1);
    env.guid(1);
    assert_eq!(seqs(&env.run("history --session-id 1 --json").json()), [(1, 4), (1, 3), (1, 2), (1, 1)]);
    let shown = env.run("show --session-id 1 --json").json();
    assert_eq!(seqs(&shown["events"]), [(1, 4), (1, 3), (1, 2), (1, 1)]);
}

/// Event ids are in the order of the clock that made them.
#[test]
fn the_whole_history_is_paged_without_gap_or_repetition() {
    let env = of_2099();
    env.guid(1);
    env.guid(2);
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = env.run(&format!("history --json --limit 1 {before}")).json();
        let Some(last) = page.as_array().unwrap().last() else { break };
        before = format!("--before {}", last["event"].as_str().unwrap());
        seen.extend(seqs(&page));
        assert!(seen.len() <= 6, "{seen:?}");
    }
    assert_eq!(seen, [(1, 2), (2, 2), (1, 1), (2, 1), (2, 3), (1, 3)]);
}

#[test]
fn a_conflict_names_the_last_change_by_its_place_in_the_chain() {
    let env = of_2099();
    env.run("create --session-id 1 --created-by Keller").ok();
    let error = env.run("create --session-id 1 --expect none --json").error(6);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("the last change in its history is by Keller at 20"), "{message}");
}

#[test]
fn a_record_from_the_future_is_active_and_rotated_in_place() {
    let env = of_2099();
    let listed = env.run("list --json").json();
    let (record, id) = (&listed[0]["record"], &listed[0]["record"]["host_session_id"]);
    assert_eq!((&record["state"], &record["created_at"]), (&json!("active"), &json!("2099-01-01T00:00:00Z")));
    let receipt = env.run("create --session-id 1 --json").json();
    assert_eq!((&receipt["outcome"], &receipt["host_session_id"]), (&json!("rotated"), id));
}

#[test]
fn the_console_shows_no_negative_age() {
    let mut data = showcase();
    data.rotated_elsewhere(4, 5);
    let mut console = Console::on(data);
    console.go_to(4);
    // The list, and the detail.
    assert!(console.shows("in 5 h┃") && console.shows("Made at     in 5 h (2026"), "{:#?}", console.screen());
    console.keys("H");
    let negative = |line: &String| line.split(' ').any(|word| word.starts_with('-') && word.len() > 1);
    assert!(!console.screen().iter().any(negative), "{:#?}", console.screen());
}

#[test]
fn a_question_that_is_older_than_the_clock_waits_for_no_negative_time() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.reach_plan(4);
    console.pass(-60_000);
    assert!(console.shows("Reading the plan … 0 s"), "{:#?}", console.screen());
    console.answer();
    assert!(console.shows("Read 0 s ago."), "{:#?}", console.screen());
    console.pass(400);
    assert!(!console.keys("y").is_empty(), "the plan can be confirmed");
}
