//! `duplicates` and `consolidate` on a server, on the same rows as `cli_consolidate`: the same is listed, kept and left.

use serde_json::Value;

use crate::cli_consolidate::{
    again_is_nothing, ambiguous_ones_are_left, changed_ones_are_skipped, dry_run_is_nothing, listed, old_rows,
    one_at_once,
};
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;

/// What Entity Framework made on a server, migrated.
fn rows_on_a_server() -> TestEnv<TestPg> {
    TestEnv::around(|runtime| {
        runtime.block_on(async {
            let db = TestPg::of_entity_framework().await;
            db.migrate().await.unwrap();
            db
        })
    })
}

#[test]
fn both_engines_list_the_same_sessions_and_keep_the_same_records_for_the_same_reasons() {
    let decisions = |sessions: Vec<Value>| -> Vec<Vec<Value>> {
        let of = |session: Value| ["session_id", "stays", "goes", "ambiguous", "why"].map(|key| session[key].clone());
        sessions.into_iter().map(|session| of(session).to_vec()).collect()
    };
    let on_a_server = decisions(listed(&rows_on_a_server()));
    assert!(on_a_server.len() > 20, "{}", on_a_server.len());
    assert_eq!(on_a_server, decisions(listed(&old_rows())));
}

#[test]
fn on_a_server_what_is_ambiguous_is_left_until_a_person_names_the_one_that_stays() {
    ambiguous_ones_are_left(&rows_on_a_server());
}

#[test]
fn on_a_server_a_session_that_changed_since_the_plan_is_skipped_and_reported() {
    changed_ones_are_skipped(&rows_on_a_server());
}

#[test]
fn on_a_server_a_plan_that_was_applied_is_applied_again_without_a_change() {
    again_is_nothing(&rows_on_a_server());
}

#[test]
fn on_a_server_a_dry_run_of_a_plan_changes_nothing() {
    dry_run_is_nothing(&rows_on_a_server());
}

#[test]
fn on_a_server_one_session_is_consolidated_at_once_and_by_the_record_that_is_named() {
    one_at_once(&rows_on_a_server());
}
