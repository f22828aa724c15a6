//! The history in the reducer: a window that pages both ways, a search that goes on, and what its keys act on.

use crossterm::event::KeyCode;
use host_provisioner::store::{HistoryPage, HistoryQuery};
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::Look;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::history::{History, Mode};

use crate::support::canned::{Canned, many, showcase};
use crate::support::console::Console;
use crate::world::session_id;

fn history(console: &Console) -> &History {
    match &console.model.screen {
        Screen::History(history) => history,
        other => panic!("the history is not shown, but {other:?}"),
    }
}

/// The session and number of the entry under the cursor.
fn here(console: &Console) -> (i64, i64) {
    let entry = history(console).window.entry().expect("an entry under the cursor");
    (entry.session, entry.seq)
}

fn seqs(console: &Console) -> Vec<i64> {
    history(console).window.entries.iter().map(|entry| entry.seq).collect()
}

/// So many rotations of session 4, one of session 5 after every tenth.
fn world(rotations: i64) -> Canned {
    let mut data = showcase();
    for hour in 1..=rotations {
        data.rotated_elsewhere(4, hour - rotations - 1);
        if hour % 10 == 0 {
            data.rotated_elsewhere(5, hour - rotations - 1);
        }
    }
    data
}

/// The history of session 4, or of all.
fn opened(rotations: i64, all: bool) -> Console {
    let mut console = Console::on(world(rotations));
    console.go_to(4);
    console.keys("H");
    if all {
        console.press(KeyCode::Tab);
        console.keys("g");
    }
    console
}

fn search(console: &mut Console, text: &str) {
    console.keys("/");
    console.keys(text);
    console.enter();
}

#[test]
fn the_window_is_bounded_and_loses_no_entry_on_the_way_to_the_oldest_and_back() {
    let mut console = opened(1000, false);
    let mut seen = vec![here(&console).1];
    for (key, end) in [(KeyCode::Down, 1), (KeyCode::Up, 1000)] {
        while here(&console).1 != end {
            console.press(key);
            assert!(history(&console).window.entries.len() <= 400);
            seen.push(here(&console).1);
        }
    }
    let down = (1..=1000).rev();
    assert_eq!(seen, down.chain(2..=1000).collect::<Vec<_>>());
}

#[test]
fn the_ends_are_one_key_away_and_ask_for_no_more_than_a_page() {
    let mut console = opened(1000, false);
    assert_eq!(seqs(&console).first(), Some(&1000));
    console.keys("G");
    assert_eq!((here(&console), seqs(&console).len()), ((4, 1), 100));
    console.keys("g");
    assert_eq!((here(&console), seqs(&console).len()), ((4, 1000), 100));
}

#[test]
fn nothing_is_asked_twice_while_an_answer_is_waited_for() {
    let mut console = opened(1000, false);
    console.prompt = false;
    for _ in 0..90 {
        console.keys("j");
    }
    let asked: Vec<&Query> = console.waiting.iter().map(|(_, query)| query).collect();
    assert!(matches!(asked[..], [Query::History(HistoryQuery { page: HistoryPage::Before(_), .. })]), "{asked:?}");
}

#[test]
fn tab_goes_to_all_sessions_and_back_with_the_cursor_on_its_entry() {
    let mut console = opened(60, false);
    console.keys("jjjj");
    let before = here(&console);
    console.press(KeyCode::Tab);
    assert_eq!((history(&console).session, here(&console)), (None, before));
    assert!(console.shows("History of all sessions"));
    let sessions =
        |console: &Console| -> Vec<i64> { history(console).window.entries.iter().map(|entry| entry.session).collect() };
    assert!(sessions(&console).contains(&5) && sessions(&console).contains(&4));
    while here(&console).0 != 5 {
        console.keys("j");
    }
    console.press(KeyCode::Tab);
    assert_eq!(history(&console).session, Some(session_id(5)));
    assert!(sessions(&console).iter().all(|session| *session == 5));
    assert!(console.shows("History of session 5") && console.shows("chain intact"));
}

#[test]
fn entries_that_come_meanwhile_show_and_leave_the_cursor_on_its_entry() {
    let mut console = opened(20, false);
    console.keys("jj");
    let before = here(&console);
    console.data.rotated_elsewhere(4, 0);
    console.look(Look::Changed);
    assert_eq!((here(&console), seqs(&console)[0]), (before, 21));
    assert!(console.shows("21 entries, chain intact"));
}

#[test]
fn a_search_shows_what_it_finds_and_n_and_shift_n_go_through_it() {
    let mut console = opened(100, true);
    search(&mut console, "5");
    let found: Vec<(i64, i64)> = history(&console).window.entries.iter().map(|e| (e.session, e.seq)).collect();
    assert_eq!(found, (1..=10).rev().map(|seq| (5, seq)).collect::<Vec<_>>());
    console.keys("nn");
    assert_eq!(here(&console), (5, 8));
    console.enter();
    assert!(console.shows("Entry 8 of session 5") && console.shows("3 of 10 found"));
    console.keys("N");
    assert!(console.shows("Entry 9 of session 5"));
    console.esc();
    assert_eq!(here(&console), (5, 9));
    console.esc();
    assert!(history(&console).window.search.is_empty());
    assert_eq!(here(&console), (5, 9), "the entry is shown among all others");
    assert!(history(&console).window.entries.iter().any(|entry| entry.session == 4));
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn a_search_goes_on_by_itself_until_the_screen_is_full_and_then_by_a_key() {
    let mut console = opened(1000, true);
    search(&mut console, "sato");
    let found = history(&console).window.entries.len();
    let height = 35 - 3 - 2 - 2;
    assert!((height..height + 50).contains(&found), "{found}");
    assert!(history(&console).window.can_go_on());
    console.keys("G");
    let more = history(&console).window.entries.len();
    assert!((found + height..found + height + 50).contains(&more), "{more}");
    for _ in 0..60 {
        console.keys("G");
    }
    assert_eq!(history(&console).window.entries.len(), 1000, "and no further");
    assert!(console.shows("1000 of 1000 found"));
}

/// Each question looks at 50 entries here: fifty-one of them are 2,550.
#[test]
fn a_search_that_finds_nothing_rests_and_says_how_far_it_looked() {
    let mut console = opened(3000, true);
    search(&mut console, "zebra");
    let reached = history(&console).window.reached.clone().unwrap();
    assert!(history(&console).window.can_go_on() && console.shows("0 found, searched back to 2026-"));
    assert!(console.shows("PgDn goes on"));
    console.press(KeyCode::PageDown);
    assert!(history(&console).window.at_oldest && reached.len() == 36);
    assert!(console.shows("No entry was found."));
}

#[test]
fn a_search_is_stopped_by_escape_and_goes_on_where_it_was() {
    let mut console = opened(1000, true);
    console.prompt = false;
    search(&mut console, "zebra");
    let (ticket, query) = console.waiting.remove(0);
    let answer = console.data.answer(&query, console.now);
    console.loaded(ticket, answer);
    let reached = history(&console).window.reached.clone();
    let (second, _) = console.waiting[0];
    console.pass(200);
    assert!(console.shows("searching back to"));
    assert_eq!(console.esc(), [Effect::CancelLoad(second)]);
    assert!(console.waiting.is_empty() && history(&console).window.can_go_on());
    console.keys("G");
    let Some((_, Query::Search(again))) = console.waiting.first() else { panic!("{:?}", console.waiting) };
    assert_eq!(again.before, reached);
}

#[test]
fn the_answer_to_a_question_that_was_stopped_changes_nothing() {
    let mut console = opened(100, true);
    console.prompt = false;
    search(&mut console, "5");
    let (ticket, query) = console.waiting[0].clone();
    console.ctrl('c');
    let answer = console.data.answer(&query, console.now);
    console.loaded(ticket, answer);
    assert!(history(&console).window.entries.is_empty());
}

#[test]
fn a_text_that_is_no_search_says_why_and_stays() {
    let mut console = opened(10, false);
    search(&mut console, "status:active");
    assert_eq!(history(&console).mode, Mode::Typing);
    assert!(console.notice().contains("`status:` is about sessions"), "{}", console.notice());
    console.esc();
    assert_eq!((history(&console).mode, history(&console).input.value()), (Mode::List, ""));
}

#[test]
fn a_paste_goes_into_the_line_of_the_search_alone() {
    let mut console = opened(10, false);
    console.paste("sato");
    assert!(console.notice().contains("A paste does nothing here"));
    console.keys("/");
    console.paste("sa\nto");
    assert_eq!(history(&console).input.value(), "sa to");
}

#[test]
fn letters_are_text_in_the_line_of_the_search() {
    let mut console = opened(10, false);
    console.keys("/RXqnNHg");
    assert_eq!(history(&console).input.value(), "RXqnNHg");
}

#[test]
fn rotating_from_the_history_of_all_means_the_session_of_the_entry() {
    for (key, verb) in [("R", "Rotate"), ("X", "Revoke"), ("C", "Consolidate")] {
        let mut console = opened(60, true);
        console.keys("/5");
        console.enter();
        assert_eq!(console.cursor(), Some(4));
        console.keys(key);
        assert_eq!(console.form().session, session_id(5));
        assert!(console.shows(verb) && console.shows("Session 5"));
    }
}

#[test]
fn without_an_entry_there_is_nothing_to_rotate_show_or_go_to() {
    let mut console = opened(0, true);
    for key in [KeyCode::Char('R'), KeyCode::Char('X'), KeyCode::Char('C'), KeyCode::Enter, KeyCode::Tab] {
        console.press(key);
        assert_eq!((history(&console).session, history(&console).mode), (None, Mode::List), "{key:?}");
    }
    console.keys("n");
    assert!(console.notice().contains("/ searches"), "{}", console.notice());
}

#[test]
fn the_history_of_all_is_there_without_any_session() {
    let mut data = world(3);
    for session in data.sessions.clone() {
        data.remove(session.id.get());
    }
    let mut console = Console::on(data);
    console.keys("H");
    assert!(console.shows("History of all sessions"));
    assert_eq!(here(&console), (4, 3));
}

#[test]
fn a_history_that_cannot_be_read_says_so_and_is_tried_again() {
    let mut console = Console::on(many(3));
    console.data.rotated_elsewhere(1, -1);
    console.prompt = false;
    console.keys("H");
    console.refuse("the database did not answer within 10s");
    assert!(console.shows("the database did not answer within 10s") && console.shows("Ctrl-r tries again"));
    console.prompt = true;
    console.ctrl('r');
    assert_eq!(here(&console), (1, 1));
}

#[test]
fn a_chain_that_is_too_long_to_be_read_at_once_is_not_called_intact() {
    let console = opened(600, false);
    assert!(console.shows("600 entries, not verified"));
    assert!(!console.shows("intact"));
}
