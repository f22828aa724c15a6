//! The one integration binary: a file of this folder that is not listed here is not run.

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
