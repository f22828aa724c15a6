//! Pages of the list, in worlds of three sizes: the first, a deep one, and the first by words of the titles and in other
//! orders.

use std::sync::Arc;
use std::time::Duration;

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
    narrow_and_sort(runtime, scale, report, &stores);
    overview(runtime, scale, report, &stores[2]);
}

fn first_page(filter: &str, key: SortKey, descending: bool) -> SessionQuery {
    let (filter, order) = (SessionFilter::parse(filter).unwrap(), Order { key, descending });
    SessionQuery { filter, order, page: Page::First, limit: ROWS }
}

/// Measures first pages of the smallest and the largest world: by a word that many titles have, by one that a single
/// title has, by two that some have in the order of the titles, and in two orders that go by an index.
fn narrow_and_sort(runtime: &Runtime, scale: &Scale, report: &mut Report, stores: &[Arc<dyn Store>; 3]) {
    let queries = [
        first_page("light", SortKey::Id, false),
        first_page("hundred", SortKey::Id, false),
        first_page("light repeat", SortKey::Title, false),
        first_page("", SortKey::Title, false),
        first_page("", SortKey::Age, true),
    ];
    let [common, rare, some, title, age] = &queries;
    let judges = report.judges();
    let page = |store: &Arc<dyn Store>, query: &SessionQuery| {
        let rows = runtime.block_on(store.sessions(query)).unwrap();
        assert!(!judges || !rows.is_empty());
    };
    let [small, _, large] = stores;
    let took = turns::medians(
        scale.turns,
        &mut [
            &mut |_| page(small, title),
            &mut |_| page(large, title),
            &mut |_| page(small, age),
            &mut |_| page(large, age),
            &mut |_| page(large, common),
            &mut |_| page(large, rare),
            &mut |_| page(large, some),
        ],
    );
    let [least, _, most] = scale.sessions;
    report.part(&format!("the first {ROWS} of {most} sessions, sorted and filtered"));
    report.figure(&format!("by title, against {least} sessions"), took[1] / took[0], "times", Target::AtMost(1.3));
    report.figure(
        &format!("the oldest record first, against {least}"),
        took[3] / took[2],
        "times",
        Target::AtMost(1.3),
    );
    report.figure("with a word that many titles have", took[4] * 1e3, "ms", Target::AtMost(100.0));
    report.figure("with a word that one title has", took[5] * 1e3, "ms", Target::AtMost(100.0));
    report.figure("with two words that some titles have, by title", took[6] * 1e3, "ms", Target::AtMost(100.0));
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
