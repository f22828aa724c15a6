//! Rotating, creating and revoking: one transaction, told line by line.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio_util::sync::CancellationToken;

use super::Provisioner;
use super::event::{ProvisionEvent, Tell, log};
use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::guid::HostGuid;
use crate::domain::hash::Verdict;
use crate::domain::plan::{Outcome, Plan, RecordWrite};
use crate::domain::request::{Action, Request};
use crate::domain::session::SessionId;
use crate::drill::{self, Drilled, Step};
use crate::store::{Applied, Change, Credential, StoreError};

/// Whether the database said that it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The commit was acknowledged.
    Committed,
    /// The connection was lost after COMMIT was sent, and could not be settled yet.
    Unknown,
}

/// What a change came to, with the new GUID for its operator.
#[derive(Debug)]
pub struct Provisioned {
    /// What was carried out.
    pub applied: Applied,
    /// The new GUID; `None` after a revocation. Whoever holds it must hand it over.
    pub guid: Option<HostGuid>,
    /// Whether it is committed.
    pub certainty: Certainty,
    /// The name of the attempt, by which an unknown outcome is settled.
    pub event: EventId,
}

impl Provisioner {
    /// Carries a request out. Until COMMIT was sent, `cancel` rolls it back.
    ///
    /// # Errors
    /// [`StoreError`] with nothing changed. A lost COMMIT is no error, but [`Certainty::Unknown`].
    pub async fn change(
        &self,
        request: &Request,
        expected: &Expected,
        tell: Tell<'_>,
        cancel: &CancellationToken,
    ) -> Result<Provisioned, StoreError> {
        let event = EventId::generate();
        let told = |line: ProvisionEvent| {
            log(&line, Some(event));
            tell(line);
        };
        // What cannot be written is told before anything is made or looked up.
        if let Some(why) = self.store.read_only() {
            let error = StoreError::ReadOnly(why);
            told(failure(request.session, &error));
            return Err(error);
        }
        told(ProvisionEvent::Checking(request.session));
        // The GUID exists from here on, in memory alone.
        let guid = request.action.makes_guid().then(HostGuid::generate);
        let hash = guid.as_ref().map(|guid| self.hasher.hash(request.session, guid));
        let opens = |stored: &_| {
            let accepted = |guid| self.hasher.verify(request.session, guid, stored) == Verdict::Accepted;
            guid.as_ref().is_some_and(accepted)
        };
        let change = Change {
            request,
            expected,
            credential: hash.as_ref().map(|hash| Credential { hash, opens: &opens }),
            event,
            planned: &|plan| beginning(plan, request).into_iter().for_each(&told),
            cancel,
        };
        let made = guid.as_ref().map_or(Ok(()), |_| drill::at(Step::MakeGuid));
        let end = match made {
            Ok(()) => self.store.apply(&change).await,
            Err(drilled) => Err(drilled.into()),
        };
        match end {
            Ok(applied) => {
                // Nothing that happens now may withhold the GUID.
                let _ = catch_unwind(AssertUnwindSafe(|| {
                    drill::at(Step::TellSuccess)?;
                    ending(&applied, request).into_iter().for_each(told);
                    Ok::<_, Drilled>(())
                }));
                Ok(Provisioned { applied, guid, certainty: Certainty::Committed, event })
            }
            Err(StoreError::OutcomeUnknown(applied)) => {
                told(failure(request.session, &StoreError::OutcomeUnknown(applied.clone())));
                Ok(Provisioned { applied: *applied, guid, certainty: Certainty::Unknown, event })
            }
            Err(error) => {
                told(failure(request.session, &error));
                Err(error)
            }
        }
    }

    /// Asks whether an attempt of unknown outcome was committed.
    ///
    /// # Errors
    /// [`StoreError`] while the database does not answer.
    pub async fn settle(&self, session: SessionId, event: EventId) -> Result<bool, StoreError> {
        self.store.settle(session, event).await
    }

    /// Writes to the log that a new GUID reached nobody, although it is committed, or may be.
    pub fn undelivered(&self, session: SessionId, event: EventId, certainty: Certainty, tell: Tell<'_>) {
        let unchanged = match certainty {
            Certainty::Committed => "it is committed and the old one no longer works: rotate again",
            Certainty::Unknown => "it is not known whether it was committed and the old one still works: rotate again",
        };
        let line = ProvisionEvent::Failed {
            session: Some(session),
            what: format!("the new Host GUID of session {session} was not delivered"),
            unchanged: unchanged.to_owned(),
        };
        log(&line, Some(event));
        tell(line);
    }
}

fn failure(session: SessionId, error: &StoreError) -> ProvisionEvent {
    ProvisionEvent::failed(Some(session), error)
}

/// What is told inside the transaction, before the first write.
fn beginning(plan: &Plan, request: &Request) -> Vec<ProvisionEvent> {
    let session = plan.session;
    let forced = |retired: &crate::domain::plan::Retirement| ProvisionEvent::ForceRetiring(session, retired.id);
    match &plan.write {
        RecordWrite::Nothing | RecordWrite::Keep { .. } => Vec::new(),
        RecordWrite::Update { id, .. } => {
            vec![ProvisionEvent::Found(session, *id), ProvisionEvent::Updating(session, *id)]
        }
        RecordWrite::Insert => match request.action {
            Action::ForceNew(_) => plan.retired.iter().map(forced).chain([ProvisionEvent::Creating(session)]).collect(),
            Action::Provision(_) | Action::RotateRecord(..) | Action::Revoke | Action::Consolidate(_) => {
                vec![ProvisionEvent::NoneFound(session), ProvisionEvent::Creating(session)]
            }
        },
    }
}

/// What is told after the commit, never before.
fn ending(applied: &Applied, request: &Request) -> Vec<ProvisionEvent> {
    let (session, by) = (request.session, request.by.clone());
    let duplicates = applied.plan.retired.iter().map(|retired| ProvisionEvent::DuplicateRetired(session, retired.id));
    let record = applied.record.as_ref().map(|record| record.id);
    match (applied.plan.outcome, record) {
        (Outcome::Rotated, Some(id)) => duplicates.chain([ProvisionEvent::Rotated(session, id, by)]).collect(),
        (Outcome::Created | Outcome::ForceCreated, Some(id)) => vec![ProvisionEvent::Created(session, id, by)],
        (Outcome::Consolidated, Some(id)) => {
            duplicates.chain([ProvisionEvent::Consolidated(session, id, by)]).collect()
        }
        (Outcome::Revoked, _) => vec![ProvisionEvent::Revoked(session, by)],
        (
            Outcome::Unchanged | Outcome::Created | Outcome::Rotated | Outcome::ForceCreated | Outcome::Consolidated,
            _,
        ) => Vec::new(),
    }
}
