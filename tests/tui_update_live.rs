//! What others do to the database shows, and disturbs nobody.

use host_provisioner::domain::estimate::Count;
use host_provisioner::tui::effect::{Effect, Query};
use host_provisioner::tui::message::Look;
use host_provisioner::tui::model::Following;
use host_provisioner::tui::screen::sessions::Picture;
use host_provisioner::tui::screen::sessions::counting::Number;

use crate::support::canned::{many, showcase};
use crate::support::console::Console;

fn watches(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Watch(_)))
}

/// A console that has read everything, and whose questions are not answered from now on.
fn waiting() -> Console {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console
}

#[test]
fn the_database_is_watched_once_the_list_is_shown() {
    let mut console = Console::unread(showcase(), (120, 35));
    assert_eq!(console.model.following, Following::Resting);
    console.answer();
    assert_eq!(console.model.following, Following::Watching);
    console.prompt = true;
    for key in ["j", "R"] {
        assert!(!watches(&console.keys(key)), "one watch is enough");
    }
}

#[test]
fn a_change_of_somebody_else_is_read_and_the_cursor_stays_on_its_session() {
    let mut console = Console::on(showcase());
    console.go_to(3);
    console.data.remove(1);
    console.look(Look::Changed);
    assert_eq!((console.cursor(), console.ids()[0]), (Some(3), 2));
    assert_eq!(console.notice(), "");
    assert_eq!(console.model.following, Following::Watching, "and goes on watching");
}

#[test]
fn a_change_is_read_with_the_detail_and_the_count() {
    let mut console = waiting();
    let effects = console.look(Look::Changed);
    let asked = |kind: fn(&Query) -> bool| effects.iter().any(|e| matches!(e, Effect::Load(_, query) if kind(query)));
    assert!(asked(|query| matches!(query, Query::Sessions(_))), "{effects:?}");
    assert!(asked(|query| matches!(query, Query::Detail(_))) && !watches(&effects), "not before it is shown");
    console.answer();
    assert!(!console.model.list.numbers.outdated);
}

#[test]
fn a_change_while_a_question_is_under_way_waits_for_the_answer() {
    let mut console = waiting();
    console.ctrl('r');
    assert_eq!(console.look(Look::Changed), []);
    let (ticket, query) = console.waiting.remove(0);
    let answer = console.data.answer(&query, console.now);
    let before = console.waiting.len();
    console.loaded(ticket, answer);
    assert!(console.waiting.len() > before, "then it is read again");
    console.answer();
    assert_eq!(console.model.following, Following::Watching);
}

#[test]
fn reading_that_was_stopped_is_not_begun_again_by_itself_but_the_next_change_is_read() {
    let mut console = waiting();
    console.ctrl('r');
    console.look(Look::Changed);
    let effects = console.esc();
    assert!(watches(&effects) && console.model.list.loading.is_none(), "{effects:?}");
    console.look(Look::Changed);
    assert!(console.model.list.loading.is_some());
}

#[test]
fn a_search_that_was_stopped_is_begun_again_by_who_asks_for_it_alone() {
    let mut console = waiting();
    console.keys("/bio");
    console.enter();
    console.esc();
    assert_eq!(console.model.list.picture, Picture::GivenUp);
    // On a busy server something changes every second.
    let exact = |console: &Console| matches!(console.model.list.numbers.all, Some(Number::Told(Count::Exact(_))));
    assert!(exact(&console));
    let effects = console.look(Look::Changed);
    assert!(matches!(effects[..], [Effect::Watch(_)]), "{effects:?}");
    assert!(!exact(&console), "how many there are now was not told");
    // What else is on the screen follows.
    console.keys("H");
    console.answer();
    let effects = console.look(Look::Changed);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Load(_, Query::History(_)))), "{effects:?}");
    console.answer();
    console.esc();
    console.ctrl('r');
    assert!(console.model.list.loading.is_some());
    console.answer();
    console.look(Look::Changed);
    assert!(console.model.list.loading.is_some(), "and follows what changes again");
}

#[test]
fn a_database_that_did_not_answer_is_watched_and_read_when_it_is_back() {
    let mut console = waiting();
    console.look(Look::Changed);
    console.refuse("the connection was lost");
    assert!(console.model.following == Following::Watching && console.model.list.failure.is_some());
    console.prompt = true;
    console.look(Look::Changed);
    assert!(console.model.list.failure.is_none());
}

#[test]
fn a_key_means_the_same_while_a_change_of_somebody_else_is_read() {
    let mut console = Console::on(showcase());
    console.keys("/review");
    console.enter();
    console.prompt = false;
    console.look(Look::Changed);
    console.esc();
    assert_eq!(console.model.list.filter, "");
    console.answer();
    console.look(Look::Changed);
    console.pass(200);
    let effects = console.esc();
    assert!(matches!(effects[0], Effect::CancelLoad(_)), "but what takes long can be stopped: {effects:?}");
}

#[test]
fn so_it_does_while_the_rows_below_are_read_after_that() {
    let mut console = Console::on(many(100));
    console.keys("Gz");
    console.prompt = false;
    console.look(Look::Changed);
    let (ticket, query) = console.waiting.remove(0);
    let answer = console.data.answer(&query, console.now);
    console.loaded(ticket, answer);
    assert!(console.model.list.loading.is_some(), "there may be more below");
    console.esc();
    assert!(!console.model.zoom && console.model.list.loading.is_some());
}

#[test]
fn leaving_the_filter_line_while_a_change_is_read_leaves_the_list_in_place() {
    let mut console = Console::on(showcase());
    console.go_to(3);
    console.keys("/");
    console.prompt = false;
    console.look(Look::Changed);
    assert_eq!(console.enter(), []);
    console.answer();
    assert_eq!((console.cursor(), console.ids()[0]), (Some(3), 1));
}

#[test]
fn a_plan_that_is_being_read_by_a_person_stays_in_place() {
    let mut console = Console::on(showcase());
    console.reach_plan(3);
    let plan = console.confirm().preview.clone();
    assert!(plan.is_some());
    console.look(Look::Changed);
    assert_eq!(console.confirm().preview, plan);
}
