//! No statement of the daily work reads a table from end to end, or sorts: the engine's plan of each says so.
//!
//! Here is what `SQLite` says; [`postgres`] is asked likewise. The triggers that a write sets off have no lines there;
//! their steps are looked at one by one instead. A filter that leaves many sessions walks the index of the order until
//! the page is full, which is no scan to the engine: how far it walks depends on the rows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sqlx::sqlite::SqliteRow;
use sqlx::{Executor as _, QueryBuilder, Row as _, Sqlite};

use super::backend::Backend;
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::listing::{self, Narrowed, Start};
use super::{SessionFilter, Settings, demo, sql};
use crate::domain::order::{Order, Place, SortKey, SortValue};
use crate::domain::overview::MaxAge;
use crate::domain::session::SessionId;
use crate::domain::time::{Clock as _, SystemClock};
use others::OTHERS;

mod estimates;
mod imports;
mod others;
mod postgres;
mod searches;

/// A statement with the name by which a failure tells of it, and values such as it has in the daily work.
type Named = (&'static str, &'static str, &'static str);

const READS: &[Named] = &[
    ("SESSION", sql::SESSION, "7001"),
    ("RECORDS_OF_SESSION", sql::RECORDS_OF_SESSION, "7001"),
    ("LAST_EVENT", sql::LAST_EVENT, "7001"),
    ("SESSION_OF_RECORD", sql::SESSION_OF_RECORD, "7001"),
    ("EVENT_EXISTS", sql::EVENT_EXISTS, "'an id', 7001"),
    ("COUNT_SESSIONS", sql::COUNT_SESSIONS, "10000"),
    ("HISTORY_OF_SESSION", sql::HISTORY_OF_SESSION, "7001, 'an id', 9223372036854775807, 50"),
    ("HISTORY_OF_ALL", sql::HISTORY_OF_ALL, "'~', 50"),
    ("HISTORY_OF_SESSION_ON", sql::HISTORY_OF_SESSION_ON, "7001, 'an id', 0, 50"),
    ("HISTORY_OF_ALL_ON", sql::HISTORY_OF_ALL_ON, "'', 50"),
    ("SEARCH_STRETCH", sql::SEARCH_STRETCH, "'~', '', 9999"),
    ("ONE_SESSION", sql::ONE_SESSION, ""),
    ("NEWEST_ACTIONS", sql::NEWEST_ACTIONS, "'imported', '~', 1000"),
    ("CENSUS_SLICE", sql::CENSUS_SLICE, "7001, 1000"),
    ("AUDIT_END", sql::AUDIT_END, "7001, 499"),
    ("AUDIT_ENTRIES", sql::AUDIT_ENTRIES, "7001, 8001, 2000"),
    ("AUDIT_EVENTS", sql::AUDIT_EVENTS, "7001, 8001, 2000"),
    ("AUDIT_RECORDS", sql::AUDIT_RECORDS, "7001, 8001"),
];

const WRITES: &[Named] = &[
    ("RETIRE", sql::RETIRE, "false, now(), 'by', 7001, 'hash'"),
    ("UPDATE_IN_PLACE", sql::UPDATE_IN_PLACE, "'hash', now(), 'by', NULL, true, false, 7001, 'hash'"),
    ("KEEP", sql::KEEP, "false, 7001, 'hash'"),
    ("TOUCH", sql::TOUCH, "now(), 7001, 'hash', true"),
    ("INSERT_RECORD", sql::INSERT_RECORD, "7001, 'hash', now(), 'by', NULL, true, false"),
    ("APPEND_EVENT", sql::APPEND_EVENT, "7001, 9, 'an id', 'done', 'then', '{}', 'before', 'own'"),
    ("INSERT_SESSION", sql::INSERT_SESSION, "NULL, 'title', 'Created', 0, now(), now()"),
];

/// Scans of a table that are as they should be.
const BOUNDED: &[(&str, &str, &str)] = &[
    ("COUNT_SESSIONS", "Sessions", "its LIMIT ends it"),
    ("ONE_SESSION", "Sessions", "its LIMIT ends it"),
    ("INSERT_RECORD", "sqlite_sequence", "a row for each table with AUTOINCREMENT, read by SQLite itself"),
    ("INSERT_SESSION", "sqlite_sequence", "a row for each table with AUTOINCREMENT, read by SQLite itself"),
];

/// A small world and one connection to it.
struct World {
    _folder: tempfile::TempDir,
    lease: Lease<Sqlite>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        demo::build(&path, 500, &SystemClock).await.unwrap();
        let connections = Connections::new(Settings { timeout: Duration::from_secs(30), ..demo::settings(&path) });
        let lease = connections.open(&Deadline::after(Duration::from_secs(30))).await.unwrap();
        Self { _folder: folder, lease }
    }

    async fn run(&mut self, text: &'static str) {
        self.lease.connection.execute(text).await.unwrap();
    }

    async fn explain(&mut self, how: &'static str, text: &str) -> Vec<SqliteRow> {
        let mut asked = QueryBuilder::<Sqlite>::new(how);
        // An explanation that was kept would not notice that an index is gone: only running looks at the schema.
        let asked = asked.push(text).build().persistent(false);
        asked.fetch_all(&mut self.lease.connection).await.unwrap()
    }

    /// The lines of the plan of a statement.
    async fn plan(&mut self, text: &str) -> Vec<String> {
        let rows = self.explain("EXPLAIN QUERY PLAN ", text).await;
        assert!(!rows.is_empty() || text.starts_with("INSERT"), "no plan of {text}");
        rows.iter().map(|row| row.get::<String, _>("detail")).collect()
    }

    /// The tables that a statement and its triggers go through from end to end.
    async fn walked(&mut self, text: &str) -> BTreeSet<String> {
        let places = sqlx::query("SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0");
        let places = places.fetch_all(&mut self.lease.connection).await.unwrap();
        let places: BTreeMap<i64, String> = places.iter().map(|row| (row.get(0), row.get(1))).collect();
        let steps = self.explain("EXPLAIN ", text).await;
        let step = |row: &SqliteRow| (row.get::<i64, _>("addr"), row.get("opcode"), row.get("p1"), row.get("p2"));
        let steps: Vec<(i64, String, i64, i64)> = steps.iter().map(step).collect();
        // The steps of each trigger follow in a program of their own, with cursors of its own.
        let programs: Vec<_> = steps.chunk_by(|one, next| one.0 < next.0).collect();
        assert!(programs.len() > 1 || text == sql::INSERT_SESSION, "the triggers are not seen");
        programs.iter().flat_map(|program| walked(program, &places)).collect()
    }

    /// The tables of whose rows a statement reads more than the key.
    async fn rows_read(&mut self, text: &str) -> BTreeSet<String> {
        let tables = sqlx::query("SELECT rootpage, name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0");
        let tables = tables.fetch_all(&mut self.lease.connection).await.unwrap();
        let tables: BTreeMap<i64, String> = tables.iter().map(|row| (row.get(0), row.get(1))).collect();
        let steps = self.explain("EXPLAIN ", text).await;
        let cursors = |step: &str| -> Vec<(i64, i64)> {
            let are = steps.iter().filter(|row| row.get::<String, _>("opcode") == step);
            are.map(|row| (row.get("p1"), row.get("p2"))).collect()
        };
        let read: BTreeSet<i64> = cursors("Column").into_iter().map(|(cursor, _)| cursor).collect();
        let opened = cursors("OpenRead").into_iter().filter(|(cursor, _)| read.contains(cursor));
        opened.filter_map(|(_, place)| tables.get(&place).cloned()).collect()
    }

    /// What is wrong with the plans of all statements.
    async fn complaints(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, text, _) in READS.iter().chain(WRITES) {
            let lines = self.plan(text).await;
            found.extend(complaints(name, &lines));
        }
        for (name, page) in pages::<Sqlite>() {
            let lines = self.plan(page.sql().as_str()).await;
            found.extend(complaints(&name, &lines));
        }
        for (name, text, _) in WRITES {
            let walked = self.walked(text).await.into_iter().filter(|table| !bounded(name, table));
            found.extend(walked.map(|table| format!("{name} with its triggers walks {table}")));
        }
        found
    }
}

/// The tables that one program goes through from end to end; `Sort` where it sorts.
/// The steps are those of <https://sqlite.org/opcode.html>.
fn walked(program: &[(i64, String, i64, i64)], places: &BTreeMap<i64, String>) -> Vec<String> {
    let mut found = Vec::new();
    for (place, (_, step, cursor, _)) in program.iter().enumerate() {
        match step.as_str() {
            "Rewind" | "Last" => {
                let opens = |other: &&(i64, String, i64, i64)| other.1.starts_with("Open") && other.2 == *cursor;
                let (before, after) = program.split_at(place);
                // What is opened once for the whole run stands at the end.
                let opened = before.iter().rev().find(opens).or_else(|| after.iter().find(opens)).unwrap();
                if matches!(opened.1.as_str(), "OpenRead" | "OpenWrite") {
                    found.push(places[&opened.3].clone());
                }
            }
            "Sort" | "SorterSort" => found.push("Sort".to_owned()),
            _ => {}
        }
    }
    found
}

/// Filters of every kind but on words.
const FILTERS: [&str; 12] = [
    "",
    "status:active",
    "-status:=Active",
    "record:none",
    "record:active",
    "record:expired",
    "record:expiring",
    "record:duplicate",
    "-record:active status:created",
    "by:sato",
    "by:=\"Host Manager\"",
    "age:>90d",
];

/// A filter that in any other order than by id may well be sorted: it tells itself how few sessions it leaves.
const IDS: &str = "id:14001-14100";

/// The kinds of beginnings of a page in an order.
fn starts(key: SortKey) -> Vec<Start> {
    let id = SessionId::new(14_001).unwrap();
    let value = match key {
        SortKey::Id => None,
        SortKey::Title | SortKey::Status | SortKey::By => Some(SortValue::Text("Patience".to_owned())),
        SortKey::People | SortKey::Record => Some(SortValue::Number(7)),
        SortKey::Age | SortKey::Expires => Some(SortValue::Time(SystemClock.now())),
    };
    let places = [Place { value, id }, Place { value: None, id }];
    let around = places.into_iter().flat_map(|place| [Start::After(place.clone(), true), Start::Before(place)]);
    [Start::First, Start::Last].into_iter().chain(around).collect()
}

/// Pages of every kind, with every filter but words and in every order that an index serves, and searches.
fn pages<B: Backend>() -> Vec<(String, QueryBuilder<B>)> {
    let now = SystemClock.now();
    let mut all = Vec::new();
    for (key, descending) in SortKey::ALL.into_iter().flat_map(|key| [(key, false), (key, true)]) {
        let order = Order { key, descending };
        for start in starts(key).into_iter().filter(|_| key != SortKey::People) {
            for part in listing::parts(order, &start) {
                for text in FILTERS.into_iter().chain((key == SortKey::Id).then_some(IDS)) {
                    let filter = SessionFilter::parse(text).unwrap();
                    all.push((format!("{part:?} with {filter}"), listing::assemble(&part, &filter, None, 40, now)));
                    all.push((
                        format!("ids of {part:?} with {filter}"),
                        listing::assemble_ids(&part, &filter, None, 40, now),
                    ));
                }
            }
        }
    }
    for text in FILTERS {
        let some = [14_001, 3].map(|id| SessionId::new(id).unwrap());
        let among = listing::assemble_among(&some, &SessionFilter::parse(text).unwrap(), now);
        all.push((format!("some with {text}"), among));
    }
    all.extend(estimates::questions());
    all.extend(searches::questions());
    all
}

fn bounded(name: &str, table: &str) -> bool {
    BOUNDED.iter().any(|(statement, what, _)| (*statement, *what) == (name, table))
}

/// A subquery is scanned, too, but only after its own lines have told how its rows were found.
fn complaints(name: &str, lines: &[String]) -> Vec<String> {
    let is_subquery = |what: &str| {
        lines.iter().any(|line| *line == format!("CO-ROUTINE {what}") || *line == format!("MATERIALIZE {what}"))
    };
    let wrong = |line: &&String| match line.strip_prefix("SCAN ") {
        Some("CONSTANT ROW") => false,
        Some(scanned) => {
            let what = scanned.split(' ').next().unwrap_or_default();
            !is_subquery(what) && !bounded(name, what)
        }
        None => line.contains("TEMP B-TREE") || line.contains("AUTOMATIC"),
    };
    lines.iter().filter(wrong).map(|line| format!("{name}: {line}")).collect()
}

#[test]
fn no_statement_is_forgotten_here() {
    let written = include_str!("sql.rs").lines().filter_map(|line| line.strip_prefix("pub(super) const "));
    let written: BTreeSet<&str> = written.map(|line| line.split(':').next().unwrap()).collect();
    let known = READS.iter().chain(WRITES).map(|(name, ..)| name).chain(OTHERS);
    assert_eq!(written, known.copied().collect());
}

#[tokio::test]
async fn no_statement_of_the_daily_work_scans_a_table_or_sorts() {
    let mut world = World::new().await;
    assert_eq!(world.complaints().await, [] as [&str; 0]);
    // Another program may have left statistics, and these change the engine's mind.
    world.run("ANALYZE").await;
    assert_eq!(world.complaints().await, [] as [&str; 0], "with statistics");
}

#[tokio::test]
async fn without_its_indexes_the_daily_work_scans_and_that_is_seen() {
    let mut world = World::new().await;
    world.run(r#"DROP INDEX "UX_HostSessionEvents_EventId""#).await;
    let found = world.complaints().await.join("\n");
    for name in [
        "HISTORY_OF_ALL: ",
        "HISTORY_OF_ALL_ON: ",
        "SEARCH_STRETCH: ",
        "a search for suspected leak 215: ",
        "APPEND_EVENT with its triggers walks HostSessionEvents",
    ] {
        assert!(found.contains(name), "{found}");
    }
    world.run(r#"DROP INDEX "IX_HostSessions_SessionId"; DROP INDEX "IX_HostSessions_SessionGuidHash";"#).await;
    let found = world.complaints().await.join("\n");
    for name in [
        "RECORDS_OF_SESSION: ",
        "AUDIT_END: ",
        "Ids(Some((SessionId(14001), true))), down: false } with : SCAN h",
        "RETIRE with its triggers walks",
    ] {
        assert!(found.contains(name), "{found}");
    }
}

/// What is narrowed down is sorted, and lies behind the index of titles and the few that it does not know.
#[tokio::test]
async fn a_search_that_an_index_narrows_down_walks_neither_sessions_nor_records() {
    let mut world = World::new().await;
    let filter =
        SessionFilter::parse("light 215 status:active record:expired record:duplicate age:>9d by:=Ada").unwrap();
    let now = SystemClock.now();
    let ways = listing::ways::<Sqlite>(&filter);
    assert_eq!(ways.len(), 6);
    for way in ways {
        let mut asked = vec![listing::assemble_probe::<Sqlite>(&way, now)];
        let way = if let Narrowed::Titles(..) = way { Narrowed::These("[7,9]".to_owned()) } else { way };
        for key in [SortKey::Id, SortKey::Title, SortKey::Age] {
            let order = Order { key, descending: false };
            let parts = listing::parts(order, &Start::First);
            asked.extend(parts.iter().map(|part| listing::assemble(part, &filter, Some(&way), 40, now)));
        }
        for asked in asked {
            let lines = world.plan(asked.sql().as_str()).await;
            // The index of duplicates holds duplicates alone: to read it is no walk.
            let walks = |line: &String| {
                !line.ends_with(" IX_HostSessions_Duplicates")
                    && ["SCAN Sessions", "SCAN HostSessions", "SCAN r", "SCAN h"].iter().any(|walk| {
                        line.strip_prefix(walk).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                    })
            };
            assert!(!lines.iter().any(walks), "{way:?}: {lines:#?}");
        }
    }
}

/// An overview counts all entries of indexes, and reads no row but the history of the last days. The busiest people are
/// sorted, who are few.
#[tokio::test]
async fn an_overview_counts_in_indexes_and_reads_the_last_days_of_the_history_alone() {
    let mut world = World::new().await;
    let now = SystemClock.now();
    let mut asked = listing::questions::<Sqlite>(MaxAge::new(Duration::from_hours(90 * 24)), now);
    for (name, text) in [("sessions", sql::COUNT_ALL_SESSIONS), ("left behind", sql::LEFT_BEHIND)] {
        asked.push((name.to_owned(), QueryBuilder::new(text)));
    }
    assert_eq!(asked.len(), 2 * (5 + 6 + 30 + 30) + 3);
    for (name, asked) in asked {
        let text = asked.sql();
        let plan = world.plan(text.as_str()).await.join("\n");
        let is_of_history = plan.contains("SEARCH e USING ") && plan.contains("IX_HostSessionEvents_At (At>");
        let reads = world.rows_read(text.as_str()).await;
        if name == "people" {
            assert!(is_of_history, "{plan}");
            continue;
        }
        assert_eq!(reads, BTreeSet::new(), "{name}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{name}: {plan}");
        assert_eq!(is_of_history, name.starts_with("Rotations"), "{name}: {plan}");
    }
}
