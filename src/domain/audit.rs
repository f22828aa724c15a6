//! Verifies the history of a session, and the records against the history.
//!
//! A chain alone cannot show that its newest entries were cut off when the record was put back with them.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use super::chain::{AuditAction, AuditBody, ChainHash, StoredEntry, link};
use super::hash::HashScheme;
use super::host_record::HostRecord;
use super::lent::Lent;
use super::sanitize::visible;
use super::time::Timestamp;

/// Everything that is stored about one session, for verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail<Text = String> {
    /// The id that entries and records name.
    pub session: i64,
    /// Whether `Sessions` still has the row.
    pub exists: bool,
    /// The entries in the order of `Seq`.
    pub entries: Vec<StoredEntry<Text>>,
    /// All records.
    pub records: Vec<HostRecord>,
    /// Entries and records that hold a value which cannot be read.
    pub unreadable: Vec<Damage>,
}

impl<Text> Default for Trail<Text> {
    fn default() -> Self {
        Self { session: 0, exists: false, entries: Vec::new(), records: Vec::new(), unreadable: Vec::new() }
    }
}

/// One thing that is not as the history left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The session.
    pub session: i64,
    /// The entry, where one is damaged.
    pub seq: Option<i64>,
    /// The record, where one disagrees with the history.
    pub host_session: Option<i64>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.session)?;
        if let Some(seq) = self.seq {
            write!(f, ", entry {seq}")?;
        }
        if let Some(id) = self.host_session {
            write!(f, ", record #{id}")?;
        }
        write!(f, ": {}", visible(&self.what))
    }
}

/// What verifying one session found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Chain and records agree.
    Intact,
    /// Records, but no entries: data from before us.
    Unaudited,
    /// The chain is whole; its session is gone.
    SessionDeleted,
    /// Something is not as the history left it.
    Damaged(Vec<Damage>),
}

/// Verifies one session.
#[must_use]
pub fn verify<Text: AsRef<str>>(trail: &Trail<Text>) -> Finding {
    if trail.entries.is_empty() && trail.unreadable.is_empty() {
        return verify_without_history(trail);
    }
    let mut damage = trail.unreadable.clone();
    let mut state = Implied::default();
    let mut previous = Before { hash: ChainHash::START, text: None };
    let mut expected_seq = 1;
    for entry in &trail.entries {
        let own =
            Entry { row: entry.lent(), body: entry.lent_body(), hash: ChainHash::parse(entry.entry_hash.as_ref()) };
        let faults = own.faults(trail.session, &previous, expected_seq);
        damage.extend(faults.into_iter().map(|what| Damage {
            session: trail.session,
            seq: Some(entry.seq),
            host_session: None,
            what,
        }));
        if let Some(body) = &own.body {
            state.fold(body);
        }
        // The chain goes on from what is stored, so that one fault is told once.
        previous =
            Before { hash: own.hash.unwrap_or(ChainHash::START), text: own.hash.map(|_| entry.entry_hash.as_ref()) };
        expected_seq = entry.seq.saturating_add(1);
    }
    // A deleted session takes its records along; those that it left behind are held to the history all the same.
    if damage.is_empty() && (trail.exists || !trail.records.is_empty()) {
        damage = state.compare(trail);
    }
    match (damage.is_empty(), trail.exists) {
        (false, _) => Finding::Damaged(damage),
        (true, true) => Finding::Intact,
        (true, false) => Finding::SessionDeleted,
    }
}

/// Without entries a record may be from before us, unless it carries a hash that only we write.
fn verify_without_history<Text>(trail: &Trail<Text>) -> Finding {
    let damage = ours_without_history(trail);
    if damage.is_empty() { Finding::Unaudited } else { Finding::Damaged(damage) }
}

/// Lists the records with a hash that only we write, where the history tells of no rotation.
fn ours_without_history<Text>(trail: &Trail<Text>) -> Vec<Damage> {
    let ours = |record: &&HostRecord| HashScheme::of(&record.hash).is_some_and(HashScheme::is_ours);
    let damage = |record: &HostRecord| Damage {
        session: trail.session,
        seq: None,
        host_session: Some(record.id.get()),
        what: "the record carries our hash format, but the session has no history".to_owned(),
    };
    trail.records.iter().filter(ours).map(damage).collect()
}

/// Says what is missing between two entries, or that the later one stands before the other.
fn gap(expected: i64, found: i64) -> Option<String> {
    match found.cmp(&expected) {
        Ordering::Equal => None,
        Ordering::Less => Some("the entry is out of order".to_owned()),
        Ordering::Greater if found - 1 == expected => Some(format!("entry {expected} is missing before it")),
        Ordering::Greater => Some(format!("entries {expected} to {} are missing before it", found - 1)),
    }
}

/// The stored hash of the entry before.
struct Before<'a> {
    hash: ChainHash,
    /// The text that was read as this hash, so that the same text need not be read again.
    text: Option<&'a str>,
}

/// One entry, read once.
struct Entry<'a> {
    row: StoredEntry<&'a str>,
    body: Option<AuditBody<Lent<'a>>>,
    hash: Option<ChainHash>,
}

impl Entry<'_> {
    /// Lists what is wrong with it in a session's chain, given the stored hash of the one before it.
    fn faults(&self, session: i64, previous: &Before<'_>, expected_seq: i64) -> Vec<String> {
        let row = &self.row;
        let mut faults = Vec::new();
        if row.session != session {
            faults.push(format!("the entry belongs to session {}", row.session));
        }
        faults.extend(gap(expected_seq, row.seq));
        let same = previous.text == Some(row.prev_hash);
        let before = if same { Some(previous.hash) } else { ChainHash::parse(row.prev_hash) };
        if before != Some(previous.hash) {
            faults.push("PrevHash is not the hash of the entry before it".to_owned());
        }
        if self.hash != Some(link(before.unwrap_or(previous.hash), row.session, row.seq, row.body)) {
            faults.push("EntryHash does not fit the entry".to_owned());
        }
        let Some(body) = &self.body else {
            faults.push("Body is not readable".to_owned());
            return faults;
        };
        let columns = [
            ("SessionId", body.session == row.session),
            ("Seq", body.seq == row.seq),
            ("EventId", body.event.as_ref() == row.event_id),
            ("Action", body.action.word() == row.action),
            ("At", body.at.as_ref() == row.at && Timestamp::parse_fixed_width(row.at).is_some()),
        ];
        let differs = columns.into_iter().filter(|(_, fits)| !fits);
        faults.extend(differs.map(|(name, _)| format!("{name} differs from Body")));
        faults
    }
}

/// How a record got its present GUID, and until when that works.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made<'a> {
    /// When and by whom; `None` where that was before the history.
    here: Option<(Lent<'a>, Lent<'a>)>,
    expires: Option<Lent<'a>>,
}

/// The current record as the history left it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known<'a> {
    fingerprint: Option<Lent<'a>>,
    made: Made<'a>,
    /// What had been changed outside of the history when a consolidation let the record stay: that goes on working.
    let_stay: Option<&'static str>,
}

/// A record that the history retired.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Retired<'a> {
    at: Lent<'a>,
    by: Lent<'a>,
    /// What it holds; `None` where no entry tells.
    fingerprint: Option<Lent<'a>>,
    /// `None` for a record from before the history.
    made: Option<Made<'a>>,
}

/// What a chain implies about the records of its session.
#[derive(Debug, Default)]
struct Implied<'a> {
    current: Option<(i64, Known<'a>)>,
    retired: BTreeMap<i64, Retired<'a>>,
    /// Whether anything but imports happened: until then, whatever record is active may be of the time before.
    ruled: bool,
}

/// Gives the fingerprint that an entry tells of a record that it retires.
fn old_fingerprint<'a>(body: &AuditBody<Lent<'a>>, id: i64) -> Option<Lent<'a>> {
    let names_it = match body.action {
        AuditAction::Revoked => body.host_session == Some(id),
        AuditAction::ForceCreated => body.retired == [id],
        AuditAction::Created | AuditAction::Rotated | AuditAction::Imported | AuditAction::Consolidated => false,
    };
    body.old_fp.clone().filter(|_| names_it)
}

impl<'a> Implied<'a> {
    fn fold(&mut self, body: &AuditBody<Lent<'a>>) {
        if body.action == AuditAction::Imported {
            self.import(body);
            return;
        }
        let ruled = std::mem::replace(&mut self.ruled, true);
        let was = self.current.take();
        for id in &body.retired {
            let known = was.as_ref().filter(|(current, _)| current == id).map(|(_, known)| known.clone());
            let (fingerprint, made) = match (known, self.retired.remove(id)) {
                (Some(known), _) => (known.fingerprint, Some(known.made)),
                (None, Some(before)) => (before.fingerprint, before.made),
                (None, None) => (old_fingerprint(body, *id), None),
            };
            self.retired.insert(*id, Retired { at: body.at.clone(), by: body.by.clone(), fingerprint, made });
        }
        self.current = match body.action {
            AuditAction::Revoked | AuditAction::Imported => None,
            AuditAction::Created | AuditAction::Rotated | AuditAction::ForceCreated => body.host_session.map(|id| {
                self.retired.remove(&id);
                let made = Made { here: Some((body.at.clone(), body.by.clone())), expires: body.expires.clone() };
                (id, Known { fingerprint: body.new_fp.clone(), made, let_stay: None })
            }),
            // The record goes on as it is; who made it is known where the history made it.
            AuditAction::Consolidated => body.host_session.map(|id| {
                let before = was.filter(|(current, _)| *current == id).map(|(_, known)| known);
                let let_stay = match &before {
                    Some(known) => known.changed_before(body),
                    None => ruled.then_some(
                        "the record had been made active outside of the history when a consolidation let it stay",
                    ),
                };
                let made = Made { here: before.and_then(|known| known.made.here), expires: body.expires.clone() };
                (id, Known { fingerprint: body.new_fp.clone(), made, let_stay })
            }),
        };
    }

    /// An import tells which record is current now, if it told of that. It retires nothing and makes nothing active
    /// beside what this program made current.
    fn import(&mut self, body: &AuditBody<Lent<'a>>) {
        if let Some(id) = body.host_session.filter(|_| !self.ruled) {
            let made = Made { here: None, expires: body.expires.clone() };
            self.current = Some((id, Known { fingerprint: body.new_fp.clone(), made, let_stay: None }));
        }
    }

    /// Compares with the records as they are.
    fn compare<Text>(&self, trail: &Trail<Text>) -> Vec<Damage> {
        let damage = |id: i64, what: String| Damage { session: trail.session, seq: None, host_session: Some(id), what };
        let find = |id: i64| trail.records.iter().find(|record| record.id.get() == id);
        let mut found = Vec::new();
        if let Some((id, known)) = &self.current {
            let faults = find(*id).map_or_else(|| vec!["the record is gone"], |record| known.differences(record));
            found.extend(faults.into_iter().map(|what| damage(*id, what.to_owned())));
        }
        for (id, retired) in &self.retired {
            let faults =
                find(*id).map_or_else(|| vec!["the retired record is gone"], |record| retired.differences(record));
            found.extend(faults.into_iter().map(|what| damage(*id, what.to_owned())));
        }
        if !self.ruled {
            found.extend(ours_without_history(trail));
        }
        let current = self.current.as_ref().map(|(id, _)| *id);
        let strangers = trail.records.iter().filter(|record| {
            let id = record.id.get();
            self.ruled && record.is_active && Some(id) != current && !self.retired.contains_key(&id)
        });
        found.extend(
            strangers.map(|record| {
                damage(record.id.get(), "the record is active, and the history does not say so".to_owned())
            }),
        );
        found
    }
}

/// Gives a stored column the form that our whole-second columns have in a body.
fn same_second(column: Option<Timestamp>, body: &str) -> bool {
    column == Timestamp::parse_fixed_width(body).map(Timestamp::whole_seconds)
}

/// Keeps what does not fit.
fn unfit(checks: impl IntoIterator<Item = (bool, &'static str)>) -> Vec<&'static str> {
    checks.into_iter().filter_map(|(fits, what)| (!fits).then_some(what)).collect()
}

impl Made<'_> {
    fn checks(&self, record: &HostRecord) -> [(bool, &'static str); 3] {
        let expires = record.expires_at.map(Timestamp::fixed_width);
        let (at, by) = (self.here.as_ref().map(|(at, _)| at.as_ref()), self.here.as_ref().map(|(_, by)| by.as_ref()));
        let same_at = at.is_none_or(|at| same_second(Some(record.created_at), at));
        let same_by = by.is_none_or(|by| record.created_by.as_deref() == Some(by));
        let same_end = expires.as_deref() == self.expires.as_ref().map(Lent::as_ref);
        [
            (same_at, "CreatedAt was changed outside of the history"),
            (same_by, "CreatedBy was changed outside of the history"),
            (same_end, "ExpiresAt was changed outside of the history"),
        ]
    }
}

impl<'a> Known<'a> {
    /// Tells what a consolidation found otherwise than the history had left it.
    fn changed_before(&self, consolidated: &AuditBody<Lent<'a>>) -> Option<&'static str> {
        let hash = "HostGuidHash had been changed outside of the history when a consolidation let it stay";
        let expiry = "ExpiresAt had been changed outside of the history when a consolidation let it stay";
        let found =
            [(self.fingerprint == consolidated.new_fp, hash), (self.made.expires == consolidated.expires, expiry)];
        self.let_stay.or_else(|| unfit(found).first().copied())
    }

    fn differences(&self, record: &HostRecord) -> Vec<&'static str> {
        let same_hash =
            self.fingerprint.as_ref().is_some_and(|known| known.as_ref() == record.hash.fingerprint().full());
        let revoked = record.revoked_at.is_some() || record.revoked_by.is_some();
        let own = [
            (record.is_active, "IsActive was cleared outside of the history"),
            (!record.legacy_duplicate, "LegacyDuplicate was set outside of the history"),
            (same_hash, "HostGuidHash was changed outside of the history"),
            (!revoked, "the record was revoked outside of the history"),
        ];
        unfit(own.into_iter().chain(self.made.checks(record))).into_iter().chain(self.let_stay).collect()
    }
}

impl Retired<'_> {
    fn differences(&self, record: &HostRecord) -> Vec<&'static str> {
        let same_hash =
            self.fingerprint.as_ref().is_none_or(|known| known.as_ref() == record.hash.fingerprint().full());
        let own = [
            (!record.is_active, "the retired record was made active outside of the history"),
            (!record.legacy_duplicate, "LegacyDuplicate of the retired record was set outside of the history"),
            (same_hash, "HostGuidHash of the retired record was changed outside of the history"),
            (same_second(record.revoked_at, self.at.as_ref()), "RevokedAt was changed outside of the history"),
            (record.revoked_by.as_deref() == Some(self.by.as_ref()), "RevokedBy was changed outside of the history"),
        ];
        unfit(own.into_iter().chain(self.made.iter().flat_map(|made| made.checks(record))))
    }
}
