//! Rows of an export, as they are read: every form that the tools write, and nothing else.

use std::fmt::Write as _;
use std::io::{BufReader, ErrorKind};

use host_provisioner::domain::host_record::HostRecord;
use host_provisioner::domain::import::{Fault, InputError, Row, Rows, Table, Typed};
use host_provisioner::domain::session::Session;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub(crate) const SESSIONS: &str = "SessionId,GroupId,Title,Description,Status,ParticipantCount,MaxParticipants,StartedAt,EndedAt,ExpiresAt,CreatedAt,ModifiedAt";
const RECORDS: &str =
    "HostSessionId,SessionId,HostGuidHash,CreatedAt,ExpiresAt,LastUsedAt,CreatedBy,RevokedAt,RevokedBy,IsActive";
const GROUP: &str = "DE562439-E9C1-4823-A960-89BCA71F3D1A";
const TIME: &str = "2026-09-04 08:28:00.9886237";

pub(crate) type Read<T> = Vec<Result<Row<T>, Fault>>;

/// Reads all rows, through a window of so many bytes.
fn read_through<T: Typed>(window: usize, bytes: &[u8]) -> Result<Read<T>, InputError> {
    let mut rows = Rows::<_, T>::open(BufReader::with_capacity(window, bytes))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next_row()? {
        all.push(row);
    }
    assert_eq!(rows.bytes(), u64::try_from(bytes.len()).unwrap(), "all of it was read");
    Ok(all)
}

/// Fails once before each time that it gives something.
struct Failing<'a> {
    rest: &'a [u8],
    kind: ErrorKind,
    fails: bool,
}

impl std::io::Read for Failing<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.fails = !self.fails;
        if self.fails { Err(self.kind.into()) } else { self.rest.read(into) }
    }
}

pub(crate) fn sessions(text: &str) -> Read<Session> {
    read_through(4096, text.as_bytes()).unwrap()
}

fn records(text: &str) -> Read<HostRecord> {
    read_through(4096, text.as_bytes()).unwrap()
}

/// One session as a line of CSV.
pub(crate) fn line(id: &str, title: &str) -> String {
    format!("{id},{GROUP},{title},NULL,Created,0,NULL,NULL,NULL,NULL,{TIME},{TIME}")
}

fn told(fault: &Fault) -> (u64, Option<&'static str>, &str) {
    (fault.place.line, fault.column, &fault.reason)
}

#[test]
fn a_file_of_sql_servers_tools_is_read() {
    let text = format!(
        "\u{feff}{SESSIONS}\r\n{}\r\n\r\n{}\r\n",
        line("1", "\"commas, \"\"quotes\"\"\r\nand a line break\""),
        line("9000000300", "").replace("NULL,NULL,NULL,2026", "2026-09-04 08:58:00.7078673,NULL,NULL,2026"),
    );
    let read = sessions(&text);
    let [Ok(one), Ok(other)] = &read[..] else { panic!("{read:?}") };
    assert_eq!(one.value.title.as_deref(), Some("commas, \"quotes\"\r\nand a line break"));
    assert_eq!((one.value.group_id.as_str(), one.value.description.as_deref()), (GROUP, None));
    assert_eq!((one.value.participant_count, one.value.max_participants), (Some(0), None));
    assert_eq!(one.value.created_at.fixed_width(), "2026-09-04T08:28:00.988623Z");
    assert_eq!((other.value.id.get(), other.value.title.as_deref()), (9_000_000_300, Some("")));
    assert_eq!(other.value.started_at.unwrap().fixed_width(), "2026-09-04T08:58:00.707867Z");
    assert_eq!((one.place.line, other.place.line), (2, 5));
    for row in [one, other] {
        let (from, to) = (row.place.offset, row.place.offset + row.place.length);
        let own = &text[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()];
        assert!(own.starts_with(&format!("{},", row.value.id)), "{own:?}");
        assert!(own.trim_end().ends_with(TIME), "{own:?}");
    }
}

#[test]
fn columns_may_stand_in_any_order_and_case() {
    let text = format!(
        "isactive,createdat,HOSTGUIDHASH,sessionid,hostsessionid,ExpiresAt,LastUsedAt,CreatedBy,RevokedAt,RevokedBy\n\
         True,{TIME},aGFzaA==,7,12,NULL,NULL,NULL,,NULL\n"
    );
    let read = records(&text);
    let [Ok(row)] = &read[..] else { panic!("{read:?}") };
    assert_eq!((row.value.id.get(), row.value.session.get(), row.value.is_active), (12, 7, true));
    assert_eq!((row.value.hash.as_str(), row.value.revoked_at), ("aGFzaA==", None));
}

#[test]
fn a_file_that_names_no_columns_is_refused_without_being_quoted() {
    let open = |text: &str| read_through::<HostRecord>(64, text.as_bytes()).unwrap_err().to_string();
    let secret = "xQqAr5CJXxLZ7LlDHn5Ko2Eo5QP2AC99M6Mn801+hXY=";
    for (text, said) in [
        ("", "it is empty"),
        ("\r\n\n", "it is empty"),
        (&*format!("1,1,{secret},{TIME},NULL,NULL,NULL,NULL,NULL,1\n"), "does not name the column HostSessionId"),
        (&*RECORDS.replace(",IsActive", ""), "does not name the column IsActive"),
        (&*format!("{RECORDS},{secret}"), "column 11 of its first line is none of HostSessions"),
        (&*format!("{RECORDS},isactive"), "column 11 of its first line is none of HostSessions, or is named twice"),
        (&*RECORDS.replace(',', ";"), "does not name the column HostSessionId"),
        ("[{\"HostSessionId\": 1}]", "one object a line"),
    ] {
        let told = open(text);
        assert!(told.contains(said) && !told.contains(secret), "{text}: {told}");
    }
    for bytes in [&b"\xff\xfeS\0e\0"[..], b"\xfe\xff\0S\0e"] {
        assert!(read_through::<Session>(64, bytes).unwrap_err().to_string().contains("UTF-16"));
    }
}

#[test]
fn each_bad_row_is_told_with_line_column_and_reason_and_the_next_one_is_read() {
    let text = [
        SESSIONS.to_owned(),
        line("0", "x"),
        line("9223372036854775808", "x"),
        line("+1", "x"),
        line("1", &"x".repeat(201)),
        line("1", &"🕌".repeat(1024)),
        line("1", "a\0b"),
        line("1", "x").replace(GROUP, "NULL"),
        line("1", "x").replace(",0,", ",many,"),
        line("1", "x").replace(TIME, "now"),
        format!("{},more", line("1", "x")),
        "1".to_owned(),
        line("7", "\"last\""),
    ]
    .join("\n");
    let read = sessions(&text);
    let faults: Vec<_> = read.iter().filter_map(|row| row.as_ref().err()).map(told).collect();
    let id = "not an id: ids are whole numbers from 1 to 9223372036854775807";
    assert_eq!(
        faults,
        [
            (2, Some("SessionId"), id),
            (3, Some("SessionId"), id),
            (4, Some("SessionId"), id),
            (5, Some("Title"), "201 characters; at most 200 fit"),
            (6, Some("Title"), "1024 characters; at most 200 fit"),
            (7, Some("Title"), "a NUL character, which no database keeps"),
            (8, Some("GroupId"), "NULL, where a value must be"),
            (9, Some("ParticipantCount"), "not a whole number from -2147483648 to 2147483647"),
            (10, Some("CreatedAt"), "not a time such as 2026-09-04 08:28:00.9886237"),
            (11, None, "13 columns, where the first line names 12"),
            (12, None, "1 column, where the first line names 12"),
        ]
    );
    assert_eq!(read.last().unwrap().as_ref().unwrap().value.id.get(), 7);
}

#[test]
fn an_id_behind_which_no_new_one_would_fit_is_bad_and_the_greatest_that_leaves_room_is_not() {
    let no_room = "too great: behind 9000000000000000000 there would be no room for the ids of new rows";
    for (id, fits) in [("9000000000000000000", true), ("9000000000000000001", false), ("9223372036854775807", false)] {
        let sessions = sessions(&format!("{SESSIONS}\n{}\n", line(id, "x")));
        let records = records(&format!("{RECORDS}\n{id},1,hash,{TIME},NULL,NULL,NULL,NULL,NULL,1\n"));
        let faults = [sessions[0].as_ref().err().map(told), records[0].as_ref().err().map(told)];
        let expected = ["SessionId", "HostSessionId"].map(|column| (!fits).then_some((2, Some(column), no_room)));
        assert_eq!(faults, expected, "{id}");
    }
    // A record may belong to a session that another program put there.
    let of_last = records(&format!("{RECORDS}\n1,9223372036854775807,hash,{TIME},NULL,NULL,NULL,NULL,NULL,1\n"));
    assert_eq!(of_last[0].as_ref().unwrap().value.session.get(), i64::MAX);
}

#[test]
fn bytes_that_are_no_utf_8_are_one_bad_row() {
    let mut bytes = format!("{SESSIONS}\n{}\n", line("1", "x")).into_bytes();
    let after = line("3", "y");
    for broken in [&b"\xff"[..], b"\xed\xa0\x80", b"\xc3\",\"\xa9"] {
        bytes.extend(
            line("2", "@")
                .into_bytes()
                .into_iter()
                .flat_map(|byte| if byte == b'@' { [b"\"", broken, b"\""].concat() } else { vec![byte] }),
        );
        bytes.push(b'\n');
    }
    bytes.extend(after.into_bytes());
    let read = read_through::<Session>(16, &bytes).unwrap();
    assert_eq!(read.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, false, true]);
    assert_eq!(told(read[1].as_ref().unwrap_err()), (3, None, "not UTF-8"));
}

#[test]
fn a_quote_that_is_not_closed_costs_one_row_and_no_memory() {
    let long = "x".repeat(3 * 1024 * 1024);
    let text = format!("{SESSIONS}\n{}\n{}\n{long}\n", line("1", "x"), line("2", "\"open"));
    let read = sessions(&text);
    assert!(read[0].is_ok());
    let rest: Vec<_> = read[1..].iter().map(|row| told(row.as_ref().unwrap_err())).collect();
    assert_eq!(rest, [(3, Some("Title"), "a quotation mark that none closes; lines 3 to 4 are one row by it")]);
    let closed = format!("{SESSIONS}\n{}\n{}\n", line("2", &format!("\"{long}\"")), line("3", "x"));
    assert_eq!(sessions(&closed).iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true]);
    let json = format!("{{\"SessionId\":1}}\n{{\"Title\":\"{long}\"}}\n{{\"SessionId\":2}}");
    let faults: Vec<_> = sessions(&json).into_iter().map(Result::unwrap_err).collect();
    assert_eq!(told(&faults[1]), (2, None, "longer than a mebibyte; is a quote not closed?"));
    assert_eq!((told(&faults[2]).0, told(&faults[2]).1), (3, Some("GroupId")));
}

#[test]
fn a_reader_that_is_interrupted_is_asked_again_and_one_that_fails_is_not() {
    let text = format!("{SESSIONS}\n{}\n", line("1", "x"));
    let input = |kind, fails| BufReader::with_capacity(16, Failing { rest: text.as_bytes(), kind, fails });
    let open = |kind, fails| Rows::<_, Session>::open(input(kind, fails));
    let mut rows = open(ErrorKind::Interrupted, false).unwrap();
    assert!(rows.next_row().unwrap().unwrap().is_ok() && rows.next_row().unwrap().is_none());
    // At once, and behind the first bytes.
    for fails in [false, true] {
        assert!(matches!(open(ErrorKind::PermissionDenied, fails), Err(InputError::Io(_))));
    }
}

#[test]
fn a_line_of_json_is_read_in_as_many_pieces_as_it_comes_in() {
    let [one, two] = [1, 2].map(|id| {
        format!("{{\"SessionId\":{id},{:40000}\"GroupId\":\"{GROUP}\",\"CreatedAt\":\"{TIME}\",\"ModifiedAt\":\"{TIME}\"}}\n", "")
    });
    let read = read_through::<Session>(8_000, format!("{one}{two}").as_bytes()).unwrap();
    assert_eq!(read.iter().map(|row| row.as_ref().unwrap().value.id.get()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn lines_of_json_are_read_with_what_sql_server_leaves_out() {
    let text = format!(
        "\u{feff}\n{{\"SessionId\":1,\"GroupId\":\"{}\",\"CreatedAt\":\"{TIME}\",\"ModifiedAt\":\"2026-09-04T10:28:00+02:00\"}}\r\n\
         {{\"SessionId\":\"2\",\"GroupId\":\"{GROUP}\",\"Title\":\"NULL\",\"Status\":null,\"ParticipantCount\":3,\"CreatedAt\":\"{TIME}\",\"ModifiedAt\":\"{TIME}\"}}",
        GROUP.to_lowercase()
    );
    let read = sessions(&text);
    let [Ok(one), Ok(other)] = &read[..] else { panic!("{read:?}") };
    assert_eq!((one.value.title.as_deref(), one.value.group_id.as_str()), (None, GROUP));
    assert_eq!(one.value.modified_at.fixed_width(), "2026-09-04T08:28:00.000000Z");
    assert_eq!((other.value.title.as_deref(), other.value.participant_count), (Some("NULL"), Some(3)));
    assert_eq!((one.place.line, other.place.line), (2, 3));
}

#[test]
fn objects_that_are_none_or_name_other_columns_are_told() {
    let record = |more: &str| {
        format!(
            "{{\"HostSessionId\":1,\"SessionId\":1,\"HostGuidHash\":\"h\",\"CreatedAt\":\"{TIME}\",\"IsActive\":true{more}}}"
        )
    };
    let lines = [
        record(""),
        record(",\"CreatedBy\":\"\\ud800\""),
        record(",\"CreatedBy\":\"\\u0000\""),
        record(",\"LegacyDuplicate\":1"),
        record(",\"sessionid\":1"),
        record(",\"CreatedBy\":[1,[2]]"),
        record(",\"CreatedBy\":{\"a\":{}}"),
        record(",\"ExpiresAt\":1.5"),
        "{\"HostSessionId\":1".to_owned(),
        "true".to_owned(),
        format!("{} {{}}", record("")),
        record("").replace("\"h\"", "\"sha256:667437ad\""),
        record("").replace("\"h\"", "\" \""),
        record("").replace("\"h\"", "\"\\u001b[2J\""),
        record("").replace("true", "2"),
        record("").replace("true", "false"),
    ];
    let read = records(&lines.join("\n"));
    let good: Vec<bool> = read.iter().map(Result::is_ok).collect();
    let expected: Vec<bool> = (0..lines.len()).map(|place| place == 0 || place == lines.len() - 1).collect();
    assert_eq!(good, expected, "{read:?}");
    let columns: Vec<_> = read.iter().filter_map(|row| row.as_ref().err()).map(|fault| fault.column).collect();
    let (none, by, hash) = (None, Some("CreatedBy"), Some("HostGuidHash"));
    assert_eq!(
        columns,
        [
            none,
            by,
            none,
            Some("SessionId"),
            by,
            by,
            Some("ExpiresAt"),
            none,
            none,
            none,
            hash,
            hash,
            hash,
            Some("IsActive")
        ]
    );
}

#[test]
fn a_line_that_is_another_value_than_an_object_is_told_without_being_quoted() {
    let object = format!(
        "{{\"HostSessionId\":1,\"SessionId\":1,\"HostGuidHash\":\"h\",\"CreatedAt\":\"{TIME}\",\"IsActive\":true}}"
    );
    let lines = [&object, "\"rMYHJ6bVB/3vfplieP9p34wsZmX7NzbnX6r4oS1lZOI=\"", "8152", "[\"secret\"]", "\"secret"];
    let read = records(&lines.join("\n"));
    let reasons: Vec<&str> = read.iter().filter_map(|row| row.as_ref().err()).map(|fault| &*fault.reason).collect();
    assert_eq!(reasons.len(), 4);
    for reason in reasons {
        assert!(reason.starts_with("not an object of JSON"), "{reason}");
        assert!(!["rMYH", "8152", "secret"].iter().any(|quoted| reason.contains(quoted)), "{reason}");
    }
}

/// What becomes of a row is noted by its line.
#[test]
fn no_two_rows_stand_on_one_line_whatever_ends_them() {
    let rows = [line("1", "one"), line("2", "\"two\nlines\""), line("3", "three"), line("4", "four")];
    for (breaks, expected) in [("\n", [2, 3, 5, 6]), ("\r\n", [2, 3, 5, 6]), ("\r", [2, 3, 4, 5])] {
        let text = format!("{SESSIONS}{breaks}{}", rows.join(breaks));
        for window in [1, 7, 4096] {
            let read = read_through::<Session>(window, text.as_bytes()).unwrap();
            let lines: Vec<u64> = read.iter().map(|row| row.as_ref().unwrap().place.line).collect();
            assert_eq!(lines, expected, "{breaks:?}");
        }
    }
}

/// A text that a title may hold, however hostile.
fn title() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        vec(
            prop_oneof![Just('"'), Just(','), Just('\r'), Just('\n'), Just('\u{202e}'), Just('\u{1b}'), any::<char>()],
            0..12
        )
        .prop_map(|letters| letters.into_iter().filter(|c| *c != '\0').collect()),
    ]
    .prop_filter("the word NULL is no text in CSV", |text| text != "NULL")
}

proptest! {
    #[test]
    fn whatever_a_title_holds_comes_back_through_either_form(
        titles in vec(option::of(title()), 1..8),
        window in 1_usize..40,
    ) {
        let mut csv = csv::WriterBuilder::new().from_writer(Vec::new());
        csv.write_record(SESSIONS.split(',')).unwrap();
        let mut json = String::new();
        for (id, title) in (1..).zip(&titles) {
            let text = line(&id.to_string(), "@");
            csv.write_record(text.split(',').map(|cell| if cell == "@" { title.as_deref().unwrap_or("NULL") } else { cell })).unwrap();
            let object = serde_json::json!({"SessionId": id, "GroupId": GROUP, "Title": title, "Status": "Created",
                "ParticipantCount": 0, "CreatedAt": TIME, "ModifiedAt": TIME});
            writeln!(json, "{object}").unwrap();
        }
        let read = |bytes: &[u8]| -> Vec<Session> {
            read_through(window, bytes).unwrap().into_iter().map(|row| row.unwrap().value).collect()
        };
        let (from_csv, from_json) = (read(&csv.into_inner().unwrap()), read(json.as_bytes()));
        prop_assert_eq!(&from_csv, &from_json);
        let came: Vec<Option<String>> = from_csv.into_iter().map(|session| session.title).collect();
        prop_assert_eq!(came, titles);
    }

    #[test]
    fn no_bytes_make_it_panic_or_miss_their_end(
        head in prop_oneof![Just(format!("{SESSIONS}\n")), Just("{".to_owned()), Just(String::new())],
        bytes in vec(prop_oneof![Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b','), Just(b'{'), Just(b'\\'), any::<u8>()], 0..300),
        window in 1_usize..64,
    ) {
        let bytes = [head.as_bytes(), &bytes].concat();
        match (read_through::<Session>(window, &bytes), read_through::<Session>(4096, &bytes)) {
            (Ok(small), Ok(large)) => {
                for fault in small.iter().filter_map(|row| row.as_ref().err()) {
                    prop_assert_eq!(fault.table, Table::Sessions);
                    prop_assert!(fault.place.offset + fault.place.length <= u64::try_from(bytes.len()).unwrap());
                }
                prop_assert_eq!(small, large);
            }
            (small, large) => prop_assert!(small.is_err() && large.is_err()),
        }
    }
}
