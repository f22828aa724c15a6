//! The format of the history, byte by byte: whoever changes it breaks every chain that exists.

use host_provisioner::domain::chain::{AuditAction, AuditDraft, ChainHash, ChainHead, StoredEntry, link};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::host_record::StoredHash;
use host_provisioner::domain::reason::RotationReason;
use host_provisioner::domain::request::{Action, Request};

use crate::world::{hours, instant, record_id, request};

const EVENT: &str = "0192f3a1-7c44-7000-8000-3f2b1c0d9e8f";
const OLD_HASH: &str = "rMYHJ6bVB/3vfplieP9p34wsZmX7NzbnX6r4oS1lZOI=";
const NEW_HASH: &str = "sha256:667437ad777d7ec9eda79865e59e5f6214de3563c1f97654037c597d148cd359";
const BEFORE: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn event() -> EventId {
    EVENT.parse().unwrap()
}

/// The third entry of session 1: record 5 is rotated and two duplicates retired.
fn rotation() -> StoredEntry {
    let draft = AuditDraft {
        action: AuditAction::Rotated,
        host_session: Some(record_id(5)),
        retired: vec![record_id(3), record_id(8)],
        old_fp: Some(StoredHash::new(OLD_HASH.to_owned()).fingerprint()),
        kept_fp: None,
        expires: Some(hours(8)),
    };
    let reason = Some(RotationReason::parse("perdió el teléfono").unwrap());
    let asked = Request { reason, ..request(Action::Provision(Expiry::At(hours(8)))) };
    let head = ChainHead { seq: 2, hash: ChainHash::parse(BEFORE).unwrap() };
    let new_fp = StoredHash::new(NEW_HASH.to_owned()).fingerprint();
    draft.complete(head, &asked, event(), None, Some(new_fp), instant(500))
}

/// The first entry of session 1: record 5 is revoked, without a reason.
fn revocation() -> StoredEntry {
    let draft = AuditDraft {
        action: AuditAction::Revoked,
        host_session: Some(record_id(5)),
        retired: vec![record_id(5)],
        old_fp: Some(StoredHash::new(OLD_HASH.to_owned()).fingerprint()),
        kept_fp: None,
        expires: None,
    };
    draft.complete(ChainHead::default(), &request(Action::Revoke), event(), None, None, hours(0))
}

#[test]
fn a_body_is_one_line_of_json_in_a_fixed_order() {
    assert_eq!(
        rotation().body,
        concat!(
            r#"{"v":1,"session":1,"seq":3,"event":"0192f3a1-7c44-7000-8000-3f2b1c0d9e8f","action":"rotated","#,
            r#""host_session":5,"retired":[3,8],"by":"R. Sato","os_user":"rsato","#,
            r#""client":"bastion2 host-provisioner/0.1.0","reason":"perdió el teléfono","#,
            r#""old_fp":"a30995445293cf3df4aad32f01c793f79d17ad5d8d236c88c2f7301d66350f9f","#,
            r#""new_fp":"336cf97dd2992582149f4ded86262579467f87d33ef0a2e5db50e4fbaa55d04c","#,
            r#""expires":"2026-11-22T20:00:00.000000Z","at":"2026-11-22T12:00:00.500000Z"}"#
        )
    );
}

#[test]
fn what_is_not_there_is_null() {
    let body = revocation().body;
    assert!(body.contains(r#""reason":null,"old_fp":"a309"#), "{body}");
    assert!(body.contains(r#""new_fp":null,"expires":null,"at":"2026-11-22T12:00:00.000000Z"}"#), "{body}");
}

#[test]
fn the_columns_repeat_the_body() {
    let entry = rotation();
    assert_eq!((entry.session, entry.seq), (1, 3));
    assert_eq!((&*entry.event_id, &*entry.action), (EVENT, "rotated"));
    assert_eq!(entry.at, "2026-11-22T12:00:00.500000Z");
    assert_eq!(entry.prev_hash, BEFORE);
}

/// Computed by another program from `SHA-256("host-provisioner/audit/1" 0x00 ‖ session u64be ‖ seq u64be ‖
/// previous hash ‖ body)`.
#[test]
fn the_vectors_of_the_chain() {
    assert_eq!(rotation().entry_hash, "027ddd2245d9667c379fb79ba7fa161ed07b94fea1e93d68075c83d2f5ba1eb0");
    assert_eq!(revocation().prev_hash, "0".repeat(64));
    assert_eq!(revocation().entry_hash, "91af1bcd94c68a7f025457cf3080a1facca08d7476d90cd4551e295503270ac9");
}

#[test]
fn a_link_depends_on_everything_that_goes_into_it() {
    let before = ChainHash::parse(BEFORE).unwrap();
    let whole = link(before, 1, 3, "body");
    for other in [
        link(ChainHash::START, 1, 3, "body"),
        link(before, 2, 3, "body"),
        link(before, 1, 4, "body"),
        link(before, 3, 1, "body"),
        link(before, 1, 3, "bodY"),
    ] {
        assert_ne!(whole, other);
    }
}

#[test]
fn the_id_that_an_insert_gives_goes_into_the_body() {
    let draft = AuditDraft {
        action: AuditAction::Created,
        host_session: None,
        retired: vec![],
        old_fp: None,
        kept_fp: None,
        expires: None,
    };
    let asked = request(Action::Provision(Expiry::Never));
    let entry = draft.complete(ChainHead::default(), &asked, event(), Some(record_id(41)), None, hours(0));
    assert_eq!(entry.parse_body().unwrap().host_session, Some(41));
}

#[test]
fn a_text_with_line_breaks_and_quotes_stays_one_line() {
    let mut asked = request(Action::Revoke);
    asked.origin.os_user = "a\"b\n\r\u{1b}c".to_owned();
    let draft = AuditDraft {
        action: AuditAction::Revoked,
        host_session: None,
        retired: vec![],
        old_fp: None,
        kept_fp: None,
        expires: None,
    };
    let entry = draft.complete(ChainHead::default(), &asked, event(), None, None, hours(0));
    assert!(!entry.body.contains(char::is_control), "{}", entry.body);
    assert_eq!(entry.parse_body().unwrap().os_user, "a\"b\n\r\u{1b}c");
}
