//! Active records side by side: which of them stays, and what speaks for it.

use ratatui::text::{Line, Span};

use crate::domain::consolidation::Choice;
use crate::domain::host_record::{HostRecord, HostRecordId};
use crate::tui::theme::Theme;
use crate::tui::view::text;
use crate::tui::view::times::Times;

/// What would become of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes on.
    Stays,
    /// It is retired.
    Goes,
    /// Nobody has decided.
    Open,
}

impl Fate {
    /// Tells it of a record where this one stays.
    pub(super) fn of(stays: Option<HostRecordId>, record: HostRecordId) -> Self {
        match stays {
            None => Self::Open,
            Some(stays) if stays == record => Self::Stays,
            Some(_) => Self::Goes,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Stays => "stays",
            Self::Goes => "goes",
            Self::Open => "open",
        }
    }
}

/// Names a record and its fate, behind this sign.
fn head(record: &HostRecord, fate: Fate, sign: &str, theme: &Theme) -> Vec<Span<'static>> {
    let style = if fate == Fate::Stays { theme.strong } else { theme.plain };
    let name = format!("{sign} #{} {} ", record.id, record.hash.fingerprint().short());
    vec![Span::styled(name, style), Span::styled(format!("{:<5} ", fate.word()), style)]
}

/// Says when a host last logged in with it.
fn used(record: &HostRecord, times: Times) -> String {
    record.last_used_at.map_or("never used".to_owned(), |at| format!("used {}", times.told(at)))
}

/// Says how old it is, and who made it.
fn made(record: &HostRecord, times: Times) -> String {
    let by = record.created_by.as_deref().filter(|by| !by.is_empty());
    let by = by.map_or(String::new(), |by| format!(" by {}", text::clean(by)));
    format!("made {}{by}", times.told(record.created_at))
}

/// Says until when it works, where that has an end.
fn ends(record: &HostRecord, times: Times) -> Option<String> {
    let end = record.expires_at?;
    let word = if record.is_expired(times.now) { "expired" } else { "expires" };
    Some(format!("{word} {}", times.told(end)))
}

/// Puts a record on one line.
pub(super) fn line(record: &HostRecord, fate: Fate, times: Times, theme: &Theme, width: usize) -> Line<'static> {
    let sign = if fate == Fate::Stays { theme.signs.here } else { " " };
    let mut spans = head(record, fate, sign, theme);
    let taken: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    spans.push(Span::styled(theme.fit(&told(record, times), width.saturating_sub(taken)), theme.plain));
    Line::from(spans)
}

/// Puts on a line what the one above leaves out: the times, or the ages.
pub(super) fn beside(record: &HostRecord, times: Times, theme: &Theme, width: usize) -> Line<'static> {
    Line::styled(theme.fit(&format!("    {}", told(record, times.other())), width), theme.dim)
}

fn told(record: &HostRecord, times: Times) -> String {
    let told = [Some(used(record, times)), ends(record, times), Some(made(record, times))];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Lists all active records for a narrow panel, and tells which of them would stay, and why.
pub(super) fn crowd(
    active: &[HostRecord],
    choice: Choice,
    times: Times,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'static>> {
    weighed(active, choice, theme, width, |record, fate| lines(record, fate, times, theme, width))
}

/// Does the same for a wide screen, one line for each record.
pub(super) fn crowd_in_lines(
    active: &[HostRecord],
    choice: Choice,
    times: Times,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'static>> {
    weighed(active, choice, theme, width, |record, fate| vec![line(record, fate, times, theme, width)])
}

/// Puts the records, each laid out, below their number, and below them which would stay, and why; or why a person decides.
fn weighed(
    active: &[HostRecord],
    choice: Choice,
    theme: &Theme,
    width: usize,
    lay_out: impl Fn(&HostRecord, Fate) -> Vec<Line<'static>>,
) -> Vec<Line<'static>> {
    let stays = match choice {
        Choice::Stays(stays, _) => Some(stays),
        Choice::Ambiguous(..) => None,
    };
    let records = active.iter().flat_map(|record| lay_out(record, Fate::of(stays, record.id)));
    let head = format!("! {} active records: duplicates", active.len());
    let head = Line::styled(theme.fit(&head, width), theme.caution);
    let why = match stays {
        Some(stays) => format!("#{stays} stays if consolidated: {}", choice.sentence()),
        None => choice.sentence(),
    };
    let why = format!("{why}. A rotation retires all but one, too.");
    let verdict = theme.wrap(&why, width).into_iter().map(|line| Line::styled(line, theme.plain));
    [head].into_iter().chain(records).chain(verdict).collect()
}

/// Puts a record on lines of a narrow panel.
fn lines(record: &HostRecord, fate: Fate, times: Times, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let when = [Some(used(record, times)), ends(record, times)].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let further =
        [when, made(record, times)].map(|text| Line::styled(theme.fit(&format!("    {text}"), width), theme.plain));
    [Line::from(head(record, fate, " ", theme))].into_iter().chain(further).collect()
}
