//! A PostgreSQL server of a test's own: for tests that stop it, or that need other settings than the shared one has.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A server over a folder of its own, stopped at the end of the test. Everybody on this machine is let in.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
}

impl Cluster {
    /// Starts a server; `settings` are lines of `postgresql.conf`, `access` lines that come first in `pg_hba.conf`.
    pub(crate) fn start(settings: &str, access: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        if rustix::process::geteuid().is_root() {
            // A server does not run as root; Debian's package made a user for it.
            run(Command::new("chown").arg("postgres:").arg(folder.path()));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, port };
        cluster.tool("initdb", ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]);
        let sockets = cluster.folder.path().display();
        cluster.append(
            "postgresql.conf",
            &format!(
                "port = {port}\nlisten_addresses = '*'\nunix_socket_directories = '{sockets}'\nfsync = off\n{settings}\n"
            ),
        );
        let open = std::fs::read_to_string(cluster.data().join("pg_hba.conf")).unwrap();
        cluster.write("pg_hba.conf", &format!("{access}\n{open}\nhost all all 0.0.0.0/0 trust\n"));
        cluster.start_again();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Gives the folder of the server's socket.
    pub(crate) fn sockets(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Gives the port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Gives the URL of the owner's database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Writes a file in the data folder that the server alone can read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let (path, owner) = (self.data().join(name), std::fs::metadata(self.data()).unwrap());
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    /// Adds lines to a file in the data folder.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let before = std::fs::read_to_string(self.data().join(name)).unwrap_or_default();
        self.write(name, &format!("{before}\n{text}"));
    }

    /// Starts the stopped server, and waits until it answers.
    pub(crate) fn start_again(&self) {
        let log = self.folder.path().join("log").display().to_string();
        self.tool("pg_ctl", ["start", "--wait", "--silent", "--log", &log]);
    }

    /// Stops the server: `smart`, `fast` or `immediate`.
    pub(crate) fn stop(&self, mode: &str) {
        self.tool("pg_ctl", ["stop", "--wait", "--silent", "--mode", mode]);
    }

    /// Stops the server and starts it, so that it reads its settings and files again.
    pub(crate) fn restart(&self) {
        self.stop("fast");
        self.start_again();
    }

    /// Runs one of the server's own programs on the data folder.
    fn tool<'a>(&self, name: &str, arguments: impl IntoIterator<Item = &'a str>) {
        run(self.as_owner(program(name)).arg("--pgdata").arg(self.data()).args(arguments));
    }

    /// Prepares a program to run as the user whose server this is.
    pub(crate) fn as_owner(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = ["stop", "--silent", "--mode", "immediate"];
        // One that a test has stopped is stopped already.
        let _ = self
            .as_owner(program("pg_ctl"))
            .arg("--pgdata")
            .arg(self.data())
            .args(stop)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

/// Finds one of the server's own programs, of the newest version that is installed.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("a PostgreSQL server is installed");
    let newest = versions.map(|version| version.unwrap().path()).max().expect("a PostgreSQL server is installed");
    newest.join("bin").join(name)
}

fn run(command: &mut Command) {
    // Not piped: a server that is started would hold the pipe open.
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{command:?}: {done}");
}
