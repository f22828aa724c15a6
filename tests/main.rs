//! All integration tests, in one binary: each file of this folder is a module here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod apply;
mod concurrency;
mod demo;
mod migration_refusals;
mod migrations;
mod rollback;
mod rotation_schemes;
mod schema_guards;
mod store_contract;
mod support;
