//! Entries of many sessions as one text, which [`super::sql::AUDIT_ENTRIES`] makes.

use std::ops::Range;

use crate::domain::chain::StoredEntry;

/// Stands between two cells.
const UNIT: u8 = b'\x1f';

/// Cells of one entry.
const CELLS: usize = 9;

/// An entry as it was found.
#[derive(Debug)]
pub(super) struct Found<Text> {
    /// Whether `Sessions` has its session; `None` where that was not asked.
    pub(super) exists: Option<bool>,
    /// Its cells.
    pub(super) entry: StoredEntry<Text>,
}

impl<Text> Found<Text> {
    /// Gives the same with every text replaced.
    pub(super) fn map<'a, Other>(&'a self, change: impl Fn(&'a Text) -> Other) -> Found<Other> {
        Found { exists: self.exists, entry: self.entry.map(change) }
    }
}

/// Finds the cells of so many entries in a text that says exactly what they hold, in the order of their keys. Every
/// entry brings the same separators, so a text with more of them has a cell that holds one; what is NULL comes as an
/// empty cell, which none of ours is. `None` where any of that is so, or where a session does not tell whether it exists.
pub(super) fn places(text: &str, entries: usize) -> Option<Vec<Found<Range<usize>>>> {
    let mut found = Vec::with_capacity(entries.min(text.len() / CELLS));
    let mut ends = memchr::memchr_iter(UNIT, text.as_bytes()).chain((entries > 0).then_some(text.len()));
    let mut from = 0;
    let mut next = || {
        let cell = from..ends.next()?;
        from = cell.end + 1;
        (!cell.is_empty()).then_some(cell)
    };
    for _ in 0..entries {
        let (session, exists) = (number(text, next()?)?, next()?);
        let exists = match text.get(exists)? {
            "y" => Some(true),
            "n" => Some(false),
            _ => None,
        };
        let entry = StoredEntry {
            session,
            seq: number(text, next()?)?,
            event_id: next()?,
            action: next()?,
            at: next()?,
            prev_hash: next()?,
            entry_hash: next()?,
            body: next()?,
        };
        found.push(Found { exists, entry });
    }
    // The engine need not have put them in order.
    found.sort_by_key(|found| (found.entry.session, found.entry.seq));
    let mut sessions = found.chunk_by(|one, next| one.entry.session == next.entry.session);
    (ends.next().is_none() && sessions.all(|of_one| of_one.iter().any(|found| found.exists.is_some()))).then_some(found)
}

fn number(text: &str, cell: Range<usize>) -> Option<i64> {
    text.get(cell)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "7\u{1f}y\u{1f}1\u{1f}event\u{1f}created\u{1f}at\u{1f}before\u{1f}own\u{1f}{}";
    const SECOND: &str = "7\u{1f}-\u{1f}2\u{1f}event\u{1f}created\u{1f}at\u{1f}before\u{1f}own\u{1f}{}";

    #[test]
    fn entries_come_in_the_order_of_their_numbers_with_each_cell_in_its_place() {
        let text = format!("{SECOND}\u{1f}{FIRST}");
        let found: Vec<_> =
            places(&text, 2).unwrap().iter().map(|found| found.map(|place| &text[place.clone()])).collect();
        assert_eq!(
            found.iter().map(|found| (found.entry.session, found.entry.seq, found.exists)).collect::<Vec<_>>(),
            [(7, 1, Some(true)), (7, 2, None)]
        );
        let StoredEntry { event_id, action, at, body, prev_hash, entry_hash, .. } = found[0].entry;
        assert_eq!(
            [event_id, action, at, prev_hash, entry_hash, body],
            ["event", "created", "at", "before", "own", "{}"]
        );
        assert!(places("", 0).unwrap().is_empty());
    }

    #[test]
    fn a_text_with_a_separator_in_a_cell_or_with_a_cell_of_nothing_is_not_taken() {
        for text in [
            FIRST.replacen("event", "ev\u{1f}ent", 1),
            FIRST.replacen("{}", &format!("{{}}\u{1f}{SECOND}"), 1),
            FIRST.replacen("event", "", 1),
            // One of each.
            FIRST.replacen("event\u{1f}created", "\u{1f}event\u{1f}created", 1),
            FIRST.replacen("event\u{1f}", "", 1),
            FIRST.replacen("{}", "", 1),
            FIRST.replacen("7\u{1f}", "7.5\u{1f}", 1),
            String::new(),
        ] {
            assert!(places(&text, 1).is_none(), "{text:?}");
            assert!(places(&format!("{FIRST}\u{1f}{text}"), 2).is_none(), "{text:?}");
        }
        assert!(places(FIRST, 2).is_none());
        assert!(places(FIRST, 0).is_none());
    }

    #[test]
    fn a_session_that_does_not_tell_whether_it_exists_is_not_taken() {
        assert!(places(SECOND, 1).is_none());
        assert!(places(&format!("{FIRST}\u{1f}{}", SECOND.replacen('7', "8", 1)), 2).is_none());
    }
}
