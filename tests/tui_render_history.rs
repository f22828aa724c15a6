//! How the history looks, in four sizes.

use crossterm::event::KeyCode;
use host_provisioner::domain::audit::Damage;
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::session::Session;
use host_provisioner::provision::AuditReport;
use host_provisioner::tui::effect::Ticket;
use host_provisioner::tui::message::{Loaded, Message, Progress};

use crate::support::canned::{Canned, of, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::{duplicate, hours, record, session};

/// A live session with two duplicates and a title that means harm; its record has an end.
fn with_history() -> Canned {
    let title = Some("知識 \u{202e}gpj.exe".to_owned());
    let ending = HostRecord { expires_at: Some(hours(24 * 9)), ..record(32) };
    let records = vec![of(215, duplicate(30)), of(215, duplicate(31)), of(215, ending)];
    let mut data = Canned::new(vec![Session { title, ..session(215) }], records);
    data.rotated_elsewhere(215, -30);
    data.rotated_elsewhere(215, -2);
    data.name_entries();
    data
}

/// Two sessions in turn; some reasons mean harm or are long, one entry cannot be read.
fn of_all() -> Canned {
    let mut data = showcase();
    let reasons = [
        "\u{1b}[31mred \u{202e}gpj.exe\u{200b}",
        "知識の道をたずねて、毎日少しずつ学ぶ人のための長い理由",
        "A host told a whole chat room the link by mistake; everybody who was there has seen it, and some may have kept \
         it: so the GUID was given to a new host by telephone, and to nobody else.",
        "lost GUID",
    ];
    for hour in 0..40_u32 {
        data.rotated_elsewhere(if hour % 3 == 0 { 5 } else { 4 }, i64::from(hour) - 41);
    }
    for (place, entry) in data.tables.entries.iter_mut().enumerate() {
        if let Some(reason) = reasons.get(place % 10) {
            let reason = serde_json::to_string(reason).unwrap();
            entry.body = entry.body.replace("\"suspected compromise\"", &reason);
        }
    }
    data.name_entries();
    "{\u{1b}".clone_into(&mut data.tables.entries[38].body);
    data
}

fn all(console: &mut Console) {
    console.answer();
    console.go_to(4);
    console.keys("H");
    console.press(KeyCode::Tab);
    console.keys("g");
}

#[test]
fn the_history_is_shown_newest_first() {
    assert_screens("tui_history", &with_history(), |console| {
        console.answer();
        console.keys("H");
    });
}

#[test]
fn a_damaged_history_names_the_damage() {
    let mut data = with_history();
    let body = &mut data.tables.entries[0].body;
    *body = body.replace("R. Sato", "N. O'Body");
    assert_screens("tui_history_damaged", &data, |console| {
        console.answer();
        console.keys("H");
    });
}

#[test]
fn a_session_without_history_says_how_one_begins() {
    assert_screens("tui_history_none", &showcase(), |console| {
        console.answer();
        console.keys("H");
    });
}

#[test]
fn the_history_of_all_names_the_sessions() {
    assert_screens("tui_history_all", &of_all(), all);
}

#[test]
fn a_search_says_what_it_found_and_how_far_it_looked() {
    assert_screens("tui_history_search", &of_all(), |console| {
        all(console);
        console.keys("/lost guid");
        console.enter();
        console.keys("n");
    });
}

#[test]
fn a_search_is_typed_below_the_entries() {
    assert_screens("tui_history_typing", &of_all(), |console| {
        all(console);
        console.keys("/by:sato -leak");
    });
}

#[test]
fn a_search_under_way_says_how_far_it_is_and_how_to_stop_it() {
    let mut data = of_all();
    for hour in 0..60 {
        data.rotated_elsewhere(4, hour - 200);
    }
    data.tables.entries.rotate_right(60);
    let damaged = data.tables.entries.remove(98);
    data.name_entries();
    data.tables.entries.insert(98, damaged);
    assert_screens("tui_history_searching", &data, |console| {
        all(console);
        console.prompt = false;
        console.keys("/zebra");
        console.enter();
        let (ticket, query) = console.waiting.remove(0);
        let answer = console.data.answer(&query, console.now);
        console.loaded(ticket, answer);
        console.pass(1300);
    });
}

#[test]
fn an_entry_is_shown_whole() {
    assert_screens("tui_history_entry", &of_all(), |console| {
        all(console);
        console.keys("/telephone");
        console.enter();
        console.enter();
    });
}

#[test]
fn an_entry_that_cannot_be_read_is_shown_as_it_is() {
    assert_screens("tui_history_entry_damaged", &of_all(), |console| {
        all(console);
        console.keys("j");
        console.enter();
    });
}

/// A verification of all under way since two seconds.
fn verifying(console: &mut Console) -> Ticket {
    all(console);
    console.keys("V");
    let ticket = console.model.verifying.map_or(Ticket(0), |verifying| verifying.ticket);
    console.send(Message::Verifying(ticket, Progress::About(1_000_000)));
    console.send(Message::Verifying(ticket, Progress::Read { entries: 412_000, damaged: 0 }));
    console.pass(2_000);
    ticket
}

#[test]
fn a_verification_under_way_says_how_far_it_is() {
    assert_screens("tui_verifying", &of_all(), |console| {
        verifying(console);
    });
}

#[test]
fn what_a_verification_found_is_listed() {
    assert_screens("tui_findings", &of_all(), |console| {
        let ticket = verifying(console);
        let what = ["EntryHash does not fit the entry", "PrevHash is not the hash of the entry before it"];
        let damage = |seq: i64| Damage {
            session: 4,
            seq: (seq < 30).then_some(seq),
            host_session: (seq >= 30).then_some(23),
            what: what[usize::try_from(seq % 2).unwrap()].to_owned(),
        };
        let damage: Vec<Damage> = (1..=40).map(damage).collect();
        let report =
            AuditReport { sessions: 9000, entries: 1_000_000, damaged: 1040, damage, ..AuditReport::default() };
        console.loaded(ticket, Ok(Loaded::Verified(Box::new(report))));
        console.keys("jj");
    });
}
