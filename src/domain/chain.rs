//! The audit chain's format: what an entry says, and how it is linked to the one before.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::actor::Origin;
use super::body_text;
use super::event_id::EventId;
use super::host_record::{Fingerprint, HostRecordId};
use super::lent::Lent;
use super::plan::Outcome;
use super::request::Request;
use super::secret::{hex, unhex32};
use super::time::Timestamp;

/// Separates our input from every other use of SHA-256.
const CONTEXT: &[u8] = b"host-provisioner/audit/1\0";

/// The hash that links one entry to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// What the first entry of a chain follows: 32 zero bytes.
    pub const START: Self = Self([0; 32]);

    /// Writes 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// Reads 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        unhex32(text).map(Self)
    }
}

/// Links a body to what went before: SHA-256 over context, session (u64 big-endian), sequence number
/// (u64 big-endian), the previous hash and the exact bytes of the body.
#[must_use]
pub fn link(previous: ChainHash, session: i64, seq: i64, body: &str) -> ChainHash {
    let hash = Sha256::new()
        .chain_update(CONTEXT)
        .chain_update(session.to_be_bytes())
        .chain_update(seq.to_be_bytes())
        .chain_update(previous.0)
        .chain_update(body.as_bytes());
    ChainHash(hash.finalize().into())
}

/// Where a session's chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The last sequence number; 0 for an empty chain.
    pub seq: i64,
    /// The last entry's hash.
    pub hash: ChainHash,
}

impl Default for ChainHead {
    fn default() -> Self {
        Self { seq: 0, hash: ChainHash::START }
    }
}

/// What an entry records, in the words of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// The first record was made.
    Created,
    /// A record was updated in place.
    Rotated,
    /// All active records were retired and a new one was made.
    ForceCreated,
    /// All active records were retired.
    Revoked,
    /// Rows of the tool of before were brought in, whose GUIDs go on working.
    Imported,
    /// All active records but one were retired.
    Consolidated,
}

impl AuditAction {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Rotated, Self::ForceCreated, Self::Revoked, Self::Imported, Self::Consolidated];

    /// Gives the action of an outcome; an unchanged session writes no entry.
    #[must_use]
    pub fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Created => Some(Self::Created),
            Outcome::Rotated => Some(Self::Rotated),
            Outcome::ForceCreated => Some(Self::ForceCreated),
            Outcome::Revoked => Some(Self::Revoked),
            Outcome::Consolidated => Some(Self::Consolidated),
            Outcome::Unchanged => None,
        }
    }

    /// Gives the action of a word.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }

    /// Gives the word of the column and the body.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Rotated => "rotated",
            Self::ForceCreated => "force_created",
            Self::Revoked => "revoked",
            Self::Imported => "imported",
            Self::Consolidated => "consolidated",
        }
    }
}

/// What a plan knows of its entry; an insert's id and the new hash come later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDraft {
    /// What is done.
    pub action: AuditAction,
    /// The record that is updated or revoked; `None` until an insert has given its id.
    pub host_session: Option<HostRecordId>,
    /// The records that become inactive.
    pub retired: Vec<HostRecordId>,
    /// What stops working.
    pub old_fp: Option<Fingerprint>,
    /// What goes on working, where no new hash takes its place.
    pub kept_fp: Option<Fingerprint>,
    /// Until when the new GUID works.
    pub expires: Option<Timestamp>,
}

/// The body of an entry. The order of the fields is the order of the text, and part of the format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditBody<Text = String> {
    /// The version of this format: 1.
    pub v: u32,
    /// The session's id.
    pub session: i64,
    /// The place in the session's chain, from 1.
    pub seq: i64,
    /// The event id.
    pub event: Text,
    /// What was done.
    pub action: AuditAction,
    /// The record that got the new hash, was revoked, stayed, or is current after an import.
    pub host_session: Option<i64>,
    /// The records that became inactive.
    pub retired: Vec<i64>,
    /// The name that was given.
    pub by: Text,
    /// The operating system's user, by uid.
    pub os_user: Text,
    /// Host name and program version.
    pub client: Text,
    /// Why.
    pub reason: Option<Text>,
    /// Fingerprint (64 hex) of the hash that stopped working.
    pub old_fp: Option<Text>,
    /// Fingerprint (64 hex) of the hash that works from here on.
    pub new_fp: Option<Text>,
    /// Until when that GUID works, fixed-width UTC.
    pub expires: Option<Text>,
    /// When, fixed-width UTC.
    pub at: Text,
}

/// One row of `HostSessionEvents`, as stored; nothing in it is trusted before it was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry<Text = String> {
    /// Whose chain.
    pub session: i64,
    /// Its place, from 1.
    pub seq: i64,
    /// The event id's text.
    pub event_id: Text,
    /// The action's word.
    pub action: Text,
    /// The instant's fixed-width text.
    pub at: Text,
    /// The exact text that was hashed: one line of JSON.
    pub body: Text,
    /// 64 hex: the entry before.
    pub prev_hash: Text,
    /// 64 hex: this entry.
    pub entry_hash: Text,
}

impl<Text: AsRef<str>> StoredEntry<Text> {
    /// Reads the body, if it is one.
    #[must_use]
    pub fn parse_body(&self) -> Option<AuditBody> {
        serde_json::from_str(self.body.as_ref()).ok()
    }

    /// Reads the body, if it is one, without copying its texts.
    pub(super) fn lent_body(&self) -> Option<AuditBody<Lent<'_>>> {
        let text = self.body.as_ref();
        body_text::read(text).or_else(|| serde_json::from_str(text).ok())
    }

    /// Gives the same entry without copying its texts.
    #[must_use]
    pub fn lent(&self) -> StoredEntry<&str> {
        self.map(AsRef::as_ref)
    }
}

impl<Text> StoredEntry<Text> {
    /// Gives the same entry with every text replaced.
    #[must_use]
    pub fn map<'a, Other>(&'a self, change: impl Fn(&'a Text) -> Other) -> StoredEntry<Other> {
        StoredEntry {
            session: self.session,
            seq: self.seq,
            event_id: change(&self.event_id),
            action: change(&self.action),
            at: change(&self.at),
            body: change(&self.body),
            prev_hash: change(&self.prev_hash),
            entry_hash: change(&self.entry_hash),
        }
    }
}

impl AuditDraft {
    /// Completes the draft into the entry that follows `head`.
    #[must_use]
    pub fn complete(
        &self,
        head: ChainHead,
        request: &Request,
        event: EventId,
        host_session: Option<HostRecordId>,
        new_fp: Option<Fingerprint>,
        now: Timestamp,
    ) -> StoredEntry {
        let Origin { os_user, client } = &request.origin;
        let (session, seq) = (request.session.get(), head.seq + 1);
        let body = AuditBody {
            v: 1,
            session,
            seq,
            event: event.to_string(),
            action: self.action,
            host_session: host_session.or(self.host_session).map(HostRecordId::get),
            retired: self.retired.iter().map(|id| id.get()).collect(),
            by: request.by.as_str().to_owned(),
            os_user: os_user.clone(),
            client: client.clone(),
            reason: request.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            old_fp: self.old_fp.map(|fp| fp.full()),
            new_fp: new_fp.or(self.kept_fp).map(|fp| fp.full()),
            expires: self.expires.map(Timestamp::fixed_width),
            at: now.fixed_width(),
        };
        body.follow(head)
    }
}

impl AuditBody {
    /// Writes the entry that follows `head`.
    #[must_use]
    pub fn follow(self, head: ChainHead) -> StoredEntry {
        // A struct of texts and numbers always serialises.
        let text = serde_json::to_string(&self).unwrap_or_default();
        StoredEntry {
            session: self.session,
            seq: self.seq,
            event_id: self.event,
            action: self.action.word().to_owned(),
            at: self.at,
            prev_hash: head.hash.to_hex(),
            entry_hash: link(head.hash, self.session, self.seq, &text).to_hex(),
            body: text,
        }
    }
}
