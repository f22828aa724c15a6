//! The value of one column, from its text.

use std::borrow::Cow;

use uuid::Uuid;

use crate::domain::id;
use crate::domain::time::Timestamp;

/// What stands in a column of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The row has no such column, or NULL in it.
    #[default]
    Null,
    /// A text, or the text of a number or truth value.
    Text(Cow<'a, str>),
    /// Something that no column holds, and what it is.
    Strange(&'static str),
}

/// The greatest id that an import brings: both engines give new rows the ids behind the greatest one, up to 2⁶³−1.
pub const LAST_ID: i64 = 9_000_000_000_000_000_000;

/// Why a cell is refused; it never repeats the text.
pub(super) type Why = Cow<'static, str>;

const NO_ID: &str = "not an id: ids are whole numbers from 1 to 9223372036854775807";
const NO_ROOM: &str = "too great: behind 9000000000000000000 there would be no room for the ids of new rows";
const NO_TIME: &str = "not a time such as 2026-09-04 08:28:00.9886237";

impl Cell<'_> {
    /// Gives the text, `None` for NULL.
    fn given(&self) -> Result<Option<&str>, Why> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::Strange(what) => Err(Cow::Borrowed(what)),
        }
    }

    fn required(&self) -> Result<&str, Why> {
        self.given()?.ok_or(Cow::Borrowed("NULL, where a value must be"))
    }

    /// Gives what is not a text, where an empty cell is NULL too: some tools write it so.
    fn filled(&self) -> Result<Option<&str>, Why> {
        Ok(self.given()?.map(str::trim).filter(|text| !text.is_empty()))
    }

    /// Reads an id.
    pub(super) fn id(&self) -> Result<i64, Why> {
        id::parse(self.required()?).ok().ok_or(Cow::Borrowed(NO_ID))
    }

    /// Reads the id that a row brings along; new rows get the ids behind it.
    pub(super) fn own_id(&self) -> Result<i64, Why> {
        let id = self.id()?;
        if id <= LAST_ID { Ok(id) } else { Err(Cow::Borrowed(NO_ROOM)) }
    }

    /// Reads a text of at most so many characters.
    pub(super) fn text(self, longest: usize) -> Result<Option<String>, Why> {
        let Some(text) = self.given()? else { return Ok(None) };
        if text.chars().nth(longest).is_some() {
            return Err(format!("{} characters; at most {longest} fit", text.chars().count()).into());
        }
        if text.contains('\0') {
            return Err(Cow::Borrowed("a NUL character, which no database keeps"));
        }
        Ok(match self {
            Self::Text(text) => Some(text.into_owned()),
            Self::Null | Self::Strange(_) => None,
        })
    }

    /// Reads a text that must be there and hold something.
    pub(super) fn required_text(self, longest: usize) -> Result<String, Why> {
        if self.required()?.trim().is_empty() {
            return Err(Cow::Borrowed("empty, where a value must be"));
        }
        Ok(self.text(longest)?.unwrap_or_default())
    }

    /// Reads a GUID; gives the form of the existing table: upper case, hyphens.
    pub(super) fn guid(&self) -> Result<String, Why> {
        let guid = Uuid::try_parse(self.required()?.trim()).ok().ok_or(Cow::Borrowed("not a GUID"))?;
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        Ok(guid.hyphenated().encode_upper(&mut text).to_owned())
    }

    /// Reads a number of the existing type `int`.
    pub(super) fn number(&self) -> Result<Option<i64>, Why> {
        let read = |text: &str| text.parse::<i32>().ok().map(i64::from);
        let wrong = || Cow::Borrowed("not a whole number from -2147483648 to 2147483647");
        self.filled()?.map(|text| read(text).ok_or_else(wrong)).transpose()
    }

    /// Reads a bit: 0 or 1, or a truth value in words.
    pub(super) fn bit(&self) -> Result<bool, Why> {
        match self.required()?.trim() {
            "1" => Ok(true),
            "0" => Ok(false),
            word if word.eq_ignore_ascii_case("true") => Ok(true),
            word if word.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(Cow::Borrowed("neither 0 nor 1")),
        }
    }

    /// Reads a time that may be missing; without an offset it is in UTC, and its fraction is cut to the microsecond.
    pub(super) fn time(&self) -> Result<Option<Timestamp>, Why> {
        self.filled()?.map(|text| Timestamp::parse_written(text).ok_or(Cow::Borrowed(NO_TIME))).transpose()
    }

    /// Reads a time that must be there.
    pub(super) fn required_time(&self) -> Result<Timestamp, Why> {
        Timestamp::parse_written(self.required()?.trim()).ok_or(Cow::Borrowed(NO_TIME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(text))
    }

    #[test]
    fn fractions_are_cut_to_the_microsecond_and_never_rounded() {
        let read = |text: &str| cell(text).required_time().map(Timestamp::fixed_width);
        for (text, expected) in [
            ("2026-09-04 08:28:00.9886237", "2026-09-04T08:28:00.988623Z"),
            ("2026-09-04T08:28:00.9999999", "2026-09-04T08:28:00.999999Z"),
            ("2026-09-04 08:28:00", "2026-09-04T08:28:00.000000Z"),
            ("2026-09-04 08:28:00.5", "2026-09-04T08:28:00.500000Z"),
            (" 2026-09-04 08:28:00.123456789Z ", "2026-09-04T08:28:00.123456Z"),
            ("2026-09-04 01:28:00.0000001 +02:00", "2026-09-03T23:28:00.000000Z"),
            ("2026-09-04T08:28:00-05:30", "2026-09-04T13:58:00.000000Z"),
            ("0001-01-01 00:00:00.0000000", "0001-01-01T00:00:00.000000Z"),
            ("9999-12-31 23:59:59.9999999", "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_no_calendar_holds_is_no_time() {
        for text in [
            "",
            "now",
            "2026-09-04",
            "2026-02-29 00:00:00",
            "2026-13-01 00:00:00",
            "2026-09-04 24:00:00",
            "2026-09-04 08:28:60",
            "2026-09-04 08:28:00.",
            "2026-09-04 08:28:00.1234567890",
            "2026-09-04 08:28:00 UTC",
            "2026-09-04x08:28:00",
            "9999-12-31 23:59:59-01:00",
            "0001-01-01 00:00:00+01:00",
            "٢٠٢٦-09-04 08:28:00",
            "2026-09-04 08:28:00🕌",
        ] {
            assert_eq!(cell(text).required_time(), Err(Cow::Borrowed(NO_TIME)), "{text}");
        }
    }

    #[test]
    fn empty_cells_are_null_but_for_texts() {
        assert_eq!(cell("").time(), Ok(None));
        assert_eq!(cell(" ").number(), Ok(None));
        assert_eq!(cell("").text(200), Ok(Some(String::new())));
        assert!(cell("").id().is_err() && cell("").bit().is_err() && cell(" ").required_text(128).is_err());
    }

    #[test]
    fn numbers_bits_and_guids_are_read_in_the_forms_of_exports() {
        assert_eq!(cell("-2147483648").number(), Ok(Some(-2_147_483_648)));
        assert!(cell("2147483648").number().is_err() && cell("1.0").number().is_err());
        for (text, bit) in [("1", true), ("0", false), ("True", true), ("FALSE", false)] {
            assert_eq!(cell(text).bit(), Ok(bit));
        }
        assert!(cell("2").bit().is_err() && Cell::Null.bit().is_err());
        let guid = "DE562439-E9C1-4823-A960-89BCA71F3D1A";
        assert_eq!(cell(&guid.to_lowercase()).guid().as_deref(), Ok(guid));
        assert!(cell("DE562439").guid().is_err());
    }

    #[test]
    fn texts_are_counted_in_characters_and_hold_no_nul() {
        assert_eq!(cell(&"é".repeat(200)).text(200), Ok(Some("é".repeat(200))));
        assert_eq!(cell(&"é".repeat(201)).text(200), Err(Cow::Borrowed("201 characters; at most 200 fit")));
        assert!(cell("a\0b").text(200).is_err());
        assert_eq!(Cell::Strange("a list").text(200), Err(Cow::Borrowed("a list")));
    }
}
