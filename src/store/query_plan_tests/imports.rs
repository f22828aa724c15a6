//! What an import may meet is looked up, however much is there.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::Sqlite;

use super::{World, postgres};
use crate::store::import::{Imports, sql};

/// What an import asks for the sessions of a range.
const OF_AN_IMPORT: &[(&str, &str)] = &[
    ("BATCH_BY_SESSIONS", sql::BATCH_BY_SESSIONS),
    ("BATCH_BY_RECORDS", sql::BATCH_BY_RECORDS),
    ("PLACES", sql::PLACES),
    ("WAITING_SESSIONS", sql::WAITING_SESSIONS),
    ("WAITING_RECORDS", sql::WAITING_RECORDS),
    ("FLAG", sql::FLAG),
    ("SESSIONS", Sqlite::SESSIONS),
    ("RECORDS", Sqlite::RECORDS),
    ("HEADS", Sqlite::HEADS),
    ("ELSEWHERE", Sqlite::ELSEWHERE),
    ("INSERT_SESSIONS", Sqlite::INSERT_SESSIONS),
    ("INSERT_RECORDS", Sqlite::INSERT_RECORDS),
    ("INSERT_TITLES", sql::sqlite::INSERT_TITLES),
];

/// Statements without a plan, and such as read what an import brings, once and whole.
const OTHERS: &[&str] = &[
    "ANYTHING",
    "APPEND",
    "GATES_CLOSED",
    "GATES_OPEN",
    "HOLD",
    "NOT_OWNED",
    "NOW",
    "SET_UP",
    "STAGED",
    "STAGING",
    "TWICE",
    "WAIT_RECORDS",
    "WAIT_SESSIONS",
];

#[test]
fn no_statement_of_an_import_is_forgotten_here() {
    let text = include_str!("../import/sql.rs");
    let written = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub(in crate::store) const "));
    let written: BTreeSet<&str> = written.map(|line| line.split(':').next().unwrap()).collect();
    let here = OF_AN_IMPORT.iter().map(|(name, _)| *name).chain(OTHERS.iter().copied());
    let here: BTreeSet<&str> = here.chain(["SEQUENCES"]).collect();
    assert_eq!(written, here);
    // A file has no sequences, and a server keeps no index of titles of its own.
    let on_a_server = postgres::OF_AN_IMPORT.iter().map(|(name, ..)| *name).chain(OTHERS.iter().copied());
    let on_a_server: BTreeSet<&str> = on_a_server.chain(["INSERT_TITLES"]).collect();
    assert_eq!(written, on_a_server);
}

#[tokio::test]
async fn an_import_looks_up_its_sessions_and_walks_no_table() {
    let mut world = World::new().await;
    Sqlite::set_up(&mut world.lease.connection, Duration::from_secs(9)).await.unwrap();
    for (name, text) in OF_AN_IMPORT {
        let lines = world.plan(text).await;
        // `t` are the few sessions of a range, which were looked up themselves.
        let walks = |line: &&String| {
            let scanned = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            scanned.is_some_and(|what| !matches!(what, "t" | "json_each")) || line.contains("AUTOMATIC")
        };
        let found: Vec<&String> = lines.iter().filter(walks).collect();
        assert!(found.is_empty(), "{name}: {lines:#?}");
    }
}
