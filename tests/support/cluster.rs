//! A PostgreSQL server of one test's own, which may be stopped, killed, reconfigured and followed.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::geteuid;

/// The user as whom the server runs where we are root, which it refuses to run as.
const SERVER_USER: &str = "postgres";

/// One server in a folder of its own, on a free port of 127.0.0.1 and a socket in that folder.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
}

/// Finds the newest version of the server's programs.
fn program(name: &str) -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("the servers of Debian's package postgresql")
        .filter_map(|entry| {
            let folder = entry.ok()?;
            let version = folder.file_name().to_str()?.parse().ok()?;
            Some((version, folder.path().join("bin").join(name)))
        })
        .filter(|(_, path)| path.exists())
        .collect();
    found.sort();
    found.pop().expect("initdb, which Debian's package postgresql brings").1
}

/// Prepares a program to run as the user whose the servers are.
pub(crate) fn as_owner(program: impl AsRef<OsStr>) -> Command {
    let mut command = if geteuid().is_root() {
        let mut command = Command::new("setpriv");
        let ids = [format!("--reuid={SERVER_USER}"), format!("--regid={SERVER_USER}"), "--clear-groups".to_owned()];
        command.args(ids).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir("/");
    command
}

/// Runs one of the server's programs; what it said when it fails.
fn try_run<S: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = S>) -> Result<(), String> {
    let mut command = as_owner(program(name));
    command.args(arguments);
    // The server outlives pg_ctl, and would keep a pipe open.
    let log = tempfile::NamedTempFile::new().unwrap();
    command.stdout(log.reopen().unwrap()).stderr(log.reopen().unwrap());
    let ended = command.status().unwrap();
    ended.success().then_some(()).ok_or_else(|| format!("{name}: {}", std::fs::read_to_string(log.path()).unwrap()))
}

/// Runs one of the server's programs, which must end well.
fn run<S: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = S>) {
    try_run(name, arguments).unwrap();
}

/// Makes a folder that the server's user owns, and picks a port.
fn place() -> (tempfile::TempDir, u16) {
    let folder = tempfile::Builder::new().prefix("cluster-").tempdir_in("/tmp").unwrap();
    if geteuid().is_root() {
        let ended = Command::new("chown").arg(format!("{SERVER_USER}:")).arg(folder.path()).status().unwrap();
        assert!(ended.success());
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    (folder, port)
}

impl Cluster {
    /// Starts a server with further lines of `postgresql.conf`. Its superuser is `postgres`; over the socket everybody
    /// is let in, over TCP whoever the lines of `pg_hba` let in, which go before "everybody".
    pub(crate) fn start(settings: &[&str], pg_hba: &[&str]) -> Self {
        let (folder, port) = place();
        let cluster = Self { folder, port };
        let data = cluster.data();
        run(
            "initdb",
            [
                OsStr::new("--no-sync"),
                "--auth=trust".as_ref(),
                "--username=postgres".as_ref(),
                "-D".as_ref(),
                data.as_ref(),
            ],
        );
        let rules = std::fs::read_to_string(data.join("pg_hba.conf")).unwrap();
        std::fs::write(data.join("pg_hba.conf"), format!("{}\n{rules}", pg_hba.join("\n"))).unwrap();
        cluster.configure(&[&["fsync = off"], settings].concat());
        cluster.pg_ctl("start").unwrap();
        cluster
    }

    /// Starts a hot standby that follows this server.
    pub(crate) fn standby(&self) -> Self {
        let (folder, port) = place();
        let standby = Self { folder, port };
        let (data, socket, port) = (standby.data(), self.folder.path().to_owned(), self.port.to_string());
        run(
            "pg_basebackup",
            ["-R", "--checkpoint=fast", "--no-sync", "-U", "postgres", "-p", &port]
                .map(OsStr::new)
                .into_iter()
                .chain(["-h".as_ref(), socket.as_ref(), "-D".as_ref(), data.as_ref()]),
        );
        standby.configure(&[]);
        standby.pg_ctl("start").unwrap();
        standby
    }

    /// Appends to the configuration; what stands last holds, from the next start on.
    pub(crate) fn configure(&self, settings: &[&str]) {
        let place =
            [format!("port = {}", self.port), format!("unix_socket_directories = '{}'", self.socket().display())];
        let file = self.data().join("postgresql.conf");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{before}\n{}\n{}\n", place.join("\n"), settings.join("\n"))).unwrap();
    }

    /// Writes a file in the data folder that the server alone can read; gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let (path, owner) = (self.data().join(name), std::fs::metadata(self.data()).unwrap());
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        path
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of its socket.
    pub(crate) fn socket(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Reads what it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Gives the URL of a database over TCP, as the superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Stops it in a `mode`: `smart`, `fast` or `immediate`, which is a crash.
    pub(crate) fn stop(&self, mode: &str) -> Result<(), String> {
        self.pg_ctl(&format!("stop -m {mode}"))
    }

    /// Starts it again, as one that was stopped.
    pub(crate) fn start_again(&self) {
        self.pg_ctl("start -t 120").unwrap();
    }

    /// Starts it again as a standby that lets nobody in, until it is promoted.
    pub(crate) fn start_closed(&self) {
        self.configure(&["hot_standby = off"]);
        std::fs::write(self.data().join("standby.signal"), "").unwrap();
        self.pg_ctl("start -t 120").unwrap();
    }

    /// Makes a primary server of a standby.
    pub(crate) fn promote(&self) {
        self.pg_ctl("promote").unwrap();
    }

    /// Stops it and starts it, so that it reads its configuration and its files again.
    pub(crate) fn restart(&self) {
        self.pg_ctl("restart -m fast").unwrap();
    }

    fn pg_ctl(&self, what: &str) -> Result<(), String> {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        let places = ["-w".as_ref(), "-D".as_ref(), data.as_os_str(), "-l".as_ref(), log.as_os_str()];
        try_run("pg_ctl", what.split(' ').map(OsStr::new).chain(places))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that a test stopped is not there to be stopped.
        drop(self.stop("immediate"));
    }
}
