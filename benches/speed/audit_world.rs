//! A world with a long history: true chains, written past the program in bulk.

use std::path::{Path, PathBuf};

use host_provisioner::domain::actor::{Actor, Origin};
use host_provisioner::domain::chain::{AuditAction, AuditDraft, ChainHash, ChainHead, StoredEntry};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::domain::host_record::{HostRecordId, StoredHash};
use host_provisioner::domain::reason::RotationReason;
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::{Clock as _, SystemClock, Timestamp};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use super::worlds;

/// Entries of each session.
pub(crate) const ENTRIES: u32 = 10;

const SESSIONS: &str = r#"INSERT INTO "Sessions"
    ("SessionId", "GroupId", "Title", "Status", "ParticipantCount", "CreatedAt", "ModifiedAt")
    SELECT value, 'g', 'a session with a history', 'Completed', 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00'
    FROM json_each($1)"#;

const RECORDS: &str = r#"INSERT INTO "HostSessions"
    ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "IsActive")
    SELECT value ->> 0, value ->> 0, value ->> 1, value ->> 2, value ->> 3, 1 FROM json_each($1)"#;

const EVENTS: &str = r#"INSERT INTO "HostSessionEvents"
    ("SessionId", "Seq", "EventId", "Action", "At", "Body", "PrevHash", "EntryHash")
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    FROM json_each($1)"#;

/// Gives a world with so many entries, a few to each session.
pub(crate) async fn histories(entries: u32) -> PathBuf {
    worlds::kept(&format!("history-{entries}"), async |path| make(&path, entries / ENTRIES).await).await
}

async fn make(path: &Path, sessions: u32) {
    let mut connection = empty(path).await;
    let mut transaction = connection.begin().await.unwrap();
    let ids: Vec<i64> = (1..=i64::from(sessions)).collect();
    for some in ids.chunks(1000) {
        let (records, entries): (Vec<_>, Vec<_>) = some.iter().map(|id| session(*id)).unzip();
        let entries: Vec<serde_json::Value> = entries.into_iter().flatten().collect();
        for (text, rows) in [(SESSIONS, json!(some)), (RECORDS, json!(records)), (EVENTS, json!(entries))] {
            write(&mut transaction, text, &rows).await;
        }
    }
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
}

/// Makes a database with so many sessions and nothing else.
pub(crate) async fn sessions_alone(path: &Path, sessions: i64) {
    let mut connection = empty(path).await;
    write(&mut connection, SESSIONS, &json!((1..=sessions).collect::<Vec<_>>())).await;
    connection.close().await.unwrap();
}

async fn empty(path: &Path) -> SqliteConnection {
    host_provisioner::store::demo::build(path, 0, &SystemClock).await.unwrap();
    SqliteConnectOptions::new().filename(path).optimize_on_close(false, None).connect().await.unwrap()
}

async fn write(connection: &mut SqliteConnection, text: &'static str, rows: &serde_json::Value) {
    sqlx::query(text).bind(rows.to_string()).execute(connection).await.unwrap();
}

/// The request that everything here is made by.
pub(crate) fn request(id: i64) -> Request {
    Request {
        session: SessionId::new(id).unwrap(),
        action: Action::Provision(Expiry::Never),
        by: Actor::parse("Security Team").unwrap(),
        reason: Some(RotationReason::parse("suspected compromise: link in a chat").unwrap()),
        origin: Origin { os_user: "m.keller".to_owned(), client: "bastion2 host-provisioner/0".to_owned() },
    }
}

/// Creates one record and rotates it, as the program would; gives the record and its entries.
fn session(id: i64) -> (serde_json::Value, Vec<serde_json::Value>) {
    let hasher = Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    let request = request(id);
    let now = SystemClock.now();
    let (mut head, mut before, mut entries): (_, Option<StoredHash>, _) = (ChainHead::default(), None, Vec::new());
    for _ in 0..ENTRIES {
        let hash = hasher.hash(request.session, &HostGuid::generate());
        let entry = entry(&request, head, before.as_ref(), &hash, now);
        head = ChainHead { seq: entry.seq, hash: ChainHash::parse(&entry.entry_hash).unwrap() };
        entries.push(json!([
            entry.session,
            entry.seq,
            entry.event_id,
            entry.action,
            entry.at,
            entry.body,
            entry.prev_hash,
            entry.entry_hash
        ]));
        before = Some(hash);
    }
    let at = now.whole_seconds().utc().to_rfc3339();
    (json!([id, before.unwrap().as_str(), at, request.by.as_str()]), entries)
}

fn entry(
    request: &Request,
    head: ChainHead,
    before: Option<&StoredHash>,
    hash: &StoredHash,
    now: Timestamp,
) -> StoredEntry {
    let record = HostRecordId::new(request.session.get()).unwrap();
    let draft = AuditDraft {
        action: if before.is_some() { AuditAction::Rotated } else { AuditAction::Created },
        host_session: None,
        retired: Vec::new(),
        old_fp: before.map(StoredHash::fingerprint),
        kept_fp: None,
        expires: None,
    };
    draft.complete(head, request, EventId::generate(), Some(record), Some(hash.fingerprint()), now)
}
