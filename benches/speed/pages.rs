//! The first page and a deep page of the list, in worlds of three sizes.

use std::sync::Arc;

use host_provisioner::domain::order::Order;
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
