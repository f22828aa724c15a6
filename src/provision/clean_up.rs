//! Carrying decisions out, one transaction for each session, and what became of each.

use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use super::Provisioner;
use super::consolidate::{Consolidated, Decision, Mandate};
use super::event::Tell;
use crate::domain::event_id::EventId;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::drill::{self, Step};
use crate::store::StoreError;

/// One session of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Decided by the rule or by a person.
    Decided(Decision),
    /// Left to a person, and nobody has decided.
    Undecided(SessionId),
}

impl Planned {
    /// Gives the session.
    #[must_use]
    pub fn session(&self) -> SessionId {
        match self {
            Self::Decided(decision) => decision.session,
            Self::Undecided(session) => *session,
        }
    }
}

/// What became of one session, in the words of the JSON contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is consolidated.
    Done,
    /// It had been before.
    Already,
    /// It would be.
    Planned,
    /// A person has to choose.
    Ambiguous,
    /// It is not as it was read, as this sentence says.
    Changed(String),
    /// It is not there any more.
    Gone,
    /// The record that was to stay is not active.
    NotActive,
    /// The GUID of the record that was to stay does not work, as this sentence says.
    NotWorking(String),
    /// The connection was lost after COMMIT was sent, and could not be settled.
    Unknown,
}

impl Fate {
    /// Gives the word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done => "consolidated",
            Self::Already => "already",
            Self::Planned => "planned",
            Self::Ambiguous => "ambiguous",
            Self::Changed(_) => "changed",
            Self::Gone => "gone",
            Self::NotActive => "not_active",
            Self::NotWorking(_) => "not_working",
            Self::Unknown => "unknown",
        }
    }

    /// Tells whether the session still has what a person must look at.
    #[must_use]
    pub fn is_left(&self) -> bool {
        match self {
            Self::Done | Self::Already | Self::Planned => false,
            Self::Ambiguous | Self::Changed(_) | Self::Gone | Self::NotActive | Self::NotWorking(_) | Self::Unknown => {
                true
            }
        }
    }

    /// Says why it was left; `None` where it was not.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Ambiguous => Some("two records were used close to each other: name the one that stays"),
            Self::Changed(why) | Self::NotWorking(why) => Some(why),
            Self::Gone => Some("the session is not there any more"),
            Self::NotActive => Some("the record that was to stay is not active"),
            Self::Unknown => Some("the connection was lost during the commit"),
            Self::Done | Self::Already | Self::Planned => None,
        }
    }
}

/// One session, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEnd {
    /// The session.
    pub session: SessionId,
    /// The record that stays; `None` where that is not decided.
    pub kept: Option<HostRecordId>,
    /// The records that are retired, or would be.
    pub retired: Vec<HostRecordId>,
    /// The name of the attempt, where there was one.
    pub event: Option<EventId>,
    /// What became of it.
    pub fate: Fate,
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
            Consolidated::NotWorking(why) => (Vec::new(), None, Fate::NotWorking(why)),
            Consolidated::Unknown(event) => (Vec::new(), Some(event), Fate::Unknown),
        };
        // Of a session that was left nobody knows which record stays.
        let kept = (!fate.is_left() || fate == Fate::Unknown).then_some(decision.keep);
        Self { session: decision.session, kept, retired, event, fate }
    }
}

/// What carrying decisions out came to, as far as it went.
#[derive(Debug, Default)]
pub struct CleanedUp {
    /// What became of each session that was come to, in their order.
    pub ends: Vec<SessionEnd>,
    /// What stood in the way of the next one: not the session, but the database.
    pub error: Option<StoreError>,
}

impl CleanedUp {
    /// Takes an end in; tells whether the next one may follow: after an unknown outcome none does.
    fn takes(&mut self, end: Result<SessionEnd, StoreError>) -> bool {
        match end {
            Ok(end) => {
                let is_known = end.fate != Fate::Unknown;
                self.ends.push(end);
                is_known
            }
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }
}

impl Provisioner {
    /// Carries a plan out, session by session; what is undecided, and what changed meanwhile, is left as it is. `ended`
    /// hears of each and may break off before the next; `cancel` rolls back the one that is under way, too.
    pub async fn clean_up(
        &self,
        planned: &[Planned],
        mandate: &Mandate,
        tell: Tell<'_>,
        ended: &mut (dyn FnMut(&SessionEnd) -> ControlFlow<()> + Send),
        cancel: &CancellationToken,
    ) -> CleanedUp {
        let mut done = CleanedUp::default();
        for planned in planned {
            let end = match planned {
                Planned::Undecided(session) => Ok(SessionEnd::left(*session)),
                Planned::Decided(_) if cancel.is_cancelled() => Err(StoreError::Cancelled),
                Planned::Decided(decision) => {
                    // A panic is an error like any other: what is done before it is to be told.
                    let work = AssertUnwindSafe(self.clean_up_one(decision, mandate, tell, cancel)).catch_unwind();
                    work.await.unwrap_or(Err(StoreError::Internal))
                }
            };
            let breaks_off = end.as_ref().is_ok_and(|end| ended(end).is_break());
            if !done.takes(end) || breaks_off {
                break;
            }
        }
        done
    }

    async fn clean_up_one(
        &self,
        decision: &Decision,
        mandate: &Mandate,
        tell: Tell<'_>,
        cancel: &CancellationToken,
    ) -> Result<SessionEnd, StoreError> {
        drill::at(Step::BeginSession)?;
        let became = self.consolidate(decision, mandate, tell, cancel).await?;
        Ok(SessionEnd::of(decision, became))
    }

    /// Tells what carrying a plan out would come to; changes nothing.
    pub async fn rehearse_all(&self, planned: &[Planned], mandate: &Mandate) -> CleanedUp {
        let mut done = CleanedUp::default();
        for planned in planned {
            let end = match planned {
                Planned::Undecided(session) => Ok(SessionEnd::left(*session)),
                Planned::Decided(decision) => {
                    let would = self.rehearse(decision, mandate).await;
                    would.map(|would| SessionEnd::of(decision, would))
                }
            };
            if !done.takes(end) {
                break;
            }
        }
        done
    }
}
