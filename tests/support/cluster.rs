//! A PostgreSQL server of a test's own, which it may stop, kill and reconfigure.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::pty::eventually;

/// The user that runs the server where the tests run as root, which a server refuses.
const USER: &str = "postgres";

/// A server in a temporary folder, on a port and a socket folder of its own. What is committed is on the disk.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
}

/// Finds a command of the newest server that is installed.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("a PostgreSQL server is installed: `make test` does it");
    let mut found: Vec<PathBuf> = versions.map(|version| version.unwrap().path().join("bin").join(name)).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found.pop().expect("a PostgreSQL server is installed: `make test` does it")
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Cluster {
    /// Starts a server with further lines of configuration.
    pub(crate) fn start(configuration: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("cluster-").tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, port };
        if is_root() {
            let given = Command::new("chown").arg(USER).arg(cluster.folder.path()).status().unwrap();
            assert!(given.success());
        }
        cluster.run(
            "initdb",
            &["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D", &cluster.data()],
        );
        let sockets = cluster.folder.path().display();
        cluster.configure(&format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{sockets}'\n{configuration}"
        ));
        cluster.restart();
        cluster
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs a command of the server, as a user that may.
    fn run(&self, name: &str, arguments: &[&str]) {
        let path = program(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={USER}"), &format!("--regid={USER}"), "--clear-groups", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // A server keeps the streams that it was started with.
        let told = fs::File::create(self.folder.path().join("told")).unwrap();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(told.try_clone().unwrap()).stderr(told);
        let ended = command.status().unwrap();
        assert!(ended.success(), "{name}: {}", self.told());
    }

    fn told(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        format!("{}{}", read("told"), read("data/log"))
    }

    fn control(&self, arguments: &[&str]) {
        let (data, log) = (self.data(), Path::new(&self.data()).join("log").display().to_string());
        self.run("pg_ctl", &[&["-D", &data, "-l", &log, "-s"], arguments].concat());
    }

    /// Adds lines to the configuration, which count from the next start on.
    pub(crate) fn configure(&self, lines: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("{before}\n{lines}\n")).unwrap();
    }

    /// Makes an empty file in the server's folder.
    pub(crate) fn touch(&self, name: &str) {
        fs::write(Path::new(&self.data()).join(name), "").unwrap();
    }

    /// Gives the URL of its first database, as the owner.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// Stops it in one of the server's ways: `smart`, `fast`, or `immediate`, which is a crash.
    pub(crate) fn stop(&self, mode: &str) {
        self.control(&["stop", "-m", mode]);
    }

    /// Starts it again, and waits until it takes connections.
    pub(crate) fn restart(&self) {
        self.control(&["start", "-w", "-t", "120"]);
    }

    /// Starts it again, and waits only until something listens.
    pub(crate) fn start_without_waiting(&self) {
        self.control(&["start", "-W"]);
        eventually("a server listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Makes a server of its own of a standby.
    pub(crate) fn promote(&self) {
        self.control(&["promote", "-W"]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.stop("immediate");
        }
    }
}
