//! What can be done now, and why the rest cannot. Footer, help, palette and the actions themselves ask here, so that what
//! is shown as possible is what works.

use super::effect::Effect;
use super::marks::{Aim, grouped};
use super::message::{ConfirmUi, Global, HistoryUi, MainUi, PagerUi, Ui};
use super::model::{Model, Panel};
use super::screen::{Screen, sessions};
use super::update::try_again;
use super::view::layout;

/// Why an action cannot be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyNot {
    /// The reason, and what to do, in a sentence or two.
    pub text: String,
    /// Whether it is bad news, and not just nothing to be done.
    pub bad: bool,
    /// Whether reading the database again may help.
    try_again: bool,
}

impl WhyNot {
    fn nothing(text: impl Into<String>) -> Self {
        Self { text: text.into(), bad: false, try_again: false }
    }

    fn bad(text: impl Into<String>) -> Self {
        Self { bad: true, ..Self::nothing(text) }
    }
}

/// Says why an action cannot be done now; `None` where it can.
#[must_use]
pub fn why_not(model: &Model, does: &Ui) -> Option<WhyNot> {
    match does {
        Ui::Main(MainUi::Rotate | MainUi::Revoke) => {
            let cursor = || if let Aim::One(_) = model.marks.aim() { None } else { target(model) };
            aim(model).or_else(|| change(model)).or_else(cursor)
        }
        Ui::Main(MainUi::Consolidate) => {
            let is_many = matches!(model.marks.aim(), Aim::Many(_));
            let cursor = || if is_many || model.marks.ids.only().is_some() { None } else { target(model) };
            aim(model).filter(|_| !is_many).or_else(|| change(model)).or_else(cursor)
        }
        // Whose session it is, the screen knows.
        Ui::Pager(PagerUi::Rotate | PagerUi::Revoke | PagerUi::Consolidate)
        | Ui::History(HistoryUi::Rotate | HistoryUi::Revoke | HistoryUi::Consolidate) => change(model),
        // Without any session there is still the history of all.
        Ui::Main(MainUi::History) if model.list.rows.is_empty() => None,
        Ui::Confirm(ConfirmUi::ChooseNext | ConfirmUi::ChoosePrevious) if matches!(&model.screen, Screen::Consolidation(shown) if shown.form.several.is_some()) => {
            Some(WhyNot::nothing("Of several sessions each keeps the record that the rule names."))
        }
        Ui::Main(MainUi::Open | MainUi::History) => under_the_cursor(model),
        Ui::Main(MainUi::Mark | MainUi::MarkRange) => shown(model).or_else(|| under_the_cursor(model)),
        Ui::Main(MainUi::LogLevel | MainUi::SearchLog) => log_shown(model),
        Ui::Main(MainUi::NextMatch | MainUi::PreviousMatch) => log_shown(model).or_else(|| searched(model)),
        Ui::Main(MainUi::UnmarkAll) => unmark(model),
        Ui::Main(MainUi::Count) => sessions::counting::why_not(model).map(WhyNot::nothing),
        Ui::Main(MainUi::Profiles) => profiles(model),
        Ui::Main(MainUi::Cancel) => cancel(model),
        Ui::Main(MainUi::Warnings) if model.about.warnings.is_empty() => {
            Some(WhyNot::nothing("The configuration has no warnings."))
        }
        // A program that stands still would keep the database's lock.
        Ui::Global(Global::Suspend) if model.job.is_some() => {
            Some(WhyNot::bad("A change is under way: it ends before the program can be suspended."))
        }
        _ => None,
    }
}

/// Tells the operator why an action cannot be done now; `None` where it can.
pub fn refused(model: &mut Model, does: &Ui) -> Option<Vec<Effect>> {
    let why = why_not(model, does)?;
    if why.bad {
        model.warn(why.text);
    } else {
        model.say(why.text);
    }
    Some(if why.try_again { try_again(model) } else { Vec::new() })
}

/// What is marked is no one session.
fn aim(model: &Model) -> Option<WhyNot> {
    let key = |does| model.keys.main(does);
    Some(WhyNot::bad(match model.marks.aim() {
        Aim::Cursor | Aim::One(_) => return None,
        Aim::Gone(id) => {
            format!("Session {id}, which is marked, is gone: {} unmarks it.", key(MainUi::UnmarkAll))
        }
        Aim::Many(count) => {
            let (several, unmark, count) = (key(MainUi::Consolidate), key(MainUi::UnmarkAll), grouped(count));
            format!("Only {several} acts on several: {unmark} unmarks all {count}.")
        }
        Aim::Range => {
            let (mark, drop) = (key(MainUi::MarkRange), key(MainUi::Back));
            format!("A range is begun: {mark} marks it, {drop} drops it. Nothing was done.")
        }
    }))
}

/// Nothing can be changed at all.
fn change(model: &Model) -> Option<WhyNot> {
    if let Some(why) = model.about.read_only {
        return Some(WhyNot::bad(format!("Nothing can be changed: {why}; {}.", why.hint())));
    }
    if model.job.is_some() || model.ready.is_some() {
        return Some(WhyNot::bad("One change at a time: wait for the running one to end."));
    }
    let lock = model.connection.lock(model.times())?;
    Some(WhyNot { try_again: true, ..WhyNot::bad(lock) })
}

/// There is no session to be changed.
fn target(model: &Model) -> Option<WhyNot> {
    if model.list.cursor_lost {
        return Some(WhyNot::bad("The session under the cursor is gone. Move the cursor first."));
    }
    under_the_cursor(model)
}

fn under_the_cursor(model: &Model) -> Option<WhyNot> {
    model.list.target().is_none().then(|| WhyNot::nothing("There is no session under the cursor."))
}

/// The list is not shown.
fn shown(model: &Model) -> Option<WhyNot> {
    let hidden = !layout::panels(model).contains(&Panel::Sessions);
    let zoom = || model.keys.main(MainUi::Zoom);
    hidden.then(|| WhyNot::nothing(format!("The sessions are not shown: {} shows all panels.", zoom())))
}

/// The log is not shown.
fn log_shown(model: &Model) -> Option<WhyNot> {
    if layout::panels(model).contains(&Panel::Log) {
        return None;
    }
    let key = |does| model.keys.main(does);
    let (log, zoom) = (key(MainUi::Focus(Panel::Log)), key(MainUi::Zoom));
    Some(WhyNot::nothing(match (model.zoom, model.log.shown) {
        (true, _) => format!("The log is not shown: {zoom} shows all panels."),
        (false, false) => format!("The log is not shown: {} shows it.", key(MainUi::ToggleLog)),
        (false, true) => format!("There is no room for the log: {log} and {zoom} give it the screen."),
    }))
}

/// Nothing is searched for in the log.
fn searched(model: &Model) -> Option<WhyNot> {
    let keys = || [MainUi::Focus(Panel::Log), MainUi::Filter].map(|does| model.keys.main(does));
    let told = |[log, search]: [String; 2]| WhyNot::nothing(format!("The log is not searched: {log}, then {search}."));
    model.log.search.is_empty().then(|| told(keys()))
}

fn unmark(model: &Model) -> Option<WhyNot> {
    let marks = &model.marks;
    let nothing = marks.ids.is_empty() && marks.range.is_none() && marks.gathering.is_none();
    nothing.then(|| WhyNot::nothing("Nothing is marked."))
}

fn profiles(model: &Model) -> Option<WhyNot> {
    if model.job.is_some() {
        return Some(WhyNot::bad(format!(
            "A change is under way: it ends before another profile can be opened. {} cancels it.",
            model.keys.main(MainUi::Cancel)
        )));
    }
    let told = "There is no other profile: [profiles.NAME] in the configuration names databases.";
    (model.about.places.len() < 2).then(|| WhyNot::nothing(told))
}

fn cancel(model: &Model) -> Option<WhyNot> {
    let waits = model.job.is_some()
        || sessions::can_be_stopped(model)
        || model.marks.gathering.is_some()
        || model.marks.range.is_some()
        || model.list.numbers.counting.is_some()
        || model.verifying.is_some();
    let quit = || model.keys.main(MainUi::Quit);
    (!waits).then(|| WhyNot::nothing(format!("Nothing waits. {} quits.", quit())))
}
