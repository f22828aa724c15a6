//! What a protected profile asks of a command before it changes anything.

use std::str::FromStr;

use super::{Exit, Failure};
use crate::config::Profile;
use crate::domain::session::SessionId;

/// `ID@PROFILE`: the id that the command names, said once more, and the profile in which it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmation {
    id: i64,
    profile: String,
}

impl FromStr for Confirmation {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('@').filter(|(_, profile)| !profile.is_empty());
        let id = parts.and_then(|(id, _)| id.parse::<SessionId>().ok());
        let both = id.zip(parts).map(|(id, (_, profile))| Self { id: id.get(), profile: profile.to_owned() });
        both.ok_or("a confirmation is ID@PROFILE, such as 215@prod")
    }
}

/// Tells whether the change of what the command names by `id` is confirmed: by a confirmation, or, where none is given,
/// by the record that it expects to find (`looked`). Without a profile nothing has to be.
///
/// # Errors
/// Exit code 8, also for a confirmation of something else.
pub(super) fn check(
    profile: Option<&Profile>,
    given: Option<&Confirmation>,
    looked: bool,
    id: i64,
) -> Result<(), Failure> {
    let Some(profile) = profile else { return Ok(()) };
    let name = &profile.name;
    let why = match given {
        Some(given) if given.id == id && given.profile == *name => return Ok(()),
        Some(given) => format!("--confirm says {}@{}, and this is {id}@{name}", given.id, given.profile),
        None if looked || !profile.protected => return Ok(()),
        None => format!("the profile {name} is protected, and nothing confirms this change"),
    };
    let hint = format!("`--confirm {id}@{name}` confirms it; so does --expect with the fingerprint that `show` shows");
    Err(Failure::new(Exit::NotConfirmed, "not_confirmed", format!("{why}; nothing was changed")).hint(hint))
}

/// Tells whether an import is confirmed: in a protected profile by `import@PROFILE`.
///
/// # Errors
/// As [`check`].
pub(super) fn check_import(profile: Option<&Profile>, given: Option<&str>) -> Result<(), Failure> {
    let Some(profile) = profile else { return Ok(()) };
    let wanted = format!("import@{}", profile.name);
    let why = match given {
        Some(given) if given == wanted => return Ok(()),
        Some(_) => format!("--confirm says something else than {wanted}"),
        None if !profile.protected => return Ok(()),
        None => format!("the profile {} is protected, and nothing confirms this import", profile.name),
    };
    let failure = Failure::new(Exit::NotConfirmed, "not_confirmed", format!("{why}; nothing was changed"));
    Err(failure.hint(format!("`--confirm {wanted}` confirms it")))
}
