//! The little of PostgreSQL's protocol that tells which statement is carried out.
//! <https://www.postgresql.org/docs/15/protocol-message-formats.html>

use std::collections::HashMap;

/// Messages in one direction, cut out of the stream.
#[derive(Default)]
pub(crate) struct Messages(pub(crate) Vec<u8>);

impl Messages {
    /// Takes the next whole message; the first one of a program has no letter.
    pub(crate) fn next(&mut self, has_letter: bool) -> Option<Vec<u8>> {
        let start = usize::from(has_letter);
        let length = self.0.get(start..start + 4)?.try_into().map(i32::from_be_bytes).unwrap();
        let end = start + usize::try_from(length).unwrap();
        (self.0.len() >= end).then(|| self.0.drain(..end).collect())
    }
}

/// The prepared statements of a connection, by name.
#[derive(Default)]
pub(crate) struct Statements(HashMap<Vec<u8>, String>);

impl Statements {
    /// Gives the text of the statement that a message executes: a simple query, or the parameters of a prepared one.
    pub(crate) fn executed(&mut self, message: &[u8]) -> Option<String> {
        let mut texts = message[5..].split(|byte| *byte == 0);
        match message[0] {
            b'Q' => texts.next().map(|text| String::from_utf8_lossy(text).into_owned()),
            b'P' => {
                let (name, text) = (texts.next()?.to_vec(), texts.next()?);
                self.0.insert(name, String::from_utf8_lossy(text).into_owned());
                None
            }
            b'B' => self.0.get(texts.nth(1)?).cloned(),
            _ => None,
        }
    }
}
