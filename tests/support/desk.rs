//! An operator's desk: a home folder, a database, the command line, and the console at work on a session.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, raw_sql};
use tokio::runtime::Runtime;

use super::database::TestDb;
use super::pty::Console;

/// A session with a current record and nobody in it.
pub(crate) const IDLE: i64 = 23;
/// A session with people in it.
pub(crate) const LIVE: i64 = 24;

/// More than the quiet that a confirmation needs after the plan is shown.
const QUIET: Duration = Duration::from_millis(450);

/// A home folder and a database of its own.
pub(crate) struct Desk {
    pub(crate) db: TestDb,
    home: tempfile::TempDir,
    runtime: Runtime,
}

/// A write transaction of another program.
pub(crate) struct Lock<'a>(&'a Desk, SqliteConnection);

impl Lock<'_> {
    /// Lets others write.
    pub(crate) fn release(mut self) {
        self.0.runtime.block_on(async { raw_sql("ROLLBACK").execute(&mut self.1).await.unwrap() });
        self.0.runtime.block_on(self.1.close()).unwrap();
    }
}

impl Desk {
    /// A home without anything in it.
    pub(crate) fn empty() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { db: TestDb::nowhere(), home: tempfile::tempdir().unwrap(), runtime }
    }

    /// A home, and a database with the first 24 sessions of the demo world.
    pub(crate) fn demo() -> Self {
        static WORLD: OnceLock<Vec<u8>> = OnceLock::new();
        let desk = Self::empty();
        let world = WORLD.get_or_init(|| {
            let maker = Self::empty();
            let path = maker.db.path.to_str().unwrap();
            let made = maker.run(&["demo", "--sessions", "24", "--keep", path, "--no-tui"], "");
            assert!(made.status.success(), "{made:?}");
            // The last connection to close leaves everything in the one file.
            maker.sql("PRAGMA wal_checkpoint(TRUNCATE)");
            std::fs::read(&maker.db.path).unwrap()
        });
        std::fs::write(&desk.db.path, world).unwrap();
        desk
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn variables(&self) -> [(String, String); 3] {
        let home = self.home.path().to_str().unwrap().to_owned();
        let pairs = [("HOME", home), ("TERM", "xterm-256color".to_owned()), ("PATH", "/usr/bin:/bin".to_owned())];
        pairs.map(|(name, value)| (name.to_owned(), value))
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.db.path.display())
    }

    /// Runs the command line with nothing but this home.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host-provisioner"));
        command.env_clear().envs(self.variables()).args(arguments).current_dir(self.home());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs a command that works on this desk's database, and must succeed; gives what it wrote.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let url = self.url();
        let output = self.run(&[&["--database-url", &url], arguments].concat(), "");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Rotates on the command line; gives the GUID.
    pub(crate) fn rotated_guid(&self, session: i64) -> String {
        let text = self.cli(&["create", "--json", "--session-id", &session.to_string()]);
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
        answer["host_guid"].as_str().unwrap().to_owned()
    }

    /// Tells what `verify` says of a GUID.
    pub(crate) fn verdict(&self, session: i64, guid: &str) -> String {
        let (url, session) = (self.url(), session.to_string());
        let output = self.run(&["--database-url", &url, "verify", "--session-id", &session], guid);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn sql(&self, text: &str) {
        self.runtime.block_on(self.db.sql(text));
    }

    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        self.runtime.block_on(self.db.texts(query))
    }

    /// Writes every row of every table as text.
    pub(crate) fn dump(&self) -> String {
        self.runtime.block_on(self.db.dump())
    }

    /// Gives the id of the session's current record.
    pub(crate) fn current_record(&self, session: i64) -> String {
        let query = format!(
            r#"SELECT CAST("HostSessionId" AS TEXT) FROM "HostSessions" WHERE "SessionId" = {session} AND "IsActive" AND NOT "LegacyDuplicate""#
        );
        self.texts(&query).concat()
    }

    /// Begins a write transaction as another program: nobody else can write until it is released.
    pub(crate) fn lock(&self) -> Lock<'_> {
        let connection = self.runtime.block_on(async {
            let mut connection = self.db.open().await;
            raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
            connection
        });
        Lock(self, connection)
    }

    /// Lists the program's log files.
    pub(crate) fn log_files(&self) -> Vec<PathBuf> {
        let folder = self.home().join(".local/state/host-provisioner/log");
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// Gives everything that the log files say.
    pub(crate) fn log(&self) -> String {
        self.log_files().into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    /// Opens the console on this desk's database and waits for the list.
    pub(crate) fn console(&self) -> Console {
        self.console_of(120, 35)
    }

    pub(crate) fn console_of(&self, columns: u16, lines: u16) -> Console {
        let console = self.console_with((columns, lines), &[], &[]);
        console.sees(&["24 sessions"]);
        console.wait_for("a session under the cursor", |screen| cursor_row(screen).is_some());
        console
    }

    /// Opens the console on this desk's database with further arguments and variables.
    pub(crate) fn console_with(&self, size: (u16, u16), arguments: &[&str], variables: &[(&str, &str)]) -> Console {
        let url = self.url();
        self.program(size, &[&["--timeout", "60s", "--database-url", &url], arguments].concat(), variables)
    }

    /// Runs the program in a terminal.
    pub(crate) fn program(&self, size: (u16, u16), arguments: &[&str], variables: &[(&str, &str)]) -> Console {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let mut all = self.variables().to_vec();
        all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Console::start(self.home(), size, &all, &arguments)
    }
}

/// What an operator does at the console.
impl Console {
    /// Puts the cursor on a session through the filter, which stays.
    pub(crate) fn go_to(&mut self, session: i64) {
        self.send(&format!("/{session}"));
        self.sees(&[&format!("/ {session}"), "1 found"]);
        self.send("\r");
        self.wait_for("the cursor on the session", |screen| cursor_row(screen).is_some_and(|row| row.1 == session));
        self.sees(&["H:history"]);
    }

    /// Opens the form of a rotation, gives a reason, and goes on to the plan.
    pub(crate) fn plan_rotation(&mut self, reason: &str) {
        self.send("R");
        self.sees(&["Rotate the Host GUID"]);
        self.send(reason);
        self.sees(&[reason]);
        self.send("\r");
        self.sees(&["Confirm rotation", "Read 0 s ago"]);
        quiet();
    }

    /// Rotates the idle session under the cursor.
    pub(crate) fn rotate_idle(&mut self, reason: &str) {
        self.plan_rotation(reason);
        self.send("y");
        self.sees(&["New Host GUID for session"]);
    }

    /// Shows the new GUID, and reads it off the screen.
    pub(crate) fn reveal(&mut self) -> String {
        self.sees(&["New Host GUID", "v:show 10 s"]);
        self.send("v");
        self.wait_for("a GUID", |screen| guid_on(&screen.contents()).is_some());
        guid_on(&self.text()).unwrap()
    }
}

/// What stands in place of a GUID.
pub(crate) const MASK: &str = "••••••••-••••-••••-••••-••••••••••••";

/// Shows the GUID, does something that hides it, and sees that it is hidden well before its ten seconds are over.
pub(crate) fn hidden_by(console: &mut Console, act: impl FnOnce(&mut Console)) -> String {
    let shown = Instant::now();
    let guid = console.reveal();
    act(console);
    console.sees(&[MASK]);
    assert!(shown.elapsed() < Duration::from_secs(9), "time hid it, nothing else");
    guid
}

/// Waits out the quiet that a confirmation needs: the one rule that is about time.
pub(crate) fn quiet() {
    std::thread::sleep(QUIET);
}

/// Finds the cursor's line: its place, and the session.
pub(crate) fn cursor_row(screen: &vt100::Screen) -> Option<(u16, i64)> {
    let columns = screen.size().1.get();
    screen.rows(0, columns).zip(0..).find_map(|(row, place)| {
        let (_, rest) = row.split_once('▸')?;
        rest.split_whitespace().next()?.parse().ok().map(|id| (place, id))
    })
}

/// Finds a GUID that is shown.
pub(crate) fn guid_on(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let is_guid = |word: &&str| word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    words.find(is_guid).map(str::to_owned)
}
