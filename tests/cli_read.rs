//! `session add`, `list`, `show` and `history`: what they print, in every form.

use serde_json::json;

use crate::support::program::TestEnv;

#[test]
fn a_list_shows_the_sessions_with_their_records() {
    let env = TestEnv::with_old_records();
    env.check_session("list", &["list", "list --json", "list --output jsonl", "list --output csv"]);
}

#[test]
fn the_best_duplicate_stands_in_for_a_current_record_that_is_not_there() {
    let env = TestEnv::with_old_records();
    env.sql(
        r#"UPDATE "HostSessions" SET "IsActive" = 0, "RevokedAt" = '2025-09-01 00:00:00' WHERE "HostSessionId" = 11"#,
    );
    let listed = env.run("list --record duplicate --json").json();
    assert_eq!(listed[0]["record"]["host_session_id"], 12);
    assert_eq!(listed[0]["record"]["state"], "duplicate");
    assert_eq!(listed[0]["duplicates"], 1);
    env.run_with(["create", "--session-id", "2", "--expect", listed[0]["record"]["fingerprint"].as_str().unwrap()])
        .ok();
}

#[test]
fn a_list_is_searched_filtered_and_paged() {
    let env = TestEnv::with_old_records();
    let ids = |line: &str| {
        let listed = env.run(&format!("list --json {line}")).json();
        listed.as_array().unwrap().iter().map(|session| session["session_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("--search MERCY"), [1]);
    assert_eq!(ids("--search 3"), [3]);
    assert_eq!(ids("--status Created"), [2]);
    assert_eq!(ids("--record none"), [1, 3]);
    assert_eq!(ids("--record active"), [2]);
    assert_eq!(ids("--record duplicate"), [2]);
    assert_eq!(ids("--record expired"), [0_i64; 0]);
    assert_eq!(ids("--limit 2"), [1, 2]);
    assert_eq!(ids("--limit 2 --after 2"), [3]);
}

#[test]
fn a_list_is_filtered_in_the_language_of_the_console() {
    let env = TestEnv::with_old_records();
    let ids = |filter: &str, more: &[&str]| {
        let filter = format!("--filter={filter}");
        let listed = env.run_with([&["list", "--json", &filter], more].concat()).json();
        listed.as_array().unwrap().iter().map(|session| session["session_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("", &[]), [1, 2, 3]);
    assert_eq!(ids("MERCY status:active", &[]), [1]);
    assert_eq!(ids("id:1-2 -mercy", &[]), [2]);
    assert_eq!(ids("-status:active -record:duplicate", &[]), [3]);
    assert_eq!(ids("record:duplicate by:user", &[]), [2]);
    assert_eq!(ids("record:none", &["--search", "mercy"]), [1]);
    assert_eq!(ids("record:none", &["--status", "created"]), [0_i64; 0]);
}

#[test]
fn a_wrong_word_of_a_filter_is_named_with_the_right_one() {
    let env = TestEnv::with_sessions();
    for (filter, word, right) in [
        ("mercy recrod:none", "recrod", "did you mean `record:`?"),
        ("record:nobody", "record:nobody", "`record:` takes none, active, expired, expiring, duplicate"),
        ("mercy age:90d", "age:90d", "such as age:>90d"),
        ("id:9-x", "id:9-x", "id:"),
    ] {
        let error = env.run_with(["list", "--json", "--filter", filter]).error(2);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(word) && message.contains(right), "{message}");
    }
}

#[test]
fn an_empty_list_is_no_error() {
    let env = TestEnv::with_sessions();
    env.check_session(
        "empty",
        &[
            "list --search nothing",
            "list --search nothing --json",
            "list --search nothing --output jsonl",
            "list --search nothing --output csv",
            "history",
            "history --json",
            "list --limit 1 --output table",
        ],
    );
}

#[test]
fn a_session_is_shown_whole() {
    let env = TestEnv::with_old_records();
    env.guid(2);
    env.check_session("show", &["show --session-id 2", "show --session-id 3", "show --session-id 2 --output csv"]);
    env.check_session(
        "show_json",
        &["show --session-id 2 --json", "show --session-id 3 --json", "show --session-id 77"],
    );
}

#[test]
fn the_history_is_shown_newest_first_and_paged() {
    let env = TestEnv::with_old_records();
    env.check_session(
        "history",
        &[
            "create --session-id 2 --created-by 'M. Keller' --rotation-reason 'first reason' -q",
            "revoke --session-id 2 --created-by 'R. Sato' -q",
            "create --session-id 1 --created-by 'R. Sato' --expires 2099-12-31 -q",
            "history",
            "history --session-id 2 --json",
            "history --output csv --limit 1",
        ],
    );
    let all = env.run("history --json").json();
    assert_eq!(all.as_array().unwrap().len(), 3);
    let first = env.run("history --json --limit 1").json();
    let rest = env.run(&format!("history --json --before {}", first[0]["event"].as_str().unwrap())).json();
    assert_eq!(first[0], all[0]);
    assert_eq!(rest, json!([all[1], all[2]]));
}

#[test]
fn an_entry_of_the_history_is_its_body_byte_by_byte_and_its_hash() {
    let env = TestEnv::with_sessions();
    env.guid(1);
    let body = &env.texts(r#"SELECT "Body" FROM "HostSessionEvents""#)[0];
    let hash = &env.texts(r#"SELECT "EntryHash" FROM "HostSessionEvents""#)[0];
    let expected = format!("[{},\"entry_hash\":\"{hash}\"}}]\n", body.strip_suffix('}').unwrap());
    assert_eq!(env.run("history --json").ok(), expected);
}

#[test]
fn an_entry_that_is_no_json_is_shown_as_text_among_its_columns() {
    let env = TestEnv::with_sessions();
    let zeros = "0".repeat(64);
    env.sql(&format!(
        r#"INSERT INTO "HostSessionEvents" VALUES (1, 1, '01a205d5-ffdc-778b-aa37-e04e1c8b9a4d', 'rotated',
            '2025-01-01T00:00:00.000000Z', 'not json', '{zeros}', '{zeros}')"#
    ));
    env.check_session("history_unreadable", &["history --json", "history", "history --output csv"]);
}

#[test]
fn hostile_text_is_escaped_for_people_and_whole_for_programs() {
    let env = TestEnv::with_sessions();
    let title = "=cmd \u{1b}]52;c;aGk=\u{7} right\u{202e}to\nnext";
    env.run_with(["session", "add", "--title", title]).ok();
    assert_eq!(env.run("list --after 3 --json").json()[0]["title"], title);
    let escaped = r"=cmd \u{1b}]52;c;aGk=\u{7} right\u{202e}to\u{a}next";
    for line in ["list --after 3", "show --session-id 4"] {
        assert!(env.run(line).ok().contains(escaped), "{line}");
    }
    assert!(env.run("list --after 3 --output csv").ok().contains(&format!("4,'{escaped},")));
}

#[test]
fn an_added_session_is_named_by_its_id() {
    let env = TestEnv::empty();
    env.check_session(
        "session_add",
        &[
            "session add --title 'Review of mercy'",
            "session add --title Second --status Active --json",
            "session add --title Third --output csv",
            "list",
        ],
    );
    let group = &env.texts(r#"SELECT "GroupId" FROM "Sessions""#)[0];
    assert_eq!((group.len(), group.to_uppercase()), (36, group.clone()));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let env = TestEnv::with_sessions();
    for line in ["list", "list --json", "show --session-id 1", "history", "--help"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = env.command(line.split(' ')).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_full_device_is_an_error_of_a_command_that_reads() {
    let env = TestEnv::with_sessions();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_eq!(env.command(["list"]).stdout(full).output().unwrap().status.code(), Some(1));
}
