//! Twenty other exports, each from its files to one active record for each session that had any.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use host_provisioner::cli::output::{Format, render};
use host_provisioner::cli::show::Show;
use host_provisioner::cli::{self, Action};
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::host_record::StoredHash;
use host_provisioner::domain::time::{Clock as _, SystemClock};
use host_provisioner::store::{self, Settings, Target};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli_consolidate::may_stay;
use crate::support::fixtures::{as_json_lines, parse};
use crate::support::outside::Outside;
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;

/// A row of an export by the names of its columns; `NULL` is the text.
type Row = BTreeMap<String, String>;

/// An export, in a home beside a database.
struct World<D: Outside> {
    env: TestEnv<D>,
    seed: usize,
    /// So many sessions of which one is shown by a process of its own.
    one_in: usize,
    sessions: Vec<Row>,
    records: Vec<Row>,
    known: Vec<Row>,
}

impl<D: Outside> World<D> {
    fn new(env: TestEnv<D>, seed: usize, one_in: usize) -> Self {
        let folder = env.home("world");
        let maker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/make.py");
        let made = Command::new("python3").arg(maker).arg(seed.to_string()).arg("300").arg(&folder).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let rows = |name: &str| {
            let (head, rows) = parse(&std::fs::read_to_string(folder.join(name)).unwrap());
            rows.into_iter().map(|row| head.iter().cloned().zip(row).collect()).collect::<Vec<Row>>()
        };
        let (sessions, records, known) = (rows("sessions.csv"), rows("host_sessions.csv"), rows("known_guids.csv"));
        let secret = std::fs::read(folder.join("application_secret.txt")).unwrap();
        env.file("secret", &secret);
        Self { env, seed, one_in, sessions, records, known }
    }

    fn count(&self, what: &str) -> usize {
        self.env.texts(&format!("SELECT CAST(count(*) AS text) FROM {what}"))[0].parse().unwrap()
    }

    /// The active records of the database by session.
    fn active(&self) -> BTreeMap<String, BTreeSet<String>> {
        let found = self.env.texts(
            r#"SELECT CAST("SessionId" AS text) || ' ' || CAST("HostSessionId" AS text) FROM "HostSessions" WHERE "IsActive""#,
        );
        let mut active: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (session, record) in found.iter().map(|pair| pair.split_once(' ').unwrap()) {
            active.entry(session.to_owned()).or_default().insert(record.to_owned());
        }
        active
    }

    /// Every known GUID is accepted if its record is active and has not expired, and only then.
    fn guids_work_where(&self, is_active: impl Fn(&Row) -> bool) {
        let now = SystemClock.now().utc().format("%Y-%m-%d %H:%M:%S").to_string();
        for known in &self.known {
            let record = self.records.iter().find(|row| row["HostSessionId"] == known["HostSessionId"]).unwrap();
            let expired = record["ExpiresAt"] != "NULL" && record["ExpiresAt"] < now;
            let line = format!("verify --session-id {} --legacy-secret-file secret", known["SessionId"]);
            let guid = HostGuid::parse(&known["HostGuid"]).unwrap();
            let code = self.env.feed(&line, &guid.reveal()).code;
            let expected = if is_active(record) && !expired { 0 } else { 9 };
            assert_eq!(code, expected, "seed {}, record {}", self.seed, known["HostSessionId"]);
        }
    }

    fn import(&self) -> Value {
        let files = "--sessions world/sessions.csv --host-sessions world/host_sessions.csv";
        self.env.run(&format!("import {files} --json")).json()
    }

    /// What `show --json` prints of every session is what the export says, field by field. One in so many is printed by the
    /// program itself, the others by the same code in this process.
    fn shows_what_the_source_says(&self) {
        let target = Target::parse(&self.env.db.url()).unwrap();
        let settings = Settings { target, timeout: Duration::from_mins(1), read_only: true };
        let store = self.env.wait(store::connect(settings, None)).unwrap();
        for (place, session) in self.sessions.iter().enumerate() {
            let id = &session["SessionId"];
            let text = render(&self.env.wait(show(id).read(&*store)).unwrap(), Format::Json, None);
            if (place + self.seed).is_multiple_of(self.one_in) {
                assert_eq!(self.env.run(&format!("show --session-id {id} --json")).ok(), text);
            }
            let shown: Value = serde_json::from_str(&text).unwrap();
            let mut own: Vec<&Row> = self.records.iter().filter(|row| row["SessionId"] == *id).collect();
            let mut records = shown["records"].as_array().unwrap().clone();
            let number = |record: &Value| record["host_session_id"].as_i64().unwrap();
            records.sort_by_key(number);
            own.sort_by_key(|row| row["HostSessionId"].parse::<i64>().unwrap());
            assert_eq!(fields(&shown, &SESSION), values(session, &SESSION), "seed {}", self.seed);
            let of_source: Vec<_> = own.iter().map(|row| values(row, &RECORD)).collect();
            let of_database: Vec<_> = records.iter().map(|record| fields(record, &RECORD)).collect();
            assert_eq!(of_database, of_source, "seed {}, session {id}", self.seed);
        }
        self.env.wait(store.close());
    }

    /// Lets a person decide what is ambiguous, and consolidates.
    fn consolidate(&self) {
        self.env.run("consolidate --plan plan.json -q").ok();
        let path = self.env.home("plan.json");
        let mut plan: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for session in plan["sessions"].as_array_mut().unwrap().iter_mut().filter(|it| it["ambiguous"] == true) {
            let records = may_stay(session);
            session["keep"] = records[self.seed % records.len()].clone();
        }
        std::fs::write(&path, plan.to_string()).unwrap();
        let done = self.env.run("consolidate --apply plan.json --rotation-reason worlds --json").json();
        assert_eq!(done["outcome"], "consolidated", "{done}");
    }

    fn is_carried_over_and_cleaned_up(&self) {
        let done = self.import();
        assert_eq!((&done["outcome"], &done["left_out"]), (&json!("imported"), &json!(0)), "{done}");
        assert_eq!(self.count(r#""Sessions""#), self.sessions.len());
        assert_eq!(self.count(r#""HostSessions""#), self.records.len());
        self.guids_work_where(|record| record["IsActive"] == "1");
        self.shows_what_the_source_says();
        let before = self.active();
        assert!(before.values().any(|records| records.len() > 1), "seed {} has duplicates", self.seed);
        assert_eq!(self.import()["outcome"], "unchanged");
        self.consolidate();
        let after = self.active();
        assert!(after.keys().eq(before.keys()), "seed {}: every session that had any has one", self.seed);
        assert!(after.iter().all(|(session, kept)| kept.len() == 1 && kept.is_subset(&before[session])));
        let kept: BTreeSet<&String> = after.values().flatten().collect();
        self.guids_work_where(|record| kept.contains(&record["HostSessionId"]));
        assert_eq!(self.count(r#""HostSessions""#), self.records.len(), "nothing was deleted");
        let audit = self.env.run("audit verify --json").json();
        assert_eq!((&audit["damage"], &audit["sessions"]), (&json!([]), &json!(self.sessions.len())));
    }
}

/// Reads the command line that shows a session.
fn show(session: &str) -> Show {
    let words = ["host-provisioner", "show", "--session-id", session, "--json"];
    match cli::parse(words.map(Into::into).to_vec()).unwrap().action {
        Action::Show(show) => show,
        other => panic!("{other:?}"),
    }
}

/// How a value of the export stands in JSON.
#[derive(Clone, Copy)]
enum Form {
    Number,
    Text,
    /// An identifier, in any case.
    Caseless,
    /// Seven digits of a second in the export, cut to six.
    Time,
    Bit,
    /// The stored hash, of which JSON has the full fingerprint.
    Hash,
}

type Field = (&'static str, &'static str, Form);

const SESSION: [Field; 12] = [
    ("SessionId", "session_id", Form::Number),
    ("GroupId", "group_id", Form::Caseless),
    ("Title", "title", Form::Text),
    ("Description", "description", Form::Text),
    ("Status", "status", Form::Text),
    ("ParticipantCount", "participant_count", Form::Number),
    ("MaxParticipants", "max_participants", Form::Number),
    ("StartedAt", "started_at", Form::Time),
    ("EndedAt", "ended_at", Form::Time),
    ("ExpiresAt", "expires_at", Form::Time),
    ("CreatedAt", "created_at", Form::Time),
    ("ModifiedAt", "modified_at", Form::Time),
];

const RECORD: [Field; 9] = [
    ("HostSessionId", "host_session_id", Form::Number),
    ("HostGuidHash", "fingerprint_full", Form::Hash),
    ("CreatedAt", "created_at", Form::Time),
    ("ExpiresAt", "expires_at", Form::Time),
    ("LastUsedAt", "last_used_at", Form::Time),
    ("CreatedBy", "created_by", Form::Text),
    ("RevokedAt", "revoked_at", Form::Time),
    ("RevokedBy", "revoked_by", Form::Text),
    ("IsActive", "is_active", Form::Bit),
];

/// The fields of a JSON object, comparable.
fn fields(object: &Value, all: &[Field]) -> Vec<(&'static str, Value)> {
    let one = |(name, key, form): &Field| {
        let value = object.get(key).unwrap_or_else(|| panic!("no {key} in {object}"));
        (
            *name,
            if let (Form::Caseless, Some(text)) = (form, value.as_str()) {
                text.to_uppercase().into()
            } else {
                value.clone()
            },
        )
    };
    all.iter().map(one).collect()
}

/// The values of a row of the export, as JSON should have them.
fn values(row: &Row, all: &[Field]) -> Vec<(&'static str, Value)> {
    let one = |(name, _, form): &Field| {
        let text = row[*name].as_str();
        let value = match form {
            _ if text == "NULL" => Value::Null,
            Form::Number => json!(text.parse::<i64>().unwrap()),
            Form::Text => json!(text),
            Form::Caseless => json!(text.to_uppercase()),
            Form::Time => json!(instant(text)),
            Form::Bit => json!(text == "1"),
            Form::Hash => json!(StoredHash::new(text.to_owned()).fingerprint().full()),
        };
        (*name, value)
    };
    all.iter().map(one).collect()
}

/// `2026-09-04 08:28:00.9886237` as RFC 3339, cut to the microsecond; digits that say nothing are left out.
fn instant(text: &str) -> String {
    let (seconds, fraction) = text.split_once('.').unwrap();
    let micros = &fraction[..6];
    let digits = match (micros, &micros[3..]) {
        ("000000", _) => String::new(),
        (_, "000") => format!(".{}", &micros[..3]),
        _ => format!(".{micros}"),
    };
    format!("{}{digits}Z", seconds.replace(' ', "T"))
}

fn all_worlds<D: Outside>(database: impl Fn() -> TestEnv<D>, seeds: impl Iterator<Item = usize>, one_in: usize) {
    for seed in seeds {
        World::new(database(), seed, one_in).is_carried_over_and_cleaned_up();
    }
}

#[test]
fn seeds_1_to_10_are_carried_over_and_cleaned_up() {
    all_worlds(TestEnv::empty, 1..=10, 10);
}

#[test]
fn seeds_11_to_20_are_carried_over_and_cleaned_up() {
    all_worlds(TestEnv::empty, 11..=20, 10);
}

#[test]
fn seeds_1_to_10_are_carried_over_and_cleaned_up_on_a_server() {
    all_worlds(|| TestEnv::around(|runtime| runtime.block_on(TestPg::empty())), 1..=10, 30);
}

#[test]
fn seeds_11_to_20_are_carried_over_and_cleaned_up_on_a_server() {
    all_worlds(|| TestEnv::around(|runtime| runtime.block_on(TestPg::empty())), 11..=20, 30);
}

/// A text that wants to be something else: a sequence for a terminal, a formula, a quote, the word for no value.
fn text() -> impl Strategy<Value = String> {
    const HOSTILE: [&str; 10] = [
        "\u{1b}[31m",
        "\u{1b}]52;c;aGk=\u{7}",
        "\u{202e}",
        "\u{200b}",
        "\r\n",
        "\"",
        "\",\"",
        "=1+1",
        "🕌",
        "'; DROP TABLE x; --",
    ];
    let part = prop_oneof![prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned), "[^\\x00]{0,12}"];
    let joined =
        prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat().chars().take(120).collect::<String>());
    // In CSV the word alone is no value.
    joined.prop_filter("NULL is no text", |text| text != "NULL")
}

/// Rows of sessions with one to three records each, with hostile texts in every column that holds text.
fn hostile_rows() -> impl Strategy<Value = Vec<(Row, Vec<Row>)>> {
    let record = (text(), prop::bool::ANY, 0..9_999_999_u32);
    let session = (text(), text(), text(), prop::collection::vec(record, 1..4));
    prop::collection::vec(session, 1..6).prop_map(|sessions| {
        let one = |(place, (title, description, status, records)): (usize, (String, String, String, Vec<_>))| {
            let status: String = status.chars().take(50).collect();
            let row = |cells: &[(&str, String)]| {
                cells.iter().map(|(name, cell)| ((*name).to_owned(), cell.clone())).collect()
            };
            let (id, at) = (place + 1, "2026-09-04 08:28:00.9886237".to_owned());
            let none = || "NULL".to_owned();
            let session: Row = row(&[
                ("SessionId", id.to_string()),
                ("GroupId", "DE562439-E9C1-4823-A960-89BCA71F3D1A".to_owned()),
                ("Title", title),
                ("Description", description),
                ("Status", status),
                ("ParticipantCount", none()),
                ("MaxParticipants", none()),
                ("StartedAt", none()),
                ("EndedAt", none()),
                ("ExpiresAt", none()),
                ("CreatedAt", at.clone()),
                ("ModifiedAt", at),
            ]);
            let of_record = |(nth, (by, is_active, fraction)): (usize, (String, bool, u32))| {
                let revoked = |text: String| if is_active { none() } else { text };
                row(&[
                    ("HostSessionId", (id * 10 + nth).to_string()),
                    ("SessionId", id.to_string()),
                    ("HostGuidHash", format!("{id}-{nth}")),
                    ("CreatedAt", format!("2026-09-04 08:28:00.{fraction:07}")),
                    ("ExpiresAt", none()),
                    ("LastUsedAt", none()),
                    ("CreatedBy", by.clone()),
                    ("RevokedAt", revoked("2026-09-05 00:00:00.0000000".to_owned())),
                    ("RevokedBy", revoked(by)),
                    ("IsActive", u8::from(is_active).to_string()),
                ])
            };
            (session, records.into_iter().enumerate().map(of_record).collect())
        };
        sessions.into_iter().enumerate().map(one).collect()
    })
}

/// Writes rows as CSV, as SQL Server's tools do: a mark at the beginning, `\r\n` at the end of each line.
fn as_csv(columns: &[Field], rows: &[&Row]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(columns.iter().map(|field| field.0)).unwrap();
    for row in rows {
        writer.write_record(columns.iter().map(|field| &row[field.0])).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Columns of `HostSessions`: those of a record, and whose it is.
const WITH_SESSION: [Field; 10] = {
    let [id, hash, made, expires, used, by, revoked, revoker, active] = RECORD;
    [id, ("SessionId", "session_id", Form::Number), hash, made, expires, used, by, revoked, revoker, active]
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn hostile_texts_come_through_whole_in_csv_and_json_and_reach_no_terminal(rows in hostile_rows()) {
        let env = TestEnv::empty();
        let sessions: Vec<&Row> = rows.iter().map(|(session, _)| session).collect();
        let records: Vec<&Row> = rows.iter().flat_map(|(_, records)| records).collect();
        let (sessions, records) = (as_csv(&SESSION, &sessions), as_csv(&WITH_SESSION, &records));
        env.file("sessions.csv", &sessions);
        env.file("host_sessions.csv", &records);
        let without_mark = |csv: &[u8]| as_json_lines(std::str::from_utf8(csv).unwrap().trim_start_matches('\u{feff}'));
        env.file("sessions.jsonl", without_mark(&sessions).as_bytes());
        env.file("host_sessions.jsonl", without_mark(&records).as_bytes());
        let done = env.run("import --sessions sessions.csv --host-sessions host_sessions.csv --json").json();
        prop_assert_eq!(&done["outcome"], "imported", "{}", done);
        let again = env.run("import --sessions sessions.jsonl --host-sessions host_sessions.jsonl --json").json();
        prop_assert_eq!(&again["outcome"], "unchanged", "{}", again);
        for (session, own) in &rows {
            let shown = env.run(&format!("show --session-id {} --json", session["SessionId"])).json();
            prop_assert_eq!(fields(&shown, &SESSION), values(session, &SESSION));
            let mut found = shown["records"].as_array().unwrap().clone();
            found.sort_by_key(|record| record["host_session_id"].as_i64());
            let found: Vec<_> = found.iter().map(|record| fields(record, &RECORD)).collect();
            let expected: Vec<_> = own.iter().map(|row| values(row, &RECORD)).collect();
            prop_assert_eq!(found, expected);
            let told = env.run(&format!("show --session-id {}", session["SessionId"])).ok();
            prop_assert!(told.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", told);
        }
        prop_assert_eq!(&env.run("audit verify --json").json()["damage"], &json!([]));
    }
}
