//! The palette: every action by name, with its key, and why it cannot be done where that is so. Digits go to a session.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::{Input, InputRequest};

use super::Screen;
use crate::domain::session::SessionId;
use crate::tui::fuzzy::fitting;
use crate::tui::keymap::{Binding, Kind};
use crate::tui::message::{Global, MainUi, Motion, PaletteUi, Ui};
use crate::tui::model::Model;
use crate::tui::possible::why_not;
use crate::tui::theme::Theme;
use crate::tui::view::{layout, popup, text};

/// Characters that can be typed.
const LIMIT: usize = 60;

/// Columns of the keys, and of the names.
const KEYS: usize = 10;
const NAMES: usize = 16;

/// The palette, and what it goes back to.
#[derive(Debug)]
pub struct Palette {
    /// The screen beneath, on which the action is done.
    pub back: Box<Screen>,
    /// What is typed.
    pub input: Input,
    /// The line under the cursor.
    pub cursor: usize,
    /// The first line that is shown.
    top: usize,
}

/// A line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub does: Ui,
    /// Its keys.
    pub keys: String,
    /// Its name in `[keys]`; empty for a jump.
    pub name: &'static str,
    /// What it does, in words.
    pub help: String,
    /// Why it cannot be done now.
    pub why_not: Option<String>,
}

/// Opens the palette over the present screen.
pub fn open(model: &mut Model) {
    let back = Box::new(std::mem::replace(&mut model.screen, Screen::Sessions));
    model.screen = Screen::Palette(Palette { back, input: Input::default(), cursor: 0, top: 0 });
}

/// Lists what fits what is typed: the best, then what can be done now, and then what cannot, with why.
#[must_use]
pub fn entries(model: &Model, palette: &Palette) -> Vec<Entry> {
    let typed = palette.input.value().trim();
    if let Ok(session) = typed.parse::<SessionId>() {
        return vec![jump(session)];
    }
    let entry = |binding: &Binding, why_not: Option<String>| Entry {
        does: binding.action.does.clone(),
        keys: binding.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        name: binding.action.name,
        help: binding.action.help.to_owned(),
        why_not,
    };
    // What explains a key does that under its key alone.
    let is_own = |binding: &&Binding| !matches!(binding.action.kind, Kind::Explains(_));
    let here = model.keys.bindings(&palette.back).filter(is_own);
    let here = here.map(|binding| entry(binding, why_not(model, &binding.action.does).map(|why| why.text)));
    let elsewhere = model.keys.elsewhere(&palette.back).filter(|(binding, _)| is_own(binding));
    let elsewhere = elsewhere.map(|(binding, place)| entry(binding, Some(format!("it works {place}"))));
    let all = here.chain(elsewhere).filter(|entry| entry.does != Ui::Global(Global::Palette));
    let mut found = fitting(all, typed, |entry| format!("{} {}", entry.name, entry.help));
    // What fits best stays before the others: Enter says why it cannot be done, and does nothing else in its place.
    let best = usize::from(!typed.is_empty()).min(found.len());
    // The sort keeps the order of what is alike.
    found[best..].sort_by_key(|entry| entry.why_not.is_some());
    found
}

fn jump(session: SessionId) -> Entry {
    Entry {
        does: Ui::Main(MainUi::Jump(session)),
        keys: String::new(),
        name: "",
        help: format!("go to session {session}"),
        why_not: None,
    }
}

/// What a key in the palette comes to.
pub enum Next {
    /// It stays.
    Stay(Palette),
    /// It is left for the screen beneath.
    Leave(Screen),
    /// It is left, and this is done on the screen beneath.
    Do(Screen, Ui),
}

/// Takes in what a person does in the palette.
pub fn update(model: &mut Model, mut palette: Palette, ui: PaletteUi) -> Next {
    match ui {
        PaletteUi::Back => return Next::Leave(*palette.back),
        PaletteUi::Edit(request) => {
            let inserts = matches!(request, InputRequest::InsertChar(_));
            if !inserts || palette.input.value().chars().count() < LIMIT {
                palette.input.handle(request);
                (palette.cursor, palette.top) = (0, 0);
            }
        }
        PaletteUi::Move(motion) => {
            let entries = entries(model, &palette);
            palette.cursor = moved(&entries, palette.cursor, motion);
            palette.top = palette.first(room(layout::body(model)).1);
        }
        PaletteUi::Run => match entries(model, &palette).into_iter().nth(palette.cursor) {
            None => model.say("Nothing has a name like this."),
            Some(Entry { why_not: Some(why), .. }) => model.warn(format!("Not possible now: {why}")),
            // A jump is one in the list, whatever lies over it.
            Some(Entry { does: does @ Ui::Main(_), .. }) => return Next::Do(Screen::Sessions, does),
            Some(Entry { does, .. }) => return Next::Do(*palette.back, does),
        },
    }
    Next::Stay(palette)
}

impl Palette {
    /// Finds the first line that is shown of so many.
    fn first(&self, rows: usize) -> usize {
        self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(rows))
    }
}

/// Finds the room inside, and counts the lines below the one that is typed into.
fn room(area: Rect) -> (Rect, usize) {
    let inner = popup::inner(area.height.saturating_sub(2), area);
    (inner, usize::from(inner.height).saturating_sub(1).max(1))
}

/// Puts the cursor on the line at a place; it is done by a key alone.
pub fn point_at(model: &mut Model, at: Position) {
    let Screen::Palette(palette) = &model.screen else { return };
    let (inner, rows) = room(layout::body(model));
    let line = usize::from(at.y.saturating_sub(inner.y));
    let (top, count) = (palette.first(rows), entries(model, palette).len());
    if inner.contains(at)
        && line > 0
        && top + line <= count
        && let Screen::Palette(palette) = &mut model.screen
    {
        (palette.top, palette.cursor) = (top, top + line - 1);
    }
}

/// Takes a paste in as one line.
pub fn paste(palette: &mut Palette, data: &str) {
    let room = LIMIT.saturating_sub(palette.input.value().chars().count());
    for c in data.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room) {
        palette.input.handle(InputRequest::InsertChar(c));
    }
    (palette.cursor, palette.top) = (0, 0);
}

/// Finds the next line that can be chosen; the cursor stays where there is none.
fn moved(entries: &[Entry], cursor: usize, motion: Motion) -> usize {
    const PAGE: usize = 10;
    let possible = |place: &usize| entries.get(*place).is_some_and(|entry| entry.why_not.is_none());
    let below = (cursor + 1..entries.len()).filter(possible);
    let above = (0..cursor).rev().filter(possible);
    let found = match motion {
        Motion::Down => below.take(1).last(),
        Motion::Up => above.take(1).last(),
        Motion::HalfDown | Motion::PageDown => below.take(PAGE).last(),
        Motion::HalfUp | Motion::PageUp => above.take(PAGE).last(),
        Motion::First => above.min(),
        Motion::Last => below.max(),
    };
    found.unwrap_or(cursor)
}

/// Draws the palette.
pub fn draw(model: &Model, palette: &Palette, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let entries = entries(model, palette);
    let [run, back] = [PaletteUi::Run, PaletteUi::Back].map(|does| model.keys.of(&Ui::Palette(does)));
    let title = format!(" Actions   (type to find, {run} does it, {back} goes back) ");
    let inner = popup(&title, area.height.saturating_sub(2), theme, area, frame);
    let width = usize::from(inner.width);
    let (scroll, column) = text::scrolled(&palette.input, width.saturating_sub(3));
    let mut lines = vec![Line::from(vec![
        Span::styled(": ", theme.strong),
        Span::styled(text::window(palette.input.value(), scroll, width.saturating_sub(3)), theme.strong),
    ])];
    let rows = room(area).1;
    let shown = entries.iter().enumerate().skip(palette.first(rows)).take(rows);
    lines.extend(shown.map(|(place, entry)| line(entry, place == palette.cursor, theme, width)));
    if entries.is_empty() {
        let hint = "Nothing has a name like this. A number goes to the session with that id.";
        lines.push(Line::styled(theme.fit(hint, width), theme.dim));
    }
    frame.render_widget(Paragraph::new(lines), inner);
    let column = u16::try_from(column + 2).unwrap_or(2);
    frame.set_cursor_position(Position::new(inner.x + column.min(inner.width.saturating_sub(1)), inner.y));
}

/// A line that can be done stands out when it is chosen; one that cannot says why, and Enter does no more than that.
fn line(entry: &Entry, chosen: bool, theme: &Theme, width: usize) -> Line<'static> {
    let sign = if chosen { theme.signs.here } else { " " };
    let does = match &entry.why_not {
        Some(why) => format!("disabled: {why}"),
        None => entry.help.clone(),
    };
    let (keys, name) = (theme.fit(&entry.keys, KEYS), theme.fit(entry.name, NAMES));
    let shown = format!("{sign} {} {} {does}", text::padded(&keys, KEYS), text::padded(&name, NAMES));
    let style = match (chosen, entry.why_not.is_some()) {
        (true, false) => theme.selection,
        (false, false) => theme.plain,
        (_, true) => theme.dim,
    };
    Line::styled(theme.fit(&shown, width), style)
}
