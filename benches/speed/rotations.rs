//! Rotating in place against creating, and both against the same statements without the program around them.

use std::path::PathBuf;

use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::provision::Provisioner;
use host_provisioner::store::{HistoryPage, HistoryQuery};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::floor::Floor;
use crate::report::{Report, Target};
use crate::{Scale, audit_world, turns, worlds};

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let turns = i64::try_from(scale.turns).unwrap();
    let [ours, bare] = ["rotations", "floor"].map(|name| runtime.block_on(fresh(name, 2 * turns)));
    let hasher = Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    let provisioner = Provisioner::new(runtime.block_on(worlds::open(&ours)), hasher);
    let provision = |id| runtime.block_on(provision(&provisioner, id));
    provision(1);
    let newest = HistoryQuery { session: None, page: HistoryPage::Newest, limit: 1 };
    let sample = runtime.block_on(provisioner.store().history(&newest)).unwrap().remove(0);
    let floor = std::cell::RefCell::new(runtime.block_on(Floor::open(&bare, sample)));
    runtime.block_on(floor.borrow_mut().create(1));
    for id in 2..=turns {
        provision(id);
        runtime.block_on(floor.borrow_mut().create(id));
    }
    // A session of its own for each turn: the first half is rotated, the second half gets its first record.
    let first = |turn: usize| i64::try_from(turn).unwrap() + 1;
    let [create, floor_create, rotate, floor_rotate] = turns::medians(
        scale.turns,
        &mut [
            &mut |turn| provision(turns + first(turn)),
            &mut |turn| runtime.block_on(floor.borrow_mut().create(turns + first(turn))),
            &mut |turn| provision(first(turn)),
            &mut |turn| runtime.block_on(floor.borrow_mut().rotate(first(turn))),
        ],
    );
    report.part("a rotation in place, and a creation");
    report.figure("a rotation", rotate * 1e3, "ms", Target::None);
    report.figure("a creation", create * 1e3, "ms", Target::None);
    report.figure("a rotation against a creation", rotate / create, "times", Target::AtMost(1.1));
    report.figure("a rotation against its bare statements", rotate / floor_rotate, "times", Target::AtMost(1.15));
    report.figure("a creation against its bare statements", create / floor_create, "times", Target::AtMost(1.15));
}

/// A new database with so many sessions and nothing else.
async fn fresh(name: &str, sessions: i64) -> PathBuf {
    let path = worlds::folder().join(format!("{name}.db"));
    worlds::remove(&path);
    audit_world::sessions_alone(&path, sessions).await;
    path
}

pub(crate) async fn provision(provisioner: &Provisioner, id: i64) {
    let request = audit_world::request(id);
    provisioner.change(&request, &Expected::Anything, &|_| (), &CancellationToken::new()).await.unwrap();
}
