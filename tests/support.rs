//! What several tests need: databases, requests, clocks, the program itself, the console with and without a terminal.

pub(crate) mod authority;
pub(crate) mod bash;
pub(crate) mod between;
pub(crate) mod canned;
pub(crate) mod cluster;
pub(crate) mod confined;
pub(crate) mod console;
pub(crate) mod database;
pub(crate) mod desk;
pub(crate) mod draw;
pub(crate) mod drawn;
pub(crate) mod fixtures;
pub(crate) mod outside;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod pty;
pub(crate) mod requests;
pub(crate) mod roles;
pub(crate) mod site;
pub(crate) mod tmux;
pub(crate) mod wire;
pub(crate) mod world;
