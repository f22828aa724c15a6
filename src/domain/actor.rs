//! Who does something: the name an operator gives, and what the machine knows.

use std::fmt;

/// The name in `CreatedBy` and `RevokedBy`: 1 to 128 characters after trimming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 128 characters; this one has {0}")]
pub struct ActorError(usize);

impl Actor {
    /// Trims the text and checks its length in characters (Unicode scalar values).
    ///
    /// # Errors
    /// Tells the length that does not fit.
    pub fn parse(text: &str) -> Result<Self, ActorError> {
        let name = text.trim();
        match name.chars().count() {
            1..=128 => Ok(Self(name.to_owned())),
            other => Err(ActorError(other)),
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
        assert_eq!(Actor::parse(&"é".repeat(129)), Err(ActorError(129)));
        assert_eq!(Actor::parse(" \n"), Err(ActorError(0)));
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        assert_eq!(Actor::parse("a\nb\u{1b}[2J").unwrap().to_string(), "a\\u{a}b\\u{1b}[2J");
    }
}
