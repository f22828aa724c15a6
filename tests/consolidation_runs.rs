//! Consolidating session by session: what is found, what is decided, and what becomes of each.

use std::ops::ControlFlow;
use std::sync::Arc;

use host_provisioner::domain::consolidation::{AMBIGUOUS_WITHIN, Choice, Why};
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::hash::HashScheme;
use host_provisioner::domain::host_record::HostRecordId;
use host_provisioner::domain::plan::{Outcome, Refusal};
use host_provisioner::domain::request::Action;
use host_provisioner::provision::{CleanedUp, Consolidated, Crowded, Decision, Fate, Mandate, Planned, Provisioner};
use host_provisioner::store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::support::between::{Between, Lie};
use crate::support::database::TestDb;
use crate::support::requests::{change, hasher, provision, provisioner, record, request, session};
use crate::support::world::{OLD_TOOL, world};

/// The sessions of [`crowd`], of which each has two active records.
const CROWD: i64 = 501;

async fn over(db: &TestDb) -> Provisioner {
    Provisioner::new(db.store().await, hasher(HashScheme::Sha256))
}

/// Many sessions; of each the record with the even id was used last.
async fn crowd() -> TestDb {
    TestDb::with_old_rows(&format!(
        r#"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {CROWD})
        INSERT INTO "Sessions" ("SessionId", "GroupId", "CreatedAt", "ModifiedAt")
        SELECT i, 'G', '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM n;
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {CROWD} * 2 + 1)
        INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "LastUsedAt", "IsActive")
        SELECT i, i / 2, 'hash ' || i, '2026-01-01 00:00:00', '2026-0' || (3 - i % 2) || '-01 00:00:00', 1 FROM n"#
    ))
    .await
}

fn mandate() -> Mandate {
    let asked = request(1, Action::Revoke);
    Mandate { by: asked.by, reason: asked.reason, origin: asked.origin }
}

async fn duplicates(provisioner: &Provisioner) -> Crowded {
    provisioner.crowded_session(session(OLD_TOOL.duplicates), AMBIGUOUS_WITHIN).await.unwrap().unwrap()
}

async fn consolidate(provisioner: &Provisioner, decision: &Decision) -> Consolidated {
    provisioner.consolidate(decision, &mandate(), &|_| (), &CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn crowded_sessions_are_found_page_by_page_and_by_name() {
    let db = crowd().await;
    let provisioner = over(&db).await;
    let ids = |found: &[Crowded]| found.iter().map(|crowded| crowded.session.id.get()).collect::<Vec<_>>();
    let (first, next) = provisioner.crowded(None, AMBIGUOUS_WITHIN).await.unwrap();
    assert_eq!((ids(&first), next), ((1..CROWD).collect(), Some(session(CROWD - 1))));
    let (rest, end) = provisioner.crowded(next, AMBIGUOUS_WITHIN).await.unwrap();
    assert_eq!((ids(&rest), end), (vec![CROWD], None));
    let asked = [3, 5, 9_999].map(session);
    assert_eq!(ids(&provisioner.crowded_among(&asked, AMBIGUOUS_WITHIN).await.unwrap()), [3, 5]);

    let db = world().await;
    let provisioner = over(&db).await;
    let one = |id| provisioner.crowded_session(session(id), AMBIGUOUS_WITHIN);
    assert_eq!(one(OLD_TOOL.one_record).await.unwrap(), None);
    assert!(matches!(one(9_999).await, Err(StoreError::Refused(Refusal::SessionNotFound(_)))));
    let few: Vec<i64> = one(OLD_TOOL.duplicates).await.unwrap().unwrap().active.iter().map(|it| it.id.get()).collect();
    assert_eq!(few, [21, 22, 23]);
}

#[tokio::test]
async fn the_rule_or_a_person_decides_and_what_is_ambiguous_the_rule_does_not() {
    let db = world().await;
    let provisioner = over(&db).await;
    let crowded = duplicates(&provisioner).await;
    assert_eq!(crowded.choice, Choice::Stays(record(22), Why::UsedLast));
    let ruled = crowded.decision().unwrap();
    let held = crowded.active[1].hash.fingerprint().full();
    assert_eq!((ruled.session, ruled.keep, &ruled.fingerprint), (session(2), record(22), &held));
    assert_eq!(ruled.expected, Expected::Records(crowded.digest()));
    assert_eq!(crowded.decide(record(22)).unwrap(), ruled);
    assert_eq!(crowded.decide(record(11)), None);
    let named = provisioner.keep(session(2), record(23), &mandate()).await.unwrap();
    assert_eq!(named, crowded.decide(record(23)).unwrap());
    db.sql(r#"UPDATE "HostSessions" SET "LastUsedAt" = '2026-09-05 08:00:00' WHERE "HostSessionId" = 23"#).await;
    assert_eq!(duplicates(&provisioner).await.decision(), None);
}

#[tokio::test]
async fn a_decision_is_carried_out_once_as_it_was_rehearsed() {
    let db = world().await;
    let provisioner = over(&db).await;
    let decision = duplicates(&provisioner).await.decision().unwrap();
    let gone = vec![record(21), record(23)];
    let before = db.dump().await;
    assert_eq!(provisioner.rehearse(&decision, &mandate()).await.unwrap(), Consolidated::Planned(gone.clone()));
    assert_eq!(db.dump().await, before);
    let Consolidated::Done(retired, _) = consolidate(&provisioner, &decision).await else { panic!("it was not done") };
    assert_eq!(retired, gone);
    assert_eq!(consolidate(&provisioner, &decision).await, Consolidated::Already);
    assert_eq!(provisioner.rehearse(&decision, &mandate()).await.unwrap(), Consolidated::Already);
    // Another hash in the same record is another GUID.
    provision(&provisioner, OLD_TOOL.duplicates).await;
    assert!(matches!(consolidate(&provisioner, &decision).await, Consolidated::Changed(_)));
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
}

/// Consolidates the session with duplicates through a store that lies.
async fn through(lie: Lie) -> (TestDb, Provisioner, Consolidated) {
    let db = world().await;
    let decision = duplicates(&over(&db).await).await.decision().unwrap();
    let between: Arc<dyn Store> = Arc::new(Between { real: db.store().await, lie });
    let provisioner = provisioner(&between);
    let end = consolidate(&provisioner, &decision).await;
    (db, provisioner, end)
}

#[tokio::test]
async fn a_lost_commit_is_settled_by_the_name_of_the_attempt() {
    let (_db, provisioner, end) = through(Lie::LostAfterCommit).await;
    let Consolidated::Unknown(event) = end else { panic!("{end:?}") };
    assert!(provisioner.settle(session(OLD_TOOL.duplicates), event).await.unwrap());
}

#[tokio::test]
async fn of_two_who_carry_the_same_decision_out_the_slower_one_has_nothing_left_to_do() {
    let (_db, provisioner, end) = through(Lie::AnotherWasFaster).await;
    assert_eq!(end, Consolidated::Already);
    assert_eq!(provisioner.verify_audit().await.unwrap().damage, []);
}

#[tokio::test]
async fn where_nothing_is_to_be_retired_nothing_is_told_as_done() {
    let db = world().await;
    let provisioner = over(&db).await;
    provision(&provisioner, OLD_TOOL.duplicates).await;
    let before = db.dump().await;
    let keep = record(OLD_TOOL.best_duplicate);
    let named = provisioner.keep(session(OLD_TOOL.duplicates), keep, &mandate()).await.unwrap();
    // A plan that was edited by hand: its fingerprint is nobody's.
    let decision = Decision { fingerprint: "00".to_owned(), ..named };
    assert_eq!(consolidate(&provisioner, &decision).await, Consolidated::Already);
    assert_eq!(db.dump().await, before);
}

#[tokio::test]
async fn a_session_that_is_not_as_it_was_read_is_left_with_the_reason() {
    let db = world().await;
    let provisioner = over(&db).await;
    let crowded = duplicates(&provisioner).await;
    let decision = crowded.decision().unwrap();
    let whatever = |keep| Decision { keep: record(keep), expected: Expected::Anything, ..decision.clone() };
    assert_eq!(consolidate(&provisioner, &whatever(41)).await, Consolidated::NotActive);
    let nowhere = Decision { session: session(9_999), ..decision.clone() };
    assert_eq!(consolidate(&provisioner, &nowhere).await, Consolidated::Gone);
    db.sql(r#"UPDATE "HostSessions" SET "ExpiresAt" = '2026-01-01 00:00:00' WHERE "HostSessionId" = 21"#).await;
    let changed = "its active records are not as they were read: one was used, changed, added or retired";
    assert_eq!(consolidate(&provisioner, &decision).await, Consolidated::Changed(changed.to_owned()));
    let Consolidated::NotWorking(why) = consolidate(&provisioner, &whatever(21)).await else { panic!("it stays") };
    assert_eq!(why, "the GUID of host record #21 of session 2 has expired, and another one works");
    change(&provisioner, &request(2, Action::Revoke), &Expected::Anything).await.unwrap();
    let none = "it has no active record any more";
    assert_eq!(consolidate(&provisioner, &decision).await, Consolidated::Changed(none.to_owned()));
}

#[tokio::test]
async fn a_plan_goes_session_by_session_and_ends_where_it_is_told_to() {
    let db = crowd().await;
    let provisioner = over(&db).await;
    let (found, _) = provisioner.crowded(None, AMBIGUOUS_WITHIN).await.unwrap();
    let mut planned: Vec<Planned> =
        found.iter().take(3).filter_map(|crowded| crowded.decision().map(Planned::Decided)).collect();
    planned.insert(1, Planned::Undecided(session(77)));
    assert_eq!(planned.iter().map(|planned| planned.session().get()).collect::<Vec<_>>(), [1, 77, 2, 3]);
    let told = |done: &CleanedUp| {
        assert!(done.error.is_none());
        done.ends
            .iter()
            .map(|end| (end.session.get(), end.kept.map(HostRecordId::get), end.fate.clone()))
            .collect::<Vec<_>>()
    };
    let undecided = (77, None, Fate::Ambiguous);
    let would = told(&provisioner.rehearse_all(&planned, &mandate()).await);
    let is = |fate: Fate| {
        vec![(1, Some(2), fate.clone()), undecided.clone(), (2, Some(4), fate.clone()), (3, Some(6), fate)]
    };
    assert_eq!(would, is(Fate::Planned));

    let run = async |until: usize, cancel: &CancellationToken| {
        let mut heard = 0;
        let mut ended = |_: &_| {
            heard += 1;
            if heard == until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        provisioner.clean_up(&planned, &mandate(), &|_| (), &mut ended, cancel).await
    };
    let never = CancellationToken::new();
    assert_eq!(told(&run(2, &never).await), is(Fate::Done)[..2]);
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let done = run(9, &cancelled).await;
    assert!(done.ends.is_empty() && matches!(done.error, Some(StoreError::Cancelled)));
    let all = told(&run(9, &never).await);
    assert_eq!((all[0].clone(), &all[1..]), ((1, Some(2), Fate::Already), &is(Fate::Done)[1..]));
    let plan =
        provisioner.preview(&request(4, Action::Consolidate(record(8))), &Expected::Anything).await.unwrap().plan;
    assert_eq!((plan.outcome, plan.retired_ids()), (Outcome::Consolidated, vec![record(9)]));
}
