//! The demo world: what it shows, and that it is sound.

use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::domain::time::SystemClock;
use host_provisioner::provision::Provisioner;
use host_provisioner::store::{self, HistoryQuery};
use std::sync::Arc;

#[tokio::test]
async fn the_demo_world_has_a_history_that_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let n: u32 = std::env::var("DEMO_N").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let start = std::time::Instant::now();
    host_provisioner::demo::world(&path, n, Arc::new(SystemClock)).await.unwrap();
    println!("{:?}", start.elapsed());
    let store = store::connect(store::demo::settings(&path), Arc::new(SystemClock)).await.unwrap();
    let provisioner = Provisioner::new(store, Hasher::new(HashScheme::Sha256, None, None, None).unwrap());
    let report = provisioner.verify_audit().await.unwrap();
    println!("{report:?} {:?}", start.elapsed());
    assert_eq!(report.damage, vec![]);
    let history = provisioner.store().history(&HistoryQuery { session: None, before: None, limit: 100 }).await.unwrap();
    assert_eq!(history.len(), 12);
}
