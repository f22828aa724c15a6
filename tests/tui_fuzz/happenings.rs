//! What happens to the console under fuzz, and the sessions that it shows.

use crossterm::event::{KeyCode, KeyModifiers};
use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::session::Session;
use host_provisioner::tui::message::{Motion, Pointer};
use proptest::prelude::*;

use crate::support::canned::{Canned, many, of};
use crate::world::{duplicate, hours};

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Key(KeyCode, KeyModifiers),
    Paste(String),
    Resize(u16, u16),
    FocusLost,
    Suspend,
    /// The mouse, on or off.
    Mouse(Pointer, u16, u16),
    /// A look at the database ends: something changed, nothing did, or it does not answer.
    Look(u8),
    /// A key of the confirm screen, wherever the operator is.
    Stray(char),
    Pass(i64),
    /// Answers a question, however old: rightly, with a failure, or with the answer to another one.
    Answer(prop::sample::Index, u8),
    /// A change speaks up, or its copy does: the one under way, one that ended long ago, or one that never was.
    Job(u8, prop::sample::Index),
    /// The way from the list to the key that confirms, by the letter that asks, after so many sessions were marked.
    Ask(char, usize, i64, String),
    /// A key that goes through the list so often, and what it asks for is answered at once.
    Scroll(KeyCode, usize),
    RotatedElsewhere(i64),
    Removed(i64),
    /// A jump to a session, there or not.
    Jump(i64),
    /// A filter that is completed, wrong or right.
    Filter(String),
    /// What is typed into the palette and run.
    Palette(String),
}

const POINTERS: [Pointer; 5] =
    [Pointer::Wheel(Motion::Up), Pointer::Wheel(Motion::Down), Pointer::Press, Pointer::Drag, Pointer::Release];

/// Draws them.
pub(super) fn events() -> impl Strategy<Value = Event> {
    let often = "jkgGRXCHyvvqcnNlMz/  =-L123?\\*usSOO:".chars().map(KeyCode::Char);
    let named = [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Up, KeyCode::Down];
    let named = named.into_iter().chain([KeyCode::PageDown, KeyCode::PageUp, KeyCode::Home, KeyCode::End]);
    let named = named.chain([KeyCode::Backspace, KeyCode::Delete, KeyCode::Left, KeyCode::F(1), KeyCode::F(5)]);
    let keys: Vec<KeyCode> = often.chain(named).collect();
    let modifiers = prop_oneof![
        8 => Just(KeyModifiers::NONE),
        1 => any::<u8>().prop_map(KeyModifiers::from_bits_truncate),
        2 => Just(KeyModifiers::CONTROL),
    ];
    prop_oneof![
        30 => (prop::sample::select(keys), Just(KeyModifiers::NONE)).prop_map(|(code, with)| Event::Key(code, with)),
        6 => (any::<char>().prop_map(KeyCode::Char), modifiers.clone()).prop_map(|(code, with)| Event::Key(code, with)),
        6 => (prop::char::range('a', 'z').prop_map(KeyCode::Char), modifiers).prop_map(|(c, with)| Event::Key(c, with)),
        4 => ".{0,12}|y\n|1\n".prop_map(Event::Paste),
        1 => (1..=300_u16, 1..=100_u16).prop_map(|(columns, lines)| Event::Resize(columns, lines)),
        2 => (60..=130_u16, 16..=40_u16).prop_map(|(columns, lines)| Event::Resize(columns, lines)),
        4 => (prop::sample::select(POINTERS.to_vec()), 0..130_u16, 0..40_u16)
            .prop_map(|(does, x, y)| Event::Mouse(does, x, y)),
        1 => Just(Event::FocusLost),
        1 => Just(Event::Suspend),
        12 => prop_oneof![1 => Just(0), 8 => Just(1), 1 => Just(2)].prop_map(Event::Look),
        3 => prop::sample::select(vec!['y', '1', '\n']).prop_map(Event::Stray),
        10 => prop_oneof![0..500_i64, Just(350), Just(349), 0..40_000_i64].prop_map(Event::Pass),
        25 => (any::<prop::sample::Index>(), 0..6_u8).prop_map(|(which, how)| Event::Answer(which, how)),
        8 => (0..=10_u8, any::<prop::sample::Index>()).prop_map(|(how, which)| Event::Job(how, which)),
        9 => (300..500_i64, "y|[1-9]\n|y\n|1").prop_map(|(wait, keys)| Event::Ask('R', 0, wait, keys)),
        9 => (0..4_usize, 300..500_i64, "y|[1-9]\n|y\n|1")
            .prop_map(|(marks, wait, keys)| Event::Ask('C', marks, wait, keys)),
        2 => (prop::sample::select(vec![KeyCode::PageDown, KeyCode::PageUp]), 1..20_usize)
            .prop_map(|(code, pages)| Event::Scroll(code, pages)),
        2 => (1..8_i64).prop_map(Event::RotatedElsewhere),
        1 => (1..30_i64).prop_map(Event::Removed),
        1 => (1..520_i64).prop_map(Event::Jump),
        1 => "(-?(status|record|by|age|id|x):?[=a-z0-9<>d\t]{0,4} ?){1,3}\n?".prop_map(Event::Filter),
        1 => "rotate|revoke|consolidate|mark|[a-z]{0,3}|[0-9]{1,3}".prop_map(Event::Palette),
    ]
}

/// Five hundred sessions; some are live, some mean harm, some have several active records, some of those in use.
pub(super) fn world() -> Canned {
    let mut data = many(500);
    let used = |record: HostRecord, such: bool| HostRecord { last_used_at: such.then_some(hours(-30)), ..record };
    for record in &mut data.tables.records {
        *record = used(record.clone(), record.session.get() % 12 == 0);
    }
    let crowded = (1..=500).filter(|number| number % 3 != 0);
    data.tables.records.extend(crowded.map(|number| used(of(number, duplicate(number + 2000)), number % 2 == 0)));
    for (place, session) in data.sessions.iter_mut().enumerate() {
        let title = session.title.clone().unwrap_or_default();
        match place % 7 {
            0 => *session = Session { status: Some("Active".to_owned()), ..session.clone() },
            1 => session.title = Some(format!("{title} \u{1b}[2J\u{202e}\u{200b}知識\u{fe0f}🕌")),
            2 => session.participant_count = Some(i64::MAX),
            3 => session.title = None,
            _ => {}
        }
    }
    data
}
