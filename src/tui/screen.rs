//! The screens: one file each, with its state, its part of the reducer, and its part of the view.

pub mod confirm;
mod consent;
pub mod consolidation;
pub mod detail;
pub mod filter;
pub mod help;
pub mod history;
pub mod leave;
pub mod log;
pub mod main;
pub mod overview;
pub mod palette;
pub mod profiles;
pub mod reason;
mod records;
pub mod report;
pub mod reveal;
pub mod sessions;
mod sheet;
pub mod verification;
pub mod warnings;

/// What has the keys: one dialog at a time, by construction.
#[derive(Debug)]
pub enum Screen {
    /// The main screen: list, detail and log.
    Sessions,
    /// The filter line of the main screen.
    Filter,
    /// The line in which the log is searched.
    LogSearch,
    /// One session full-screen.
    Detail(detail::full::Full),
    /// The history of one session, or of all.
    History(Box<history::History>),
    /// Why, by whom, until when.
    Reason(Box<reason::ReasonForm>),
    /// The plan, to be confirmed.
    Confirm(Box<confirm::Confirm>),
    /// What is to be done with duplicates, to be confirmed.
    Consolidation(Box<consolidation::Consolidation>),
    /// What became of several sessions.
    Report(Box<report::Report>),
    /// A new GUID.
    Reveal(Box<reveal::Reveal>),
    /// What a verification found.
    Findings(verification::Findings),
    /// The keys of the screen beneath.
    Help(help::Help),
    /// Every action by name, over another screen.
    Palette(palette::Palette),
    /// The profiles that there are.
    Profiles(profiles::Profiles),
    /// How the records of all sessions stand.
    Overview,
    /// What is said of the configuration.
    Warnings(warnings::Warnings),
    /// Whether to quit while a change is under way.
    Leave,
}

impl Screen {
    /// Gives the screen that a help screen or the palette covers, or the screen itself.
    pub fn beneath(&mut self) -> &mut Self {
        match self {
            Self::Help(help) => help.back.beneath(),
            Self::Palette(palette) => palette.back.beneath(),
            other @ (Self::Sessions
            | Self::Filter
            | Self::LogSearch
            | Self::Detail(_)
            | Self::History(_)
            | Self::Findings(_)
            | Self::Reason(_)
            | Self::Confirm(_)
            | Self::Consolidation(_)
            | Self::Report(_)
            | Self::Reveal(_)
            | Self::Profiles(_)
            | Self::Overview
            | Self::Warnings(_)
            | Self::Leave) => other,
        }
    }
}
