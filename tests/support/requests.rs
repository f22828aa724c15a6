//! Requests, GUIDs and clocks for tests.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use host_provisioner::domain::actor::{Actor, Origin};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::expiry::Expiry;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::domain::host_record::{HostRecordId, StoredHash};
use host_provisioner::domain::reason::RotationReason;
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::secret::Secret;
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::{Clock, Timestamp};
use host_provisioner::provision::{Provisioned, Provisioner};
use host_provisioner::store::{Applied, Change, Credential, Store, StoreError};
use tokio_util::sync::CancellationToken;

pub(crate) const PROVISION: Action = Action::Provision(Expiry::Never);
pub(crate) const FORCE_NEW: Action = Action::ForceNew(Expiry::Never);

pub(crate) fn session(id: i64) -> SessionId {
    SessionId::new(id).unwrap()
}

pub(crate) fn record(id: i64) -> HostRecordId {
    HostRecordId::new(id).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse_fixed_width(text).unwrap()
}

/// A request as the command line would make it.
pub(crate) fn request(id: i64, action: Action) -> Request {
    request_by(id, action, "M. Keller")
}

pub(crate) fn request_by(id: i64, action: Action, by: &str) -> Request {
    Request {
        session: session(id),
        action,
        by: Actor::parse(by).unwrap(),
        reason: Some(RotationReason::parse("scheduled rotation").unwrap()),
        origin: Origin { os_user: "m.keller".to_owned(), client: "bastion2 host-provisioner/0".to_owned() },
    }
}

/// Accepts the default scheme and the web application's, without a key.
pub(crate) fn hasher(writes: HashScheme) -> Hasher {
    let secret = Secret::new(b"example-application-secret-42".to_vec());
    Hasher::new(writes, None, None, Some(secret)).unwrap()
}

pub(crate) fn provisioner(store: &Arc<dyn Store>) -> Provisioner {
    Provisioner::new(Arc::clone(store), hasher(HashScheme::Sha256))
}

/// Carries a request out, told to nobody and not to be cancelled.
pub(crate) async fn change(
    provisioner: &Provisioner,
    request: &Request,
    expected: &Expected,
) -> Result<Provisioned, StoreError> {
    provisioner.change(request, expected, &|_| (), &CancellationToken::new()).await
}

/// Applies a change under this name as `provision` does, but with a hash whose GUID nobody needs.
pub(crate) async fn apply_as(
    event: EventId,
    store: &dyn Store,
    request: &Request,
    hash: &str,
) -> Result<Applied, StoreError> {
    let hash = StoredHash::new(hash.to_owned());
    let opens = |stored: &StoredHash| *stored == hash;
    let change = Change {
        request,
        expected: &Expected::Anything,
        credential: request.action.makes_guid().then_some(Credential { hash: &hash, opens: &opens }),
        event,
        planned: &|_| (),
        cancel: &CancellationToken::new(),
    };
    store.apply(&change).await
}

/// Rotates or creates, and gives the GUID.
pub(crate) async fn provision(provisioner: &Provisioner, id: i64) -> HostGuid {
    change(provisioner, &request(id, PROVISION), &Expected::Anything).await.unwrap().guid.unwrap()
}

/// Tells whether a GUID opens the session.
pub(crate) async fn opens(provisioner: &Provisioner, id: i64, guid: &HostGuid) -> bool {
    provisioner.verify(session(id), guid).await.unwrap().opened.is_some()
}

/// A clock that a test sets.
pub(crate) struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub(crate) fn at(text: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(at(text))))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = Timestamp::new(now.utc() + TimeDelta::seconds(seconds));
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}
