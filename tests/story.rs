//! The story of a change: its lines, in their order, as whoever asked for it hears them.

use std::sync::Mutex;

use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::request::Action;
use host_provisioner::provision::{Certainty, ProvisionEvent, Provisioner};
use tokio_util::sync::CancellationToken;

use crate::support::database::TestDb;
use crate::support::requests::{FORCE_NEW, PROVISION, provisioner, record, request, session};
use crate::support::world::world;

/// Carries a change out; gives what was told.
async fn story(db: &TestDb, id: i64, action: Action) -> Vec<String> {
    let (lines, provisioner) = (Mutex::new(Vec::new()), provisioner(&db.store().await));
    let tell = |line: ProvisionEvent| lines.lock().unwrap().push(line.to_string());
    let asked = request(id, action);
    provisioner.change(&asked, &Expected::Anything, &tell, &CancellationToken::new()).await.unwrap();
    lines.into_inner().unwrap()
}

#[tokio::test]
async fn a_record_is_updated_and_what_was_beside_it_retired() {
    let told = story(&world().await, 2, PROVISION).await;
    let expected = [
        "PROVISIONER: Checking for existing Host Session with Session ID 2",
        "PROVISIONER: Found existing Host Session 22 - updating GUID",
        "PROVISIONER: Updating existing Host Session 22 for Session 2",
        "PROVISIONER: Retired legacy duplicate Host Session 21 for Session 2",
        "PROVISIONER: Retired legacy duplicate Host Session 23 for Session 2",
        "PROVISIONER-UPDATE: Host GUID rotated for Session 2 by M. Keller",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_record_is_created_where_none_is_or_one_is_wanted() {
    let db = world().await;
    let created = [
        "PROVISIONER: Checking for existing Host Session with Session ID 3",
        "PROVISIONER: No existing Host Session found - creating new record",
        "PROVISIONER: Creating new Host Session for Session 3",
        "PROVISIONER-CREATE: Host GUID created for Session 3 by M. Keller",
    ];
    assert_eq!(story(&db, 3, PROVISION).await, created);
    let forced = [
        "PROVISIONER: Checking for existing Host Session with Session ID 1",
        "PROVISIONER: Force-new requested - retiring Host Session 11 for Session 1",
        "PROVISIONER: Creating new Host Session for Session 1",
        "PROVISIONER-CREATE: Host GUID created for Session 1 by M. Keller",
    ];
    assert_eq!(story(&db, 1, FORCE_NEW).await, forced);
}

#[tokio::test]
async fn records_are_consolidated_and_revoked_and_nothing_is_made_of_nothing() {
    let db = world().await;
    let checking = "PROVISIONER: Checking for existing Host Session with Session ID 2";
    let keep = Action::Consolidate(record(22));
    let consolidated = [
        checking,
        "PROVISIONER: Retired legacy duplicate Host Session 21 for Session 2",
        "PROVISIONER: Retired legacy duplicate Host Session 23 for Session 2",
        "PROVISIONER-CONSOLIDATE: Host Session 22 kept for Session 2 by M. Keller",
    ];
    assert_eq!(story(&db, 2, keep).await, consolidated);
    assert_eq!(story(&db, 2, keep).await, [checking], "it was done");
    let revoked = [checking, "PROVISIONER-REVOKE: Host GUID revoked for Session 2 by M. Keller"];
    assert_eq!(story(&db, 2, Action::Revoke).await, revoked);
    assert_eq!(story(&db, 2, Action::Revoke).await, [checking], "none was active");
}

#[tokio::test]
async fn a_guid_that_reached_nobody_is_told_with_what_became_of_the_old_one() {
    let provisioner: Provisioner = provisioner(&world().await.store().await);
    let not_delivered = "PROVISIONER-ERROR: the new Host GUID of session 2 was not delivered; it is";
    for (certainty, end) in [
        (Certainty::Committed, "committed and the old one no longer works: rotate again"),
        (Certainty::Unknown, "not known whether it was committed and the old one still works: rotate again"),
    ] {
        let lines = Mutex::new(Vec::new());
        let tell = |line: ProvisionEvent| lines.lock().unwrap().push(line.to_string());
        provisioner.undelivered(session(2), EventId::generate(), certainty, &tell);
        assert_eq!(lines.into_inner().unwrap(), [format!("{not_delivered} {end}")]);
    }
}
