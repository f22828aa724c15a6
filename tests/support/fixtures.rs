//! The exported rows of `tests/fixtures`, as the web application keeps them.

use host_provisioner::domain::guid::HostGuid;
use sqlx::AssertSqlSafe;

use super::database::{TestDb, WEB_TABLES};
use super::outside::Outside;
use super::program::TestEnv;

/// The exported sessions.
pub(crate) const SESSIONS: &str = include_str!("../fixtures/sessions.csv");
/// The exported host sessions.
pub(crate) const HOST_SESSIONS: &str = include_str!("../fixtures/host_sessions.csv");
const KNOWN_GUIDS: &str = include_str!("../fixtures/known_guids.csv");

/// The secret under which the fixtures' hashes were made.
pub(crate) const APPLICATION_SECRET: &str = include_str!("../fixtures/application_secret.txt");

/// The tables as Entity Framework's `SQLite` provider writes them, with its own bookkeeping.
pub(crate) const ENTITY_FRAMEWORK_TABLES: &str = r#"
CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY, "ProductVersion" TEXT NOT NULL);
INSERT INTO "__EFMigrationsHistory" VALUES ('20250911091420_InitialCreate', '8.0.8');
CREATE TABLE "Sessions" ("SessionId" INTEGER NOT NULL CONSTRAINT "PK_Sessions" PRIMARY KEY AUTOINCREMENT, "GroupId" TEXT NOT NULL,
    "Title" TEXT NULL, "Description" TEXT NULL, "Status" TEXT NULL DEFAULT 'Created', "ParticipantCount" INTEGER NULL,
    "MaxParticipants" INTEGER NULL, "StartedAt" TEXT NULL, "EndedAt" TEXT NULL, "ExpiresAt" TEXT NULL,
    "CreatedAt" TEXT NOT NULL, "ModifiedAt" TEXT NOT NULL);
CREATE TABLE "HostSessions" ("HostSessionId" INTEGER NOT NULL CONSTRAINT "PK_HostSessions" PRIMARY KEY AUTOINCREMENT,
    "SessionId" INTEGER NOT NULL, "HostGuidHash" TEXT NOT NULL, "CreatedAt" TEXT NOT NULL, "ExpiresAt" TEXT NULL,
    "LastUsedAt" TEXT NULL, "CreatedBy" TEXT NULL, "RevokedAt" TEXT NULL, "RevokedBy" TEXT NULL,
    "IsActive" INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT "FK_HostSessions_Sessions_SessionId" FOREIGN KEY ("SessionId") REFERENCES "Sessions" ("SessionId") ON DELETE CASCADE);
CREATE UNIQUE INDEX "IX_HostSessions_SessionGuidHash" ON "HostSessions" ("SessionId", "HostGuidHash");
"#;

/// A database that the web application made, full of the fixtures, not migrated.
pub(crate) async fn web_database() -> TestDb {
    filled(WEB_TABLES).await
}

/// The same with Entity Framework's own tables.
pub(crate) async fn entity_framework_database() -> TestDb {
    filled(ENTITY_FRAMEWORK_TABLES).await
}

async fn filled(tables: &str) -> TestDb {
    let db = TestDb::nowhere();
    db.sql(tables).await;
    let mut connection = db.open().await;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
    for (table, csv) in [("Sessions", SESSIONS), ("HostSessions", HOST_SESSIONS)] {
        let (head, rows) = parse(csv);
        let places = vec!["?"; head.len()].join(", ");
        let insert = format!("INSERT INTO \"{table}\" ({}) VALUES ({places})", head.join(", "));
        for row in rows {
            let query = sqlx::query(AssertSqlSafe(insert.clone()));
            let bound =
                row.into_iter().fold(query, |query, value| query.bind(Some(value).filter(|text| text != "NULL")));
            bound.execute(&mut connection).await.unwrap();
        }
    }
    sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    db
}

/// Reads a file of CSV: its heading, and its rows.
pub(crate) fn parse(csv: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = texts(reader.headers().unwrap());
    (head, reader.records().map(|record| texts(&record.unwrap())).collect())
}

/// Puts the exported files, and the secret of their hashes as `secret`, into the home of a run.
pub(crate) fn write_files<D: Outside>(env: &TestEnv<D>) {
    env.file("sessions.csv", SESSIONS.as_bytes());
    env.file("host_sessions.csv", HOST_SESSIONS.as_bytes());
    env.file("secret", APPLICATION_SECRET.as_bytes());
}

/// Writes an exported file as lines of JSON; what is NULL is left out, as SQL Server does.
pub(crate) fn as_json_lines(csv: &str) -> String {
    let (head, rows) = parse(csv);
    let object = |row: Vec<String>| {
        let cells = head.iter().cloned().zip(row).filter(|(_, cell)| cell != "NULL");
        let cells: serde_json::Map<_, _> = cells.map(|(name, cell)| (name, cell.into())).collect();
        format!("{}\n", serde_json::Value::from(cells))
    };
    rows.into_iter().map(object).collect()
}

/// The GUIDs that are known: session, record, GUID, whether the record is active.
pub(crate) fn known_guids() -> Vec<(i64, i64, HostGuid, bool)> {
    let number = |text: &str| text.parse::<i64>().unwrap();
    let row = |row: Vec<String>| (number(&row[0]), number(&row[1]), HostGuid::parse(&row[2]).unwrap(), row[3] == "1");
    parse(KNOWN_GUIDS).1.into_iter().map(row).collect()
}
