//! Texts that mean harm, in every place that a person or another program can fill: none of it acts, wherever it is shown.

use std::fmt::Write as _;

use host_provisioner::domain::sanitize::{is_hostile, visible};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::support::database::WEB_TABLES;
use crate::support::desk::Desk;
use crate::support::program::TestEnv;

/// Escape sequences, clipboard writes, C1 controls, bidi and zero-width characters, a letter of 4 KiB, wide letters,
/// SQL, formulas, line breaks, and a mark without a letter.
fn harms() -> Vec<String> {
    let harms = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{1b}]52;c;cm0gLXJm\u{7}",
        "\u{9b}31mred\u{90}q",
        "right\u{202e}to\u{2066}left",
        "zero\u{200b}\u{200d}\u{feff}\u{fe0f}\u{ad}width",
        "知識知識知識 الرحمة",
        "🕌🇩🇪 gratitude",
        "'; DROP TABLE \"Sessions\"; --",
        "=cmd|'/c calc'!A0",
        "+1+1",
        "-1+1",
        "@SUM(A1:A9)",
        "\t=1+1",
        "x\r\n2026-01-01T00:00:00.000000Z INFO  PROVISIONER-UPDATE: forged\u{2028}\u{85}y",
        "\u{338}mark first",
        "\u{e0041}\u{2800}\u{3164}tags and fillers",
    ];
    let tower = format!("tower a{} end", "\u{301}".repeat(2048));
    harms.into_iter().map(str::to_owned).chain([tower]).collect()
}

/// A session for each harm, and a record; all texts come from another program.
fn rows() -> String {
    harms().iter().zip(101..).fold(String::new(), |mut rows, (harm, id)| {
        let text = harm.replace('\'', "''");
        let at = "2025-11-19 08:28:00";
        writeln!(
            rows,
            r#"INSERT INTO "Sessions" VALUES ({id}, '{text}', '{text}', '{text}', '{text}', 0, 5, NULL, NULL, NULL, '{at}', '{at}');
            INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "CreatedBy") VALUES ({id}, 'hash {id}', '{at}', '{text}');"#
        )
        .unwrap();
        rows
    })
}

/// The same, and a rotation of each session by a name and for a reason that mean harm.
fn world() -> TestEnv {
    let env = TestEnv::with_old_rows(&rows());
    for (harm, id) in harms().iter().zip(101..) {
        let short: String = harm.chars().take(100).collect();
        let (by, why) = (format!("--created-by={short}"), format!("--rotation-reason={short}"));
        let ran = env.run_with(["create", "--session-id", &id.to_string(), &by, &why]);
        assert_harmless(&ran.stderr, "create");
        ran.ok();
    }
    env
}

/// Nothing in a text acts; where it is not JSON, which keeps everything, marks stand on letters.
fn assert_harmless(text: &str, what: &str) {
    assert!(!text.lines().any(|line| line.chars().any(is_hostile)), "{what}: {:.300}", text.escape_debug());
    let json = text.starts_with(['{', '[']);
    assert!(json || text.lines().all(|line| visible(line) == line), "{what}: {:.300}", text.escape_debug());
}

#[test]
fn nothing_of_it_reaches_a_terminal() {
    let env = world();
    // A change from outside, to be told by `audit verify`.
    env.sql(r#"UPDATE "HostSessions" SET "CreatedBy" = "CreatedBy" || char(27) || '[2J'"#);
    let shows = (101..=117).map(|id| format!("show --session-id {id}"));
    let lines = ["list", "history", "audit verify", "create --session-id 101 --expect none"].map(str::to_owned);
    for line in shows.chain(lines) {
        for form in ["table", "csv", "json", "jsonl"] {
            let ran = env.run(&format!("{line} --output {form}"));
            assert_harmless(&ran.stdout, &format!("{line} as {form}"));
            assert_harmless(&ran.stderr, &format!("{line} as {form}"));
            assert!(line.starts_with("create") || ran.stdout.len() > 100, "{line} as {form} shows something");
        }
    }
    assert_eq!(env.texts(r#"SELECT count(*) FROM "Sessions""#), ["17"]);
}

#[test]
fn no_argument_acts_when_it_is_refused() {
    let env = TestEnv::with_sessions();
    for harm in harms() {
        for arguments in [
            vec![harm.as_str()],
            vec!["create", "--session-id", &harm],
            vec!["create", "--session-id", "1", "--expires", &harm],
            vec!["create", "--session-id", "1", "--expect", &harm],
            vec!["create", "--session-id", "1", "--rotation-reason-file", &harm],
            vec!["list", "--record", &harm],
            vec!["list", "--hash-key-file", &harm],
            vec!["list", "--database-url", &harm],
            vec!["list", "--database-url", &format!("sqlite:{harm}")],
            vec!["list", "--json", "--database-url", &format!("sqlite:{harm}")],
        ] {
            let ran = env.run_with(arguments.iter().copied());
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:.30?}");
            assert_harmless(&ran.stderr, &format!("{arguments:.30?}"));
        }
    }
}

#[test]
fn no_line_of_the_log_is_forged() {
    let env = world();
    let log = env.log();
    assert_harmless(&log, "the log");
    for line in log.lines() {
        let (at, rest) = line.split_once(' ').unwrap();
        assert!(at.starts_with("20") && at.ends_with('Z') && at.len() == 27, "{line}");
        assert!(rest.starts_with("INFO  PROVISIONER"), "{line}");
    }
    // Four lines of each rotation.
    assert_eq!(log.lines().count(), 4 * harms().len());
}

#[test]
fn a_spreadsheet_computes_none_of_it() {
    let env = world();
    for line in ["list", "history", "show --session-id 109", "create --session-id 109 --created-by =1+1"] {
        let text = env.run(&format!("{line} --output csv")).ok();
        // The reader refuses rows of another length than the first one.
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        assert!(!rows.is_empty());
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{line}: {cell}");
        }
    }
}

/// The text that begins in this column of a terminal.
fn from_column(line: &str, column: usize) -> &str {
    let mut before = 0;
    let starts_there = |(_, c): &(usize, char)| {
        let starts = before == column;
        before += c.width().unwrap_or(0);
        starts
    };
    line.char_indices().find(starts_there).map_or("", |(place, _)| &line[place..])
}

#[test]
fn the_columns_of_a_table_stay_aligned() {
    let env = world();
    let (text, listed) = (env.run("list").ok(), env.run("list --json").json());
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let column = |name: &str| header[..header.find(name).unwrap()].width();
    for (line, session) in lines.zip(listed.as_array().unwrap()) {
        let status = visible(session["status"].as_str().unwrap());
        assert!(from_column(line, column("STATUS")).starts_with(&*status), "{line}");
        let fingerprint = session["record"]["fingerprint"].as_str().unwrap();
        assert!(from_column(line, column("FINGERPRINT")).starts_with(fingerprint), "{line}");
    }
    assert_eq!(text.lines().count(), listed.as_array().unwrap().len() + 1);
}

/// What a terminal is sent, without what the console itself sends: colours, places, modes.
fn without_own_sequences(raw: &[u8]) -> String {
    let text = String::from_utf8(raw.to_vec()).expect("the console writes UTF-8");
    let own = regex::Regex::new(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]").unwrap();
    own.replace_all(&text, "").into_owned()
}

#[test]
fn the_console_sends_a_terminal_nothing_but_its_own_sequences() {
    let desk = Desk::empty();
    desk.sql(&format!("{WEB_TABLES};{}", rows()));
    desk.cli(&["migrate"]);
    let mut console = desk.console_with((120, 35), &[], &[]);
    console.sees(&["17 sessions", "owned", "tower"]);
    for id in 101..=117 {
        console.send(if id == 101 { "g" } else { "j" });
        console.sees(&[&format!("Session {id}")]);
        console.send("R");
        console.sees(&["Rotate the Host GUID"]);
        console.send("\x1b");
        console.sees_no_more("Rotate the Host GUID");
    }
    console.wait_for("the borders of both panels in one column each", |screen| {
        let border = |row, column| screen.cell(row, column).unwrap().contents();
        (2..24).all(|row| [0, 79, 80, 119].map(|column| border(row, column)) == ["┃", "┃", "│", "│"])
    });
    console.send("R");
    console.sees(&["Rotate the Host GUID"]);
    console.send("\x1b[200~why \u{9b}31m\u{202e}\u{200b}\x1b[201~");
    console.sees(&["31m\\u{202e}\\u{200b}"]);
    let sent = console.raw();
    // The only sequences that clear the screen or name a title would be the data's.
    for harm in ["\x1b]", "\x1b[31mred", "\u{9b}"] {
        assert_eq!(crate::support::pty::count(&sent, harm), 0, "{harm:?}");
    }
    let rest = without_own_sequences(&sent);
    let left: Vec<char> = rest.chars().filter(|c| is_hostile(*c)).collect();
    assert!(left.is_empty(), "{left:?}");
}
