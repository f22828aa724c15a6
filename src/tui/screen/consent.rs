//! What a confirmation takes, whatever it confirms: a plan that is fresh, quiet keys, and a deliberate answer.

use crate::config::Profile;
use crate::domain::time::Timestamp;
use crate::tui::message::ConfirmUi;

/// Milliseconds of quiet that the keys need after the plan is shown: a paste or a held key confirms nothing.
const GRACE: i64 = 350;

/// Milliseconds after which a plan is read again before it can be confirmed.
const STALE: i64 = 30_000;

/// Digits that the longest number has.
const DIGITS: usize = 19;

/// What a key comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is confirmed.
    Yes,
    /// It is not.
    NotYet,
    /// It is not, as this sentence says.
    No(String),
}

/// Tells whether keys count again.
pub(super) fn is_quiet(since: Timestamp, now: Timestamp) -> bool {
    now.millis_since(since) >= GRACE
}

/// Tells whether a plan is too old to be confirmed.
pub(super) fn is_stale(read_at: Timestamp, now: Timestamp) -> bool {
    now.millis_since(read_at) > STALE
}

/// Tells whether a profile wants something typed in any case.
pub(super) fn is_protected(profile: Option<&Profile>) -> bool {
    profile.is_some_and(|profile| profile.protected)
}

/// Says why something is to be typed: the profile, else this sentence.
pub(super) fn why_typed(profile: Option<&Profile>, live: &str) -> String {
    match profile.filter(|profile| profile.protected) {
        Some(profile) => format!("The profile {} is protected.", profile.name),
        None => live.to_owned(),
    }
}

/// Takes a key in: `y`, or where a number is wanted, that number and Enter. `back` names the key that goes back.
pub(super) fn answer(ui: ConfirmUi, typed: &mut String, wanted: Option<&str>, back: &str) -> Answer {
    match (ui, wanted) {
        (ConfirmUi::Type(c), Some(_)) => {
            if c.is_ascii_digit() && typed.len() < DIGITS {
                typed.push(c);
            }
            Answer::NotYet
        }
        (ConfirmUi::Type('y'), None) => Answer::Yes,
        (ConfirmUi::Erase, _) => {
            typed.pop();
            Answer::NotYet
        }
        (ConfirmUi::Enter, Some(wanted)) if typed == wanted => Answer::Yes,
        (ConfirmUi::Enter, Some(wanted)) => Answer::No(format!("Type {wanted} to confirm; {back} goes back.")),
        (ConfirmUi::Enter, None) => Answer::No(format!("Enter alone confirms nothing: y does, {back} goes back.")),
        (
            ConfirmUi::Type(_)
            | ConfirmUi::Back
            | ConfirmUi::Refresh
            | ConfirmUi::ChooseNext
            | ConfirmUi::ChoosePrevious,
            _,
        ) => Answer::NotYet,
    }
}
