//! What the console draws: cells, lines, and snapshots of four sizes.

use std::fmt::Write as _;

use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::view::layout::SMALLEST;
use host_provisioner::tui::view::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr as _;

use super::canned::Canned;
use super::console::Console;

/// The sizes that each screen is looked at in.
const SIZES: [(u16, u16); 4] = [(120, 35), (80, 24), (60, 16), (50, 10)];

impl Console {
    /// Draws one frame with colours, or without.
    pub(crate) fn draw(&self, colours: bool) -> Buffer {
        self.draw_in(&Theme::new(colours))
    }

    /// Draws one frame in a theme.
    pub(crate) fn draw_in(&self, theme: &Theme) -> Buffer {
        let (columns, lines) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
        terminal.draw(|frame| view(&self.model, theme, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The screen as lines of text.
    pub(crate) fn screen(&self) -> Vec<String> {
        lines(&self.draw(true))
    }

    pub(crate) fn shows(&self, text: &str) -> bool {
        self.screen().iter().any(|line| line.contains(text))
    }

    /// The cells of the first line that holds this text.
    pub(crate) fn cells_of(&self, text: &str, colours: bool) -> Vec<Cell> {
        self.cells_in(text, &Theme::new(colours))
    }

    /// The same in a theme.
    pub(crate) fn cells_in(&self, text: &str, theme: &Theme) -> Vec<Cell> {
        let buffer = self.draw_in(theme);
        let line = lines(&buffer).iter().position(|line| line.contains(text));
        let line = line.unwrap_or_else(|| panic!("{text} is drawn"));
        let width = usize::from(buffer.area.width);
        let cells = &buffer.content()[line * width..][..width];
        let symbols: Vec<&str> = cells.iter().map(Cell::symbol).collect();
        let start = (0..width).find(|start| symbols[*start..].concat().starts_with(text)).unwrap();
        cells[start..][..text.chars().count()].to_vec()
    }
}

pub(crate) fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width);
    buffer.content().chunks(width.max(1)).map(line).collect()
}

/// A wide character covers the cell after it.
fn line(cells: &[Cell]) -> String {
    let mut text = String::new();
    let mut covered = 0;
    for cell in cells {
        if covered == 0 {
            text.push_str(cell.symbol());
            covered = cell.symbol().width().saturating_sub(1);
        } else {
            covered -= 1;
        }
    }
    text.trim_end().to_owned()
}

/// Compares a screen in all sizes with its snapshot; each size is a console of its own.
pub(crate) fn assert_screens(name: &str, data: &Canned, act: impl Fn(&mut Console)) {
    let mut shown = String::new();
    for (columns, lines) in SIZES {
        let (widest, tallest) = (columns.max(SMALLEST.0), lines.max(SMALLEST.1));
        let mut console = Console::unread(data.clone(), (widest, tallest));
        act(&mut console);
        // A terminal that is too small takes no keys.
        console.model.size = (columns, lines);
        writeln!(shown, "== {columns}x{lines}\n{}", console.screen().join("\n")).unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}
