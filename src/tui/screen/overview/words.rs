//! What the overview says in words, so that nothing hangs on the colour of a bar.

use crate::domain::filter::RecordTest;
use crate::domain::overview::{Bar, Chart, DAYS, Overview, Subject};
use crate::domain::time::Timestamp;
use crate::tui::marks::grouped;
use crate::tui::message::{OverviewUi, Ui};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::view::text;

/// Says how old the counts are, or what is being done about them.
pub(super) fn state(model: &Model, theme: &Theme) -> String {
    let counts = &model.overview;
    if let Some(since) = counts.slow(model.now) {
        let waited = text::waited(since, model.now);
        let stop = model.keys.of(&Ui::Overview(OverviewUi::Back));
        return format!("{} counting, {waited}   {stop} stops", theme.turn(since, model.now));
    }
    // The server's clock may be ahead of what ours was told.
    let age = counts.read.as_ref().map(|read| format!("counted {}", model.times().told(read.at.min(model.now))));
    let failed = counts.failure.as_ref().map(|_| format!("{} not counted again", theme.signs.bad));
    failed.into_iter().chain(age).collect::<Vec<_>>().join("   ")
}

/// Heads a chart.
pub(super) fn heading(overview: &Overview, chart: Chart, columns: usize) -> String {
    let (long, short) = match chart {
        Chart::Records => (format!("Records of {} sessions", grouped(overview.sessions)), "Records".to_owned()),
        Chart::Ages => {
            let policy = format!("Age of records: {} over the policy", grouped(overview.over()));
            (format!("{policy} ({})", overview.max_age), policy)
        }
        Chart::Days => {
            let most = overview.days.iter().map(|day| day.rotations).max().unwrap_or(0);
            let all = grouped(overview.rotations());
            (format!("Rotations a day: {all} in {DAYS} days, at most {}", grouped(most)), "Rotations a day".to_owned())
        }
        Chart::People => (format!("Rotations by whom, in {DAYS} days"), "By whom".to_owned()),
    };
    if text::width(&long) <= columns { long } else { short }
}

/// Names a bar.
pub(super) fn label(bar: &Bar, overview: &Overview) -> String {
    match &bar.subject {
        Subject::Record(RecordTest::Active) => "working".to_owned(),
        Subject::Record(RecordTest::Expiring) => "- of these expiring in 7d".to_owned(),
        Subject::Record(RecordTest::Expired) => "expired".to_owned(),
        Subject::Record(RecordTest::None) => "none".to_owned(),
        Subject::Record(RecordTest::Duplicate) => "with duplicates".to_owned(),
        Subject::Age(band) if band.is_over(overview.max_age) => format!("! {band}"),
        Subject::Age(band) | Subject::Day(band) => format!("  {band}"),
        Subject::Person(name) => text::clean(name),
    }
}

/// Says what the bar under the cursor is, and what Enter lists.
pub(super) fn about(model: &Model, overview: &Overview, theme: &Theme) -> [String; 2] {
    let Some(bar) = model.overview.bar() else { return [String::new(), String::new()] };
    let rotations = || plural(bar.count, "rotation");
    let what = match &bar.subject {
        Subject::Record(test) => match test {
            RecordTest::Active => "The current record has not expired.",
            RecordTest::Expiring => "The current record works, and expires within seven days.",
            RecordTest::Expired => "The current record has expired.",
            RecordTest::None => "No record is active: nobody can host.",
            RecordTest::Duplicate => "Old GUIDs work beside the current one.",
        }
        .to_owned(),
        Subject::Age(band) if band.is_over(overview.max_age) => {
            format!("Current records, {band} old: over the policy, {}.", overview.max_age)
        }
        Subject::Age(band) => format!("Current records, {band} old: within the policy."),
        Subject::Day(band) => {
            let (after, to) = band.instants(overview.at);
            let shown = |at: Timestamp| model.times().absolute(at);
            format!("{} {} {}: {}", after.map(shown).unwrap_or_default(), theme.signs.to, shown(to), rotations())
        }
        Subject::Person(name) => format!("{}: {} in {DAYS} days", text::clean(name), rotations()),
    };
    let list = model.keys.sign(&Ui::Overview(OverviewUi::Choose), theme.signs);
    [what, format!("{list} lists {}: {}", plural(bar.sessions, "session"), bar.filter)]
}

fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", grouped(count)) }
}
