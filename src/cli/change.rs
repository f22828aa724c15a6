//! What `create`, `rotate` and `revoke` have in common: who, why, on what condition, and the run itself.

use std::io::{self, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::confirmation::{self, Confirmation};
use super::exit::UnknownEnd;
use super::output::{self, Format};
use super::plan_report::PlanReport;
use super::receipt::Receipt;
use super::{Context, Exit, Failure, delivery};
use crate::config::{Profile, caller};
use crate::domain::actor::Actor;
use crate::domain::expected::Expected;
use crate::domain::expiry::{Expiry, ExpiryError};
use crate::domain::host_record::HostRecordId;
use crate::domain::reason::RotationReason;
use crate::domain::request::{Action, Request};
use crate::domain::session::SessionId;
use crate::domain::time::{Clock as _, SystemClock};
use crate::provision::{Certainty, ProvisionEvent, Provisioned, warnings};

/// A reason is at most 500 characters, so a file that is longer than this is another file.
const LONGEST_REASON_FILE: u64 = 64 * 1024;

/// Who, and why.
#[derive(Debug, Args)]
pub(super) struct WhyArgs {
    /// The name that the record and the history keep [default: the operating system's user]
    #[arg(long, value_name = "TEXT")]
    created_by: Option<String>,
    /// Why; the history keeps it for ever (3 to 500 characters, no GUID)
    #[arg(long, value_name = "TEXT", conflicts_with = "rotation_reason_file")]
    rotation_reason: Option<String>,
    /// Reads the reason from a file, or from stdin for `-`
    #[arg(long, value_name = "FILE|-")]
    rotation_reason_file: Option<PathBuf>,
}

/// Who, why, and on what condition.
#[derive(Debug, Args)]
pub(super) struct ChangeArgs {
    #[command(flatten)]
    why: WhyArgs,
    /// Only if the session is still so: the fingerprint of its current record (12 to 64 digits), or `none`
    #[arg(long, value_name = "FINGERPRINT|none")]
    expect: Option<Expected>,
    /// Confirms a change in a protected profile: the id that is named here, and the profile; without a profile it has no
    /// effect
    #[arg(long, value_name = "ID@PROFILE")]
    confirm: Option<Confirmation>,
}

/// Until when a new GUID works.
#[derive(Debug, Args)]
pub(super) struct ExpiryArgs {
    /// Until when the GUID works: a date (until its end, UTC), a time with offset, or a duration such as 8h or 30d [default: for ever]
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Shows what would be done, makes no GUID and changes nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl ExpiryArgs {
    /// Reads the expiry, and refuses what has passed before anything starts.
    pub(super) fn expiry(&self) -> Result<Expiry, Failure> {
        let refused = |why| Failure::refused("--expires", why);
        let Some(text) = &self.expires else { return Ok(Expiry::Never) };
        // A script's variable that is not set is no wish for a GUID without end.
        if text.trim().is_empty() {
            return Err(refused(ExpiryError::Form));
        }
        let expiry = Expiry::parse(text).map_err(refused)?;
        expiry.resolve(SystemClock.now()).map_err(refused)?;
        Ok(expiry)
    }
}

/// A change, ready to be carried out.
#[derive(Debug)]
pub struct Job {
    /// The session; `None` where only the record is known.
    session: Option<SessionId>,
    action: Action,
    by: Option<Actor>,
    reason: Option<RotationReason>,
    expected: Expected,
    confirm: Option<Confirmation>,
    dry_run: bool,
}

impl WhyArgs {
    /// Checks the texts, none of which is repeated when it is refused: people paste GUIDs.
    pub(super) fn read(self) -> Result<(Option<Actor>, Option<RotationReason>), Failure> {
        let by = self.created_by.as_deref().map(Actor::parse).transpose();
        let by = by.map_err(|why| Failure::refused("--created-by", why))?;
        let reason = match (&self.rotation_reason, &self.rotation_reason_file) {
            (Some(text), _) => Some(reason("--rotation-reason", text)?),
            (None, Some(path)) => Some(reason("--rotation-reason-file", &read_reason(path)?)?),
            (None, None) => None,
        };
        Ok((by, reason))
    }
}

/// Gives the name that was given, or the operating system's user.
pub(super) fn named(by: Option<Actor>, context: &Context<'_>) -> Result<Actor, Failure> {
    let by = by.or_else(|| caller::fallback(context.origin));
    by.ok_or_else(|| Failure::refused("--created-by", "the name of this user is not known: give one"))
}

impl ChangeArgs {
    pub(super) fn job(self, session: Option<SessionId>, action: Action, dry_run: bool) -> Result<Job, Failure> {
        let (by, reason) = self.why.read()?;
        let expected = self.expect.unwrap_or(Expected::Anything);
        Ok(Job { session, action, by, reason, expected, confirm: self.confirm, dry_run })
    }
}

fn reason(flag: &str, text: &str) -> Result<RotationReason, Failure> {
    RotationReason::parse(text).map_err(|why| Failure::refused(flag, why))
}

fn read_reason(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(LONGEST_REASON_FILE).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST_REASON_FILE).read_to_string(&mut text))
    };
    read.map_err(|why| Failure::refused("--rotation-reason-file", why))?;
    // Some systems begin a file with a byte order mark, which is no part of a reason.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

impl Job {
    /// Tells whether stdout will have to take a GUID, so that it must be checked before anything else.
    #[must_use]
    pub fn delivers_guid(&self) -> bool {
        self.action.makes_guid() && !self.dry_run
    }

    /// Tells whether nothing is changed.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// Refuses what a protected profile wants confirmed; a dry run changes nothing.
    ///
    /// # Errors
    /// Exit code 8.
    pub fn check_confirmed(&self, profile: Option<&Profile>) -> Result<(), Failure> {
        let named = match (self.session, self.action) {
            (_, Action::RotateRecord(record, _)) => Some(record.get()),
            (session, _) => session.map(SessionId::get),
        };
        match named.filter(|_| !self.dry_run) {
            Some(id) => confirmation::check(profile, self.confirm.as_ref(), self.expected != Expected::Anything, id),
            None => Ok(()),
        }
    }

    /// Carries the change out, or shows what it would do.
    ///
    /// # Errors
    /// Whatever stops it, with nothing changed; an unknown outcome; a GUID that nobody took.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        let session = match (self.session, self.action) {
            (Some(session), _) => session,
            (None, Action::RotateRecord(record, _)) => session_of(record, context).await?,
            (None, Action::Provision(_) | Action::ForceNew(_) | Action::Revoke | Action::Consolidate(_)) => {
                return Err(Failure::refused("--session-id", "missing"));
            }
        };
        let by = named(self.by, context)?;
        let request = Request { session, action: self.action, by, reason: self.reason, origin: context.origin.clone() };
        if self.dry_run {
            return preview(&request, &self.expected, context).await;
        }
        carry_out(&request, &self.expected, context).await
    }
}

async fn session_of(record: HostRecordId, context: &Context<'_>) -> Result<SessionId, Failure> {
    let found = context.provisioner.store().session_of(record).await;
    let found = found.map_err(|error| Failure::from(error).before_any_change())?;
    found.ok_or_else(|| {
        Failure::new(Exit::NotFound, "record_not_found", format!("there is no host record #{record}"))
            .hint("`host-provisioner list` shows the sessions with their records")
    })
}

async fn preview(request: &Request, expected: &Expected, context: &Context<'_>) -> Result<(), Failure> {
    let seen = context.provisioner.preview(request, expected).await?;
    let notes = warnings(&seen.plan, context.provisioner.hasher().writes());
    output::print(PlanReport::new(seen, request), context.style.format).await?;
    context.messages.warn_of(&notes);
    context.messages.note("dry run: nothing was changed, no GUID was made");
    Ok(())
}

async fn carry_out(request: &Request, expected: &Expected, context: &Context<'_>) -> Result<(), Failure> {
    let Context { provisioner, messages, style, cancel, .. } = *context;
    let tell = |event: ProvisionEvent| messages.event(&event);
    let done = provisioner.change(request, expected, &tell, cancel).await;
    let done: Provisioned = done.map_err(|error| Failure::of_change(&error))?;
    // The GUID is committed, or may be: that it was not delivered is told even after a panic.
    let written = catch_unwind(AssertUnwindSafe(|| {
        let notes = warnings(&done.applied.plan, provisioner.hasher().writes());
        messages.warn_of(&notes);
        if let Some(end) = done.applied.plan.expires_at {
            messages.note(&format!("expires {end}"));
        }
        messages.detail(&format!("event: {}", done.event));
        messages.settle();
        let format = match (done.certainty, style.format) {
            (Certainty::Unknown, Format::Table | Format::Csv) => Format::Json,
            (_, format) => format,
        };
        delivery::hand_over(Receipt::new(&done, request).render(format).as_bytes())
    }));
    let written = written.unwrap_or_else(|_| Err(io::Error::other("internal error")));
    let unknown = |kind| Err(Failure::unknown(request.session, done.event, kind));
    match (written, done.certainty, &done.guid) {
        (Err(error), certainty, Some(_)) => {
            provisioner.undelivered(request.session, done.event, certainty, &tell);
            match certainty {
                Certainty::Committed => Err(Failure::not_delivered(&error)),
                Certainty::Unknown => unknown(UnknownEnd::NotDelivered),
            }
        }
        (Ok(()), Certainty::Unknown, Some(_)) => unknown(UnknownEnd::Delivered),
        (_, Certainty::Unknown, None) => unknown(UnknownEnd::Revocation),
        // A revocation has nothing to hand over: its reader may have gone.
        (_, Certainty::Committed, _) => Ok(()),
    }
}

/// Text that holds a GUID and is wiped when it has been written.
pub(super) type Wiped = Zeroizing<String>;
