//! Random histories of several sessions, compared after every step with what the rule says must be.

use std::cmp::Reverse;
use std::time::Duration;

use host_provisioner::domain::audit::{Finding, verify};
use host_provisioner::domain::chain::StoredEntry;
use host_provisioner::domain::expiry::{Expiry, ExpiryError};
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::Verdict;
use host_provisioner::domain::host_record::{HostRecord, HostRecordId};
use host_provisioner::domain::plan::{Plan, Refusal};
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::session::SessionId;
use host_provisioner::domain::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;

use crate::model::Tables;
use crate::world::{guid, hasher, hours, inactive, instant, record, record_id, request, session_id};

const SESSIONS: i64 = 3;

/// One record of the existing system, with values that often collide.
#[derive(Debug, Clone)]
struct Seed {
    is_active: bool,
    created: i64,
    used: Option<i64>,
    expires: Option<i64>,
}

/// One thing that happens to one session.
#[derive(Debug, Clone)]
enum Step {
    Provision(Expiry),
    ForceNew(Expiry),
    Revoke,
    /// Rotates the record at this place among all that there are, or the current one.
    Rotate(Option<Index>, Expiry),
    /// Keeps the record at this place among all that there are, or the current one.
    Consolidate(Option<Index>),
    /// A host logs in with whatever is valid.
    LogIn,
}

fn seed() -> impl Strategy<Value = Seed> {
    (any::<bool>(), 0..3_i64, prop::option::of(0..3_i64), prop::option::of(-2..4_i64))
        .prop_map(|(is_active, created, used, expires)| Seed { is_active, created, used, expires })
}

/// The records of one session, and which active one is not flagged as a duplicate: perhaps none.
fn seeds() -> impl Strategy<Value = (Vec<Seed>, Option<Index>)> {
    (prop::collection::vec(seed(), 0..5), prop::option::weighted(0.7, any::<Index>()))
}

fn expiry() -> impl Strategy<Value = Expiry> {
    prop_oneof![
        3 => Just(Expiry::Never),
        2 => (1..300_u64).prop_map(|minutes| Expiry::After(Duration::from_secs(minutes * 60))),
        2 => (-1..30_i64).prop_map(|hour| Expiry::At(hours(hour))),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => expiry().prop_map(Step::Provision),
        2 => expiry().prop_map(Step::ForceNew),
        2 => Just(Step::Revoke),
        3 => (prop::option::of(any::<Index>()), expiry()).prop_map(|(place, expiry)| Step::Rotate(place, expiry)),
        3 => prop::option::of(any::<Index>()).prop_map(Step::Consolidate),
        2 => Just(Step::LogIn),
    ]
}

/// Milliseconds until the next step: often none or a whole hour, so that ends are met exactly.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(3_600_000), 0..7_200_000_i64]
}

/// The tables, the instant, and every GUID that ever was made.
struct World {
    tables: Tables,
    now: Timestamp,
    guids: Vec<(SessionId, HostGuid)>,
}

impl World {
    /// Sets the records up in ids that run across the sessions; GUID `n` belongs to record `n + 1`.
    fn new(sessions: &[(Vec<Seed>, Option<Index>)]) -> Self {
        let mut world = Self { tables: Tables::default(), now: hours(0), guids: Vec::new() };
        for (number, (seeds, current)) in (1..).zip(sessions) {
            let session = session_id(number);
            world.tables.sessions.push(session);
            let active: Vec<usize> = (0..seeds.len()).filter(|place| seeds[*place].is_active).collect();
            let current = current.filter(|_| !active.is_empty()).map(|index| *index.get(&active));
            for (place, seed) in seeds.iter().enumerate() {
                let number = i64::try_from(world.guids.len()).unwrap() + 1;
                let base = if seed.is_active { record(number) } else { inactive(number) };
                world.guids.push((session, guid(number.unsigned_abs())));
                world.tables.records.push(HostRecord {
                    session,
                    created_at: hours(seed.created - 50),
                    last_used_at: seed.used.map(|hour| hours(hour - 40)),
                    expires_at: seed.expires.map(hours),
                    legacy_duplicate: seed.is_active && current != Some(place),
                    ..base
                });
            }
        }
        world
    }

    /// The numbers of the GUIDs that some valid record of their session accepts.
    fn accepted(&self, session: SessionId) -> Vec<usize> {
        let valid = self.tables.records.iter().filter(|record| record.session == session && record.is_valid(self.now));
        let valid: Vec<&HostRecord> = valid.collect();
        let accepts = |guid: &HostGuid| {
            valid.iter().any(|record| hasher().verify(session, guid, &record.hash) == Verdict::Accepted)
        };
        let mine = self.guids.iter().enumerate().filter(|(_, (owner, _))| *owner == session);
        mine.filter(|(_, (_, guid))| accepts(guid)).map(|(number, _)| number).collect()
    }

    /// The record that the table names, by sorting: the unflagged one, the best duplicate.
    fn current(&self, session: SessionId) -> Option<HostRecordId> {
        let mut active: Vec<HostRecord> = self.tables.records_of(session);
        active.retain(|record| record.is_active);
        active.sort_by_key(|record| {
            let expired = record.expires_at.is_some_and(|end| end <= self.now);
            let used = record.last_used_at.map_or((1, Reverse(hours(0))), |at| (0, Reverse(at)));
            (record.legacy_duplicate, expired, used, Reverse(record.created_at), Reverse(record.id))
        });
        active.first().map(|record| record.id)
    }

    /// The record at this place, or the current one; one that is nowhere where there is none.
    fn named(&self, session: SessionId, place: Option<Index>) -> HostRecordId {
        let any = place.filter(|_| !self.tables.records.is_empty()).map(|place| place.get(&self.tables.records).id);
        any.or(self.current(session)).unwrap_or(record_id(999))
    }

    /// The record that a provision must update, if it must not insert.
    fn reused(&self, session: SessionId) -> Option<HostRecordId> {
        let latest = || {
            let mut records = self.tables.records_of(session);
            records.sort_by_key(|record| (record.created_at, record.id));
            records.last().map(|record| record.id)
        };
        self.current(session).or_else(latest)
    }
}

/// Carries one step out and compares everything with what the rule says.
fn take(world: &mut World, session: SessionId, step: &Step) -> TestCaseResult {
    let action = match step {
        Step::Provision(expiry) => Action::Provision(*expiry),
        Step::ForceNew(expiry) => Action::ForceNew(*expiry),
        Step::Revoke => Action::Revoke,
        Step::Rotate(place, expiry) => Action::RotateRecord(world.named(session, *place), *expiry),
        Step::Consolidate(place) => Action::Consolidate(world.named(session, *place)),
        Step::LogIn => {
            let now = world.now;
            let mine = world.tables.records.iter_mut().filter(|record| record.session == session);
            mine.filter(|record| record.is_valid(now)).for_each(|record| record.last_used_at = Some(now));
            return Ok(());
        }
    };
    let (before, accepted_before) = (world.tables.clone(), world.accepted(session));
    let (current, reused) = (world.current(session), world.reused(session));
    let asked = Request { session, ..request(action) };
    let new = guid(10_000 + world.guids.len() as u64);
    let result = world.tables.change(&asked, &new, world.now);
    world.guids.push((session, new));
    let plan = match result {
        Ok(plan) => plan,
        Err(refusal) => {
            prop_assert_eq!(&before, &world.tables, "a refusal changes nothing");
            prop_assert_eq!(world.accepted(session), accepted_before);
            return refused(world, &asked, current, &refusal);
        }
    };
    others_are_untouched(&before, &world.tables, session)?;
    let (updated, expiry) = match action {
        Action::Revoke => return revoked(world, &before, session, current, &plan),
        Action::Consolidate(kept) => return consolidated(world, &before, session, kept, &plan),
        Action::Provision(expiry) => (reused, expiry),
        Action::ForceNew(expiry) => (None, expiry),
        Action::RotateRecord(id, expiry) => {
            prop_assert_eq!(Some(id), current, "only the current record is rotated by its id");
            (current, expiry)
        }
    };
    prop_assert_eq!(Ok(plan.expires_at), end(expiry, world.now));
    provisioned(world, &before, session, updated, &plan)
}

/// When a GUID made now ends, unless that is over already.
fn end(expiry: Expiry, now: Timestamp) -> Result<Option<Timestamp>, ()> {
    let end = match expiry {
        Expiry::Never => return Ok(None),
        Expiry::At(end) => end,
        Expiry::After(duration) => Timestamp::new(now.utc() + duration).whole_seconds(),
    };
    if end <= now { Err(()) } else { Ok(Some(end)) }
}

/// The rule had a cause to refuse, and tells it.
fn refused(world: &World, asked: &Request, current: Option<HostRecordId>, refusal: &Refusal) -> TestCaseResult {
    match (refusal, asked.action) {
        (Refusal::NotCurrent { asked, current: named, .. }, Action::RotateRecord(id, _)) => {
            prop_assert_eq!((*asked, *named), (id, current));
            prop_assert_ne!(Some(id), current);
        }
        (
            Refusal::Expiry(ExpiryError::Past(_)),
            Action::Provision(expiry) | Action::ForceNew(expiry) | Action::RotateRecord(_, expiry),
        ) => prop_assert_eq!(end(expiry, world.now), Err(())),
        (Refusal::NotActive { session, asked }, Action::Consolidate(kept)) => {
            prop_assert_eq!(*asked, kept);
            let mine = world.tables.records_of(*session);
            prop_assert!(!mine.iter().any(|record| record.id == kept && record.is_active));
        }
        (Refusal::NotWorking { session, asked, .. }, Action::Consolidate(kept)) => {
            prop_assert_eq!(*asked, kept);
            let mine = world.tables.records_of(*session);
            let record = mine.iter().find(|record| record.id == kept && record.is_active);
            prop_assert!(record.is_some_and(|record| !record.is_valid(world.now)));
            prop_assert!(
                mine.iter().any(|record| record.is_valid(world.now) || record.id == kept && record.is_revoked())
            );
        }
        (other, _) => prop_assert!(false, "{:?}", other),
    }
    Ok(())
}

/// Other sessions keep their records and entries, and no record is ever deleted.
fn others_are_untouched(before: &Tables, after: &Tables, session: SessionId) -> TestCaseResult {
    let others = |tables: &Tables| {
        let mut tables = tables.clone();
        tables.records.retain(|record| record.session != session);
        tables.entries.retain(|entry| entry.session != session.get());
        tables
    };
    prop_assert_eq!(others(before), others(after));
    for record in &before.records {
        prop_assert!(after.records.iter().any(|kept| kept.id == record.id), "{:?} is gone", record.id);
    }
    Ok(())
}

/// What stays of a record when it is retired: all but the four columns of retirement.
fn retired(record: &HostRecord, now: Timestamp) -> HostRecord {
    HostRecord {
        is_active: false,
        legacy_duplicate: false,
        revoked_at: Some(now.whole_seconds()),
        revoked_by: Some("R. Sato".to_owned()),
        ..record.clone()
    }
}

/// Exactly one record is active, the right one, and nothing but the new GUID is accepted.
fn provisioned(
    world: &World,
    before: &Tables,
    session: SessionId,
    updated: Option<HostRecordId>,
    plan: &Plan,
) -> TestCaseResult {
    let after = world.tables.records_of(session);
    let active: Vec<&HostRecord> = after.iter().filter(|record| record.is_active).collect();
    prop_assert_eq!(active.len(), 1, "exactly one record is active");
    prop_assert!(active[0].is_current());
    prop_assert_eq!((active[0].last_used_at, active[0].revoked_at), (None, None));
    let was_there = before.records.iter().any(|record| record.id == active[0].id);
    prop_assert_eq!(was_there.then_some(active[0].id), updated, "the right record is updated, or a new one made");
    for old in before.records_of(session).iter().filter(|record| Some(record.id) != updated) {
        let expected = if old.is_active { retired(old, world.now) } else { old.clone() };
        prop_assert_eq!(world.tables.record(old.id), &expected);
    }
    let replaced = before.records_of(session).into_iter().filter(|old| old.is_active && Some(old.id) != updated);
    prop_assert_eq!(plan.retired_ids(), replaced.map(|old| old.id).collect::<Vec<_>>());
    prop_assert_eq!(world.accepted(session), vec![world.guids.len() - 1], "the new GUID alone is accepted");
    prop_assert_eq!(world.tables.entries.len(), before.entries.len() + 1);
    tells(world, before, Some(active[0].id), updated, plan)
}

/// The last entry tells which record got the hash or was revoked, which were retired, and which hash ended.
fn tells(
    world: &World,
    before: &Tables,
    written: Option<HostRecordId>,
    previous: Option<HostRecordId>,
    plan: &Plan,
) -> TestCaseResult {
    let body = world.tables.entries.last().and_then(StoredEntry::parse_body).unwrap();
    prop_assert_eq!(body.host_session, written.map(HostRecordId::get));
    prop_assert_eq!(body.retired, plan.retired_ids().iter().map(|id| id.get()).collect::<Vec<_>>());
    if let Some(id) = previous {
        prop_assert_eq!(body.old_fp, Some(before.record(id).hash.fingerprint().full()));
    }
    Ok(())
}

/// No record is active and no GUID accepted; where none was, nothing changed.
fn revoked(
    world: &World,
    before: &Tables,
    session: SessionId,
    current: Option<HostRecordId>,
    plan: &Plan,
) -> TestCaseResult {
    let expected: Vec<HostRecord> = before.records_of(session);
    let expected: Vec<HostRecord> = expected
        .into_iter()
        .map(|record| if record.is_active { retired(&record, world.now) } else { record })
        .collect();
    prop_assert_eq!(world.tables.records_of(session), expected);
    prop_assert_eq!(world.accepted(session), Vec::<usize>::new());
    prop_assert_eq!(plan.previous.as_ref().map(|record| record.id), current);
    prop_assert_eq!(world.tables.entries.len(), before.entries.len() + usize::from(current.is_some()));
    if current.is_some() { tells(world, before, current, current, plan) } else { Ok(()) }
}

/// The record that stays is as it was, alone and no duplicate; where it was so, nothing changed.
fn consolidated(world: &World, before: &Tables, session: SessionId, kept: HostRecordId, plan: &Plan) -> TestCaseResult {
    let was_active: Vec<HostRecord> = before.records_of(session).into_iter().filter(|old| old.is_active).collect();
    for old in before.records_of(session) {
        let expected = match (old.id == kept, old.is_active) {
            (true, _) => HostRecord { legacy_duplicate: false, ..old.clone() },
            (false, true) => retired(&old, world.now),
            (false, false) => old.clone(),
        };
        prop_assert_eq!(world.tables.record(old.id), &expected);
    }
    let replaced: Vec<HostRecordId> = was_active.iter().map(|old| old.id).filter(|id| *id != kept).collect();
    prop_assert_eq!(plan.retired_ids(), replaced);
    let nothing_to_do = was_active.len() == 1 && was_active[0].is_current();
    prop_assert_eq!(world.tables.entries.len(), before.entries.len() + usize::from(!nothing_to_do));
    if nothing_to_do {
        return Ok(());
    }
    let body = world.tables.entries.last().and_then(StoredEntry::parse_body).unwrap();
    prop_assert_eq!(body.host_session, Some(kept.get()));
    prop_assert_eq!(body.retired, plan.retired_ids().iter().map(|id| id.get()).collect::<Vec<_>>());
    prop_assert_eq!((body.old_fp, body.new_fp), (None, Some(before.record(kept).hash.fingerprint().full())));
    Ok(())
}

/// After whatever happened: one current record at most, and a history that agrees with the records.
fn holds_always(world: &World) -> TestCaseResult {
    for number in 1..=SESSIONS {
        let trail = world.tables.trail(number);
        let current = trail.records.iter().filter(|record| record.is_current()).count();
        prop_assert!(current <= 1);
        let finding = if trail.entries.is_empty() { Finding::Unaudited } else { Finding::Intact };
        prop_assert_eq!(verify(&trail), finding);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_rule_holds_after_every_step(
        sessions in prop::collection::vec(seeds(), 3),
        steps in prop::collection::vec((1..=SESSIONS, step(), pause()), 1..14),
    ) {
        let mut world = World::new(&sessions);
        let mut clock = 0;
        for (number, step, pause) in &steps {
            clock += pause;
            world.now = instant(clock);
            take(&mut world, session_id(*number), step)?;
            holds_always(&world)?;
        }
    }
}
