//! Whole journeys: from the first GUID to a verified history, on every hash scheme, and no secret left anywhere.

use crate::support::program::{Ran, TestEnv};

/// The flags of each scheme.
fn schemes(env: &TestEnv) -> [Vec<String>; 3] {
    let key: Vec<u8> = (0..32).collect();
    let (key, secret) = (env.file("key", &key), env.file("secret", b"example-application-secret-42\n"));
    let all = |scheme: &str| {
        ["--hash-key-file", &key, "--legacy-secret-file", &secret, "--hash-write", scheme].map(str::to_owned).to_vec()
    };
    [all("sha256"), all("hmac-sha256"), all("legacy")]
}

/// The program with the same flags in every run, keeping what it said.
struct Operator<'a> {
    env: &'a TestEnv,
    flags: Vec<String>,
    stderr: String,
    /// Stdout of everything but `create` and `rotate`.
    stdout: String,
    guids: Vec<String>,
}

impl Operator<'_> {
    fn run(&mut self, line: &str, stdin: &str) -> Ran {
        let flags = self.flags.join(" ");
        let ran = self.env.feed(&format!("{line} {flags}"), stdin);
        self.stderr.push_str(&ran.stderr);
        ran
    }

    fn makes(&mut self, line: &str) -> String {
        let ran = self.run(line, "");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let guid = ran.stdout.trim_end().to_owned();
        self.guids.push(guid.clone());
        guid
    }

    fn says(&mut self, line: &str, stdin: &str, code: i32) -> String {
        let ran = self.run(line, stdin);
        assert_eq!(ran.code, code, "{line}: {}", ran.stderr);
        self.stdout.push_str(&ran.stdout);
        ran.stdout
    }
}

fn journey(env: &TestEnv, flags: Vec<String>, session: i64) -> Operator<'_> {
    let mut operator = Operator { env, flags, stderr: String::new(), stdout: String::new(), guids: Vec::new() };
    let verify = format!("verify --session-id {session}");
    let first = operator.makes(&format!("create --session-id {session} --created-by Keller"));
    assert_eq!(operator.says(&verify, &first, 0), "accepted\n");
    let reason = env.home("reason");
    std::fs::write(&reason, "Suspected compromise").unwrap();
    let second = operator.makes(&format!("create --session-id {session} --rotation-reason-file {}", reason.display()));
    assert_eq!(operator.says(&verify, &first, 9), "rejected\n");
    assert_eq!(operator.says(&verify, &second, 0), "accepted\n");
    operator.says(&format!("create --session-id {session} --dry-run"), "", 0);
    operator.says(&format!("create --session-id {session} --expect none"), "", 6);
    let third = operator.makes(&format!("create --session-id {session} --force-new --expires 30d"));
    assert_eq!(operator.says(&verify, &second, 9), "rejected\n");
    assert_eq!(operator.says(&verify, &third, 0), "accepted\n");
    let history = operator.says(&format!("history --session-id {session} --json"), "", 0);
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    let told: Vec<&str> = history.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["force_created", "rotated", "created"]);
    assert_eq!(history[1]["reason"], "Suspected compromise");
    for line in [
        "list",
        "list --json",
        "list --output csv",
        "history",
        "history --output csv",
        "audit verify",
        "audit verify --json",
    ] {
        operator.says(line, "", 0);
    }
    for form in ["table", "json", "csv"] {
        operator.says(&format!("show --session-id {session} --output {form}"), "", 0);
    }
    operator.says(&format!("revoke --session-id {session}"), "", 0);
    assert_eq!(operator.says(&verify, &third, 9), "rejected\n");
    operator.says("audit verify", "", 0);
    operator
}

#[test]
fn a_guid_lives_until_the_next_one_on_every_hash_scheme() {
    let env = TestEnv::with_sessions();
    for (session, flags) in (1..).zip(schemes(&env)) {
        let prefix = ["sha256:", "hmac-sha256:630dcd29:", ""][usize::try_from(session).unwrap() - 1];
        journey(&env, flags, session);
        let hashes = env.texts(&format!(r#"SELECT "HostGuidHash" FROM "HostSessions" WHERE "SessionId" = {session}"#));
        assert_eq!(hashes.len(), 2);
        assert!(hashes.iter().all(|hash| hash.starts_with(prefix) && (session != 3 || hash.len() == 44)), "{hashes:?}");
    }
}

#[test]
fn neither_guids_nor_hashes_are_left_anywhere_but_in_their_column() {
    let env = TestEnv::with_sessions();
    let mut hashes = Vec::new();
    let mut operators = Vec::new();
    for (session, mut flags) in (1..).zip(schemes(&env)) {
        flags.extend(["--log-level", "trace", "-v"].map(str::to_owned));
        operators.push(journey(&env, flags, session));
        hashes.extend(env.texts(r#"SELECT "HostGuidHash" FROM "HostSessions""#));
    }
    let mut secrets: Vec<String> = operators.iter().flat_map(|operator| operator.guids.clone()).collect();
    secrets.extend(secrets.clone().iter().map(|guid| guid.replace('-', "")));
    secrets.extend(hashes.iter().map(|hash| hash.rsplit(':').next().unwrap().to_owned()));
    secrets.push("example-application-secret-42".to_owned());
    assert!(secrets.len() > 20);
    let columns = r"SELECT m.name || '.' || c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND m.rootpage > 0 AND c.name <> 'HostGuidHash' ORDER BY 1";
    let mut places = vec![("the log".to_owned(), env.log())];
    for column in env.texts(columns) {
        let (table, name) = column.split_once('.').unwrap();
        places.push((column.clone(), env.texts(&format!(r#"SELECT quote("{name}") FROM "{table}""#)).join("\n")));
    }
    for operator in &operators {
        places.push(("stderr".to_owned(), operator.stderr.clone()));
        places.push(("stdout".to_owned(), operator.stdout.clone()));
    }
    assert!(places.len() > 30 && places.iter().all(|(place, text)| place.contains('.') || !text.is_empty()));
    for (place, text) in &places {
        let text = text.to_lowercase();
        for secret in &secrets {
            assert!(!text.contains(&secret.to_lowercase()), "{place} holds a secret");
        }
    }
}
