//! `[theme]`: other styles for the roles of a theme, and when there are no colours whatever it says.

use host_provisioner::config::{Config, Given, ThemeName};
use host_provisioner::tui::look::Look;
use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::theme::roles::ROLES;
use host_provisioner::tui::theme::signs::UNICODE;
use ratatui::style::{Color, Modifier, Style};

use crate::support::canned::showcase;
use crate::support::console::Console;
use crate::support::desk::Desk;
use crate::support::program::{Ran, TestEnv};

/// The theme of a configuration, its errors and its warnings.
fn theme_of(given: Given, lines: &str) -> (Theme, Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, format!("[theme]\n{lines}")).unwrap();
    let config = Config::new(Given { config: Some(path), ..given }).unwrap();
    let (look, errors, warnings) = Look::of(&config);
    let told = |problem: &dyn ToString| problem.to_string().replace(&format!("{}/", folder.path().display()), "");
    let all = |problems: Vec<_>| problems.iter().map(|problem| told(problem)).collect();
    (look.theme, all(errors), all(warnings))
}

/// A run that chooses a theme, so that no variable of the tests' own terminal does.
fn dark() -> Given {
    Given { theme: Some(ThemeName::Dark), ..Given::default() }
}

fn good(lines: &str) -> Theme {
    let (theme, errors, warnings) = theme_of(dark(), lines);
    assert_eq!((errors, warnings), (vec![], vec![]), "{lines}");
    theme
}

fn refused(line: &str) -> String {
    let mut errors = theme_of(dark(), line).1;
    assert_eq!(errors.len(), 1, "{line}: {errors:?}");
    errors.remove(0)
}

#[test]
fn a_role_has_the_style_that_it_is_given_and_the_others_keep_theirs() {
    let theme =
        good("danger = \"white on #802020 bold\"\ngood = \"208\"\ndim = \"\"\nstrong = \"underlined lightblue\"\n");
    let danger = Style::new().fg(Color::White).bg(Color::Rgb(0x80, 0x20, 0x20)).add_modifier(Modifier::BOLD);
    assert_eq!((theme.danger, theme.good), (danger, Style::new().fg(Color::Indexed(208))));
    assert_eq!(theme.dim, Style::new());
    assert_eq!(theme.strong, Style::new().fg(Color::LightBlue).add_modifier(Modifier::UNDERLINED));
    let own = Theme::named(ThemeName::Dark, &UNICODE);
    assert_eq!((theme.caution, theme.selection, theme.plain), (own.caution, own.selection, own.plain));
}

#[test]
fn the_styles_of_the_sample_are_those_of_the_theme_that_it_names() {
    let sample = include_str!("../assets/config.sample.toml");
    let table = sample.split("[theme]\n").nth(1).unwrap();
    assert_eq!(good(table), Theme::named(ThemeName::Dark, &UNICODE));
}

#[test]
fn every_role_can_be_given_a_style() {
    for role in ROLES {
        let style = if role == "selection" { "reversed bold" } else { "italic" };
        assert_ne!(good(&format!("{role} = \"{style}\"\n")), Theme::named(ThemeName::Dark, &UNICODE), "{role}");
    }
}

#[test]
fn a_wrong_style_is_an_error_at_its_place_that_suggests() {
    let no_colour = "is no colour (a name, #rrggbb, or a number up to 255) and no modifier";
    assert_eq!(
        refused("danger = \"redd bold\"\n"),
        format!("c.toml:2:1: theme.danger: `redd` {no_colour}; is `red` meant?")
    );
    assert_eq!(
        refused("danger = \"bald\"\n"),
        format!("c.toml:2:1: theme.danger: `bald` {no_colour}; is `bold` meant?")
    );
    for word in ["#12345", "256", "zebra", "hidden"] {
        assert_eq!(refused(&format!("good = \"{word}\"\n")), format!("c.toml:2:1: theme.good: `{word}` {no_colour}"));
    }
    assert!(
        refused("good = \"red blue\"\n")
            .ends_with("`blue` is one colour too many: one for the text, and one after `on`")
    );
    assert!(refused("good = \"red on\"\n").ends_with("a colour is wanted after `on`"));
    assert!(refused("good = \"red on red\"\n").ends_with("text in the colour of its background cannot be read"));
    let (_, errors, warnings) = theme_of(dark(), "dangr = \"red\"\n");
    assert_eq!(errors, [""; 0]);
    assert_eq!(warnings, ["c.toml:2:1: [theme]: the key `dangr` is not known; is `danger` meant?"]);
}

#[test]
fn the_row_under_the_cursor_stays_visible() {
    let unseen = "nobody would see the row under the cursor: it needs `reversed`, `underlined` or `on COLOUR`";
    for style in ["", "bold", "red", "on reset"] {
        assert_eq!(refused(&format!("selection = \"{style}\"\n")), format!("c.toml:2:1: theme.selection: {unseen}"));
    }
    assert!(refused("selection = \"on red\"\n").ends_with("text in the colour of `danger` could not be read on it"));
    let theme = good("selection = \"white on blue\"\n");
    let mut console = Console::on(showcase());
    console.go_to(7);
    assert!(console.cells_in("7 Expired host", &theme).iter().all(|cell| cell.bg == Color::Blue));
}

#[test]
fn whoever_refuses_colours_gets_none_and_still_sees_the_cursor() {
    let lines = "name = \"light\"\nselection = \"white on blue\"\ndanger = \"red underlined\"\ncaution = \"yellow\"\n";
    let refusing = Given { no_color: true, ..Given::default() };
    let (theme, errors, _) = theme_of(refusing, lines);
    assert_eq!(errors, [""; 0]);
    let mono = Theme::named(ThemeName::Mono, &UNICODE);
    assert_eq!(theme.selection, Style::new().add_modifier(Modifier::REVERSED));
    assert_eq!((theme.danger, theme.caution), (Style::new().add_modifier(Modifier::UNDERLINED), mono.caution));
}

/// Asks the program which theme it would use.
fn shown(variables: &[(&str, &str)], file: &str) -> (String, String) {
    let env = TestEnv::nowhere();
    let path = env.home("given.toml");
    std::fs::write(&path, file).unwrap();
    let mut command = env.bare(["--config", path.to_str().unwrap(), "config", "show", "--json"]);
    command.envs(variables.iter().copied());
    let shown = Ran::from(command).json();
    let setting = shown.as_array().unwrap().iter().find(|setting| setting["key"] == "theme.name").unwrap().clone();
    let text = |key: &str| setting[key].as_str().unwrap().to_owned();
    (text("value"), text("from"))
}

#[test]
fn a_terminal_without_colours_is_mono_and_a_variable_that_refuses_them_goes_before_it() {
    let file = "[theme]\nname = \"light\"\n";
    assert_eq!(shown(&[("TERM", "vt100")], file), ("mono".to_owned(), "TERM".to_owned()));
    assert_eq!(shown(&[("TERM", "linux-m")], file), ("mono".to_owned(), "TERM".to_owned()));
    assert_eq!(shown(&[("TERM", "vt100"), ("NO_COLOR", "1")], file), ("mono".to_owned(), "NO_COLOR".to_owned()));
    assert_eq!(shown(&[("TERM", "xterm-256color")], file).0, "light");
}

#[test]
fn on_a_terminal_without_colours_the_console_sends_none_and_elsewhere_those_that_a_file_adds_to_mono() {
    let desk = Desk::demo();
    let folder = desk.home().join(".config/host-provisioner");
    std::fs::create_dir_all(&folder).unwrap();
    let file = "[theme]\nname = \"mono\"\ngood = \"green\"\nselection = \"white on blue\"\n";
    std::fs::write(folder.join("config.toml"), file).unwrap();
    for (term, coloured) in [("vt100", false), ("xterm-256color", true)] {
        let console = desk.console_with((120, 35), &[], &[("TERM", term)]);
        console.sees(&["24 sessions", "▸"]);
        let screen = console.screen();
        let cells = (0..35).flat_map(|row| (0..120).map(move |column| (row, column)));
        let colours = cells
            .filter_map(|(row, column)| screen.cell(row, column))
            .filter(|cell| cell.fgcolor() != vt100::Color::Default || cell.bgcolor() != vt100::Color::Default);
        assert_eq!(colours.count() > 0, coloured, "{term}");
    }
}
