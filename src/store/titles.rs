//! Keeps the index of titles up. Triggers note whose title changed, in a plain table, so that a program whose `SQLite` has
//! no FTS5 can go on writing; this brings what was noted into the index. Until then a search looks at each of these
//! sessions besides, and at all sessions once there are very many.
//!
//! A step takes a bounded number of notes in one short transaction, so other writers hardly wait, and after a kill a note
//! is either there or done. The old pieces of a title stay behind: the index has no text to take them out by, and it only
//! narrows a search down.

use super::backend::{Backend, fault, statement};
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::StoreError;
use super::rows::get;
use super::sql;
use crate::drill::{self, Step};

/// Notes that a step brings in.
pub(super) const STEP: i64 = 500;

/// Notes from which on it is worth a write that nobody asked for.
pub(super) const DUE: i64 = 1_000;

/// Takes a step, if at least so many notes wait; tells whether it did. Nothing is done where the engine keeps its index by
/// itself, or where the triggers are missing.
pub(super) async fn step<B: Backend>(
    connections: &Connections<B>,
    due: i64,
    deadline: &Deadline,
) -> Result<bool, StoreError> {
    let Some(kept_up) = B::HAS_TITLES else { return Ok(false) };
    let mut lease = connections.lend(deadline).await?;
    let waiting = async {
        if statement::<B>(kept_up).rows(&mut lease.connection).await?.is_empty() {
            return Ok(0);
        }
        let found = statement::<B>(sql::COUNT_TITLE_CHANGES).with(due).rows(&mut lease.connection).await?;
        let count = found.first().map(|row| get::<B, i64>(row, "Count")).transpose().map_err(fault::<B>)?;
        Ok(count.unwrap_or(0))
    };
    if deadline.run(waiting).await.and_then(|inner| inner)? < due {
        connections.take_back(lease);
        return Ok(false);
    }
    match deadline.run(bring_in(&mut lease)).await.and_then(|inner| inner) {
        Ok(()) => {
            connections.take_back(lease);
            Ok(true)
        }
        Err(error) => {
            connections.give_up(lease, &error).await;
            Err(error)
        }
    }
}

async fn bring_in<B: Backend>(lease: &mut Lease<B>) -> Result<(), StoreError> {
    let connection = &mut lease.connection;
    statement::<B>(B::BEGIN_WRITE).run(connection).await?;
    // Nobody else writes until the end: both statements take the same notes.
    statement::<B>(sql::INDEX_TITLES).with(STEP).run(connection).await?;
    drill::at(Step::IndexTitles)?;
    statement::<B>(sql::FORGET_TITLE_CHANGES).with(STEP).run(connection).await?;
    statement::<B>(sql::COMMIT).run(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::{Executor as _, QueryBuilder, Row as _, Sqlite};

    use super::*;
    use crate::domain::time::{Clock as _, SystemClock};
    use crate::store::{SessionFilter, Settings, demo, listing};

    /// Sessions of the world: more than a search looks at besides the index.
    const SESSIONS: u32 = 25_000;

    /// Every thousandth session gets a title that no other has.
    const RENAME: &str = r#"UPDATE "Sessions" SET "Title" =
        CASE WHEN "SessionId" % 1000 = 0 THEN 'Zebra ' ELSE 'Patience ' END || "SessionId""#;

    /// Sessions that neither the index knows by their title nor a note names. Each title that ends so has its pieces.
    const LOST: &str = r#"SELECT count(*) FROM "Sessions" WHERE "Title" LIKE '%zebra%'
        AND "SessionId" NOT IN (SELECT "SessionId" FROM "SessionTitleChanges")
        AND "SessionId" NOT IN
            (SELECT rowid FROM "SessionTitles" WHERE "SessionTitles" MATCH '"zeb" AND "ebr" AND "bra"')"#;

    fn deadline() -> Deadline {
        Deadline::after(Duration::from_mins(1))
    }

    async fn world(sessions: u32) -> (tempfile::TempDir, Connections<Sqlite>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        demo::build(&path, sessions, &SystemClock).await.unwrap();
        let settings = Settings { timeout: Duration::from_mins(1), ..demo::settings(&path) };
        (folder, Connections::new(settings))
    }

    async fn run(connections: &Connections<Sqlite>, text: &'static str) {
        let mut lease = connections.lend(&deadline()).await.unwrap();
        lease.connection.execute(text).await.unwrap();
        connections.take_back(lease);
    }

    async fn number(connections: &Connections<Sqlite>, text: &'static str) -> i64 {
        let mut lease = connections.lend(&deadline()).await.unwrap();
        let number = sqlx::query(text).fetch_one(&mut lease.connection).await.unwrap().get(0);
        connections.take_back(lease);
        number
    }

    /// How many sessions a search for this looks at by the index; `None` where it goes through all.
    async fn looked_at(connections: &Connections<Sqlite>, word: &str) -> Option<i64> {
        let filter = SessionFilter::parse(word).unwrap();
        let mut lease = connections.lend(&deadline()).await.unwrap();
        let now = SystemClock.now();
        let narrowed = listing::narrow::<Sqlite>(&mut lease.connection, &filter, now).await.unwrap();
        let mut count = None;
        if let Some(narrowed) = narrowed {
            let mut probe: QueryBuilder<Sqlite> = listing::assemble_probe(&narrowed, now);
            let found = probe.build().fetch_one(&mut lease.connection).await.unwrap();
            count = Some(found.get("Count"));
        }
        connections.take_back(lease);
        count
    }

    #[tokio::test]
    async fn a_search_goes_by_the_index_again_after_more_changes_than_it_looks_at_besides() {
        let (_folder, connections) = world(SESSIONS).await;
        run(&connections, RENAME).await;
        assert_eq!(looked_at(&connections, "zebra").await, None);
        let mut steps = 0;
        while step(&connections, DUE, &deadline()).await.unwrap() {
            steps += 1;
        }
        assert_eq!(steps, (i64::from(SESSIONS) - DUE) / STEP + 1);
        let left = number(&connections, r#"SELECT count(*) FROM "SessionTitleChanges""#).await;
        assert!(left < DUE, "{left}");
        // What is left is looked at besides: the last ones, among which one is a zebra.
        assert_eq!(looked_at(&connections, "zebra").await, Some(24 + left));
        while step(&connections, 1, &deadline()).await.unwrap() {}
        assert_eq!(looked_at(&connections, "zebra").await, Some(25));
        assert_eq!(number(&connections, LOST).await, 0);
    }

    #[tokio::test]
    async fn a_few_changes_are_left_alone_and_so_is_an_index_that_nobody_keeps_up() {
        let (_folder, connections) = world(2_000).await;
        run(&connections, r#"UPDATE "Sessions" SET "Title" = 'Zebra' WHERE "SessionId" < 1000"#).await;
        assert!(!step(&connections, DUE, &deadline()).await.unwrap());
        run(&connections, r#"UPDATE "Sessions" SET "Title" = 'Zebra'"#).await;
        run(&connections, r#"DROP TRIGGER "TR_Sessions_TitleUpdate""#).await;
        assert!(!step(&connections, DUE, &deadline()).await.unwrap());
        assert_eq!(number(&connections, r#"SELECT count(*) FROM "SessionTitleChanges""#).await, 2_000);
    }

    /// Two programs bring titles in, a third changes them, and a fourth gives up again and again.
    #[tokio::test(flavor = "multi_thread")]
    async fn no_title_is_lost_in_a_race_or_by_giving_up() {
        let (_folder, connections) = world(3_000).await;
        let bring_in = || async {
            for _ in 0..40 {
                step(&connections, 1, &deadline()).await.unwrap();
            }
        };
        let change = || async {
            for _ in 0..15 {
                run(
                    &connections,
                    r#"UPDATE "Sessions" SET "Title" = 'Hyena ' || "SessionId" WHERE "SessionId" % 7 < 3"#,
                )
                .await;
                run(
                    &connections,
                    r#"UPDATE "Sessions" SET "Title" = 'Zebra ' || "SessionId" WHERE "SessionId" % 5 < 3"#,
                )
                .await;
                assert_eq!(number(&connections, LOST).await, 0);
            }
        };
        let give_up = || async {
            for pause in 0..60 {
                let _ =
                    tokio::time::timeout(Duration::from_micros(150 * pause), step(&connections, 1, &deadline())).await;
            }
        };
        tokio::join!(bring_in(), bring_in(), change(), give_up());
        assert_eq!(number(&connections, LOST).await, 0);
        while step(&connections, 1, &deadline()).await.unwrap() {}
        assert_eq!(number(&connections, LOST).await, 0);
        let zebras = number(&connections, r#"SELECT count(*) FROM "Sessions" WHERE "Title" LIKE '%zebra%'"#).await;
        assert!(looked_at(&connections, "zebra").await >= Some(zebras), "the index has all of them");
    }
}
