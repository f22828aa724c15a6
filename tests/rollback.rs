//! Whatever fails inside a change, nothing is changed: every row is as before, the old GUID works, the store goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::request::Action;
use host_provisioner::provision::{Certainty, ProvisionEvent, Provisioner};
use host_provisioner::store::{Store, StoreError, Unchanged};
use tokio_util::sync::CancellationToken;

use crate::support::between::{Between, Lie};
use crate::support::database::TestDb;
use crate::support::requests::{FORCE_NEW, PROVISION, change, opens, provision, provisioner, request, session};
use crate::support::world::{OLD_TOOL, give_guid, world};

/// A session with a current record, whose GUID is known, and two duplicates beside it.
struct Scene {
    db: TestDb,
    store: Arc<dyn Store>,
    old: HostGuid,
}

const ID: i64 = OLD_TOOL.duplicates;

impl Scene {
    async fn new() -> Self {
        Self::with_patience(Duration::from_secs(10)).await
    }

    async fn with_patience(timeout: Duration) -> Self {
        let mut db = world().await;
        let old = give_guid(&db).await;
        db.timeout = timeout;
        Self { store: db.store().await, db, old }
    }

    fn provisioner(&self) -> Provisioner {
        provisioner(&self.store)
    }

    /// Asserts that a change fails so, that nothing is changed by it, and that no line told of success.
    async fn fails(&self, provisioner: &Provisioner, action: Action, kind: fn(&StoreError) -> bool) {
        let before = self.db.dump().await;
        let told = std::sync::Mutex::new(Vec::new());
        let tell = |line: ProvisionEvent| told.lock().unwrap().push(line.to_string());
        let cancel = CancellationToken::new();
        let end = provisioner.change(&request(ID, action), &Expected::Anything, &tell, &cancel).await;
        let error = end.unwrap_err();
        assert!(kind(&error), "{error:?}");
        assert_eq!(error.unchanged(), Unchanged::Nothing);
        self.unchanged_since(&before).await;
        let told = told.into_inner().unwrap();
        assert!(told.last().unwrap().starts_with("PROVISIONER-ERROR: "), "{told:?}");
        for success in ["PROVISIONER-UPDATE", "PROVISIONER-CREATE", "PROVISIONER-REVOKE", "Retired"] {
            assert!(!told.iter().any(|line| line.contains(success)), "{told:?}");
        }
    }

    async fn unchanged_since(&self, before: &str) {
        assert_eq!(self.db.dump().await, before);
        assert!(opens(&self.provisioner(), ID, &self.old).await);
    }

    /// Asserts that the same store carries a change out, now that the fault is gone.
    async fn works_again(&self) {
        let new = provision(&self.provisioner(), ID).await;
        assert!(opens(&self.provisioner(), ID, &new).await);
        assert!(!opens(&self.provisioner(), ID, &self.old).await);
        assert_eq!(self.provisioner().verify_audit().await.unwrap().damage.len(), 0);
    }
}

/// Puts a trigger in the way of a statement, asserts the failure, takes it away.
async fn with_trigger(trigger: &str, action: Action, kind: fn(&StoreError) -> bool) {
    let scene = Scene::new().await;
    scene.db.sql(&format!("CREATE TRIGGER in_the_way {trigger}; END")).await;
    scene.fails(&scene.provisioner(), action, kind).await;
    scene.db.sql("DROP TRIGGER in_the_way").await;
    scene.works_again().await;
}

fn failed(error: &StoreError) -> bool {
    matches!(error, StoreError::Failed { .. })
}

const FAIL: &str = "SELECT RAISE(ABORT, 'in the way')";

#[tokio::test]
async fn a_failure_to_retire_a_duplicate() {
    with_trigger(
        &format!("BEFORE UPDATE OF \"IsActive\" ON \"HostSessions\" WHEN NOT NEW.\"IsActive\" BEGIN {FAIL}"),
        PROVISION,
        failed,
    )
    .await;
}

#[tokio::test]
async fn a_failure_to_retire_the_second_of_two_duplicates() {
    let second = "BEFORE UPDATE OF \"IsActive\" ON \"HostSessions\" WHEN NEW.\"HostSessionId\" = 23 BEGIN";
    for action in [PROVISION, FORCE_NEW, Action::Revoke] {
        with_trigger(&format!("{second} {FAIL}"), action, failed).await;
    }
}

#[tokio::test]
async fn a_failure_to_write_the_new_hash() {
    with_trigger(&format!("BEFORE UPDATE OF \"HostGuidHash\" ON \"HostSessions\" BEGIN {FAIL}"), PROVISION, failed)
        .await;
}

#[tokio::test]
async fn a_failure_to_insert_the_new_record() {
    with_trigger(&format!("BEFORE INSERT ON \"HostSessions\" BEGIN {FAIL}"), FORCE_NEW, failed).await;
}

#[tokio::test]
async fn a_failure_to_append_to_the_history() {
    for action in [PROVISION, FORCE_NEW, Action::Revoke] {
        with_trigger(&format!("BEFORE INSERT ON \"HostSessionEvents\" BEGIN {FAIL}"), action, failed).await;
    }
}

#[tokio::test]
async fn a_failure_that_ends_the_transaction_by_itself() {
    let rollback = "SELECT RAISE(ROLLBACK, 'in the way')";
    with_trigger(&format!("BEFORE INSERT ON \"HostSessionEvents\" BEGIN {rollback}"), PROVISION, failed).await;
}

#[tokio::test]
async fn a_statement_that_silently_does_nothing() {
    let ignore = "BEFORE UPDATE OF \"HostGuidHash\" ON \"HostSessions\" BEGIN SELECT RAISE(IGNORE)";
    with_trigger(ignore, PROVISION, |error| matches!(error, StoreError::Overtaken)).await;
    let ignore = "BEFORE INSERT ON \"HostSessionEvents\" BEGIN SELECT RAISE(IGNORE)";
    with_trigger(ignore, PROVISION, |error| matches!(error, StoreError::Overtaken)).await;
    let ignore =
        "BEFORE UPDATE OF \"IsActive\" ON \"HostSessions\" WHEN NOT NEW.\"IsActive\" BEGIN SELECT RAISE(IGNORE)";
    with_trigger(ignore, Action::Revoke, |error| matches!(error, StoreError::Overtaken)).await;
}

fn read_back(error: &StoreError) -> bool {
    matches!(error, StoreError::ReadBack { .. })
}

#[tokio::test]
async fn a_hash_that_is_not_stored_as_written() {
    let alter = r#"UPDATE "HostSessions" SET "HostGuidHash" = 'altered' WHERE "HostSessionId" = NEW."HostSessionId""#;
    with_trigger(&format!("AFTER UPDATE OF \"HostGuidHash\" ON \"HostSessions\" BEGIN {alter}"), PROVISION, read_back)
        .await;
    with_trigger(&format!("AFTER INSERT ON \"HostSessions\" BEGIN {alter}"), FORCE_NEW, read_back).await;
}

#[tokio::test]
async fn a_record_that_another_writer_makes_inactive_or_active_in_between() {
    let off = r#"UPDATE "HostSessions" SET "IsActive" = 0 WHERE "HostSessionId" = NEW."HostSessionId""#;
    with_trigger(&format!("AFTER UPDATE OF \"HostGuidHash\" ON \"HostSessions\" BEGIN {off}"), PROVISION, read_back)
        .await;
    let on = r#"UPDATE "HostSessions" SET "IsActive" = 1 WHERE "HostSessionId" = 23"#;
    with_trigger(&format!("AFTER INSERT ON \"HostSessionEvents\" BEGIN {on}"), Action::Revoke, read_back).await;
}

#[tokio::test]
async fn a_commit_that_is_refused() {
    let scene = Scene::new().await;
    scene.db.sql(
        "CREATE TABLE aside (session INTEGER REFERENCES \"Sessions\" (\"SessionId\") DEFERRABLE INITIALLY DEFERRED); \
         CREATE TRIGGER in_the_way AFTER INSERT ON \"HostSessionEvents\" BEGIN INSERT INTO aside VALUES (-1); END",
    ).await;
    for action in [PROVISION, FORCE_NEW, Action::Revoke] {
        scene.fails(&scene.provisioner(), action, failed).await;
    }
    scene.db.sql("DROP TRIGGER in_the_way; DROP TABLE aside").await;
    scene.works_again().await;
}

/// Without a write-ahead log a commit waits for every reader.
#[tokio::test]
async fn a_commit_that_a_reader_holds_up_past_the_deadline() {
    let Scene { db, store, old } = Scene::with_patience(Duration::from_millis(400)).await;
    // The journal changes only once the store's connection has gone.
    store.close().await;
    assert_eq!(db.texts("PRAGMA journal_mode = DELETE").await, ["delete"]);
    let scene = Scene { store: db.store().await, db, old };
    let mut reader = scene.db.open().await;
    sqlx::raw_sql("BEGIN; SELECT * FROM \"Sessions\"").execute(&mut reader).await.unwrap();
    scene.fails(&scene.provisioner(), PROVISION, |error| failed(error) || locked(error)).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut reader).await.unwrap();
    scene.works_again().await;
}

fn locked(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable { .. } | StoreError::TooSlow { .. })
}

#[tokio::test]
async fn a_database_that_is_locked_past_the_deadline() {
    let scene = Scene::with_patience(Duration::from_millis(300)).await;
    let before = scene.db.dump().await;
    let mut other = scene.db.open().await;
    sqlx::raw_sql("BEGIN IMMEDIATE; DELETE FROM \"HostSessions\"").execute(&mut other).await.unwrap();
    let start = Instant::now();
    scene.fails(&scene.provisioner(), PROVISION, locked).await;
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    scene.unchanged_since(&before).await;
    scene.works_again().await;
}

#[tokio::test]
async fn a_lock_that_goes_in_time_is_waited_for() {
    let scene = Scene::new().await;
    let mut other = scene.db.open().await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let release = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    };
    tokio::join!(scene.works_again(), release);
}

#[tokio::test]
async fn a_change_that_was_cancelled_before_it_began() {
    let scene = Scene::new().await;
    let before = scene.db.dump().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let end = scene.provisioner().change(&request(ID, PROVISION), &Expected::Anything, &|_| (), &cancel).await;
    assert!(matches!(end.unwrap_err(), StoreError::Cancelled));
    scene.unchanged_since(&before).await;
    scene.works_again().await;
}

#[tokio::test]
async fn a_change_that_is_cancelled_inside_its_transaction() {
    let scene = Scene::new().await;
    let before = scene.db.dump().await;
    let cancel = CancellationToken::new();
    let when_found = |line: ProvisionEvent| {
        if matches!(line, ProvisionEvent::Updating(..)) {
            cancel.cancel();
        }
    };
    let end = scene.provisioner().change(&request(ID, PROVISION), &Expected::Anything, &when_found, &cancel).await;
    assert!(matches!(end.unwrap_err(), StoreError::Cancelled));
    scene.unchanged_since(&before).await;
    scene.works_again().await;
}

#[tokio::test]
async fn a_change_that_waits_for_a_lock_is_cancelled_at_once() {
    let scene = Scene::new().await;
    let before = scene.db.dump().await;
    let mut other = scene.db.open().await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let (cancel, start) = (CancellationToken::new(), Instant::now());
    let (provisioner, request) = (scene.provisioner(), request(ID, PROVISION));
    let waiting = provisioner.change(&request, &Expected::Anything, &|_| (), &cancel);
    let impatient = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        cancel.cancel();
    };
    let (end, ()) = tokio::join!(waiting, impatient);
    assert!(matches!(end.unwrap_err(), StoreError::Cancelled));
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    scene.unchanged_since(&before).await;
    scene.works_again().await;
}

#[tokio::test]
async fn a_change_whose_caller_is_gone_inside_its_transaction() {
    let scene = Scene::new().await;
    let before = scene.db.dump().await;
    // A statement that takes seconds, so that the caller surely goes before COMMIT.
    let count = "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000000) SELECT i FROM n)";
    let slow = format!("CREATE TRIGGER in_the_way BEFORE INSERT ON \"HostSessionEvents\" BEGIN {count}; END");
    scene.db.sql(&slow).await;
    let (inside, cancel) = (tokio::sync::Notify::new(), CancellationToken::new());
    let (provisioner, request) = (scene.provisioner(), request(ID, PROVISION));
    let when_found = |line: ProvisionEvent| {
        if matches!(line, ProvisionEvent::Updating(..)) {
            inside.notify_one();
        }
    };
    tokio::select! {
        biased;
        () = inside.notified() => {}
        end = provisioner.change(&request, &Expected::Anything, &when_found, &cancel) => panic!("{end:?}"),
    }
    scene.unchanged_since(&before).await;
    scene.db.sql("DROP TRIGGER in_the_way").await;
    scene.unchanged_since(&before).await;
    scene.works_again().await;
}

fn lying(scene: &Scene, lie: Lie) -> Provisioner {
    let between: Arc<dyn Store> = Arc::new(Between { real: Arc::clone(&scene.store), lie });
    provisioner(&between)
}

#[tokio::test]
async fn a_new_guid_that_does_not_open_what_was_written() {
    let scene = Scene::new().await;
    for action in [PROVISION, FORCE_NEW] {
        scene.fails(&lying(&scene, Lie::NothingOpens), action, read_back).await;
    }
    scene.works_again().await;
}

#[tokio::test]
async fn a_lost_commit_is_no_failure_and_hands_over_the_guid_to_be_settled() {
    let scene = Scene::new().await;
    let lying = lying(&scene, Lie::LostAfterCommit);
    let done = change(&lying, &request(ID, PROVISION), &Expected::Anything).await.unwrap();
    assert_eq!(done.certainty, Certainty::Unknown);
    assert!(lying.settle(session(ID), done.event).await.unwrap());
    assert!(opens(&lying, ID, &done.guid.unwrap()).await);
}

#[tokio::test]
async fn an_attempt_is_settled_as_done_only_where_its_own_entry_is() {
    let scene = Scene::new().await;
    let done = change(&scene.provisioner(), &request(ID, PROVISION), &Expected::Anything).await.unwrap();
    assert!(scene.provisioner().settle(session(ID), done.event).await.unwrap());
    assert!(!scene.provisioner().settle(session(ID), EventId::generate()).await.unwrap());
    assert!(!scene.provisioner().settle(session(OLD_TOOL.one_record), done.event).await.unwrap());
}
