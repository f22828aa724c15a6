//! `[keys]`: other keys for the console, and what of it is refused, with its place.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use host_provisioner::config::{Config, Given};
use host_provisioner::tui::keymap::KeyMap;
use host_provisioner::tui::look::Look;
use host_provisioner::tui::message::{Global, MainUi, PagerUi, RevealUi, Ui};
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::detail::full::Full;

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::world::session_id;

/// Makes the key map of a configuration; gives its errors and its warnings.
fn keys(lines: &str) -> (KeyMap, Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, format!("[keys]\n{lines}")).unwrap();
    let config = Config::new(Given { config: Some(path), ..Given::default() }).unwrap();
    let (look, errors, warnings) = Look::of(&config);
    let told = |problem: &dyn ToString| problem.to_string().replace(&format!("{}/", folder.path().display()), "");
    let all = |problems: Vec<_>| problems.iter().map(|problem| told(problem)).collect();
    (look.keys, all(errors), all(warnings))
}

/// The map of lines in which nothing is wrong.
fn good(lines: &str) -> KeyMap {
    let (map, errors, warnings) = keys(lines);
    assert_eq!((errors, warnings), (vec![], vec![]), "{lines}");
    map
}

fn refused(lines: &str) -> Vec<String> {
    let errors = keys(lines).1;
    assert!(!errors.is_empty(), "{lines}");
    errors
}

fn plain(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
}

fn does(map: &KeyMap, screen: &Screen, c: char) -> Option<Ui> {
    map.message_for(screen, plain(c))
}

fn on_list(map: &KeyMap, c: char) -> Option<Ui> {
    does(map, &Screen::Sessions, c)
}

#[test]
fn an_action_has_the_keys_that_it_is_given_and_its_own_no_more() {
    let map = good("mark-all = [\"a\", \"F6\"]\nhistory = \"h\"\n");
    assert_eq!(on_list(&map, 'a'), Some(Ui::Main(MainUi::MarkAll)));
    let f6 = KeyEvent::new(KeyCode::F(6), KeyModifiers::NONE);
    assert_eq!(map.message_for(&Screen::Sessions, f6), Some(Ui::Main(MainUi::MarkAll)));
    assert_eq!((on_list(&map, '*'), on_list(&map, 'H')), (None, None));
    // The same name is the same action on every screen.
    assert_eq!(
        does(&map, &Screen::Detail(Full { session: session_id(1), scroll: 0 }), 'h'),
        Some(Ui::Pager(PagerUi::History))
    );
}

#[test]
fn an_action_can_have_no_key() {
    let map = good("suspend = []\n");
    assert_eq!(map.message_for(&Screen::Sessions, KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)), None);
}

#[test]
fn a_key_given_to_two_actions_names_both_lines() {
    assert_eq!(
        refused("sort = \"w\"\nfilter = \"w\"\n"),
        ["c.toml:3:1: keys.filter: `w` is given to `sort` too, at c.toml:2:1"]
    );
    // On screens that share no key, two actions may have the same.
    good("copy-guid = \"w\"\nfilter = \"w\"\n");
}

#[test]
fn a_given_key_goes_before_one_that_an_action_has_by_itself() {
    let map = good("filter = [\"/\", \"L\"]\n");
    assert_eq!(on_list(&map, 'L'), Some(Ui::Main(MainUi::Filter)));
    assert_eq!(on_list(&map, '\\'), Some(Ui::Main(MainUi::ToggleLog)), "it keeps its other key");
    let (map, errors, warnings) = keys("filter = [\"/\", \"z\"]\n");
    assert_eq!(on_list(&map, 'z'), Some(Ui::Main(MainUi::Filter)));
    let told =
        "c.toml:2:1: keys.filter: `zoom` has no key now, as `z` was its own; `zoom = []` says that this is meant";
    assert_eq!((errors, warnings), (vec![], vec![told.to_owned()]));
    good("filter = [\"/\", \"z\"]\nzoom = []\n");
}

#[test]
fn an_unknown_action_is_a_warning_that_suggests() {
    let (_, errors, warnings) = keys("histroy = \"h\"\nzebra = \"a\"\n");
    let told = [
        "c.toml:2:1: [keys]: the action `histroy` is not known; is `history` meant?",
        "c.toml:3:1: [keys]: the action `zebra` is not known",
    ];
    assert_eq!((errors, warnings), (vec![], told.map(str::to_owned).to_vec()));
}

#[test]
fn what_is_no_key_is_an_error() {
    for text in ["gg", "Ctl-r", "F13", ""] {
        let told = format!("c.toml:2:1: keys.sort: `{text}` is no key; one is like R, Ctrl-r, F5, PgDn or Space");
        assert_eq!(refused(&format!("sort = \"{text}\"\n")), [told]);
    }
}

#[test]
fn keys_that_belong_to_terminals_are_refused_with_the_reason() {
    for (key, why) in [
        ("Ctrl-h", "tmux and vim move between panes"),
        ("Ctrl-j", "tmux and vim move between panes"),
        ("Ctrl-k", "tmux and vim move between panes"),
        ("Ctrl-a", "prefix"),
        ("Ctrl-b", "prefix"),
        ("Ctrl-s", "stop and start"),
        ("Ctrl-q", "stop and start"),
        ("Ctrl-\\\\", "end a program"),
        ("Ctrl-i", "the same byte for Tab"),
        ("Ctrl-m", "the same byte for Enter"),
        ("Ctrl-[", "the same byte for Esc"),
        ("Ctrl-1", "do not send Ctrl with it"),
        ("Alt-Enter", "as Esc and a key"),
        ("F10", "menu"),
    ] {
        let errors = refused(&format!("sort = \"{key}\"\n"));
        assert!(errors.len() == 1 && errors[0].contains("is never bound: ") && errors[0].contains(why), "{errors:?}");
    }
}

#[test]
fn the_keys_of_a_confirmation_are_nobodys_to_change_or_to_take() {
    let told = "c.toml:2:1: keys.confirm-idle: it is a part of a confirmation, whose keys are the same for everybody";
    assert_eq!(refused("confirm-idle = \"j\"\n"), [told]);
    let told = "c.toml:2:1: keys.show-guid: `y` is a key of a confirmation there: yes, it is handed over";
    assert_eq!(refused("show-guid = \"y\"\n"), [told]);
    assert!(refused("help = [\"F1\", \"c\"]\n").iter().any(|told| told.contains("cancel the change")));
    // Before a plan a letter and a digit are an answer, whatever they do elsewhere.
    let mut console = Console::on(showcase());
    console.model.keys = good("refresh = [\"F5\", \"2\"]\npanel-detail = []\n");
    console.reach_plan(2);
    console.keys("2");
    assert_eq!(console.confirm().typed, "2");
}

#[test]
fn the_ways_out_and_to_the_help_always_have_a_key() {
    let must = "it must have a key on every screen, and one that is no character where text is typed";
    assert_eq!(refused("quit = []\n"), [format!("c.toml:2:1: keys.quit: {must}")]);
    assert_eq!(refused("help = \"?\"\n"), [format!("c.toml:2:1: keys.help: {must}")]);
    good("help = \"F2\"\nquit = \"Q\"\n");
    let told = "c.toml:2:1: keys.mark: it leaves no key to `level-up`, which must have one";
    assert_eq!(refused("mark = \"Esc\"\n"), [told]);
}

#[test]
fn a_change_begins_with_a_capital_letter_that_does_nothing_else_anywhere() {
    for key in ["F5", "n", "Ctrl-n", "Enter", "!"] {
        let told =
            format!("c.toml:2:1: keys.rotate: it begins a change, which takes a capital letter, and `{key}` is none");
        assert_eq!(refused(&format!("rotate = \"{key}\"\n")), [told]);
    }
    let known = |rest: &str| format!("c.toml:2:1: keys.rotate: it begins a change, and {rest}");
    let first = known("`g` is known as the key of `first`");
    let last = known("`G` is known as the key of `last`");
    assert_eq!(refused("rotate = \"G\"\n"), [last.clone(), first.clone()]);
    // Taking the harmless action elsewhere does not help: fingers know it where nothing is configured.
    assert_eq!(refused("rotate = \"G\"\nlast = \"End\"\nfirst = \"Home\"\n"), [last, first]);
}

#[test]
fn no_harmless_action_gets_the_key_of_a_change_or_the_one_beside_it() {
    let near = |name: &str, key: &str, begins: &str| {
        format!("c.toml:2:1: keys.{name}: `{key}` is the key of `{begins}`, or next to it, and that begins a change")
    };
    assert_eq!(refused("refresh = \"r\"\n"), [near("refresh", "r", "rotate")]);
    assert_eq!(refused("refresh = \"R\"\n"), [near("refresh", "R", "rotate")]);
    assert_eq!(refused("copy-guid = \"X\"\n"), [near("copy-guid", "X", "revoke")], "on another screen");
    assert!(refused("rotate = \"W\"\nsort = \"w\"\n").iter().any(|told| told.contains("keys.sort: `w`")));
    good("rotate = \"W\"\nrefresh = \"R\"\n");
}

#[test]
fn the_small_letter_of_a_moved_change_explains_it() {
    let mut console = Console::on(showcase());
    console.model.keys = good("rotate = \"W\"\n");
    console.keys("r");
    assert_eq!(console.notice(), "");
    console.keys("w");
    assert!(console.notice().starts_with("W (a capital letter) rotates"), "{}", console.notice());
    console.keys("R");
    assert!(console.is_on_the_list());
    console.keys("W");
    assert_eq!(console.form().session.get(), 1);
    let told = "c.toml:2:1: keys.explain-rotate: its keys are the small letters of `rotate`";
    assert_eq!(refused("explain-rotate = \"e\"\n"), [told]);
}

#[test]
fn whoever_names_a_key_names_the_one_that_it_has() {
    let mut console = Console::on(showcase());
    console.model.keys =
        good("refresh = \"F9\"\nunmark-all = \"U\"\nhelp = [\"F2\", \"?\"]\nlevel-up = [\"Esc\", \"F3\"]\n");
    console.keys(" j ");
    console.keys("R");
    assert_eq!(console.notice(), "Only C acts on several: U unmarks all 2.");
    assert!(console.shows(" F2:help"), "the footer");
    console.keys("?/read again");
    assert!(console.shows("F9                     read again"), "the help");
    console.press(KeyCode::F(2));
    assert!(console.is_on_the_list(), "what opens the help closes it");
    let mut empty = Console::on(crate::support::canned::Canned::new(vec![], vec![]));
    empty.model.keys = console.model.keys.clone();
    assert!(empty.shows("F9 reads again; F2 shows the keys; q quits."));
}

#[test]
fn an_action_without_a_key_is_named_as_the_palette_finds_it() {
    let map = good("refresh = []\n");
    assert_eq!(map.main(MainUi::Refresh), ":refresh");
    let keys = KeyMap::default();
    assert_eq!((keys.main(MainUi::Refresh), keys.of(&Ui::Reveal(RevealUi::Show))), ("Ctrl-r".into(), "v".into()));
    assert_eq!(keys.of(&Ui::Global(Global::Help)), "?");
}
