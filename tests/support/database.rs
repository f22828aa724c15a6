//! Databases in temporary folders, and a second program that writes them past ours with plain SQL.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use host_provisioner::domain::time::{Clock, SystemClock};
use host_provisioner::store::{self, MigrationReport, Settings, Store, StoreError, Target};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use tokio_util::sync::CancellationToken;

/// The web application's own tables, in a fresh database.
pub(crate) const WEB_TABLES: &str = include_str!("../../migrations/sqlite/0001_existing_tables.sql");

/// One database file in a folder of its own, gone at the end of the test.
pub(crate) struct TestDb {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
    pub(crate) timeout: Duration,
}

impl TestDb {
    /// A place where no file is yet.
    pub(crate) fn nowhere() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        Self { folder, path, timeout: Duration::from_secs(10) }
    }

    /// A migrated database without rows.
    pub(crate) async fn empty() -> Self {
        let db = Self::nowhere();
        db.migrate().await.unwrap();
        db
    }

    /// A database with the web application's tables alone, and what `rows` puts there.
    pub(crate) async fn of_web_application(rows: &str) -> Self {
        let db = Self::nowhere();
        db.sql(&format!("{WEB_TABLES};{rows}")).await;
        db
    }

    /// Rows from before the rule, then migrated: so duplicates come to be flagged.
    pub(crate) async fn with_old_rows(rows: &str) -> Self {
        let db = Self::of_web_application(rows).await;
        db.migrate().await.unwrap();
        db
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings { target: Target::Sqlite(self.path.clone()), timeout: self.timeout, read_only: false }
    }

    pub(crate) async fn migrate(&self) -> Result<MigrationReport, StoreError> {
        store::migrate(&self.settings(), &CancellationToken::new()).await
    }

    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        self.store_at(Arc::new(SystemClock)).await
    }

    pub(crate) async fn store_at(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store> {
        store::connect(self.settings(), Some(clock)).await.unwrap()
    }

    /// Opens the file as another program would: with foreign keys, and patient.
    pub(crate) async fn open(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(&self.path).create_if_missing(true).foreign_keys(true);
        options.optimize_on_close(false, None).connect().await.unwrap()
    }

    /// Runs statements from outside; the engine's words when it refuses.
    pub(crate) async fn try_sql(&self, text: &str) -> Result<(), String> {
        let mut connection = self.open().await;
        let done = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut connection).await;
        connection.close().await.unwrap();
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Runs statements from outside.
    pub(crate) async fn sql(&self, text: &str) {
        self.try_sql(text).await.unwrap_or_else(|error| panic!("{error}: {text}"));
    }

    /// Reads the first column of all rows, as text.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let mut connection = self.open().await;
        let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let text = |row: &sqlx::sqlite::SqliteRow| row.try_get_unchecked::<Option<String>, _>(0).unwrap();
        rows.iter().map(|row| text(row).unwrap_or_else(|| "NULL".to_owned())).collect()
    }

    /// Reads one number.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        self.texts(query).await[0].parse().unwrap()
    }

    /// Writes every row of every table as text, sorted, for comparing before and after. What a virtual table holds stands
    /// in tables of its own.
    pub(crate) async fn dump(&self) -> String {
        let mut all = String::new();
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name";
        for table in self.texts(tables).await {
            all.push_str(&self.dump_table(&table).await);
        }
        all
    }

    /// Writes every row of one table as text, sorted.
    pub(crate) async fn dump_table(&self, table: &str) -> String {
        let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
        self.dump_columns(table, &columns).await
    }

    /// Writes some columns of every row of one table as text, sorted.
    pub(crate) async fn dump_columns(&self, table: &str, columns: &[String]) -> String {
        let values: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let mut rows = self.texts(&format!("SELECT {} FROM \"{table}\"", values.join(" || ',' || "))).await;
        rows.sort();
        rows.iter().fold(String::new(), |mut text, row| {
            writeln!(text, "{table}: {row}").unwrap();
            text
        })
    }
}
