//! What is read back before the commit: whatever else is active than the record that was written, nothing is changed.

use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::request::Action;
use host_provisioner::store::StoreError;

use crate::support::requests::{PROVISION, change, provisioner, request};
use crate::support::world::{OLD_TOOL, world};

/// Lets another program's trigger meddle with a change, and asserts that the change ends so and writes nothing.
async fn meddled(id: i64, action: Action, trigger: &str, expected: &str) {
    let db = world().await;
    // The guard of the flag would stop some of the meddling by itself.
    db.sql(&format!(r#"DROP TRIGGER "TR_HostSessions_FlagUpdate"; CREATE TRIGGER meddle AFTER {trigger}; END"#)).await;
    let before = db.dump().await;
    let error = change(&provisioner(&db.store().await), &request(id, action), &Expected::Anything).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadBack { what } if what == expected), "{error:?}");
    assert_eq!(db.dump().await, before);
}

/// Meddles at the very end, when the record is written and the entry appended.
async fn meddled_at_the_end(id: i64, action: Action, update: &str, expected: &str) {
    let trigger = format!(r#"INSERT ON "HostSessionEvents" BEGIN UPDATE "HostSessions" SET {update}"#);
    meddled(id, action, &trigger, expected).await;
}

#[tokio::test]
async fn a_second_active_record() {
    let second = r#""IsActive" = 1, "LegacyDuplicate" = 1 WHERE "HostSessionId" = 23"#;
    meddled_at_the_end(OLD_TOOL.duplicates, PROVISION, second, "more than one record is active").await;
}

#[tokio::test]
async fn a_revoked_record_that_is_active_again() {
    let again = r#""IsActive" = 1 WHERE "HostSessionId" = 11"#;
    meddled_at_the_end(OLD_TOOL.one_record, Action::Revoke, again, "a revoked record is still active").await;
}

#[tokio::test]
async fn a_written_record_that_is_inactive_again() {
    let off = r#""IsActive" = 0 WHERE "HostSessionId" = 11"#;
    meddled_at_the_end(OLD_TOOL.one_record, PROVISION, off, "another record is active, or none").await;
}

#[tokio::test]
async fn a_written_record_that_became_a_duplicate() {
    let flagged = r#""LegacyDuplicate" = 1 WHERE "HostSessionId" = 11"#;
    meddled_at_the_end(OLD_TOOL.one_record, PROVISION, flagged, "another record is active, or none").await;
}

/// The new GUID opens it all the same.
#[tokio::test]
async fn another_record_that_took_the_place_and_the_hash_of_the_written_one() {
    let moved = r#"UPDATE OF "HostGuidHash" ON "HostSessions" WHEN NEW."HostSessionId" = 22 BEGIN
        UPDATE "HostSessions" SET "HostGuidHash" = 'moved', "IsActive" = 0 WHERE "HostSessionId" = 22;
        UPDATE "HostSessions" SET "HostGuidHash" = NEW."HostGuidHash", "IsActive" = 1 WHERE "HostSessionId" = 23"#;
    meddled(OLD_TOOL.duplicates, PROVISION, moved, "another record is active, or none").await;
}
