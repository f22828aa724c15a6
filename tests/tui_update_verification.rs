//! Verification from the console: begun, told, stopped, and its findings.

use crossterm::event::KeyCode;
use host_provisioner::domain::audit::Damage;
use host_provisioner::provision::AuditReport;
use host_provisioner::tui::effect::{Effect, Ticket};
use host_provisioner::tui::message::{Loaded, Message, Progress};
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::verification::Findings;

use crate::support::canned::{failure, showcase};
use crate::support::console::Console;
use crate::world::session_id;

/// The history of session 215, which has three entries.
fn opened() -> Console {
    let mut console = Console::on(showcase());
    for hour in 1..4 {
        console.data.rotated_elsewhere(215, hour - 10);
    }
    console.go_to(215);
    console.keys("H");
    console
}

/// Verifies all; gives the question.
fn begun() -> (Console, Ticket) {
    let mut console = opened();
    console.press(KeyCode::Tab);
    let effects = console.keys("V");
    let [Effect::Verify(ticket, None)] = effects[..] else { panic!("{effects:?}") };
    (console, ticket)
}

fn report(damage: Vec<Damage>) -> AuditReport {
    let damaged = damage.len() as u64;
    AuditReport { sessions: 8, entries: 3, unaudited: 5, session_deleted: 0, damaged, damage }
}

fn damage(session: i64, seq: Option<i64>) -> Damage {
    Damage { session, seq, host_session: None, what: "EntryHash does not fit\u{1b} the entry".to_owned() }
}

fn end(console: &mut Console, ticket: Ticket, report: AuditReport) -> Vec<Effect> {
    console.loaded(ticket, Ok(Loaded::Verified(Box::new(report))))
}

fn findings(console: &Console) -> &Findings {
    match &console.model.screen {
        Screen::Findings(findings) => findings,
        other => panic!("no findings are shown, but {other:?}"),
    }
}

#[test]
fn v_verifies_the_history_that_is_shown() {
    let mut console = opened();
    let effects = console.keys("V");
    assert!(matches!(effects[..], [Effect::Verify(_, Some(session))] if session == session_id(215)), "{effects:?}");
    let mut console = opened();
    console.keys("q");
    console.enter();
    let effects = console.keys("V");
    assert!(matches!(effects[..], [Effect::Verify(_, Some(session))] if session == session_id(215)), "{effects:?}");
}

#[test]
fn its_progress_is_told_on_every_screen_while_the_rest_goes_on() {
    let (mut console, ticket) = begun();
    console.send(Message::Verifying(ticket, Progress::About(1_000_000)));
    console.send(Message::Verifying(ticket, Progress::Read { entries: 400_000, damaged: 0 }));
    console.pass(2_000);
    let told = "Verifying all histories: 400000 of about 1000000 entries, 200000 a second";
    assert!(console.shows(told), "{:#?}", console.screen());
    console.keys("qk");
    assert!(console.is_on_the_list() && console.shows(told));
    assert!(console.shows("AUDIT: verifying all histories"), "in the log, too");
    assert_eq!(console.cursor(), Some(7), "the list goes on");
    console.send(Message::Verifying(ticket, Progress::Read { entries: 400_001, damaged: 2 }));
    assert!(console.shows("✗ 2 DAMAGED"));
}

#[test]
fn there_is_one_at_a_time() {
    let (mut console, _) = begun();
    assert_eq!(console.keys("V"), []);
    assert!(console.notice().contains("is under way"), "{}", console.notice());
}

#[test]
fn escape_and_ctrl_c_stop_it_in_the_history_and_in_the_list() {
    for leave in [false, true] {
        for stop in [KeyCode::Esc, KeyCode::Char('c')] {
            let (mut console, ticket) = begun();
            if leave {
                console.keys("q");
            }
            let effects = if stop == KeyCode::Esc { console.esc() } else { console.ctrl('c') };
            assert_eq!(effects.first(), Some(&Effect::CancelLoad(ticket)), "{leave} {stop:?}");
            assert_eq!(console.is_on_the_list(), leave);
            assert!(console.model.verifying.is_none() && console.notice().contains("is not verified"));
            end(&mut console, ticket, report(vec![damage(215, Some(1))]));
            assert!(!matches!(console.model.screen, Screen::Findings(_)), "what was stopped tells nothing more");
            assert!(console.model.verified.is_none());
        }
    }
}

#[test]
fn a_clean_end_says_what_was_verified_and_claims_no_more() {
    let (mut console, ticket) = begun();
    assert!(console.shows("not verified"));
    console.pass(1_000);
    end(&mut console, ticket, report(vec![]));
    let said = "Verified all histories: intact, 3 entries of 8 sessions in 1.0 s; 5 sessions with nothing to verify.";
    assert_eq!(console.notice(), said);
    console.pass(60_000);
    assert!(console.shows("verified 1 min ago: intact"), "{:#?}", console.screen());
}

#[test]
fn damage_is_listed_and_enter_goes_to_the_entry_and_back() {
    let (mut console, ticket) = begun();
    let found = vec![damage(5, None), damage(215, Some(2)), damage(-1, Some(1))];
    end(&mut console, ticket, report(found));
    assert!(console.shows("3 things are not as the history left them"));
    assert!(console.shows("✗ session 215, entry 2: EntryHash does not fit\\u{1b} the entry"));
    console.keys("j");
    console.enter();
    let Screen::History(history) = &console.model.screen else { panic!("{:?}", console.model.screen) };
    assert_eq!(history.session, Some(session_id(215)));
    assert_eq!(history.window.entry().map(|entry| entry.seq), Some(2));
    console.esc();
    assert_eq!(findings(&console).cursor, 1);
    console.keys("G");
    console.enter();
    assert_eq!((findings(&console).cursor, console.notice()), (2, "No session can have that id."));
    console.esc();
    assert!(console.shows("History of all sessions") && console.shows("✗ 3 DAMAGED"));
}

#[test]
fn findings_wait_for_a_person_who_is_doing_something_else() {
    for (there, back) in [("qR", KeyCode::Esc), ("q/", KeyCode::Esc), ("/", KeyCode::Esc), ("?", KeyCode::Esc)] {
        let (mut console, ticket) = begun();
        console.keys(there);
        end(&mut console, ticket, report(vec![damage(215, Some(1))]));
        assert!(!matches!(console.model.screen, Screen::Findings(_)), "{there}");
        assert!(console.notice().contains("found damage"), "{there}: {}", console.notice());
        console.press(back);
        assert_eq!(findings(&console).report.damaged, 1, "{there}");
    }
}

#[test]
fn a_failure_says_that_nothing_was_verified() {
    let (mut console, ticket) = begun();
    console.loaded(ticket, Err(failure("the database did not answer within 10s")));
    assert_eq!(console.notice(), "Not verified: the database did not answer within 10s");
    assert!(console.shows("not verified") && console.model.verifying.is_none());
}

#[test]
fn findings_beyond_what_is_shown_are_counted() {
    let (mut console, ticket) = begun();
    end(&mut console, ticket, AuditReport { damaged: 1234, ..report(vec![damage(215, Some(1))]) });
    assert!(console.shows("1234 things are not as the history left them"));
    assert!(console.shows("and 1233 more: host-provisioner audit verify lists all"));
}

#[test]
fn a_finding_leads_to_its_entry_however_far_back_that_is() {
    for seq in [1, 2, 120, 333, 449, 450] {
        let mut data = showcase();
        for hour in -450..0 {
            data.rotated_elsewhere(215, hour);
        }
        data.name_entries();
        let mut console = Console::on(data);
        console.keys("H");
        let effects = console.keys("V");
        let [Effect::Verify(ticket, _)] = effects[..] else { panic!("{effects:?}") };
        end(&mut console, ticket, report(vec![damage(215, Some(seq))]));
        console.enter();
        let Screen::History(history) = &console.model.screen else { panic!("{:?}", console.model.screen) };
        assert_eq!(history.window.entry().map(|entry| entry.seq), Some(seq));
        assert!(history.window.entries.len() <= 500, "the window stays small: {}", history.window.entries.len());
        assert!(console.screen().iter().any(|line| line.contains("▸ 2026-") && line.contains(&format!(" {seq} "))));
    }
}

#[test]
fn a_movement_ends_the_way_to_an_entry() {
    let mut data = showcase();
    for hour in -450..0 {
        data.rotated_elsewhere(215, hour);
    }
    data.name_entries();
    let mut console = Console::on(data);
    console.keys("H");
    let effects = console.keys("V");
    let [Effect::Verify(ticket, _)] = effects[..] else { panic!("{effects:?}") };
    end(&mut console, ticket, report(vec![damage(215, Some(3))]));
    console.prompt = false;
    console.enter();
    console.keys("j");
    console.prompt = true;
    console.answer();
    let Screen::History(history) = &console.model.screen else { panic!("{:?}", console.model.screen) };
    assert!(history.window.entry().is_some_and(|entry| entry.seq > 300));
}
