//! The statements of a rotation as `PostgreSQL`'s own `pgbench` sends them: the same texts in the same order to the same
//! tables, each a round trip, prepared once by each client.
//!
//! It can make no text of a given length, so the server pads the new hash and the event's id from a number: less than
//! a microsecond each.

use std::ops::Range;
use std::process::Command;
use std::time::Duration;

use host_provisioner::domain::chain::StoredEntry;

use super::{HASH, sql};

const PROGRAM: &str = "pgbench";

/// What the first client's first event is numbered; each client has numbers of its own.
const NUMBERS: u64 = 1_000_000_000_000;

/// What is needed to have sessions rotated.
pub(crate) struct Pgbench {
    url: String,
    script: tempfile::NamedTempFile,
    sample: StoredEntry,
    runs: u64,
}

/// Puts values in the place of a statement's placeholders.
fn with(text: &str, values: &[&str]) -> String {
    // The last first: $1 begins $10.
    values
        .iter()
        .enumerate()
        .rev()
        .fold(text.to_owned(), |text, (place, value)| text.replace(&format!("${}", place + 1), value))
}

/// A rotation of one of this client's sessions, as a script. `\gset` keeps what the row holds in variables.
fn script() -> String {
    let (new_hash, event) = (format!("lpad(:event, {HASH}, '0')"), "lpad(:event, 36, '0')");
    let update = [&new_hash, ":now", ":by", "NULL", ":yes", ":no", ":HostSessionId", ":HostGuidHash"];
    let append = [":session", ":seq", event, ":action", ":at", ":body", ":EntryHash", ":entry_hash"];
    let session = [":session"];
    [
        r"\set session random(:first + :client_id * :each, :first + (:client_id + 1) * :each - 1)".to_owned(),
        r"\set number :number + 1".to_owned(),
        r"\set event (:client_id + 1) * :numbers + :number".to_owned(),
        "BEGIN ISOLATION LEVEL READ COMMITTED;".to_owned(),
        with(sql::HOLD_SESSION_ON_SERVER, &[":session", ":patience"]) + r" \gset",
        with(sql::SESSION, &session) + ";",
        with(sql::RECORDS_OF_SESSION, &session) + r" \gset",
        with(sql::LAST_EVENT, &session) + r" \gset",
        r"\set seq :Seq + 1".to_owned(),
        with(sql::UPDATE_IN_PLACE, &update) + ";",
        with(sql::APPEND_EVENT, &append) + ";",
        with(sql::RECORDS_OF_SESSION, &session) + ";",
        sql::COMMIT.to_owned() + ";",
    ]
    .join("\n")
}

impl Pgbench {
    /// Takes the URL of a database, and an entry as the program writes it.
    pub(crate) fn new(url: String, sample: StoredEntry) -> Self {
        let found = Command::new(PROGRAM).arg("--version").output();
        assert!(found.is_ok(), "the program {PROGRAM} is missing; on Debian: apt-get install postgresql");
        let script_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(script_file.path(), script()).unwrap();
        Self { url, script: script_file, sample, runs: 0 }
    }

    /// Lets clients rotate so many `each` of these sessions, which have a record; gives the rotations in a second.
    pub(crate) fn rotations(&mut self, clients: u32, sessions: Range<i64>, spell: Duration) -> f64 {
        let each = (sessions.end - sessions.start) / i64::from(clients);
        self.runs += 1;
        let variables = [
            ("first", sessions.start.to_string()),
            ("each", each.to_string()),
            ("numbers", NUMBERS.to_string()),
            // Numbers that no earlier run has used.
            ("number", (self.runs * NUMBERS / 10_000).to_string()),
            ("patience", "10000".to_owned()),
            ("by", "Security Team".to_owned()),
            ("yes", "true".to_owned()),
            ("no", "false".to_owned()),
            ("action", self.sample.action.clone()),
            ("at", self.sample.at.clone()),
            ("body", self.sample.body.clone()),
            ("entry_hash", self.sample.entry_hash.clone()),
        ];
        let variables = variables.map(|(name, value)| format!("--define={name}={value}"));
        let (clients, seconds) = (clients.to_string(), spell.as_secs().to_string());
        let mut command = Command::new(PROGRAM);
        command.args(["--no-vacuum", "--protocol=prepared", "--client", &clients, "--time", &seconds]);
        command.args(variables).arg("--file").arg(self.script.path()).arg(&self.url);
        let ran = command.env("PGOPTIONS", "-c search_path=canvas -c jit=off").env("LC_ALL", "C").output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{PROGRAM}: {}", String::from_utf8_lossy(&ran.stderr));
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")).unwrap_or_else(|| panic!("{said}"));
        rate.split(' ').next().unwrap().parse().unwrap()
    }
}
