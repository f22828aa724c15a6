//! Columns begin in the same cells in every row, whatever the texts are made of: wide, joined, combining, from the right.

use host_provisioner::domain::actor::Actor;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::reason::RotationReason;
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::session::Session;
use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::view::text;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use crate::support::canned::{Canned, idle, of};
use crate::support::console::Console;
use crate::world::{guid, hours, record, request, session_id};

/// What columns break on.
const PIECES: [&str; 27] = [
    "a",
    "Z9 ",
    "-",
    // Arabic, with lam and alef, which a font joins; Hebrew.
    "\u{644}\u{627}",
    "\u{627}\u{644}\u{633}\u{644}\u{627}\u{645}",
    "\u{645}\u{64e}\u{631}\u{652}\u{62d}\u{64e}\u{628}\u{64b}\u{627}",
    "\u{5e9}\u{5b8}\u{5dc}\u{5d5}\u{5b9}\u{5dd}",
    // Wide letters, half-width ones with their marks, Hangul whole and in parts.
    "\u{77e5}\u{8b58}",
    "\u{ff76}\u{ff9e}",
    "\u{d55c}",
    "\u{1112}\u{1161}\u{11ab}",
    // Letters with marks, one and thirty.
    "e\u{301}",
    "o\u{302}\u{323}",
    "x\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    // Scripts whose letters cluster.
    "\u{915}\u{94d}\u{937}\u{93f}",
    "\u{e01}\u{e33}",
    // Emoji: plain, with a skin tone, a flag, a family that joiners hold together, a presentation selector.
    "\u{1f54c}",
    "\u{1f44b}\u{1f3fd}",
    "\u{1f1ef}\u{1f1f5}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{2764}\u{fe0f}",
    // What acts on terminals and readers.
    "\u{1b}[31m",
    "\u{202e}",
    "\u{2067}",
    "\t",
    "\u{301}",
    "\u{200b}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![6 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 1..30).prop_map(|pieces| pieces.concat())
}

/// Sessions with these titles, each with a record made by, and a history written by, the same text.
fn world(texts: &[String]) -> Canned {
    let numbered = || texts.iter().zip(1..);
    let sessions = numbered().map(|(text, number)| Session { description: Some(text.clone()), ..idle(number, text) });
    let mut data =
        Canned::new(sessions.collect(), numbered().map(|(_, number)| of(number, record(number + 10))).collect());
    for (text, number) in numbered() {
        let name: String = text.chars().filter(|c| !c.is_control()).collect();
        let by = Actor::parse(&format!("n{name}")).unwrap_or_else(|_| Actor::parse("too long").unwrap());
        let reason = RotationReason::parse("the reason").ok();
        let asked = Request { session: session_id(number), by, reason, ..request(Action::Provision(Expiry::Never)) };
        data.tables.change(&asked, &guid(900 + number.unsigned_abs()), hours(-number)).unwrap();
    }
    data
}

fn row(buffer: &Buffer, line: usize) -> &[Cell] {
    let width = usize::from(buffer.area.width);
    &buffer.content()[line * width..][..width]
}

/// The text that begins in a cell.
fn from(cells: &[Cell], column: usize) -> String {
    cells[column..].iter().map(Cell::symbol).collect()
}

/// The line and the column of a text that is drawn.
fn find(buffer: &Buffer, wanted: &str) -> (usize, usize) {
    let columns = |line| (0..usize::from(buffer.area.width)).map(move |column| (line, column));
    let mut places = (0..usize::from(buffer.area.height)).flat_map(columns);
    places.find(|(line, column)| from(row(buffer, *line), *column).starts_with(wanted)).expect(wanted)
}

/// No wide character reaches over the cell before a column, and that cell is blank.
fn assert_begins(cells: &[Cell], column: usize, expected: &[&str]) {
    let text = from(cells, column);
    assert!(expected.iter().any(|expected| text.starts_with(expected)), "{column}: {}", from(cells, 0));
    assert_eq!(cells[column - 1].symbol(), " ", "{}", from(cells, 0));
    let reaches = (0..column).any(|place| place + usize::from(cells[place].cell_width()) > column);
    assert!(!reaches, "{}", from(cells, 0));
}

/// The border on the right stands where it stands in the first line of the frame.
fn assert_framed(buffer: &Buffer, top: usize, lines: usize, column: usize) {
    for line in top + 1..top + lines {
        assert!(["┃", "│"].contains(&row(buffer, line)[column].symbol()), "{}", from(row(buffer, line), 0));
    }
}

const SIZES: [(u16, u16); 3] = [(120, 35), (80, 24), (60, 16)];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_follows_a_text_begins_where_its_columns_end(shown in hostile(), columns in 0_usize..40) {
        let theme = Theme::new(false);
        for shown in [text::clean(&shown), theme.fit(&shown, columns), text::padded(&theme.fit(&shown, columns), columns)] {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 2000, 1));
            Paragraph::new(Line::from(vec![Span::raw(shown.clone()), Span::raw("|end")])).render(buffer.area, &mut buffer);
            prop_assert_eq!(find(&buffer, "|end").1, text::width(&shown), "{:?}", shown);
        }
        prop_assert!(text::width(&theme.fit(&shown, columns)) <= columns);
        prop_assert_eq!(text::width(&text::padded(&theme.fit(&shown, columns), columns)), columns);
        for line in theme.wrap(&shown, columns.max(1)) {
            prop_assert!(text::width(&line) <= columns.max(1), "{:?}", line);
        }
    }

    #[test]
    fn every_column_of_the_list_begins_in_the_same_cell(texts in prop::collection::vec(hostile(), 4)) {
        for (size, keys) in SIZES.into_iter().flat_map(|size| ["", "t"].map(|keys| (size, keys))) {
            let mut console = Console::sized(world(&texts), size);
            console.keys(keys);
            console.model.notice = None;
            let buffer = console.draw(false);
            let (top, title) = find(&buffer, "TITLE");
            let record = find(&buffer, "HOST RECORD").1;
            let width = if size.0 >= 110 { usize::from(size.0) - 40 } else { usize::from(size.0) };
            assert_framed(&buffer, top, texts.len() + 1, width - 1);
            for line in (1..=texts.len()).map(|line| row(&buffer, top + line)) {
                assert_begins(line, record, &["#1"]);
                prop_assert_eq!(line[title - 1].symbol(), " ");
                if size.0 >= 80 {
                    assert_begins(line, find(&buffer, "STATUS").1, &["Created"]);
                }
                prop_assert!(line[width - 2].symbol().chars().all(char::is_alphanumeric), "{}", from(line, 0));
            }
        }
    }

    #[test]
    fn every_column_of_the_history_begins_in_the_same_cell(texts in prop::collection::vec(hostile(), 4)) {
        for size in SIZES {
            let mut console = Console::sized(world(&texts), size);
            console.keys("H");
            console.press(crossterm::event::KeyCode::Tab);
            let buffer = console.draw(false);
            let (top, by) = find(&buffer, "BY ");
            let reason = find(&buffer, "REASON").1;
            assert_framed(&buffer, top, texts.len() + 1, usize::from(size.0) - 1);
            for line in (1..=texts.len()).map(|line| row(&buffer, top + line)) {
                assert_begins(line, by, &["n", "too long"]);
                assert_begins(line, reason, &["the reason"]);
            }
        }
    }

    #[test]
    fn every_bar_of_the_overview_begins_in_the_same_cell(texts in prop::collection::vec(hostile(), 4)) {
        for size in SIZES {
            let mut console = Console::sized(world(&texts), size);
            console.keys("O");
            console.press(crossterm::event::KeyCode::BackTab);
            let buffer = console.draw(false);
            let top = find(&buffer, "Rotations by whom").0;
            let people = console.model.overview.read.as_ref().unwrap().people.len();
            let bar = |line: &[Cell]| line.iter().position(|cell| cell.symbol() == "█").unwrap();
            let first = bar(row(&buffer, top + 1));
            for line in (1..=people).map(|line| row(&buffer, top + line)) {
                prop_assert_eq!(bar(line), first, "{}", from(line, 0));
                let digits = from(line, first - 2);
                prop_assert!(digits.starts_with(|c: char| c.is_ascii_digit()), "{}", from(line, 0));
            }
        }
    }

    #[test]
    fn a_detail_stays_in_its_frame_and_its_values_in_their_column(shown in hostile()) {
        let data = world(&[shown]);
        let mut console = Console::sized(data.clone(), (120, 35));
        let buffer = console.draw(false);
        let (top, title) = find(&buffer, "Title ");
        assert_framed(&buffer, top - 1, 12, 119);
        prop_assert_eq!(row(&buffer, top)[title + 11].symbol(), " ");
        for (columns, lines) in SIZES {
            console = Console::sized(data.clone(), (columns, lines));
            console.enter();
            let buffer = console.draw(false);
            let top = find(&buffer, "Title ").0;
            assert_framed(&buffer, top - 1, usize::from(lines) - 4, usize::from(columns) - 1);
        }
    }
}
