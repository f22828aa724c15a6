//! Esc in the real console ends the database's own work too, and not the waiting alone.

use std::time::{Duration, Instant};

use sqlx::raw_sql;

use crate::support::cluster::Cluster;
use crate::support::desk::Desk;
use crate::support::postgres::TestPg;
use crate::support::pty::{Console, eventually};

/// What the console has the server do, and waits behind the lock. Its looks at the database do not.
const AT_WORK: &str = "SELECT query FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name = 'host-provisioner' AND state = 'active' AND wait_event_type = 'Lock'";

#[test]
fn on_a_server_no_statement_is_at_work_after_esc() {
    let desk = Desk::empty();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // What others write on the same server would have the console read its list anew, and Esc would stop that first.
    let server = Cluster::start(&["autovacuum = off"], &[]);
    let db = runtime.block_on(TestPg::of_entity_framework_on(&server.url("postgres")));
    runtime.block_on(db.migrate()).unwrap();
    let url = db.url();
    let variables = [("HOST_PROVISIONER_DATABASE_URL", url.as_str())];
    let mut console = desk.program((120, 35), &["--timeout", "60s"], &variables);
    console.sees(&["300 sessions", "row 1/300"]);
    // Whatever reads sessions waits behind this, and would for a minute.
    let mut other = runtime.block_on(db.open());
    runtime.block_on(raw_sql(r#"BEGIN; LOCK TABLE "Sessions""#).execute(&mut other)).unwrap();
    let at_work = || runtime.block_on(db.texts(AT_WORK));
    for (what, keys) in [("a filter", "/zz\r"), ("marking", "*"), ("the order", "s")] {
        console.send(keys);
        eventually(what, || !at_work().is_empty());
        // Esc stops what a person sees to be slow.
        std::thread::sleep(Duration::from_millis(300));
        console.send("\x1b");
        console.sees(&["Stopped"]);
        eventually("long before the time-out", || at_work().is_empty());
    }
    runtime.block_on(raw_sql("ROLLBACK").execute(&mut other)).unwrap();
}

/// Sessions whose titles take long to be searched.
const MANY: &str = r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Status", "CreatedAt", "ModifiedAt")
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
    SELECT 1000 + i, '7DEA4261-9767-4218-8E12-E65B1364F5D8', replace(hex(zeroblob(50)), '00', 'eve '), 'Created',
    '2026-01-01 08:00:00', '2026-01-01 08:00:00' FROM n;
    DELETE FROM "SessionTitleChanges""#;

#[test]
fn on_sqlite_the_engine_stops_after_esc() {
    let desk = Desk::demo();
    desk.sql(MANY);
    let mut console = desk.console_with((120, 35), &[], &[]);
    console.sees(&["~150,000 sessions", "row 1/~150,000"]);
    // Fits nowhere, and takes every title many times to find out.
    console.send(&format!("/\x1b[200~{}zz\x1b[201~", "e ".repeat(95)));
    console.sees(&["loading"]);
    let used = |console: &Console| console.processor_time().unwrap();
    let begun = used(&console);
    eventually("it is at work", || used(&console) > begun + 200);
    assert!(console.text().contains("loading"), "and has much to do:\n{}", console.text());
    console.send("\x1b");
    console.sees(&["Stopped reading."]);
    let stopped = Instant::now();
    eventually("the engine is at rest", || {
        let before = used(&console);
        std::thread::sleep(Duration::from_millis(500));
        used(&console) < before + 50
    });
    assert!(stopped.elapsed() < Duration::from_secs(10), "{:?}", stopped.elapsed());
    console.send("\x1b");
    console.sees(&["~150,000 sessions"]);
}
