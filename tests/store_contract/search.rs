//! The contract about searching the history.

use std::sync::Arc;

use host_provisioner::domain::chain::{AuditAction, AuditBody, ChainHead, StoredEntry};
use host_provisioner::domain::event_id::EventId;
use host_provisioner::domain::search::Search;
use host_provisioner::domain::session::SessionId;
use host_provisioner::store::{HistoryPage, HistoryQuery, HistorySearch, Store};

use super::Database;
use super::one_session::NOW;
use crate::support::requests::{SetClock, at, session};

/// Session, hours ago, action, by and reason.
type Told = (i64, i64, AuditAction, &'static str, Option<&'static str>);

/// Entries with every kind of text that a search meets.
const STORY: [Told; 8] = [
    (1, 900, AuditAction::Created, "Host Manager", Some("first host of the series")),
    (7, 700, AuditAction::Rotated, "R. Sato", Some("suspected \"leak\" in C:\\chat")),
    (1, 200, AuditAction::ForceCreated, "M. Keller", Some("100% [lost] *GUID* of 7?")),
    (9, 100, AuditAction::Revoked, "Σοφία", Some("ΤΈΛΟΣ της σειράς")),
    (7, 60, AuditAction::Rotated, "Ångström", None),
    (1, 30, AuditAction::Rotated, "reason", Some("Suspected LEAK: line\u{1b}[31m, 知識")),
    (215, 4, AuditAction::Created, "Mallory\u{202e}", Some("it's a by-word, \"by\":\"R. Sato\"")),
    (7, 1, AuditAction::Revoked, "M. Keller", Some("session cancelled")),
];

/// Writes a text as SQL does.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

async fn insert(db: &dyn Database, entry: &StoredEntry) {
    let StoredEntry { session, seq, event_id, action, at, body, prev_hash, entry_hash } = entry;
    let texts = [event_id, action, at, body, prev_hash, entry_hash].map(|text| literal(text)).join(", ");
    let columns = r#""SessionId", "Seq", "EventId", "Action", "At", "Body", "PrevHash", "EntryHash""#;
    db.sql(&format!(r#"INSERT INTO "HostSessionEvents" ({columns}) VALUES ({session}, {seq}, {texts})"#)).await;
}

/// An entry whose event id was made a minute before it.
fn entry(place: usize, (number, hours, action, by, reason): Told) -> StoredEntry {
    let made = at(NOW).plus_seconds(-3600 * hours);
    let seq = 1 + i64::try_from(STORY[..place].iter().filter(|told| told.0 == number).count()).unwrap();
    let body = AuditBody {
        v: 1,
        session: number,
        seq,
        event: format!("{}-7000-8000-{place:012}", EventId::begin_of(made.plus_seconds(-60))),
        action,
        host_session: Some(18),
        retired: Vec::new(),
        by: by.to_owned(),
        os_user: "r.sato".to_owned(),
        client: "leak host-provisioner/0".to_owned(),
        reason: reason.map(str::to_owned),
        old_fp: None,
        new_fp: None,
        expires: None,
        at: made.fixed_width(),
    };
    body.follow(ChainHead { seq: seq - 1, ..ChainHead::default() })
}

async fn with_story(db: &dyn Database) -> Arc<dyn Store> {
    for (place, told) in STORY.into_iter().enumerate() {
        insert(db, &entry(place, told)).await;
    }
    db.store(SetClock::at(NOW)).await
}

/// Asks until there is nothing more to look at; gives what was found, and how many questions that took.
async fn search(store: &dyn Store, of: Option<SessionId>, text: &str) -> (Vec<StoredEntry>, usize) {
    let mut query = HistorySearch { session: of, search: Search::parse(text).unwrap(), before: None };
    let (mut found, mut questions) = (Vec::new(), 0);
    loop {
        let stretch = store.search_history(&query).await.unwrap();
        questions += 1;
        found.extend(stretch.found);
        let Some(reached) = stretch.reached else { return (found, questions) };
        assert!(query.before.as_ref().is_none_or(|before| reached < *before), "it goes on");
        query.before = Some(reached);
    }
}

fn places(entries: &[StoredEntry]) -> Vec<(i64, i64)> {
    entries.iter().map(|entry| (entry.session, entry.seq)).collect()
}

pub(crate) async fn a_search_finds_what_the_domain_says_newest_first(db: &dyn Database) {
    let store = with_story(db).await;
    let query = HistoryQuery { session: None, page: HistoryPage::Newest, limit: 100 };
    let all = store.history(&query).await.unwrap();
    assert_eq!(all.len(), STORY.len());
    let texts = [
        "",
        "leak",
        "LEAK suspected",
        "\"\\\"leak\"",
        "\"c:\\\\chat\"",
        "100%",
        "[lost]",
        "*guid*",
        "7?",
        "7",
        "215",
        "21",
        "zebra",
        "τέλοσ",
        "σοφίας",
        "σοφία",
        "ångström",
        "reason",
        "by",
        "sato",
        "by:sato",
        "by:=\"R. Sato\"",
        "by:reason",
        "知識",
        "\u{1b}",
        "\u{202e}",
        "-leak",
        "-by:keller 7",
        "force",
        "revoked -9",
        "id:7",
        "id:1,200-300",
        "-id:7",
        "id:4",
        "age:<2d",
        "age:>25d leak",
        "age:>=100h age:<200h",
        "age:<=200h age:>=100h",
        "-age:<30d",
        "created",
    ];
    let mut nothing = 0;
    for text in texts {
        let asked = Search::parse(text).unwrap();
        let expected: Vec<_> = all.iter().filter(|entry| asked.finds(entry, at(NOW))).cloned().collect();
        nothing += usize::from(expected.is_empty());
        assert_eq!(search(&*store, None, text).await.0, expected, "{text}");
    }
    assert_eq!(nothing, 4, "zebra, 21, σοφίας and id:4");
}

pub(crate) async fn a_search_of_one_session_leaves_the_others_out(db: &dyn Database) {
    let store = with_story(db).await;
    assert_eq!(places(&search(&*store, Some(session(7)), "").await.0), [(7, 3), (7, 2), (7, 1)]);
    assert_eq!(places(&search(&*store, Some(session(7)), "leak").await.0), [(7, 1)]);
    assert_eq!(places(&search(&*store, Some(session(7)), "id:1").await.0), []);
    assert_eq!(places(&search(&*store, Some(session(4)), "leak").await.0), []);
}

/// So many entries that are older than the story, one for each session from 1001 on.
async fn many(db: &dyn Database, count: i64) {
    let body = r#"{"v":1,"session":1000,"seq":1,"event":"e","action":"rotated","host_session":null,"retired":[],"by":"M. Keller","os_user":"m","client":"c","reason":"hay","old_fp":null,"new_fp":null,"expires":null,"at":"a"}"#;
    let nothing = "0".repeat(64);
    db.sql(&format!(
        r#"INSERT INTO "HostSessionEvents" ("SessionId", "Seq", "EventId", "Action", "At", "Body", "PrevHash", "EntryHash")
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         SELECT 1000 + i, 1, '00000000-0000-7000-8000-' || CAST(100000000000 + i AS text),
         'rotated', '2026-01-01T00:00:00.000000Z', {}, '{nothing}', '{nothing}' FROM n"#,
        literal(body)
    ))
    .await;
}

/// More entries than one question looks at.
pub(crate) async fn a_search_looks_at_a_bounded_number_and_goes_on_where_it_stopped(db: &dyn Database) {
    many(db, 25_000).await;
    let store = with_story(db).await;
    let (found, questions) = search(&*store, None, "series").await;
    assert_eq!((places(&found), questions), (vec![(1, 1)], 3));
    // What stands in every text is brought here, and found in none: each question goes a little way all the same.
    let (found, questions) = search(&*store, None, "os_user").await;
    assert_eq!((places(&found), questions), (vec![], 51));
    let (found, questions) = search(&*store, None, "id:1 series").await;
    assert_eq!((places(&found), questions), (vec![(1, 1)], 1), "the key of the table finds a session");
}

/// Entries that are older than asked for by more than a day are not looked at.
pub(crate) async fn a_search_of_a_time_looks_at_nothing_else(db: &dyn Database) {
    many(db, 25_000).await;
    let store = with_story(db).await;
    let (found, questions) = search(&*store, None, "age:<2d").await;
    assert_eq!((places(&found), questions), (vec![(7, 3), (215, 1), (1, 3)], 1));
    let (found, questions) = search(&*store, None, "age:>20d leak").await;
    assert_eq!((places(&found), questions), (vec![(7, 1)], 3));
}

pub(crate) async fn the_history_pages_from_its_oldest_entry_to_the_newest(db: &dyn Database) {
    let store = with_story(db).await;
    let newest = HistoryQuery { session: None, page: HistoryPage::Newest, limit: 100 };
    let whole = places(&store.history(&newest).await.unwrap());
    let of_seven = vec![(7, 3), (7, 2), (7, 1)];
    for (of, expected) in [(None, whole), (Some(session(7)), of_seven)] {
        let (mut seen, mut page) = (Vec::new(), HistoryPage::Oldest);
        loop {
            let entries = store.history(&HistoryQuery { session: of, page, limit: 2 }).await.unwrap();
            let Some(first) = entries.first() else { break };
            page = HistoryPage::After(first.event_id.clone());
            seen = [places(&entries), seen].concat();
            assert!(seen.len() <= expected.len(), "{seen:?}");
        }
        assert_eq!(seen, expected);
    }
}
