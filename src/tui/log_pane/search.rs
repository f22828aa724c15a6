//! The search of the log: which lines have all its words.

use std::collections::VecDeque;

use tui_input::Input;

/// A search; without words there is none.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The line that is typed into.
    pub input: Input,
    /// Its words, in small letters.
    words: Vec<String>,
    /// The numbers of the lines that have them, oldest first.
    pub(super) found: VecDeque<u64>,
    /// The one that was gone to.
    pub(super) at: Option<u64>,
}

/// Two searches are the same when they look for the same and are as far.
impl PartialEq for Search {
    fn eq(&self, other: &Self) -> bool {
        self.input.value() == other.input.value()
            && (&self.words, &self.found, self.at) == (&other.words, &other.found, other.at)
    }
}

impl Eq for Search {}

impl Search {
    /// Tells whether nothing is searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Counts the lines that were found.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Gives the place of the line that was gone to, 1 for the newest that was found.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        let at = self.at?;
        self.found.binary_search(&at).ok().map(|place| self.found.len() - place)
    }

    pub(super) fn set(&mut self, words: &str) {
        self.words = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    }

    fn fits(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        !self.is_empty() && self.words.iter().all(|word| text.contains(word))
    }

    pub(super) fn among<'t>(&self, lines: impl Iterator<Item = (u64, &'t str)>) -> VecDeque<u64> {
        lines.filter(|(_, text)| self.fits(text)).map(|(number, _)| number).collect()
    }

    /// Takes a new line in.
    pub(super) fn came(&mut self, number: u64, text: &str) {
        if self.fits(text) {
            self.found.push_back(number);
        }
    }

    /// Forgets a line that is gone.
    pub(super) fn gone(&mut self, number: u64) {
        self.found.pop_front_if(|oldest| *oldest == number);
    }

    /// Goes on to the line that was found before, or after, the one that was gone to; tells whether there is one.
    pub(super) fn step(&mut self, older: bool) -> bool {
        let at = self.at.unwrap_or(u64::MAX);
        let next = if older {
            self.found.partition_point(|number| *number < at).checked_sub(1)
        } else {
            Some(self.found.partition_point(|number| *number <= at))
        };
        let next = next.and_then(|place| self.found.get(place)).copied();
        self.at = next.or(self.at);
        next.is_some()
    }
}
