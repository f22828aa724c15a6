//! Figures with their targets, one a line.

/// What a figure is held to.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    /// Told for what it is worth.
    None,
}

pub(crate) struct Report {
    judges: bool,
    missed: Vec<String>,
    part: String,
}

impl Report {
    pub(crate) fn new(judges: bool) -> Self {
        Self { judges, missed: Vec::new(), part: String::new() }
    }

    /// Tells whether this is a real run.
    pub(crate) fn judges(&self) -> bool {
        self.judges
    }

    /// Begins a part.
    pub(crate) fn part(&mut self, what: &str) {
        println!("\n{what}");
        what.clone_into(&mut self.part);
    }

    /// Tells a figure, and whether it meets its target.
    pub(crate) fn figure(&mut self, what: &str, value: f64, unit: &str, target: Target) {
        let (held_to, met) = match target {
            Target::AtMost(most) => (format!("at most {most}"), value <= most),
            Target::AtLeast(least) => (format!("at least {least}"), value >= least),
            Target::None => (String::new(), true),
        };
        let verdict = match (self.judges, target) {
            (false, _) | (_, Target::None) => "",
            _ if met => "met",
            _ => "MISSED",
        };
        if self.judges && !met {
            self.missed.push(format!("{}: {what}", self.part));
        }
        println!("  {what:<58} {value:>9.3} {unit:<12} {held_to:<15} {verdict}");
    }

    pub(crate) fn end(&self) {
        let cores = std::thread::available_parallelism().unwrap();
        let load = std::fs::read_to_string("/proc/loadavg").unwrap();
        println!("\n{cores} cores; load of the last 1, 5 and 15 minutes, this bench included: {}", load.trim_end());
        match self.missed.len() {
            _ if !self.judges => println!("\nnothing was judged: `make bench` does"),
            0 => println!("\nall targets are met"),
            missed => println!("\n{missed} missed\n  {}", self.missed.join("\n  ")),
        }
    }
}
