//! Who does something: the name an operator gives, and what the machine knows.

use std::fmt;

use super::reason::holds_guid;

/// The name in `CreatedBy` and `RevokedBy`: 1 to 128 characters after trimming, without a GUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

/// Why a name is refused. The name itself is never repeated: it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActorError {
    /// Too short or too long, in characters.
    #[error("a name has 1 to 128 characters; this one has {0}")]
    Length(usize),
    /// It holds something that could be a Host GUID or a hash.
    #[error("the name holds a GUID, and names are kept for ever: give a name without the GUID")]
    HoldsGuid,
}

impl Actor {
    /// Trims the text and checks it; its length is that in characters (Unicode scalar values).
    ///
    /// # Errors
    /// [`ActorError`] says what is wrong without repeating the text.
    pub fn parse(text: &str) -> Result<Self, ActorError> {
        let name = text.trim();
        match name.chars().count() {
            1..=128 if holds_guid(name) => Err(ActorError::HoldsGuid),
            1..=128 => Ok(Self(name.to_owned())),
            other => Err(ActorError::Length(other)),
        }
    }

    /// Gives the name as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::sanitize::visible(&self.0))
    }
}

/// What the machine knows of the caller, whatever name was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The operating system's user, found by uid.
    pub os_user: String,
    /// Host name and program version, such as `bastion2 host-provisioner/0.1.0`.
    pub client: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_to_128_characters() {
        assert_eq!(Actor::parse("  R. Sato ").unwrap().as_str(), "R. Sato");
        assert!(Actor::parse(&"é".repeat(128)).is_ok());
        assert_eq!(Actor::parse(&"é".repeat(129)), Err(ActorError::Length(129)));
        assert_eq!(Actor::parse(" \n"), Err(ActorError::Length(0)));
    }

    #[test]
    fn a_guid_is_no_name() {
        let guid = "6ba39809-bc5a-498e-956a-fcbb3f39e017";
        for name in [guid.to_owned(), format!("R. Sato {guid}"), guid.replace('-', " ")] {
            let refused = Actor::parse(&name).unwrap_err();
            assert_eq!(refused, ActorError::HoldsGuid);
            assert!(!refused.to_string().contains("6ba39809"));
        }
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        assert_eq!(Actor::parse("a\nb\u{1b}[2J").unwrap().to_string(), "a\\u{a}b\\u{1b}[2J");
    }
}
