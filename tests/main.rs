//! All integration tests, in one binary: each file of this folder is a module here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod apply;
mod audit_chain;
mod audit_format;
mod audit_records;
mod cli_create;
mod cli_delivery;
mod cli_journey;
mod cli_log;
mod cli_migrate;
mod cli_prompt;
mod cli_read;
mod cli_rivals;
mod cli_rotate_revoke;
mod cli_signals;
mod cli_unknown;
mod cli_usage;
mod cli_verify;
mod concurrency;
mod demo;
mod expectations;
mod layering;
mod migration_refusals;
mod migrations;
mod model;
mod plan_model;
mod plan_table;
mod record_state;
mod rollback;
mod rotation_schemes;
mod schema_guards;
mod store_contract;
mod support;
mod tui_render_main;
mod world;
