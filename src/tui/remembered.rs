//! What a person chose of the console's looks, kept for the next time: the order of the list, how times are written, the
//! log panel. Of one database, so that each has its own.

use crate::config::TimeMode;
use crate::domain::order::Order;
use crate::tui::model::Model;

mod file;

pub use file::Memory;

/// Lines that the log panel may have more, or fewer, than its own.
pub const LOG_LINES: (i16, i16) = (-10, 40);

/// What is kept; nothing of it comes from a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The order of the list.
    pub order: Order,
    /// How times are written; `None` as the configuration says.
    pub times: Option<TimeMode>,
    /// Whether the log panel is shown.
    pub log_shown: bool,
    /// Lines of the log panel more (or fewer) than its own.
    pub log_lines: i16,
}

impl Remembered {
    /// Takes it from the console.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        Self {
            order: model.list.order,
            times: Some(model.time_mode).filter(|mode| *mode != model.about.times),
            log_shown: model.log.shown,
            log_lines: model.log.extra,
        }
    }
}

impl Model {
    /// Makes the console look as it did; before the first rows are asked for.
    pub fn recall(&mut self, remembered: Remembered) {
        self.list.order = remembered.order;
        self.time_mode = remembered.times.unwrap_or(self.about.times);
        self.log.shown = remembered.log_shown;
        self.log.extra = remembered.log_lines;
    }
}
