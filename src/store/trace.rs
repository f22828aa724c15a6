//! What a transaction leaves behind, by which a COMMIT whose answer was lost is found out about.

use std::time::Duration;

use super::backend::{Backend, statement};
use super::connections::{Connections, Lease};
use super::deadline::Deadline;
use super::error::StoreError;
use super::standing::{self, ReadOnly};
use super::{apply, import, migration, snapshot, sql};
use crate::domain::event_id::EventId;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::drill::{self, Step};

/// What settling has beyond the deadline.
const SETTLING_TIME: Duration = Duration::from_secs(1);

/// Between two questions to a database that does not answer.
const PAUSE: Duration = Duration::from_millis(100);

/// What one look has at least.
const LEAST: Duration = Duration::from_secs(1);

/// What is there if, and only if, a transaction was committed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trace<'a> {
    /// An entry in the history of a session.
    Event(SessionId, EventId),
    /// An entry that an import appended, among others.
    Imported(SessionId, EventId),
    /// A session, and its group.
    Session(SessionId, &'a str),
    /// The instant at which a host last logged in with a record, or a later one.
    Touched(SessionId, HostRecordId, Timestamp),
    /// A database that is up to date.
    Migrated,
}

/// How a COMMIT ended that was not acknowledged.
pub(super) enum Lost {
    /// It did not get through, for this reason.
    NotCommitted(StoreError),
    /// Nobody answers.
    Unknown,
}

impl Trace<'_> {
    /// Sends COMMIT and waits for its end, which nothing may cancel. It was committed unless it is said to be lost.
    pub(super) async fn commit<B: Backend>(
        self,
        connections: &Connections<B>,
        mut lease: Lease<B>,
        deadline: &Deadline,
    ) -> Result<(), Lost> {
        let commit = async {
            drill::at(Step::SendCommit)?;
            statement::<B>(sql::COMMIT).run(&mut lease.connection).await?;
            Ok(drill::at(Step::HearCommit)?)
        };
        match deadline.run(commit).await.and_then(|inner| inner) {
            Ok(()) => {
                connections.take_back(lease);
                Ok(())
            }
            Err(error) => self.look_up(connections, lease, error, deadline).await,
        }
    }

    /// Looks what became of a COMMIT that ended with this error, for a little longer than the deadline, or than the
    /// time-out where a COMMIT may take longer than that.
    pub(super) async fn look_up<B: Backend>(
        self,
        connections: &Connections<B>,
        lease: Lease<B>,
        error: StoreError,
        deadline: &Deadline,
    ) -> Result<(), Lost> {
        // The connection may still hold the transaction; whoever looks waits for its lock.
        lease.close().await;
        let deadline = deadline.at_most(connections.settings().timeout).longer_by(SETTLING_TIME);
        match self.settle(connections, &deadline).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Lost::NotCommitted(error)),
            Err(_) => Err(Lost::Unknown),
        }
    }

    /// Looks until the database answers or there is no time left; tells whether the transaction was committed.
    pub(super) async fn settle<B: Backend>(
        self,
        connections: &Connections<B>,
        deadline: &Deadline,
    ) -> Result<bool, StoreError> {
        loop {
            // A connection that was swallowed stays so, and the network may be back.
            let end = self.look::<B>(connections, &deadline.half(LEAST)).await;
            match before_next(deadline.left()).filter(|_| end.is_err()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return end,
            }
        }
    }

    /// Looks under the lock of the transaction, so that it is not in flight.
    async fn look<B: Backend>(self, connections: &Connections<B>, deadline: &Deadline) -> Result<bool, StoreError> {
        let mut lease = connections.open_unchecked(deadline).await?;
        let found = deadline.run(self.find::<B>(&mut lease.connection, deadline)).await.and_then(|inner| inner);
        match &found {
            Ok(_) => lease.roll_back().await,
            Err(error) => connections.give_up(lease, error).await,
        }
        found
    }

    async fn find<B: Backend>(self, connection: &mut B::Connection, deadline: &Deadline) -> Result<bool, StoreError> {
        // A standby lags behind, and a name that moves to another server may lead to one: it cannot say that it was not.
        if standing::read::<B>(connection).await?.obstacle == Some(ReadOnly::Standby) {
            return Err(StoreError::ReadOnly(ReadOnly::Standby));
        }
        match self {
            Self::Event(session, event) => {
                apply::begin_write::<B>(connection, session, deadline).await?;
                let query = statement::<B>(sql::EVENT_EXISTS).with(event.to_string()).with(session.get());
                Ok(!query.rows(connection).await?.is_empty())
            }
            Self::Imported(session, event) => {
                import::hold::<B>(connection).await?;
                let query = statement::<B>(sql::EVENT_EXISTS).with(event.to_string()).with(session.get());
                Ok(!query.rows(connection).await?.is_empty())
            }
            Self::Session(session, group) => {
                apply::begin_write::<B>(connection, session, deadline).await?;
                let found = snapshot::session::<B>(connection, session).await?;
                Ok(found.is_some_and(|found| found.group_id.eq_ignore_ascii_case(group)))
            }
            Self::Touched(session, id, at) => {
                apply::begin_write::<B>(connection, session, deadline).await?;
                let records = snapshot::records::<B>(connection, session).await?;
                Ok(records.iter().any(|record| record.id == id && record.last_used_at >= Some(at)))
            }
            Self::Migrated => migration::is_done::<B>(connection).await,
        }
    }
}

/// Gives the pause before another look, if there is time for both.
fn before_next(left: Duration) -> Option<Duration> {
    (left > PAUSE).then_some(PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_look_is_taken_while_there_is_time_for_more_than_the_pause_before_it() {
        let millis = Duration::from_millis;
        assert_eq!([millis(99), millis(100), millis(101)].map(before_next), [None, None, Some(millis(100))]);
    }
}
