//! Databases on a PostgreSQL server, each for one test, and a second program that writes them past ours.

use std::fmt::Write as _;
use std::time::Duration;

use host_provisioner::store::{self, MigrationReport, Settings, StoreError, Target};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use tokio_util::sync::CancellationToken;

/// The variable that names a server whose user may create databases; `make test` starts one and sets it.
const SERVER: &str = "HOST_PROVISIONER_TEST_POSTGRES_URL";

/// The web application's own tables, in the schema where it has them.
pub(crate) const WEB_TABLES: &str = concat!(
    "CREATE SCHEMA canvas; SET search_path = canvas;",
    include_str!("../../migrations/postgres/0001_existing_tables.sql")
);

/// What the web application's Entity Framework makes, with its rows.
pub(crate) const ENTITY_FRAMEWORK: &str = include_str!("../fixtures/existing_schema.postgres.sql");

/// Rows that came with their ids leave the sequences behind.
const SEQUENCES: &str = r#"
    SELECT setval(pg_get_serial_sequence('"Sessions"', 'SessionId'), (SELECT max("SessionId") FROM "Sessions"));
    SELECT setval(pg_get_serial_sequence('"HostSessions"', 'HostSessionId'), (SELECT max("HostSessionId") FROM "HostSessions"));"#;

/// One database on the server, gone at the end of the test; with it go the roles whose names begin with its name.
pub(crate) struct TestPg {
    pub(crate) name: String,
    pub(super) server: PgConnectOptions,
    pub(crate) timeout: Duration,
}

impl TestPg {
    /// A database without a schema.
    pub(crate) async fn nowhere() -> Self {
        let url = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set: `make test` starts a server"));
        Self::on(&url).await
    }

    /// A database without a schema on a server whose user may create it.
    async fn on(url: &str) -> Self {
        let server: PgConnectOptions = url.parse().expect("the URL of the test server");
        let name = format!("test_{}", host_provisioner::domain::event_id::EventId::generate()).replace('-', "");
        let db = Self { name, server, timeout: Duration::from_secs(10) };
        db.on_server(&format!("CREATE DATABASE {}", db.name)).await;
        db
    }

    /// A migrated database without rows.
    pub(crate) async fn empty() -> Self {
        let db = Self::nowhere().await;
        db.migrate().await.unwrap();
        db
    }

    /// A database with the web application's tables alone, and what `rows` puts there.
    pub(crate) async fn of_web_application(rows: &str) -> Self {
        let db = Self::nowhere().await;
        db.sql(&format!("{WEB_TABLES}{rows}{SEQUENCES}")).await;
        db
    }

    /// A database as the web application's Entity Framework made it, with its rows.
    pub(crate) async fn of_entity_framework() -> Self {
        Self::nowhere().await.with_entity_framework().await
    }

    /// Such a database on a server of the test's own, whose URL this is: nobody else writes there.
    pub(crate) async fn of_entity_framework_on(url: &str) -> Self {
        Self::on(url).await.with_entity_framework().await
    }

    async fn with_entity_framework(self) -> Self {
        self.sql(&format!("SET search_path = public; {ENTITY_FRAMEWORK}")).await;
        self
    }

    /// Rows from before the rule, then migrated: so duplicates come to be flagged.
    pub(crate) async fn with_old_rows(rows: &str) -> Self {
        // The old tables have no defaults; the rows that leave a column out come after the migration.
        let db = Self::of_web_application(rows).await;
        db.migrate().await.unwrap();
        db
    }

    async fn on_server(&self, text: &str) {
        let mut connection = self.server.connect().await.expect("the test server");
        sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut connection).await.expect("the test server");
        connection.close().await.unwrap();
    }

    /// Gives the database's URL, with the server's password.
    pub(crate) fn url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings { target: Target::parse(&self.url()).unwrap(), timeout: self.timeout, read_only: false }
    }

    pub(crate) async fn migrate(&self) -> Result<MigrationReport, StoreError> {
        store::migrate(&self.settings(), &CancellationToken::new()).await
    }

    /// Connects as another program would.
    pub(crate) async fn open(&self) -> PgConnection {
        in_canvas(self.server.clone().database(&self.name)).await
    }

    /// Runs statements from outside; the server's words when it refuses.
    pub(crate) async fn try_sql(&self, text: &str) -> Result<(), String> {
        run(self.open().await, text).await
    }

    /// Runs statements from outside.
    pub(crate) async fn sql(&self, text: &str) {
        self.try_sql(text).await.unwrap_or_else(|error| panic!("{error}: {text}"));
    }

    /// Reads the first column of all rows, which must be text.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let mut connection = self.open().await;
        let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get::<Option<String>, _>(0).unwrap_or_else(|| "NULL".to_owned())).collect()
    }

    /// Reads one number.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        self.texts(&format!("SELECT ({query})::text")).await[0].parse().unwrap()
    }

    /// Writes every row of every table as text, sorted, for comparing before and after.
    pub(crate) async fn dump(&self) -> String {
        self.dump_without(&[]).await
    }

    /// Writes every row as [`TestPg::dump`] does, but for some columns.
    pub(crate) async fn dump_without(&self, columns: &[&str]) -> String {
        let mut all = String::new();
        for table in self.texts("SELECT tablename::text FROM pg_tables WHERE schemaname = 'canvas' ORDER BY 1").await {
            let left_out = columns.iter().fold(String::new(), |text, column| text + " - '" + column + "'");
            let mut rows = self.texts(&format!("SELECT (to_jsonb(t){left_out})::text FROM \"{table}\" AS t")).await;
            rows.sort();
            for row in rows {
                writeln!(all, "{table}: {row}").unwrap();
            }
        }
        all
    }
}

/// Runs statements on the database of a URL, in the schema of the web application; the server's words when it refuses.
pub(crate) async fn sql_on(url: &str, text: &str) -> Result<(), String> {
    let options: PgConnectOptions = url.parse().unwrap();
    run(in_canvas(options).await, text).await
}

async fn in_canvas(options: PgConnectOptions) -> PgConnection {
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql("SET search_path = canvas").execute(&mut connection).await.unwrap();
    connection
}

async fn run(mut connection: PgConnection, text: &str) -> Result<(), String> {
    let done = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut connection).await;
    connection.close().await.unwrap();
    done.map(|_| ()).map_err(|error| error.to_string())
}

impl Drop for TestPg {
    /// Drops the database from a thread of its own: the test's runtime may be the one that is ending.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = server.connect().await?;
                let roles = format!(
                    "DO $$ DECLARE role name; BEGIN \
                     FOR role IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{name}') \
                     LOOP EXECUTE format('DROP ROLE %I', role); END LOOP; END $$"
                );
                for text in [format!("DROP DATABASE {name} WITH (FORCE)"), roles] {
                    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
                }
                Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        // A server that the test took down cannot drop it; the throwaway server takes all with it.
        drop(dropping.join());
    }
}
