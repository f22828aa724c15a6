//! Draws the model. Never writes it, and shows no text from outside that did not pass `text`.
//!
//! ```text
//! header   program · database · operator · age of the data
//! body     1 Sessions │ 2 Detail      (the detail from 110 columns on)
//!          3 Log                      (from 20 lines on)
//! strip    a change under way, or a notice
//! footer   the keys that matter here
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::log_pane;
use super::message::MainUi;
use super::model::{Model, Work};
use super::possible::why_not;
use super::screen::{Screen, confirm, consolidation, detail, help, history, leave, overview, palette};
use super::screen::{profiles, reason, report, reveal, sessions, verification, warnings};
use super::theme::Theme;

pub mod header;
pub mod layout;
pub mod popup;
pub mod text;
pub mod times;

pub use popup::popup;

/// Draws the whole screen.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if layout::too_small(area.width, area.height) {
        too_small(model, area, frame);
        return;
    }
    let places = layout::places(model, area);
    header::draw(model, theme, places.header, frame);
    if let Some(area) = places.list {
        sessions::draw(model, theme, area, frame);
    }
    if let Some(area) = places.detail {
        detail::draw_panel(model, theme, area, frame);
    }
    if let Some(area) = places.log {
        log_pane::draw(model, theme, area, frame);
    }
    strip(model, theme, places.strip, frame);
    footer(model, theme, places.footer, frame);
    dialog(model, &model.screen, theme, places.body, frame);
}

fn dialog(model: &Model, screen: &Screen, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    match screen {
        Screen::Sessions | Screen::Filter | Screen::LogSearch => {}
        Screen::Detail(full) => {
            frame.render_widget(Clear, area);
            detail::full::draw(model, full, theme, area, frame);
        }
        Screen::History(shown) => {
            frame.render_widget(Clear, area);
            history::draw(model, shown, theme, area, frame);
        }
        Screen::Findings(shown) => {
            frame.render_widget(Clear, area);
            verification::draw(model, shown, theme, area, frame);
        }
        Screen::Reason(form) => reason::draw(form, &model.keys, theme, area, frame),
        Screen::Confirm(shown) => confirm::draw(model, shown, theme, area, frame),
        Screen::Consolidation(shown) => consolidation::draw(model, shown, theme, area, frame),
        Screen::Report(shown) => report::draw(shown, &model.keys, theme, area, frame),
        Screen::Reveal(shown) => reveal::draw(model, shown, theme, area, frame),
        Screen::Profiles(shown) => profiles::draw(model, shown, theme, area, frame),
        Screen::Overview => overview::draw(model, theme, area, frame),
        Screen::Palette(shown) => {
            dialog(model, &shown.back, theme, area, frame);
            palette::draw(model, shown, theme, area, frame);
        }
        Screen::Warnings(shown) => {
            frame.render_widget(Clear, area);
            warnings::draw(model, *shown, theme, area, frame);
        }
        Screen::Leave => leave::draw(theme, area, frame),
        Screen::Help(shown) => {
            // What is beneath stays dark: a GUID under a help screen has nobody's eyes on it.
            help::draw(model, shown, theme, area, frame);
        }
    }
}

fn too_small(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let (columns, lines) = layout::SMALLEST;
    let quits = || format!(" {} quits.", model.keys.main(MainUi::Quit));
    let quit = if model.may_quit_unseen() { quits() } else { String::new() };
    let text = format!("Too small: {}x{}; {columns}x{lines} is needed.{quit}", area.width, area.height);
    frame.render_widget(Paragraph::new(text), area);
}

/// One line above the footer: what runs, else what was said.
fn strip(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(area.width.saturating_sub(1));
    let reading = sessions::progress(model, theme).filter(|_| is_main(&model.screen));
    // What a key did is no news any more when it takes long.
    let notice = model.notice.as_ref().filter(|notice| notice.bad || reading.is_none());
    let line = match (notice, &model.job) {
        (Some(notice), _) => {
            let style = if notice.bad { theme.danger } else { theme.strong };
            let sign = if notice.bad { format!("{} ", theme.signs.bad) } else { String::new() };
            Line::styled(format!(" {}", theme.fit(&format!("{sign}{}", text::clean(&notice.text)), width)), style)
        }
        (None, Some(job)) => {
            let (seconds, ellipsis) = (model.now.seconds_since(job.since).max(0), theme.signs.ellipsis);
            let told = match &job.work {
                Work::CleanUp(work) if !job.cancelling => consolidation::progress(work, &model.keys, theme, seconds),
                work @ (Work::Change { .. } | Work::CleanUp(_)) => {
                    let what = if job.cancelling { "Cancelling" } else { "Working on" };
                    let (session, cancel) = (work.session(), model.keys.main(MainUi::Cancel));
                    format!("{what} session {session} {ellipsis} {seconds} s   the list stays usable, {cancel} cancels")
                }
            };
            Line::styled(theme.fit(&format!(" {} {told}", theme.turn(job.since, model.now)), width), theme.caution)
        }
        (None, None) => {
            let waits = reading
                .or_else(|| sessions::marking::progress(model))
                .or_else(|| sessions::counting::progress(model, theme))
                .or_else(|| verification::words(model, theme, width));
            waits.map_or(Line::default(), |words| Line::styled(theme.fit(&format!(" {words}"), width), theme.caution))
        }
    };
    frame.render_widget(Paragraph::new(line), area);
}

/// Tells whether list, detail and log have the keys.
const fn is_main(screen: &Screen) -> bool {
    matches!(screen, Screen::Sessions | Screen::Filter | Screen::LogSearch)
}

fn footer(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let mut spans = Vec::new();
    let mut used = 1;
    let named = model.keys.bindings(&model.screen).filter(|binding| !binding.action.footer.is_empty());
    for binding in named.filter(|binding| why_not(model, &binding.action.does).is_none()) {
        let (Some(key), does) = (binding.keys.first(), binding.action.footer) else { continue };
        let keys = key.sign(theme.signs);
        let shown = text::width(&keys) + text::width(does) + 3;
        if used + shown > usize::from(area.width) {
            break;
        }
        used += shown;
        spans.push(Span::styled(format!(" {keys}"), theme.strong));
        spans.push(Span::styled(format!(":{does} "), theme.dim));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// Draws a panel's border with its title left and its state right; gives the room inside.
pub fn frame_of(title: &str, right: &str, focused: bool, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Rect {
    let style = if focused { theme.strong } else { theme.dim };
    // The border's kind tells the focus where neither weight nor colour shows.
    let kind = if focused { theme.signs.focused_border } else { theme.signs.border };
    let room = usize::from(area.width).saturating_sub(text::width(title) + 4);
    let mut block = Block::bordered().border_set(kind).border_style(style).title(Line::styled(title.to_owned(), style));
    if !right.is_empty() && room > 4 {
        let right = format!(" {} ", theme.fit(right, room.saturating_sub(2)));
        block = block.title(Line::styled(right, style).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}
