//! Rows in which a terminal may have given letters other columns than we count: flags, letters of several marks, what
//! Unicode has not assigned. Whatever comes there next is drawn on an erased row: what we take for the same blank as
//! before may hold half a letter.

use std::collections::BTreeMap;

use ratatui::buffer::{Buffer, Cell, CellDiffOption};

/// The rows of that kind that are on the screen, with their text.
#[derive(Debug, Default)]
pub(super) struct Ghosts(BTreeMap<u16, String>);

impl Ghosts {
    /// Takes a frame in that is about to be drawn. Gives the rows that are to be erased first, and has all of them drawn
    /// anew.
    pub(super) fn haunted(&mut self, frame: &mut Buffer) -> Vec<u16> {
        let mut risky = BTreeMap::new();
        let area = frame.area;
        let mut haunted = Vec::new();
        for y in area.top()..area.bottom() {
            let symbols = || (area.left()..area.right()).map(|x| frame[(x, y)].symbol());
            let is_risky = symbols().any(is_risky);
            let before = self.0.get(&y);
            if !is_risky && before.is_none() {
                continue;
            }
            let text: String = symbols().collect();
            if before.is_some_and(|before| *before != text) {
                haunted.push(y);
            }
            if is_risky {
                risky.insert(y, text);
            }
        }
        self.0 = risky;
        for y in &haunted {
            for x in area.left()..area.right() {
                let cell = &mut frame[(x, *y)];
                // Erased is what a plain blank is.
                if cell.symbol() != " " || cell.style() != Cell::EMPTY.style() {
                    cell.set_diff_option(CellDiffOption::AlwaysUpdate);
                }
            }
        }
        haunted
    }

    /// Nothing is on the screen any more.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// Tells whether terminals differ in the columns that they give a grapheme.
fn is_risky(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let first = chars.next();
    // For private use, or beyond the first plane; what lies between is as certain as what lies before.
    let is_beyond = |c: char| u32::from(c) >= 0xe000 && !(0xf900..=0xfffd).contains(&u32::from(c));
    chars.next().is_some() || first.is_some_and(is_beyond)
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Modifier;

    use super::*;

    fn frame(lines: [&str; 2]) -> Buffer {
        Buffer::with_lines(lines)
    }

    fn redrawn(frame: &Buffer, y: u16) -> String {
        let cells = (0..frame.area.width).map(|x| &frame[(x, y)]);
        cells.map(|cell| if cell.diff_option == CellDiffOption::AlwaysUpdate { '!' } else { '.' }).collect()
    }

    #[test]
    fn what_follows_on_letters_of_uncertain_width_is_drawn_on_an_erased_row() {
        let mut ghosts = Ghosts::default();
        assert_eq!(ghosts.haunted(&mut frame(["│ 🇩🇪🇫🇷 │", "│ plain│"])), [] as [u16; 0]);
        let mut next = frame(["│ a b  │", "│ other│"]);
        assert_eq!(
            (ghosts.haunted(&mut next), redrawn(&next, 0), redrawn(&next, 1)),
            (vec![0], "!.!.!..!".into(), "........".into())
        );
        assert_eq!(ghosts.haunted(&mut frame(["│ c d  │", "│ plain│"])), [] as [u16; 0], "it holds none any more");
    }

    #[test]
    fn a_row_that_stays_is_not_erased_when_its_style_alone_changes() {
        let mut ghosts = Ghosts::default();
        ghosts.haunted(&mut frame(["क्षत्रिय", "x"]));
        let mut chosen = frame(["क्षत्रिय", "x"]);
        chosen.set_style(Rect::new(0, 0, 4, 1), Modifier::REVERSED);
        assert_eq!(ghosts.haunted(&mut chosen), [] as [u16; 0]);
        let mut other = frame(["y       ", "x"]);
        other.set_style(Rect::new(0, 0, 2, 1), Modifier::REVERSED);
        assert_eq!((ghosts.haunted(&mut other), &redrawn(&other, 0)[..2]), (vec![0], "!!"), "a blank may have a style");
    }

    #[test]
    fn a_screen_that_was_wiped_holds_nothing() {
        let mut ghosts = Ghosts::default();
        ghosts.haunted(&mut frame(["🇩🇪", "x"]));
        ghosts.forget();
        assert_eq!(ghosts.haunted(&mut frame(["y", "x"])), [] as [u16; 0]);
    }

    #[test]
    fn letters_of_one_mark_and_wide_ones_are_certain() {
        for certain in ["a", "é", "知", "│", "…", "▸", "\u{fffd}", " ", ""] {
            assert!(!is_risky(certain), "{certain:?}");
        }
        for risky in ["🇩🇪", "e\u{301}", "👍🏽", "👍", "\u{fffe}", "\u{10ffff}", "\u{e000}"] {
            assert!(is_risky(risky), "{risky:?}");
        }
    }
}
