//! JSON that a terminal can show: the same values, with what is hostile as escapes inside of the strings.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::domain::sanitize::is_hostile;

/// Writes hostile characters as `\u` and four digits, in pairs where UTF-16 has pairs (RFC 8259, section 7).
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for part in fragment.split_inclusive(is_hostile) {
            let kept = part.trim_end_matches(is_hostile);
            writer.write_all(kept.as_bytes())?;
            for unit in part[kept.len()..].encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

/// Writes a value on one line.
///
/// # Errors
/// The writer's.
pub(super) fn write(writer: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(writer, Harmless))
}

/// Gives a value on one line.
pub(super) fn text(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    // Writing texts, numbers and booleans into memory does not fail.
    let written = write(&mut bytes, value).ok().and_then(|()| String::from_utf8(bytes).ok());
    written.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_hostile_is_escaped_and_the_rest_stays() {
        assert_eq!(text(&json!({"a": "é知\u{9b}31m"})), r#"{"a":"é知\u009b31m"}"#);
        assert_eq!(text(&json!("\u{202e}\u{200b}x\u{e0041}\u{7f}\n\"")), r#""\u202e\u200bx\udb40\udc41\u007f\n\"""#);
    }

    proptest! {
        #[test]
        fn every_text_is_harmless_and_comes_back(value in prop_oneof![any::<String>(), r"[\p{Cc}\p{Cf}a-z\\]{0,40}"]) {
            let written = text(&json!([value]));
            prop_assert!(!written.chars().any(is_hostile), "{written:?}");
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [value]);
        }
    }
}
