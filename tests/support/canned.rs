//! A database in memory that answers the console's questions at once.

use std::collections::{BTreeMap, HashMap};

use host_provisioner::domain::chain::{AuditAction, AuditBody, ChainHash, ChainHead, StoredEntry};
use host_provisioner::domain::consolidation::{AMBIGUOUS_WITHIN, choose};
use host_provisioner::domain::estimate::{Count, Estimate};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::expected::{Conflict, Expected};
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::host_record::{HostRecord, RecordState};
use host_provisioner::domain::order::{Order, Place};
use host_provisioner::domain::overview::{Band, Bar, Chart, DAYS, MaxAge, Overview, Person, Rotations};
use host_provisioner::domain::plan::{RecordWrite, Refusal, plan};
use host_provisioner::domain::reason::RotationReason;
use host_provisioner::domain::request::{Action, Request};
use host_provisioner::domain::session::{Session, SessionId};
use host_provisioner::domain::snapshot::{LastChange, Snapshot};
use host_provisioner::domain::time::Timestamp;
use host_provisioner::provision::{
    Certainty, Crowded, Decision, Fate, Mandate, Planned, Preview, Provisioned, SessionEnd,
};
use host_provisioner::store::{
    Applied, HistoryPage, HistoryQuery, HistorySearch, Page, SessionFilter, SessionQuery, SessionRow, Stretch,
};
use host_provisioner::tui::effect::Query;
use host_provisioner::tui::message::{Failure, Loaded};
use host_provisioner::tui::screen::detail::ENTRIES;

use crate::model::Tables;
use crate::world::{duplicate, guid, hours, record, request, session, session_id};

/// Entries that one question of a search looks at.
pub(crate) const LOOKED_AT: usize = 50;

/// Sessions, records and histories.
#[derive(Debug, Clone, Default)]
pub(crate) struct Canned {
    pub(crate) sessions: Vec<Session>,
    pub(crate) tables: Tables,
    /// How many sessions there are said to be, and to match; what there is unless this is set.
    pub(crate) estimate: Option<Estimate>,
}

/// A session that nobody is in.
pub(crate) fn idle(number: i64, title: &str) -> Session {
    Session {
        title: Some(title.to_owned()),
        status: Some("Created".to_owned()),
        participant_count: None,
        ..session(number)
    }
}

/// A record of this session.
pub(crate) fn of(number: i64, record: HostRecord) -> HostRecord {
    HostRecord { session: session_id(number), ..record }
}

/// One session of each kind, with titles that mean harm, are wide, or run from the right.
pub(crate) fn showcase() -> Canned {
    let live = Session { participant_count: Some(14), started_at: Some(hours(-2)), ..session(2) };
    let ended = hours(-24);
    let sessions = vec![
        idle(1, "Review of topic 7"),
        Session { title: Some("Review of the word".to_owned()), ..live },
        Session { status: Some("Completed".to_owned()), ..idle(3, "Legacy class") },
        idle(4, "\u{1b}[31mred \u{202e}gpj.exe\u{200b}\r\nhidden"),
        idle(5, "知識の道をたずねて、毎日少しずつ学ぶ人のための長い題名"),
        idle(6, "مراجعة الدرس السابع"),
        idle(7, "Expired host"),
        idle(215, "Two hosts too many"),
    ];
    let records = vec![
        of(2, record(18)),
        of(3, duplicate(22)),
        of(4, record(23)),
        of(5, HostRecord { last_used_at: Some(hours(-1)), ..record(24) }),
        of(7, HostRecord { expires_at: Some(ended), ..record(25) }),
        of(215, duplicate(30)),
        of(215, duplicate(31)),
        of(215, HostRecord { expires_at: Some(hours(24 * 9)), ..record(32) }),
    ];
    Canned::new(sessions, records)
}

/// So many idle sessions, each with one record.
pub(crate) fn many(count: i64) -> Canned {
    let sessions = (1..=count).map(|number| idle(number, &format!("Class {number}"))).collect();
    Canned::new(sessions, (1..=count).map(|number| of(number, record(number + 1000))).collect())
}

impl Canned {
    pub(crate) fn new(sessions: Vec<Session>, records: Vec<HostRecord>) -> Self {
        let tables = Tables { sessions: sessions.iter().map(|session| session.id).collect(), records, entries: vec![] };
        Self { sessions, tables, estimate: None }
    }

    pub(crate) fn remove(&mut self, number: i64) {
        self.sessions.retain(|session| session.id.get() != number);
        self.tables.sessions.retain(|id| id.get() != number);
    }

    /// Somebody else rotates this session at this hour.
    pub(crate) fn rotated_elsewhere(&mut self, number: i64, hour: i64) {
        use host_provisioner::domain::expiry::Expiry;
        let reason = Some(RotationReason::parse("suspected compromise").unwrap());
        let asked = Request { session: session_id(number), reason, ..request(Action::Provision(Expiry::Never)) };
        let secret = guid(900 + self.tables.entries.len() as u64);
        self.tables.change(&asked, &secret, hours(hour)).unwrap();
    }

    /// Gives every entry a name, and so a hash, that is the same in each run.
    pub(crate) fn name_entries(&mut self) {
        let mut heads: HashMap<i64, ChainHead> = HashMap::new();
        for (place, entry) in self.tables.entries.iter_mut().enumerate() {
            let made = Timestamp::parse_fixed_width(&entry.at).unwrap();
            let event = format!("{}-7000-8000-{place:012}", EventId::begin_of(made));
            let body = AuditBody { event, ..entry.parse_body().unwrap() };
            let head = heads.entry(entry.session).or_default();
            *entry = body.follow(*head);
            *head = ChainHead { seq: entry.seq, hash: ChainHash::parse(&entry.entry_hash).unwrap() };
        }
    }

    fn row(&self, session: &Session) -> SessionRow {
        let records = self.tables.records_of(session.id);
        SessionRow { session: session.clone(), active: records.into_iter().filter(|record| record.is_active).collect() }
    }

    pub(crate) fn rows(&self, query: &SessionQuery) -> Vec<SessionRow> {
        let mut active: HashMap<SessionId, Vec<HostRecord>> = HashMap::new();
        for record in self.tables.records.iter().filter(|record| record.is_active) {
            active.entry(record.session).or_default().push(record.clone());
        }
        let rows = self.sessions.iter().map(|session| SessionRow {
            session: session.clone(),
            active: active.remove(&session.id).unwrap_or_default(),
        });
        let mut found: Vec<SessionRow> =
            rows.filter(|row| query.filter.fits(&row.session, &row.active, hours(0))).collect();
        let place = |row: &SessionRow| query.order.place(&row.session, &row.active);
        found.sort_by(|one, other| query.order.compare(&place(one), &place(other)));
        let against = |row: &SessionRow, other: &Place| query.order.compare(&place(row), other);
        match &query.page {
            Page::First | Page::Last => {}
            Page::After(other) => found.retain(|row| against(row, other).is_gt()),
            Page::Before(other) => found.retain(|row| against(row, other).is_lt()),
            Page::From(id) => {
                let session = self.sessions.iter().find(|session| session.id == *id);
                let from = session.map_or((*id).into(), |session| place(&self.row(session)));
                found.retain(|row| against(row, &from).is_ge());
            }
        }
        let limit = usize::try_from(query.limit).unwrap();
        if matches!(query.page, Page::Last | Page::Before(_)) {
            found.drain(..found.len().saturating_sub(limit));
        }
        found.truncate(limit);
        found
    }

    pub(crate) fn snapshot(&self, id: SessionId) -> Snapshot {
        let session = self.sessions.iter().find(|session| session.id == id).cloned();
        let last = self.entries(id).into_iter().find_map(|entry| entry.parse_body());
        let last_change = last
            .and_then(|body| Timestamp::parse_fixed_width(&body.at).map(|at| LastChange { by: body.by.clone(), at }));
        Snapshot { session, last_change, ..self.tables.snapshot(id) }
    }

    /// The history of a session, newest first.
    fn entries(&self, id: SessionId) -> Vec<StoredEntry> {
        self.tables.trail(id.get()).entries.into_iter().rev().collect()
    }

    /// All entries of a session, or of all, newest first.
    fn told(&self, session: Option<SessionId>) -> Vec<StoredEntry> {
        let of = |entry: &&StoredEntry| session.is_none_or(|id| id.get() == entry.session);
        self.tables.entries.iter().rev().filter(of).cloned().collect()
    }

    fn history(&self, query: &HistoryQuery) -> Vec<StoredEntry> {
        let mut found = self.told(query.session);
        let limit = usize::try_from(query.limit).unwrap();
        let place = |found: &[StoredEntry], key: &String| found.iter().position(|entry| entry.event_id == *key);
        match &query.page {
            HistoryPage::Newest => {}
            HistoryPage::Oldest => drop(found.drain(..found.len().saturating_sub(limit))),
            HistoryPage::Before(key) => drop(found.drain(..=place(&found, key).unwrap())),
            HistoryPage::After(key) => {
                found.truncate(place(&found, key).unwrap());
                found.drain(..found.len().saturating_sub(limit));
            }
        }
        found.truncate(limit);
        found
    }

    /// Looks at [`LOOKED_AT`] entries at once.
    fn search(&self, query: &HistorySearch, now: Timestamp) -> Stretch {
        let mut all = self.told(query.session);
        if let Some(key) = &query.before {
            all.drain(..=all.iter().position(|entry| entry.event_id == *key).unwrap());
        }
        let reached = (all.len() > LOOKED_AT).then(|| all[LOOKED_AT - 1].event_id.clone());
        all.truncate(LOOKED_AT);
        all.retain(|entry| query.search.finds(entry, now));
        Stretch { found: all, reached }
    }

    /// Plans as the program does.
    pub(crate) fn preview(&self, request: &Request, now: Timestamp) -> Result<Preview, Failure> {
        let seen = self.snapshot(request.session);
        let plan = plan(&seen, request, now).map_err(|refusal| failure(&refusal.to_string()))?;
        let expected = Expected::exactly(&seen, now);
        let session = seen.session.ok_or_else(|| failure("there is no such session"))?;
        Ok(Preview { session, plan, expected, last_change: seen.last_change, read_at: now })
    }

    /// Counts as the bars' own filters and the histories say.
    pub(crate) fn overview(&self, max_age: MaxAge, now: Timestamp) -> Overview {
        let entries = self.tables.entries.iter().filter_map(StoredEntry::parse_body);
        let made = entries.filter(|body| {
            matches!(body.action, AuditAction::Created | AuditAction::Rotated | AuditAction::ForceCreated)
        });
        let made: Vec<(Timestamp, String)> =
            made.filter_map(|body| Some((Timestamp::parse_fixed_width(&body.at)?, body.by))).collect();
        let within = |band: &Band, at: Timestamp| {
            let (after, to) = band.instants(now);
            after.is_none_or(|after| at > after) && (at <= to || to == now)
        };
        let mut people: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, by) in made.iter().filter(|(at, _)| within(&Band::all_days(), *at)) {
            *people.entry(by).or_default() += 1;
        }
        let people = people
            .into_iter()
            .map(|(name, rotations)| Person { name: name.to_owned(), made: Rotations { rotations, sessions: 0 } });
        let mut overview = Overview {
            at: now,
            max_age,
            sessions: self.sessions.len() as u64,
            working: 0,
            expiring: 0,
            expired: 0,
            none: 0,
            duplicates: 0,
            ages: [0; 6],
            days: [Rotations::default(); DAYS],
            people: people.collect(),
        };
        overview.people.sort_by_key(|person| std::cmp::Reverse(person.made.rotations));
        let rows: Vec<SessionRow> = self.sessions.iter().map(|session| self.row(session)).collect();
        let fits = |bar: &Bar| rows.iter().filter(|row| bar.filter.fits(&row.session, &row.active, hours(0))).count();
        let found = |chart| -> Vec<u64> { overview.bars(chart).iter().map(|bar| fits(bar) as u64).collect() };
        let [working, expiring, expired, none, duplicates] = found(Chart::Records).try_into().unwrap();
        let (ages, days, of_people) = (found(Chart::Ages), found(Chart::Days), found(Chart::People));
        for (place, band) in Band::days().iter().enumerate() {
            let rotations = made.iter().filter(|(at, _)| within(band, *at)).count() as u64;
            overview.days[place] = Rotations { rotations, sessions: days[place] };
        }
        for (person, sessions) in overview.people.iter_mut().zip(of_people) {
            person.made.sessions = sessions;
        }
        Overview { working, expiring, expired, none, duplicates, ages: ages.try_into().unwrap(), ..overview }
    }

    /// Those of some sessions that have several active records.
    fn crowded(&self, ids: &[SessionId], now: Timestamp) -> Vec<Crowded> {
        let rows = self.sessions.iter().filter(|session| ids.contains(&session.id)).map(|session| self.row(session));
        let weighed = rows.filter_map(|SessionRow { session, active }| {
            let choice = choose(&active, AMBIGUOUS_WITHIN, now)?;
            Some(Crowded { session, active, choice })
        });
        weighed.collect()
    }

    /// Carries one decision out, as `Provisioner::clean_up` does.
    pub(crate) fn consolidate(&mut self, planned: &Planned, mandate: &Mandate, now: Timestamp) -> SessionEnd {
        let Planned::Decided(Decision { session, keep, expected, .. }) = planned else {
            panic!("the console decides what it asks for: {planned:?}");
        };
        let (session, kept, Mandate { by, reason, origin }) = (*session, Some(*keep), mandate.clone());
        let end = |fate, retired| SessionEnd { session, kept, retired, event: Some(event()), fate };
        if let Err(found) = expected.check(session, &self.snapshot(session), now) {
            return end(Fate::Changed(found.to_string()), vec![]);
        }
        let request = Request { session, action: Action::Consolidate(*keep), by, reason, origin };
        match self.tables.change(&request, &guid(1), now) {
            Ok(plan) => end(Fate::Done, plan.retired_ids()),
            Err(Refusal::SessionNotFound(_)) => end(Fate::Gone, vec![]),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn matching(&self, filter: &SessionFilter) -> Vec<SessionRow> {
        let all = SessionQuery { filter: filter.clone(), order: Order::default(), page: Page::First, limit: u32::MAX };
        self.rows(&all)
    }

    fn count(&self, filter: &SessionFilter) -> u64 {
        if filter.is_empty() { self.sessions.len() as u64 } else { self.matching(filter).len() as u64 }
    }

    /// Exact where there are few, else what a test put there.
    fn estimate(&self, filter: &SessionFilter) -> Estimate {
        let all = Count::Exact(self.sessions.len() as u64);
        self.estimate.unwrap_or_else(|| Estimate { all, found: Count::Exact(self.count(filter)) })
    }

    pub(crate) fn answer(&self, query: &Query, now: Timestamp) -> Result<Loaded, Failure> {
        match query {
            Query::Sessions(query) => Ok(Loaded::Sessions(self.rows(query))),
            Query::Ids(query) => Ok(Loaded::Ids(self.rows(query).iter().map(|row| row.session.id).collect())),
            Query::Marked(ids, filter) => {
                let shown = self.matching(filter).iter().filter(|row| ids.contains(&row.session.id)).count();
                let there = ids.iter().copied().filter(|id| self.tables.sessions.contains(id)).collect();
                Ok(Loaded::Marked(there, shown as u64))
            }
            Query::Estimate(filter) => Ok(Loaded::Estimate(self.estimate(filter))),
            Query::Count(filter) => Ok(Loaded::Count(self.count(filter))),
            Query::Overview(max_age) => Ok(Loaded::Overview(Box::new(self.overview(*max_age, now)))),
            Query::Detail(id) => {
                let mut entries = self.entries(*id);
                entries.truncate(usize::try_from(ENTRIES).unwrap());
                Ok(Loaded::Detail(Box::new(self.snapshot(*id)), entries))
            }
            Query::History(query) => Ok(Loaded::History(self.history(query))),
            Query::Search(query) => Ok(Loaded::Found(self.search(query, now))),
            Query::Crowded(ids) => Ok(Loaded::Crowded(self.crowded(ids, now))),
            Query::Plan(request) => self.preview(request, now).map(|preview| Loaded::Plan(Box::new(preview))),
        }
    }

    /// Carries a change out, unless the session is not as expected.
    pub(crate) fn change(
        &mut self,
        request: &Request,
        expected: &Expected,
        guid: HostGuid,
        now: Timestamp,
    ) -> Result<Provisioned, Failure> {
        let id = request.session;
        expected.check(id, &self.snapshot(id), now).map_err(|found| conflict(&found))?;
        let plan = self.tables.change(request, &guid, now).map_err(|refusal| failure(&refusal.to_string()))?;
        let record = self.tables.records_of(id).into_iter().find(|record| record.state(now) == RecordState::Active);
        let record = record.filter(|_| plan.write != RecordWrite::Nothing);
        let event = event();
        let guid = request.action.makes_guid().then_some(guid);
        let applied = Applied { plan, record, event: Some(event), at: now };
        Ok(Provisioned { applied, guid, certainty: Certainty::Committed, event })
    }
}

/// The name of every attempt.
pub(crate) fn event() -> EventId {
    "0192f3a1-7c44-7000-8000-3f2b1c0d9e8f".parse().unwrap()
}

/// A database that does not answer.
pub(crate) fn failure(what: &str) -> Failure {
    Failure { what: what.to_owned(), unchanged: "nothing was changed".to_owned(), conflict: None }
}

fn conflict(conflict: &Conflict) -> Failure {
    Failure { conflict: Some(Box::new(conflict.clone())), ..failure(&conflict.to_string()) }
}

/// Sessions with several active records: 1 by use, 2 live, 3 of which two are used, 6 by expiry; 4 has one, 5 none.
pub(crate) fn crowds() -> Canned {
    let used = |record: HostRecord, hour: i64| HostRecord { last_used_at: Some(hours(hour)), ..record };
    let made = |record: HostRecord, by: &str| HostRecord { created_by: Some(by.to_owned()), ..record };
    let live = Session { participant_count: Some(14), started_at: Some(hours(-2)), ..session(2) };
    let sessions = vec![
        idle(1, "Review of topic 7"),
        Session { title: Some("Review of the word".to_owned()), ..live },
        idle(3, "Two hosts too many"),
        idle(4, "One host"),
        idle(5, "No host yet"),
        idle(6, "\u{1b}[31mred \u{202e}gpj.exe"),
    ];
    let records = vec![
        of(1, used(made(record(10), "R. Sato"), -5)),
        of(1, duplicate(11)),
        of(2, record(20)),
        of(2, used(duplicate(21), -1)),
        of(2, HostRecord { expires_at: Some(hours(24 * 9)), ..duplicate(22) }),
        of(3, used(record(30), -1)),
        of(3, used(made(duplicate(31), "\u{202e}API\u{1b}]0;User"), -24 * 6)),
        of(3, used(duplicate(32), -24 * 90)),
        of(4, record(40)),
        of(6, HostRecord { expires_at: Some(hours(-24)), ..used(record(60), -2) }),
        of(6, duplicate(61)),
    ];
    Canned::new(sessions, records)
}
