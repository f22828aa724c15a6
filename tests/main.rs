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
mod tui_fuzz;
mod tui_render_dialogs;
mod tui_render_main;
mod tui_style;
mod tui_update_confirm;
mod tui_update_filter;
mod tui_update_jobs;
mod tui_update_list;
mod tui_update_paging;
mod tui_update_reason;
mod tui_update_rest;
mod tui_update_reveal;
mod world;
