//! `audit verify`: is the history as it was written, and are the records as the history left them?

use clap::Subcommand;
use serde_json::{Value, json};

use super::output::{self, Grid, Report};
use super::table::fields;
use super::{Context, Exit, Failure};
use crate::domain::audit::Damage;
use crate::provision::AuditReport;

/// Subcommands of `audit`.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Recomputes every chain of the history and compares the records with it
    ///
    /// Finds entries that were changed, removed from the middle, moved or copied, and records that were changed from
    /// outside. A chain alone cannot show that its newest entries were cut off and the record put back with them.
    Verify,
}

/// Verifies everything.
///
/// # Errors
/// Damage, or what the store or stdout says.
pub async fn verify(context: &Context<'_>) -> Result<(), Failure> {
    let report = context.provisioner.verify_audit().await?;
    let damaged = report.damage.len();
    output::print(report, context.style.format).await?;
    match damaged {
        0 => Ok(()),
        1 => Err(damage("1 thing is not as the history left it".to_owned())),
        count => Err(damage(format!("{count} things are not as the history left them"))),
    }
}

fn damage(message: String) -> Failure {
    Failure::new(Exit::Rejected, "audit_damaged", message)
        .hint("somebody changed the database past this program; compare with a backup")
}

impl Report for AuditReport {
    fn json(&self) -> Value {
        let damage = |damage: &Damage| {
            let Damage { session, seq, host_session, what } = damage;
            json!({"session_id": session, "seq": seq, "host_session_id": host_session, "what": what})
        };
        json!({
            "sessions": self.sessions,
            "entries": self.entries,
            "unaudited": self.unaudited,
            "session_deleted": self.session_deleted,
            "damage": self.damage.iter().map(damage).collect::<Vec<_>>(),
        })
    }

    /// One row for each damage.
    fn grid(&self) -> Grid {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let row = |damage: &Damage| {
            vec![damage.session.to_string(), number(damage.seq), number(damage.host_session), damage.what.clone()]
        };
        Grid { columns: &["session_id", "seq", "host_session_id", "what"], rows: self.damage.iter().map(row).collect() }
    }

    fn text(&self, _: Option<u16>) -> String {
        let mut text = output::lines(&self.damage);
        text.push_str(&fields(&[
            ("Sessions", self.sessions.to_string()),
            ("Entries", self.entries.to_string()),
            ("Unaudited", self.unaudited.to_string()),
            ("Session deleted", self.session_deleted.to_string()),
            ("Damage", self.damage.len().to_string()),
        ]));
        text
    }
}
