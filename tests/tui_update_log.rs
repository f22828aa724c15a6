//! The log panel: it follows, it stays with a reader, it is searched, and it leaves out what matters less.

use host_provisioner::provision::ProvisionEvent;
use host_provisioner::tui::keymap::KeyMap;
use host_provisioner::tui::log_pane::{Level, Log, LogLine};
use host_provisioner::tui::message::{Look, MainUi, Motion};
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::update::tell;
use proptest::prelude::*;
use ratatui::style::Modifier;

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::support::drawn::assert_screens;
use crate::world::{hours, session_id};

fn told(count: i64) -> Console {
    let mut console = Console::on(showcase());
    for number in 1..=count {
        tell(&mut console.model, &ProvisionEvent::Checking(session_id(number)));
    }
    console
}

#[test]
fn the_log_is_a_ring_of_ten_thousand_lines_that_counts_what_it_let_go() {
    let console = told(10_003);
    assert_eq!(console.model.log.lines().count(), 10_000);
    assert_eq!(console.model.log.dropped, 3);
    assert!(console.shows("10,000 lines   3 dropped"));
    assert!(console.model.log.lines().next().unwrap().text.ends_with("Session ID 4"));
}

#[test]
fn the_log_follows_its_newest_line() {
    let mut console = told(50);
    assert!(console.shows("Session ID 50") && console.shows("following"));
    tell(&mut console.model, &ProvisionEvent::Checking(session_id(51)));
    assert!(console.shows("Session ID 51"));
}

#[test]
fn a_reader_who_scrolled_back_stays_where_they_are() {
    let mut console = told(50);
    console.keys("3kkk");
    assert!(console.shows("Session ID 47") && !console.shows("Session ID 48"));
    for number in 51..=60 {
        tell(&mut console.model, &ProvisionEvent::Checking(session_id(number)));
    }
    assert!(console.shows("Session ID 47") && !console.shows("Session ID 48"));
    assert!(console.shows("13 lines back, 10 new lines   level ≥ info   60 lines"));
    console.keys("G");
    assert!(console.shows("Session ID 60") && console.shows("following"));
    console.keys("g");
    assert!(console.shows("Session ID 1"));
}

#[test]
fn moving_in_the_log_leaves_the_list_alone() {
    let mut console = told(50);
    console.keys("3jkgG");
    assert_eq!(console.cursor(), Some(1));
}

#[test]
fn the_log_panel_hides_grows_and_shrinks() {
    let mut console = told(50);
    let shown = |console: &Console| console.screen().iter().filter(|line| line.contains("Session ID")).count();
    assert_eq!(shown(&console), 6);
    console.keys("==");
    assert_eq!(shown(&console), 8);
    console.keys("---");
    assert_eq!(shown(&console), 5);
    console.keys("L");
    assert_eq!(shown(&console), 0);
    console.keys("\\");
    assert_eq!(shown(&console), 5);
}

/// Sessions 1 to 50 are looked up; 10, 20, 30, 40 and 50 fail, and the database is out of reach after 25.
fn mixed() -> Console {
    let mut console = Console::on(showcase());
    fill(&mut console);
    console
}

fn fill(console: &mut Console) {
    for number in 1..=50 {
        let session = session_id(number);
        let failed = || ProvisionEvent::Failed {
            session: Some(session),
            what: format!("the disk is full at Session ID {number}"),
            unchanged: "nothing was changed".to_owned(),
        };
        tell(&mut console.model, &if number % 10 == 0 { failed() } else { ProvisionEvent::Checking(session) });
        if number == 25 {
            console.look(Look::Lost("no route to host".to_owned()));
        }
    }
}

#[test]
fn the_level_leaves_out_what_matters_less_and_says_so_in_the_border() {
    let mut console = mixed();
    assert!(console.shows("following   level ≥ info   51 lines"));
    console.keys("l");
    assert!(console.shows("following   level ≥ warn   6 of 51 lines"), "{:#?}", console.screen());
    assert!(console.shows("! The database is out of reach: no route to host"));
    assert!(console.shows("✗ PROVISIONER-ERROR: the disk is full at Session ID 50"));
    console.keys("l");
    assert!(console.shows("level ≥ error   5 of 51 lines") && !console.shows("no route to host"));
    tell(&mut console.model, &ProvisionEvent::Checking(session_id(51)));
    assert!(console.shows("5 of 52 lines") && !console.shows("Session ID 51"));
    console.keys("l");
    assert!(console.shows("level ≥ info   52 lines") && console.shows("Session ID 51"));
    assert_eq!(console.notice(), "The log shows every line; l goes on.");
}

#[test]
fn a_level_that_no_line_has_says_how_to_see_the_others() {
    let mut console = told(3);
    console.keys("l");
    assert!(console.shows("No line matters that much; l shows the others.") && console.shows("0 of 3 lines"));
}

#[test]
fn another_level_leaves_a_reader_near_the_line_that_they_were_at() {
    let mut console = mixed();
    console.keys("3g");
    console.keys("jjjjjjjjjjjjjjj");
    assert!(console.shows("Session ID 21") && !console.shows("Session ID 22"));
    console.keys("ll");
    assert!(console.shows("Session ID 10") && console.shows("Session ID 50"), "all five fit");
    console.keys("l");
    assert!(console.shows("Session ID 21") && !console.shows("Session ID 22"), "{:#?}", console.screen());
}

#[test]
fn the_slash_searches_the_log_where_that_has_the_keys_and_filters_the_list_elsewhere() {
    let mut console = mixed();
    console.keys("/");
    assert!(matches!(console.model.screen, Screen::Filter));
    console.esc();
    console.keys("3/Disk 3");
    assert!(matches!(console.model.screen, Screen::LogSearch));
    assert!(console.shows("/ Disk 3") && console.shows("1 of 1 found"), "each word, in any case");
    assert!(console.shows("full at Session ID 30") && console.shows("lines back"));
    console.enter();
    assert!(console.is_on_the_list() && console.shows("1 of 1 found"), "what was found stays");
    assert_eq!(console.model.list.filter, "");
}

#[test]
fn n_goes_to_older_lines_that_were_found_and_shift_n_back() {
    let mut console = mixed();
    console.keys("3/full");
    assert!(console.shows("1 of 5 found") && console.shows("Session ID 50"));
    console.enter();
    console.keys("nn");
    assert!(console.shows("3 of 5 found") && console.shows("full at Session ID 30"));
    console.keys("N");
    assert!(console.shows("2 of 5 found") && console.shows("full at Session ID 40"));
    console.keys("NN");
    assert_eq!(console.notice(), "This is the newest line that was found.");
    console.keys("nnnnn");
    assert_eq!(console.notice(), "This is the oldest line that was found.");
    assert!(console.shows("5 of 5 found") && console.shows("full at Session ID 10"));
    // Wherever the keys are.
    console.keys("1N");
    assert!(console.shows("4 of 5 found"));
    assert_eq!(console.cursor(), Some(1));
}

#[test]
fn the_line_that_was_gone_to_is_reversed_and_the_others_bold_in_mono_too() {
    let mut console = mixed();
    console.keys("3/full");
    console.enter();
    console.keys("==========n");
    let theme = Theme::new(false);
    let cells = |text: &str| console.cells_in(text, &theme);
    assert!(cells("PROVISIONER-ERROR: the disk is full at Session ID 40")[0].modifier.contains(Modifier::REVERSED));
    assert!(cells("PROVISIONER: Checking for existing Host Session with Session ID 41")[0].modifier.is_empty());
    assert!(cells("PROVISIONER-ERROR: the disk is full at Session ID 50")[0].modifier.contains(Modifier::BOLD));
}

#[test]
fn a_new_line_that_fits_is_found_too_and_moves_nobody() {
    let mut console = told(50);
    console.keys("3/4");
    console.enter();
    console.keys("n");
    assert!(console.shows("2 of 14 found"), "{:#?}", console.screen());
    tell(&mut console.model, &ProvisionEvent::Checking(session_id(54)));
    assert!(console.shows("3 of 15 found"));
}

#[test]
fn what_is_not_found_is_said_and_esc_takes_the_search_away_before_the_filter() {
    let mut console = told(50);
    console.keys("/review");
    console.enter();
    console.keys("3/zebra");
    assert!(console.shows("not found") && console.shows("following"));
    console.enter();
    console.keys("n");
    assert_eq!(console.notice(), "Nothing was found.");
    console.esc();
    assert!(!console.shows("not found") && console.model.list.filter == "review");
    console.esc();
    assert_eq!(console.model.list.filter, "");
    console.keys("3/zebra");
    console.esc();
    assert!(console.is_on_the_list() && console.model.log.search.is_empty(), "leaving the line takes it away too");
}

#[test]
fn a_paste_goes_into_the_search_as_one_line() {
    let mut console = told(3);
    console.keys("3/");
    console.paste("Session\nID 2");
    assert!(console.shows("/ Session ID 2") && console.shows("1 of 1 found"));
}

#[test]
fn without_a_search_or_a_log_the_keys_say_what_to_do() {
    let mut console = told(3);
    console.keys("n");
    assert_eq!(console.notice(), "The log is not searched: 3, then /.");
    console.keys("L");
    for key in ["n", "N", "l"] {
        console.keys(key);
        assert_eq!(console.notice(), "The log is not shown: L shows it.");
    }
    let mut console = Console::sized(showcase(), (60, 16));
    console.keys("l");
    assert_eq!(console.notice(), "There is no room for the log: 3 and z give it the screen.");
    console.keys("3z/x");
    assert!(matches!(console.model.screen, Screen::LogSearch) && console.shows("not found"));
    let mut console = Console::on(showcase());
    console.keys("zl");
    assert_eq!(console.notice(), "The log is not shown: z shows all panels.");
    console.keys("z:search-log");
    console.enter();
    assert!(matches!(console.model.screen, Screen::LogSearch));
    assert_eq!(KeyMap::default().main(MainUi::SearchLog), ":search-log");
}

#[test]
fn a_log_that_is_searched_looks_like_this() {
    assert_screens("tui_log_search", &showcase(), |console| {
        console.answer();
        fill(console);
        console.keys("3/full id");
        console.enter();
        console.keys("n");
    });
}

#[test]
fn a_log_of_warnings_looks_like_this() {
    assert_screens("tui_log_level", &showcase(), |console| {
        console.answer();
        fill(console);
        console.keys("l3");
    });
}

/// What happens to a log.
#[derive(Debug, Clone)]
enum Step {
    Line(Level),
    Scroll(Motion),
    Level,
    Search(&'static str),
    Found(bool),
}

fn steps() -> impl Strategy<Value = Step> {
    let levels = [Level::Info, Level::Warn, Level::Error];
    let motions = [Motion::Up, Motion::Down, Motion::PageUp, Motion::PageDown, Motion::First, Motion::Last];
    prop_oneof![
        6 => prop::sample::select(levels.to_vec()).prop_map(Step::Line),
        6 => prop::sample::select(motions.to_vec()).prop_map(Step::Scroll),
        1 => Just(Step::Level),
        1 => prop::sample::select(vec!["", "1", "x", "2 line"]).prop_map(Step::Search),
        3 => any::<bool>().prop_map(Step::Found),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_a_full_page_is_shown_where_there_are_lines_for_it(
        steps in prop::collection::vec(steps(), 1..120),
        page in 1..9_usize,
        // The ring is full already, or is not.
        full in any::<bool>(),
    ) {
        let mut log = Log::default();
        let line = |number: usize, level| LogLine { at: hours(0), text: format!("line {number}"), level };
        let mut pushed: Vec<Level> = Vec::new();
        for number in 0..if full { 10_000 } else { 0 } {
            pushed.push(Level::Info);
            log.push(line(number, Level::Info));
        }
        let (mut least, mut sought) = (Level::Info, "");
        for step in steps {
            match step {
                Step::Line(level) => {
                    log.push(line(pushed.len(), level));
                    pushed.push(level);
                }
                Step::Scroll(motion) => log.scroll(motion, page),
                Step::Level => least = log.next_level(),
                Step::Search(words) => {
                    sought = words;
                    log.search_for(words, page);
                }
                Step::Found(older) => {
                    let before = log.search.place();
                    let stepped = log.step(older, page);
                    prop_assert!(!stepped || log.search.place() != before || before.is_none());
                }
            }
            let numbered = pushed.iter().enumerate().skip(pushed.len().saturating_sub(10_000));
            let passing: Vec<usize> =
                numbered.filter(|(_, level)| **level >= least).map(|(number, _)| number).collect();
            let shown: Vec<&LogLine> = log.window(page).map(|(_, line)| line).collect();
            prop_assert_eq!(shown.len(), passing.len().min(page));
            prop_assert!(shown.iter().all(|line| line.level >= least));
            let fits = |number: &&usize| {
                let text = format!("line {number}");
                !sought.is_empty() && sought.split(' ').all(|word| text.contains(word))
            };
            prop_assert_eq!(log.search.count(), passing.iter().filter(fits).count());
        }
    }
}
