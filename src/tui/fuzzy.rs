//! Finds what people mean by the letters that they type of it.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Lists the items whose words have the letters of `typed` in their order, the best fit first, without those that fit
/// less than half as well; all of them, in their own order, where nothing is typed.
pub fn fitting<T>(items: impl IntoIterator<Item = T>, typed: &str, words: impl Fn(&T) -> String) -> Vec<T> {
    if typed.trim().is_empty() {
        return items.into_iter().collect();
    }
    let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, T)> = items
        .into_iter()
        .filter_map(|item| Some((pattern.score(Utf32Str::new(&words(&item), &mut buffer), &mut matcher)?, item)))
        .collect();
    scored.sort_by_key(|(score, _)| Reverse(*score));
    let best = scored.first().map_or(0, |(score, _)| *score);
    scored.into_iter().filter(|(score, _)| score.saturating_mul(2) >= best).map(|(_, item)| item).collect()
}
