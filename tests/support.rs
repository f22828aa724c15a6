//! What several tests need: databases, requests, clocks.

pub(crate) mod between;
pub(crate) mod database;
pub(crate) mod fixtures;
pub(crate) mod requests;
pub(crate) mod world;
