//! Pages of the list, in worlds of three sizes: the first, a deep one, and the first with filters and in other orders; and
//! how many sessions there are.

use std::sync::Arc;
use std::time::Duration;

use host_provisioner::domain::estimate::Count;
use host_provisioner::domain::order::{Order, SortKey};
use host_provisioner::domain::overview::MaxAge;
use host_provisioner::domain::session::SessionId;
use host_provisioner::store::{Page, SessionFilter, SessionQuery, Store};
use tokio::runtime::Runtime;

use crate::report::{Report, Target};
use crate::{Scale, turns, worlds};

/// Rows of a page, as the console asks for them.
const ROWS: u32 = 100;

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let stores =
        scale.sessions.map(|sessions| runtime.block_on(async { worlds::open(&worlds::demo(sessions).await).await }));
    compare(runtime, scale, report, &stores);
    narrow_and_sort(runtime, scale, report, &stores, OF_DEMO);
    numbers(runtime, scale, report, &stores);
    overview(runtime, scale, report, &stores[2]);
}

fn first_page(filter: &str, key: SortKey, descending: bool) -> SessionQuery {
    let (filter, order) = (SessionFilter::parse(filter).unwrap(), Order { key, descending });
    SessionQuery { filter, order, page: Page::First, limit: ROWS }
}

/// Filters of which an index serves the first page, by what they are, with the key of the order.
type Filters = [(&'static str, &'static str, SortKey)];

/// Those of the demo world. One word is in many titles, one in a single one, two in some.
const OF_DEMO: &Filters = &[
    ("a word that many titles have", "light", SortKey::Id),
    ("a word that one title has", "hundred", SortKey::Id),
    ("two words that some titles have, by title", "light repeat", SortKey::Title),
    ("status:active", "status:active", SortKey::Id),
    ("status:active, by title", "status:active", SortKey::Title),
    ("record:expired", "record:expired", SortKey::Id),
    ("record:expired, the oldest first", "record:expired", SortKey::Age),
    ("record:duplicate", "record:duplicate", SortKey::Id),
    ("by: a name", "by:=\"R. Sato\"", SortKey::Id),
    ("by: a part of a name", "by:sato", SortKey::Id),
    ("age: more than half a year", "age:>180d", SortKey::Id),
];

/// Those of the world on a server.
pub(crate) const OF_SERVER: &Filters = &[
    ("a word that all titles have", "review", SortKey::Id),
    ("a word that few titles have", "topic 99998", SortKey::Id),
    ("two words that few titles have, by title", "review 9998", SortKey::Title),
    ("status:active", "status:active", SortKey::Id),
    ("status:active, by title", "status:active", SortKey::Title),
    ("record:expired", "record:expired", SortKey::Id),
    ("record:expired, the oldest first", "record:expired", SortKey::Age),
    ("record:duplicate", "record:duplicate", SortKey::Id),
    ("by: a name", "by:=\"Security Team\"", SortKey::Id),
    ("by: a part of a name", "by:team", SortKey::Id),
    ("age: more than half a day", "age:>12h", SortKey::Id),
];

/// Measures first pages of the smallest and the largest world in orders that go by an index, and of the largest with
/// filters.
pub(crate) fn narrow_and_sort(
    runtime: &Runtime,
    scale: &Scale,
    report: &mut Report,
    stores: &[Arc<dyn Store>; 3],
    filters: &Filters,
) {
    let judges = report.judges();
    let page = |store: &Arc<dyn Store>, query: &SessionQuery| {
        let rows = runtime.block_on(store.sessions(query)).unwrap();
        assert!(!judges || !rows.is_empty(), "{query:?}");
    };
    let [small, _, large] = stores;
    let [least, _, most] = scale.sessions;
    let (title, age) = (first_page("", SortKey::Title, false), first_page("", SortKey::Age, true));
    let took = turns::medians(
        scale.turns,
        &mut [&mut |_| page(small, &title), &mut |_| page(large, &title), &mut |_| page(small, &age), &mut |_| {
            page(large, &age);
        }],
    );
    report.part(&format!("the first {ROWS} of {most} sessions, sorted and filtered"));
    let against = |name: &str| format!("{name}, against {least} sessions");
    report.figure(&against("by title"), took[1] / took[0], "times", Target::AtMost(1.3));
    report.figure(&against("the oldest record first"), took[3] / took[2], "times", Target::AtMost(1.3));
    for (name, filter, key) in filters {
        let query = first_page(filter, *key, *key == SortKey::Age);
        // Some of them take a hundred times as long as others.
        let [seconds] = turns::medians(scale.turns.min(50), &mut [&mut |_| page(large, &query)]);
        report.figure(name, seconds * 1e3, "ms", Target::AtMost(100.0));
    }
}

/// Measures how long it takes to say how many sessions there are and match: as an estimate, which must not take longer
/// among more, and counted, which does.
pub(crate) fn numbers(runtime: &Runtime, scale: &Scale, report: &mut Report, stores: &[Arc<dyn Store>; 3]) {
    let [_, medium, large] = stores;
    let filter = SessionFilter::parse("status:active record:active").unwrap();
    let estimate = |store: &Arc<dyn Store>| {
        let told = runtime.block_on(store.estimate_sessions(&filter)).unwrap();
        assert_ne!(told.found, Count::Unknown);
    };
    let [less, more] = turns::medians(scale.turns.min(50), &mut [&mut |_| estimate(medium), &mut |_| estimate(large)]);
    let all = SessionFilter::default();
    let count = |filter: &SessionFilter| {
        assert_ne!(runtime.block_on(large.count_sessions(filter)).unwrap(), 0);
    };
    let counted = turns::medians(scale.turns.min(9), &mut [&mut |_| count(&all), &mut |_| count(&filter)]);
    let [_, medium, large] = scale.sessions;
    report.part(&format!("how many of {large} sessions there are, and match a filter"));
    report.figure("an estimate", more * 1e3, "ms", Target::None);
    report.figure(&format!("an estimate, against {medium} sessions"), more / less, "times", Target::AtMost(1.3));
    report.figure("all, counted", counted[0], "s", Target::None);
    report.figure("those that match, counted", counted[1], "s", Target::None);
}

/// Measures what the console counts for its overview in the largest world. That reads all of the indexes, so it is told
/// in seconds.
pub(crate) fn overview(runtime: &Runtime, scale: &Scale, report: &mut Report, store: &Arc<dyn Store>) {
    let max_age = MaxAge::new(Duration::from_hours(90 * 24));
    let sessions = u64::from(scale.sessions[2]);
    let count = |_| assert_eq!(runtime.block_on(store.overview(max_age)).unwrap().sessions, sessions);
    let [seconds] = turns::medians(scale.turns.min(9), &mut [&mut { count }]);
    report.part(&format!("the overview of {sessions} sessions"));
    report.figure("all its counts", seconds, "s", Target::None);
}

/// Measures pages of three worlds, the smallest first.
pub(crate) fn compare(runtime: &Runtime, scale: &Scale, report: &mut Report, stores: &[Arc<dyn Store>; 3]) {
    let [small, medium, large] = stores;
    let page = |store: &Arc<dyn Store>, page: &Page| {
        let query = SessionQuery {
            filter: SessionFilter::default(),
            order: Order::default(),
            page: page.clone(),
            limit: ROWS.min(scale.sessions[0] / 10),
        };
        let rows = runtime.block_on(store.sessions(&query)).unwrap();
        assert_eq!(rows.len(), usize::try_from(query.limit).unwrap());
    };
    // Nine tenths down the list.
    let deep = scale.sessions.map(|sessions| Page::After(SessionId::new(i64::from(sessions) / 10 * 9).unwrap().into()));
    let took = turns::medians(
        scale.turns,
        &mut [
            &mut |_| page(small, &Page::First),
            &mut |_| page(small, &deep[0]),
            &mut |_| page(medium, &Page::First),
            &mut |_| page(medium, &deep[1]),
            &mut |_| page(large, &Page::First),
            &mut |_| page(large, &deep[2]),
        ],
    );
    report.part(&format!("a page of {ROWS} sessions, against the first page of {} sessions", scale.sessions[0]));
    report.figure("that first page", took[0] * 1e3, "ms", Target::None);
    let names = scale.sessions.iter().flat_map(|sessions| [("first", sessions), ("deep", sessions)]);
    for ((name, sessions), seconds) in names.zip(took).skip(1) {
        report.figure(&format!("{name} page of {sessions}"), seconds / took[0], "times", Target::AtMost(1.3));
    }
}
