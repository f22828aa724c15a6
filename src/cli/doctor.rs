//! `doctor`: can this program work with the database from here, and if not, what is to be done?

use serde_json::{Value, json};

use super::output::{self, Format, Grid, Report};
use super::{Failure, table};
use crate::domain::hash::Hasher;
use crate::provision::{self, Diagnosis, StepReport, StepState};
use crate::store::{Settings, StoreError};

/// Examines a database; the exit code is that of the first step that fails.
///
/// # Errors
/// What that step says, or stdout.
pub async fn run(settings: &Settings, hasher: &Hasher, format: Format) -> Result<(), Failure> {
    let diagnosis = provision::diagnose(settings, hasher).await;
    let failure = diagnosis.failure().map(|(step, error)| told(step, error));
    output::print(diagnosis, format).await?;
    failure.map_or(Ok(()), Err)
}

/// Gives the failure of a step, with what helps at that step.
fn told(step: &str, error: &StoreError) -> Failure {
    let failure = Failure::from(error);
    let better = match (step, error) {
        ("resolve", _) => "is the host of the database URL right, and does this machine ask the right name server?",
        ("connect", _) => "is the server started, does it listen at that address, does every firewall let it through?",
        ("log_in", StoreError::Denied { .. }) => {
            "is the user right, the password (PGPASSFILE, HOST_PROVISIONER_DATABASE_URL, --database-url-file), and \
             does the server's pg_hba.conf let that user in from here?"
        }
        ("privileges", StoreError::Denied { .. }) => {
            "the owner of the database grants this user a role (assets/roles.postgres.sql)"
        }
        ("file" | "writable", StoreError::Denied { .. }) => {
            "give this user the file and its folder, or examine with --read-only"
        }
        _ => return failure,
    };
    failure.hint(better)
}

/// One step as it is shown: sign and word, what was found, what to do.
struct Line {
    sign: &'static str,
    state: &'static str,
    detail: Option<String>,
    hint: Option<String>,
}

impl From<&StepReport> for Line {
    fn from(report: &StepReport) -> Self {
        match &report.state {
            StepState::Passed(found) => {
                let (sign, state) = if found.concern.is_some() { ("!", "warning") } else { ("✓", "ok") };
                Self { sign, state, detail: Some(found.detail.clone()), hint: found.concern.clone() }
            }
            StepState::Failed(error) => {
                let Failure { message, hint, .. } = told(report.step, error);
                Self { sign: "✗", state: "failed", detail: Some(message), hint }
            }
            StepState::NotTried => Self { sign: "–", state: "not_tried", detail: None, hint: None },
        }
    }
}

impl Report for Diagnosis {
    fn json(&self) -> Value {
        let step = |report: &StepReport| {
            let Line { state, detail, hint, .. } = report.into();
            json!({"step": report.step, "state": state, "detail": detail, "hint": hint})
        };
        json!({
            "schema_version": 1,
            "database": self.database,
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
            "ok": self.failure().is_none(),
        })
    }

    fn grid(&self) -> Grid {
        let row = |report: &StepReport| {
            let Line { state, detail, hint, .. } = report.into();
            vec![report.step.to_owned(), state.to_owned(), detail.unwrap_or_default(), hint.unwrap_or_default()]
        };
        Grid { columns: &["step", "state", "detail", "hint"], rows: self.steps.iter().map(row).collect() }
    }

    fn text(&self, width: Option<u16>) -> String {
        let row = |report: &StepReport| {
            let Line { sign, state, detail, hint } = report.into();
            let words = |text: &str| text.replace('_', " ");
            vec![
                words(report.step),
                format!("{sign} {}", words(state)),
                detail.unwrap_or_default(),
                hint.unwrap_or_default(),
            ]
        };
        let rows = self.steps.iter().map(row).collect();
        format!("{}\n\n{}", self.database, table::table(&["STEP", "STATE", "FOUND", "TO DO"], rows, width))
    }
}
