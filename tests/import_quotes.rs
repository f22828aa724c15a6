//! Quotation marks in CSV that stand where none should: what they take along is told, and never lost.

use host_provisioner::domain::import::{Fault, Row};
use host_provisioner::domain::session::Session;

use crate::import_rows::{SESSIONS, line, sessions};

#[test]
fn a_text_that_goes_on_behind_its_quotes_is_told_with_the_lines_that_it_takes_along() {
    let read = |titles: &[&str], end: &str| {
        let lines = titles.iter().zip(1..).map(|(title, id)| format!("{end}{}", line(&format!("{id}"), title)));
        let rows = sessions(&std::iter::once(SESSIONS.to_owned()).chain(lines).collect::<String>());
        let told = |row: &Result<Row<Session>, Fault>| match row {
            Ok(row) => row.value.id.to_string(),
            Err(fault) => format!("line {}: {}", fault.place.line, fault.reason),
        };
        rows.iter().map(told).collect::<Vec<_>>()
    };
    let behind = "line 3: text behind the quotation mark that closes; within quotation marks, one is written as two";
    // The mark that opens the third title closes the second.
    let two = format!("{behind}; lines 3 to 4 are one row by it");
    for end in ["\n", "\r\n"] {
        let one = read(&["x", "\"Mercy\" review", "5\" and \"y\"", "\"a \"\"b\"\"\""], end);
        assert_eq!(one, ["1", behind, "3", "4"]);
        assert_eq!(read(&["x", "\"Part one", "\"Part two", "z"], end), ["1", &two, "4"]);
        assert_eq!(read(&["x", "\"Part one", "\"Part two"], end), ["1", &two]);
    }
}
