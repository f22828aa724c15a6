//! What a dry run prints: the plan.

use serde_json::Value;

use super::output::{Grid, Report};
use super::receipt::{COLUMNS, Created, SCHEMA_VERSION, numbers};
use super::table::fields;
use super::view::{time, to_json};
use crate::domain::plan::{Plan, RecordWrite};
use crate::domain::request::Request;
use crate::provision::{Preview, describe};

/// What a dry run prints.
pub(super) struct PlanReport {
    seen: Preview,
    request: Request,
}

impl PlanReport {
    pub(super) fn new(seen: Preview, request: &Request) -> Self {
        Self { seen, request: request.clone() }
    }

    fn view(&self) -> Created<'_> {
        let plan: &Plan = &self.seen.plan;
        Created {
            schema_version: SCHEMA_VERSION,
            outcome: "planned",
            session_id: plan.session.get(),
            host_session_id: match plan.write {
                RecordWrite::Update { id, .. } | RecordWrite::Keep { id, .. } => Some(id.get()),
                RecordWrite::Insert | RecordWrite::Nothing => None,
            },
            host_guid: None,
            fingerprint: None,
            previous_fingerprint: plan.previous_fingerprint().map(|fingerprint| fingerprint.short()),
            retired: numbers(&plan.retired_ids()),
            created_at: None,
            created_by: self.request.by.as_str(),
            expires_at: time(plan.expires_at),
            event_id: None,
        }
    }
}

impl Report for PlanReport {
    fn json(&self) -> Value {
        to_json(&self.view())
    }

    fn grid(&self) -> Grid {
        Grid { columns: COLUMNS, rows: vec![self.view().row()] }
    }

    fn text(&self, _: Option<u16>) -> String {
        let session = &self.seen.session;
        let title = session.title.clone().unwrap_or_else(|| "without a title".to_owned());
        let lines = describe(&self.seen.plan, session, &|at| at.to_string());
        let heading = format!("Session {}", session.id);
        let mut pairs = vec![(heading.as_str(), title)];
        pairs.extend(lines.iter().map(|line| (line.label.as_str(), line.text.clone())));
        pairs.push(("By", self.request.by.to_string()));
        pairs.extend(self.request.reason.as_ref().map(|reason| ("Reason", reason.shown())));
        fields(&pairs)
    }
}
