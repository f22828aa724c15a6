//! What a search of the history asks.

use sqlx::QueryBuilder;

use crate::domain::search::Search;
use crate::store::backend::Backend;
use crate::store::search;

/// Searches of every kind.
const SEARCHES: [&str; 4] = ["", "suspected leak 215", "by:sato id:7,100-200", "-leak age:<7d"];

/// The questions for a stretch of the history.
pub(super) fn questions<B: Backend>() -> [(String, QueryBuilder<B>); 4] {
    let asked = |text| {
        let search = Search::parse(text).unwrap();
        search::assemble(&search, "0192f3a1-7c44".to_owned(), "0182".to_owned())
    };
    SEARCHES.map(|text| (format!("a search for {text}"), asked(text)))
}
