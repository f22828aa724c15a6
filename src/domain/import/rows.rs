//! Rows of a file, one after the other, whichever of the two forms it has.

use std::io::{self, BufRead, Cursor, Read};
use std::marker::PhantomData;

use super::cell::Cell;
use super::csv_rows::CsvRows;
use super::json_rows::JsonRows;
use super::typed::Typed;
use super::{Blame, Fault, FaultKind, Place, Row, Table};

/// The bytes of the longest row that is read. Many times what the columns hold; where a quote is not closed, all that
/// follows is one row.
pub(super) const LONGEST_ROW: usize = 1024 * 1024;

pub(super) const TOO_LONG: &str = "longer than a mebibyte; is a quote not closed?";

/// Why a file cannot be read at all. It quotes nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system's reason.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Two bytes a character.
    #[error("it is UTF-16, and only UTF-8 is read: export it with code page 65001")]
    Utf16,
    /// A list in JSON.
    #[error("it is one list of JSON; a file has one object a line")]
    JsonList,
    /// Nothing stands in it.
    #[error("it is empty; the first line names the columns of {}", .0.name())]
    Empty(Table),
    /// The first line is none of names, or of other names.
    #[error("its first line does not name the column {missing} of {}; names are separated by commas", table.name())]
    NoColumn {
        /// The table.
        table: Table,
        /// The first column that is not named.
        missing: &'static str,
    },
    /// A column that no row can bring along.
    #[error("column {place} of its first line is none of {}, or is named twice: leave it out of the export", table.name())]
    OtherColumn {
        /// The table.
        table: Table,
        /// Which, from 1.
        place: usize,
    },
}

/// Bytes with their place: how many there were, and on which line they stand.
pub(super) struct Reading<R> {
    input: R,
    pub(super) at: u64,
    pub(super) line: u64,
}

impl<R: BufRead> Reading<R> {
    /// Gives what is read ahead; nothing at the end.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        let is_end = loop {
            match self.input.fill_buf() {
                Ok(ahead) => break ahead.is_empty(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        // What is read ahead is given without reading; the end would be read again.
        if is_end { Ok(&[]) } else { self.input.fill_buf() }
    }

    /// Goes on behind so many bytes of what is read ahead.
    pub(super) fn consume(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let lines = memchr::memchr_iter(b'\n', self.input.fill_buf()?.get(..bytes).unwrap_or_default()).count();
        self.line += u64::try_from(lines).unwrap_or_default();
        self.at += u64::try_from(bytes).unwrap_or_default();
        self.input.consume(bytes);
        Ok(())
    }

    /// Goes on behind line breaks; gives the byte that follows them, `None` at the end.
    pub(super) fn skip_line_breaks(&mut self) -> io::Result<Option<u8>> {
        loop {
            let ahead = self.peek()?;
            let first = ahead.first().copied();
            let breaks = ahead.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if breaks == 0 {
                return Ok(first);
            }
            self.consume(breaks)?;
        }
    }

    /// Gives the place of a row that began at `start` and ends here.
    pub(super) fn place_since(&self, start: (u64, u64)) -> Place {
        Place { line: start.0, offset: start.1, length: self.at - start.1 }
    }
}

/// A file, with the few bytes in front that had to be looked at.
type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

enum Form<R> {
    Csv(Box<CsvRows<Whole<R>>>),
    Json(JsonRows<Whole<R>>),
}

/// The rows of a file, in its order. No more than one is kept.
pub struct Rows<R, T> {
    form: Form<R>,
    row: PhantomData<fn() -> T>,
}

impl<R: BufRead, T: Typed> Rows<R, T> {
    /// Begins a file: CSV, whose first line names the columns in any order and case, or an object of JSON a line.
    ///
    /// # Errors
    /// [`InputError`], where no row of it can be read.
    pub fn open(mut input: R) -> Result<Self, InputError> {
        let mut head = Vec::new();
        input.by_ref().take(3).read_to_end(&mut head)?;
        let at = match head.as_slice() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(InputError::Utf16),
            [0xef, 0xbb, 0xbf] => 3,
            _ => 0,
        };
        let mut head = Cursor::new(head);
        head.set_position(at);
        let mut reading = Reading { input: head.chain(input), at, line: 1 };
        let form = match reading.skip_line_breaks()? {
            None => return Err(InputError::Empty(T::TABLE)),
            Some(b'[') => return Err(InputError::JsonList),
            Some(b'{') => Form::Json(JsonRows::new(reading, T::TABLE)),
            Some(_) => Form::Csv(Box::new(CsvRows::open(reading, T::TABLE)?)),
        };
        Ok(Self { form, row: PhantomData })
    }

    /// Reads the next row; `None` at the end.
    ///
    /// # Errors
    /// The operating system's. A row that is wrong is no error, but a [`Fault`].
    pub fn next_row(&mut self) -> io::Result<Option<Result<Row<T>, Fault>>> {
        let typed = |cells: &mut [Cell<'_>]| T::read(cells);
        let read = match &mut self.form {
            Form::Csv(rows) => rows.next_row(typed)?,
            Form::Json(rows) => rows.next_row(typed)?,
        };
        Ok(read.map(|(place, read)| match read {
            Ok(value) => Ok(Row { place, value }),
            Err((column, reason)) => Err(Fault { table: T::TABLE, place, column, reason, kind: FaultKind::Bad }),
        }))
    }

    /// Tells how many bytes have been read.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.form {
            Form::Csv(rows) => rows.bytes(),
            Form::Json(rows) => rows.bytes(),
        }
    }
}

/// A row's place, and what it was read as.
pub(super) type Read1<T> = io::Result<Option<(Place, Result<T, Blame>)>>;
