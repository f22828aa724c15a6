//! The clock by which a database judges: the server's if there is a server, else this machine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;

use crate::domain::time::{Clock, SystemClock, Timestamp};

/// A clock that a test brought along, or this machine's, set by the server's whenever that one was read.
pub(super) struct StoreClock {
    given: Option<Arc<dyn Clock>>,
    ahead_micros: AtomicI64,
}

impl StoreClock {
    pub(super) fn new(given: Option<Arc<dyn Clock>>) -> Self {
        Self { given, ahead_micros: AtomicI64::new(0) }
    }

    /// Takes over what the server's clock shows at this moment; gives the instant that counts.
    pub(super) fn set(&self, server: Option<Timestamp>) -> Timestamp {
        if let (Some(server), None) = (server, &self.given) {
            let ahead = server.utc() - SystemClock.now().utc();
            self.ahead_micros.store(ahead.num_microseconds().unwrap_or(0), Ordering::Relaxed);
            return server;
        }
        self.now()
    }
}

impl Clock for StoreClock {
    fn now(&self) -> Timestamp {
        if let Some(clock) = &self.given {
            return clock.now();
        }
        let ahead = TimeDelta::microseconds(self.ahead_micros.load(Ordering::Relaxed));
        Timestamp::new(SystemClock.now().utc() + ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            noon()
        }
    }

    fn noon() -> Timestamp {
        Timestamp::parse_fixed_width("2030-01-01T12:00:00.000000Z").unwrap()
    }

    #[test]
    fn the_servers_clock_counts_and_goes_on_from_there() {
        let clock = StoreClock::new(None);
        assert!(clock.now() < noon());
        assert_eq!(clock.set(Some(noon())), noon());
        let later = clock.now();
        assert!(later >= noon() && later.seconds_since(noon()) < 60, "{later}");
        clock.set(None);
        assert!(clock.now() >= noon(), "no server, no news");
    }

    #[test]
    fn a_clock_that_was_brought_along_is_the_only_one() {
        let clock = StoreClock::new(Some(Arc::new(Noon)));
        assert_eq!((clock.set(Some(SystemClock.now())), clock.now()), (noon(), noon()));
    }
}
