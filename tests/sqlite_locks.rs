//! The file in use by two programs: what the other one does takes nothing from under ours.

use std::path::PathBuf;
use std::process::Command;

use host_provisioner::domain::expected::Expected;
use host_provisioner::store::SessionFilter;

use crate::store_contract::OLD_ROWS;
use crate::support::database::TestDb;
use crate::support::requests::{PROVISION, change, provisioner, request};

/// Asks as another program does, which opens the file and closes it.
fn outside(db: &TestDb, text: &str) -> String {
    let output = Command::new("sqlite3").arg(&db.path).arg(text).output().expect("sqlite3 runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A process that closes a file lets go of all its locks on it: then the other program takes itself for the last one, and
/// removes the write-ahead log, in which our next commits would be lost.
#[tokio::test(flavor = "multi_thread")]
async fn another_program_that_leaves_does_not_take_the_write_ahead_log_along() {
    let db = TestDb::with_old_rows(OLD_ROWS).await;
    let store = db.store().await;
    let log = PathBuf::from(format!("{}-wal", db.path.display()));
    let rotate = async |id: i64| {
        change(&provisioner(&store), &request(id, PROVISION), &Expected::Anything).await.unwrap();
    };
    rotate(1).await;
    for round in 1..4 {
        // Connections are opened while others are open.
        let all = SessionFilter::default();
        let count = || store.count_sessions(&all);
        store.change_marker().await.unwrap();
        tokio::try_join!(count(), count(), count()).unwrap();
        assert_eq!(outside(&db, r#"SELECT count(*) FROM "HostSessionEvents""#), round.to_string());
        assert!(log.exists(), "round {round}");
        rotate(1).await;
    }
    assert_eq!(outside(&db, r#"SELECT count(*) FROM "HostSessionEvents""#), "4");
}
