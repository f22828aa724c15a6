//! What an import may meet is looked up, however much is there.

use std::time::Duration;

use sqlx::Sqlite;

use super::World;
use crate::store::import::{Imports, sql};

#[tokio::test]
async fn an_import_looks_up_its_sessions_and_walks_no_table() {
    let mut world = World::new().await;
    Sqlite::set_up(&mut world.lease.connection, Duration::from_secs(9)).await.unwrap();
    for text in [
        sql::BATCH_BY_SESSIONS,
        sql::BATCH_BY_RECORDS,
        sql::PLACES,
        sql::WAITING_SESSIONS,
        sql::WAITING_RECORDS,
        sql::FLAG,
        Sqlite::SESSIONS,
        Sqlite::RECORDS,
        Sqlite::HEADS,
        Sqlite::ELSEWHERE,
        Sqlite::INSERT_SESSIONS,
        Sqlite::INSERT_RECORDS,
    ] {
        let lines = world.plan(text).await;
        // `t` are the few sessions of a range, which were looked up themselves.
        let walks = |line: &&String| {
            let scanned = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            scanned.is_some_and(|what| !matches!(what, "t" | "json_each")) || line.contains("AUTOMATIC")
        };
        let found: Vec<&String> = lines.iter().filter(walks).collect();
        assert!(found.is_empty(), "{text}: {lines:#?}");
    }
}
