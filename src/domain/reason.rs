//! The reason of a rotation: parsed once, valid ever after.

use super::sanitize::{is_hostile, visible};

/// One line of 3 to 500 characters that holds no GUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationReason(String);

/// Why a reason is refused. The text itself is never repeated: it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Too short or too long, in characters.
    #[error("a reason has 3 to 500 characters; this one has {0}")]
    Length(usize),
    /// It holds something that could be a Host GUID or a hash.
    #[error("the reason holds a GUID, and reasons are kept for ever: describe it without the GUID")]
    HoldsGuid,
}

impl RotationReason {
    /// Trims the text, turns line breaks into spaces, and checks it.
    ///
    /// # Errors
    /// [`ReasonError`] says what is wrong without repeating the text.
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let line = text.trim().replace("\r\n", " ").replace(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'], " ");
        match line.chars().count() {
            3..=500 if holds_guid(&line) => Err(ReasonError::HoldsGuid),
            3..=500 => Ok(Self(line)),
            other => Err(ReasonError::Length(other)),
        }
    }

    /// Gives the text as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the text as it may be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        visible(&self.0).into_owned()
    }
}

/// Finds 32 or more hexadecimal digits that only hyphens interrupt, and the groups 8-4-4-4-12 of a GUID that has other
/// signs between them, was broken into lines or holds what nobody sees. Word processors make other dashes of hyphens.
#[must_use]
pub fn holds_guid(text: &str) -> bool {
    let plain = text.replace(|c| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}'), "-");
    let in_one_piece = plain
        .split(|c: char| !(c.is_ascii_hexdigit() || c == '-'))
        .any(|run| run.bytes().filter(u8::is_ascii_hexdigit).count() >= 32);
    let joined: Vec<char> = plain.chars().filter(|c| !c.is_whitespace() && !is_hostile(*c)).collect();
    let fits = |(place, c): (usize, &char)| match place {
        8 | 13 | 18 | 23 => *c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    let groups: Vec<usize> = plain.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).collect();
    in_one_piece
        || groups.windows(5).any(|lengths| lengths == [8, 4, 4, 4, 12])
        || joined.windows(36).any(|window| window.iter().enumerate().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_become_spaces() {
        assert_eq!(RotationReason::parse(" lost\r\nlaptop\nagain \n").unwrap().as_str(), "lost laptop again");
    }

    #[test]
    fn a_reason_is_kept_as_it_is_and_shown_without_harm() {
        let reason = RotationReason::parse("lost \u{202e}laptop").unwrap();
        assert_eq!(reason.as_str(), "lost \u{202e}laptop");
        assert_eq!(reason.shown(), "lost \\u{202e}laptop");
    }

    #[test]
    fn the_limits_are_three_and_five_hundred_characters() {
        assert_eq!(RotationReason::parse("ab"), Err(ReasonError::Length(2)));
        assert!(RotationReason::parse("abc").is_ok());
        assert!(RotationReason::parse(&"知".repeat(500)).is_ok());
        assert_eq!(RotationReason::parse(&"知".repeat(501)), Err(ReasonError::Length(501)));
    }

    #[test]
    fn a_guid_in_any_form_is_refused() {
        for guid in [
            "6ba39809-bc5a-498e-956a-fcbb3f39e017",
            "6BA39809BC5A498E956AFCBB3F39E017",
            "{6ba39809-bc5a-498e-956a-fcbb3f39e017}",
            "6ba39809-bc5a-498e-\n956a-fcbb3f39e017",
            "6ba39809-bc5a-498e-956a-fcbb3f\r\n39e017",
            "6ba39809–bc5a–498e–956a–fcbb3f39e017",
            "6ba39809 bc5a 498e 956a fcbb3f39e017",
            "6ba39809_bc5a:498e.956a/fcbb3f39e017",
            "6ba39809\u{200b}-bc5a-498e-956a-\u{202c}fcbb3f39e017",
        ] {
            assert_eq!(RotationReason::parse(&format!("leaked {guid}!")), Err(ReasonError::HoldsGuid));
        }
        assert!(RotationReason::parse("ticket 6ba39809-bc5a").is_ok());
        assert!(RotationReason::parse("tickets 12345678 1234 1234 1234 1234567890123").is_ok());
        assert!(RotationReason::parse("tickets 12345678 12345679 12345680 12345681, 2026-11-22 to 2026-11-23").is_ok());
    }
}
