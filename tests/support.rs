//! What several tests need: databases, requests, clocks.

pub(crate) mod database;
pub(crate) mod desk;
pub(crate) mod fixtures;
pub(crate) mod pty;
pub(crate) mod requests;
pub(crate) mod world;
