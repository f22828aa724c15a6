//! What several tests need: databases, requests, clocks, the program itself.

pub(crate) mod between;
pub(crate) mod database;
pub(crate) mod fixtures;
pub(crate) mod program;
pub(crate) mod requests;
pub(crate) mod world;
