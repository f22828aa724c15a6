//! Every SQL text of the store, constant, with `$1` placeholders that both engines take.

/// The columns of `Sessions` in the order of the type.
macro_rules! session_columns {
    () => {
        r#"s."SessionId", s."GroupId", s."Title", s."Description", s."Status", s."ParticipantCount", s."MaxParticipants",
           s."StartedAt", s."EndedAt", s."ExpiresAt", s."CreatedAt", s."ModifiedAt""#
    };
}

/// The columns of `HostSessions`, renamed where `Sessions` has the same name.
macro_rules! record_columns {
    () => {
        r#"h."HostSessionId", h."SessionId" AS "RecordSessionId", h."HostGuidHash", h."CreatedAt" AS "RecordCreatedAt",
           h."ExpiresAt" AS "RecordExpiresAt", h."LastUsedAt", h."CreatedBy", h."RevokedAt", h."RevokedBy", h."IsActive",
           h."LegacyDuplicate""#
    };
}

macro_rules! event_columns {
    () => {
        r#"e."SessionId", e."Seq", e."EventId", e."Action", e."At", e."Body", e."PrevHash", e."EntryHash""#
    };
}

/// A cell of an entry in the text of many.
macro_rules! cell {
    ($column:literal) => {
        concat!("e.\"", $column, "\", '\u{1f}', ")
    };
}

/// Ends a subquery of EXISTS that is to be looked up for one row after the other, and changes no answer. `PostgreSQL`
/// makes a join of any other, and may read all of an index or a table for one page.
macro_rules! one_by_one {
    () => {
        " LIMIT 1 OFFSET 0"
    };
}

/// Whether the session of a row is still there.
macro_rules! session_exists {
    ($table:literal) => {
        concat!(
            r#"EXISTS (SELECT 1 FROM "Sessions" AS s WHERE s."SessionId" = "#,
            $table,
            r#"."SessionId""#,
            one_by_one!(),
            ")"
        )
    };
}

/// Where the entries to verify come from.
macro_rules! audited_entries {
    () => {
        r#" FROM "HostSessionEvents" AS e WHERE e."SessionId" > $1 AND e."SessionId" <= $2
            ORDER BY e."SessionId", e."Seq" LIMIT $3"#
    };
}

pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";

/// The targets are evaluated from left to right: the clock is read once the lock is held.
pub(super) const HOLD_SESSION_ON_SERVER: &str = "SELECT set_config('lock_timeout', $2, true), set_config('statement_timeout', $2, true), \
    set_config('idle_in_transaction_session_timeout', $2, true), \
    pg_advisory_xact_lock(hashtextextended('canvas.HostSessions', $1)), clock_timestamp() AS now";

pub(super) const SQLITE_VERSION: &str = "SELECT sqlite_version()";
pub(super) const APPLIED_MIGRATIONS: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";

pub(super) const SESSION: &str =
    concat!("SELECT ", session_columns!(), r#" FROM "Sessions" AS s WHERE s."SessionId" = $1"#);

pub(super) const RECORDS_OF_SESSION: &str =
    concat!("SELECT ", record_columns!(), r#" FROM "HostSessions" AS h WHERE h."SessionId" = $1"#);

pub(super) const LAST_EVENT: &str = concat!(
    "SELECT ",
    event_columns!(),
    r#" FROM "HostSessionEvents" AS e WHERE e."SessionId" = $1 ORDER BY e."Seq" DESC LIMIT 1"#
);

pub(super) const SESSION_OF_RECORD: &str = r#"SELECT "SessionId" FROM "HostSessions" WHERE "HostSessionId" = $1"#;

pub(super) const RETIRE: &str = r#"UPDATE "HostSessions" SET "IsActive" = $1, "RevokedAt" = $2, "RevokedBy" = $3
    WHERE "HostSessionId" = $4 AND "HostGuidHash" = $5"#;

pub(super) const UPDATE_IN_PLACE: &str = r#"UPDATE "HostSessions"
    SET "HostGuidHash" = $1, "CreatedAt" = $2, "CreatedBy" = $3, "ExpiresAt" = $4, "IsActive" = $5,
        "LegacyDuplicate" = $6, "LastUsedAt" = NULL, "RevokedAt" = NULL, "RevokedBy" = NULL
    WHERE "HostSessionId" = $7 AND "HostGuidHash" = $8"#;

/// A record that stays alone is no duplicate any more; a retired one lost the flag by a trigger.
pub(super) const KEEP: &str =
    r#"UPDATE "HostSessions" SET "LegacyDuplicate" = $1 WHERE "HostSessionId" = $2 AND "HostGuidHash" = $3"#;

pub(super) const TOUCH: &str = r#"UPDATE "HostSessions" SET "LastUsedAt" = $1
    WHERE "HostSessionId" = $2 AND "HostGuidHash" = $3 AND "IsActive" = $4"#;

pub(super) const INSERT_RECORD: &str = r#"INSERT INTO "HostSessions"
    ("SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "ExpiresAt", "IsActive", "LegacyDuplicate")
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "HostSessionId""#;

pub(super) const APPEND_EVENT: &str = r#"INSERT INTO "HostSessionEvents"
    ("SessionId", "Seq", "EventId", "Action", "At", "Body", "PrevHash", "EntryHash")
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"#;

pub(super) const EVENT_EXISTS: &str =
    r#"SELECT "Seq" FROM "HostSessionEvents" WHERE "EventId" = $1 AND "SessionId" = $2"#;

/// A question that reaches the tables and costs nothing.
pub(super) const ONE_SESSION: &str = r#"SELECT "SessionId" FROM "Sessions" LIMIT 1"#;

/// The upper end of the next records to count.
pub(super) const CENSUS_SLICE: &str = r#"SELECT max("HostSessionId") AS "End" FROM
    (SELECT "HostSessionId" FROM "HostSessions" WHERE "HostSessionId" > $1 ORDER BY "HostSessionId" LIMIT $2) AS slice"#;

/// The active records of a slice by the beginning of their hash, as far as it names scheme and key, or its length.
pub(super) const CENSUS: &str = r#"SELECT CASE
        WHEN substr("HostGuidHash", 1, 7) = 'sha256:' THEN 'sha256:'
        WHEN substr("HostGuidHash", 1, 12) = 'hmac-sha256:' THEN substr("HostGuidHash", 1, 20)
        ELSE CAST(length("HostGuidHash") AS text) END AS "Form",
        min("HostGuidHash") AS "Sample", count(*) AS "Records",
        sum(CASE WHEN "LegacyDuplicate" THEN 1 ELSE 0 END) AS "Duplicates"
    FROM "HostSessions" WHERE "HostSessionId" > $1 AND "HostSessionId" <= $2 AND "IsActive" GROUP BY 1"#;

/// What the newest entries of the history tell of.
pub(super) const NEWEST_ACTIONS: &str = r#"SELECT count(*) AS "Entries",
        count(CASE WHEN "Action" = $1 THEN 1 END) AS "Imports", max(CASE WHEN "Action" = $1 THEN "At" END) AS "LastImport"
    FROM (SELECT "Action", "At" FROM "HostSessionEvents" WHERE "EventId" < $2 ORDER BY "EventId" DESC LIMIT $3) AS newest"#;

pub(super) const INSERT_SESSION: &str = r#"INSERT INTO "Sessions"
    ("GroupId", "Title", "Status", "ParticipantCount", "CreatedAt", "ModifiedAt") VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING "SessionId""#;

pub(super) const COUNT_SESSIONS: &str =
    r#"SELECT count(*) AS "Count" FROM (SELECT 1 FROM "Sessions" LIMIT $1) AS counted"#;

/// The first and the last session of a range of ids; its ends follow each, and [`END_OF_RANGE`].
pub(super) const FIRST_OF_RANGE: &str = r#"SELECT (SELECT min("SessionId") FROM "Sessions" WHERE "SessionId" >= "#;
pub(super) const LAST_OF_RANGE: &str =
    r#") AS "First", (SELECT max("SessionId") FROM "Sessions" WHERE "SessionId" >= "#;
pub(super) const END_OF_RANGE: &str = r#") AS "Last""#;

/// Some sessions from the beginning of a range of ids, in one row: ten thousand rows would take more memory than all that
/// is shown. Its ends and the limit follow.
pub(super) const SAMPLE_FROM: &str = r#"SELECT string_agg(CAST("SessionId" AS text), ',') AS "Ids"
    FROM (SELECT "SessionId" FROM "Sessions" WHERE "SessionId" >= "#;
pub(super) const UP_TO: &str = r#" AND "SessionId" <= "#;
pub(super) const SAMPLE_LIMIT: &str = r#" ORDER BY "SessionId" LIMIT "#;
pub(super) const END_OF_SAMPLE: &str = ") AS sample";

/// Counts sessions; the source and conditions follow.
pub(super) const COUNT_OF: &str = r#"SELECT count(*) AS "Count""#;

pub(super) const HISTORY_OF_SESSION: &str = concat!(
    "SELECT ",
    event_columns!(),
    r#" FROM "HostSessionEvents" AS e WHERE e."SessionId" = $1
        AND e."Seq" < CASE WHEN $2 = '' THEN $3
            ELSE (SELECT b."Seq" FROM "HostSessionEvents" AS b WHERE b."EventId" = $2 AND b."SessionId" = $1) END
        ORDER BY e."Seq" DESC LIMIT $4"#
);

pub(super) const HISTORY_OF_ALL: &str = concat!(
    "SELECT ",
    event_columns!(),
    r#" FROM "HostSessionEvents" AS e WHERE e."EventId" < $1 ORDER BY e."EventId" DESC LIMIT $2"#
);

/// The two of them the other way, from an entry on towards the newest.
pub(super) const HISTORY_OF_SESSION_ON: &str = concat!(
    "SELECT ",
    event_columns!(),
    r#" FROM "HostSessionEvents" AS e WHERE e."SessionId" = $1
        AND e."Seq" > CASE WHEN $2 = '' THEN $3
            ELSE (SELECT b."Seq" FROM "HostSessionEvents" AS b WHERE b."EventId" = $2 AND b."SessionId" = $1) END
        ORDER BY e."Seq" LIMIT $4"#
);
pub(super) const HISTORY_OF_ALL_ON: &str = concat!(
    "SELECT ",
    event_columns!(),
    r#" FROM "HostSessionEvents" AS e WHERE e."EventId" > $1 ORDER BY e."EventId" LIMIT $2"#
);

/// Where a stretch of the history ends that is searched at once; nothing where it is the last.
pub(super) const SEARCH_STRETCH: &str = r#"SELECT "EventId" FROM "HostSessionEvents"
    WHERE "EventId" < $1 AND "EventId" >= $2 ORDER BY "EventId" DESC LIMIT 1 OFFSET $3"#;

/// A search of a stretch begins so; its two ends, conditions and [`SEARCH_TAIL`] follow.
pub(super) const SEARCH_HEAD: &str =
    concat!("SELECT ", event_columns!(), r#" FROM "HostSessionEvents" AS e WHERE e."EventId" < "#);
pub(super) const SEARCH_FROM: &str = r#" AND e."EventId" >= "#;
pub(super) const SEARCH_TAIL: &str = r#" ORDER BY e."EventId" DESC LIMIT "#;

/// How much there is to verify: as good as nothing beside reading all of it.
pub(super) const COUNT_EVENTS: &str = r#"SELECT count(*) AS "Count" FROM "HostSessionEvents""#;

/// Where the next batch of sessions to verify ends at the latest, counted in records; nothing where it is the last.
pub(super) const AUDIT_END: &str =
    r#"SELECT "SessionId" FROM "HostSessions" WHERE "SessionId" > $1 ORDER BY "SessionId" LIMIT 1 OFFSET $2"#;

/// The first entries of some sessions in one row: a row for each, with a value for each column, takes longer to hand
/// over than to read. The unit separator stands between two cells, and what is NULL comes as an empty one. The first
/// entry of a session tells whether the session is still there. An entry of more bytes than any of ours is left out, so
/// that the text has an end: no engine makes one of a gigabyte.
pub(super) const AUDIT_ENTRIES: &str = concat!(
    r#"SELECT count(*) AS "Count", string_agg(CASE WHEN octet_length("Cells") <= 16384 THEN "Cells" END, '"#,
    "\u{1f}",
    r#"') AS "Entries" FROM (SELECT concat("#,
    cell!("SessionId"),
    r#"CASE WHEN e."Seq" <> 1 THEN '-' WHEN "#,
    session_exists!("e"),
    " THEN 'y' ELSE 'n' END, '\u{1f}', ",
    cell!("Seq"),
    cell!("EventId"),
    cell!("Action"),
    cell!("At"),
    cell!("PrevHash"),
    cell!("EntryHash"),
    r#"e."Body") AS "Cells""#,
    audited_entries!(),
    ") AS batch"
);

/// The same entries, cell by cell.
pub(super) const AUDIT_EVENTS: &str =
    concat!("SELECT ", event_columns!(), ", ", session_exists!("e"), r#" AS "SessionExists""#, audited_entries!());

pub(super) const AUDIT_RECORDS: &str = concat!(
    "SELECT ",
    record_columns!(),
    ", ",
    session_exists!("h"),
    r#" AS "SessionExists" FROM "HostSessions" AS h WHERE h."SessionId" > $1 AND h."SessionId" <= $2"#
);

/// A page of sessions begins so; `listing` adds conditions, order and limit inside the parentheses.
pub(super) const LIST_HEAD: &str =
    concat!("SELECT ", session_columns!(), ", ", record_columns!(), r#" FROM (SELECT "Sessions".*"#);

/// A page of ids begins so; conditions and order follow.
pub(super) const IDS_HEAD: &str = r#"SELECT "Sessions"."SessionId""#;

/// Where the sessions of a page come from, unless an index of their records gives the order; conditions follow.
pub(super) const FROM_SESSIONS: &str = r#" FROM "Sessions" WHERE "#;

/// Counts the rows of the question in between.
pub(super) const COUNT_HEAD: &str = r#"SELECT count(*) AS "Count" FROM (SELECT 1 FROM ("#;
pub(super) const COUNT_TAIL: &str = ") AS found) AS counted";

/// Counts them and lists their ids, as a JSON array; ends as the other does.
pub(super) const LIST_IDS_HEAD: &str =
    r#"SELECT count(*) AS "Count", json_group_array("Id") AS "Ids" FROM (SELECT "Id" FROM ("#;
/// The ids of such a list.
pub(super) const IDS_LISTED: &str = "SELECT value FROM json_each(";

/// The ids of the sessions whose titles have the pieces that follow, as far as the index knows.
pub(super) const TITLES_WITH: &str = r#"SELECT rowid AS "Id" FROM "SessionTitles" WHERE "SessionTitles" MATCH "#;
/// And of those whose titles it does not know.
pub(super) const TITLES_CHANGED: &str = r#" UNION ALL SELECT "SessionId" FROM "SessionTitleChanges""#;

/// Notes of changed titles, counted up to a limit.
pub(super) const COUNT_TITLE_CHANGES: &str =
    r#"SELECT count(*) AS "Count" FROM (SELECT 1 FROM "SessionTitleChanges" LIMIT $1) AS counted"#;

/// The titles of the first notes go into the index. One that is there already gets the new pieces besides.
pub(super) const INDEX_TITLES: &str = r#"INSERT INTO "SessionTitles" (rowid, "Title")
    SELECT "SessionId", "Title" FROM "Sessions" WHERE "Title" IS NOT NULL AND "SessionId" IN
        (SELECT "SessionId" FROM "SessionTitleChanges" ORDER BY "SessionId" LIMIT $1)"#;

/// The same notes go.
pub(super) const FORGET_TITLE_CHANGES: &str = r#"DELETE FROM "SessionTitleChanges" WHERE "SessionId" IN
    (SELECT "SessionId" FROM "SessionTitleChanges" ORDER BY "SessionId" LIMIT $1)"#;

/// The sessions of active records; conditions follow.
pub(super) const SESSIONS_OF_RECORDS: &str = r#"SELECT r."SessionId" FROM "HostSessions" AS r WHERE r."IsActive""#;

/// All sessions, counted.
pub(super) const COUNT_ALL_SESSIONS: &str = r#"SELECT count(*) AS "Count" FROM "Sessions""#;

/// One of several counts, by its place, as `listing::overview` puts them together; the source and conditions follow.
pub(super) const COUNT_AS: &str = r#" AS "Place", count(*) AS "Count" FROM "#;

/// Active records; conditions follow.
pub(super) const ACTIVE_RECORDS: &str = r#""HostSessions" AS r WHERE r."IsActive""#;

/// Sessions with legacy duplicates, once each; conditions and a parenthesis follow.
pub(super) const SESSIONS_OF_DUPLICATES: &str = r#"(SELECT DISTINCT r."SessionId" FROM "HostSessions" AS r
    WHERE r."IsActive" AND r."LegacyDuplicate""#;

/// Of which none has a current record.
pub(super) const WITHOUT_CURRENT: &str = r#" AND NOT EXISTS (SELECT 1 FROM "HostSessions" AS h
    WHERE h."SessionId" = r."SessionId" AND h."IsActive" AND NOT h."LegacyDuplicate")"#;

/// Of which the session is there.
pub(super) const WITH_SESSION: &str =
    r#" AND EXISTS (SELECT 1 FROM "Sessions" WHERE "Sessions"."SessionId" = r."SessionId")"#;

/// Current records and duplicates that a deleted session left behind: only where foreign keys are not enforced.
pub(super) const LEFT_BEHIND: &str = r#"SELECT 1 WHERE EXISTS (SELECT 1 FROM "HostSessions" AS r
        WHERE r."IsActive" AND NOT r."LegacyDuplicate"
        AND NOT EXISTS (SELECT 1 FROM "Sessions" WHERE "Sessions"."SessionId" = r."SessionId"))
    OR EXISTS (SELECT 1 FROM "HostSessions" AS r WHERE r."IsActive" AND r."LegacyDuplicate"
        AND NOT EXISTS (SELECT 1 FROM "Sessions" WHERE "Sessions"."SessionId" = r."SessionId"))"#;

/// Entries that tell of a new Host GUID; conditions on the time follow.
pub(super) const ROTATIONS: &str =
    r#""HostSessionEvents" AS e WHERE e."Action" IN ('created', 'rotated', 'force_created')"#;

/// Ends the question who made them, and how many; the limit follows.
pub(super) const BUSIEST_FIRST: &str = " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ";

/// A page of sessions ends so; the engine's own way to their active records follows.
pub(super) const LIST_TAIL: &str = ") AS s LEFT JOIN ";

/// The active records of the session that a list looks at; conditions and [`ACTIVE_OF_SESSION_END`] follow.
pub(super) const ACTIVE_OF_SESSION: &str =
    r#"SELECT 1 FROM "HostSessions" AS r WHERE r."SessionId" = "Sessions"."SessionId" AND r."IsActive""#;

pub(super) const ACTIVE_OF_SESSION_END: &str = one_by_one!();

/// Writes a text a hundred times, with commas between.
macro_rules! hundred {
    ($($row:tt)*) => { ten!(ten!($($row)*)) };
}

macro_rules! ten {
    ($($row:tt)*) => {
        concat!(
            $($row)*, ",", $($row)*, ",", $($row)*, ",", $($row)*, ",", $($row)*, ",",
            $($row)*, ",", $($row)*, ",", $($row)*, ",", $($row)*, ",", $($row)*
        )
    };
}

macro_rules! demo_sessions {
    ($rows:expr) => {
        concat!(
            r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Description", "Status", "ParticipantCount",
               "MaxParticipants", "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt") VALUES "#,
            $rows
        )
    };
}

/// 44 characters in the form of the existing hashes, to which no GUID is known.
macro_rules! demo_record {
    () => {
        "(?, hex(randomblob(21)) || 'A=', ?, ?, ?, ?, ?, ?, ?)"
    };
}

macro_rules! demo_records {
    ($rows:expr) => {
        concat!(
            r#"INSERT INTO "HostSessions" ("SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt",
               "CreatedBy", "RevokedAt", "RevokedBy", "IsActive") VALUES "#,
            $rows
        )
    };
}

pub(super) const DEMO_SESSION: &str = demo_sessions!("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
pub(super) const DEMO_SESSIONS: &str = demo_sessions!(hundred!("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
pub(super) const DEMO_RECORD: &str = demo_records!(demo_record!());
pub(super) const DEMO_RECORDS: &str = demo_records!(hundred!(demo_record!()));
pub(super) const DEMO_LOG_IN: &str =
    r#"UPDATE "HostSessions" SET "LastUsedAt" = $1 WHERE "SessionId" = $2 AND "IsActive""#;
