//! Cleaning up after the old tool: which sessions have several active records, and leaving each of them one.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::event::Tell;
use super::{Certainty, Provisioner};
use crate::domain::actor::{Actor, Origin};
use crate::domain::consolidation::{Choice, RecordsDigest, choose};
use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::filter::{RecordTest, Test};
use crate::domain::host_record::{Fingerprint, HostRecord, HostRecordId};
use crate::domain::order::Order;
use crate::domain::plan::{Outcome, Refusal};
use crate::domain::reason::RotationReason;
use crate::domain::request::{Action, Request};
use crate::domain::session::{Session, SessionId};
use crate::domain::snapshot::Snapshot;
use crate::store::{Page, SessionFilter, SessionQuery, SessionRow, StoreError};

/// Sessions that are read at once.
const PAGE: u32 = 500;

/// A session with several active records, as it was read, and what the rule says of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowded {
    /// The session.
    pub session: Session,
    /// Its active records, in the order of their ids.
    pub active: Vec<HostRecord>,
    /// Which of them stays.
    pub choice: Choice,
}

impl Crowded {
    /// Names what was read.
    #[must_use]
    pub fn digest(&self) -> RecordsDigest {
        RecordsDigest::of(&self.active)
    }

    /// Gives the rule's decision; `None` where it leaves that to a person.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        let Choice::Stays(keep, _) = self.choice else { return None };
        self.decide(keep)
    }

    /// Decides that this record stays; `None` where it is none of the active ones.
    #[must_use]
    pub fn decide(&self, keep: HostRecordId) -> Option<Decision> {
        let kept = self.active.iter().find(|record| record.id == keep)?;
        let fingerprint = kept.hash.fingerprint().full();
        Some(Decision { session: self.session.id, keep, expected: Expected::Records(self.digest()), fingerprint })
    }
}

/// What is to be done with one session: decided by the rule, or by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The session.
    pub session: SessionId,
    /// The record that stays.
    pub keep: HostRecordId,
    /// What was read when that was decided.
    pub expected: Expected,
    /// The hash that the record held, by as much of its fingerprint as is known.
    pub fingerprint: String,
}

/// Who consolidates, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// The name that goes into `RevokedBy`.
    pub by: Actor,
    /// Why; kept for ever.
    pub reason: Option<RotationReason>,
    /// What the machine knows of the caller.
    pub origin: Origin,
}

impl Mandate {
    fn request(&self, session: SessionId, keep: HostRecordId) -> Request {
        let Self { by, reason, origin } = self.clone();
        Request { session, action: Action::Consolidate(keep), by, reason, origin }
    }
}

/// What became of one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consolidated {
    /// It is carried out, and these records are retired.
    Done(Vec<HostRecordId>, EventId),
    /// It would be carried out, and these records retired.
    Planned(Vec<HostRecordId>),
    /// It had been carried out before: the record is the only active one.
    Already,
    /// The session is not as it was read, as this sentence says; nothing was changed.
    Changed(String),
    /// The session is not there any more.
    Gone,
    /// The record that was to stay is none of the active ones; nothing was changed.
    NotActive,
    /// The GUID of the record that was to stay does not work, as this sentence says; nothing was changed.
    NotWorking(String),
    /// The connection was lost after COMMIT was sent, and could not be settled.
    Unknown(EventId),
}

impl Provisioner {
    /// Reads the sessions with several active records that follow `after`, in the order of ids, and tells where to go on.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn crowded(
        &self,
        after: Option<SessionId>,
        within: Duration,
    ) -> Result<(Vec<Crowded>, Option<SessionId>), StoreError> {
        let filter = with_duplicates();
        let page = after.map_or(Page::First, |id| Page::After(id.into()));
        let rows = self.store.sessions(&SessionQuery { filter, order: Order::default(), page, limit: PAGE }).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|rows| rows == PAGE);
        let next = rows.last().filter(|_| full).map(|row| row.session.id);
        Ok((rows.into_iter().filter_map(|row| self.weigh(row, within)).collect(), next))
    }

    /// Reads one session; `None` where it has fewer than two active records.
    ///
    /// # Errors
    /// [`StoreError`], and [`Refusal::SessionNotFound`] where no row has the id.
    pub async fn crowded_session(&self, id: SessionId, within: Duration) -> Result<Option<Crowded>, StoreError> {
        let Snapshot { session, records, .. } = self.store.snapshot(id).await?;
        let session = session.ok_or(Refusal::SessionNotFound(id))?;
        let active = records.into_iter().filter(|record| record.is_active).collect();
        Ok(self.weigh(SessionRow { session, active }, within))
    }

    /// Reads those of some sessions, a thousand at most, that have several active records, in the order of ids.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn crowded_among(&self, sessions: &[SessionId], within: Duration) -> Result<Vec<Crowded>, StoreError> {
        let mut found = Vec::new();
        for id in self.store.sessions_among(sessions, &with_duplicates()).await? {
            match self.crowded_session(id, within).await {
                Ok(crowded) => found.extend(crowded),
                // It was deleted between the two questions.
                Err(StoreError::Refused(Refusal::SessionNotFound(_))) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn weigh(&self, row: SessionRow, within: Duration) -> Option<Crowded> {
        let SessionRow { session, active } = row;
        let choice = choose(&active, within, self.store.clock().now())?;
        Some(Crowded { session, active, choice })
    }

    /// Decides that this record stays, whatever the rule says.
    ///
    /// # Errors
    /// [`StoreError`]: also when it is none of the session's active records.
    pub async fn keep(
        &self,
        session: SessionId,
        keep: HostRecordId,
        mandate: &Mandate,
    ) -> Result<Decision, StoreError> {
        let seen = self.preview(&mandate.request(session, keep), &Expected::Anything).await?;
        let fingerprint = seen.plan.previous_fingerprint().map(|fingerprint| fingerprint.full()).unwrap_or_default();
        Ok(Decision { session, keep, expected: seen.expected, fingerprint })
    }

    /// Tells what carrying one decision out would come to, by the same plan; changes nothing.
    ///
    /// # Errors
    /// As [`Provisioner::consolidate`].
    pub async fn rehearse(&self, decision: &Decision, mandate: &Mandate) -> Result<Consolidated, StoreError> {
        if self.is_done(decision).await? {
            return Ok(Consolidated::Already);
        }
        let request = mandate.request(decision.session, decision.keep);
        let seen = self.preview(&request, &decision.expected).await;
        seen.map(|seen| Consolidated::Planned(seen.plan.retired_ids())).or_else(left)
    }

    /// Carries one decision out, in one transaction; a session that is not as it was read is left as it is.
    ///
    /// # Errors
    /// [`StoreError`] where it is not the session that stands in the way, but the database.
    pub async fn consolidate(
        &self,
        decision: &Decision,
        mandate: &Mandate,
        tell: Tell<'_>,
        cancel: &CancellationToken,
    ) -> Result<Consolidated, StoreError> {
        // Whoever goes on after a kill meets what is done already; that is no error to be logged.
        if self.is_done(decision).await? {
            return Ok(Consolidated::Already);
        }
        let request = mandate.request(decision.session, decision.keep);
        match self.change(&request, &decision.expected, tell, cancel).await {
            Ok(done) if done.certainty == Certainty::Unknown => Ok(Consolidated::Unknown(done.event)),
            Ok(done) if done.applied.plan.outcome == Outcome::Unchanged => Ok(Consolidated::Already),
            Ok(done) => Ok(Consolidated::Done(done.applied.plan.retired_ids(), done.event)),
            // Another one who applies the same plan was faster.
            Err(StoreError::Conflict(_) | StoreError::Overtaken) if self.is_done(decision).await? => {
                Ok(Consolidated::Already)
            }
            Err(error) => left(error),
        }
    }

    /// Tells whether the record of a decision is the only active one, and holds the hash that it held.
    async fn is_done(&self, decision: &Decision) -> Result<bool, StoreError> {
        let seen = self.store.snapshot(decision.session).await?;
        let mut active = seen.active();
        let (first, more) = (active.next(), active.next().is_some());
        let same = |fingerprint: Fingerprint| fingerprint.full().starts_with(&decision.fingerprint);
        Ok(!more && first.is_some_and(|it| it.id == decision.keep && it.is_current() && same(it.hash.fingerprint())))
    }
}

fn with_duplicates() -> SessionFilter {
    SessionFilter::default().and(Test::Record(RecordTest::Duplicate))
}

/// Tells the errors that only say that this session must be left as it is from those of the database.
fn left(error: StoreError) -> Result<Consolidated, StoreError> {
    match error {
        StoreError::Conflict(conflict) => Ok(Consolidated::Changed(match conflict.found {
            Some(_) => {
                "its active records are not as they were read: one was used, changed, added or retired".to_owned()
            }
            None => "it has no active record any more".to_owned(),
        })),
        StoreError::Overtaken => Ok(Consolidated::Changed(error.to_string())),
        StoreError::Refused(Refusal::SessionNotFound(_)) => Ok(Consolidated::Gone),
        StoreError::Refused(Refusal::NotActive { .. }) => Ok(Consolidated::NotActive),
        StoreError::Refused(Refusal::NotWorking { .. }) => Ok(Consolidated::NotWorking(error.to_string())),
        other => Err(other),
    }
}
