//! The contract about rows of the tool of before.

use std::io;
use std::sync::{Arc, Mutex};

use host_provisioner::domain::actor::{Actor, Origin};
use host_provisioner::domain::audit::{Finding, Trail, verify};
use host_provisioner::domain::host_record::{HostRecord, StoredHash};
use host_provisioner::domain::import::{Fault, FaultKind, LAST_ID, Place, Row, Table};
use host_provisioner::domain::order::Order;
use host_provisioner::domain::request::Action;
use host_provisioner::domain::session::{NewSession, Session};
use host_provisioner::store::{
    Aside, Chunk, HistoryPage, HistoryQuery, Import, ImportOutcome, Imported, Page, Progress, SessionFilter,
    SessionQuery, Store, StoreError,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Database;
use super::one_session::{NOW, apply};
use crate::support::requests::{PROVISION, SetClock, at, record, session};

/// Keeps what stays out.
#[derive(Default)]
struct Kept(Mutex<Vec<Fault>>);

impl Aside for Kept {
    fn take(&self, fault: &Fault) -> io::Result<()> {
        self.0.lock().unwrap().push(fault.clone());
        Ok(())
    }

    fn keep(&self) -> io::Result<()> {
        Ok(())
    }

    fn must_be_as_read(&self) -> Result<(), String> {
        Ok(())
    }
}

/// How an import is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Whole,
    Skipping,
    Dry,
    Cancelled,
    CutOff,
}

fn rows<T: Clone>(values: &[T]) -> Vec<Row<T>> {
    let place = |line| Place { line, offset: 0, length: 0 };
    (2..).zip(values).map(|(line, value)| Row { place: place(line), value: value.clone() }).collect()
}

/// Imports rows that stand on the lines from 2, and gives what stayed out: table, line, kind, column.
async fn import(
    store: &dyn Store,
    (sessions, records): (&[Session], &[HostRecord]),
    how: How,
) -> (Result<Imported, StoreError>, Vec<(Table, u64, FaultKind, Option<&'static str>)>) {
    let (sender, mut chunks) = mpsc::channel(4);
    let cancel = CancellationToken::new();
    let chunks_of = [Chunk::Sessions(rows(sessions)), Chunk::Records(rows(records)), Chunk::End];
    for chunk in chunks_of.into_iter().take(if how == How::CutOff { 2 } else { 3 }) {
        sender.send(chunk).await.unwrap();
    }
    if how == How::Cancelled {
        cancel.cancel();
    }
    drop(sender);
    let kept = Kept::default();
    let import = Import {
        by: &Actor::parse("M. Keller").unwrap(),
        origin: &Origin { os_user: "m.keller".to_owned(), client: "bastion2 host-provisioner/0".to_owned() },
        skip: how == How::Skipping,
        dry_run: how == How::Dry,
        aside: &kept,
        progress: &Arc::new(Progress::default()),
        cancel: &cancel,
    };
    let end = store.import(&import, &mut chunks).await;
    let told = |fault: Fault| (fault.table, fault.place.line, fault.kind, fault.column);
    (end, kept.0.into_inner().unwrap().into_iter().map(told).collect())
}

/// Imports rows all of which must fit.
async fn imported(store: &dyn Store, sessions: &[Session], records: &[HostRecord]) -> Imported {
    let (end, faults) = import(store, (sessions, records), How::Whole).await;
    assert_eq!(faults, []);
    end.unwrap()
}

fn new_session(id: i64) -> Session {
    Session {
        id: session(id),
        group_id: "DE562439-E9C1-4823-A960-89BCA71F3D1A".to_owned(),
        title: Some(format!("Brought \t\\N \"{id}\"\r\n{{}} الرحمة")),
        description: Some(String::new()),
        status: None,
        participant_count: Some(-1),
        max_participants: None,
        started_at: Some(at("2026-09-04T08:58:00.707867Z")),
        ended_at: None,
        expires_at: Some(at("9999-12-31T23:59:59.999999Z")),
        created_at: at("2026-09-04T08:28:00.000000Z"),
        modified_at: at("0001-01-01T00:00:00.000001Z"),
    }
}

fn new_record(id: i64, of: i64, last_used: Option<&str>) -> HostRecord {
    HostRecord {
        id: record(id),
        session: session(of),
        hash: StoredHash::new(format!("brought {id}")),
        created_at: at("2026-09-04T08:28:00.988623Z"),
        expires_at: None,
        last_used_at: last_used.map(at),
        created_by: Some("API \\ User".to_owned()),
        revoked_at: None,
        revoked_by: None,
        is_active: true,
        legacy_duplicate: false,
    }
}

const EARLY: Option<&str> = Some("2026-09-05T00:00:00.000001Z");
const LATE: Option<&str> = Some("2026-09-05T00:00:00.000002Z");

/// Three records of session 100, the second of which is the best, and an inactive one.
fn of_100() -> (Vec<Session>, Vec<HostRecord>) {
    let retired = HostRecord {
        is_active: false,
        revoked_at: Some(at("2026-09-06T00:00:00.000000Z")),
        revoked_by: Some("Security Team".to_owned()),
        ..new_record(903, 100, LATE)
    };
    let records = vec![new_record(900, 100, EARLY), new_record(901, 100, LATE), new_record(902, 100, None), retired];
    (vec![new_session(100), new_session(101)], records)
}

/// The active records of a session and their flags.
async fn flags(store: &dyn Store, id: i64) -> Vec<(i64, bool)> {
    let records = store.snapshot(session(id)).await.unwrap().records;
    records.iter().filter(|row| row.is_active).map(|row| (row.id.get(), row.legacy_duplicate)).collect()
}

/// Every history is whole, and every record is as its history says.
async fn assert_whole(store: &dyn Store) {
    let mut damaged = Vec::new();
    let visit = |trail: Trail<&str>| {
        if let Finding::Damaged(damage) = verify(&trail) {
            damaged.extend(damage);
        }
    };
    store.walk_audit(i64::MIN..=i64::MAX, &mut { visit }).await.unwrap();
    assert_eq!(damaged, []);
}

pub(crate) async fn new_rows_come_with_their_ids_and_the_best_active_record_of_each_session_is_current(
    db: &dyn Database,
) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    let done = imported(&*store, &sessions, &records).await;
    assert_eq!((done.outcome, done.sessions.added, done.records.added), (ImportOutcome::Imported, 2, 4));
    assert_eq!((done.duplicates, done.entries), (2, 2));
    let seen = store.snapshot(session(100)).await.unwrap();
    let mut read = seen.session.unwrap();
    read.group_id.make_ascii_uppercase();
    assert_eq!(read, sessions[0]);
    let expected: Vec<HostRecord> = records
        .iter()
        .map(|row| HostRecord { legacy_duplicate: [900, 902].contains(&row.id.get()), ..row.clone() })
        .collect();
    assert_eq!(seen.records, expected);
    let query = HistoryQuery { session: Some(session(100)), page: HistoryPage::Newest, limit: 9 };
    let body = store.history(&query).await.unwrap()[0].parse_body().unwrap();
    assert_eq!((body.host_session, body.by.as_str(), body.reason), (Some(901), "M. Keller", None));
    assert_eq!(body.at, store.clock().now().fixed_width());
    assert_eq!(flags(&*store, 101).await, []);
    assert_whole(&*store).await;
    // What another program left is as it was.
    assert_eq!(flags(&*store, 7).await, [(17, true), (18, false), (19, true)]);
}

pub(crate) async fn what_was_imported_is_unchanged_the_second_time(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    imported(&*store, &sessions, &records).await;
    let again = imported(&*store, &sessions, &records).await;
    assert_eq!((again.outcome, again.entries), (ImportOutcome::Unchanged, 0));
    assert_eq!((again.sessions.unchanged, again.records.unchanged), (2, 4));
    assert_eq!((again.sessions.added, again.records.added), (0, 0));
    assert_eq!(store.snapshot(session(100)).await.unwrap().head.seq, 1);
}

pub(crate) async fn a_row_that_the_database_has_with_another_value_is_a_conflict_and_changes_nothing(
    db: &dyn Database,
) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, mut records) = of_100();
    imported(&*store, &sessions, &records).await;
    records[1].last_used_at = None;
    records.push(new_record(910, 102, None));
    let sessions = [&sessions[..], &[new_session(102)]].concat();
    let (end, faults) = import(&*store, (&sessions, &records), How::Whole).await;
    assert_eq!(faults, [(Table::HostSessions, 3, FaultKind::Conflict, Some("LastUsedAt"))]);
    let done = end.unwrap();
    assert_eq!((done.outcome, done.conflicts(), done.bad()), (ImportOutcome::Refused, 1, 0));
    assert_eq!(store.snapshot(session(102)).await.unwrap().session, None);
}

pub(crate) async fn a_session_in_conflict_is_left_as_it_is_and_the_others_come(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (mut sessions, records) = of_100();
    imported(&*store, &sessions, &records).await;
    sessions[0].title = None;
    let more = [&sessions[..], &[new_session(102)]].concat();
    let records = [new_record(909, 100, LATE), new_record(910, 102, None), new_record(911, 999, None)];
    let (end, faults) = import(&*store, (&more, &records), How::Skipping).await;
    assert_eq!(
        faults,
        [
            (Table::Sessions, 2, FaultKind::Conflict, Some("Title")),
            (Table::HostSessions, 2, FaultKind::Conflict, None),
            (Table::HostSessions, 4, FaultKind::Bad, Some("SessionId")),
        ]
    );
    let done = end.unwrap();
    assert_eq!((done.outcome, done.sessions.added, done.records.added), (ImportOutcome::Imported, 1, 1));
    assert_eq!(flags(&*store, 102).await, [(910, false)]);
    assert_eq!(flags(&*store, 100).await, [(900, true), (901, false), (902, true)]);
    assert_whole(&*store).await;
}

pub(crate) async fn records_for_a_session_that_is_there_are_ranked_among_those_that_it_has(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    imported(&*store, &sessions, &records).await;
    let better = new_record(920, 100, Some("2026-09-07T00:00:00.000000Z"));
    let done = imported(&*store, &[], &[better]).await;
    assert_eq!((done.outcome, done.duplicates, done.entries), (ImportOutcome::Imported, 0, 1));
    assert_eq!(flags(&*store, 100).await, [(900, true), (901, true), (902, true), (920, false)]);
    let done = imported(&*store, &[], &[new_record(921, 100, None)]).await;
    assert_eq!(done.duplicates, 1);
    assert_eq!(flags(&*store, 100).await.last(), Some(&(921, true)));
    assert_eq!(store.snapshot(session(100)).await.unwrap().head.seq, 3);
    assert_whole(&*store).await;
    // And among those that the migration found.
    imported(&*store, &[], &[new_record(930, 7, Some("2026-11-20T00:00:00.000000Z"))]).await;
    assert_eq!(flags(&*store, 7).await, [(17, true), (18, true), (19, true), (930, false)]);
    assert_whole(&*store).await;
}

pub(crate) async fn a_session_that_this_program_rules_takes_no_active_record(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    imported(&*store, &sessions, &records).await;
    apply(&*store, 100, PROVISION, "sha256:new").await.unwrap();
    let (end, faults) = import(&*store, (&[], &[new_record(940, 100, LATE)]), How::Whole).await;
    assert_eq!(faults, [(Table::HostSessions, 2, FaultKind::Conflict, Some("IsActive"))]);
    assert_eq!(end.unwrap().outcome, ImportOutcome::Refused);
    let inactive = HostRecord { is_active: false, ..new_record(940, 100, LATE) };
    assert_eq!(imported(&*store, &[], &[inactive]).await.records.added, 1);
    assert_eq!(flags(&*store, 100).await, [(901, false)]);
    apply(&*store, 100, Action::Revoke, "").await.unwrap();
    assert_whole(&*store).await;
}

pub(crate) async fn an_id_that_another_session_has_is_refused(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let sessions = [new_session(100), new_session(101)];
    let mut again = new_record(900, 101, LATE);
    again.hash = StoredHash::new("another".to_owned());
    let records = [new_record(18, 100, LATE), new_record(900, 100, LATE), again];
    let (end, faults) = import(&*store, (&sessions, &records), How::Skipping).await;
    assert_eq!(
        faults,
        [
            (Table::HostSessions, 2, FaultKind::Conflict, Some("SessionId")),
            (Table::Sessions, 2, FaultKind::Conflict, None),
            (Table::HostSessions, 3, FaultKind::Conflict, None),
            (Table::HostSessions, 4, FaultKind::Bad, Some("HostSessionId")),
        ]
    );
    assert_eq!((end.unwrap().sessions.added, flags(&*store, 101).await), (1, vec![]));
    assert_whole(&*store).await;
}

pub(crate) async fn a_dry_run_counts_and_writes_nothing(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    let (end, faults) = import(&*store, (&sessions, &records), How::Dry).await;
    let would = end.unwrap();
    assert_eq!((faults, would.outcome, would.sessions.added, would.duplicates), (vec![], ImportOutcome::Planned, 2, 2));
    assert_eq!(store.snapshot(session(100)).await.unwrap().session, None);
    let done = imported(&*store, &sessions, &records).await;
    assert_eq!(Imported { outcome: ImportOutcome::Planned, ..done }, would);
}

pub(crate) async fn an_import_that_is_cancelled_writes_nothing(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    let (end, _) = import(&*store, (&sessions, &records), How::Cancelled).await;
    assert!(matches!(end, Err(StoreError::Cancelled)), "{end:?}");
    assert_eq!(store.snapshot(session(100)).await.unwrap().session, None);
}

pub(crate) async fn an_input_that_is_cut_off_writes_nothing(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    let (end, _) = import(&*store, (&sessions, &records), How::CutOff).await;
    assert!(matches!(end, Err(StoreError::Input { .. })), "{end:?}");
    assert_eq!(store.snapshot(session(100)).await.unwrap().session, None);
}

pub(crate) async fn the_guards_stand_again_and_the_next_ids_lie_behind(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let far = LAST_ID;
    let sessions = [new_session(100), new_session(far)];
    imported(&*store, &sessions, &[new_record(far, far, None)]).await;
    let next = NewSession::new("Next", "Created").unwrap();
    let added = store.add_session(&next, "0B1C2D3E-0000-4000-8000-00000000000F").await.unwrap();
    assert_eq!(added.id, session(far + 1));
    let made = apply(&*store, 100, PROVISION, "sha256:new").await.unwrap();
    assert_eq!(made.record.unwrap().id, record(far + 1));
    for statement in [
        r#"UPDATE "HostSessions" SET "LegacyDuplicate" = true WHERE "HostSessionId" = 18"#,
        r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "IsActive", "LegacyDuplicate")
            VALUES (101, 'flagged', '2026-09-04 08:28:00', true, true)"#,
    ] {
        let refused = db.try_sql(statement).await.unwrap_err();
        assert!(refused.contains("LegacyDuplicate cannot be set"), "{refused}");
    }
}

pub(crate) async fn an_imported_title_is_found(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let query = |words: &str| SessionQuery {
        filter: SessionFilter::words(words),
        order: Order::default(),
        page: Page::First,
        limit: 9,
    };
    let sessions: Vec<Session> = (100..103).map(new_session).collect();
    imported(&*store, &sessions[..2], &[]).await;
    imported(&*store, &sessions, &[]).await;
    let found = store.session_ids(&query("brought")).await.unwrap();
    assert_eq!(found, [session(100), session(101), session(102)]);
    db.sql(r#"DELETE FROM "Sessions" WHERE "SessionId" = 101"#).await;
    let renamed = Session { title: Some("Renamed".to_owned()), ..new_session(101) };
    imported(&*store, &[renamed], &[]).await;
    assert_eq!(store.session_ids(&query("renamed")).await.unwrap(), [session(101)]);
    assert_eq!(store.session_ids(&query("brought")).await.unwrap(), [session(100), session(102)]);
}

pub(crate) async fn a_history_goes_on_where_a_deleted_session_left_it(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let (sessions, records) = of_100();
    imported(&*store, &sessions, &records).await;
    db.sql(r#"DELETE FROM "Sessions" WHERE "SessionId" = 100"#).await;
    imported(&*store, &sessions[..1], &records).await;
    assert_eq!(store.snapshot(session(100)).await.unwrap().head.seq, 2);
    assert_whole(&*store).await;
}

pub(crate) async fn many_sessions_come_in_several_parts(db: &dyn Database) {
    let store = db.store(SetClock::at(NOW)).await;
    let ids = 100..10_700;
    let sessions: Vec<Session> = ids.clone().map(new_session).collect();
    // The first session has more records than are looked at together.
    let of_first = (10_000..21_000).map(|id| new_record(id, 100, EARLY));
    let others = ids.skip(1).map(|id| new_record(id * 10_000, id, None));
    let records: Vec<HostRecord> = of_first.chain(others).collect();
    let done = imported(&*store, &sessions, &records).await;
    assert_eq!((done.sessions.added, done.records.added), (10_600, 21_599));
    assert_eq!((done.duplicates, done.entries), (10_999, 10_600));
    assert_eq!(flags(&*store, 10_699).await, [(106_990_000, false)]);
    assert_eq!(imported(&*store, &sessions, &records).await.outcome, ImportOutcome::Unchanged);
    assert_whole(&*store).await;
}
