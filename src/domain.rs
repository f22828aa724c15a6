//! The rule itself: pure values and functions, without I/O of any kind.
//!
//! Everything that the program decides is decided here. The other layers read
//! the world, call [`plan::plan`], and carry out or show what it says.

pub mod actor;
pub mod audit;
mod body_text;
pub mod chain;
pub mod consolidation;
pub mod estimate;
pub mod event_id;
pub mod expected;
pub mod expiry;
pub mod filter;
pub mod guid;
pub mod hash;
pub mod host_record;
pub mod id;
pub mod import;
mod lent;
pub mod order;
pub mod overview;
pub mod plan;
pub mod reason;
pub mod request;
pub mod sanitize;
pub mod search;
pub mod secret;
pub mod session;
pub mod session_set;
pub mod snapshot;
pub mod time;
