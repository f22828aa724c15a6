//! The history of one session as one text, which [`super::sql::AUDIT_HISTORIES`] makes.

use crate::domain::chain::StoredEntry;

/// Stands between two cells.
const UNIT: u8 = b'\x1f';

/// Stands between two entries.
const RECORD: u8 = b'\x1e';

/// Separators between the cells of one entry.
const UNITS: usize = 6;

/// The entries of one session.
#[derive(Debug)]
pub(super) enum History {
    /// In one text.
    Text(String),
    /// One by one.
    Entries(Vec<StoredEntry>),
}

impl Default for History {
    fn default() -> Self {
        Self::Entries(Vec::new())
    }
}

impl History {
    /// Takes a text that says exactly what the cells of so many entries hold. Every entry brings the same separators, so
    /// a text with more of them has a cell that holds one, and a text with fewer misses an entry.
    pub(super) fn whole(text: String, entries: i64) -> Option<Self> {
        let entries = usize::try_from(entries).ok()?;
        let count = |separator: u8| memchr::memchr_iter(separator, text.as_bytes()).count();
        (count(UNIT) == entries * UNITS && count(RECORD) + 1 == entries).then_some(Self::Text(text))
    }

    /// Gives the entries in the order of their numbers.
    pub(super) fn entries(&self, session: i64) -> Vec<StoredEntry<&str>> {
        match self {
            Self::Entries(entries) => entries.iter().map(StoredEntry::lent).collect(),
            Self::Text(text) => {
                let mut entries: Vec<_> = text.split(char::from(RECORD)).map(|text| entry(session, text)).collect();
                // The engine need not have put them in order.
                entries.sort_by_key(|entry| entry.seq);
                entries
            }
        }
    }
}

fn entry(session: i64, text: &str) -> StoredEntry<&str> {
    let mut cells = text.splitn(UNITS + 1, char::from(UNIT));
    let mut next = || cells.next().unwrap_or_default();
    StoredEntry {
        session,
        // What is no number is told of as a wrong one.
        seq: next().parse().unwrap_or(0),
        event_id: next(),
        action: next(),
        at: next(),
        prev_hash: next(),
        entry_hash: next(),
        body: next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "2\u{1f}event\u{1f}created\u{1f}at\u{1f}before\u{1f}own\u{1f}{}";

    #[test]
    fn entries_come_in_the_order_of_their_numbers_with_each_cell_in_its_place() {
        let first = ENTRY.replacen('2', "1", 1);
        let history = History::whole(format!("{ENTRY}\u{1e}{first}"), 2).unwrap();
        let entries = history.entries(7);
        assert_eq!(entries.iter().map(|entry| (entry.session, entry.seq)).collect::<Vec<_>>(), [(7, 1), (7, 2)]);
        let StoredEntry { event_id, action, at, body, prev_hash, entry_hash, .. } = entries[0];
        assert_eq!(
            [event_id, action, at, prev_hash, entry_hash, body],
            ["event", "created", "at", "before", "own", "{}"]
        );
    }

    #[test]
    fn a_text_with_a_separator_in_a_cell_or_without_an_entry_is_not_taken() {
        for text in [
            ENTRY.replacen("event", "ev\u{1f}ent", 1),
            ENTRY.replacen("{}", "{\u{1e}}", 1),
            ENTRY.replacen("{}", &format!("{{}}\u{1e}{ENTRY}"), 1),
            ENTRY.replacen("event\u{1f}", "", 1),
            String::new(),
        ] {
            assert!(History::whole(text.clone(), 1).is_none(), "{text:?}");
            assert!(History::whole(format!("{ENTRY}\u{1e}{text}"), 2).is_none(), "{text:?}");
        }
        assert!(History::whole(ENTRY.to_owned(), 2).is_none());
    }
}
