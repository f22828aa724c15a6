//! Whether the quotation marks of a row stand where RFC 4180 has them (<https://www.rfc-editor.org/rfc/rfc4180>, 2.5 to
//! 2.7). csv-core takes a row however they stand, and so several for one.

use memchr::{memchr, memchr_iter};

/// Where in a row the last byte stood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stand {
    /// Before a field.
    #[default]
    Start,
    /// In a field without quotation marks around it, in which they are letters like others.
    Plain,
    /// Within quotation marks.
    Quoted,
    /// Behind a mark that closes, unless another one follows.
    Closed,
}

/// What is wrong with the marks of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Text follows the mark that closes a field.
    Behind,
    /// A mark opens a field, and none closes it.
    Open,
}

impl Wrong {
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Behind => "text behind the quotation mark that closes; within quotation marks, one is written as two",
            Self::Open => "a quotation mark that none closes",
        }
    }
}

/// Follows the marks of one row, as its bytes come.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    stand: Stand,
    /// The field, from 0.
    field: usize,
    /// The first field that goes on behind its end.
    behind: Option<usize>,
}

impl Quotes {
    pub(super) fn see(&mut self, bytes: &[u8]) {
        // Most rows have none.
        if self.stand != Stand::Quoted && self.stand != Stand::Closed && memchr(b'"', bytes).is_none() {
            self.field += memchr_iter(b',', bytes).count();
            self.stand = match bytes.last() {
                None => self.stand,
                Some(b',' | b'\r' | b'\n') => Stand::Start,
                Some(_) => Stand::Plain,
            };
            return;
        }
        for byte in bytes {
            self.stand = match (self.stand, byte) {
                (Stand::Quoted, b'"') => Stand::Closed,
                (Stand::Quoted, _) | (Stand::Closed | Stand::Start, b'"') => Stand::Quoted,
                (_, b'\r' | b'\n') => Stand::Start,
                (_, b',') => {
                    self.field += 1;
                    Stand::Start
                }
                (Stand::Closed, _) => {
                    self.behind.get_or_insert(self.field);
                    Stand::Plain
                }
                (Stand::Start | Stand::Plain, _) => Stand::Plain,
            };
        }
    }

    /// Says what is wrong, and in which field, once the row has ended.
    pub(super) fn wrong(&self) -> Option<(usize, Wrong)> {
        let open = (self.stand == Stand::Quoted).then_some((self.field, Wrong::Open));
        self.behind.map(|field| (field, Wrong::Behind)).or(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a row in pieces of every size.
    fn wrong(row: &str) -> Option<(usize, Wrong)> {
        let of = |size| {
            let mut quotes = Quotes::default();
            row.as_bytes().chunks(size).for_each(|piece| quotes.see(piece));
            quotes.wrong()
        };
        for size in 2..=row.len() {
            assert_eq!(of(size), of(1), "{row}");
        }
        of(1)
    }

    #[test]
    fn marks_around_fields_and_pairs_within_are_right_and_in_plain_text_they_are_letters() {
        for row in [
            "1,a,b\r\n",
            "1,\"a, b\nc\",d\n",
            "\"\",\"a \"\"b\"\"\",\"\"\"\"\n",
            "1,5\" nails,say \"hi\"\n",
            "1,\"a\"",
            "1,\"a\"\r",
        ] {
            assert_eq!(wrong(row), None, "{row}");
        }
    }

    #[test]
    fn text_behind_a_closing_mark_and_a_mark_that_none_closes_are_wrong() {
        assert_eq!(wrong("1,\"Mercy\" review,x\n"), Some((1, Wrong::Behind)));
        assert_eq!(wrong("1,\"one,x\n2,\"two,x\n"), Some((1, Wrong::Behind)));
        assert_eq!(wrong("1,a,\"say \"hi\" to\",\"b\"c\n"), Some((2, Wrong::Behind)));
        assert_eq!(wrong("1,a,\"b,c\n3,4\n"), Some((2, Wrong::Open)));
        assert_eq!(wrong("\"a\"\"\n"), Some((0, Wrong::Open)));
    }
}
