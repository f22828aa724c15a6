//! A database of either engine as another program sees it.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;

use super::database::TestDb;
use super::postgres::TestPg;

/// A database that a test looks into, past the program.
pub(crate) trait Outside: Sync {
    /// A connection of the other program.
    type Other: Send;

    /// Makes a migrated database without rows.
    async fn empty() -> Self;
    /// Gives its URL.
    fn url(&self) -> String;
    /// Runs statements.
    async fn sql(&self, text: &str);
    /// Runs statements; the engine's words when it refuses.
    async fn try_sql(&self, text: &str) -> Result<(), String>;
    /// Reads the first column of all rows, as text.
    async fn texts(&self, query: &str) -> Vec<String>;
    /// Writes every row of every table as text.
    async fn dump(&self) -> String;
    /// Begins a transaction that goes on seeing what there is now.
    async fn begin_to_read(&self) -> Self::Other;
    /// Counts the entries of the history that the transaction sees, and ends it.
    async fn count_entries(other: Self::Other) -> i64;
}

const ENTRIES: &str = r#"SELECT count(*) FROM "HostSessionEvents""#;

impl Outside for TestDb {
    type Other = SqliteConnection;

    async fn empty() -> Self {
        TestDb::empty().await
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.path.display())
    }

    async fn sql(&self, text: &str) {
        TestDb::sql(self, text).await;
    }

    async fn try_sql(&self, text: &str) -> Result<(), String> {
        TestDb::try_sql(self, text).await
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        TestDb::texts(self, query).await
    }

    async fn dump(&self) -> String {
        TestDb::dump(self).await
    }

    async fn begin_to_read(&self) -> SqliteConnection {
        let mut other = self.open().await;
        // SQLite's view begins with the first read.
        sqlx::raw_sql("BEGIN; SELECT count(*) FROM \"HostSessionEvents\"").execute(&mut other).await.unwrap();
        other
    }

    async fn count_entries(mut other: SqliteConnection) -> i64 {
        let count = sqlx::query_scalar(ENTRIES).fetch_one(&mut other).await.unwrap();
        other.close().await.unwrap();
        count
    }
}

impl Outside for TestPg {
    type Other = PgConnection;

    async fn empty() -> Self {
        TestPg::empty().await
    }

    fn url(&self) -> String {
        TestPg::url(self)
    }

    async fn sql(&self, text: &str) {
        TestPg::sql(self, text).await;
    }

    async fn try_sql(&self, text: &str) -> Result<(), String> {
        TestPg::try_sql(self, text).await
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        TestPg::texts(self, query).await
    }

    async fn dump(&self) -> String {
        TestPg::dump(self).await
    }

    async fn begin_to_read(&self) -> PgConnection {
        let mut other = self.open().await;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM \"HostSessionEvents\"";
        sqlx::raw_sql(begin).execute(&mut other).await.unwrap();
        other
    }

    async fn count_entries(mut other: PgConnection) -> i64 {
        let count = sqlx::query_scalar(ENTRIES).fetch_one(&mut other).await.unwrap();
        other.close().await.unwrap();
        count
    }
}
