-- What lists of a million sessions need: an index for each order but that of people, whose number changes all the time,
-- and one for words of titles. Nothing here is newer than PostgreSQL 15.

-- Text is sorted by its bytes, with the letters of ASCII in small, whatever the database's own order is.
CREATE INDEX "IX_Sessions_Title" ON "Sessions" (lower("Title" COLLATE "C"), "SessionId");
CREATE INDEX "IX_Sessions_Status" ON "Sessions" (lower("Status" COLLATE "C"), "SessionId");

CREATE INDEX "IX_HostSessions_CurrentCreatedAt" ON "HostSessions" ("CreatedAt", "SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";
CREATE INDEX "IX_HostSessions_CurrentExpiresAt" ON "HostSessions" ("ExpiresAt", "SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";
CREATE INDEX "IX_HostSessions_CurrentCreatedBy" ON "HostSessions" (lower("CreatedBy" COLLATE "C"), "SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";
CREATE INDEX "IX_HostSessions_Duplicates" ON "HostSessions" ("SessionId") WHERE "IsActive" AND "LegacyDuplicate";

-- The three-letter pieces of the titles, where the server has pg_trgm and lets this user have it. Without it everything
-- works, and words of titles are searched row by row. The place of the extension is `public`, where others find it too.
DO $$
DECLARE
    place text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        BEGIN
            IF has_schema_privilege(to_regnamespace('public'), 'CREATE') THEN
                CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
            ELSE
                CREATE EXTENSION IF NOT EXISTS pg_trgm;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'pg_trgm: %', SQLERRM;
        END;
    END IF;
    SELECT nspname INTO place FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'pg_trgm';
    IF place IS NOT NULL AND has_schema_privilege(place, 'USAGE') THEN
        EXECUTE format('CREATE INDEX "IX_Sessions_TitlePieces" ON "Sessions" USING gin ("Title" %I.gin_trgm_ops)', place);
    END IF;
END
$$;
