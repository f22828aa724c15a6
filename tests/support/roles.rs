//! The roles of a shared database, as their file makes them, and logins that have them.

use std::process::Command;

use host_provisioner::store::{Settings, Target};
use sqlx::ConnectOptions as _;

use super::postgres::TestPg;
use super::program::{Ran, TestEnv, end_with_input};

/// The file that the owner of a database runs.
pub(crate) const FILE: &str = include_str!("../../assets/roles.postgres.sql");

/// A login without any role of ours.
pub(crate) const NOBODY: &str = "nobody";

const PASSWORD: &str = "a password of the tests";

/// A database whose roles have names of their own: roles belong to the whole server.
pub(crate) struct Roles {
    pub(crate) db: TestPg,
}

impl Roles {
    /// Makes the roles in a migrated database.
    pub(crate) async fn over(db: TestPg) -> Self {
        let roles = Self { db };
        roles.run_file().await;
        roles
    }

    /// Runs the file as the owner.
    pub(crate) async fn run_file(&self) {
        self.db.sql(&self.named(FILE)).await;
    }

    /// Puts this test's names in the place of the roles' own.
    pub(crate) fn named(&self, text: &str) -> String {
        text.replace("host_provisioner_", &format!("{}_", self.db.name))
    }

    /// Makes a login that has a role; gives its URL, which holds its password.
    pub(crate) async fn login(&self, role: &str) -> String {
        let name = self.login_name(role);
        let grant = if role == NOBODY { String::new() } else { format!("IN ROLE {}_{role}", self.db.name) };
        self.db.sql(&format!("CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {grant}")).await;
        self.db.server.clone().database(&self.db.name).username(&name).password(PASSWORD).to_url_lossy().to_string()
    }

    /// The name of the login that has a role.
    pub(crate) fn login_name(&self, role: &str) -> String {
        format!("{}_login_{role}", self.db.name)
    }
}

/// Opens the store's settings for a login.
pub(crate) fn settings_of(url: &str) -> Settings {
    Settings { target: Target::parse(url).unwrap(), timeout: std::time::Duration::from_secs(10), read_only: false }
}

/// Runs a command line, cut at blanks, on the database of a URL.
pub(crate) fn run_on(env: &TestEnv, url: &str, line: &str, stdin: &str) -> Ran {
    let mut command: Command = env.bare(line.split_whitespace());
    command.env("HOST_PROVISIONER_DATABASE_URL", url);
    end_with_input(command, stdin)
}
