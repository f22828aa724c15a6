//! `docs/rollout.md`, run: its commands as they stand, phase by phase, on both engines.

use serde_json::Value;

use crate::cli_consolidate::first_that_works;
use crate::support::bash::bash;
use crate::support::cluster::Cluster;
use crate::support::database::WEB_TABLES;
use crate::support::fixtures::{APPLICATION_SECRET, known_guids};
use crate::support::program::{Ran, TestEnv};

const DOCUMENT: &str = include_str!("../docs/rollout.md");

/// A place to roll out in: a home with a Host GUID that works, the exported tables, a production database.
struct Site {
    env: TestEnv,
    engine: &'static str,
}

impl Site {
    fn new(engine: &'static str, production: &str) -> Self {
        let env = TestEnv::nowhere();
        env.file("secret", APPLICATION_SECRET.as_bytes());
        env.file("prod.url", production.replace('~', &env.home("").display().to_string()).as_bytes());
        let known = known_guids().into_iter().find(|(session, ..)| *session == 10).unwrap();
        env.file("known.guid", known.2.reveal().as_bytes());
        Self { env, engine }
    }

    /// Runs the commands of a part of the document, for this engine.
    fn follow(&self, part: &str) -> Ran {
        let (start, rest) = DOCUMENT.split_once("\n## Phase 1").unwrap();
        let preamble = self.commands(start);
        let rest = format!("\n## Phase 1{rest}");
        let part = rest.split(&format!("{part}\n")).nth(1).unwrap_or_else(|| panic!("no part {part}"));
        self.bash(&(preamble + &self.commands(part.split("\n##").next().unwrap())))
    }

    fn commands(&self, text: &str) -> String {
        let blocks = text.split("```sh").skip(1).map(|rest| rest.split("```").next().unwrap());
        let ours = blocks.filter_map(|block| {
            let (engine, commands) = block.split_once('\n').unwrap();
            (engine.is_empty() || engine.trim() == self.engine).then_some(commands)
        });
        ours.collect()
    }

    fn bash(&self, script: &str) -> Ran {
        let secret = self.env.home("secret").display().to_string();
        bash(&self.env, &[("EXPORT", "tests/fixtures"), ("SECRET", &secret)], script)
    }

    fn json(&self, command: &str) -> Value {
        serde_json::from_str(&self.bash(&format!("host-provisioner --profile prod --json {command}")).ok()).unwrap()
    }

    fn phase(&self) -> String {
        let steps = self.json("doctor")["steps"].as_array().unwrap().clone();
        let step = steps.iter().find(|step| step["step"] == "rollout").unwrap();
        step["detail"].as_str().unwrap().to_owned()
    }

    /// Follows the document to its end.
    fn roll_out(&self) {
        let counted = self.follow("## Phase 1: the new tool, beside the old one").ok();
        assert!(counted.contains("300") && counted.contains("345"), "{counted}");
        let tried = self.follow("## Phase 2: try it on rows that nobody needs").ok();
        assert_eq!(tried.matches("accepted\n").count(), 2, "{tried}");
        assert_eq!(tried.matches("rejected\n").count(), 1, "{tried}");
        assert!(tried.contains("PROVISIONER-UPDATE: Host GUID rotated for Session 10 by"), "{tried}");
        let used = self.follow("## Phase 3: production").ok();
        assert_eq!(used.matches("accepted\n").count(), 2, "{used}");
        assert!(!used.contains("PROVISIONER-ERROR"), "{used}");
        assert!(self.phase().starts_with("phase 3: in use, "), "{}", self.phase());
        self.clean_up();
    }

    fn clean_up(&self) {
        let cleaned = self.follow("## Phase 4: clean up, when you say so");
        cleaned.ok();
        let left = self.json("duplicates");
        let pair = |session: &Value| format!("{} {}\n", session["session_id"], first_that_works(session));
        let decisions: Vec<String> = left.as_array().unwrap().iter().map(pair).collect();
        assert!(!decisions.is_empty() && left.as_array().unwrap().iter().all(|it| it["ambiguous"] == true), "{left}");
        self.env.file("decisions", decisions.concat().as_bytes());
        self.follow("### What is left").ok();
        assert!(
            self.phase().starts_with("phase 4 is done: in use, no duplicate left; last import 20"),
            "{}",
            self.phase()
        );
        assert_eq!(self.json("duplicates"), Value::Array(Vec::new()));
    }
}

#[test]
fn the_commands_lead_through_four_phases_on_sqlite() {
    let site = Site::new("sqlite", "sqlite:~/prod.db");
    let made =
        site.bash(&format!("sqlite3 \"$HOME/prod.db\" <<'SQL'\n{WEB_TABLES}\nSQL\nchmod 0600 \"$HOME/prod.db\""));
    made.ok();
    site.roll_out();
}

#[test]
fn the_commands_lead_through_four_phases_on_postgresql() {
    let server = Cluster::start(&[], &["host all all 127.0.0.1/32 trust"]);
    let site = Site::new("postgres", &format!("{}?sslmode=disable", server.url("postgres")));
    site.roll_out();
}
