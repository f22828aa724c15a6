-- What lists of a million sessions need: an index for each order but that of people, whose number changes all the time,
-- and one for words of titles. Nothing here is newer than SQLite 3.40.

-- Text is sorted with the letters of ASCII in one case.
CREATE INDEX "IX_Sessions_Title" ON "Sessions" ("Title" COLLATE NOCASE);
CREATE INDEX "IX_Sessions_Status" ON "Sessions" ("Status" COLLATE NOCASE);

-- Times stand in several text forms; julianday() reads them all. A text that means `now` must not reach it: no index
-- takes that, and the row of another program would be refused. What is no time is before all others.
CREATE INDEX "IX_HostSessions_CurrentCreatedAt" ON "HostSessions" (
    CASE WHEN "CreatedAt" GLOB '[0-9][0-9][0-9][0-9]-*' THEN coalesce(julianday("CreatedAt"), 0) ELSE 0 END, "SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";
CREATE INDEX "IX_HostSessions_CurrentExpiresAt" ON "HostSessions" (
    CASE WHEN "ExpiresAt" GLOB '[0-9][0-9][0-9][0-9]-*' THEN coalesce(julianday("ExpiresAt"), 0)
        WHEN "ExpiresAt" IS NOT NULL THEN 0 END, "SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";
CREATE INDEX "IX_HostSessions_CurrentCreatedBy" ON "HostSessions" ("CreatedBy" COLLATE NOCASE, "SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";
CREATE INDEX "IX_HostSessions_Duplicates" ON "HostSessions" ("SessionId") WHERE "IsActive" AND "LegacyDuplicate";

-- The three-letter pieces of the titles. It only narrows a search down: titles decide. So a title that changed may leave
-- its old pieces behind.
CREATE VIRTUAL TABLE "SessionTitles" USING fts5("Title", content='', columnsize=0, detail=none, tokenize='trigram');

INSERT INTO "SessionTitles" (rowid, "Title") SELECT "SessionId", "Title" FROM "Sessions" WHERE "Title" IS NOT NULL;

-- Sessions whose titles are not in it yet. The triggers write nothing but this table: one that wrote the index itself
-- would make every write of a program fail whose SQLite was built without FTS5. They ask first instead of OR IGNORE,
-- which gives way to the writer's own OR.
CREATE TABLE "SessionTitleChanges" ("SessionId" INTEGER NOT NULL CONSTRAINT "PK_SessionTitleChanges" PRIMARY KEY);

CREATE TRIGGER "TR_Sessions_TitleInsert" AFTER INSERT ON "Sessions"
WHEN NEW."Title" IS NOT NULL
BEGIN
    INSERT INTO "SessionTitleChanges" ("SessionId") SELECT NEW."SessionId"
        WHERE NOT EXISTS (SELECT 1 FROM "SessionTitleChanges" WHERE "SessionId" = NEW."SessionId");
END;

-- On any column: UPDATE OF would not see the key under its other name, rowid.
CREATE TRIGGER "TR_Sessions_TitleUpdate" AFTER UPDATE ON "Sessions"
WHEN NEW."Title" IS NOT OLD."Title" OR NEW."SessionId" <> OLD."SessionId"
BEGIN
    INSERT INTO "SessionTitleChanges" ("SessionId") SELECT NEW."SessionId"
        WHERE NOT EXISTS (SELECT 1 FROM "SessionTitleChanges" WHERE "SessionId" = NEW."SessionId");
END;
