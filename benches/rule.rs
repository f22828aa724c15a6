//! What the pure parts of a rotation take: the hash, the link of an entry, and reading a history again.
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use divan::{Bencher, black_box};
use host_provisioner::domain::actor::{Actor, Origin};
use host_provisioner::domain::audit::{Finding, Trail, verify};
use host_provisioner::domain::chain::{AuditAction, AuditDraft, ChainHash, ChainHead, StoredEntry, link};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::domain::host_record::HostRecordId;
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::{Clock as _, SystemClock};

fn main() {
    divan::main();
}

fn request() -> Request {
    Request {
        session: SessionId::new(215).unwrap(),
        action: Action::Provision(Expiry::Never),
        by: Actor::parse("Security Team").unwrap(),
        reason: None,
        origin: Origin { os_user: "m.keller".to_owned(), client: "bastion2 host-provisioner/0".to_owned() },
    }
}

/// So many rotations of one record.
fn history(entries: usize) -> Vec<StoredEntry> {
    let draft = AuditDraft {
        action: AuditAction::Rotated,
        host_session: HostRecordId::new(18),
        retired: Vec::new(),
        old_fp: None,
        kept_fp: None,
        expires: None,
    };
    let next = |head: &mut ChainHead, _| {
        let entry = draft.complete(*head, &request(), EventId::generate(), None, None, SystemClock.now());
        *head = ChainHead { seq: entry.seq, hash: ChainHash::parse(&entry.entry_hash).unwrap() };
        Some(entry)
    };
    (0..entries).scan(ChainHead::default(), next).collect()
}

#[divan::bench]
fn hash(bencher: Bencher) {
    let hasher = Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    let (session, guid) = (request().session, HostGuid::generate());
    bencher.bench(|| hasher.hash(black_box(session), black_box(&guid)));
}

#[divan::bench]
fn link_an_entry(bencher: Bencher) {
    let entry = history(1).remove(0);
    bencher.bench(|| link(ChainHash::START, black_box(215), black_box(1), black_box(&entry.body)));
}

#[divan::bench(args = [1, 10, 100])]
fn verify_a_history(bencher: Bencher, entries: usize) {
    let trail = Trail { session: 215, exists: false, entries: history(entries), ..Trail::default() };
    // Without its record: the chain alone.
    assert_eq!(verify(&trail), Finding::SessionDeleted);
    bencher.counter(entries).bench(|| verify(black_box(&trail)));
}
