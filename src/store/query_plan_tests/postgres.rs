//! The same on `PostgreSQL`. It plans a statement with its values the first times, and may go on without them once a
//! connection has sent it often: both plans are looked at.
//!
//! What a write checks of keys and unique indexes has no line in a plan, and the triggers read no table.

use std::time::Duration;

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions as _, Connection as _, Execute as _, Postgres, QueryBuilder, Row as _, Transaction};

use super::{READS, WRITES, pages};
use crate::domain::event_id::EventId;
use crate::domain::overview::MaxAge;
use crate::domain::time::{Clock as _, SystemClock};
use crate::store::backend::Backend as _;
use crate::store::import::{Imports as _, sql as import};
use crate::store::listing;

/// The variable that names a server whose user is a superuser; `make test` starts one and sets it.
const SERVER: &str = "HOST_PROVISIONER_TEST_POSTGRES_URL";

/// Sessions of the world: enough that reading all of them costs more than looking some up.
const SESSIONS: &str = "20000";

const ROWS: &str = include_str!("../../../tests/fixtures/world.postgres.sql");

const WITH_VALUES: &str = "SET LOCAL plan_cache_mode = force_custom_plan";
const WITHOUT: &str = "SET LOCAL plan_cache_mode = force_generic_plan";

/// Steps of a plan that are as they should be.
const BOUNDED: &[(&str, &str, &str)] = &[
    ("COUNT_SESSIONS", "Seq Scan of Sessions", "its LIMIT ends it"),
    ("ONE_SESSION", "Seq Scan of Sessions", "its LIMIT ends it"),
    ("AUDIT_ENTRIES", "Sort", "of few entries, found by their key; the key gives the order of many"),
    ("AUDIT_EVENTS", "Sort", "likewise"),
    ("people", "Sort", "the people of the last days"),
    ("a search for suspected leak 215", "Sort", "what is found among the entries of one stretch"),
    ("a search for by:sato id:7,100-200", "Sort", "what is found among the entries of one stretch"),
];

/// Likewise, of pages in the order of statuses with a filter: those with one status are in the order of ids.
const BOUNDED_PAGES: (&str, &str, &str) = ("Part { key: Status,", " with status:active", "Index Scan of PK_Sessions");

async fn connect() -> PgConnection {
    let url = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set: `make test` starts a server"));
    url.parse::<PgConnectOptions>().expect("the URL of the test server").connect().await.expect("the test server")
}

/// A world that nobody else sees: it is never committed.
struct World<'c>(Transaction<'c, Postgres>);

impl<'c> World<'c> {
    async fn new(connection: &'c mut PgConnection) -> Self {
        let mut world = Self(connection.begin().await.unwrap());
        let schema = EventId::generate().to_string();
        world.rows(&["CREATE SCHEMA \"", &schema, "\""]).await;
        let settings =
            "SELECT set_config('search_path', quote_ident($1), true), set_config('world.sessions', $2, true)";
        sqlx::query(settings).bind(schema).bind(SESSIONS).execute(&mut *world.0).await.unwrap();
        Postgres::migrations().run_direct(None, &mut *world.0, false).await.unwrap();
        world.run(ROWS).await;
        // A server does so by itself from time to time. Until then it takes every status for a rare one.
        world.run("ANALYZE").await;
        world
    }

    async fn run(&mut self, text: &'static str) {
        sqlx::raw_sql(text).execute(&mut *self.0).await.unwrap();
    }

    /// Runs one statement that is put together from parts.
    async fn rows(&mut self, parts: &[&str]) -> Vec<PgRow> {
        let mut asked = QueryBuilder::<Postgres>::new("");
        for part in parts {
            asked.push(part);
        }
        asked.build().persistent(false).fetch_all(&mut *self.0).await.unwrap()
    }

    /// What is wrong with the plan that a statement has in a `mode`.
    async fn prepared(&mut self, mode: &'static str, name: &str, text: &str, values: &str) -> Vec<String> {
        self.run(mode).await;
        self.rows(&["PREPARE asked AS ", text]).await;
        let values = if values.is_empty() { String::new() } else { ["(", values, ")"].concat() };
        let plan = self.rows(&["EXPLAIN (FORMAT JSON) EXECUTE asked ", &values]).await;
        self.run("DEALLOCATE asked").await;
        complaints(name, &plan)
    }

    /// What is wrong with the plan of a statement that was assembled, with its values.
    async fn assembled(&mut self, name: &str, asked: &mut QueryBuilder<Postgres>) -> Vec<String> {
        let mut asked = asked.build();
        let values = asked.take_arguments().unwrap().unwrap();
        let text = asked.sql();
        let mut explained = QueryBuilder::with_arguments("EXPLAIN (FORMAT JSON) ", values);
        let explained = explained.push(text.as_str()).build().persistent(false);
        complaints(name, &explained.fetch_all(&mut *self.0).await.unwrap())
    }

    /// What is wrong with the plans of all statements.
    async fn complaints(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        for mode in [WITH_VALUES, WITHOUT] {
            for (name, text, values) in READS.iter().chain(WRITES) {
                found.extend(self.prepared(mode, name, text, values).await);
            }
        }
        for (name, mut page) in pages::<Postgres>() {
            found.extend(self.assembled(&name, &mut page).await);
            let text = page.sql();
            let unknown = vec!["NULL"; text.as_str().matches('$').count()].join(", ");
            found.extend(self.prepared(WITHOUT, &name, text.as_str(), &unknown).await);
        }
        found
    }
}

fn complaints(name: &str, rows: &[PgRow]) -> Vec<String> {
    let mut wrong = Vec::new();
    for explained in rows[0].get::<Value, _>(0).as_array().unwrap() {
        walks_and_sorts(&explained["Plan"], &mut wrong);
    }
    wrong.retain(|what| !BOUNDED.iter().any(|(statement, step, _)| (*statement, *step) == (name, what)));
    let (order, filter, step) = BOUNDED_PAGES;
    wrong.retain(|what| !(name.contains(order) && name.ends_with(filter) && what == step));
    wrong.into_iter().map(|what| format!("{name}: {what}")).collect()
}

/// Finds the steps, this one and below, that go through a table or an index from end to end, or sort.
/// They are those of <https://www.postgresql.org/docs/15/using-explain.html>.
fn walks_and_sorts(step: &Value, found: &mut Vec<String>) {
    let text = |key: &str| step[key].as_str().unwrap_or_default();
    let kind = text("Node Type");
    match kind {
        "Seq Scan" => found.push(format!("{kind} of {}", text("Relation Name"))),
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" if step.get("Index Cond").is_none() => {
            found.push(format!("{kind} of {}", text("Index Name")));
        }
        _ if kind.ends_with("Sort") => found.push(kind.to_owned()),
        _ => {}
    }
    for below in step["Plans"].as_array().into_iter().flatten() {
        walks_and_sorts(below, found);
    }
}

#[tokio::test]
async fn no_statement_of_the_daily_work_scans_a_table_or_sorts_on_a_server() {
    let mut connection = connect().await;
    let mut world = World::new(&mut connection).await;
    assert_eq!(world.complaints().await, [] as [&str; 0]);
}

#[tokio::test]
async fn without_its_indexes_the_daily_work_scans_on_a_server_and_that_is_seen() {
    let mut connection = connect().await;
    let mut world = World::new(&mut connection).await;
    world.run(r#"DROP INDEX "UX_HostSessionEvents_EventId""#).await;
    let found = world.complaints().await;
    for told in ["HISTORY_OF_ALL: Seq Scan of HostSessionEvents", "HISTORY_OF_ALL: Sort"] {
        assert_eq!(found.iter().filter(|line| *line == told).count(), 2, "with values and without: {found:#?}");
    }
    world
        .run(
            r#"DROP INDEX "IX_HostSessions_SessionId", "IX_HostSessions_SessionGuidHash", "UX_HostSessions_OneCurrent";
            ALTER TABLE "Sessions" DROP CONSTRAINT "PK_Sessions" CASCADE"#,
        )
        .await;
    let found = world.complaints().await.join("\n");
    for told in [
        "SESSION: Seq Scan of Sessions",
        "RECORDS_OF_SESSION: Seq Scan of HostSessions",
        "AUDIT_END: Sort",
        "AUDIT_RECORDS: Seq Scan of Sessions",
        "range: Ids(None), down: false } with : Sort",
        "down: false } with record:duplicate: Seq Scan of HostSessions",
    ] {
        assert!(found.contains(told), "{told}\n{found}");
    }
}

/// What an overview counts of sessions and records may be all of a table: a server that has not vacuumed it lately must
/// look at its rows.
#[tokio::test]
async fn an_overview_reads_the_last_days_of_the_history_alone_on_a_server() {
    let mut connection = connect().await;
    let mut world = World::new(&mut connection).await;
    let questions = || listing::questions::<Postgres>(MaxAge::new(Duration::from_hours(90 * 24)), SystemClock.now());
    let of_history = || questions().into_iter().filter(|(name, _)| name == "people" || name.starts_with("Rotations"));
    assert_eq!(of_history().count(), 2 * 30 + 1);
    for (name, mut asked) in of_history() {
        assert_eq!(world.assembled(&name, &mut asked).await, [] as [&str; 0]);
    }
    world.run(r#"DROP INDEX "IX_HostSessionEvents_At""#).await;
    for (name, mut asked) in of_history() {
        assert_eq!(world.assembled(&name, &mut asked).await, [format!("{name}: Seq Scan of HostSessionEvents")]);
    }
}

/// What an import asks of the tables for the sessions of a range, of which there are few beside all.
pub(super) const OF_AN_IMPORT: &[(&str, &str, &str)] = &[
    ("BATCH_BY_SESSIONS", import::BATCH_BY_SESSIONS, "7001, 100"),
    ("BATCH_BY_RECORDS", import::BATCH_BY_RECORDS, "7001, 100"),
    ("PLACES", import::PLACES, "7001, 7101"),
    ("WAITING_SESSIONS", import::WAITING_SESSIONS, "7001, 7101"),
    ("WAITING_RECORDS", import::WAITING_RECORDS, "7001, 7101"),
    ("SESSIONS", Postgres::SESSIONS, "7001, 7101"),
    ("RECORDS", Postgres::RECORDS, "7001, 7101"),
    ("HEADS", Postgres::HEADS, "7001, 7101"),
    ("ELSEWHERE", Postgres::ELSEWHERE, "7001, 7101"),
    ("INSERT_SESSIONS", Postgres::INSERT_SESSIONS, "7001, 7101, '{7005,7006}'"),
    ("INSERT_RECORDS", Postgres::INSERT_RECORDS, "7001, 7101, '{7005,7006}', '{7007}'"),
    ("FLAG", import::FLAG, "true, 7001"),
    ("SEQUENCES", Postgres::SEQUENCES[0], "9000000000000000000"),
    ("SEQUENCES", Postgres::SEQUENCES[1], "9000000000000000000"),
];

impl World<'_> {
    /// Lets a row for each session and each record wait, as an import of what is there does.
    async fn waits(&mut self) {
        for text in import::postgres::STAGING {
            self.run(text).await;
        }
        self.run(
            r#"INSERT INTO "ImportSessions" ("SessionId", "Line", "Offset", "Length", "GroupId", "CreatedAt", "ModifiedAt")
                SELECT "SessionId", "SessionId" + 1, 0, 0, "GroupId", "CreatedAt", "ModifiedAt" FROM "Sessions";
            INSERT INTO "ImportHostSessions" ("SessionId", "Line", "Offset", "Length", "HostSessionId", "HostGuidHash",
                "CreatedAt", "IsActive") SELECT "SessionId", "HostSessionId" + 1, 0, 0, "HostSessionId", "HostGuidHash",
                "CreatedAt", "IsActive" FROM "HostSessions""#,
        )
        .await;
        for text in Postgres::STAGED {
            self.run(text).await;
        }
    }

    /// What is wrong with the plans of an import, made as its transaction has them made.
    async fn complaints_of_an_import(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, text, values) in OF_AN_IMPORT {
            found.extend(self.prepared(import::postgres::NOW, name, text, values).await);
        }
        found
    }
}

#[tokio::test]
async fn an_import_looks_up_its_sessions_and_walks_no_table_on_a_server() {
    let mut connection = connect().await;
    let mut world = World::new(&mut connection).await;
    world.waits().await;
    assert_eq!(world.complaints_of_an_import().await, [] as [&str; 0]);
    world
        .run(
            r#"DROP INDEX "IX_HostSessions_SessionId", "IX_HostSessions_SessionGuidHash", "UX_HostSessions_OneCurrent";
            ALTER TABLE "HostSessions" DROP CONSTRAINT "PK_HostSessions""#,
        )
        .await;
    let found = world.complaints_of_an_import().await.join("\n");
    for told in ["RECORDS: Seq Scan of HostSessions", "ELSEWHERE: Seq Scan of HostSessions", "FLAG: Seq Scan"] {
        assert!(found.contains(told), "{told}\n{found}");
    }
}

/// Lines that stay out and lines of duplicates may be as many as the rows of a step.
#[tokio::test]
async fn the_lines_that_an_import_leaves_out_are_hashed_once_and_not_gone_through_for_every_row_on_a_server() {
    let mut connection = connect().await;
    let mut world = World::new(&mut connection).await;
    world.waits().await;
    for (text, lists) in [(Postgres::INSERT_SESSIONS, 1), (Postgres::INSERT_RECORDS, 2)] {
        // A list comes as text, and its type is that of the program's own values.
        let types = if lists == 1 { "(bigint, bigint, text)" } else { "(bigint, bigint, text, text)" };
        let many: Vec<u64> = (1..300_000).collect();
        let many = Postgres::list(&many);
        let values = if lists == 1 { "(7001, 7101, '" } else { "(7001, 7101, '{2}', '" };
        world.run(import::postgres::NOW).await;
        world.rows(&["PREPARE asked ", types, " AS ", text]).await;
        let plan = world.rows(&["EXPLAIN (VERBOSE) EXECUTE asked ", values, &many, "')"]).await;
        world.run("DEALLOCATE asked").await;
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let plan = plan.join("\n");
        assert_eq!(plan.matches("hashed SubPlan").count(), lists, "{plan}");
    }
}
