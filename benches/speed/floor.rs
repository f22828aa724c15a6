//! The statements of a rotation and of a creation in a bare loop: the same texts in the same order on the same schema,
//! with the same durability, and nothing around them.

use std::collections::HashMap;
use std::path::Path;

use host_provisioner::domain::chain::StoredEntry;
use host_provisioner::domain::event_id::EventId;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Row as _, Sqlite};

pub(crate) mod pgbench;
#[path = "../../src/store/sql.rs"]
#[allow(dead_code, reason = "the store uses all of it")]
mod sql;

const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// The length of a hash as the program stores it.
const HASH: usize = 71;

type Asked = Query<'static, Sqlite, SqliteArguments>;

pub(crate) struct Floor {
    connection: SqliteConnection,
    /// Each session's record, and the number of its last entry.
    records: HashMap<i64, (i64, i64)>,
    /// An entry as the program writes it, for texts of its length.
    sample: StoredEntry,
}

impl Floor {
    pub(crate) async fn open(path: &Path, sample: StoredEntry) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .synchronous(SqliteSynchronous::Full)
            .optimize_on_close(false, None)
            .disable_statement_logging();
        Self { connection: options.connect().await.unwrap(), records: HashMap::new(), sample }
    }

    /// Gives a session its first record.
    pub(crate) async fn create(&mut self, session: i64) {
        self.read(session).await;
        let insert = sqlx::query(sql::INSERT_RECORD).bind(session).bind(hash(session, 1)).bind(self.sample.at.clone());
        let insert = insert.bind("Security Team").bind(None::<String>).bind(true).bind(false);
        let record = self.rows(insert).await[0].get(0);
        self.records.insert(session, (record, 1));
        self.write(session, 1).await;
    }

    /// Gives its record a new hash.
    pub(crate) async fn rotate(&mut self, session: i64) {
        let (record, seq) = self.records[&session];
        self.read(session).await;
        let update = sqlx::query(sql::UPDATE_IN_PLACE).bind(hash(session, seq + 1)).bind(self.sample.at.clone());
        let update = update.bind("Security Team").bind(None::<String>).bind(true).bind(false);
        self.run(update.bind(record).bind(hash(session, seq))).await;
        self.records.insert(session, (record, seq + 1));
        self.write(session, seq + 1).await;
    }

    /// Begins, and reads what a plan is made from.
    async fn read(&mut self, session: i64) {
        self.run(sqlx::query(BEGIN_WRITE)).await;
        for text in [sql::SESSION, sql::RECORDS_OF_SESSION, sql::LAST_EVENT] {
            self.rows(sqlx::query(text).bind(session)).await;
        }
    }

    /// Appends an entry, reads the records back, and commits.
    async fn write(&mut self, session: i64, seq: i64) {
        let StoredEntry { action, at, body, prev_hash, entry_hash, .. } = self.sample.clone();
        let append = sqlx::query(sql::APPEND_EVENT).bind(session).bind(seq).bind(EventId::generate().to_string());
        self.run(append.bind(action).bind(at).bind(body).bind(prev_hash).bind(entry_hash)).await;
        self.rows(sqlx::query(sql::RECORDS_OF_SESSION).bind(session)).await;
        self.run(sqlx::query(sql::COMMIT)).await;
    }

    async fn run(&mut self, asked: Asked) {
        asked.execute(&mut self.connection).await.unwrap();
    }

    async fn rows(&mut self, asked: Asked) -> Vec<SqliteRow> {
        asked.fetch_all(&mut self.connection).await.unwrap()
    }
}

/// A text of a hash's length.
fn hash(session: i64, seq: i64) -> String {
    format!("{session:>30}{seq:>0$}", HASH - 30)
}
