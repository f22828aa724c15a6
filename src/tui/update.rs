//! The reducer: what happens changes the model and says what to do. Pure: no I/O, no clock, no randomness.

use super::effect::Effect;
use super::message::{Look, Message, Ui};
use super::model::{Model, Panel};
use super::screen::sessions::{counting, marked};
use super::screen::{Screen, confirm, consolidation, detail, filter, help, history, leave, log, main, overview};
use super::screen::{profiles, reason, report, reveal, sessions, verification, warnings};
use super::view::layout;

mod answers;
mod anywhere;
mod following;
mod from_palette;
mod jobs;
mod pointer;

use answers::loaded;
use anywhere::anywhere;
pub use following::try_again;
use following::{keep_up, looked, tend, tended};
use from_palette::from_palette;
pub use jobs::tell;
use jobs::{copied, job, show_what_is_ready};

/// Starts: asks for the first rows.
pub fn start(model: &mut Model) -> Vec<Effect> {
    warnings::announce(model);
    sessions::load_first(model)
}

/// Takes one message in.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = match message {
        Message::Clock(now) => {
            // A clock that was set back cannot tell how long a GUID has been shown.
            if now < model.now {
                reveal::mask(model);
            }
            model.now = now;
            reveal::clock(model);
            return filter::clock(model);
        }
        Message::Ui(ui) => person(model, ui),
        Message::Job(id, event) => job(model, id, event),
        Message::Loaded(ticket, answer) => loaded(model, ticket, answer),
        Message::Verifying(ticket, progress) => {
            verification::progress(model, ticket, progress);
            return Vec::new();
        }
        Message::Looked(look) => {
            let at_rest = matches!(look, Look::Unchanged(_));
            looked(model, look);
            if at_rest { tend(model).into_iter().collect() } else { Vec::new() }
        }
        Message::Tended(took) => return tended(model, took).into_iter().collect(),
        Message::Opened(ticket, answer) => profiles::opened(model, ticket, answer),
        Message::Copied(job, result) => copied(model, job, result),
    };
    effects.extend(keep_up(model));
    effects.extend(marked::look_up(model));
    effects.extend(counting::look(model));
    effects
}

fn person(model: &mut Model, ui: Ui) -> Vec<Effect> {
    let screen = match ui {
        Ui::Global(global) => return anywhere(model, global),
        Ui::Main(_)
        | Ui::Filter(_)
        | Ui::Reason(_)
        | Ui::Confirm(_)
        | Ui::Reveal(_)
        | Ui::Pager(_)
        | Ui::Help(_)
        | Ui::Log(_)
        | Ui::Palette(_)
        | Ui::History(_)
        | Ui::Findings(_)
        | Ui::Profiles(_)
        | Ui::Overview(_)
        | Ui::Leave(_) => {
            model.notice = None;
            std::mem::replace(&mut model.screen, Screen::Sessions)
        }
    };
    // A key that was meant for another screen does nothing.
    let effects = match (ui, screen) {
        (Ui::Main(ui), Screen::Sessions) => main::update(model, ui),
        (Ui::Filter(ui), Screen::Filter) => {
            model.screen = Screen::Filter;
            filter::update(model, ui)
        }
        (Ui::Log(ui), Screen::LogSearch) => {
            model.screen = Screen::LogSearch;
            log::update(model, ui)
        }
        (Ui::Reason(ui), Screen::Reason(form)) => reason::update(model, form, ui),
        (Ui::Confirm(ui), Screen::Confirm(confirm)) => confirm::update(model, confirm, ui),
        (Ui::Confirm(ui), Screen::Consolidation(shown)) => consolidation::update(model, shown, ui),
        (Ui::Reveal(ui), Screen::Reveal(reveal)) => reveal::update(model, reveal, ui),
        (Ui::Pager(ui), Screen::Detail(full)) => detail::full::update(model, full, ui),
        (Ui::Findings(ui), Screen::Findings(shown)) => verification::update(model, shown, ui),
        (Ui::History(ui), Screen::History(shown)) => history::update(model, shown, ui),
        (Ui::Pager(ui), Screen::Report(shown)) => report::update(model, shown, ui),
        (Ui::Pager(ui), Screen::Help(shown)) => help::update(model, shown, ui),
        (Ui::Pager(ui), Screen::Warnings(shown)) => warnings::update(model, shown, ui),
        (Ui::Help(ui), Screen::Help(shown)) => help::search(model, shown, ui),
        (Ui::Palette(ui), Screen::Palette(shown)) => return from_palette(model, shown, ui),
        (Ui::Profiles(ui), Screen::Profiles(shown)) => profiles::update(model, shown, ui),
        (Ui::Overview(ui), Screen::Overview) => overview::update(model, ui),
        (Ui::Leave(ui), Screen::Leave) => leave::update(model, ui),
        (
            Ui::Global(_)
            | Ui::Main(_)
            | Ui::Filter(_)
            | Ui::Reason(_)
            | Ui::Confirm(_)
            | Ui::Reveal(_)
            | Ui::Pager(_)
            | Ui::Help(_)
            | Ui::Log(_)
            | Ui::Palette(_)
            | Ui::History(_)
            | Ui::Findings(_)
            | Ui::Profiles(_)
            | Ui::Overview(_)
            | Ui::Leave(_),
            other,
        ) => {
            model.screen = other;
            Vec::new()
        }
    };
    show_what_is_ready(model);
    verification::show_findings(model);
    keep_the_cursor_in_sight(model);
    effects
}

/// A key can change how many rows fit.
fn keep_the_cursor_in_sight(model: &mut Model) {
    if layout::panels(model).contains(&Panel::Sessions) {
        let height = layout::list_rows(model);
        model.list.scroll_into_view(height);
    }
}
