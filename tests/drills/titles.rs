//! The index of titles: what goes wrong while changed titles are brought in leaves them noted.

use clap::ValueEnum as _;
use host_provisioner::drill::{Step, Way};

use super::DRILL;
use super::commands::name;
use crate::support::program::{TestEnv, end_of};

/// The steps of it.
pub(super) const STEPS: [Step; 1] = [Step::IndexTitles];

#[test]
fn a_title_that_was_not_brought_in_stays_noted_and_is_found() {
    for way in Way::value_variants() {
        let env = TestEnv::with_sessions();
        let rename = r#"UPDATE "Sessions" SET "Title" = 'On patience' WHERE "SessionId" = 1"#;
        env.sql(&format!(r#"DELETE FROM "SessionTitleChanges"; {rename}"#));
        let noted = r#"SELECT "SessionId" FROM "SessionTitleChanges""#;
        let known = r#"SELECT rowid FROM "SessionTitles" WHERE "SessionTitles" MATCH '"pat" AND "enc"'"#;
        let found = || env.run("list --json --search patience").json()[0]["session_id"].clone();
        let drill = format!("{}:{}", name(&STEPS[0]), name(way));
        let ran = end_of(env.command(["migrate"]).env(DRILL, &drill).spawn().unwrap());
        // What was to be migrated was done; the index is left to the next time.
        assert_eq!(ran.code, if *way == Way::Kill { -1 } else { 0 }, "{}", ran.transcript());
        assert_eq!((env.texts(noted), env.texts(known)), (vec!["1".to_owned()], vec![]), "{drill}");
        assert_eq!(found(), 1, "{drill}");
        env.run("migrate").ok();
        assert_eq!((env.texts(noted), env.texts(known)), (vec![], vec!["1".to_owned()]), "{drill}");
        assert_eq!(found(), 1, "{drill}");
    }
}
