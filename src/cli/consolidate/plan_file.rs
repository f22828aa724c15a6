//! The plan that people review: one line of JSON for each session, so that it can be compared and edited.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cli::duplicates::CrowdedView;
use crate::cli::new_file::NewFile;
use crate::cli::{Exit, Failure, json};
use crate::domain::consolidation::RecordsDigest;
use crate::domain::expected::Expected;
use crate::domain::host_record::HostRecordId;
use crate::domain::session::SessionId;
use crate::domain::time::Timestamp;
use crate::provision::{Crowded, Decision, Planned};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The version of the form of a plan.
const VERSION: u32 = 1;

/// What stands above the sessions of a plan.
#[derive(Serialize)]
pub(super) struct Heading<'a> {
    schema_version: u32,
    database: &'a str,
    made_at: String,
    made_by: &'a str,
    ambiguous_within: String,
}

impl<'a> Heading<'a> {
    pub(super) fn new(database: &'a str, made_at: Timestamp, made_by: &'a str, within: Duration) -> Self {
        let ambiguous_within = humantime::format_duration(within).to_string();
        Self { schema_version: VERSION, database, made_at: made_at.to_string(), made_by, ambiguous_within }
    }
}

/// One session of a plan, as it is written. `keep` is for the person who reviews it.
#[derive(Serialize)]
struct Written {
    #[serde(flatten)]
    session: CrowdedView,
    keep: Option<i64>,
    digest: String,
}

/// A plan on its way to its file, which appears whole or not at all.
pub(super) struct PlanWriter {
    file: NewFile,
    place: PathBuf,
    empty: bool,
}

fn failed(place: &Path, why: &io::Error) -> Failure {
    let (hint, exit) = match why.kind() {
        io::ErrorKind::AlreadyExists => {
            ("a plan may hold decisions, so none is written over: name another file", Exit::Usage)
        }
        io::ErrorKind::NotFound => ("make the folder first", Exit::Usage),
        io::ErrorKind::PermissionDenied => ("name a file in a folder that you may write", Exit::NotAllowed),
        _ => ("name another file, or make room", Exit::Failed),
    };
    let message = format!("the plan {} cannot be written: {why}; nothing was changed", place.display());
    Failure::new(exit, "plan_file", message).hint(hint)
}

impl PlanWriter {
    /// Begins a plan beside the place where it will be.
    pub(super) fn begin(place: &Path, heading: &Heading<'_>) -> Result<Self, Failure> {
        let tell = |why: io::Error| failed(place, &why);
        let mut file = NewFile::begin(place).map_err(tell)?;
        let mut head = Vec::new();
        let written = json::write(&mut head, heading).map_err(io::Error::from);
        // The sessions go into the same object.
        let head = head.strip_suffix(b"}").unwrap_or(&head);
        written.and_then(|()| file.write_all(head)).and_then(|()| file.write_all(b",\"sessions\":[")).map_err(tell)?;
        Ok(Self { file, place: place.to_owned(), empty: true })
    }

    /// Adds a session.
    pub(super) fn add(&mut self, crowded: &Crowded, session: CrowdedView) -> Result<(), Failure> {
        let written = Written { session, keep: None, digest: crowded.digest().to_string() };
        let comma: &[u8] = if self.empty { b"\n" } else { b",\n" };
        self.empty = false;
        let added = self.file.write_all(comma).and_then(|()| Ok(json::write(&mut self.file, &written)?));
        added.map_err(|why| failed(&self.place, &why))
    }

    /// Ends it and gives it its name, unless a file has that name meanwhile.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let tell = |why: io::Error| failed(&self.place, &why);
        self.file.write_all(b"\n]}\n").and_then(|()| self.file.finish()).map_err(tell)
    }
}

#[derive(Deserialize)]
struct ReadPlan {
    schema_version: u32,
    database: String,
    sessions: Vec<ReadSession>,
}

#[derive(Deserialize)]
struct ReadSession {
    session_id: i64,
    keep: Option<i64>,
    stays: Option<i64>,
    goes: Vec<i64>,
    digest: String,
    records: Vec<ReadRecord>,
}

#[derive(Deserialize)]
struct ReadRecord {
    host_session_id: i64,
    fingerprint: String,
}

/// A plan, as it was read.
pub(super) struct Plan {
    /// The database on which it was made, by its name.
    pub(super) database: String,
    /// What is to be done.
    pub(super) sessions: Vec<Planned>,
}

/// Reads a plan, and refuses it whole if anything in it contradicts itself.
pub(super) fn read(place: &Path) -> Result<Plan, Failure> {
    let refused = |why: String| {
        Failure::new(Exit::Usage, "plan_file", format!("the plan {}: {why}; nothing was changed", place.display()))
            .hint("mend it there; `host-provisioner consolidate --plan FILE` makes a new one, without its decisions")
    };
    let mut source: Box<dyn Read> = if place.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(place).map_err(|why| refused(why.to_string()))?)
    };
    // Editors may put a byte order mark in front.
    let mut head = Vec::new();
    source.by_ref().take(BOM.len() as u64).read_to_end(&mut head).map_err(|why| refused(why.to_string()))?;
    let head = head.strip_prefix(BOM).unwrap_or(&head);
    let plan: ReadPlan =
        serde_json::from_reader(BufReader::new(head.chain(source))).map_err(|why| refused(why.to_string()))?;
    if plan.schema_version != VERSION {
        return Err(refused(format!("its version is {}, and this program reads {VERSION}", plan.schema_version)));
    }
    let mut seen = HashSet::new();
    let database = plan.database;
    let sessions = plan.sessions.into_iter().map(|session| {
        let id = session.session_id;
        if !seen.insert(id) {
            return Err(refused(format!("session {id} is in it twice")));
        }
        session.planned().map_err(|why| refused(format!("session {id}: {why}")))
    });
    Ok(Plan { database, sessions: sessions.collect::<Result<_, _>>()? })
}

impl ReadSession {
    fn planned(self) -> Result<Planned, String> {
        let digest: RecordsDigest = self.digest.parse().map_err(|why| format!("{why}"))?;
        let session = SessionId::new(self.session_id).ok_or("its id is not an id")?;
        let Some(keep) = self.keep.or(self.stays) else {
            return Ok(Planned::Undecided(session));
        };
        let kept = self.records.iter().find(|record| record.host_session_id == keep);
        let kept = kept.ok_or_else(|| format!("record #{keep} is to stay, and is not among its records"))?;
        let others = self.records.iter().map(|record| record.host_session_id).filter(|id| *id != keep);
        let goes: BTreeSet<i64> = self.goes.iter().copied().collect();
        // Whoever took a record out of `goes` wanted it to stay, and only one can.
        if self.keep.is_none_or(|keep| Some(keep) == self.stays) && others.collect::<BTreeSet<_>>() != goes {
            return Err("`goes` does not name exactly the other records; `keep` names the one that stays".to_owned());
        }
        let fingerprint = kept.fingerprint.clone();
        let keep = HostRecordId::new(keep).ok_or("the id of the record that stays is not an id")?;
        Ok(Planned::Decided(Decision { session, keep, expected: Expected::Records(digest), fingerprint }))
    }
}
