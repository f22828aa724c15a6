//! Many operators on one server: of those who saw the same record one wins, and nobody waits for another session.

use std::sync::Arc;
use std::time::Duration;

use host_provisioner::domain::expected::Expected;
use host_provisioner::provision::{ProvisionEvent, Provisioner};
use host_provisioner::store::{self, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::postgres::TestPg;
use crate::support::requests::{
    FORCE_NEW, PROVISION, change, opens, provision, provisioner, request, request_by, session,
};
use crate::support::world::ROWS;

const WIDE: usize = 64;
const ROUNDS: usize = 200;

const ONE_RECORD: i64 = 1;
const NO_RECORD: i64 = 3;

async fn world() -> TestPg {
    TestPg::with_old_rows(ROWS).await
}

/// Opens a store of its own, as another program would.
async fn operator(db: &TestPg) -> Provisioner {
    provisioner(&store::connect(db.settings(), None).await.unwrap())
}

async fn is_sound(provisioner: &Provisioner) {
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_each_of_two_hundred_rounds_exactly_one_of_sixty_four_swaps_what_all_of_them_saw() {
    let mut db = world().await;
    db.timeout = Duration::from_mins(2);
    let mut operators = Vec::new();
    for _ in 0..WIDE {
        operators.push(Arc::new(operator(&db).await));
    }
    let mut newest = None;
    for round in 0..ROUNDS {
        let asked = request(ONE_RECORD, PROVISION);
        let seen = operators[0].preview(&asked, &Expected::Anything).await.unwrap().expected;
        let mut tasks = JoinSet::new();
        for (number, operator) in operators.iter().cloned().enumerate() {
            let (seen, asked) = (seen.clone(), request_by(ONE_RECORD, PROVISION, &format!("Operator {number}")));
            tasks.spawn(async move { change(&operator, &asked, &seen).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, WIDE - 1), "round {round}: {:?}", lost.first());
        let winner = won.into_iter().next().unwrap().unwrap();
        let by = winner.applied.record.unwrap().created_by;
        for error in lost.into_iter().map(Result::unwrap_err) {
            assert!(matches!(&error, StoreError::Conflict(conflict) if conflict.by == by), "round {round}: {error:?}");
        }
        newest = winner.guid;
    }
    assert!(opens(&operators[0], ONE_RECORD, &newest.unwrap()).await);
    let report = operators[0].verify_audit().await.unwrap();
    assert_eq!((report.damage, report.entries), (vec![], ROUNDS as u64));
}

#[tokio::test]
async fn a_session_that_somebody_holds_keeps_no_other_session_waiting() {
    let mut db = world().await;
    let mut holder = db.open().await;
    let hold = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('canvas.HostSessions', 1)); \
                SELECT * FROM \"HostSessions\" WHERE \"SessionId\" = 1 FOR UPDATE";
    sqlx::raw_sql(hold).execute(&mut holder).await.unwrap();
    db.timeout = Duration::from_millis(1500);
    let impatient = operator(&db).await;
    for id in [2, NO_RECORD, 4] {
        let guid = provision(&impatient, id).await;
        assert!(opens(&impatient, id, &guid).await);
    }
    let waiting = change(&impatient, &request(ONE_RECORD, PROVISION), &Expected::Anything).await;
    let error = waiting.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. } | StoreError::TooSlow { .. }), "{error:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    provision(&impatient, ONE_RECORD).await;
    is_sound(&impatient).await;
}

/// Does something past the program in the middle of a change, between its read and its first write.
async fn overtaken_by(id: i64, action: host_provisioner::domain::request::Action, sql: &'static str) {
    let db = Arc::new(world().await);
    let operator = operator(&db).await;
    let meanwhile = Arc::clone(&db);
    let tell = move |line: ProvisionEvent| {
        if matches!(line, ProvisionEvent::Creating(_) | ProvisionEvent::Updating(..)) {
            let other = Arc::clone(&meanwhile);
            let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            std::thread::spawn(move || runtime().block_on(other.sql(sql))).join().unwrap();
        }
    };
    let end = operator.change(&request(id, action), &Expected::Anything, &tell, &CancellationToken::new()).await;
    assert!(matches!(end, Err(StoreError::Overtaken)), "{end:?}");
    let seen = operator.store().snapshot(session(id)).await.unwrap();
    assert_eq!(seen.head.seq, 0, "nothing of the change is there");
    assert_eq!(seen.active().filter(|record| !record.legacy_duplicate).count(), 1);
    let guid = provision(&operator, id).await;
    assert!(opens(&operator, id, &guid).await);
    is_sound(&operator).await;
}

const INSERT: &str = r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "IsActive")
    VALUES (3, 'theirs', now(), true)"#;
const UPDATE: &str = r#"UPDATE "HostSessions" SET "HostGuidHash" = 'theirs' WHERE "SessionId" = 1"#;

#[tokio::test]
async fn a_record_that_another_program_inserts_between_read_and_write_is_a_conflict() {
    overtaken_by(NO_RECORD, PROVISION, INSERT).await;
}

#[tokio::test]
async fn a_record_that_another_program_changes_between_read_and_write_is_a_conflict() {
    overtaken_by(ONE_RECORD, PROVISION, UPDATE).await;
    overtaken_by(ONE_RECORD, FORCE_NEW, UPDATE).await;
}
