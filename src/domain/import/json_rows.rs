//! Rows of JSON, an object a line.

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::cell::Cell;
use super::rows::{LONGEST_ROW, Read1, Reading, TOO_LONG};
use super::{Blame, Table};

/// The rows of a file whose lines are objects.
pub(super) struct JsonRows<R> {
    reading: Reading<R>,
    table: Table,
    line: Vec<u8>,
}

impl<R: BufRead> JsonRows<R> {
    pub(super) fn new(reading: Reading<R>, table: Table) -> Self {
        Self { reading, table, line: Vec::new() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.reading.at
    }

    /// Reads the next row by its cells, which stand in the order of the table's columns. A column that is left out is
    /// NULL, as SQL Server leaves it out.
    pub(super) fn next_row<T>(&mut self, read: impl FnOnce(&mut [Cell<'_>]) -> Result<T, Blame>) -> Read1<T> {
        if self.reading.skip_line_breaks()?.is_none() {
            return Ok(None);
        }
        let start = (self.reading.line, self.reading.at);
        let fits = self.read_line()?;
        let place = self.reading.place_since(start);
        let read = if fits { self.cells().and_then(|mut cells| read(&mut cells)) } else { Err(whole(TOO_LONG)) };
        Ok(Some((place, read)))
    }

    /// Reads up to the next line break; tells whether there was room for it.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        let mut fits = true;
        loop {
            let ahead = self.reading.peek()?;
            let end = memchr::memchr(b'\n', ahead);
            let bytes = end.unwrap_or(ahead.len());
            fits = fits && self.line.len() + bytes <= LONGEST_ROW;
            if fits {
                self.line.extend_from_slice(&ahead[..bytes]);
            }
            self.reading.consume(bytes)?;
            if end.is_some() || bytes == 0 {
                return Ok(fits);
            }
        }
    }

    fn cells(&self) -> Result<Vec<Cell<'_>>, Blame> {
        let mut json = serde_json::Deserializer::from_slice(&self.line);
        let read = json.deserialize_map(Object(self.table)).and_then(|cells| json.end().map(|()| cells));
        let object = read.map_err(|error| (None, fault(&error)))?;
        object.strange.map_or(Ok(object.cells), Err)
    }
}

/// Says why a line is no object. Of another value the library quotes the text; of what is not JSON it quotes nothing, and
/// its line is always the first.
fn fault(error: &serde_json::Error) -> Cow<'static, str> {
    if error.is_data() {
        return Cow::Borrowed("not an object of JSON, but another value");
    }
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    format!("not an object of JSON: {said}, at column {}", error.column()).into()
}

fn whole(reason: &'static str) -> Blame {
    (None, Cow::Borrowed(reason))
}

/// An object whose names are a table's columns.
struct Object(Table);

struct Read<'a> {
    cells: Vec<Cell<'a>>,
    /// The first name that is none, or stands twice.
    strange: Option<Blame>,
}

impl<'de> Visitor<'de> for Object {
    type Value = Read<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let columns = self.0.columns();
        let mut read = Read { cells: vec![Cell::Null; columns.len()], strange: None };
        let mut seen = [false; 64];
        while let Some(place) = map.next_key_seed(Name(columns))? {
            let cell = map.next_value_seed(OneCell)?;
            let strange = match place {
                None => Some((None, Cow::Owned(format!("it names a column that {} has not", self.0.name())))),
                Some(place) if seen[place] => Some((Some(columns[place]), Cow::Borrowed("named twice"))),
                Some(place) => {
                    seen[place] = true;
                    read.cells[place] = cell;
                    None
                }
            };
            read.strange = read.strange.or(strange);
        }
        Ok(read)
    }
}

/// Finds a name among the columns.
struct Name(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|column| column.eq_ignore_ascii_case(name)))
    }
}

/// Reads any value as a cell.
struct OneCell;

impl<'de> DeserializeSeed<'de> for OneCell {
    type Value = Cell<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneCell {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Borrowed(if value { "1" } else { "0" })))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Owned(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Cell::Strange("not a whole number"))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Strange("a list, where a value must be"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Strange("an object, where a value must be"))
    }
}
