//! The Host GUID: the bearer credential itself.

use std::fmt;

use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A Host GUID. It has no `Display`, its `Debug` is blind, and it wipes itself on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct HostGuid([u8; 16]);

/// The one sentence for every text that is no Host GUID; it never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not a Host GUID: 32 hexadecimal digits, usually with hyphens, not all zero")]
pub struct GuidError;

impl HostGuid {
    /// Makes a new GUID: 122 random bits from the operating system's generator (`UUIDv4`, RFC 9562).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes GUIDs")]
    pub fn generate() -> Self {
        Self(*Uuid::new_v4().as_bytes())
    }

    /// Reads what a person or a host types: trimmed, any case, braces allowed, nil refused.
    ///
    /// # Errors
    /// [`GuidError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, GuidError> {
        match Uuid::try_parse(text.trim()) {
            Ok(uuid) if !uuid.is_nil() => Ok(Self(*uuid.as_bytes())),
            Ok(_) | Err(_) => Err(GuidError),
        }
    }

    /// Gives the 16 bytes in printed order, for hashing alone.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Writes the text that a host logs in with: lower case, hyphens, 36 characters. Wiped on drop.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(36));
        let mut buffer = Zeroizing::new([0_u8; 36]);
        text.push_str(Uuid::from_bytes(self.0).hyphenated().encode_lower(&mut *buffer));
        text
    }
}

/// Compared in constant time.
impl PartialEq for HostGuid {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for HostGuid {}

/// Makes the id of a session's group, in the text form of the existing table: upper case, hyphens. No credential.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that makes GUIDs")]
pub fn new_group_id() -> String {
    Uuid::new_v4().hyphenated().to_string().to_uppercase()
}

impl fmt::Debug for HostGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostGuid(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "6ba39809-bc5a-498e-956a-fcbb3f39e017";

    #[test]
    fn any_case_braces_and_blanks_are_read() {
        for text in
            [TEXT.to_owned(), TEXT.to_uppercase(), format!("{{{TEXT}}}"), format!("  {TEXT}\n"), TEXT.replace('-', "")]
        {
            assert_eq!(*HostGuid::parse(&text).unwrap().reveal(), TEXT);
        }
    }

    #[test]
    fn nil_and_other_texts_are_refused_without_being_repeated() {
        for text in ["00000000-0000-0000-0000-000000000000", "", "6ba39809", &TEXT[1..], &format!("{TEXT}0")] {
            let error = HostGuid::parse(text).unwrap_err();
            assert!(text.is_empty() || !error.to_string().contains(text));
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", HostGuid::parse(TEXT).unwrap()), "HostGuid(…)");
    }

    #[test]
    fn generated_guids_are_version_four_and_differ() {
        let (a, b) = (HostGuid::generate(), HostGuid::generate());
        assert_ne!(a.bytes(), b.bytes());
        assert_eq!(a.bytes()[6] >> 4, 4);
    }

    #[test]
    fn guids_are_equal_when_all_their_bytes_are() {
        let guid = HostGuid::parse(TEXT).unwrap();
        assert!(guid == HostGuid::parse(&TEXT.to_uppercase()).unwrap());
        assert!(guid != HostGuid::parse(&TEXT.replace("e017", "e018")).unwrap());
    }

    #[test]
    fn a_group_id_is_a_guid_in_upper_case() {
        let id = new_group_id();
        assert!(HostGuid::parse(&id).is_ok() && id.len() == 36, "{id}");
        assert_eq!(id, id.to_uppercase());
    }
}
