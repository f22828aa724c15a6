//! Host Provisioner.
pub mod domain;
