//! What a list of sessions is sorted by.

use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::order::{Order, Place, SortKey, SortValue};

use crate::world::{duplicate, hours, record, record_id, session, session_id};

#[test]
fn every_key_has_its_word_and_finds_its_own_value() {
    let text = |text: &str| Some(SortValue::Text(text.to_owned()));
    let kept = HostRecord { id: record_id(7), expires_at: Some(hours(9)), ..record(1) };
    let table = [
        (SortKey::Id, "id", None),
        (SortKey::Title, "title", text("Session 215")),
        (SortKey::Status, "status", text("Active")),
        (SortKey::People, "people", Some(SortValue::Number(3))),
        (SortKey::Record, "record", Some(SortValue::Number(7))),
        (SortKey::Age, "age", Some(SortValue::Time(kept.created_at))),
        (SortKey::By, "by", text("Old Tool")),
        (SortKey::Expires, "expires", Some(SortValue::Time(hours(9)))),
    ];
    assert_eq!(table.each_ref().map(|(key, ..)| *key), SortKey::ALL);
    let active = [duplicate(1), kept];
    for (key, word, value) in table {
        assert_eq!((key.word(), key.value(&session(215), &active)), (word, value.clone()), "{key:?}");
        let place = Order { key, descending: true }.place(&session(215), &active);
        assert_eq!(place, Place { value, id: session_id(215) });
    }
}

#[test]
fn a_duplicate_gives_no_value() {
    for key in [SortKey::Record, SortKey::Age, SortKey::By, SortKey::Expires] {
        assert_eq!(key.value(&session(215), &[duplicate(1)]), None, "{key:?}");
    }
}
