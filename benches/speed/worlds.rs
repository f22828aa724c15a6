//! The databases that are measured. Large ones take a while to make, so they stay in a folder below `target/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use host_provisioner::domain::time::SystemClock;
use host_provisioner::store::{self, Settings, Store, Target};

/// A folder below `target/`, on the disk that the project is on.
pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-worlds");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) fn settings(path: &Path) -> Settings {
    Settings { target: Target::Sqlite(path.to_path_buf()), timeout: Duration::from_mins(1), read_only: false }
}

pub(crate) async fn open(path: &Path) -> Arc<dyn Store> {
    store::connect(settings(path), None).await.unwrap()
}

/// Gives the demo world with so many sessions.
pub(crate) async fn demo(sessions: u32) -> PathBuf {
    let make = async |path: PathBuf| {
        host_provisioner::demo::world(&path, sessions, Arc::new(SystemClock)).await.unwrap();
    };
    kept(&format!("demo-{sessions}"), make).await
}

/// Gives a world that was kept, or makes it. One that was given up half-way has another name and is made anew; so is
/// one of an older schema.
pub(crate) async fn kept(name: &str, make: impl AsyncFnOnce(PathBuf)) -> PathBuf {
    let (path, begun) = (folder().join(format!("{name}.db")), folder().join(format!("{name}.begun")));
    let fits =
        path.exists() && store::pending_migrations(&settings(&path)).await.is_ok_and(|pending| pending.is_empty());
    if !fits {
        for old in [&path, &begun] {
            remove(old);
        }
        println!("  making {name} …");
        make(begun.clone()).await;
        std::fs::rename(&begun, &path).unwrap();
    }
    path
}

/// Removes a database and what stands beside it.
pub(crate) fn remove(path: &Path) {
    for beside in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{beside}", path.display()));
    }
}
