//! Which sessions a list shows, and in which order.

use crate::domain::order::{Order, Place};
use crate::domain::session::SessionId;

pub use crate::domain::filter::Filter as SessionFilter;

/// Where a page begins. Pages go by key, so a deep page costs no more than the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// The first sessions.
    First,
    /// The last sessions.
    Last,
    /// The sessions after this place.
    After(Place),
    /// The sessions right before this place.
    Before(Place),
    /// This session and those after it, whether or not it matches the filter. Where it is not there: the sessions
    /// after its id in the order of ids, else the first.
    From(SessionId),
}

/// One page of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionQuery {
    /// Which sessions.
    pub filter: SessionFilter,
    /// In which order.
    pub order: Order,
    /// From where.
    pub page: Page,
    /// At most so many.
    pub limit: u32,
}
