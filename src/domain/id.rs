//! Keys of rows: positive 64-bit numbers, each kind a type of its own.

use std::num::NonZeroU64;

/// The sentence for a text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id: ids are whole numbers from 1 to 9223372036854775807")]
pub struct IdError {
    text: String,
}

/// Reads a positive 64-bit id: digits alone, without a sign.
pub(super) fn parse(text: &str) -> Result<i64, IdError> {
    let digits = text.trim();
    digits
        .parse::<NonZeroU64>()
        .ok()
        .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|number| i64::try_from(number.get()).ok())
        .ok_or_else(|| IdError { text: text.chars().take(40).collect() })
}

/// Makes the type of one kind of key.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Takes a number, if it is a valid id.
            #[must_use]
            pub fn new(number: i64) -> Option<Self> {
                (number > 0).then_some(Self(number))
            }

            /// Gives the number, 1 to 2⁶³−1.
            #[must_use]
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::id::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::domain::id::parse(text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

pub(super) use id_type;
