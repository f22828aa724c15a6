//! The statements of an import. Each looks at the rows of some sessions, `$1` to `$2`, so that none takes long.
//!
//! The rows of the input wait in tables of the connection's own, in the order of sessions and lines.

/// The columns of the waiting sessions behind their place in the input, in the order in which they are filled.
macro_rules! waiting_sessions {
    () => {
        r#""ImportSessions" ("SessionId", "Line", "Offset", "Length", "GroupId", "Title", "Description", "Status",
           "ParticipantCount", "MaxParticipants", "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt")"#
    };
}

macro_rules! waiting_records {
    () => {
        r#""ImportHostSessions" ("SessionId", "Line", "Offset", "Length", "HostSessionId", "HostGuidHash", "CreatedAt",
           "ExpiresAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive")"#
    };
}

macro_rules! events {
    () => {
        r#""HostSessionEvents" ("SessionId", "Seq", "EventId", "Action", "At", "Body", "PrevHash", "EntryHash")"#
    };
}

macro_rules! in_range {
    ($table:literal) => {
        concat!($table, ".\"SessionId\" > $1 AND ", $table, ".\"SessionId\" <= $2")
    };
}

/// The sessions that the input speaks of.
macro_rules! touched {
    () => {
        concat!(
            r#"(SELECT i."SessionId" FROM "ImportSessions" AS i WHERE "#,
            in_range!("i"),
            r#" UNION SELECT i."SessionId" FROM "ImportHostSessions" AS i WHERE "#,
            in_range!("i"),
            ") AS t"
        )
    };
}

/// Brings the rows of a range into `Sessions`, but for those on the lines of `$3`.
macro_rules! insert_sessions {
    ($line_is_left_out:literal) => {
        concat!(
            r#"INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Description", "Status", "ParticipantCount",
                "MaxParticipants", "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt")
                SELECT "SessionId", "GroupId", "Title", "Description", "Status", "ParticipantCount", "MaxParticipants",
                "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt" FROM "ImportSessions" AS i WHERE "#,
            in_range!("i"),
            " AND ",
            $line_is_left_out,
            r#" ORDER BY i."SessionId", i."Line""#
        )
    };
}

/// Brings the rows of a range into `HostSessions`, but for those on the lines of `$3`; those of `$4` are duplicates.
macro_rules! insert_records {
    ($line_is_left_out:literal, $line_is_duplicate:literal) => {
        concat!(
            r#"INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt",
                "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive", "LegacyDuplicate")
                SELECT "HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt", "CreatedBy",
                "RevokedAt", "RevokedBy", "IsActive", "#,
            $line_is_duplicate,
            r#" FROM "ImportHostSessions" AS i WHERE "#,
            in_range!("i"),
            " AND ",
            $line_is_left_out,
            r#" ORDER BY i."SessionId", i."Line""#
        )
    };
}

/// Where the next sessions end, counted in waiting sessions; nothing where they are the last.
pub(in crate::store) const BATCH_BY_SESSIONS: &str =
    r#"SELECT "SessionId" FROM "ImportSessions" WHERE "SessionId" > $1 ORDER BY "SessionId" LIMIT 1 OFFSET $2"#;
/// The same, counted in waiting records.
pub(in crate::store) const BATCH_BY_RECORDS: &str =
    r#"SELECT "SessionId" FROM "ImportHostSessions" WHERE "SessionId" > $1 ORDER BY "SessionId" LIMIT 1 OFFSET $2"#;

/// Whether there is anything yet that an import could meet.
pub(in crate::store) const ANYTHING: &str = r#"SELECT "SessionId" FROM "Sessions"
    UNION ALL SELECT "SessionId" FROM "HostSessions" UNION ALL SELECT "SessionId" FROM "HostSessionEvents" LIMIT 1"#;

/// The ids that stand on several lines, and the first of these.
pub(in crate::store) const TWICE: &str = r#"SELECT "HostSessionId", min("Line") AS "Line" FROM "ImportHostSessions"
    GROUP BY "HostSessionId" HAVING count(*) > 1"#;

/// The places of waiting sessions.
pub(in crate::store) const PLACES: &str = concat!(
    r#"SELECT i."SessionId", i."Line", i."Offset", i."Length" FROM "ImportSessions" AS i WHERE "#,
    in_range!("i"),
    r#" ORDER BY i."SessionId", i."Line""#
);

/// What waiting sessions say.
pub(in crate::store) const WAITING_SESSIONS: &str = concat!(
    "SELECT ",
    session_columns!(),
    r#" FROM "ImportSessions" AS s WHERE "#,
    in_range!("s"),
    r#" ORDER BY s."SessionId", s."Line""#
);

/// Waiting records and their places.
pub(in crate::store) const WAITING_RECORDS: &str = concat!(
    "SELECT ",
    record_columns!(),
    r#", h."Line", h."Offset", h."Length" FROM "ImportHostSessions" AS h WHERE "#,
    in_range!("h"),
    r#" ORDER BY h."SessionId", h."Line""#
);

/// Gives a record of the database its flag.
pub(in crate::store) const FLAG: &str =
    r#"UPDATE "HostSessions" SET "LegacyDuplicate" = $1 WHERE "HostSessionId" = $2"#;

/// Reads what the database has of the touched sessions, one look-up for each.
macro_rules! of_touched {
    ($columns:expr, $table:literal, $row:literal, $own:literal) => {
        concat!("SELECT ", $columns, " FROM ", touched!(), " CROSS JOIN ", $table, " AS ", $row, " WHERE ", $own)
    };
}

/// The same on a server, which would else read the whole table for it.
macro_rules! of_touched_on_server {
    ($columns:expr, $table:literal, $row:literal, $own:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            touched!(),
            " CROSS JOIN LATERAL (SELECT * FROM ",
            $table,
            " AS ",
            $row,
            " WHERE ",
            $own,
            " OFFSET 0) AS ",
            $row
        )
    };
}

macro_rules! heads {
    () => {
        r#"e."SessionId", e."Seq", e."Action", e."EntryHash""#
    };
}

/// Waiting records whose id the database has in another session.
macro_rules! elsewhere {
    ($join:literal, $own:literal) => {
        concat!(
            r#"SELECT i."Line" FROM "ImportHostSessions" AS i CROSS JOIN "#,
            $join,
            " WHERE ",
            in_range!("i"),
            $own,
            r#" AND h."SessionId" <> i."SessionId""#
        )
    };
}

/// The statements that only `SQLite` understands.
pub(in crate::store) mod sqlite {
    pub(in crate::store) const STAGING: &[&str] = &[
        "PRAGMA cache_size = -32768",
        "PRAGMA temp.cache_size = -16384",
        r#"DROP TABLE IF EXISTS temp."ImportSessions""#,
        r#"DROP TABLE IF EXISTS temp."ImportHostSessions""#,
        r#"CREATE TEMP TABLE "ImportSessions" ("SessionId" INTEGER, "Line" INTEGER, "Offset" INTEGER, "Length" INTEGER,
            "GroupId" TEXT, "Title" TEXT, "Description" TEXT, "Status" TEXT, "ParticipantCount" INTEGER,
            "MaxParticipants" INTEGER, "StartedAt" TEXT, "EndedAt" TEXT, "ExpiresAt" TEXT, "CreatedAt" TEXT,
            "ModifiedAt" TEXT, PRIMARY KEY ("SessionId", "Line")) WITHOUT ROWID"#,
        r#"CREATE TEMP TABLE "ImportHostSessions" ("SessionId" INTEGER, "Line" INTEGER, "Offset" INTEGER,
            "Length" INTEGER, "HostSessionId" INTEGER, "HostGuidHash" TEXT, "CreatedAt" TEXT, "ExpiresAt" TEXT,
            "LastUsedAt" TEXT, "CreatedBy" TEXT, "RevokedAt" TEXT, "RevokedBy" TEXT, "IsActive" INTEGER,
            "LegacyDuplicate" INTEGER DEFAULT 0, PRIMARY KEY ("SessionId", "Line")) WITHOUT ROWID"#,
    ];

    macro_rules! session_row {
        () => {
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        };
    }

    macro_rules! record_row {
        () => {
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        };
    }

    macro_rules! event_row {
        () => {
            "(?, ?, ?, ?, ?, ?, ?, ?)"
        };
    }

    /// A thousand rows at once, a hundred, and one.
    pub(in crate::store) const WAIT_SESSIONS: [&str; 3] = [
        concat!("INSERT INTO ", waiting_sessions!(), " VALUES ", ten!(hundred!(session_row!()))),
        concat!("INSERT INTO ", waiting_sessions!(), " VALUES ", hundred!(session_row!())),
        concat!("INSERT INTO ", waiting_sessions!(), " VALUES ", session_row!()),
    ];
    pub(in crate::store) const WAIT_RECORDS: [&str; 3] = [
        concat!("INSERT INTO ", waiting_records!(), " VALUES ", ten!(hundred!(record_row!()))),
        concat!("INSERT INTO ", waiting_records!(), " VALUES ", hundred!(record_row!())),
        concat!("INSERT INTO ", waiting_records!(), " VALUES ", record_row!()),
    ];
    pub(in crate::store) const APPEND: [&str; 3] = [
        concat!("INSERT INTO ", events!(), " VALUES ", ten!(hundred!(event_row!()))),
        concat!("INSERT INTO ", events!(), " VALUES ", hundred!(event_row!())),
        concat!("INSERT INTO ", events!(), " VALUES ", event_row!()),
    ];

    pub(in crate::store) const SESSIONS: &str =
        of_touched!(session_columns!(), r#""Sessions""#, "s", r#"s."SessionId" = t."SessionId""#);
    pub(in crate::store) const RECORDS: &str =
        of_touched!(record_columns!(), r#""HostSessions""#, "h", r#"h."SessionId" = t."SessionId""#);
    pub(in crate::store) const HEADS: &str =
        of_touched!(heads!(), r#""HostSessionEvents""#, "e", r#"e."SessionId" = t."SessionId""#);
    pub(in crate::store) const ELSEWHERE: &str =
        elsewhere!(r#""HostSessions" AS h"#, r#" AND h."HostSessionId" = i."HostSessionId""#);

    pub(in crate::store) const INSERT_SESSIONS: &str =
        insert_sessions!(r#"i."Line" NOT IN (SELECT value FROM json_each($3))"#);
    pub(in crate::store) const INSERT_RECORDS: &str = insert_records!(
        r#"i."Line" NOT IN (SELECT value FROM json_each($3))"#,
        r#"i."Line" IN (SELECT value FROM json_each($4))"#
    );
    /// The titles go straight into their index: a note of each as changed would make searches walk.
    pub(in crate::store) const INSERT_TITLES: &str = concat!(
        r#"INSERT INTO "SessionTitles" (rowid, "Title") SELECT i."SessionId", i."Title" FROM "ImportSessions" AS i WHERE "#,
        in_range!("i"),
        r#" AND i."Title" IS NOT NULL AND i."Line" NOT IN (SELECT value FROM json_each($3)) ORDER BY i."SessionId""#
    );

    /// What stands in the way of an import: the guards of the flag, and the note of new titles.
    pub(in crate::store) const GATES_OPEN: &[&str] = &[
        r#"DROP TRIGGER IF EXISTS "TR_HostSessions_FlagInsert""#,
        r#"DROP TRIGGER IF EXISTS "TR_HostSessions_FlagUpdate""#,
        r#"DROP TRIGGER IF EXISTS "TR_Sessions_TitleInsert""#,
    ];
}

/// The statements that only PostgreSQL understands.
pub(in crate::store) mod postgres {
    /// The connection may wait for input, outside of a transaction, as long as it takes. A rehearsal writes to temporary
    /// tables alone, which a connection that is read-only by default would refuse; its own transaction is read-only.
    pub(in crate::store) const SET_UP: &str = "SELECT set_config('statement_timeout', $1, false), \
        set_config('lock_timeout', $2, false), set_config('idle_session_timeout', '0', false), \
        set_config('default_transaction_read_only', 'off', false)";

    pub(in crate::store) const STAGING: &[&str] = &[
        r#"DROP TABLE IF EXISTS pg_temp."ImportSessions", pg_temp."ImportHostSessions""#,
        r#"CREATE TEMP TABLE "ImportSessions" ("SessionId" bigint, "Line" bigint, "Offset" bigint, "Length" bigint,
            "GroupId" uuid, "Title" text, "Description" text, "Status" text, "ParticipantCount" integer,
            "MaxParticipants" integer, "StartedAt" timestamptz, "EndedAt" timestamptz, "ExpiresAt" timestamptz,
            "CreatedAt" timestamptz, "ModifiedAt" timestamptz)"#,
        r#"CREATE TEMP TABLE "ImportHostSessions" ("SessionId" bigint, "Line" bigint, "Offset" bigint, "Length" bigint,
            "HostSessionId" bigint, "HostGuidHash" text, "CreatedAt" timestamptz, "ExpiresAt" timestamptz,
            "LastUsedAt" timestamptz, "CreatedBy" text, "RevokedAt" timestamptz, "RevokedBy" text, "IsActive" boolean,
            "LegacyDuplicate" boolean DEFAULT false)"#,
    ];
    pub(in crate::store) const STAGED: &[&str] = &[
        r#"CREATE INDEX ON pg_temp."ImportSessions" ("SessionId", "Line")"#,
        r#"CREATE INDEX ON pg_temp."ImportHostSessions" ("SessionId", "Line")"#,
        r#"ANALYZE pg_temp."ImportSessions""#,
        r#"ANALYZE pg_temp."ImportHostSessions""#,
    ];

    pub(in crate::store) const WAIT_SESSIONS: &str =
        concat!("COPY pg_temp.", waiting_sessions!(), " FROM STDIN (FORMAT binary)");
    pub(in crate::store) const WAIT_RECORDS: &str =
        concat!("COPY pg_temp.", waiting_records!(), " FROM STDIN (FORMAT binary)");
    pub(in crate::store) const APPEND: &str = concat!("COPY ", events!(), " FROM STDIN (FORMAT binary)");

    /// Other writers wait, readers do not. One order for all imports.
    pub(in crate::store) const HOLD: &str =
        r#"LOCK TABLE "Sessions", "HostSessions", "HostSessionEvents" IN SHARE ROW EXCLUSIVE MODE"#;
    /// The tables that this user does not own, and which can therefore not be imported into.
    pub(in crate::store) const NOT_OWNED: &str = "SELECT relname::text AS name FROM pg_class \
        WHERE relnamespace = 'canvas'::regnamespace AND relname IN ('Sessions', 'HostSessions', 'HostSessionEvents') \
        AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname";
    /// Has statements planned once, whatever their values, until the transaction ends: the check of a foreign key, which runs
    /// for every row, would else be planned for every row, and a list of very many lines gone through for every row. No plan
    /// may walk a table for being small when it was made, for tables grow from nothing meanwhile.
    pub(in crate::store) const NOW: &str = "SELECT clock_timestamp() AS now, \
        set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)";

    pub(in crate::store) const SESSIONS: &str =
        of_touched_on_server!(session_columns!(), r#""Sessions""#, "s", r#"s."SessionId" = t."SessionId""#);
    pub(in crate::store) const RECORDS: &str =
        of_touched_on_server!(record_columns!(), r#""HostSessions""#, "h", r#"h."SessionId" = t."SessionId""#);
    pub(in crate::store) const HEADS: &str =
        of_touched_on_server!(heads!(), r#""HostSessionEvents""#, "e", r#"e."SessionId" = t."SessionId""#);
    pub(in crate::store) const ELSEWHERE: &str = elsewhere!(
        r#"LATERAL (SELECT * FROM "HostSessions" AS h WHERE h."HostSessionId" = i."HostSessionId" OFFSET 0) AS h"#,
        ""
    );

    // As rows, a list is read and hashed once. As an array it would be read, and gone through, for every row.
    pub(in crate::store) const INSERT_SESSIONS: &str =
        insert_sessions!(r#"i."Line" NOT IN (SELECT unnest($3::bigint[]))"#);
    pub(in crate::store) const INSERT_RECORDS: &str = insert_records!(
        r#"i."Line" NOT IN (SELECT unnest($3::bigint[]))"#,
        r#"i."Line" IN (SELECT unnest($4::bigint[]))"#
    );

    pub(in crate::store) const GATES_OPEN: &[&str] =
        &[r#"ALTER TABLE "HostSessions" DISABLE TRIGGER "TR_HostSessions_Flag""#];
    pub(in crate::store) const GATES_CLOSED: &[&str] =
        &[r#"ALTER TABLE "HostSessions" ENABLE TRIGGER "TR_HostSessions_Flag""#];

    macro_rules! past_the_ids {
        ($table:literal, $key:literal) => {
            concat!(
                "SELECT setval(sequence, greatest(coalesce(pg_sequence_last_value(sequence), 1), highest)) FROM (SELECT \
                pg_get_serial_sequence('\"", $table, "\"', '", $key, "')::regclass AS sequence, (SELECT max(\"", $key,
                "\") FROM \"", $table, "\" WHERE \"", $key, "\" <= $1) AS highest) AS ends \
                WHERE sequence IS NOT NULL AND highest IS NOT NULL"
            )
        };
    }

    /// Puts the next ids behind those that are there, but for those beyond `$1`, which no import brings: another program
    /// may have put one where none can follow.
    pub(in crate::store) const SEQUENCES: &[&str] =
        &[past_the_ids!("Sessions", "SessionId"), past_the_ids!("HostSessions", "HostSessionId")];
}
