//! Rows of CSV. The splitting is csv-core's, so that the longest row is bounded and each row's bytes are known.

use std::borrow::Cow;
use std::io::BufRead;

use csv_core::ReadRecordResult;

use super::cell::Cell;
use super::quotes::{Quotes, Wrong};
use super::rows::{InputError, LONGEST_ROW, Read1, Reading, TOO_LONG};
use super::{Blame, Place, Table};

/// Columns that a line may have; more are counted no further.
const MOST_COLUMNS: usize = 64;

/// Columns of the wider table.
const MOST_CELLS: usize = 12;

/// The rows below a line of names.
pub(super) struct CsvRows<R> {
    reading: Reading<R>,
    core: csv_core::Reader,
    table: Table,
    /// The fields of a row, one behind the other.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    /// The place of each column of the file among those of the table.
    columns: Vec<usize>,
    /// The line on which the last row began.
    last: u64,
}

/// One line, split.
struct Split {
    place: Place,
    /// Bytes and fields; `None` where they do not fit.
    size: Option<(usize, usize)>,
    /// The field whose quotation marks are wrong, and the line on which that was over.
    wrong: Option<(usize, Wrong, u64)>,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the line of names.
    pub(super) fn open(reading: Reading<R>, table: Table) -> Result<Self, InputError> {
        let mut rows = Self {
            reading,
            core: csv_core::Reader::new(),
            table,
            text: vec![0; LONGEST_ROW],
            ends: vec![0; MOST_COLUMNS],
            columns: Vec::new(),
            last: 0,
        };
        let missing = |missing| InputError::NoColumn { table, missing };
        let (bytes, fields) = rows.split()?.and_then(|split| split.size).ok_or(missing(table.columns()[0]))?;
        let names = std::str::from_utf8(&rows.text[..bytes]).ok().ok_or(missing(table.columns()[0]))?;
        for place in 0..fields {
            let name = field(names, &rows.ends, place).unwrap_or_default().trim();
            let column = table.columns().iter().position(|column| column.eq_ignore_ascii_case(name));
            // A line that names none of ours is no line of names: which column it lacks says more.
            match column.filter(|column| !rows.columns.contains(column)) {
                Some(column) => rows.columns.push(column),
                None if place == 0 => return Err(missing(table.columns()[0])),
                None => return Err(InputError::OtherColumn { table, place: place + 1 }),
            }
        }
        match (0..table.columns().len()).find(|column| !rows.columns.contains(column)) {
            Some(column) => Err(missing(table.columns()[column])),
            None => Ok(rows),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.reading.at
    }

    /// Reads the next row by its cells, which stand in the order of the table's columns.
    pub(super) fn next_row<T>(&mut self, read: impl FnOnce(&mut [Cell<'_>]) -> Result<T, Blame>) -> Read1<T> {
        let Some(Split { place, size, wrong }) = self.split()? else { return Ok(None) };
        if let Some((field, wrong, end)) = wrong {
            return Ok(Some((place, Err(self.blame(field, wrong, (place.line, end))))));
        }
        let read = self.cells(size).and_then(|mut cells| read(&mut cells[..self.columns.len()]));
        Ok(Some((place, read)))
    }

    /// Says what is wrong with the quotation marks of a field, and which lines stand in one row by it.
    fn blame(&self, field: usize, wrong: Wrong, (first, last): (u64, u64)) -> Blame {
        let column = self.columns.get(field).and_then(|column| self.table.columns().get(*column)).copied();
        let sentence = wrong.sentence();
        let lines = || format!("{sentence}; lines {first} to {last} are one row by it").into();
        (column, if last > first { lines() } else { Cow::Borrowed(sentence) })
    }

    fn cells(&self, size: Option<(usize, usize)>) -> Result<[Cell<'_>; MOST_CELLS], Blame> {
        let whole = |reason: &'static str| (None, Cow::Borrowed(reason));
        let (bytes, fields) = size.ok_or(whole(TOO_LONG))?;
        if fields != self.columns.len() {
            let what = if fields == 1 { "column" } else { "columns" };
            let reason = format!("{fields} {what}, where the first line names {}", self.columns.len());
            return Err((None, reason.into()));
        }
        let text = std::str::from_utf8(&self.text[..bytes]).ok().ok_or(whole("not UTF-8"))?;
        let mut cells: [Cell<'_>; MOST_CELLS] = Default::default();
        for (place, column) in self.columns.iter().enumerate() {
            let field = field(text, &self.ends, place).ok_or(whole("not UTF-8"))?;
            if let Some(cell) = cells.get_mut(*column).filter(|_| field != "NULL") {
                *cell = Cell::Text(Cow::Borrowed(field));
            }
        }
        Ok(cells)
    }

    /// Splits the next line that is not empty, as far as there is room for it.
    fn split(&mut self) -> std::io::Result<Option<Split>> {
        if self.reading.skip_line_breaks()?.is_none() {
            return Ok(None);
        }
        // Rows are told apart by their lines, and a carriage return alone ends one too.
        self.reading.line = self.reading.line.max(self.last + 1);
        self.last = self.reading.line;
        let start = (self.reading.line, self.reading.at);
        let (mut bytes, mut fields, mut fits, mut quotes, mut breaks) = (0, 0, true, Quotes::default(), false);
        loop {
            // At the end it is given nothing, and ends the row.
            let ahead = self.reading.peek()?;
            let (result, read, written, ended) =
                self.core.read_record(ahead, &mut self.text[bytes..], &mut self.ends[fields..]);
            let taken = ahead.get(..read).unwrap_or_default();
            quotes.see(taken);
            breaks = taken.last().map_or(breaks, |byte| *byte == b'\n');
            self.reading.consume(read)?;
            (bytes, fields) = (bytes + written, fields + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    // The rest is read, so that the next row begins where it should, and kept nowhere.
                    (bytes, fields, fits) = (0, 0, false);
                }
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        let place = self.reading.place_since(start);
        // With its line break, it was read to the line behind it.
        let end = self.reading.line - u64::from(breaks);
        let wrong = quotes.wrong().map(|(field, wrong)| (field, wrong, end));
        Ok(Some(Split { place, size: fits.then_some((bytes, fields)), wrong }))
    }
}

/// Gives one field; `None` where it begins or ends within a character.
fn field<'a>(text: &'a str, ends: &[usize], place: usize) -> Option<&'a str> {
    let start = place.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
    text.get(start..*ends.get(place)?)
}
