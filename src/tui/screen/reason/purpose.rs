//! What a form is for, and what follows from it.

/// Reasons that are one key away.
pub const QUICK_PICKS: [&str; 4] = ["suspected compromise", "scheduled rotation", "host changed", "lost GUID"];

/// The same for a consolidation, which needs none.
const CLEAN_UPS: [&str; 2] = ["clean-up of duplicates", "one host confirmed"];

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new Host GUID.
    Rotate,
    /// No Host GUID any more.
    Revoke,
    /// One of several active records goes on, the others are retired.
    Consolidate,
}

impl Purpose {
    /// Gives the words above the form.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Rotate => " Rotate the Host GUID ",
            Self::Revoke => " Revoke the Host GUID ",
            Self::Consolidate => " Consolidate: one active record stays ",
        }
    }

    /// Gives the words above the plan.
    pub(in crate::tui::screen) fn question(self) -> &'static str {
        match self {
            Self::Rotate => " Confirm rotation ",
            Self::Revoke => " Confirm revocation ",
            Self::Consolidate => " Confirm consolidation ",
        }
    }

    /// Lists the fields of the form.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Rotate => &[Field::Reason, Field::By, Field::Expires, Field::ForceNew],
            Self::Revoke | Self::Consolidate => &[Field::Reason, Field::By],
        }
    }

    /// Lists the reasons that are one key away.
    pub(super) fn quick_picks(self) -> &'static [&'static str] {
        match self {
            Self::Rotate | Self::Revoke => &QUICK_PICKS,
            Self::Consolidate => &CLEAN_UPS,
        }
    }
}

/// The fields, in the order of Tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Why.
    Reason,
    /// By whom.
    By,
    /// Until when; blank is never.
    Expires,
    /// Retire everything and make a new record.
    ForceNew,
}
