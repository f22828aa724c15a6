//! Carries decisions out, one transaction for each session, and tells of each what became of it.

use super::plan_file::Planned;
use super::report::{Applied, Fate, SessionEnd};
use crate::cli::{Context, Exit, Failure, output};
use crate::domain::session::SessionId;
use crate::provision::{Consolidated, Decision, Mandate, ProvisionEvent};
use crate::store::StoreError;

/// Carries out what is decided; what is not, and what changed meanwhile, is left as it is.
pub(super) async fn run(
    planned: Vec<Planned>,
    mandate: &Mandate,
    dry_run: bool,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let mut ends = Vec::with_capacity(planned.len());
    let mut stopped = None;
    for planned in planned {
        let end = match &planned {
            Planned::Undecided(session) => Ok(SessionEnd::left(*session)),
            Planned::Decided(decision) if dry_run => rehearse(decision, mandate, context).await,
            Planned::Decided(decision) => carry_out(decision, mandate, context).await,
        };
        match end {
            Ok(end) if matches!(end.fate, Fate::Unknown) => {
                stopped = Some(unknown(end.session));
                ends.push(end);
                break;
            }
            Ok(end) => ends.push(end),
            Err(error) => {
                let failure = Failure::from(&error);
                stopped = Some(
                    Failure {
                        message: format!("{error}; what is done stays done, the rest was not changed"),
                        ..failure
                    }
                    .hint("apply the same plan again: it goes on where it stopped"),
                );
                break;
            }
        }
    }
    let report = Applied::new(ends, dry_run, stopped.is_some());
    let left = report.left();
    output::print(report, context.style.format).await?;
    match stopped {
        Some(failure) => Err(failure),
        None if left > 0 => Err(partly(left)),
        None => Ok(()),
    }
}

async fn carry_out(decision: &Decision, mandate: &Mandate, context: &Context<'_>) -> Result<SessionEnd, StoreError> {
    if context.cancel.is_cancelled() {
        return Err(StoreError::Cancelled);
    }
    let tell = |event: ProvisionEvent| context.messages.event(&event);
    let became = context.provisioner.consolidate(decision, mandate, &tell, context.cancel).await?;
    Ok(SessionEnd::of(decision, became))
}

async fn rehearse(decision: &Decision, mandate: &Mandate, context: &Context<'_>) -> Result<SessionEnd, StoreError> {
    let would = context.provisioner.rehearse(decision, mandate).await?;
    Ok(SessionEnd::of(decision, would))
}

fn partly(left: usize) -> Failure {
    let sessions = if left == 1 { "session was left as it is" } else { "sessions were left as they are" };
    let message = format!("{left} {sessions}");
    Failure::new(Exit::Partly, "partly", message).hint(
        "name the record that stays with --session-id N --keep HOST_SESSION_ID, or set \"keep\" in the plan; plan anew \
         what changed since",
    )
}

fn unknown(session: SessionId) -> Failure {
    let message = format!(
        "the connection was lost while the consolidation of session {session} was being committed, and it is not known \
         whether it was; its record that stays works in either case"
    );
    Failure::new(Exit::Unknown, "outcome_unknown", message)
        .hint("apply the same plan again: what is done stays as it is")
}

impl SessionEnd {
    fn left(session: SessionId) -> Self {
        Self { session, kept: None, retired: Vec::new(), event: None, fate: Fate::Ambiguous }
    }

    fn of(decision: &Decision, became: Consolidated) -> Self {
        let (retired, event, fate) = match became {
            Consolidated::Done(retired, event) => (retired, Some(event), Fate::Done),
            Consolidated::Planned(retired) => (retired, None, Fate::Planned),
            Consolidated::Already => (Vec::new(), None, Fate::Already),
            Consolidated::Changed(why) => (Vec::new(), None, Fate::Changed(why)),
            Consolidated::Gone => (Vec::new(), None, Fate::Gone),
            Consolidated::NotActive => (Vec::new(), None, Fate::NotActive),
            Consolidated::Unknown(event) => (Vec::new(), Some(event), Fate::Unknown),
        };
        Self { session: decision.session, kept: Some(decision.keep), retired, event, fate }
    }
}
