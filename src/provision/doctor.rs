//! Looks at a database step by step, up to the first that fails, and at what its rows need.

use crate::domain::hash::{HashScheme, Hasher};
use crate::store::{self, Census, Finding, HashForm, Rollout, Settings, StoreError};

const COUNT_ON: &str = "more than could be counted in time: wait longer with --timeout";

/// What was found.
#[derive(Debug)]
pub struct Diagnosis {
    /// Engine and database.
    pub database: String,
    /// Every step, in order.
    pub steps: Vec<StepReport>,
}

/// One step and how it ended.
#[derive(Debug)]
pub struct StepReport {
    /// Its name in JSON.
    pub step: &'static str,
    /// How it ended.
    pub state: StepState,
}

/// How a step ended.
#[derive(Debug)]
pub enum StepState {
    /// Well, or at least without an error.
    Passed(Finding),
    /// With an error, which ends the examination.
    Failed(StoreError),
    /// It was not come to.
    NotTried,
}

impl Diagnosis {
    /// Takes the error that ended the examination, if one did.
    #[must_use]
    pub fn failure(&self) -> Option<(&'static str, &StoreError)> {
        self.steps.iter().find_map(|report| match &report.state {
            StepState::Failed(error) => Some((report.step, error)),
            StepState::Passed(_) | StepState::NotTried => None,
        })
    }
}

impl From<Result<Finding, StoreError>> for StepState {
    fn from(end: Result<Finding, StoreError>) -> Self {
        end.map_or_else(Self::Failed, Self::Passed)
    }
}

/// Examines the database of the settings, and whether these hash settings fit its rows. Nothing is changed.
pub async fn diagnose(settings: &Settings, hasher: &Hasher) -> Diagnosis {
    let mut diagnosis = Diagnosis { database: settings.target.name(), steps: Vec::new() };
    let mut examination = store::examine(settings.clone());
    let mut failed = false;
    for step in examination.steps() {
        let state = if failed { StepState::NotTried } else { examination.take(*step).await.into() };
        failed |= matches!(state, StepState::Failed(_));
        diagnosis.steps.push(StepReport { step: step.name(), state });
    }
    let mut rows = [const { StepState::NotTried }; 4];
    if !failed {
        match examination.count().await {
            Ok(census) => {
                let of_rows = [duplicates(&census), schemes(&census, hasher.writes()), keys(&census, hasher)];
                let phase = examination.rollout().await.map(|rollout| phase(&census, &rollout)).into();
                let [duplicates, schemes, keys] = of_rows.map(StepState::Passed);
                rows = [duplicates, schemes, keys, phase];
            }
            Err(error) => rows[0] = StepState::Failed(error),
        }
    }
    examination.close().await;
    let names = ["duplicates", "schemes", "hash_key", "rollout"];
    diagnosis.steps.extend(names.into_iter().zip(rows).map(|(step, state)| StepReport { step, state }));
    diagnosis
}

fn finding(detail: String, concerns: &[String]) -> Finding {
    Finding { detail, concern: (!concerns.is_empty()).then(|| concerns.join("; ")) }
}

fn duplicates(census: &Census) -> Finding {
    let (left, active) = (census.duplicates, census.forms.iter().map(|form| form.records).sum::<u64>());
    let mut concerns = Vec::new();
    if left > 0 {
        concerns.push("`duplicates` shows them, `consolidate` leaves each session one; so does rotating it".to_owned());
    }
    if census.cut_short {
        concerns.push(COUNT_ON.to_owned());
    }
    let more = if census.cut_short { "more than " } else { "" };
    let more_left = if left > 0 { more } else { "" };
    finding(format!("{more_left}{left} left by the old tool, of {more}{active} active records"), &concerns)
}

/// Counts by scheme. Where the web application's own form is in use, it meets the other forms, and cannot read them.
fn schemes(census: &Census, writes: HashScheme) -> Finding {
    let count = |scheme: Option<HashScheme>| {
        let of_it = census.forms.iter().filter(|form| HashScheme::of(&form.sample) == scheme);
        of_it.map(|form| form.records).sum::<u64>()
    };
    let (legacy, unknown) = (count(Some(HashScheme::Legacy)), count(None));
    let known = HashScheme::ALL.map(|scheme| (count(Some(scheme)), scheme.name()));
    let others = known.iter().map(|(records, _)| records).sum::<u64>() - legacy;
    let shown = known.into_iter().chain([(unknown, "of no known form")]).filter(|(records, _)| *records > 0);
    let more = if census.cut_short { "more than " } else { "" };
    let shown: Vec<String> = shown.map(|(records, name)| format!("{more}{records} {name}")).collect();
    let mut concerns = Vec::new();
    if legacy > 0 && others > 0 {
        concerns.push(format!("today's web application reads legacy alone: {others} of these it cannot verify"));
    }
    if legacy > 0 && writes != HashScheme::Legacy {
        let name = writes.name();
        concerns.push(format!("new hashes are {name} (--hash-write), which today's web application cannot verify"));
    }
    if unknown > 0 {
        concerns.push("another program wrote what has no known form, and no GUID opens it".to_owned());
    }
    finding(if shown.is_empty() { "no active record".to_owned() } else { shown.join(", ") }, &concerns)
}

/// Finds the active records that these settings cannot verify.
fn keys(census: &Census, hasher: &Hasher) -> Finding {
    let closed =
        census.forms.iter().filter(|form| HashScheme::of(&form.sample).is_some() && !hasher.can_check(&form.sample));
    let (details, mut concerns): (Vec<String>, Vec<String>) = closed.map(what_is_missing).unzip();
    concerns.dedup();
    if details.is_empty() {
        let told = "there is a secret for each form of hash; `verify` with a GUID tells whether it is the right one";
        return finding(told.to_owned(), &concerns);
    }
    finding(format!("cannot be verified: {}", details.join(", ")), &concerns)
}

/// Tells the phase of `docs/rollout.md`; the first has no database of ours yet.
fn phase(census: &Census, rollout: &Rollout) -> Finding {
    let left = census.duplicates;
    let phase = match (rollout.in_use, left, census.cut_short) {
        (false, ..) if rollout.cut_short => "phase 2: nothing but imports among the newest entries".to_owned(),
        (false, ..) => "phase 2: nothing was rotated here yet".to_owned(),
        (true, 0, false) => "phase 4 is done: in use, no duplicate left".to_owned(),
        (true, 0, true) => "phase 3 or 4: in use, not all duplicates counted".to_owned(),
        (true, _, false) => format!("phase 3: in use, {left} duplicates left"),
        (true, _, true) => format!("phase 3: in use, more than {left} duplicates left"),
    };
    let import = match rollout.last_import {
        Some(at) => format!("last import {}", at.whole_seconds()),
        None if rollout.cut_short => "no import among the newest entries".to_owned(),
        None => "no import".to_owned(),
    };
    finding(format!("{phase}; {import}"), &[])
}

fn what_is_missing(form: &HashForm) -> (String, String) {
    let HashForm { sample, records } = form;
    match HashScheme::of(sample) {
        Some(HashScheme::HmacSha256) => {
            let key = HashScheme::key_id(sample).unwrap_or_default();
            (format!("{records} under the key {key}"), "--hash-key-file names the file with the key".to_owned())
        }
        Some(HashScheme::Legacy) => {
            let hint = "--legacy-secret-file names the file with the web application's secret";
            (format!("{records} legacy"), hint.to_owned())
        }
        Some(HashScheme::Sha256) | None => (format!("{records} sha256"), "--hash-accept leaves it out".to_owned()),
    }
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
