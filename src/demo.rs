//! A world to try: the invented rows of [`crate::store::demo`], and a history that this program made of some of them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::domain::actor::{Actor, Origin};
use crate::domain::expected::Expected;
use crate::domain::expiry::Expiry;
use crate::domain::hash::{HashScheme, Hasher};
use crate::domain::reason::RotationReason;
use crate::domain::request::{Action, Request};
use crate::domain::session::SessionId;
use crate::domain::time::{Clock, Timestamp};
use crate::provision::Provisioner;
use crate::store::{self, StoreError};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// A month, as `30d` means it.
const MONTH: Expiry = Expiry::After(Duration::from_hours(30 * 24));

/// What people did before you came: minutes ago, session, action, name, operating system's user, reason.
const STORY: [(i64, i64, Action, &str, &str, &str); 12] = [
    (9 * DAY, 1, Action::Provision(Expiry::Never), "Host Manager", "h.manager", "first host of the series"),
    (5 * DAY + 7 * HOUR, 1, Action::Provision(Expiry::Never), "R. Sato", "r.sato", "suspected leak"),
    (4 * DAY, 7, Action::Provision(Expiry::Never), "Security Team", "m.keller", "suspected compromise: link in a chat"),
    (3 * DAY + 2 * HOUR, 1, Action::Provision(Expiry::Never), "Host Manager", "h.manager", "host changed"),
    (2 * DAY + 5 * HOUR, 5, Action::Provision(MONTH), "R. Sato", "r.sato", "تغيير المضيف"),
    (2 * DAY, 11, Action::Provision(Expiry::Never), "Host Manager", "h.manager", ""),
    (26 * HOUR, 6, Action::ForceNew(MONTH), "M. Keller", "m.keller", "lost GUID"),
    (20 * HOUR, 16, Action::Revoke, "Security Team", "m.keller", "session cancelled"),
    (5 * HOUR, 13, Action::Provision(Expiry::Never), "Host Manager", "h.manager", "\u{1b}[31mred\u{1b}[0m reason"),
    (3 * HOUR, 23, Action::Provision(MONTH), "Host Manager", "h.manager", "the class takes place after all"),
    (50, 18, Action::Provision(Expiry::Never), "R. Sato", "r.sato", "=SUM(A1:A9) scheduled rotation"),
    (21, 15, Action::Provision(Expiry::Never), "Security Team", "m.keller", "suspected compromise"),
];

/// When hosts logged in since then: minutes ago, session.
const LOGINS: [(i64, i64); 4] = [(11, 1), (94, 5), (20, 7), (15, 15)];

/// Makes a new file with so many invented sessions and, where they are among them, a history. The GUIDs of the
/// history are dropped: rotate to get one that works.
///
/// # Errors
/// [`StoreError`], also where a file is there already.
pub async fn world(path: &Path, sessions: u32, clock: Arc<dyn Clock>) -> Result<(), StoreError> {
    store::demo::build(path, sessions, &*clock).await?;
    let past = Arc::new(Past { now: clock.now(), minutes: AtomicI64::new(0) });
    let hasher = Hasher::new(HashScheme::Sha256, None, None, None).map_err(told_wrong)?;
    let store = store::connect(store::demo::settings(path), Some(Arc::<Past>::clone(&past))).await?;
    let provisioner = Provisioner::new(store, hasher);
    for (minutes, id, action, by, os_user, reason) in STORY {
        let Some(session) = SessionId::new(id).filter(|_| id <= i64::from(sessions)) else {
            continue;
        };
        past.minutes.store(minutes, Ordering::Relaxed);
        let client = concat!("bastion2 host-provisioner/", env!("CARGO_PKG_VERSION")).to_owned();
        let request = Request {
            session,
            action,
            by: Actor::parse(by).map_err(told_wrong)?,
            reason: (!reason.is_empty()).then(|| RotationReason::parse(reason)).transpose().map_err(told_wrong)?,
            origin: Origin { os_user: os_user.to_owned(), client },
        };
        provisioner.change(&request, &Expected::Anything, &|_| (), &CancellationToken::new()).await?;
    }
    provisioner.store().close().await;
    let logins = LOGINS.iter().filter(|(_, id)| *id <= i64::from(sessions));
    let logins: Vec<_> = logins.filter_map(|(minutes, id)| Some((SessionId::new(*id)?, past.ago(*minutes)))).collect();
    store::demo::log_in(path, &logins).await
}

fn told_wrong(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed { what: error.to_string() }
}

/// A clock that stands still, some minutes ago.
struct Past {
    now: Timestamp,
    minutes: AtomicI64,
}

impl Past {
    fn ago(&self, minutes: i64) -> Timestamp {
        Timestamp::new(self.now.utc() - TimeDelta::minutes(minutes))
    }
}

impl Clock for Past {
    fn now(&self) -> Timestamp {
        self.ago(self.minutes.load(Ordering::Relaxed))
    }
}
