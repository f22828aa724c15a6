//! The help is searched, and says what cannot be done. The warnings of the configuration are told in the console.

use crossterm::event::KeyCode;
use host_provisioner::store::ReadOnly;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::help::Help;
use host_provisioner::tui::update::start;

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::support::drawn::assert_screens;

fn help(console: &Console) -> &Help {
    match &console.model.screen {
        Screen::Help(help) => help,
        other => panic!("the help is not shown, but {other:?}"),
    }
}

#[test]
fn a_search_narrows_the_help_to_keys_names_and_words_that_fit() {
    for (typed, found, gone) in [
        ("rotate the", "rotate the Host GUID of the session under the cursor", "another profile"),
        ("toggle-log", "show or hide the log", "mark the session"),
        ("F5", "read again", "quit"),
    ] {
        let mut console = Console::on(showcase());
        console.keys("?/");
        console.keys(typed);
        assert!(console.shows(found), "{typed}: {:#?}", console.screen());
        assert!(!console.screen().iter().any(|line| line.contains('║') && line.contains(gone)), "{typed}");
    }
    let mut console = Console::on(showcase());
    console.keys("?/zzzz");
    assert!(console.shows("No key here does anything like this."));
}

#[test]
fn letters_are_text_while_the_help_is_searched_and_keys_afterwards() {
    let mut console = Console::on(showcase());
    console.keys("?/jq?");
    assert_eq!(help(&console).search.value(), "jq?");
    console.esc();
    assert_eq!((help(&console).search.value(), help(&console).typing), ("", false));
    console.keys("/m");
    console.paste("ar\nk");
    assert_eq!(help(&console).search.value(), "mar k");
    console.enter();
    assert!(!help(&console).typing);
    // One level up: the search, then the help.
    console.keys("q");
    assert_eq!(help(&console).search.value(), "");
    console.keys("q");
    assert!(console.is_on_the_list());
}

#[test]
fn the_help_says_what_is_disabled_and_why() {
    assert_screens("tui_help_read_only", &showcase(), |console| {
        console.answer();
        console.model.about.read_only = Some(ReadOnly::Asked);
        console.keys("?/rev");
        console.enter();
    });
}

#[test]
fn what_has_no_key_is_named_as_the_palette_finds_it() {
    let mut console = Console::on(showcase());
    console.keys("?/warnings");
    assert!(console.shows(":config-warnings"), "{:#?}", console.screen());
}

#[test]
fn warnings_of_the_configuration_are_announced_at_the_start_and_shown_in_full() {
    let act = |console: &mut Console| {
        let told =
            "/etc/xdg/host-provisioner/config.toml:3:1: [keys]: the action `histroy` is not known; is `history` meant?";
        console.model.about.warnings = vec![told.to_owned(), "c.toml:7:1: the key `zebra` is not known".to_owned()];
        start(&mut console.model);
        console.answer();
    };
    let mut console = Console::on(showcase());
    act(&mut console);
    assert_eq!(console.notice(), "Configuration: 2 warnings. `config check` or :config-warnings lists them.");
    console.keys(":config-w");
    console.enter();
    assert!(matches!(console.model.screen, Screen::Warnings(_)));
    console.press(KeyCode::Enter);
    assert!(console.is_on_the_list());
    assert_screens("tui_warnings", &showcase(), |console| {
        act(console);
        console.keys(":config-w");
        console.enter();
    });
}

#[test]
fn a_configuration_without_warnings_is_not_spoken_of() {
    let mut console = Console::on(showcase());
    start(&mut console.model);
    assert_eq!(console.notice(), "");
}
