//! Another program's trigger meddles inside a change: the change ends as an error, and nothing is changed.

use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::request::Action;

use crate::support::requests::{PROVISION, change, provisioner, record, request};
use crate::support::world::{OLD_TOOL, world};

const OVERTAKEN: &str = "another program changed the host record of the session in the same moment";
const MORE: &str = "the record did not read back as it was written: more than one record is active";
const ACTIVE_AGAIN: &str = "the record did not read back as it was written: a revoked record is still active";
const ANOTHER: &str = "the record did not read back as it was written: another record is active, or none";

/// Asserts that a change under this trigger ends so and changes nothing.
async fn meddled(id: i64, action: Action, trigger: &str, expected: &str) {
    let db = world().await;
    // The guard of the flag would stop some of the meddling by itself.
    db.sql(&format!(r#"DROP TRIGGER "TR_HostSessions_FlagUpdate"; CREATE TRIGGER meddle AFTER {trigger}; END"#)).await;
    let before = db.dump().await;
    let error = change(&provisioner(&db.store().await), &request(id, action), &Expected::Anything).await.unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(db.dump().await, before);
}

/// Meddles with another record when the first duplicate, 21, is retired.
async fn meddled_at_the_beginning(update: &str) {
    let trigger =
        r#"UPDATE OF "IsActive" ON "HostSessions" WHEN NEW."HostSessionId" = 21 AND NOT NEW."IsActive" BEGIN"#;
    let trigger = format!(r#"{trigger} UPDATE "HostSessions" SET {update}"#);
    meddled(OLD_TOOL.duplicates, PROVISION, &trigger, OVERTAKEN).await;
}

/// Meddles when the record is written and the entry appended.
async fn meddled_at_the_end(id: i64, action: Action, update: &str, expected: &str) {
    let trigger = format!(r#"INSERT ON "HostSessionEvents" BEGIN UPDATE "HostSessions" SET {update}"#);
    meddled(id, action, &trigger, expected).await;
}

#[tokio::test]
async fn a_record_that_no_longer_holds_what_was_read_is_not_updated() {
    meddled_at_the_beginning(r#""HostGuidHash" = 'another' WHERE "HostSessionId" = 22"#).await;
}

#[tokio::test]
async fn a_duplicate_that_no_longer_holds_what_was_read_is_not_retired() {
    meddled_at_the_beginning(r#""HostGuidHash" = 'another' WHERE "HostSessionId" = 23"#).await;
}

#[tokio::test]
async fn a_second_active_record_is_seen() {
    let second = r#""IsActive" = 1, "LegacyDuplicate" = 1 WHERE "HostSessionId" = 23"#;
    meddled_at_the_end(OLD_TOOL.duplicates, PROVISION, second, MORE).await;
}

#[tokio::test]
async fn a_revoked_record_that_is_active_again_is_seen() {
    let again = r#""IsActive" = 1 WHERE "HostSessionId" = 11"#;
    meddled_at_the_end(OLD_TOOL.one_record, Action::Revoke, again, ACTIVE_AGAIN).await;
}

#[tokio::test]
async fn a_written_record_that_is_inactive_again_is_seen() {
    let off = r#""IsActive" = 0 WHERE "HostSessionId" = 11"#;
    meddled_at_the_end(OLD_TOOL.one_record, PROVISION, off, ANOTHER).await;
}

#[tokio::test]
async fn a_written_record_that_became_a_duplicate_is_seen() {
    let flagged = r#""LegacyDuplicate" = 1 WHERE "HostSessionId" = 11"#;
    meddled_at_the_end(OLD_TOOL.one_record, PROVISION, flagged, ANOTHER).await;
}

/// The new GUID opens it all the same.
#[tokio::test]
async fn another_record_that_took_the_place_and_the_hash_of_the_written_one_is_seen() {
    let moved = r#"UPDATE OF "HostGuidHash" ON "HostSessions" WHEN NEW."HostSessionId" = 22 BEGIN
        UPDATE "HostSessions" SET "HostGuidHash" = 'moved', "IsActive" = 0 WHERE "HostSessionId" = 22;
        UPDATE "HostSessions" SET "HostGuidHash" = NEW."HostGuidHash", "IsActive" = 1 WHERE "HostSessionId" = 23"#;
    meddled(OLD_TOOL.duplicates, PROVISION, moved, ANOTHER).await;
}

#[tokio::test]
async fn a_kept_record_that_is_not_as_it_was_kept_is_seen() {
    let keep = Action::Consolidate(record(OLD_TOOL.best_duplicate));
    for meddling in [r#""LegacyDuplicate" = 1"#, r#""HostGuidHash" = 'another'"#, r#""IsActive" = 0"#] {
        let update = format!(r#"{meddling} WHERE "HostSessionId" = {}"#, OLD_TOOL.best_duplicate);
        meddled_at_the_end(OLD_TOOL.duplicates, keep, &update, ANOTHER).await;
    }
}
