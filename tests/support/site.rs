//! A database on a server behind a network that goes wrong, and the program before it.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::postgres::TestPg;
use super::program::{Ran, TestEnv, end_of};
use super::proxy::{Fault, Proxy};

/// Sessions 1 to 8, each with a record of the old tool, whose id is ten more.
pub(crate) const ROWS: &str = r#"
INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Status", "ParticipantCount", "CreatedAt", "ModifiedAt")
    SELECT id, gen_random_uuid(), 'Review of topic ' || id, 'Created', 0, now(), now() FROM generate_series(1, 8) AS id;
INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "IsActive")
    SELECT id + 10, id, 'hash ' || id, now(), 'Host Manager', true FROM generate_series(1, 8) AS id;"#;

/// What a loaded machine may take to start a process and to end it; nothing in the program waits for so long.
pub(crate) const SLACK: Duration = Duration::from_secs(2);

/// What a command has beyond its deadline.
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A database behind a proxy.
pub(crate) struct Site {
    pub(crate) proxy: Proxy,
    pub(crate) db: TestPg,
    pub(crate) env: TestEnv,
}

/// A run under way.
pub(crate) struct Running {
    child: Child,
    since: Instant,
}

impl Running {
    /// Waits for its end, which must come within the deadline and a second.
    pub(crate) fn ends_within(self, deadline: Duration) -> Ran {
        let ran = end_of(self.child);
        let took = self.since.elapsed();
        assert!(took < deadline + SECOND + SLACK, "it took {took:?}: {}", ran.transcript());
        ran
    }
}

impl Site {
    /// A migrated database with [`ROWS`].
    pub(crate) fn new() -> Self {
        Self::of(TestPg::with_old_rows(ROWS))
    }

    pub(crate) fn of(db: impl Future<Output = TestPg>) -> Self {
        let env = TestEnv::nowhere();
        let db = env.wait(db);
        Self { proxy: Proxy::before(&db.url()), db, env }
    }

    /// Waits for something asynchronous.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.env.wait(future)
    }

    fn start_at(&self, url: &str, line: &str, stdin: &str) -> Running {
        use std::io::Write as _;
        let mut command = self.env.bare(line.split_whitespace());
        command.env("HOST_PROVISIONER_DATABASE_URL", url).stdin(Stdio::piped());
        let since = Instant::now();
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        Running { child, since }
    }

    /// Starts a command line that goes through the network.
    pub(crate) fn start(&self, line: &str, stdin: &str) -> Running {
        self.start_at(self.proxy.url(), line, stdin)
    }

    /// Runs a command line straight at the server.
    pub(crate) fn straight(&self, line: &str, stdin: &str) -> Ran {
        end_of(self.start_at(&self.db.url(), line, stdin).child)
    }

    /// Tells whether a GUID opens a session, straight at the server.
    pub(crate) fn opens(&self, session: i64, guid: &str) -> bool {
        let ran = self.straight(&format!("verify --session-id {session}"), guid);
        assert!([0, 9].contains(&ran.code), "{}", ran.transcript());
        ran.code == 0
    }

    /// Rotates straight at the server; gives the GUID.
    pub(crate) fn guid(&self, session: i64) -> String {
        self.straight(&format!("create --session-id {session}"), "").ok().trim_end().to_owned()
    }

    /// Writes every row of every table.
    pub(crate) fn dump(&self) -> String {
        self.wait(self.db.dump())
    }

    pub(crate) fn broken(self, fault: Fault) -> Self {
        self.proxy.set(fault);
        self
    }
}
