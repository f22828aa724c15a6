//! The log panel: what the provisioner tells, in a ring that never grows, from a level on, searched by words.

use std::collections::VecDeque;

use super::message::Motion;
use crate::domain::time::Timestamp;

mod draw;
mod search;

pub use draw::draw;
pub use search::Search;

/// Lines that are kept.
const CAPACITY: usize = 10_000;

/// How much a line matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It goes on.
    #[default]
    Info,
    /// Something is not as it should be, and nothing is lost.
    Warn,
    /// Something failed, or is not known.
    Error,
}

impl Level {
    /// Names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// Says what is shown from it on.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Info => "every line",
            Self::Warn => "warnings and errors",
            Self::Error => "errors alone",
        }
    }

    /// Gives the next above; after the highest the lowest.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Info => Self::Warn,
            Self::Warn => Self::Error,
            Self::Error => Self::Info,
        }
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was told.
    pub at: Timestamp,
    /// The event's text, verbatim.
    pub text: String,
    /// How much it matters.
    pub level: Level,
}

/// The lines and how they are looked at. A line has a number, from the first that ever came on; a reader who has scrolled
/// back stays with the number of a line, whatever comes, goes or is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    lines: VecDeque<LogLine>,
    /// The number of the oldest line that is kept.
    first: u64,
    /// Lines that the ring has let go, or that never got in.
    pub dropped: u64,
    /// Lines below it are left out.
    level: Level,
    /// The numbers of those that are not.
    passing: VecDeque<u64>,
    /// The lowest line that is shown; none follows the newest.
    lowest: Option<u64>,
    /// The number of the line that was to come when the newest one was left.
    left_at: u64,
    /// What is searched for.
    pub search: Search,
    /// Whether the panel is shown.
    pub shown: bool,
    /// Whether the mouse has its border in its grip.
    pub gripped: bool,
    /// Lines more (or fewer) than the screen's own choice.
    pub extra: i16,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            lines: VecDeque::new(),
            first: 0,
            dropped: 0,
            level: Level::default(),
            passing: VecDeque::new(),
            lowest: None,
            left_at: 0,
            search: Search::default(),
            shown: true,
            gripped: false,
            extra: 0,
        }
    }
}

impl Log {
    /// Appends a line. A reader who has scrolled back stays where they are.
    pub fn push(&mut self, line: LogLine) {
        if self.lines.len() == CAPACITY {
            self.lines.pop_front();
            self.passing.pop_front_if(|oldest| *oldest == self.first);
            self.search.gone(self.first);
            self.first += 1;
            self.dropped += 1;
        }
        if line.level >= self.level {
            let number = self.next();
            self.passing.push_back(number);
            self.search.came(number, &line.text);
        }
        self.lines.push_back(line);
    }

    /// Gives the lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &LogLine> {
        self.lines.iter()
    }

    /// Gives the number of the line that comes next.
    fn next(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// Counts the lines that came since the newest one was left.
    fn news(&self) -> usize {
        self.passing.len() - self.passing.partition_point(|number| *number < self.left_at)
    }

    fn line(&self, number: u64) -> Option<&LogLine> {
        self.lines.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// Leaves out what is below the next level; after the highest nothing.
    pub fn next_level(&mut self) -> Level {
        self.level = self.level.next();
        let numbered = (self.first..).zip(&self.lines);
        self.passing = numbered.filter(|(_, line)| line.level >= self.level).map(|(number, _)| number).collect();
        self.look_for_words();
        self.level
    }

    /// Looks for the words of the search in all lines.
    fn look_for_words(&mut self) {
        let lines = self.passing.iter().filter_map(|number| Some((*number, self.line(*number)?.text.as_str())));
        self.search.found = self.search.among(lines);
    }

    /// Searches for other words, from the newest line on.
    pub fn search_for(&mut self, words: &str, page: usize) {
        self.search.set(words);
        self.look_for_words();
        self.search.at = self.search.found.back().copied();
        self.show_found(page);
    }

    /// Goes to the next line that was found, towards the older ones, or back; tells whether there is one.
    pub fn step(&mut self, older: bool, page: usize) -> bool {
        let stepped = self.search.step(older);
        self.show_found(page);
        stepped
    }

    /// Scrolls only as far as the found line needs it, and then puts it in the middle.
    fn show_found(&mut self, page: usize) {
        let Some(at) = self.search.at else { return };
        let place = self.passing.partition_point(|number| *number < at);
        let end = self.end(page);
        if !(end.saturating_sub(page)..end).contains(&place) {
            self.go_to_end((place + 1 + page / 2).max(page));
        }
    }

    /// Finds where the shown lines end among those that pass.
    fn end(&self, page: usize) -> usize {
        let all = self.passing.len();
        let end = self.lowest.map_or(all, |lowest| self.passing.partition_point(|number| *number <= lowest));
        end.max(page.min(all))
    }

    fn go_to_end(&mut self, end: usize) {
        let lowest = end.checked_sub(1).and_then(|place| self.passing.get(place)).copied();
        if self.lowest.is_none() {
            self.left_at = self.next();
        }
        self.lowest = lowest.filter(|lowest| self.passing.back() != Some(lowest));
    }

    /// Moves through the lines, `page` at a time.
    pub fn scroll(&mut self, motion: Motion, page: usize) {
        let end = self.end(page);
        let end = match motion {
            Motion::Up => end.saturating_sub(1),
            Motion::Down => end + 1,
            Motion::HalfUp => end.saturating_sub(page / 2),
            Motion::HalfDown => end + page / 2,
            Motion::PageUp => end.saturating_sub(page),
            Motion::PageDown => end + page,
            Motion::First => 0,
            Motion::Last => self.passing.len(),
        };
        self.go_to_end(end.max(page.min(self.passing.len())));
    }

    /// Gives the lines that fit into so many with their numbers, the lowest last.
    pub fn window(&self, height: usize) -> impl Iterator<Item = (u64, &LogLine)> {
        let end = self.end(height);
        let numbers = self.passing.range(end.saturating_sub(height)..end);
        numbers.filter_map(|number| Some((*number, self.line(*number)?)))
    }
}
