//! All integration tests, in one binary: each file of this folder is a module here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod apply;
mod audit_chain;
mod audit_format;
mod audit_records;
mod demo;
mod expectations;
mod layering;
mod migration_refusals;
mod migrations;
mod model;
mod plan_model;
mod plan_table;
mod record_state;
mod schema_guards;
mod store_contract;
mod support;
mod tui_pty;
mod tui_pty_database;
mod tui_pty_paste;
mod tui_pty_running;
mod tui_pty_secrets;
mod tui_pty_sizes;
mod tui_pty_terminal;
mod world;
