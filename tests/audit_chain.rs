//! The history itself: whatever is done to an entry is found and named.

use host_provisioner::domain::audit::{Finding, Trail, verify};
use host_provisioner::domain::chain::StoredEntry;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::reason::RotationReason;
use host_provisioner::domain::request::{Action, Request};

use crate::model::Tables;
use crate::world::{duplicate, guid, hours, inactive, record, record_id, request, session_id};

/// Does this to a session at this hour.
pub(crate) fn change(tables: &mut Tables, session: i64, action: Action, hour: i64) {
    let reason = Some(RotationReason::parse("perdió el teléfono").unwrap());
    let asked = Request { session: session_id(session), reason, ..request(action) };
    let number = 500 + tables.entries.len() as u64;
    tables.change(&asked, &guid(number), hours(hour)).unwrap();
}

/// Session 1 with old records and all four actions in its history, and session 2 with three rotations.
///
/// Record 5 was current at first, 3 a duplicate, 9 retired already; 10 and 11 belong to session 2.
/// Session 1's record 12 is made by force, revoked, used again, and current in the end.
pub(crate) fn two_histories() -> Tables {
    let old_of_two = |record: HostRecord| HostRecord { session: session_id(2), ..record };
    let mut tables = Tables {
        sessions: vec![session_id(1), session_id(2)],
        records: vec![duplicate(3), record(5), inactive(9), old_of_two(record(10)), old_of_two(inactive(11))],
        entries: vec![],
    };
    change(&mut tables, 1, Action::Provision(Expiry::Never), 1);
    change(&mut tables, 2, Action::Provision(Expiry::Never), 1);
    change(&mut tables, 1, Action::RotateRecord(record_id(5), Expiry::At(hours(100))), 2);
    change(&mut tables, 1, Action::ForceNew(Expiry::Never), 3);
    change(&mut tables, 2, Action::Provision(Expiry::Never), 3);
    change(&mut tables, 1, Action::Revoke, 4);
    change(&mut tables, 1, Action::Provision(Expiry::At(hours(200))), 5);
    change(&mut tables, 2, Action::Provision(Expiry::Never), 5);
    tables
}

/// Checks that verification names this entry of this session.
fn assert_names(trail: &Trail, seq: i64, what: &str) {
    let Finding::Damaged(damage) = verify(trail) else { panic!("{what}: {:?}", verify(trail)) };
    assert!(damage.iter().all(|damage| damage.session == trail.session), "{what}: {damage:?}");
    assert!(damage.iter().any(|damage| damage.seq == Some(seq)), "{what}: {damage:?}");
}

fn is_damaged(trail: &Trail) -> bool {
    matches!(verify(trail), Finding::Damaged(_))
}

type Column = (&'static str, fn(&mut StoredEntry) -> &mut String);

const TEXTS: [Column; 6] = [
    ("EventId", |entry| &mut entry.event_id),
    ("Action", |entry| &mut entry.action),
    ("At", |entry| &mut entry.at),
    ("Body", |entry| &mut entry.body),
    ("PrevHash", |entry| &mut entry.prev_hash),
    ("EntryHash", |entry| &mut entry.entry_hash),
];

/// Every text of the same length that differs in one byte: by its lowest bit, or by its case.
fn flipped(text: &str) -> impl Iterator<Item = String> {
    let bits = (0..text.len()).flat_map(|place| [0x01, 0x20].map(|bit| (place, bit)));
    bits.filter_map(|(place, bit)| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] ^= bit;
        String::from_utf8(bytes).ok()
    })
}

#[test]
fn a_history_of_every_action_is_intact() {
    let tables = two_histories();
    assert_eq!(tables.trail(1).entries.len(), 5);
    assert_eq!(tables.trail(2).entries.len(), 3);
    assert_eq!(verify(&tables.trail(1)), Finding::Intact);
    assert_eq!(verify(&tables.trail(2)), Finding::Intact);
}

#[test]
fn every_flipped_byte_of_every_text_of_every_entry_is_found_and_named() {
    let whole = two_histories().trail(1);
    for (place, entry) in whole.entries.iter().enumerate() {
        for (name, column) in TEXTS {
            let text = column(&mut entry.clone()).clone();
            let mut seen = 0;
            for other in flipped(&text) {
                let mut trail = whole.clone();
                column(&mut trail.entries[place]).clone_from(&other);
                assert_names(&trail, entry.seq, &format!("{name} {text} → {other}"));
                seen += 1;
            }
            assert!(seen >= text.len(), "{name}: every byte was flipped, unless that is no text");
        }
    }
}

#[test]
fn every_text_that_is_cut_or_grows_is_found_and_named() {
    let whole = two_histories().trail(1);
    for (place, entry) in whole.entries.iter().enumerate() {
        for (name, column) in TEXTS {
            for edit in
                [|text: &mut String| text.truncate(text.len() - 1), |text: &mut String| text.push(' '), String::clear]
            {
                let mut trail = whole.clone();
                edit(column(&mut trail.entries[place]));
                assert_names(&trail, entry.seq, name);
            }
        }
    }
}

#[test]
fn a_changed_session_number_is_found_where_the_entry_went_and_where_it_was() {
    let tables = two_histories();
    for (place, entry) in tables.entries.iter().enumerate() {
        for number in (0..63).map(|bit| entry.session ^ (1 << bit)).chain([-entry.session, 0]) {
            let mut moved = tables.clone();
            moved.entries[place].session = number;
            assert_names(&moved.trail(number), entry.seq, &format!("{} → {number}", entry.session));
            assert!(is_damaged(&moved.trail(entry.session)), "{entry:?}");
        }
    }
}

#[test]
fn an_entry_that_names_another_session_than_its_chain_is_found_and_named() {
    let tables = two_histories();
    for (place, entry) in tables.trail(1).entries.iter().enumerate() {
        let mut trail = tables.trail(1);
        trail.entries[place].session = 2;
        assert_names(&trail, entry.seq, "changed");
    }
    let stranger = Trail { session: 7, exists: false, ..tables.trail(1) };
    assert_names(&stranger, 1, "a whole chain under another session");
}

#[test]
fn a_changed_seq_is_found_and_named_by_its_new_number() {
    let tables = two_histories();
    for (place, entry) in tables.entries.iter().enumerate() {
        for seq in (0..63).map(|bit| entry.seq ^ (1 << bit)).chain([-entry.seq, i64::MAX, i64::MIN]) {
            let mut changed = tables.clone();
            changed.entries[place].seq = seq;
            assert_names(&changed.trail(entry.session), seq, &format!("{} → {seq}", entry.seq));
        }
    }
}

#[test]
fn an_entry_that_was_deleted_from_the_middle_or_the_beginning_is_found_at_the_one_after_it() {
    let whole = two_histories().trail(1);
    for place in 0..whole.entries.len() - 1 {
        let mut trail = whole.clone();
        let gone = trail.entries.remove(place);
        assert_names(&trail, gone.seq + 1, "deleted");
        let text = format!("entry {} is missing before it", gone.seq);
        let Finding::Damaged(damage) = verify(&trail) else { unreachable!() };
        assert!(damage.iter().any(|damage| damage.to_string().ends_with(&text)), "{damage:?}");
    }
}

#[test]
fn several_entries_that_are_missing_are_named_from_first_to_last() {
    let mut trail = two_histories().trail(1);
    trail.entries.drain(1..4);
    let Finding::Damaged(damage) = verify(&trail) else { panic!("not found") };
    assert_eq!(damage[0].to_string(), "session 1, entry 5: entries 2 to 4 are missing before it");
}

#[test]
fn the_last_entry_that_was_cut_off_is_found_by_the_records() {
    let mut trail = two_histories().trail(1);
    trail.entries.pop();
    assert!(is_damaged(&trail));
}

/// Pairs of places in a chain of five.
fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b)))
}

#[test]
fn two_entries_that_changed_places_with_their_seq_are_found() {
    let whole = two_histories().trail(1);
    for (a, b) in pairs() {
        let mut trail = whole.clone();
        trail.entries.swap(a, b);
        let (seq_a, seq_b) = (trail.entries[b].seq, trail.entries[a].seq);
        (trail.entries[a].seq, trail.entries[b].seq) = (seq_a, seq_b);
        assert_names(&trail, seq_a, "relabelled");
        assert_names(&trail, seq_b, "relabelled");
    }
}

#[test]
fn two_entries_that_changed_places_and_kept_their_seq_are_found() {
    let whole = two_histories().trail(1);
    for (a, b) in pairs() {
        let mut trail = whole.clone();
        trail.entries.swap(a, b);
        let Finding::Damaged(damage) = verify(&trail) else { panic!("not found") };
        assert_eq!(damage[0].seq, Some(trail.entries[a].seq));
        let late = format!("session 1, entry {}: the entry is out of order", trail.entries[b].seq);
        assert!(damage.iter().any(|damage| damage.to_string() == late), "{damage:?}");
    }
}

#[test]
fn an_entry_moved_from_another_session_is_found() {
    let tables = two_histories();
    for relabel in [false, true] {
        for (place, own) in tables.trail(1).entries.iter().enumerate() {
            for stranger in &tables.trail(2).entries {
                let mut trail = tables.trail(1);
                let mut moved = StoredEntry { seq: own.seq, ..stranger.clone() };
                if relabel {
                    moved.session = 1;
                }
                trail.entries[place] = moved;
                assert_names(&trail, own.seq, "moved");
            }
        }
    }
}

#[test]
fn an_entry_that_stands_twice_is_found() {
    let whole = two_histories().trail(1);
    for place in 0..5 {
        let mut trail = whole.clone();
        trail.entries.insert(place, whole.entries[place].clone());
        assert_names(&trail, whole.entries[place].seq, "twice");
    }
}

#[test]
fn one_damaged_entry_does_not_accuse_the_others() {
    let whole = two_histories().trail(1);
    for place in 0..5 {
        let mut trail = whole.clone();
        trail.entries[place].action = "created".to_owned();
        let Finding::Damaged(damage) = verify(&trail) else { continue };
        assert!(damage.iter().all(|damage| damage.seq == Some(whole.entries[place].seq)), "{damage:?}");
    }
}

#[test]
fn a_damage_tells_session_and_entry_and_escapes_what_it_shows() {
    let mut trail = two_histories().trail(1);
    trail.entries[1].action = "revoked".to_owned();
    let Finding::Damaged(damage) = verify(&trail) else { panic!("not found") };
    assert_eq!(damage[0].to_string(), "session 1, entry 2: Action differs from Body");
    let hostile = host_provisioner::domain::audit::Damage { what: "\u{1b}[2J\n".to_owned(), ..damage[0].clone() };
    assert_eq!(hostile.to_string(), "session 1, entry 2: \\u{1b}[2J\\u{a}");
}
