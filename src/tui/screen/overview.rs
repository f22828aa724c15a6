//! The overview: charts of how the records of all sessions stand. A bar is a filter of the list.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{Screen, filter};
use crate::domain::overview::{Bar, Chart, DAYS, Overview};
use crate::domain::time::Timestamp;
use crate::tui::SLOW;
use crate::tui::effect::{Effect, Query, Ticket};
use crate::tui::message::{Failure, Loaded, Motion, OverviewUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;

mod charts;
mod page;
mod words;

/// The counts that were read last, and where the cursor is. They stay while other screens are shown.
#[derive(Debug)]
pub struct Counts {
    /// What was counted.
    pub read: Option<Overview>,
    /// The question under way, and since when.
    pub loading: Option<(Ticket, Timestamp)>,
    /// Why the last question failed.
    pub failure: Option<Failure>,
    /// The chart that has the keys.
    pub chart: Chart,
    /// The bar under the cursor in each chart, in the order of [`Chart::ALL`].
    places: [usize; 4],
}

impl Default for Counts {
    fn default() -> Self {
        // The cursor of the days is on the last one.
        Self { read: None, loading: None, failure: None, chart: Chart::default(), places: [0, 0, DAYS - 1, 0] }
    }
}

impl Counts {
    /// Gives the bar under the cursor.
    #[must_use]
    pub fn bar(&self) -> Option<Bar> {
        let bars = self.read.as_ref()?.bars(self.chart);
        let place = self.place(self.chart, bars.len());
        bars.into_iter().nth(place)
    }

    /// Finds the bar under the cursor of a chart of so many bars.
    fn place(&self, chart: Chart, bars: usize) -> usize {
        self.places[chart as usize].min(bars.saturating_sub(1))
    }

    fn step(&mut self, motion: Motion) {
        let Some(bars) = self.read.as_ref().map(|read| read.bars(self.chart).len()) else { return };
        let (place, last) = (self.place(self.chart, bars), bars.saturating_sub(1));
        self.places[self.chart as usize] = match motion {
            Motion::Up => place.saturating_sub(1),
            Motion::Down => (place + 1).min(last),
            Motion::HalfUp | Motion::PageUp | Motion::First => 0,
            Motion::HalfDown | Motion::PageDown | Motion::Last => last,
        };
    }

    fn turn(&mut self, by: usize) {
        self.chart = Chart::ALL[(self.chart as usize + by) % Chart::ALL.len()];
    }

    /// Gives since when a question has been under way, where it takes so long that a person sees it.
    #[must_use]
    pub fn slow(&self, now: Timestamp) -> Option<Timestamp> {
        self.loading.map(|(_, since)| since).filter(|since| now.millis_since(*since) >= SLOW)
    }
}

/// Opens the overview. What was counted before is shown with its age; the first time it is counted.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Overview;
    if model.overview.read.is_some() { Vec::new() } else { count(model) }
}

/// Counts; an older question is stopped.
fn count(model: &mut Model) -> Vec<Effect> {
    let ticket = model.ticket();
    let stopped = model.overview.loading.replace((ticket, model.now));
    let stop = stopped.map(|(old, _)| Effect::CancelLoad(old));
    stop.into_iter().chain([Effect::Load(ticket, Query::Overview(model.about.max_age))]).collect()
}

/// Carries out what a person does in the overview.
pub fn update(model: &mut Model, ui: OverviewUi) -> Vec<Effect> {
    model.screen = Screen::Overview;
    match ui {
        OverviewUi::Move(motion) => model.overview.step(motion),
        OverviewUi::NextChart => model.overview.turn(1),
        OverviewUi::PreviousChart => model.overview.turn(Chart::ALL.len() - 1),
        OverviewUi::Refresh => return count(model),
        OverviewUi::Choose => return choose(model),
        OverviewUi::Back => return back(model),
    }
    Vec::new()
}

/// Makes the bar under the cursor the filter of the list.
fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(bar) = model.overview.bar() else {
        model.say("There is no bar here to list the sessions of.");
        return Vec::new();
    };
    let mut effects: Vec<Effect> = stop(model).into_iter().collect();
    effects.extend(filter::put_in(model, &bar.filter));
    effects
}

/// Stops a question that a person has seen to be slow, else goes back to the list.
fn back(model: &mut Model) -> Vec<Effect> {
    if model.overview.slow(model.now).is_some() {
        model.say("Stopped counting.");
    } else {
        model.screen = Screen::Sessions;
    }
    stop(model).into_iter().collect()
}

/// Puts the cursor on the bar at a place, or gives its chart the keys.
pub fn point_at(model: &mut Model, at: Position) {
    if let Some((chart, bar)) = page::bar_at(model, at) {
        model.overview.chart = chart;
        model.overview.places[chart as usize] = bar;
    }
}

/// Stops what is being counted for it.
pub fn stop(model: &mut Model) -> Option<Effect> {
    model.overview.loading.take().map(|(ticket, _)| Effect::CancelLoad(ticket))
}

/// Takes the counts in. Those of before stay where they could not be read again.
pub fn loaded(model: &mut Model, answer: Result<Loaded, Failure>) -> Vec<Effect> {
    model.overview.loading = None;
    match answer {
        Ok(Loaded::Overview(overview)) => {
            model.overview.read = Some(*overview);
            model.overview.failure = None;
            model.reads_again();
        }
        Err(failure) => {
            // Where there is nothing to keep, the screen says so itself.
            if model.overview.read.is_some() && matches!(model.screen.beneath(), Screen::Overview) {
                let again = model.keys.of(&Ui::Overview(OverviewUi::Refresh));
                model.warn_of_reading(format!(
                    "The sessions could not be counted: {}. {again} tries again.",
                    failure.what
                ));
            }
            model.overview.failure = Some(failure);
        }
        Ok(_) => {}
    }
    Vec::new()
}

/// Draws the overview.
pub fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    page::draw(model, theme, area, frame);
}
