//! The index of titles, while other programs write: a search finds a session by the title that it has, whatever statement
//! brought it, and never by one that it had.

use crate::support::program::TestEnv;

/// The sessions that a word finds.
fn found(env: &TestEnv, word: &str) -> Vec<i64> {
    let listed = env.run_with(["list", "--json", "--search", word]).json();
    listed.as_array().unwrap().iter().map(|session| session["session_id"].as_i64().unwrap()).collect()
}

/// Runs a statement of another program, after which these words must find these sessions.
#[track_caller]
fn after(statement: &str, expected: &[(&str, &[i64])]) {
    let env = TestEnv::with_sessions();
    env.sql(&format!(
        // As after a migration of titles that are old: the index knows them, and nothing is noted as changed.
        r#"INSERT INTO "SessionTitles" (rowid, "Title") SELECT "SessionId", "Title" FROM "Sessions" WHERE "Title" IS NOT NULL;
        DELETE FROM "SessionTitleChanges"; {statement}"#
    ));
    for (word, ids) in expected {
        assert_eq!(found(&env, word), *ids, "{word} after {statement}");
    }
}

const COLUMNS: &str = r#""Sessions" ("SessionId", "GroupId", "Title", "CreatedAt", "ModifiedAt")"#;
const REST: &str = "'2025-11-20 08:58:00', '2025-11-20 08:58:00'";
const GROUP: &str = "'DE562439-E9C1-4823-A960-89BCA71F3D1A'";

#[test]
fn a_session_that_nobody_changed_is_found_by_the_index() {
    after("", &[("mercy", &[1]), ("grace", &[])]);
}

#[test]
fn a_row_put_in_place_of_another_is_found_by_its_new_title_alone() {
    after(
        &format!("INSERT OR REPLACE INTO {COLUMNS} VALUES (1, {GROUP}, 'Review of the word grace', {REST})"),
        &[("grace", &[1]), ("mercy", &[])],
    );
    after(&format!("REPLACE INTO {COLUMNS} VALUES (1, {GROUP}, NULL, {REST})"), &[("mercy", &[]), ("review", &[])]);
}

#[test]
fn a_row_that_takes_the_id_of_another_is_found_under_it() {
    let moved = r#"UPDATE OR REPLACE "Sessions" SET "SessionId" = 1 WHERE "SessionId" = 2"#;
    after(moved, &[("الرحمة", &[1]), ("mercy", &[])]);
    let by_its_other_name = r#"UPDATE OR REPLACE "Sessions" SET rowid = 1 WHERE rowid = 2"#;
    after(by_its_other_name, &[("الرحمة", &[1]), ("mercy", &[])]);
}

#[test]
fn a_title_that_changes_more_than_once_is_found_as_it_is_now() {
    after(
        r#"UPDATE "Sessions" SET "Title" = 'patience' WHERE "SessionId" = 1;
        UPDATE OR IGNORE "Sessions" SET "Title" = 'grace' WHERE "SessionId" = 1;
        UPDATE OR REPLACE "Sessions" SET "Title" = 'patience and grace' WHERE "SessionId" = 3"#,
        &[("grace", &[1, 3]), ("patience", &[3]), ("mercy", &[])],
    );
}

#[test]
fn a_row_that_is_gone_is_not_found_and_another_under_its_id_by_its_own_title() {
    let gone = r#"DELETE FROM "Sessions" WHERE "SessionId" = 1"#;
    after(gone, &[("mercy", &[])]);
    after(
        &format!("{gone}; INSERT INTO {COLUMNS} VALUES (1, {GROUP}, 'On grace', {REST})"),
        &[("grace", &[1]), ("mercy", &[])],
    );
}
