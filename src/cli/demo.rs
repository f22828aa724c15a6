//! `demo`: a world to try.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// How many sessions it has
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    sessions: u32,
    /// Keeps the database in this new file, instead of throwing it away
    #[arg(long, value_name = "PATH")]
    keep: Option<PathBuf>,
    /// Makes the database and ends, without the console
    #[arg(long)]
    no_tui: bool,
}

/// Which world to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// How many sessions it has.
    pub sessions: u32,
    /// Where it stays; `None` throws it away at the end.
    pub keep: Option<PathBuf>,
    /// Whether the console opens on it.
    pub tui: bool,
}

impl From<DemoArgs> for Demo {
    fn from(args: DemoArgs) -> Self {
        Self { sessions: args.sessions, keep: args.keep, tui: !args.no_tui }
    }
}
