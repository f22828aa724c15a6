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

/// The statements of one connection.
#[derive(Default)]
pub(crate) struct Statements {
    /// Those that are prepared, by name.
    prepared: HashMap<Vec<u8>, String>,
    /// Whether the transaction only reads.
    reads: bool,
}

impl Statements {
    /// Gives the text of the statement that a message executes: a simple query, or the parameters of a prepared one. The
    /// COMMIT of a transaction that only reads has none: it commits nothing.
    pub(crate) fn executed(&mut self, message: &[u8]) -> Option<String> {
        let mut texts = message[5..].split(|byte| *byte == 0);
        let text = match message[0] {
            b'Q' => String::from_utf8_lossy(texts.next()?).into_owned(),
            b'P' => {
                let (name, text) = (texts.next()?.to_vec(), texts.next()?);
                self.prepared.insert(name, String::from_utf8_lossy(text).into_owned());
                return None;
            }
            b'B' => self.prepared.get(texts.nth(1)?)?.clone(),
            _ => return None,
        };
        if text.starts_with("BEGIN") {
            self.reads = text.ends_with("READ ONLY");
        }
        (text != "COMMIT" || !self.reads).then_some(text)
    }
}
