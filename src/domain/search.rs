//! Which entries of the history a search finds. The language is that of [`super::filter`], as far as it means something
//! to an entry: words, `id:`, `by:` and `age:`, each turned around by `-`.

use super::chain::StoredEntry;
use super::filter::{Compare, Filter, FilterError, IdRange, Name, Term, Test, Word, letters};
use super::session::SessionId;
use super::time::Timestamp;

/// What entries must be like to be found; all terms hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    terms: Vec<Term>,
}

/// Why a text is no search.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// It is no text of the language.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// It asks for what only sessions have.
    #[error("`{0}:` is about sessions; a search of the history takes words, id:, by: and age:")]
    Foreign(&'static str),
}

impl Search {
    /// Reads a text of the language; a text of blanks finds every entry.
    ///
    /// # Errors
    /// [`SearchError`] says what is wrong and what would be right.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        let Filter { terms } = Filter::parse(text)?;
        for term in &terms {
            match term.test {
                Test::Word(_) | Test::Id(_) | Test::By(_) | Test::Age(_) => {}
                Test::Status(_) => return Err(SearchError::Foreign("status")),
                Test::Record(_) => return Err(SearchError::Foreign("record")),
            }
        }
        Ok(Self { terms })
    }

    /// Tells whether every entry is found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Tells whether an entry is found: a word is in its reason, its name or its action, or is the session's id. What
    /// cannot be read of a damaged entry has no words.
    #[must_use]
    pub fn finds(&self, entry: &StoredEntry, now: Timestamp) -> bool {
        let told = Told::of(entry);
        self.terms.iter().all(|term| told.fits(&term.test, now) != term.negated)
    }

    /// Gives the one session that an entry must be of, if the search says so.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.ids().find_map(|ranges| match ranges {
            [range] if range.first() == range.last() => Some(range.first()),
            _ => None,
        })
    }

    /// Lists the words and names that an entry must hold, each with the session that it may be of instead.
    pub fn words(&self) -> impl Iterator<Item = (&str, Option<SessionId>)> {
        self.asked().filter_map(|test| match test {
            Test::Word(word) => Some((word.text(), word.id())),
            Test::By(name) => Some((name.text.as_str(), None)),
            Test::Id(_) | Test::Status(_) | Test::Record(_) | Test::Age(_) => None,
        })
    }

    /// Lists the ranges of ids in which an entry's session must lie.
    pub fn ids(&self) -> impl Iterator<Item = &[IdRange]> {
        self.asked().filter_map(|test| match test {
            Test::Id(ranges) => Some(ranges.as_slice()),
            Test::Word(_) | Test::Status(_) | Test::Record(_) | Test::By(_) | Test::Age(_) => None,
        })
    }

    /// Gives the instants between which the entries must have been made, both included, as far as the search says.
    #[must_use]
    pub fn times(&self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let ages = || {
            self.asked().filter_map(|test| match test {
                Test::Age(age) => Some((age.compare(), age.made_at(now))),
                Test::Word(_) | Test::Id(_) | Test::Status(_) | Test::Record(_) | Test::By(_) => None,
            })
        };
        let is_limit_of_the_old =
            |(compare, _): &(Compare, Timestamp)| matches!(compare, Compare::Under | Compare::AtMost);
        let (oldest, newest) = (ages().filter(is_limit_of_the_old), ages().filter(|age| !is_limit_of_the_old(age)));
        (oldest.map(|(_, at)| at).max(), newest.map(|(_, at)| at).min())
    }

    /// The conditions that hold as they stand.
    fn asked(&self) -> impl Iterator<Item = &Test> {
        self.terms.iter().filter(|term| !term.negated).map(|term| &term.test)
    }
}

/// What an entry tells, as far as it can be read.
struct Told {
    session: i64,
    action: String,
    by: String,
    reason: String,
    at: Timestamp,
}

impl Told {
    fn of(entry: &StoredEntry) -> Self {
        let at = Timestamp::parse_fixed_width(&entry.at).unwrap_or(Timestamp::UNREADABLE);
        let (by, reason) = entry.parse_body().map_or_else(Default::default, |body| (body.by, body.reason));
        Self { session: entry.session, action: entry.action.clone(), by, reason: reason.unwrap_or_default(), at }
    }

    fn fits(&self, test: &Test, now: Timestamp) -> bool {
        match test {
            Test::Word(word) => self.has(word),
            Test::Id(ranges) => {
                ranges.iter().any(|range| (range.first().get()..=range.last().get()).contains(&self.session))
            }
            Test::By(Name { text, exact: true }) => self.by == *text,
            Test::By(Name { text, exact: false }) => letters::contains(&self.by, text),
            Test::Age(age) => age.holds(self.at, now),
            // No search has them.
            Test::Status(_) | Test::Record(_) => false,
        }
    }

    fn has(&self, word: &Word) -> bool {
        let texts = [&self.reason, &self.by, &self.action];
        texts.iter().any(|text| letters::contains(text, word.text()))
            || word.id().is_some_and(|id| id.get() == self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chain::{AuditAction, AuditBody, ChainHead};

    const NOW: &str = "2026-11-22T12:00:00.000000Z";

    fn entry() -> StoredEntry {
        let body = AuditBody {
            v: 1,
            session: 215,
            seq: 1,
            event: "0192f3a1-7c44-7000-8000-3f2b1c0d9e8f".to_owned(),
            action: AuditAction::ForceCreated,
            host_session: Some(18),
            retired: vec![7],
            by: "R. Sato".to_owned(),
            os_user: "rsato".to_owned(),
            client: "bastion2 host-provisioner/0.1.0".to_owned(),
            reason: Some("Suspected \"leak\" in a chat, Ångström".to_owned()),
            old_fp: None,
            new_fp: Some("b04de771902c".to_owned()),
            expires: None,
            at: "2026-11-21T12:00:00.000000Z".to_owned(),
        };
        body.follow(ChainHead::default())
    }

    fn finds(text: &str, entry: &StoredEntry) -> bool {
        Search::parse(text).unwrap().finds(entry, Timestamp::parse_fixed_width(NOW).unwrap())
    }

    #[test]
    fn words_are_found_in_reason_name_and_action_and_a_number_is_the_session() {
        for text in
            ["", "leak", "LEAK chat", "ångström", "sato", "force", "215", "\"a chat\"", "-zebra", "\"\\\"leak\""]
        {
            assert!(finds(text, &entry()), "{text}");
        }
        for text in ["zebra", "leak zebra", "21", "-leak", "\"215\"", "bastion2", "b04d", "reason", "-215"] {
            assert!(!finds(text, &entry()), "{text}");
        }
    }

    #[test]
    fn a_search_without_words_is_empty() {
        for (text, is_empty) in [("", true), ("  ", true), ("leak", false), ("-leak", false), ("id:7", false)] {
            assert_eq!(Search::parse(text).unwrap().is_empty(), is_empty, "{text:?}");
        }
    }

    #[test]
    fn keys_mean_the_same_as_in_a_filter() {
        for text in ["id:215", "id:1,200-300", "by:sato", "by:=\"R. Sato\"", "age:>23h", "age:<=24h", "-by:keller"] {
            assert!(finds(text, &entry()), "{text}");
        }
        for text in ["id:21", "by:rsato", "by:=sato", "age:<24h", "age:>24h", "-age:<2d"] {
            assert!(!finds(text, &entry()), "{text}");
        }
    }

    #[test]
    fn what_only_sessions_have_is_refused_by_name() {
        for (text, what) in [
            ("leak status:active", "`status:` is about sessions"),
            ("record:none", "`record:` is about sessions"),
            ("leak age:soon", "`age:` takes"),
        ] {
            let said = Search::parse(text).unwrap_err().to_string();
            assert!(said.contains(what), "{said}");
        }
    }

    #[test]
    fn a_damaged_entry_is_found_by_what_its_columns_tell() {
        let damaged = StoredEntry { body: "{".to_owned(), ..entry() };
        assert!(finds("force 215 age:<2d", &damaged));
        assert!(!finds("leak", &damaged) && !finds("by:sato", &damaged));
    }

    #[test]
    fn what_narrows_a_search_down_is_told() {
        let now = Timestamp::parse_fixed_width(NOW).unwrap();
        let search = Search::parse("leak 7 by:sato -zebra id:215 age:<7d age:<9d age:>1d").unwrap();
        assert_eq!(search.session(), SessionId::new(215));
        let seven = SessionId::new(7);
        assert_eq!(search.words().collect::<Vec<_>>(), [("leak", None), ("7", seven), ("sato", None)]);
        let days = |count: i64| Some(now.plus_seconds(-count * 86_400));
        assert_eq!(search.times(now), (days(7), days(1)));
        for text in ["-id:215", "id:1,2", "id:1-2", "215"] {
            let search = Search::parse(text).unwrap();
            assert_eq!((search.session(), search.times(now)), (None, (None, None)), "{text}");
        }
    }
}
