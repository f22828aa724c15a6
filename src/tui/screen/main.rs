//! What a person does on the main screen.

use super::reason::Purpose;
use super::sessions::{counting, freezing, marking, sorting};
use super::warnings::Warnings;
use super::{Screen, consolidation, detail, filter, history, log, overview, profiles, reason, sessions, verification};
use crate::tui::effect::Effect;
use crate::tui::message::{MainUi, Ui};
use crate::tui::model::{Model, Panel};
use crate::tui::possible::refused;
use crate::tui::remembered::LOG_LINES;
use crate::tui::view::layout;

/// Carries it out.
pub fn update(model: &mut Model, ui: MainUi) -> Vec<Effect> {
    if let Some(effects) = refused(model, &Ui::Main(ui)) {
        return effects;
    }
    match ui {
        MainUi::Move(motion) => match layout::focused(model) {
            Panel::Sessions => {
                let height = layout::list_rows(model);
                let mut effects = sessions::step(model, motion, height);
                effects.extend(detail::follow_cursor(model, false));
                effects
            }
            Panel::Detail => update(model, MainUi::Open),
            Panel::Log => {
                let page = layout::log_rows(model);
                model.log.scroll(motion, page);
                Vec::new()
            }
        },
        MainUi::NextPanel => focus(model, 1),
        MainUi::PreviousPanel => focus(model, -1),
        MainUi::Focus(panel) => {
            model.focus = panel;
            Vec::new()
        }
        MainUi::Zoom => {
            model.zoom = !model.zoom;
            Vec::new()
        }
        MainUi::ToggleLog => {
            model.log.shown = !model.log.shown;
            Vec::new()
        }
        MainUi::ResizeLog(lines) => {
            model.log.extra = (model.log.extra + lines).clamp(LOG_LINES.0, LOG_LINES.1);
            Vec::new()
        }
        MainUi::LogLevel => log::level(model),
        MainUi::SearchLog => log::begin(model),
        MainUi::NextMatch => log::step(model, true),
        MainUi::PreviousMatch => log::step(model, false),
        MainUi::Filter if layout::focused(model) == Panel::Log => log::begin(model),
        MainUi::Filter => {
            filter::begin(model);
            model.focus = Panel::Sessions;
            Vec::new()
        }
        MainUi::Open => detail::full::open(model),
        MainUi::Back => back(model),
        MainUi::Rotate => reason::open(model, Purpose::Rotate),
        MainUi::ExplainRotate => {
            let (rotate, refresh) = (model.keys.main(MainUi::Rotate), model.keys.main(MainUi::Refresh));
            model.say(format!(
                "{rotate} (a capital letter) rotates the marked session, else the one under the cursor; {refresh} reads again."
            ));
            Vec::new()
        }
        MainUi::ExplainRevoke => {
            model.say(format!(
                "{} (a capital letter) revokes the Host GUID of the marked session, else of the one under the cursor.",
                model.keys.main(MainUi::Revoke)
            ));
            Vec::new()
        }
        MainUi::Revoke => reason::open(model, Purpose::Revoke),
        MainUi::Consolidate => reason::open(model, Purpose::Consolidate),
        MainUi::ExplainConsolidate => {
            model.say(format!(
                "{} (a capital letter) consolidates the marked sessions, else the one under the cursor: one active record stays.",
                model.keys.main(MainUi::Consolidate)
            ));
            Vec::new()
        }
        MainUi::Mark => marking::toggle(model),
        MainUi::MarkRange => marking::range(model),
        MainUi::MarkAll => marking::all(model),
        MainUi::UnmarkAll => marking::clear(model),
        MainUi::Count => counting::count(model),
        MainUi::SortNext => sorting::next(model),
        MainUi::SortReverse => sorting::reverse(model),
        MainUi::Freeze => freezing::toggle(model),
        MainUi::Jump(session) => sorting::jump(model, session),
        MainUi::History => history::open(model),
        MainUi::Refresh => {
            let mut effects = freezing::read_again(model);
            effects.extend(detail::follow_cursor(model, true));
            effects
        }
        MainUi::Profiles => profiles::open(model),
        MainUi::Overview => overview::open(model),
        MainUi::Warnings => {
            model.screen = Screen::Warnings(Warnings::default());
            Vec::new()
        }
        MainUi::Quit => quit(model),
        MainUi::Cancel => cancel(model),
    }
}

fn focus(model: &mut Model, step: i8) -> Vec<Effect> {
    let shown = layout::panels(model);
    let here = shown.iter().position(|panel| *panel == layout::focused(model)).unwrap_or(0);
    let next = if step > 0 { here + 1 } else { here + shown.len().saturating_sub(1) };
    model.focus = shown.get(next % shown.len().max(1)).copied().unwrap_or(Panel::Sessions);
    Vec::new()
}

/// Goes up one level: work on several sessions, a question, marks that are gathered, a count, a verification, the zoom,
/// the search of the log, the filter. Never quits.
fn back(model: &mut Model) -> Vec<Effect> {
    if let Some(effects) = consolidation::stop(model) {
        return effects;
    }
    if let Some(effect) = sessions::stop(model) {
        return vec![effect];
    }
    if let Some(effects) = marking::stop(model) {
        return effects;
    }
    if let Some(stopped) = counting::stop(model) {
        return vec![stopped];
    }
    if let Some(stopped) = verification::stop(model) {
        return vec![stopped];
    }
    if model.zoom {
        model.zoom = false;
        return Vec::new();
    }
    if layout::focused(model) == Panel::Log && !model.log.search.is_empty() {
        log::clear(model);
        return Vec::new();
    }
    if model.list.filter.is_empty() {
        model.focus = Panel::Sessions;
        return Vec::new();
    }
    filter::clear(model)
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if model.job.is_some() {
        model.screen = Screen::Leave;
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Quits at once when nothing is under way; else when the change has ended.
pub fn quit_when_idle(model: &mut Model) -> Vec<Effect> {
    if model.job.is_none() && model.ready.is_none() {
        return vec![Effect::Quit];
    }
    model.say("The console closes as soon as the change is done and its GUID is handed over.");
    Vec::new()
}

/// Cancels what waits: a change before its COMMIT, else a question.
fn cancel(model: &mut Model) -> Vec<Effect> {
    if model.job.is_some() {
        return cancel_job(model);
    }
    if let Some(effect) = sessions::stop(model) {
        return vec![effect];
    }
    if let Some(effects) = marking::stop(model) {
        return effects;
    }
    counting::stop(model).or_else(|| verification::stop(model)).into_iter().collect()
}

/// Rolls the running change back, unless its COMMIT was sent.
pub fn cancel_job(model: &mut Model) -> Vec<Effect> {
    let Some(job) = &mut model.job else {
        return Vec::new();
    };
    job.cancelling = true;
    let id = job.id;
    model.say("Cancelling; a change that is being committed is awaited instead.");
    vec![Effect::CancelJob(id)]
}
