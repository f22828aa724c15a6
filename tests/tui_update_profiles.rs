//! Going from one profile to another, and what a protected or read-only one asks for.

use crossterm::event::KeyCode;
use host_provisioner::config::{Colour, Located, Place as Spot, Profile, Source, TimeMode};
use host_provisioner::domain::hash::HashScheme;
use host_provisioner::domain::order::{Order, SortKey};
use host_provisioner::store::ReadOnly;
use host_provisioner::tui::Place;
use host_provisioner::tui::effect::{Effect, Query, Ticket};
use host_provisioner::tui::message::{Arrival, Message};
use host_provisioner::tui::model::{About, Kind, Settling};
use host_provisioner::tui::remembered::Remembered;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::profiles::Profiles;
use ratatui::style::{Color, Modifier};

use crate::support::canned::{failure, many, showcase};
use crate::support::console::Console;
use crate::world::hours;

fn profile(name: &str, protected: bool) -> Profile {
    let place = Spot::file(&std::path::Path::new("/c.toml").into());
    Profile {
        name: name.to_owned(),
        source: Source::Url(Located { value: format!("sqlite:/srv/{name}.db"), place }),
        read_only: false,
        protected,
        banner: name.to_uppercase(),
        colour: Some(Colour::Magenta),
    }
}

fn place(name: &str, protected: bool) -> Place {
    let Profile { banner, colour, read_only, .. } = profile(name, protected);
    Place { name: Some(name.to_owned()), banner, colour, database: format!("sqlite {name}.db"), read_only, protected }
}

/// A console on the profile `spare`, which knows `prod` as well.
fn console() -> Console {
    let mut console = Console::on(showcase());
    console.model.about.profile = Some(profile("spare", false));
    console.model.about.places = vec![place("prod", true), place("spare", false)];
    console
}

/// Goes to the list of profiles and chooses `prod`; gives the question.
fn choose_prod(console: &mut Console) -> Ticket {
    assert_eq!(console.keys("p"), []);
    // Down stops at the last, up goes to the first.
    console.keys("jjk");
    let effects = console.enter();
    let [Effect::Open(ticket, name)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(name.as_deref(), Some("prod"));
    *ticket
}

fn arrival(console: &Console) -> Box<Arrival> {
    let about = About {
        database: "sqlite prod.db".to_owned(),
        profile: Some(profile("prod", true)),
        writes: HashScheme::HmacSha256,
        ..console.model.about.clone()
    };
    Box::new(Arrival { about, now: hours(0), remembered: None })
}

/// The other database answers.
fn arrive(console: &mut Console, ticket: Ticket) -> Vec<Effect> {
    let arrival = arrival(console);
    console.send(Message::Opened(ticket, Ok(arrival)))
}

fn list(console: &Console) -> &Profiles {
    match &console.model.screen {
        Screen::Profiles(profiles) => profiles,
        other => panic!("no profiles are shown, but {other:?}"),
    }
}

#[test]
fn the_present_database_stays_until_the_other_one_is_open() {
    let mut console = console();
    let rows = console.ids();
    let ticket = choose_prod(&mut console);
    assert_eq!((console.ids(), console.model.about.database.as_str()), (rows, "sqlite demo.db"));
    assert!(console.shows("Opening PROD") && console.shows("[SPARE]"));
    console.data = many(3);
    let effects = arrive(&mut console, ticket);
    assert_eq!(effects[0], Effect::Adopt(ticket), "before any question to it");
    assert!(matches!(effects[1], Effect::Load(_, Query::Sessions(_))), "{effects:?}");
    assert_eq!((console.ids(), console.model.about.database.as_str()), (vec![1, 2, 3], "sqlite prod.db"));
    assert!(console.shows("[PROD]") && !console.shows("[SPARE]"));
    assert!(console.is_on_the_list());
}

#[test]
fn no_row_mark_filter_or_plan_of_one_database_comes_along_to_another() {
    let mut console = console();
    console.keys("/Review");
    console.pass(400);
    console.enter();
    console.keys(" ");
    assert!(!console.model.marks.ids.is_empty() && !console.model.list.filter.is_empty());
    let ticket = choose_prod(&mut console);
    console.prompt = false;
    arrive(&mut console, ticket);
    let model = &console.model;
    assert!(model.list.rows.is_empty() && model.list.filter.is_empty() && model.list.cursor.is_none());
    assert!(model.marks.ids.is_empty() && model.detail.whole.is_none());
    assert_eq!(model.about.writes, HashScheme::HmacSha256);
}

#[test]
fn an_answer_of_the_database_before_is_thrown_away() {
    let mut console = console();
    console.prompt = false;
    let effects = console.ctrl('r');
    let Some(Effect::Load(old, query)) = effects.first() else { panic!("{effects:?}") };
    let (old, late) = (*old, console.data.answer(query, console.now));
    let ticket = choose_prod(&mut console);
    arrive(&mut console, ticket);
    console.loaded(old, late);
    assert!(console.model.list.rows.is_empty(), "{:?}", console.ids());
    assert!(console.waiting.iter().all(|(ticket, _)| ticket.0 > old.0), "no ticket is given twice");
}

#[test]
fn another_profile_can_be_opened_while_the_present_database_does_not_answer() {
    let mut console = console();
    console.prompt = false;
    console.ctrl('r');
    assert!(console.model.list.loading.is_some());
    let ticket = choose_prod(&mut console);
    assert_eq!(arrive(&mut console, ticket)[0], Effect::Adopt(ticket));
    let mut console = self::console();
    console.prompt = false;
    console.ctrl('r');
    console.refuse("the server is gone");
    choose_prod(&mut console);
}

#[test]
fn a_running_change_keeps_the_profile_and_is_said() {
    let mut console = console();
    console.reach_change(4);
    assert_eq!(console.keys("p"), []);
    assert!(console.is_on_the_list());
    assert!(console.notice().starts_with("A change is under way"), "{}", console.notice());
}

#[test]
fn a_database_that_cannot_be_opened_is_told_and_the_present_one_stays() {
    let mut console = console();
    let rows = console.ids();
    let ticket = choose_prod(&mut console);
    assert_eq!(console.send(Message::Opened(ticket, Err(failure("the server is gone")))), []);
    assert!(console.shows("the server is gone; nothing was switched"));
    assert_eq!((console.ids(), list(&console).waiting), (rows, None));
    assert!(matches!(&console.enter()[..], [Effect::Open(..)]), "it can be tried again");
}

#[test]
fn esc_stops_opening_and_a_late_answer_changes_nothing() {
    let mut console = console();
    let ticket = choose_prod(&mut console);
    assert_eq!(console.esc(), [Effect::CancelLoad(ticket)]);
    assert_eq!(list(&console).waiting, None);
    assert_eq!(arrive(&mut console, ticket), []);
    assert_eq!(console.model.about.database, "sqlite demo.db");
    console.esc();
    assert!(console.is_on_the_list());
}

#[test]
fn what_was_chosen_there_the_last_time_goes_before_what_was_chosen_here() {
    let mut console = console();
    console.keys("sst");
    let ticket = choose_prod(&mut console);
    let order = Order { key: SortKey::Age, descending: true };
    let remembered = Remembered { order, times: None, log_shown: false, log_lines: 2 };
    let arrival = Arrival { remembered: Some(remembered), ..*arrival(&console) };
    let effects = console.send(Message::Opened(ticket, Ok(Box::new(arrival))));
    let asks = |effect: &Effect| matches!(effect, Effect::Load(_, Query::Sessions(query)) if query.order == order);
    assert!(effects.iter().any(asks), "the first rows are in that order: {effects:?}");
    assert_eq!((console.model.time_mode, console.model.log.shown), (TimeMode::Age, false));
    assert_eq!(Remembered::of(&console.model), remembered);
}

#[test]
fn where_nothing_was_chosen_yet_the_log_and_the_times_stay_as_they_are() {
    let mut console = console();
    console.keys("st=");
    let ticket = choose_prod(&mut console);
    arrive(&mut console, ticket);
    assert_eq!((console.model.time_mode, console.model.log.extra), (TimeMode::Local, 1));
    assert_eq!(console.model.list.order, Order::default());
}

#[test]
fn a_second_enter_opens_nothing_more() {
    let mut console = console();
    choose_prod(&mut console);
    assert_eq!((console.enter(), console.keys("jk")), (vec![], vec![]));
}

#[test]
fn an_outcome_that_is_not_known_yet_is_told_when_its_database_is_left() {
    let mut console = console();
    let started = console.reach_change(4);
    let settling = Settling { job: started.job, session: started.request.session, kind: Kind::Revocation };
    console.model.job = None;
    console.model.settling.push(settling);
    let ticket = choose_prod(&mut console);
    arrive(&mut console, ticket);
    assert!(console.model.settling.is_empty());
    assert!(console.shows("was left before it was known whether the change of session 4"));
}

#[test]
fn without_other_profiles_it_is_said_how_to_get_some() {
    let mut console = Console::on(showcase());
    console.keys("p");
    assert!(console.is_on_the_list() && console.notice().contains("[profiles.NAME]"), "{}", console.notice());
}

#[test]
fn a_protected_profile_takes_the_typed_id_even_of_an_idle_session() {
    let mut console = console();
    console.model.about.profile = Some(profile("prod", true));
    console.reach_plan(5);
    assert!(console.shows("The profile prod is protected.") && console.shows("--confirm 5@prod"));
    console.keys("y");
    console.enter();
    assert!(console.started.is_empty());
    console.keys("5");
    console.enter();
    assert_eq!(console.started.len(), 1);
}

#[test]
fn a_read_only_profile_has_its_badge_and_r_says_why() {
    let mut console = console();
    console.model.about.read_only = Some(ReadOnly::Asked);
    assert!(console.shows("[SPARE]  [read-only]"));
    console.keys("R");
    assert!(console.notice().contains("read_only of the profile"), "{}", console.notice());
}

#[test]
fn the_banner_is_a_word_in_reverse_video_with_a_colour_where_there_are_colours() {
    for (colours, colour) in [(true, Color::Magenta), (false, Color::Reset)] {
        for cell in console().cells_of("[SPARE]", colours) {
            assert!(cell.modifier.contains(Modifier::REVERSED | Modifier::BOLD));
            assert_eq!(cell.fg, colour);
        }
    }
}

#[test]
fn the_list_of_profiles_shows_banners_databases_and_where_one_is() {
    for size in [(120, 35), (60, 16)] {
        let mut console = console();
        console.resize(size.0, size.1);
        console.keys("p");
        console.press(KeyCode::Up);
        assert!(console.shows("[PROD]") && console.shows("sqlite prod.db") && console.shows("protected"));
        assert!(console.shows("sqlite spare.db") && console.shows("here"));
    }
}
