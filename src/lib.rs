//! Host Provisioner: exactly one active Host GUID per online session.
pub mod demo;
pub mod domain;
pub mod provision;
pub mod store;
pub mod tui;
