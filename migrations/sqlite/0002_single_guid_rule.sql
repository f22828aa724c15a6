-- What makes the rule the database's own: the flag for what the old tool left behind, the indexes, the
-- guards against every other writer, and the history. Nothing here is newer than SQLite 3.40.

ALTER TABLE "HostSessions" ADD COLUMN "LegacyDuplicate" INTEGER NOT NULL DEFAULT 0;

-- One active record of each session stays unflagged: not expired first, then the latest LastUsedAt
-- (never used last), CreatedAt, HostSessionId. julianday() reads every text form that is in use; it is
-- exact to the millisecond, so the text decides below that.
UPDATE "HostSessions" SET "LegacyDuplicate" = 1 WHERE "HostSessionId" IN (
    SELECT "HostSessionId" FROM (
        SELECT "HostSessionId", row_number() OVER (
            PARTITION BY "SessionId"
            ORDER BY
                ("ExpiresAt" IS NOT NULL AND julianday("ExpiresAt") <= julianday('now')),
                julianday("LastUsedAt") DESC NULLS LAST, replace("LastUsedAt", 'T', ' ') DESC NULLS LAST,
                julianday("CreatedAt") DESC, replace("CreatedAt", 'T', ' ') DESC,
                "HostSessionId" DESC
        ) AS place
        FROM "HostSessions" WHERE "IsActive"
    ) WHERE place > 1
);

CREATE INDEX IF NOT EXISTS "IX_HostSessions_SessionId" ON "HostSessions" ("SessionId");

CREATE UNIQUE INDEX "UX_HostSessions_OneCurrent" ON "HostSessions" ("SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";

-- The flag belongs to the past: nobody sets it any more.
CREATE TRIGGER "TR_HostSessions_FlagInsert" BEFORE INSERT ON "HostSessions"
WHEN NEW."LegacyDuplicate"
BEGIN
    SELECT RAISE(ABORT, 'LegacyDuplicate cannot be set: a session has one active host record');
END;

CREATE TRIGGER "TR_HostSessions_FlagUpdate" BEFORE UPDATE OF "LegacyDuplicate" ON "HostSessions"
WHEN NEW."LegacyDuplicate" AND NOT OLD."LegacyDuplicate"
BEGIN
    SELECT RAISE(ABORT, 'LegacyDuplicate cannot be set: a session has one active host record');
END;

-- A retired duplicate is a retired record like any other: made active again, it meets the index.
CREATE TRIGGER "TR_HostSessions_FlagCleared" AFTER UPDATE OF "IsActive" ON "HostSessions"
WHEN NEW."LegacyDuplicate" AND NOT NEW."IsActive"
BEGIN
    UPDATE "HostSessions" SET "LegacyDuplicate" = 0 WHERE "HostSessionId" = NEW."HostSessionId";
END;

-- INSERT OR REPLACE and UPDATE OR REPLACE would delete the row that a unique index protects, silently.
CREATE TRIGGER "TR_HostSessions_OneCurrentInsert" BEFORE INSERT ON "HostSessions"
WHEN NEW."IsActive" AND NOT NEW."LegacyDuplicate" AND EXISTS (
    SELECT 1 FROM "HostSessions" WHERE "SessionId" = NEW."SessionId" AND "IsActive" AND NOT "LegacyDuplicate")
BEGIN
    SELECT RAISE(ABORT, 'the session has an active host record already: update it, or retire it first');
END;

CREATE TRIGGER "TR_HostSessions_OneCurrentUpdate" BEFORE UPDATE OF "SessionId", "IsActive", "LegacyDuplicate" ON "HostSessions"
WHEN NEW."IsActive" AND NOT NEW."LegacyDuplicate" AND EXISTS (
    SELECT 1 FROM "HostSessions" WHERE "SessionId" = NEW."SessionId" AND "IsActive" AND NOT "LegacyDuplicate"
        AND "HostSessionId" <> OLD."HostSessionId")
BEGIN
    SELECT RAISE(ABORT, 'the session has an active host record already: update it, or retire it first');
END;

CREATE TRIGGER "TR_HostSessions_NoReplaceInsert" BEFORE INSERT ON "HostSessions"
WHEN EXISTS (SELECT 1 FROM "HostSessions" WHERE "HostSessionId" = NEW."HostSessionId")
    OR EXISTS (SELECT 1 FROM "HostSessions" WHERE "SessionId" = NEW."SessionId" AND "HostGuidHash" = NEW."HostGuidHash")
BEGIN
    SELECT RAISE(ABORT, 'a host record with this id or hash exists: records are never replaced');
END;

-- On any column: UPDATE OF would not see the key under its other name, rowid.
CREATE TRIGGER "TR_HostSessions_NoReplaceUpdate" BEFORE UPDATE ON "HostSessions"
WHEN (NEW."HostSessionId" <> OLD."HostSessionId"
        AND EXISTS (SELECT 1 FROM "HostSessions" WHERE "HostSessionId" = NEW."HostSessionId"))
    OR EXISTS (SELECT 1 FROM "HostSessions" WHERE "SessionId" = NEW."SessionId" AND "HostGuidHash" = NEW."HostGuidHash"
        AND "HostSessionId" <> OLD."HostSessionId")
BEGIN
    SELECT RAISE(ABORT, 'a host record with this id or hash exists: records are never replaced');
END;

-- The limits of the existing columns (SQLite keeps no lengths and knows no booleans). NULL is refused here too:
-- OR REPLACE would turn it into the column's default only after the guards above have looked.
CREATE TRIGGER "TR_HostSessions_LimitsInsert" BEFORE INSERT ON "HostSessions"
WHEN typeof(NEW."HostGuidHash") <> 'text' OR length(NEW."HostGuidHash") NOT BETWEEN 1 AND 128
    OR length(NEW."CreatedBy") > 128 OR length(NEW."RevokedBy") > 128
    OR coalesce(NEW."IsActive", -1) NOT IN (0, 1) OR coalesce(NEW."LegacyDuplicate", -1) NOT IN (0, 1)
BEGIN
    SELECT RAISE(ABORT, 'HostSessions: a text is too long, or a boolean is neither 0 nor 1');
END;

CREATE TRIGGER "TR_HostSessions_LimitsUpdate"
BEFORE UPDATE OF "HostGuidHash", "CreatedBy", "RevokedBy", "IsActive", "LegacyDuplicate" ON "HostSessions"
WHEN typeof(NEW."HostGuidHash") <> 'text' OR length(NEW."HostGuidHash") NOT BETWEEN 1 AND 128
    OR length(NEW."CreatedBy") > 128 OR length(NEW."RevokedBy") > 128
    OR coalesce(NEW."IsActive", -1) NOT IN (0, 1) OR coalesce(NEW."LegacyDuplicate", -1) NOT IN (0, 1)
BEGIN
    SELECT RAISE(ABORT, 'HostSessions: a text is too long, or a boolean is neither 0 nor 1');
END;

CREATE TRIGGER "TR_Sessions_LimitsInsert" BEFORE INSERT ON "Sessions"
WHEN length(NEW."Title") > 200 OR length(NEW."Description") > 1000 OR length(NEW."Status") > 50
BEGIN
    SELECT RAISE(ABORT, 'Sessions: a text is too long');
END;

CREATE TRIGGER "TR_Sessions_LimitsUpdate" BEFORE UPDATE OF "Title", "Description", "Status" ON "Sessions"
WHEN length(NEW."Title") > 200 OR length(NEW."Description") > 1000 OR length(NEW."Status") > 50
BEGIN
    SELECT RAISE(ABORT, 'Sessions: a text is too long');
END;

-- The history: one chain of hashes per session. No foreign key: history outlives its session.
CREATE TABLE "HostSessionEvents" (
    "SessionId" INTEGER NOT NULL,
    "Seq" INTEGER NOT NULL CHECK ("Seq" >= 1),
    "EventId" TEXT NOT NULL CHECK (length("EventId") = 36),
    "Action" TEXT NOT NULL,
    "At" TEXT NOT NULL CHECK (length("At") = 27),
    "Body" TEXT NOT NULL,
    "PrevHash" TEXT NOT NULL CHECK (length("PrevHash") = 64),
    "EntryHash" TEXT NOT NULL CHECK (length("EntryHash") = 64),
    CONSTRAINT "PK_HostSessionEvents" PRIMARY KEY ("SessionId", "Seq")
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX "UX_HostSessionEvents_EventId" ON "HostSessionEvents" ("EventId");

CREATE TRIGGER "TR_HostSessionEvents_NoUpdate" BEFORE UPDATE ON "HostSessionEvents"
BEGIN
    SELECT RAISE(ABORT, 'the history is append-only');
END;

CREATE TRIGGER "TR_HostSessionEvents_NoDelete" BEFORE DELETE ON "HostSessionEvents"
BEGIN
    SELECT RAISE(ABORT, 'the history is append-only');
END;

CREATE TRIGGER "TR_HostSessionEvents_NoReplace" BEFORE INSERT ON "HostSessionEvents"
WHEN EXISTS (SELECT 1 FROM "HostSessionEvents" WHERE "SessionId" = NEW."SessionId" AND "Seq" = NEW."Seq")
    OR EXISTS (SELECT 1 FROM "HostSessionEvents" WHERE "EventId" = NEW."EventId")
BEGIN
    SELECT RAISE(ABORT, 'the history is append-only');
END;
