//! While the database is at rest the store looks after what searches need, and disturbs nobody by it.

use host_provisioner::store::ReadOnly;
use host_provisioner::tui::effect::Effect;
use host_provisioner::tui::message::{Look, Message};

use crate::support::canned::showcase;
use crate::support::console::Console;

fn at_rest(console: &mut Console) -> Vec<Effect> {
    console.look(Look::Unchanged(console.now))
}

fn tends(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Tend)
}

#[test]
fn a_step_follows_the_other_until_none_is_due_and_after_a_change_it_is_looked_again() {
    let mut console = Console::on(showcase());
    assert!(tends(&at_rest(&mut console)));
    assert!(!tends(&at_rest(&mut console)), "one at a time");
    assert!(tends(&console.send(Message::Tended(true))));
    assert!(!tends(&console.send(Message::Tended(false))));
    assert!(!tends(&at_rest(&mut console)), "nobody has changed anything");
    assert!(!tends(&console.look(Look::Changed)));
    assert!(tends(&at_rest(&mut console)));
}

#[test]
fn a_console_that_may_not_write_never_does_it() {
    let mut console = Console::on(showcase());
    console.model.about.read_only = Some(ReadOnly::Asked);
    assert!(!tends(&at_rest(&mut console)));
    console.look(Look::Changed);
    assert!(!tends(&at_rest(&mut console)));
}

#[test]
fn whatever_a_person_waits_for_comes_first() {
    let mut console = Console::on(showcase());
    console.prompt = false;
    console.ctrl('r');
    assert!(!tends(&at_rest(&mut console)), "rows are being read");
    console.answer();
    assert!(tends(&at_rest(&mut console)));
    let mut console = Console::on(showcase());
    console.reach_change(1);
    assert!(!tends(&at_rest(&mut console)), "a change is under way");
    assert!(!tends(&console.send(Message::Tended(true))));
}
