//! The program `host-provisioner`.
fn main() {}
