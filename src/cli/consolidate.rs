//! `consolidate`: leaves each session one active record, by a plan that people can review, or one session at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgGroup, Args};

use super::change::{WhyArgs, named};
use super::confirmation::{self, Confirmation};
use super::duplicates::{CrowdedView, Listed, WithinArgs};
use super::{Context, Exit, Failure, output};
use crate::config::Profile;
use crate::domain::actor::Actor;
use crate::domain::host_record::HostRecordId;
use crate::domain::reason::RotationReason;
use crate::domain::sanitize::visible;
use crate::domain::session::SessionId;
use crate::provision::{Crowded, Mandate, Planned};
use crate::store::StoreError;

mod apply;
mod plan_file;
mod report;

use plan_file::{Heading, Plan, PlanWriter};
use report::PlanMade;

/// Arguments of `consolidate`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["plan", "apply", "session_id", "dry_run"])))]
pub(super) struct ConsolidateArgs {
    /// Writes what would be done, and why, for people to review; changes nothing
    #[arg(long, value_name = "FILE", conflicts_with = "apply")]
    plan: Option<PathBuf>,
    /// Does exactly what a plan says; a session that changed since is left as it is
    #[arg(long, value_name = "FILE|-")]
    apply: Option<PathBuf>,
    /// Only this session; without --plan and --apply it is consolidated at once
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    session_id: Option<SessionId>,
    /// The record that stays, whatever the rule says
    #[arg(long, value_name = "HOST_SESSION_ID", requires = "session_id", conflicts_with_all = ["plan", "apply"])]
    keep: Option<HostRecordId>,
    #[command(flatten)]
    within: WithinArgs,
    /// Shows what would be done, and changes nothing
    #[arg(long, conflicts_with = "plan")]
    dry_run: bool,
    #[command(flatten)]
    why: WhyArgs,
    /// Confirms the consolidation of one session in a protected profile, by its id; a plan confirms itself
    #[arg(long, value_name = "ID@PROFILE", requires = "session_id")]
    confirm: Option<Confirmation>,
}

#[derive(Debug)]
enum What {
    Plan(PathBuf),
    Apply(PathBuf),
    /// One session, without a file.
    Now(SessionId, Option<HostRecordId>),
    /// All sessions, looked at.
    Look,
}

/// A consolidation, ready to be planned or carried out.
#[derive(Debug)]
pub struct Consolidate {
    what: What,
    only: Option<SessionId>,
    within: Duration,
    dry_run: bool,
    by: Option<Actor>,
    reason: Option<RotationReason>,
    confirm: Option<Confirmation>,
    /// The protected profile that it works on, if it does.
    protected: Option<String>,
}

impl ConsolidateArgs {
    pub(super) fn job(self) -> Result<Consolidate, Failure> {
        let (by, reason) = self.why.read()?;
        if self.plan.as_deref() == Some(Path::new("-")) {
            return Err(Failure::refused("--plan", "a plan is written to a file: give its name, or ./- for that one"));
        }
        let what = match (self.plan, self.apply, self.session_id) {
            (Some(file), _, _) => What::Plan(file),
            (None, Some(file), _) => What::Apply(file),
            (None, None, Some(session)) => What::Now(session, self.keep),
            (None, None, None) => What::Look,
        };
        let within = self.within.ambiguous_within;
        let (only, dry_run, confirm) = (self.session_id, self.dry_run, self.confirm);
        Ok(Consolidate { what, only, within, dry_run, by, reason, confirm, protected: None })
    }
}

/// Reads a plan on a thread of its own: a pipe or a terminal may keep it waiting, and a signal ends that.
async fn read(file: PathBuf, context: &Context<'_>) -> Result<Plan, Failure> {
    let reading = tokio::task::spawn_blocking(move || plan_file::read(&file));
    tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err(Failure::interrupted()),
        read = reading => read.unwrap_or_else(|_| Err(Failure::internal("consolidation"))),
    }
}

impl Consolidate {
    /// Tells whether something may be changed, so that a signal must not drop the work.
    #[must_use]
    pub fn changes(&self) -> bool {
        !self.dry_run && matches!(self.what, What::Apply(_) | What::Now(..))
    }

    /// Refuses what a protected profile wants confirmed. A plan that was made there holds what was read, and so confirms
    /// itself.
    ///
    /// # Errors
    /// Exit code 8.
    pub fn check_confirmed(&mut self, profile: Option<&Profile>) -> Result<(), Failure> {
        self.protected = profile.filter(|profile| profile.protected).map(|profile| profile.name.clone());
        match self.what {
            What::Now(session, _) if !self.dry_run => {
                confirmation::check(profile, self.confirm.as_ref(), false, session.get())
            }
            What::Now(..) | What::Plan(_) | What::Apply(_) | What::Look => Ok(()),
        }
    }

    /// Looks at where a plan was made: a copy of a database, on which people rehearse, gives the same plan.
    fn check_made_here(&self, made_on: &str, context: &Context<'_>) -> Result<(), Failure> {
        let here = context.provisioner.store().name();
        if made_on == here {
            return Ok(());
        }
        let what = format!("the plan was made on {}, and this is {}", visible(made_on), visible(&here));
        if let Some(profile) = self.protected.as_ref().filter(|_| !self.dry_run) {
            let message = format!("{what}, in the protected profile {profile}; nothing was changed");
            let failure = Failure::new(Exit::NotConfirmed, "not_confirmed", message);
            return Err(failure.hint("make a plan here with `consolidate --plan FILE`, and review that"));
        }
        context.messages.note(&what);
        Ok(())
    }

    /// Plans it or carries it out.
    ///
    /// # Errors
    /// Exit code 3 where a session was left or skipped; whatever the files, the store or stdout say.
    pub async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
        let by = named(self.by.clone(), context)?;
        let mandate = Mandate { by, reason: self.reason.clone(), origin: context.origin.clone() };
        match &self.what {
            What::Plan(file) => self.plan(file, &mandate, context).await,
            What::Apply(file) => {
                let Plan { database, sessions: mut planned } = read(file.clone(), context).await?;
                self.check_made_here(&database, context)?;
                if let Some(only) = self.only {
                    planned.retain(|planned| planned.session() == only);
                    if planned.is_empty() {
                        let message = format!("session {only} is not in the plan; nothing was changed");
                        return Err(Failure::new(Exit::NotFound, "not_in_plan", message));
                    }
                }
                apply::run(planned, &mandate, self.dry_run, context).await
            }
            What::Now(session, keep) => {
                let planned = self.one(*session, *keep, &mandate, context).await?;
                apply::run(planned.into_iter().collect(), &mandate, self.dry_run, context).await
            }
            What::Look => self.look(context).await,
        }
    }

    /// Writes the plan file, session by session.
    async fn plan(&self, file: &Path, mandate: &Mandate, context: &Context<'_>) -> Result<(), Failure> {
        let store = context.provisioner.store();
        let (database, now) = (store.name(), store.clock().now());
        let heading = Heading::new(&database, now, mandate.by.as_str(), self.within);
        let mut writer = PlanWriter::begin(file, &heading)?;
        let mut made = PlanMade::new(file);
        let write = |crowded: &Crowded| {
            made.count(crowded);
            writer.add(crowded, CrowdedView::new(crowded, now))
        };
        self.each(context, write).await?;
        writer.finish()?;
        output::print(made, context.style.format).await
    }

    /// Shows what a plan would say.
    async fn look(&self, context: &Context<'_>) -> Result<(), Failure> {
        let now = context.provisioner.store().clock().now();
        let mut sessions = Vec::new();
        let list = |crowded: &Crowded| {
            sessions.push(CrowdedView::new(crowded, now));
            Ok(())
        };
        self.each(context, list).await?;
        output::print(Listed { sessions }, context.style.format).await?;
        context.messages.note("dry run: nothing was changed");
        Ok(())
    }

    /// Visits the sessions with several active records, a page at a time, or the one that was named.
    async fn each(
        &self,
        context: &Context<'_>,
        mut visit: impl FnMut(&Crowded) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let provisioner = context.provisioner;
        if let Some(only) = self.only {
            return provisioner.crowded_session(only, self.within).await?.iter().try_for_each(visit);
        }
        let mut after = None;
        loop {
            let (found, next) = provisioner.crowded(after, self.within).await?;
            found.iter().try_for_each(&mut visit)?;
            if next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }

    /// Decides about one session; `None` where there is nothing to decide.
    async fn one(
        &self,
        session: SessionId,
        keep: Option<HostRecordId>,
        mandate: &Mandate,
        context: &Context<'_>,
    ) -> Result<Option<Planned>, Failure> {
        let failed = |error: StoreError| Failure::from(error).before_any_change();
        if let Some(keep) = keep {
            let decision = context.provisioner.keep(session, keep, mandate).await.map_err(failed)?;
            return Ok(Some(Planned::Decided(decision)));
        }
        let crowded = context.provisioner.crowded_session(session, self.within).await.map_err(failed)?;
        if crowded.is_none() {
            context.messages.note(&format!("session {session} has no more than one active record: nothing to do"));
        }
        Ok(crowded.map(|crowded| crowded.decision().map_or(Planned::Undecided(session), Planned::Decided)))
    }
}
