//! The program as a user runs it: an empty environment, a home of its own, a database of its own.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use super::database::TestDb;
use super::outside::Outside;
use super::pty::Console;

/// Rows that most tests of the command line start from. Their times are fixed; what the program writes is later.
pub(crate) const SESSIONS: &str = r#"
INSERT INTO "Sessions" VALUES
    (1, 'DE562439-E9C1-4823-A960-89BCA71F3D1A', 'Review of the word mercy', 'First round', 'Active', 14, 50,
        '2025-11-20 08:58:00.5', NULL, NULL, '2025-11-19 08:28:00', '2025-11-19 08:28:00'),
    (2, '7DEA4261-9767-4218-8E12-E65B1364F5D8', 'الرحمة', NULL, 'Created', 0, 100,
        NULL, NULL, '2027-06-17 21:48:00', '2025-05-13 21:48:00', '2025-05-13 21:48:00'),
    (3, '32DD53D4-AE89-4EA0-BA4F-579E2FF7ACE2', NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, '2025-08-15 18:00:00', '2025-08-15 18:00:00');"#;

/// Records of the old tool: session 2 has three active ones and a revoked one.
pub(crate) const OLD_RECORDS: &str = r#"
INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive") VALUES
    (11, 2, 'xQqAr5CJXxLZ7LlDHn5Ko2Eo5QP2AC99M6Mn801+hXY=', '2025-06-01 08:28:00.9886237', NULL, '2025-06-03 08:28:00', 'API User', NULL, NULL, 1),
    (12, 2, 'LLCr8nisQgHwGpPCuSaIeZvHoe5z3o7frv6aBBvSdDQ=', '2025-06-02 18:27:00', NULL, '2025-06-02 19:22:00', 'Interactive User', NULL, NULL, 1),
    (13, 2, 'LVWMKXIlmn6WHunwOCzizRxcM5rgjydOInijH3jfY/A=', '2025-06-04 15:27:00', '2025-07-01 00:00:00', NULL, 'Interactive User', NULL, NULL, 1),
    (14, 2, 'UsdE4zpTZ84Go/KRW7YbmoRhP8dWgjt1DX76y/eNvwc=', '2025-05-14 10:00:00', NULL, NULL, 'Interactive User', '2025-05-15 10:00:00', 'Host Manager', 0);"#;

/// A home, a database, and a runtime for looking into it from outside.
pub(crate) struct TestEnv<D = TestDb> {
    home: tempfile::TempDir,
    pub(crate) db: D,
    runtime: tokio::runtime::Runtime,
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Command> for Ran {
    fn from(mut command: Command) -> Self {
        Self::of(&command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("all output is UTF-8");
        // -1: killed by a signal, which the program never is.
        Self { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Gives stdout of a run that must have gone well.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "stderr: {}", self.stderr);
        self.stdout
    }

    /// Gives stdout of a run that must have gone well, as JSON.
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).expect("stdout is one JSON document")
    }

    /// Gives the one object of stderr of a run under `--json` that must have ended with `code`.
    pub(crate) fn error(self, code: i32) -> serde_json::Value {
        assert_eq!(self.code, code, "stderr: {}", self.stderr);
        assert_eq!(self.stderr.lines().count(), 1, "stderr: {}", self.stderr);
        let object: serde_json::Value = serde_json::from_str(&self.stderr).expect("stderr is one JSON object");
        let keys: Vec<&String> = object["error"].as_object().expect("with an object `error`").keys().collect();
        assert_eq!(keys, ["kind", "message", "hint"]);
        object["error"].clone()
    }

    /// The same with exit code 2, unless `--json` itself was refused beside another form of output.
    pub(crate) fn error_unless_json_conflicts(self) -> Option<serde_json::Value> {
        let conflicts =
            self.stderr.contains("'--json' cannot be used") || self.stderr.contains("cannot be used multiple");
        (!conflicts).then(|| self.error(2))
    }

    /// Writes all three for a snapshot.
    pub(crate) fn transcript(&self) -> String {
        let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") };
        format!("{}{}--- exit {}\n", part("stdout", &self.stdout), part("stderr", &self.stderr), self.code)
    }
}

impl TestEnv {
    /// A place where no database is yet.
    pub(crate) fn nowhere() -> Self {
        Self::around(|_| TestDb::nowhere())
    }

    /// A migrated database without rows.
    pub(crate) fn empty() -> Self {
        Self::around(|runtime| runtime.block_on(TestDb::empty()))
    }

    /// A migrated database with three sessions.
    pub(crate) fn with_sessions() -> Self {
        let env = Self::empty();
        env.sql(SESSIONS);
        env
    }

    /// The same with records of the old tool, from before the migration.
    pub(crate) fn with_old_records() -> Self {
        Self::with_old_rows(&format!("{SESSIONS}{OLD_RECORDS}"))
    }

    /// A database with these rows from before the migration.
    pub(crate) fn with_old_rows(rows: &str) -> Self {
        Self::around(|runtime| runtime.block_on(TestDb::with_old_rows(rows)))
    }

    /// Compares with a stored snapshot, with everything blotted out that differs from run to run.
    pub(crate) fn check(&self, name: &str, text: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let places = [(self.home.path(), "[home]"), (self.db.folder.path(), "[folder]")];
        for (path, name) in places {
            settings.add_filter(&path.display().to_string().replace('.', "\\."), name);
        }
        for (pattern, name) in [
            // Version 7 is an event, version 4 a GUID; groups are in upper case.
            ("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[event]"),
            ("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[guid]"),
            ("[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[0-9A-F]{4}-[0-9A-F]{12}", "[group]"),
            (r"\b[0-9a-f]{64}\b", "[sha-256]"),
            (r"\b[0-9a-f]{12}\b", "[fingerprint]"),
            // Times of the rows above are of 2025.
            (r"20(2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
            // What `doctor` measures.
            (r"p50 [0-9.]+ ms, p95 [0-9.]+ ms of \d+", "[round trips]"),
            (r"the server is \d+ ms (ahead of|behind) this machine", "[clocks]"),
            (r"(SQLite|PostgreSQL) \d+[^,\n]*", "$1 [version]"),
            (r"\d+ bytes", "[size] bytes"),
            (r"(?m)^(resolve|connect|log_in),ok,.*$", "$1,ok,[server]"),
            (r#""os_user":"[^"]*","client":"[^"]*""#, r#""os_user":"[user]","client":"[client]""#),
            (r"[^,\n]+,[^,\n]+ host-provisioner/[^,\n]+,", "[user],[client],"),
        ] {
            settings.add_filter(pattern, name);
        }
        settings.bind(|| insta::assert_snapshot!(format!("cli_{name}"), text));
    }

    /// Runs command lines one after the other and compares what they say with a stored snapshot.
    pub(crate) fn check_session(&self, name: &str, lines: &[&str]) {
        let told = lines.iter().map(|line| {
            let arguments = words(line);
            format!("$ host-provisioner {line}\n{}\n", self.run_with(arguments).transcript())
        });
        let told = told.collect::<String>();
        self.check(name, &told);
    }
}

impl<D: Outside> TestEnv<D> {
    /// A home, and a database of the caller's making.
    pub(crate) fn around(database: impl FnOnce(&tokio::runtime::Runtime) -> D) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let db = database(&runtime);
        Self { home: tempfile::tempdir().unwrap(), db, runtime }
    }

    /// Waits for something asynchronous.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs statements from outside.
    pub(crate) fn sql(&self, text: &str) {
        self.wait(self.db.sql(text));
    }

    /// Reads the first column of all rows from outside.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        self.wait(self.db.texts(query))
    }

    /// Writes every row of every table, for comparing before and after.
    pub(crate) fn dump(&self) -> String {
        self.wait(self.db.dump())
    }

    /// Gives a path in the home folder.
    pub(crate) fn home(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// Makes a file in the home folder, readable by its owner alone.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = self.home(name);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).unwrap();
        file.write_all(bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Gives the URL of the database.
    pub(crate) fn url(&self) -> String {
        self.db.url()
    }

    /// Prepares a run on no database but the default one.
    pub(crate) fn bare<S: Into<OsString>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host-provisioner"));
        command.args(arguments.into_iter().map(Into::into)).env_clear().current_dir(self.home.path());
        command.env("HOME", self.home.path()).env("COLUMNS", "120").env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Prepares a run on the database.
    pub(crate) fn command<S: Into<OsString>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.bare(arguments);
        command.env("HOST_PROVISIONER_DATABASE_URL", self.url());
        command
    }

    /// Opens the console on the database.
    pub(crate) fn console(&self) -> Console {
        self.in_a_terminal(&[])
    }

    /// Runs a command on the database in a terminal.
    pub(crate) fn in_a_terminal(&self, arguments: &[&str]) -> Console {
        let home = self.home.path();
        let url = self.url();
        let variables =
            [("HOME", home.to_str().unwrap()), ("TERM", "xterm-256color"), ("HOST_PROVISIONER_DATABASE_URL", &url)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Console::start(
            home,
            (120, 35),
            &variables,
            &arguments.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(),
        )
    }

    /// Runs a command line, cut at blanks.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(line.split_whitespace())
    }

    /// Runs the program.
    pub(crate) fn run_with<S: Into<OsString>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        Ran::from(self.command(arguments))
    }

    /// Runs a command line with something on stdin.
    pub(crate) fn feed(&self, line: &str, stdin: &str) -> Ran {
        end_with_input(self.command(line.split_whitespace()), stdin)
    }

    /// Makes a GUID for a session, for tests about something else.
    pub(crate) fn guid(&self, session: i64) -> String {
        let id = session.to_string();
        self.run_with(["create", "--session-id", &id, "--created-by", "M. Keller"]).ok().trim_end().to_owned()
    }

    /// Reads all log files.
    pub(crate) fn log(&self) -> String {
        let folder = self.home(".local/state/host-provisioner/log");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Reads all log files, if there are any.
    pub(crate) fn log_if_any(&self) -> String {
        if self.home(".local/state/host-provisioner/log").exists() { self.log() } else { String::new() }
    }
}

/// Runs a command with something on stdin.
pub(crate) fn end_with_input(mut command: Command, stdin: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    end_of(child)
}

/// Waits for the end of a run.
pub(crate) fn end_of(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap())
}

/// Cuts a command line at blanks outside of single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}
