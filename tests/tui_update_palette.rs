//! The palette: every action by name, why one cannot be done, and the way to a session by its number.

use crossterm::event::KeyCode;
use host_provisioner::store::ReadOnly;
use host_provisioner::tui::effect::Effect;
use host_provisioner::tui::keymap::KeyMap;
use host_provisioner::tui::message::{Global, Look, MainUi, Message, Ui};
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::palette::{Entry, entries};

use crate::support::canned::{many, showcase};
use crate::support::console::Console;
use crate::support::drawn::assert_screens;

fn listed(console: &Console) -> Vec<Entry> {
    match &console.model.screen {
        Screen::Palette(palette) => entries(&console.model, palette),
        other => panic!("the palette is not shown, but {other:?}"),
    }
}

/// The line that the cursor is on.
fn chosen(console: &Console) -> Entry {
    match &console.model.screen {
        Screen::Palette(palette) => listed(console)[palette.cursor].clone(),
        other => panic!("the palette is not shown, but {other:?}"),
    }
}

fn entry(console: &Console, name: &str) -> Entry {
    listed(console).into_iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("{name} is listed"))
}

fn why(console: &Console, name: &str) -> String {
    entry(console, name).why_not.unwrap_or_default()
}

#[test]
fn every_action_of_every_screen_is_listed_once_with_its_key_or_with_where_it_works() {
    let mut console = Console::on(showcase());
    console.keys(":");
    let listed = listed(&console);
    for binding in KeyMap::default().changeable() {
        let name = binding.action.name;
        let own = ["palette", "run-action", "close-palette"].contains(&name);
        assert_eq!(listed.iter().filter(|entry| entry.name == name).count(), usize::from(!own), "{name}");
    }
    assert_eq!((entry(&console, "refresh").keys, entry(&console, "refresh").why_not), ("Ctrl-r F5".into(), None));
    assert_eq!(why(&console, "copy-guid"), "it works before a new GUID");
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn letters_find_an_action_by_its_name_or_its_words() {
    for (typed, name) in [
        ("rot", "rotate"),
        ("rvk", "revoke"),
        ("config-warnings", "config-warnings"),
        ("mark all", "mark-all"),
        ("HISTORY", "history"),
        ("draw", "redraw"),
    ] {
        let mut console = Console::on(showcase());
        console.ctrl('p');
        console.keys(typed);
        assert_eq!(chosen(&console).name, name, "{typed}");
    }
    let mut console = Console::on(showcase());
    console.keys(":zzzz");
    assert_eq!(listed(&console), []);
    console.enter();
    assert_eq!(console.notice(), "Nothing has a name like this.");
}

#[test]
fn enter_does_what_the_key_does() {
    let mut console = Console::on(showcase());
    console.keys(":mark-all");
    let effects = console.enter();
    assert!(matches!(effects[..], [Effect::Load(..)]), "{effects:?}");
    assert!(console.is_on_the_list() && !console.model.marks.ids.is_empty());
    console.keys(":redraw");
    assert_eq!(console.enter(), [Effect::Redraw]);
    console.keys(":quit");
    assert_eq!(console.enter(), [Effect::Quit]);
}

#[test]
fn a_change_from_the_palette_begins_with_its_form_and_takes_the_same_way() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.keys(":rotate");
    console.enter();
    assert_eq!(console.form().session.get(), 4);
    console.keys("leaked");
    console.enter();
    console.keys("y");
    assert!(console.started.is_empty(), "the quiet before a confirmation holds");
    console.pass(400);
    console.keys("y");
    assert_eq!(console.started.len(), 1);
}

#[test]
fn an_action_of_a_detail_is_done_there() {
    let mut console = Console::on(showcase());
    console.go_to(4);
    console.enter();
    console.keys(":revoke");
    console.enter();
    assert_eq!(console.form().session.get(), 4);
    console.esc();
    console.keys("H:leave-history");
    console.enter();
    assert!(console.is_on_the_list(), "{:?}", console.model.screen);
}

#[test]
fn the_cursor_passes_over_what_cannot_be_done_and_enter_says_why() {
    let mut console = Console::on(showcase());
    console.model.about.read_only = Some(ReadOnly::Asked);
    console.keys(":rotate");
    assert_eq!(chosen(&console).name, "rotate", "the best fit, whatever it is");
    console.enter();
    assert!(console.notice().starts_with("Not possible now: Nothing can be changed: "), "{}", console.notice());
    assert!(matches!(console.model.screen, Screen::Palette(_)));
    console.press(KeyCode::Down);
    assert_eq!(chosen(&console).name, "rotate", "nothing else fits as well");
    let mut all = Console::on(showcase());
    all.model.about.read_only = Some(ReadOnly::Asked);
    all.keys(":");
    for _ in 0..200 {
        all.press(KeyCode::Down);
        assert_eq!(chosen(&all).why_not, None);
    }
    all.press(KeyCode::PageUp);
    assert_eq!(chosen(&all).why_not, None);
}

#[test]
fn what_can_be_done_comes_before_what_cannot_and_the_best_fit_before_both() {
    let mut console = Console::on(showcase());
    console.model.about.read_only = Some(ReadOnly::Asked);
    console.keys(":");
    let possible = |console: &Console| listed(console).iter().map(|entry| entry.why_not.is_none()).collect::<Vec<_>>();
    let all = possible(&console);
    assert!(all.is_sorted_by(|a, b| a >= b) && all[0] && !all[all.len() - 1], "{all:?}");
    console.keys("re");
    let some = possible(&console);
    assert!(some.len() > 2 && some[1..].is_sorted_by(|a, b| a >= b), "{some:?}");
    console.keys("voke");
    console.enter();
    assert!(console.notice().starts_with("Not possible now: "), "nothing else is done in its place");
}

#[test]
fn it_opens_over_the_overview_and_does_there_what_the_key_does() {
    let mut console = Console::on(showcase());
    console.keys("O:");
    assert_eq!(why(&console, "rotate"), "it works on the list of sessions");
    console.keys("next-chart");
    let chart = console.model.overview.chart;
    console.enter();
    assert!(matches!(console.model.screen, Screen::Overview));
    assert_ne!(console.model.overview.chart, chart);
    console.keys(":7");
    console.enter();
    assert_eq!((console.cursor(), console.is_on_the_list()), (Some(7), true));
}

#[test]
fn what_cannot_be_done_says_why_here_in_the_help_and_when_its_key_is_pressed() {
    let mut console = Console::on(showcase());
    console.keys(" j ");
    let told = "Only C acts on several: u unmarks all 2.";
    console.keys("R");
    assert_eq!(console.notice(), told);
    console.keys(":");
    assert_eq!((why(&console, "rotate"), why(&console, "unmark-all")), (told.to_owned(), String::new()));
    console.esc();
    console.keys("?");
    assert!(console.shows("disabled: Only C acts on several: u unmarks all"), "{:#?}", console.screen());
    console.keys("?u");
    assert!(console.shows("R:rotate"), "the footer names it again");
    console.look(Look::Lost("no route to host".to_owned()));
    assert!(!console.shows("R:rotate"), "{:#?}", console.screen());
    console.keys(":");
    assert!(why(&console, "rotate").starts_with("The database is out of reach since "), "{}", why(&console, "rotate"));
    assert_eq!(why(&console, "unmark-all"), "Nothing is marked.");
    assert_eq!(why(&console, "cancel"), "Nothing waits. q quits.");
    assert!(why(&console, "profiles").starts_with("There is no other profile"));
    assert_eq!(why(&console, "config-warnings"), "The configuration has no warnings.");
}

#[test]
fn while_a_change_is_under_way_what_waits_for_its_end_is_disabled() {
    let mut console = Console::on(showcase());
    console.reach_change(4);
    console.keys(":");
    for name in ["rotate", "revoke", "suspend", "profiles"] {
        assert!(!why(&console, name).is_empty(), "{name}");
    }
    assert_eq!((why(&console, "cancel"), why(&console, "quit")), (String::new(), String::new()));
}

#[test]
fn a_number_goes_to_that_session() {
    let mut console = Console::on(many(500));
    console.keys(":215");
    assert_eq!(listed(&console).len(), 1);
    console.enter();
    assert_eq!((console.cursor(), console.is_on_the_list()), (Some(215), true));
    // From a detail too.
    console.enter();
    console.keys(":7");
    console.enter();
    assert_eq!((console.cursor(), console.is_on_the_list()), (Some(7), true));
}

#[test]
fn a_session_that_is_not_in_the_list_is_not_gone_to_and_it_is_told_what_to_do() {
    let mut console = Console::on(many(50));
    console.keys(":99");
    console.enter();
    assert_eq!(console.notice(), "There is no session 99. / finds one by its title.");
    assert_eq!(console.cursor(), Some(1));
    console.keys("/id:1");
    console.enter();
    console.keys(":20");
    console.enter();
    assert_eq!(console.notice(), "There is no session 20, or the filter hides it: Esc takes the filter away.");
    console.esc();
    console.keys(":20");
    console.enter();
    assert_eq!(console.cursor(), Some(20));
}

#[test]
fn the_palette_opens_over_nothing_that_is_half_done() {
    for way in ["/", "R", "plan", "guid"] {
        let mut console = Console::on(showcase());
        match way {
            "plan" => console.reach_plan(4),
            "guid" => drop(console.reach_guid(4)),
            keys => drop(console.keys(keys)),
        }
        console.ctrl('p');
        console.send(Message::Ui(Ui::Global(Global::Palette)));
        assert!(!matches!(console.model.screen, Screen::Palette(_)), "{way}");
    }
}

#[test]
fn a_paste_into_the_palette_is_text_and_does_nothing() {
    let mut console = Console::on(showcase());
    console.keys(":");
    console.paste("rotate\n");
    assert!(matches!(console.model.screen, Screen::Palette(_)));
    assert_eq!(chosen(&console).does, Ui::Main(MainUi::Rotate));
}

#[test]
fn a_guid_that_gets_ready_behind_the_palette_waits_for_its_end() {
    let mut console = Console::on(showcase());
    let started = console.reach_change(4);
    console.keys(":");
    console.end(&started);
    assert!(matches!(console.model.screen, Screen::Palette(_)));
    console.esc();
    assert!(matches!(console.model.screen, Screen::Reveal(_)));
}

#[test]
fn the_palette_lists_actions_with_keys_and_reasons() {
    assert_screens("tui_palette", &showcase(), |console| {
        console.answer();
        console.model.about.read_only = Some(ReadOnly::Asked);
        console.keys(":");
        console.press(KeyCode::Down);
        console.press(KeyCode::Down);
    });
    assert_screens("tui_palette_typed", &showcase(), |console| {
        console.answer();
        console.keys(":sor");
    });
}
