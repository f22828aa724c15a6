//! Which sessions a filter shows, on both sides of each edge.

use host_provisioner::domain::filter::Filter;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::session::Session;

use crate::world::{duplicate, hours, instant, record, session};

fn shows(text: &str, active: &[HostRecord]) -> bool {
    Filter::parse(text).unwrap().fits(&session(215), active, hours(0))
}

fn ending(milliseconds: i64) -> [HostRecord; 1] {
    [HostRecord { expires_at: Some(instant(milliseconds)), ..record(1) }]
}

const WEEK: i64 = 7 * 24 * 3_600_000;

#[test]
fn a_record_is_active_then_expiring_then_expired() {
    let words = ["record:none", "record:active", "record:expiring", "record:expired", "record:duplicate"];
    let table: [(&[HostRecord], [bool; 5]); 8] = [
        (&[], [true, false, false, false, false]),
        (&[record(1)], [false, true, false, false, false]),
        (&[duplicate(1)], [false, false, false, false, true]),
        (&[duplicate(1), record(2)], [false, true, false, false, true]),
        (&ending(WEEK + 1), [false, true, false, false, false]),
        (&ending(WEEK), [false, true, true, false, false]),
        (&ending(1), [false, true, true, false, false]),
        (&ending(0), [false, false, false, true, false]),
    ];
    for (active, fits) in table {
        assert_eq!(words.map(|word| shows(word, active)), fits, "{active:?}");
        assert_eq!(words.map(|word| !shows(&format!("-{word}"), active)), fits, "negated: {active:?}");
    }
}

#[test]
fn an_age_is_met_to_the_millisecond() {
    let made = |ago: i64| [HostRecord { created_at: instant(-ago), ..record(1) }];
    let signs = ["age:>1h", "age:>=1h", "age:<1h", "age:<=1h"];
    let hour = 3_600_000;
    for (ago, fits) in [
        (hour - 1, [false, false, true, true]),
        (hour, [false, true, false, true]),
        (hour + 1, [true, true, false, false]),
    ] {
        assert_eq!(signs.map(|sign| shows(sign, &made(ago))), fits, "{ago} ms ago");
    }
    assert_eq!(signs.map(|sign| shows(sign, &[duplicate(1)])), [false; 4], "only the current record has an age");
}

#[test]
fn a_word_is_a_part_of_the_title_or_the_id() {
    let untitled = Session { title: None, ..session(215) };
    let fits = |text: &str| Filter::parse(text).unwrap().fits(&untitled, &[], hours(0));
    assert!(shows("ession", &[]) && !shows("elsewhere", &[]));
    assert!(fits("215") && !fits("21") && !fits("\"215\""));
    assert!(shows("ession 215", &[]) && !shows("ession 216", &[]), "all terms hold");
}

#[test]
fn status_and_maker_are_met_whole_after_an_equals_sign() {
    assert!(shows("status:active", &[]) && shows("status:=Active", &[]));
    assert!(!shows("status:=active", &[]) && !shows("status:completed", &[]));
    let one = [record(1)];
    assert!(shows("by:old", &one) && shows("by:=\"Old Tool\"", &one) && !shows("by:=Old", &one));
    assert!(!shows("by:old", &[duplicate(1)]), "only the current record's maker counts");
}

#[test]
fn a_filter_without_terms_is_empty_and_shows_all() {
    assert!(Filter::parse(" ").unwrap().is_empty() && shows(" ", &[]));
    assert!(!Filter::parse("x").unwrap().is_empty());
}

#[test]
fn what_asks_for_records_is_left_open_by_the_row_of_a_session() {
    let can_be = |text: &str| Filter::parse(text).unwrap().fits_session(&session(215));
    for text in
        ["", "ession 215", "id:215", "status:active -elsewhere", "record:none -record:none", "by:nobody age:<1s"]
    {
        assert!(can_be(text), "{text}");
    }
    for text in ["elsewhere", "id:216", "status:completed", "-ession", "-id:215", "-status:active", "by:old elsewhere"]
    {
        assert!(!can_be(text), "{text}");
    }
}
