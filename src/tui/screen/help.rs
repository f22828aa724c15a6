//! The keys of the screen beneath, made from the live key map, with what cannot be done now and why. It can be searched.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::{Input, InputRequest};

use super::Screen;
use super::detail::scrolled;
use crate::tui::effect::Effect;
use crate::tui::keymap::Binding;
use crate::tui::message::{HelpUi, Motion, PagerUi, Ui};
use crate::tui::model::Model;
use crate::tui::possible::why_not;
use crate::tui::theme::Theme;
use crate::tui::view::{layout, popup, text};

/// Columns of the keys, and where there is little room.
const KEYS: (usize, usize) = (22, 16);
/// Columns below which there is.
const NARROW: usize = 70;

/// Characters that can be searched for.
const LIMIT: usize = 60;

/// The help, and what it goes back to.
#[derive(Debug)]
pub struct Help {
    /// The screen beneath.
    pub back: Box<Screen>,
    /// Lines that are scrolled away.
    pub scroll: usize,
    /// What is searched for.
    pub search: Input,
    /// Whether keys go into the search.
    pub typing: bool,
}

/// Opens the help of the present screen, or closes it.
pub fn toggle(model: &mut Model) {
    let screen = std::mem::replace(&mut model.screen, Screen::Sessions);
    model.screen = if let Screen::Help(help) = screen {
        *help.back
    } else {
        Screen::Help(Help { back: Box::new(screen), scroll: 0, search: Input::default(), typing: false })
    };
}

/// Carries out what a person does in the help.
pub fn update(model: &mut Model, mut help: Help, ui: PagerUi) -> Vec<Effect> {
    match ui {
        PagerUi::Move(motion) => {
            let (width, height) = room(model);
            let total = lines(model, &help.back, help.search.value(), &Theme::new(false), width).len();
            help.scroll = scrolled(help.scroll, motion, height, total);
        }
        // One level up: the search, then the help.
        PagerUi::Back if !help.search.value().is_empty() => take_back(&mut help),
        PagerUi::Back
        | PagerUi::History
        | PagerUi::Rotate
        | PagerUi::Revoke
        | PagerUi::Consolidate
        | PagerUi::Verify => {
            model.screen = *help.back;
            return Vec::new();
        }
    }
    model.screen = Screen::Help(help);
    Vec::new()
}

/// Carries out what a person does to the search.
pub fn search(model: &mut Model, mut help: Help, ui: HelpUi) -> Vec<Effect> {
    match ui {
        HelpUi::Search => help.typing = true,
        HelpUi::Edit(request) => {
            let inserts = matches!(request, InputRequest::InsertChar(_));
            if !inserts || help.search.value().chars().count() < LIMIT {
                help.search.handle(request);
                help.scroll = 0;
            }
        }
        HelpUi::Keep => help.typing = false,
        HelpUi::Drop => take_back(&mut help),
    }
    model.screen = Screen::Help(help);
    Vec::new()
}

/// Takes a paste into the search, as one line.
pub fn paste(help: &mut Help, data: &str) {
    let room = LIMIT.saturating_sub(help.search.value().chars().count());
    for c in data.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room) {
        help.search.handle(InputRequest::InsertChar(c));
    }
    help.scroll = 0;
}

fn take_back(help: &mut Help) {
    help.search.reset();
    help.typing = false;
    help.scroll = 0;
}

/// Counts the columns and lines that the keys have.
fn room(model: &Model) -> (usize, usize) {
    let body = layout::body(model);
    (usize::from(popup::inner_width(body)), usize::from(body.height.saturating_sub(3)))
}

/// Draws the keys below the line of the search.
pub fn draw(model: &Model, help: &Help, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(popup::inner_width(area));
    let all = lines(model, &help.back, "", theme, width).len();
    let lines = lines(model, &help.back, help.search.value(), theme, width);
    let key = |does| model.keys.of(&does);
    let [down, up, back] =
        [PagerUi::Move(Motion::Down), PagerUi::Move(Motion::Up), PagerUi::Back].map(Ui::Pager).map(key);
    let title = format!(" Keys here   ({down} {up} scroll, {back} closes) ");
    let inner = popup(&title, u16::try_from(all + 1).unwrap_or(u16::MAX), theme, area, frame);
    let (scroll, column) = text::scrolled(&help.search, width.saturating_sub(3));
    let typed = text::window(help.search.value(), scroll, width.saturating_sub(3));
    let top = if help.typing || !help.search.value().is_empty() {
        Line::from(vec![Span::styled("/ ", theme.strong), Span::styled(typed, theme.strong)])
    } else {
        Line::styled(format!("{} searches", key(Ui::Help(HelpUi::Search))), theme.dim)
    };
    let shown = lines.into_iter().skip(help.scroll);
    frame.render_widget(Paragraph::new(std::iter::once(top).chain(shown).collect::<Vec<_>>()), inner);
    if help.typing {
        let column = u16::try_from(column + 2).unwrap_or(2);
        frame.set_cursor_position(Position::new(inner.x + column.min(inner.width.saturating_sub(1)), inner.y));
    }
}

fn lines(model: &Model, beneath: &Screen, search: &str, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let wanted = search.to_lowercase();
    let found: Vec<&Binding> = model.keys.bindings(beneath).filter(|binding| fits(binding, &wanted, theme)).collect();
    if found.is_empty() {
        return vec![Line::styled("No key here does anything like this.", theme.dim)];
    }
    found.into_iter().flat_map(|binding| binding_lines(model, binding, theme, width)).collect()
}

/// Tells whether each word that is searched for stands in an action's keys, name or words.
fn fits(binding: &Binding, wanted: &str, theme: &Theme) -> bool {
    let text = format!("{} {} {}", binding.shown(theme.signs), binding.action.name, binding.action.help).to_lowercase();
    wanted.split_whitespace().all(|word| text.contains(word))
}

/// Draws an action: its keys, what it does, and below that why it cannot be done now.
fn binding_lines(model: &Model, binding: &Binding, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let why = why_not(model, &binding.action.does);
    let named = if binding.keys.is_empty() { model.keys.of(&binding.action.does) } else { binding.shown(theme.signs) };
    let columns = if width < NARROW { KEYS.1 } else { KEYS.0 };
    let room = width.saturating_sub(columns + 1);
    let named = theme.fit(&named, columns);
    let gap = " ".repeat((columns + 1).saturating_sub(text::width(&named)));
    let (keys, does) = if why.is_some() { (theme.dim, theme.dim) } else { (theme.strong, theme.plain) };
    let below = |line: String, style| Line::styled(format!("{}{line}", " ".repeat(columns + 1)), style);
    let mut told = theme.wrap(binding.action.help, room).into_iter();
    let first = Span::styled(told.next().unwrap_or_default(), does);
    let mut lines = vec![Line::from(vec![Span::styled(format!("{named}{gap}"), keys), first])];
    lines.extend(told.map(|line| below(line, does)));
    if let Some(why) = why {
        let told = theme.wrap(&format!("disabled: {}", why.text), room.saturating_sub(2));
        lines.extend(told.into_iter().map(|line| below(format!("  {line}"), theme.dim)));
    }
    lines
}
