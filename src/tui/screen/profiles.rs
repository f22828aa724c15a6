//! The profiles that there are, and the way from one database to another.
//!
//! The present database stays until the other one is open: nobody is ever between two.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Screen, sessions};
use crate::domain::time::Timestamp;
use crate::tui::Place;
use crate::tui::effect::{Effect, Ticket};
use crate::tui::log_pane::{Level, LogLine};
use crate::tui::message::{Arrival, Failure, Motion, ProfilesUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::{Theme, banner};
use crate::tui::view::{popup, text};

/// The list, and what it waits for.
#[derive(Debug, Default)]
pub struct Profiles {
    /// The line under the cursor.
    pub cursor: usize,
    /// The database that is being opened.
    pub waiting: Option<Waiting>,
    /// Why the last one could not be opened.
    pub fault: Option<String>,
}

/// A database on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The question.
    pub ticket: Ticket,
    /// Which of the places it is.
    pub place: usize,
    /// Since when.
    pub since: Timestamp,
}

/// Opens the list.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let cursor = place_of(model).unwrap_or(0);
    model.screen = Screen::Profiles(Profiles { cursor, ..Profiles::default() });
    Vec::new()
}

fn place_of(model: &Model) -> Option<usize> {
    let name = model.about.profile.as_ref().map(|profile| &profile.name);
    model.about.places.iter().position(|place| place.name.as_ref() == name)
}

/// Carries out what a person does in the list.
pub fn update(model: &mut Model, mut profiles: Profiles, ui: ProfilesUi) -> Vec<Effect> {
    let effects = match (ui, profiles.waiting) {
        (ProfilesUi::Back, Some(waiting)) => {
            profiles.waiting = None;
            vec![Effect::CancelLoad(waiting.ticket)]
        }
        (ProfilesUi::Back, None) => return Vec::new(),
        (ProfilesUi::Choose | ProfilesUi::Move(_), Some(_)) => Vec::new(),
        (ProfilesUi::Move(motion), None) => {
            profiles.cursor = moved(profiles.cursor, motion, model.about.places.len().saturating_sub(1));
            Vec::new()
        }
        (ProfilesUi::Choose, None) => choose(model, &mut profiles),
    };
    model.screen = Screen::Profiles(profiles);
    effects
}

fn moved(cursor: usize, motion: Motion, last: usize) -> usize {
    const PAGE: usize = 10;
    match motion {
        Motion::Up => cursor.saturating_sub(1),
        Motion::Down => (cursor + 1).min(last),
        Motion::HalfUp | Motion::PageUp => cursor.saturating_sub(PAGE),
        Motion::HalfDown | Motion::PageDown => (cursor + PAGE).min(last),
        Motion::First => 0,
        Motion::Last => last,
    }
}

fn choose(model: &mut Model, profiles: &mut Profiles) -> Vec<Effect> {
    let ticket = model.ticket();
    let Some(place) = model.about.places.get(profiles.cursor) else { return Vec::new() };
    profiles.waiting = Some(Waiting { ticket, place: profiles.cursor, since: model.now });
    profiles.fault = None;
    vec![Effect::Open(ticket, place.name.clone())]
}

/// Takes the other database in, or why it cannot be opened.
pub fn opened(model: &mut Model, ticket: Ticket, answer: Result<Box<Arrival>, Failure>) -> Vec<Effect> {
    let Screen::Profiles(profiles) = model.screen.beneath() else { return Vec::new() };
    if profiles.waiting.take_if(|waiting| waiting.ticket == ticket).is_none() {
        return Vec::new();
    }
    match answer {
        Ok(arrival) => {
            arrive(model, *arrival);
            let mut effects = vec![Effect::Adopt(ticket)];
            effects.extend(sessions::load_first(model));
            effects
        }
        Err(failure) => {
            profiles.fault = Some(failure.what);
            Vec::new()
        }
    }
}

/// Begins anew on the other database; the log goes on, with a line between the two.
fn arrive(model: &mut Model, arrival: Arrival) {
    let left = model.about.database.clone();
    let unknown = std::mem::take(&mut model.settling);
    let tell = |model: &mut Model, text, level| model.log.push(LogLine { at: arrival.now, text, level });
    for settling in unknown {
        let text = format!(
            "CONSOLE: {left} was left before it was known whether the change of session {} was committed; its history tells",
            settling.session
        );
        tell(model, text, Level::Error);
    }
    model.arrive(arrival.about, arrival.now);
    if let Some(remembered) = arrival.remembered {
        model.recall(remembered);
    }
    let name = model.about.profile.as_ref().map_or(String::new(), |profile| format!("profile {}, ", profile.name));
    tell(model, format!("CONSOLE: from here on {name}{}", text::clean(&model.about.database)), Level::Info);
    model.say(format!("This is {name}{} now.", model.about.database));
}

/// Draws the list.
pub fn draw(model: &Model, profiles: &Profiles, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(popup::inner_width(area));
    let rows = usize::from(area.height).saturating_sub(8).max(1);
    let first = profiles.cursor.saturating_sub(rows - 1);
    let here = place_of(model);
    let places = model.about.places.iter().enumerate().skip(first).take(rows);
    let mut lines: Vec<Line<'_>> =
        places.map(|(index, place)| line(place, index == profiles.cursor, here == Some(index), theme, width)).collect();
    lines.push(Line::default());
    lines.extend(state(model, profiles, theme, width));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let [open, back] = [ProfilesUi::Choose, ProfilesUi::Back].map(|does| model.keys.of(&Ui::Profiles(does)));
    let title = format!(" Profiles   ({open} opens, {back} goes back) ");
    let inner = popup(&title, height, theme, area, frame);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn line<'a>(place: &'a Place, chosen: bool, here: bool, theme: &Theme, width: usize) -> Line<'a> {
    let sign = if chosen { theme.signs.here } else { " " };
    let marks = [(here, "here"), (place.protected, "protected"), (place.read_only, "read-only")];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    let word = format!("[{}]", text::clean(&place.banner));
    let word = text::padded(&word, 20);
    let rest = format!("{}  {}", text::clean(&place.database), marks.join(", "));
    let room = width.saturating_sub(text::width(&word) + 2);
    let style = if chosen { theme.strong } else { theme.plain };
    Line::from(vec![
        Span::styled(format!("{sign} "), style),
        Span::styled(word, banner::style(theme, place.colour)),
        Span::styled(theme.fit(&rest, room), style),
    ])
}

fn state(model: &Model, profiles: &Profiles, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let (told, style) = match (profiles.waiting, &profiles.fault) {
        (Some(waiting), _) => {
            let banner = model.about.places.get(waiting.place).map_or("", |place| &place.banner);
            let seconds = model.now.seconds_since(waiting.since).max(0);
            (
                format!(
                    "Opening {} {} {seconds} s   {}: stay here",
                    text::clean(banner),
                    theme.signs.ellipsis,
                    model.keys.of(&Ui::Profiles(ProfilesUi::Back))
                ),
                theme.caution,
            )
        }
        (None, Some(fault)) => {
            (format!("{} {}; nothing was switched", theme.signs.bad, text::clean(fault)), theme.danger)
        }
        (None, None) => ("The other database is opened before this one is left.".to_owned(), theme.dim),
    };
    theme.wrap(&told, width).into_iter().map(|line| Line::styled(line, style)).collect()
}
