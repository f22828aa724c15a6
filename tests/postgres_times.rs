//! Times that a server holds and no calendar does: .NET's provider writes its least and its greatest time as infinities.

use crate::store_contract::OLD_ROWS;
use crate::support::postgres::TestPg;
use crate::support::program::{Ran, TestEnv};
use crate::support::roles::run_on;

/// A database with a new GUID in session 3, whose times are then set from outside.
struct World {
    env: TestEnv,
    db: TestPg,
    guid: String,
}

impl World {
    fn new() -> Self {
        let env = TestEnv::nowhere();
        let db = env.wait(TestPg::with_old_rows(OLD_ROWS));
        let guid = run_on(&env, &db.url(), "create --session-id 3", "").ok();
        Self { env, db, guid }
    }

    fn run(&self, line: &str, stdin: &str) -> Ran {
        run_on(&self.env, &self.db.url(), line, stdin)
    }

    fn set(&self, table: &str, columns: &[&str], time: &str) {
        for column in columns {
            let text = format!(r#"UPDATE "{table}" SET "{column}" = '{time}' WHERE "SessionId" = 3"#);
            self.env.wait(self.db.sql(&text));
        }
    }
}

#[test]
fn a_time_beyond_every_calendar_keeps_no_session_from_being_listed_rotated_or_revoked() {
    for time in ["infinity", "-infinity", "294276-12-31", "4714-11-24 BC", "20000-01-01"] {
        let world = World::new();
        world.set("Sessions", &["StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt"], time);
        world.set("HostSessions", &["CreatedAt", "ExpiresAt", "LastUsedAt"], time);
        for line in ["list", "list --json", "show --session-id 3", "create --session-id 3", "revoke --session-id 3"] {
            assert_eq!(world.run(line, "").code, 0, "{time}: {line}");
        }
    }
}

#[test]
fn an_end_at_infinity_never_comes_and_one_before_all_times_has_passed() {
    let world = World::new();
    for (time, shown, state, verified) in
        [("infinity", "infinity", "active", 0), ("-infinity", "unreadable", "expired", 9)]
    {
        world.set("HostSessions", &["ExpiresAt"], time);
        let listed = world.run("list --after 2 --limit 1 --json", "").json();
        let record = &listed[0]["record"];
        assert_eq!((&record["expires_at"], &record["state"]), (&shown.into(), &state.into()));
        assert_eq!(world.run("verify --session-id 3", &world.guid).code, verified, "{time}");
        // The database itself filters by the same rule.
        let filtered = world.run(&format!("list --record {state} --after 2 --limit 1 --json"), "").json();
        assert_eq!(filtered[0]["session_id"], 3, "{time}");
    }
}
