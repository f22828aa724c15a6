//! Carries decisions out, and tells of each session what became of it.

use std::ops::ControlFlow;

use super::report::Applied;
use crate::cli::{Context, Exit, Failure, output};
use crate::domain::session::SessionId;
use crate::provision::{CleanedUp, Fate, Mandate, Planned, ProvisionEvent};
use crate::store::StoreError;

/// Carries out what is decided; what is not, and what changed meanwhile, is left as it is.
pub(super) async fn run(
    planned: Vec<Planned>,
    mandate: &Mandate,
    dry_run: bool,
    context: &Context<'_>,
) -> Result<(), Failure> {
    output::check()?;
    let provisioner = context.provisioner;
    let CleanedUp { ends, error } = if dry_run {
        provisioner.rehearse_all(&planned, mandate).await
    } else {
        let tell = |event: ProvisionEvent| context.messages.event(&event);
        let mut go_on = |_: &_| ControlFlow::Continue(());
        provisioner.clean_up(&planned, mandate, &tell, &mut go_on, context.cancel).await
    };
    let lost = ends.iter().find(|end| end.fate == Fate::Unknown).map(|end| unknown(end.session));
    let stopped = error.as_ref().map(stopped).or(lost);
    let is_done = ends.iter().any(|end| end.fate == Fate::Done);
    let report = Applied::new(ends, dry_run, stopped.is_some());
    let (left, format) = (report.left(), context.style.format);
    if is_done {
        output::print_done(report, format).await?;
    } else {
        output::print(report, format).await?;
    }
    match stopped {
        Some(failure) => Err(failure),
        None if left > 0 => Err(partly(left)),
        None => Ok(()),
    }
}

fn stopped(error: &StoreError) -> Failure {
    let message = format!("{error}; what is done stays done, the rest was not changed");
    Failure { message, ..Failure::from(error) }.hint("run the same command again: it goes on where it stopped")
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
        .hint("run the same command again: what is done stays as it is")
}
